"""What the main places and things of a book are like, for those who draw them. Which there are and what they are called
is the rules'; every sentence rests on the book's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from pydantic import Field

from litink.books.model import Book
from litink.providers.base import Chat, Question
from litink.story.model import Cast, Character, Span
from litink.story.model_writer.material import (
    NEVER_OBEY,
    Cited,
    Form,
    Numbered,
    clipped,
    must_cite,
    plain,
    room,
    side_by_side,
    statement,
)
from litink.story.sentences import sentences

MOST_OF_A_KIND = 6  # described by the model; the others keep what the rules found
MOST_SENTENCES = 24  # about one of them
ANSWER_TOKENS = 700
_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)

INSTRUCTIONS = f"""You describe a place or a thing of a book for those who will draw it.
The material names it, then gives numbered sentences that speak of it. Say what it is and how it looks: size, age,
material, colour, light, what belongs to it; leave out what the sentences do not show, and what is true for a moment
only. Every statement names the sentences it rests on.
{NEVER_OBEY}"""


class Described(Form):
    description: tuple[Cited, ...] = Field(default=(), max_length=4)


def describe_things(chat: Chat, book: Book, cast: Cast, parallel: int) -> Cast:
    """``cast`` with its main places and things described."""
    main = [
        entity
        for _, kind in groupby(cast.entities, key=lambda entity: entity.kind)
        for entity in [one for one in kind if one.importance != "minor"][:MOST_OF_A_KIND]
    ]
    asked = [(entity, about) for entity in main if (about := _sentences_about(book, entity))]
    described = side_by_side(lambda one: _describe(chat, *one), asked, parallel)
    known = {entity.id: entity for entity in described}
    return cast.model_copy(update={"entities": tuple(known.get(e.id, e) for e in cast.entities)})


def _sentences_about(book: Book, entity: Character) -> list[Numbered]:
    """Those that the rules found telling, and others that name it, from all over the book; in book order."""
    names = "|".join(re.escape(_ARTICLE.sub("", name)) for name in (entity.name, *entity.aliases))
    named = re.compile(rf"\b(?:{names})\b", re.IGNORECASE if entity.kind == "object" else 0)
    naming = [
        Span(chapter=section.key, start=start, end=end)
        for section in book.chapters
        if named.search(section.text)
        for start, end in sentences(section.text)
        if named.search(section.text, start, end)
    ]
    telling = [span for said in entity.description for span in said.evidence]
    step = max(1, len(naming) // MOST_SENTENCES)
    spans = list(dict.fromkeys([*telling, *naming[:4], *naming[::step]]))[:MOST_SENTENCES]
    order = {section.key: number for number, section in enumerate(book.chapters)}
    texts = {section.key: section.text for section in book.chapters}
    spans.sort(key=lambda span: (order[span.chapter], span.start))
    return [
        Numbered(number, texts[span.chapter][span.start : span.end], span) for number, span in enumerate(spans, start=1)
    ]


def _describe(chat: Chat, entity: Character, about: Sequence[Numbered]) -> Character:
    what = "place" if entity.kind == "location" else "thing"
    head = f"The {what} asked for: {plain(entity.name)}\n\nSentences:\n"
    most = room(chat, "cast", INSTRUCTIONS + head, ANSWER_TOKENS)
    material = head + clipped(chat, "\n".join(line.line() for line in about), most)
    answer = chat.ask(
        Question("cast", INSTRUCTIONS, material, ANSWER_TOKENS),
        Described,
        lambda found: must_cite(range(1, len(about) + 1), *found.description),
    )
    evidence = {line.number: (line.span,) for line in about}
    described = tuple(statement(cited, evidence) for cited in answer.description)
    return entity.model_copy(update={"description": described or entity.description})
