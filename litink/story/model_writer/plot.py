"""What a book is about: notes chapter by chapter, then one overview of the notes. Every statement of it rests on events
of the notes, and these on sentences of the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from litink.books.model import Book, Section
from litink.providers.base import Chat, Question
from litink.story.cross_references import RECALLED, recalled
from litink.story.model import Cast, CrossReference, Plot, Span, TurningPoint
from litink.story.model_writer.material import (
    NEVER_OBEY,
    Cited,
    Form,
    Numbered,
    clipped,
    must_cite,
    numbered,
    parts,
    plain,
    room,
    side_by_side,
    statement,
    told_earlier,
)

NOTES_TOKENS, GIST_TOKENS, PLOT_TOKENS = 900, 1500, 2500
EARLIER_TOKENS = 90  # of each passage of earlier chapters that is told with a part

READ = f"""You take notes on a part of a book for an overview of the whole.
The material is a part of one chapter in numbered sentences. Sum it up in two or three sentences, and name the few
events or arguments that matter most, each with the numbers of the sentences that it rests on. What stands under
“Told earlier” is of chapters before, which this part seems to come back to: it helps to understand the part, and is no
event of it.
{NEVER_OBEY}"""

GATHER = f"""You shorten notes on consecutive chapters of a book for an overview of the whole.
The material lists events under numbers. Keep the ones that an overview cannot do without, in order; each of yours
names the numbers of those that it rests on.
{NEVER_OBEY}"""

TELL = f"""You write the overview of a book for those who will make a film of it.
The material lists what happens or is argued, in the order of the book, as numbered events under their chapters. Write
the logline, themes, genre, tone, audience, setting, kind of story, three acts and the turning points of a story; of a
book that tells no story write its thesis, argument, key terms and examples instead, and leave the others empty. Every
statement names the numbers of the events that it rests on.
{NEVER_OBEY}"""


class Notes(Form):
    summary: str = Field(min_length=1, max_length=700)
    events: tuple[Cited, ...] = Field(min_length=1, max_length=6)


class Gist(Form):
    events: tuple[Cited, ...] = Field(min_length=1, max_length=14)


class Turn(Form):
    name: Literal["inciting incident", "first plot point", "midpoint", "second plot point", "climax", "resolution"]
    statement: Cited


class Overview(Form):
    fiction: bool
    logline: Cited
    themes: tuple[Cited, ...] = Field(default=(), max_length=6)
    genre: str = Field(default="", max_length=60)
    tone: str = Field(default="", max_length=60)
    audience: str = Field(default="", max_length=80)
    setting: Cited | None = None
    story_type: str = Field(default="", max_length=60)
    acts: tuple[Cited, ...] = Field(default=(), max_length=5)
    turning_points: tuple[Turn, ...] = Field(default=(), max_length=6)
    thesis: Cited | None = None
    argument: tuple[Cited, ...] = Field(default=(), max_length=8)
    key_terms: tuple[Cited, ...] = Field(default=(), max_length=12)
    examples: tuple[Cited, ...] = Field(default=(), max_length=6)


@dataclass(frozen=True)
class _Event:
    """Something that happens: where it stands in the book, and what it rests on."""

    chapter: int | None  # its number; a title that is changed is no other story
    text: str
    evidence: tuple[Span, ...]


def tell_plot(
    chat: Chat, book: Book, cast: Cast, directive: str, parallel: int, references: Sequence[CrossReference] = ()
) -> Plot:
    """The plot overview, by map and reduce: no question is larger than the model's context allows."""
    people = ", ".join(plain(c.name) for c in cast.characters if c.importance != "minor")[:600]
    told = _ToldEarlier(chat, book, references)
    asked = [(section, part, told.before(part)) for section in book.chapters for part in _parts(chat, section)]
    read = side_by_side(lambda one: _notes(chat, *one), asked, parallel)
    events = [event for found in read for event in found]
    head = f"Title: {plain(book.title)}\nAuthor: {plain(book.author)}\nMain people: {people}\n\n"
    wish = f"\nThe maker of the film wishes: “{plain(directive)}”. Let it guide emphasis and tone." if directive else ""
    most = room(chat, "plot", TELL + wish + head, PLOT_TOKENS)
    while chat.count_tokens(_listed(events)) > most:
        shorter = _gathered(chat, events, parallel)
        if len(shorter) >= len(events):  # the model will not shorten: what does not fit is left out
            shorter = events[:: max(2, chat.count_tokens(_listed(events)) // most + 1)]
        events = shorter
    answer = chat.ask(
        Question("plot", TELL + wish, head + _listed(events), PLOT_TOKENS),
        Overview,
        lambda found: must_cite(range(1, len(events) + 1), *_cited(found)),
    )
    return _plot(answer, events, directive)


def _room_for_part(chat: Chat) -> int:
    """Always without what was told earlier: so another reference never divides a chapter otherwise."""
    return room(chat, "plot", READ, NOTES_TOKENS + RECALLED * EARLIER_TOKENS)


def _parts(chat: Chat, section: Section) -> list[list[Numbered]]:
    return list(parts(numbered(section), lambda line: chat.count_tokens(line.line()) + 1, _room_for_part(chat)))


class _ToldEarlier:
    """The passages that each part of the book comes back to, in words."""

    def __init__(self, chat: Chat, book: Book, references: Sequence[CrossReference]) -> None:
        self._chat = chat
        self._texts = {section.key: section.text for section in book.chapters}
        self._order = {key: n for n, key in enumerate(self._texts)}
        self._of: dict[str, list[CrossReference]] = {}
        for reference in references:
            self._of.setdefault(reference.passage.chapter, []).append(reference)

    def before(self, part: Sequence[Numbered]) -> str:
        """The likest of them, in the order of the book, as the head of the part's material; empty without any."""
        chapter, start, end = part[0].span.chapter, part[0].span.start, part[-1].span.end
        here = [r for r in self._of.get(chapter, ()) if r.passage.start < end and start < r.passage.end]
        spans = recalled(here, self._order)
        texts = [self._texts[span.chapter][span.start : span.end] for span in spans]
        return told_earlier(self._chat, texts, EARLIER_TOKENS, "The part")


def _notes(chat: Chat, section: Section, part: Sequence[Numbered], earlier: str) -> list[_Event]:
    known = {line.number: (line.span,) for line in part}
    material = earlier + clipped(chat, "\n".join(line.line() for line in part), _room_for_part(chat))
    answer = chat.ask(
        Question("plot", READ, material, NOTES_TOKENS), Notes, lambda notes: must_cite(known, *notes.events)
    )
    return [_event(section.number, cited, known) for cited in answer.events]


def _gathered(chat: Chat, events: Sequence[_Event], parallel: int) -> list[_Event]:
    """Fewer events that say the same, a run of chapters at a time."""
    most = room(chat, "plot", GATHER, GIST_TOKENS)
    runs = list(parts(events, lambda event: chat.count_tokens(event.text) + 12, most))

    def gather(run: Sequence[_Event]) -> list[_Event]:
        known = {number: event.evidence for number, event in enumerate(run, start=1)}
        answer = chat.ask(
            Question("plot", GATHER, _listed(run), GIST_TOKENS), Gist, lambda gist: must_cite(known, *gist.events)
        )
        return [_event(run[min(cited.rests_on) - 1].chapter, cited, known) for cited in answer.events]

    return [event for found in side_by_side(gather, runs, parallel) for event in found]


def _event(chapter: int | None, cited: Cited, known: Mapping[int, tuple[Span, ...]]) -> _Event:
    said = statement(cited, known)
    return _Event(chapter, said.text, said.evidence)


def _listed(events: Sequence[_Event]) -> str:
    lines = list[str]()
    chapter: int | None = None
    for number, event in enumerate(events, start=1):
        if event.chapter != chapter:
            chapter = event.chapter
            lines.append(f"Chapter {chapter}")
        lines.append(f"[{number}] {plain(event.text)}")
    return "\n".join(lines)


def _cited(found: Overview) -> list[Cited | None]:
    several = (found.themes, found.acts, found.argument, found.key_terms, found.examples)
    turns = [turn.statement for turn in found.turning_points]
    return [found.logline, found.setting, found.thesis, *turns, *(cited for some in several for cited in some)]


def _plot(found: Overview, events: Sequence[_Event], directive: str) -> Plot:
    known = {number: event.evidence for number, event in enumerate(events, start=1)}

    def all_of(cited: Sequence[Cited]) -> tuple[object, ...]:
        return tuple(statement(one, known) for one in cited)

    return Plot.model_validate(
        {
            "source": "model",
            "fiction": found.fiction,
            "logline": statement(found.logline, known),
            "themes": all_of(found.themes),
            "genre": found.genre,
            "tone": found.tone,
            "audience": found.audience,
            "setting": statement(found.setting, known) if found.setting else None,
            "story_type": found.story_type,
            "acts": all_of(found.acts),
            "turning_points": tuple(
                TurningPoint(name=turn.name, chapter=said.evidence[0].chapter, statement=said)
                for turn in found.turning_points
                if (said := statement(turn.statement, known)).evidence
            ),
            "directive": directive,
            "thesis": statement(found.thesis, known) if found.thesis else None,
            "argument": all_of(found.argument),
            "key_terms": all_of(found.key_terms),
            "examples": all_of(found.examples),
        }
    )
