"""Books that have been worked on, for tests of what shows them: real rows, real bytes, made by the real generator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Engine

from litink.books.model import Book
from litink.errors import PermanentFailure
from litink.generation import records
from litink.generation.generate import Generator
from litink.generation.keys import content_hash
from litink.generation.model import Call, Made, Outcome, Owned, Purpose, Task
from litink.generation.progress import progress_data
from litink.library import reading, repository
from litink.library.options import MakeOptions
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.objects import Objects, sha256_of
from litink.story.model import (
    Cast,
    Character,
    Figure,
    Line,
    Plot,
    Quotation,
    SceneDescription,
    Script,
    ScriptScene,
    Shot,
    Span,
    Statement,
)
from tests.made_media import CHAPTER_SECONDS, SRT, VTT, audiobook, film, flac, png

TEXT = """# Chapter 1. The Lamp

The lamp on the Point went out at nine. Mara Quill climbed the stair with a match in her teeth.

"Who is there?" she called into the dark.

"Only the wind," said Old Tobit from below. He had said the same thing every night for thirty years, and on all of
those nights but one it had been true.

# Chapter 2. The Boat

At dawn a boat lay on the sand with nobody in it. The tide had written a name beside it and was taking it back.

"It is my father's name," said Mara Quill, and she sat down on the wet stones and would not be moved from there until
the sun stood over the harbour.
"""
_SCENES = TypeAdapter(tuple[SceneDescription, ...])


@dataclass
class Maker:
    """Puts books on the shelf and makes assets of them."""

    engine: Engine
    objects: Objects
    folder: Path
    added: list[BookRecord] = field(default_factory=list)
    owner: UUID | None = None  # the local user without

    def add(self, *, title: str = "The Lamp on the Point", text: str = TEXT, **options: Any) -> BookRecord:
        path = self.folder / "source.md"
        path.write_text(f"---\ntitle: {title}\nauthor: Ida Marsh\n---\n\n{text}")
        with self.engine.begin() as connection:
            owner = self.owner or repository.local_user(connection)
        shelf = Shelf(self.engine, self.objects)
        book = shelf.add(path, filename="source.md", owner_id=owner, options=MakeOptions(**options))
        self.added.append(book)
        return book

    def read(self, book: BookRecord) -> Book:
        with self.engine.connect() as connection:
            item = records.item_of(connection, book.id, "chapters", "book")
        assert item is not None
        assert item.blob_sha is not None
        return reading.parse(self.objects.get(item.blob_sha))

    def make(self, book: BookRecord, asset: str, tasks: list[Task], *, state: str = "done") -> Outcome:
        """Run the tasks and record the asset as the studio does."""
        owned = Owned(book.owner_id, book.id, book.tier)
        outcome = Generator(self.engine, self.objects, 2).run(owned, asset, tasks, revision=book.revision)
        with self.engine.begin() as connection:
            records.record_asset(connection, owned, outcome, state=state, revision=book.revision, run_id="run-1")
            records.record_event(connection, owned, "asset", progress_data(outcome, state))
        return outcome

    def put(self, book: BookRecord, asset: str, key: str, data: bytes, media_type: str, **meta: Any) -> None:
        """One asset of one item."""
        self.make(book, asset, [item(asset, key, data, media_type, meta)])

    def state(self, book: BookRecord, state: str, problem: Mapping[str, str] | None = None) -> None:
        with self.engine.begin() as connection:
            repository.set_state(connection, book.id, state, problem)
            owned = Owned(book.owner_id, book.id, book.tier)
            records.record_event(connection, owned, "book", {"state": state, "problem": problem})

    def finished(
        self, *, title: str = "The Lamp on the Point", text: str = TEXT, fail_picture: bool = False
    ) -> BookRecord:
        """A book with everything: story, pictures, voices, film, audiobook. Small, but real media."""
        book = self.add(title=title, text=text)
        chapters = self.read(book).chapters
        cast = _cast(chapters[0].key, chapters[0].text)
        scripts = [_script(chapter.key, chapter.title, chapter.text) for chapter in chapters]
        scenes = {script.chapter: _scenes(script) for script in scripts}
        json = "application/json"
        self.put(book, "characters", "cast", cast.model_dump_json().encode(), json)
        self.put(book, "plot_overview", "plot", _plot(chapters[0].key).model_dump_json().encode(), json)
        self.make(
            book,
            "scripts",
            [
                item(
                    "scripts",
                    s.chapter,
                    s.model_dump_json().encode(),
                    json,
                    {"scenes": 1, "lines": len(s.scenes[0].lines)},
                    s.title,
                )
                for s in scripts
            ],
        )
        self.make(book, "scenes", [item("scenes", key, _SCENES.dump_json(v), json) for key, v in scenes.items()])
        shots = [shot.id for found in scenes.values() for scene in found for shot in scene.shots]
        pictures = ["title", *(f"card-{c.key}" for c in chapters), *shots, "cover"]
        tasks = [
            item("scene_images", key, png(n), "image/png", {"width": 64, "height": 36}, key)
            for n, key in enumerate(pictures)
        ]
        if fail_picture:
            tasks[-2] = failing("scene_images", shots[-1], "The boat · wide")
        self.make(book, "scene_images", tasks)
        self.make(
            book,
            "character_images",
            [
                item("character_images", c.id, png(40 + n), "image/png", {"width": 64, "height": 64}, c.name)
                for n, c in enumerate(cast.characters)
            ],
        )
        self.make(
            book,
            "audio",
            [
                item(
                    "audio",
                    f"{s.chapter}/{line.id}",
                    flac(),
                    "audio/flac",
                    {
                        "seconds": 0.5,
                        "voice": "hibari:af_heart",
                        "text": line.text,
                        "speaker": line.speaker,
                        "words": [
                            {"text": line.text.split()[0], "start": 0.1, "end": 0.4, "char_start": 0, "char_end": 3}
                        ],
                    },
                )
                for s in scripts
                for line in s.scenes[0].lines
            ],
        )
        self.make(
            book,
            "film",
            [
                item(
                    "film",
                    "film.mp4",
                    film(len(chapters)),
                    "video/mp4",
                    {
                        "seconds": CHAPTER_SECONDS * len(chapters),
                        "chapters": [
                            {"title": c.title, "start": n * CHAPTER_SECONDS, "end": (n + 1) * CHAPTER_SECONDS}
                            for n, c in enumerate(chapters)
                        ],
                        "missing": [],
                    },
                ),
                item("film", "captions.vtt", VTT, "text/vtt"),
                item("film", "captions.srt", SRT, "application/x-subrip"),
            ],
        )
        self.put(book, "audiobook", "audiobook.m4b", audiobook(), "audio/mp4", seconds=3.0)
        self.state(book, "ready")
        return book


def item(
    asset: str, key: str, data: bytes, media_type: str, meta: Mapping[str, Any] | None = None, label: str = ""
) -> Task:
    made = Made(data, media_type, meta or {}, (Call("local", "test", {"items": 1}, Decimal(0)),))
    content = content_hash([sha256_of(data), meta or {}])  # the same bytes may be told otherwise by another test
    return Task(asset, key, label or key, {"test": 1}, {"content": content, "key": key}, lambda _: made)


def failing(asset: str, key: str, label: str, message: str = "The picture could not be drawn; try it again.") -> Task:
    def make(_: Purpose) -> Made:
        raise PermanentFailure("drawing-failed", message)

    return Task(asset, key, label, {"test": 1}, {}, make)


def _cast(chapter: str, text: str) -> Cast:
    start = text.find("“") if "“" in text else text.find('"')
    return Cast(
        characters=(
            Character(
                id="mara-quill",
                name="Mara Quill",
                aliases=("Mara",),
                importance="major",
                gender="female",
                age="young",
                role="keeper of the lamp",
                description=(Statement(text="Mara Quill climbed the stair."),),
                mention_count=4,
                quotation_count=1,
            ),
            Character(
                id="old-tobit",
                name="Old Tobit",
                importance="minor",
                gender="male",
                age="old",
                mention_count=1,
                quotation_count=1,
            ),
        ),
        quotations=(
            Quotation(
                chapter=chapter,
                start=max(start, 0),
                end=max(start, 0) + 5,
                text="Who",
                speaker="mara-quill",
                method="tag",
                confidence=1,
            ),
        ),
        entities=(
            Character(
                id="point",
                name="the Point",
                kind="location",
                importance="major",
                description=(
                    Statement(
                        text="The lamp on the Point went out at nine.",
                        evidence=(Span(chapter=chapter, start=0, end=39),),
                    ),
                ),
                mention_count=1,
            ),
            Character(id="lamp", name="the lamp", kind="object", mention_count=1),
        ),
    )


def _plot(chapter: str) -> Plot:
    evidence = (Span(chapter=chapter, start=0, end=39),)
    return Plot(
        source="excerpt",
        fiction=True,
        logline=Statement(text="The lamp on the Point went out at nine.", evidence=evidence),
        themes=(Statement(text="keeping watch"),),
        genre="mystery",
        tone="quiet",
    )


def _script(chapter: str, title: str, text: str) -> Script:
    lines: list[Line] = []
    at = 0
    for number, paragraph in enumerate(text.split("\n\n"), start=1):
        speaker = "mara-quill" if "she called" in paragraph else "old-tobit" if "Tobit" in paragraph else None
        lines.append(Line(id=f"l{number}", speaker=speaker, text=paragraph, start=at, end=at + len(paragraph)))
        at += len(paragraph) + 2
    scene = ScriptScene(
        id=f"{chapter}-s1",
        number=1,
        title=title,
        start=0,
        end=len(text),
        place="the Point",
        time_of_day="night",
        action=Statement(text=lines[0].text),
        present=("mara-quill",),
        lines=tuple(lines),
    )
    return Script(chapter=chapter, style="dialogue", title=title, source="restructured", scenes=(scene,))


def _scenes(script: Script) -> tuple[SceneDescription, ...]:
    scene = script.scenes[0]
    shots = tuple(
        Shot(
            id=f"{scene.id}-{number}",
            size=size,
            figures=(Figure(character="mara-quill"),),
            lines=lines,
            prompt="a tower",
        )
        for number, (size, lines) in enumerate(
            [
                ("wide", tuple(line.id for line in scene.lines[:1])),
                ("medium", tuple(line.id for line in scene.lines[1:])),
            ],
            start=1,
        )
    )
    return (
        SceneDescription(
            id=scene.id,
            chapter=script.chapter,
            number=1,
            title=scene.title,
            setting="harbour",
            indoors=False,
            place="the Point",
            time_of_day="night",
            weather="wind",
            mood="mysterious",
            present=("mara-quill",),
            shots=shots,
        ),
    )
