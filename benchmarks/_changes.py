"""Everything that a person may do to a finished book, by name: the scenarios of ``regeneration.py``. Nothing is judged.

Each is an act on a :class:`Desk` and the way back. An act returns the options that are to be changed by the plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from litink.books.corrections import Correction, Join, Move, Rename, SetKind, Split
from litink.books.model import Section, SectionKind
from litink.library.corrections import Editor
from litink.library.editing import StoryEditor
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.production.context import Production
from litink.production.studio import Studio
from litink.story.edits.kinds import EDIT
from litink.story.model import Line, ScriptScene

With = Mapping[str, str]
_OWN_TIER = '[tiers.professional.ladders]\nportrait = ["seedream-4", "flux"]\n'
_OTHER_TIER = '[tiers.basic.ladders]\nportrait = ["flux"]\nspeech = ["eleven-multilingual-v2"]\n'
_INSERTED = """\
# Between the Chapters

It was evening, and the lamp in the library burned low. The door stood open to the garden.

“Is nobody there?” asked a voice. “Then I shall read by myself.”
"""


class Desk:
    """A book and what a person does to it. ``text`` is its file: chapters under headings."""

    def __init__(self, studio: Studio, book_id: UUID, path: Path, text: str) -> None:
        self.studio, self.id, self.path, self.text = studio, book_id, path, text
        self.structure = Editor(studio.engine, studio.objects)
        self.story = StoryEditor(
            studio.engine, studio.objects, lambda book: {v.id: v.name for v in studio.engines.voices(book.tier)}
        )

    @property
    def record(self) -> BookRecord:
        return self.production.record

    @property
    def production(self) -> Production:
        return self.studio.production(self.id)

    def replaced(self, text: str) -> None:
        self.path.write_text(text, encoding="utf-8")
        Shelf(self.studio.engine, self.studio.objects).replace(self.record, self.path, filename=self.path.name)

    def correct(self, *wanted: Correction) -> None:
        record = self.record
        self.structure.correct(record, wanted, record.owner_id, None)

    def edit(self, *wanted: Mapping[str, Any]) -> None:
        record = self.record
        self.story.add(record, [EDIT.validate_python(edit) for edit in wanted], record.owner_id, None)

    # -- what there is to change -----------------------------------------------------------------------------------

    def chapter(self, number: int) -> Section:
        return self.production.chapters[number]

    def lines(self) -> list[tuple[str, ScriptScene, Line]]:
        return [
            (chapter, scene, line)
            for chapter, script in self.production.scripts.items()
            for scene in script.scenes
            for line in scene.lines
            if any(sign.isalpha() for sign in line.text)
        ]

    def line(self, place: float = 0.5) -> tuple[str, Line]:
        """A line in the midst of the book."""
        lines = self.lines()
        chapter, _, line = lines[int(len(lines) * place)]
        return chapter, line

    def drawn(self) -> str:
        """A person who is in pictures."""
        return self.production.items("character_images")[0].key

    def speakers(self) -> list[str]:
        """Those who have lines, whoever has most first."""
        said = [line.speaker for _, _, line in self.lines() if line.speaker]
        return sorted(dict.fromkeys(said), key=lambda who: -said.count(who))

    def shot(self) -> tuple[str, str, str]:
        """Chapter, scene and shot of a picture in the midst of the book."""
        shots = [(c, s.id, shot.id) for c, found in self.production.scenes.items() for s in found for shot in s.shots]
        return shots[len(shots) // 2]


@dataclass(frozen=True)
class Change:
    """``back`` takes the act back. ``settings`` and ``ladders`` (a catalogue's text) hold while it is in force."""

    name: str
    act: Callable[[Desk], With | None]
    back: Callable[[Desk], With | None]
    settings: Mapping[str, Any] | None = None
    ladders: str = ""
    always: bool = False  # done to every book, and in a quick run


def _undo(desk: Desk) -> None:
    record = desk.record
    desk.story.undo(record, record.owner_id, None)


def _uncorrect(times: int) -> Callable[[Desk], None]:
    def back(desk: Desk) -> None:
        for _ in range(times):
            desk.structure.undo(desk.record, None)

    return back


def _edit(name: str, wanted: Callable[[Desk], Mapping[str, Any]]) -> Change:
    return Change(name, lambda desk: desk.edit(wanted(desk)), _undo)


def _correct(name: str, wanted: Callable[[Desk], Sequence[Correction]]) -> Change:
    return Change(name, lambda desk: desk.correct(*wanted(desk)), _uncorrect(1))


def _options(name: str, there: With, back: With) -> Change:
    return Change(name, lambda _: there, lambda _: back)


def _file(name: str, other: Callable[[str], str]) -> Change:
    return Change(name, lambda desk: desk.replaced(other(desk.text)), lambda desk: desk.replaced(desk.text))


def _nothing(_: Desk) -> None:
    return None


def _typo(text: str) -> str:
    """A longer word in the midst of the last chapter, with two letters the other way round."""
    start = text.rindex("\n# ")
    words = [found for found in re.finditer(r"\b[a-z]{6,}\b", text[start:]) if len(set(found.group())) > 3]
    found = words[len(words) // 2]
    at = start + found.start() + 2
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _inserted(text: str) -> str:
    start = text.rindex("\n# ") + 1
    return f"{text[:start]}{_INSERTED}\n{text[start:]}"


def _split(section: Section, share: float) -> Split:
    block = section.blocks[int(len(section.blocks) * share)]
    return Split(section=section.key, offset=block.start, title="The Second Half")


def _boundary(desk: Desk) -> None:
    """The first chapter ends a paragraph later: joined with the next one, cut behind its first paragraph."""
    first, second = desk.chapter(0), desk.chapter(1)
    desk.correct(Join(section=first.key))
    joined = desk.chapter(0)
    cut = next(block for block in joined.blocks[len(first.blocks) + 2 :] if block.start > 0)
    desk.correct(Split(section=joined.key, offset=cut.start, title=second.title))


def _voice(desk: Desk, who: str | None) -> Mapping[str, Any]:
    production = desk.production
    used = {item.meta["voice"] for item in production.items("audio")}
    free = [voice.id for voice in production.engines.voices(production.tier) if voice.id not in used]
    return {"edit": "voice", "character": who, "voice": free[0]}


def _line(name: str, place: float, **fields: Any) -> Change:
    def wanted(desk: Desk) -> Mapping[str, Any]:
        chapter, line = desk.line(place)
        text = {"text": f"{line.text} Truly."} if not fields else {}
        return {"edit": "line", "chapter": chapter, "line": line.id, "set": {**text, **fields}}

    return _edit(name, wanted)


def _another_speaker(desk: Desk) -> Mapping[str, Any]:
    chapter, _, line = next(found for found in desk.lines() if found[2].speaker)
    other = next((who for who in desk.speakers() if who != line.speaker), None)
    return {"edit": "line", "chapter": chapter, "line": line.id, "set": {"speaker": other}}


def _narrated(desk: Desk) -> Mapping[str, Any]:
    quotation = desk.production.cast.quotations[0]
    place = {"chapter": quotation.chapter, "start": quotation.start, "end": quotation.end}
    return {"edit": "speaker", "speaker": None, "quotations": [place]}


def _merged(desk: Desk) -> Mapping[str, Any]:
    into, other = [character.id for character in desk.production.cast.characters][:2]
    return {"edit": "merge_characters", "character": other, "into": into}


def _removed(desk: Desk) -> Mapping[str, Any]:
    chapter, line = desk.line(0.3)
    return {"edit": "line_removed", "chapter": chapter, "line": line.id}


def _added(desk: Desk) -> Mapping[str, Any]:
    chapter, line = desk.line(0.7)
    return {"edit": "line_added", "chapter": chapter, "after": line.id, "text": "Nobody answered for a while."}


def _same(desk: Desk) -> Mapping[str, Any]:
    chapter, line = desk.line()
    return {"edit": "line", "chapter": chapter, "line": line.id, "set": {"text": line.text}}


def _place(desk: Desk) -> Mapping[str, Any]:
    chapter, scene, _ = desk.shot()
    return {"edit": "scene", "chapter": chapter, "scene": scene, "set": {"place": "a hall of mirrors"}}


def _prompt(desk: Desk) -> Mapping[str, Any]:
    chapter, _, shot = desk.shot()
    return {"edit": "shot", "chapter": chapter, "shot": shot, "set": {"prompt": "A lantern on an empty stair"}}


def _old_version(desk: Desk) -> None:
    """A script is edited, edited again, and put back to how it was in between."""
    chapter, line = desk.line(0.9)
    aim = {"edit": "line", "chapter": chapter, "line": line.id}
    desk.edit({**aim, "set": {"text": f"{line.text} So it was."}})
    item = next(item for item in desk.production.items("scripts") if item.key == chapter)
    version = item.version
    desk.edit({**aim, "was": "", "set": {"text": f"{line.text} So it was not."}})
    desk.edit({"edit": "version", "asset": "scripts", "key": chapter, "version": version})


def _forth_and_back(desk: Desk) -> None:
    chapter, line = desk.line(0.2)
    desk.edit({"edit": "line", "chapter": chapter, "line": line.id, "set": {"text": f"{line.text} Or not."}})
    _undo(desk)


def _thrice(desk: Desk) -> None:
    for _ in range(3):
        _undo(desk)


_ALWAYS = frozenset(
    {
        "a typo fixed in the file",
        "a chapter retitled",
        "one line worded otherwise",
        "another take of one picture",
        "another voice for a character",
    }
)
_ALL: Sequence[Change] = (
    _file("the same file handed in again", lambda text: text),
    _file("a typo fixed in the file", _typo),
    _file("a chapter inserted in the file", _inserted),
    _correct("a chapter cut in two by hand", lambda desk: [_split(desk.chapter(1), 0.5)]),
    Change("a chapter's end put a paragraph later", _boundary, _uncorrect(2)),
    _correct("a chapter retitled", lambda desk: [Rename(section=desk.chapter(1).key, title="Under Another Name")]),
    _correct(
        "chapters put in another order", lambda desk: [Move(section=desk.chapter(2).key, before=desk.chapter(0).key)]
    ),
    _correct(
        "a chapter declared back matter",
        lambda desk: [SetKind(section=desk.chapter(2).key, kind=SectionKind.BACK_MATTER)],
    ),
    _edit(
        "a character renamed", lambda desk: {"edit": "character", "character": desk.drawn(), "set": {"name": "Zebedee"}}
    ),
    _edit(
        "a character given another hat",
        lambda desk: {"edit": "character", "character": desk.drawn(), "set": {"look": {"hat": "straw"}}},
    ),
    _edit(
        "a character described otherwise",
        lambda desk: {"edit": "character", "character": desk.drawn(), "set": {"personality": ["Patient."]}},
    ),
    _edit("two characters made one", _merged),
    _edit("a quotation given to the narrator", _narrated),
    _edit("the plot's summary written anew", lambda _: {"edit": "plot", "set": {"logline": "Something is lost."}}),
    _line("one line worded otherwise", 0.5),
    _line("one line said otherwise", 0.6, emotion="fear", intensity=9, delivery="whispered"),
    _edit("one line given to somebody else", _another_speaker),
    _edit("a line taken out", _removed),
    _edit("a line put in", _added),
    Change("an edit that changes nothing", lambda desk: desk.edit(_same(desk)), _nothing),
    _edit("a scene moved to another place", _place),
    _edit("one shot described otherwise", _prompt),
    _edit(
        "another take of one picture",
        lambda desk: {"edit": "picture", "asset": "scene_images", "key": desk.shot()[2], "take": 1},
    ),
    _edit(
        "words added to a portrait",
        lambda desk: {"edit": "picture", "asset": "character_images", "key": desk.drawn(), "words": "in a red coat"},
    ),
    _edit("another voice for a character", lambda desk: _voice(desk, desk.speakers()[0])),
    _edit("another narrator", lambda desk: _voice(desk, None)),
    Change("an older version of a script restored", _old_version, _thrice),
    Change("an edit made and undone", _forth_and_back, _nothing),
    _options("another style", {"style": "narration"}, {"style": "dialogue"}),
    _options("another directive", {"directive": "Keep it quiet."}, {"directive": ""}),
    _options("another shape", {"ratio": "9:16"}, {"ratio": "1:1"}),
    _options("only the first chapter", {"chapters": "1"}, {"chapters": "all"}),
    _options("pictures that move", {"motion": "clips"}, {"motion": "stills"}),
    _options("places heard under the voices", {"music": "ambience"}, {"music": "none"}),
    _options("music under the voices", {"music": "composed"}, {"music": "none"}),
    _options("another model for scenes' pictures", {"scene_image.model": "flux"}, {"scene_image.model": "default"}),
    _options("another model for voices", {"voice.model": "eleven-flash"}, {"voice.model": "default"}),
    Change("another first model for the owner's tier", _nothing, _nothing, ladders=_OWN_TIER),
    Change("another first model for another tier", _nothing, _nothing, ladders=_OTHER_TIER),
    Change("a provider's key taken away", _nothing, _nothing, settings={"embedder": "local", "painter": "local"}),
)

CHANGES = tuple(replace(change, always=change.name in _ALWAYS) for change in _ALL)
