"""``litink cast``: who and what is in a book and who says what, for a person or a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from litink.books.model import Book
from litink.books.sandbox import read_book
from litink.books.summary import printed_offsets
from litink.cli.output import page_progress, print_json, results
from litink.cli.sources import named_source
from litink.settings import get_settings
from litink.story.model import Cast, Character, EntityKind
from litink.story.writer import LocalWriter

_NARRATOR = "(narrator)"


def show_cast(named: Sequence[str], *, title: str, author: str, as_json: bool) -> None:
    with (
        named_source(named, get_settings(), title=title, author=author) as source,
        page_progress(quiet=as_json) as progress,
    ):
        book = read_book(source.path, filename=source.name, progress=progress).book
    cast = LocalWriter().cast(book)
    if as_json:
        print_json(cast_summary(book, cast))
        return
    known = sum(quotation.speaker is not None for quotation in cast.quotations)
    results.print(f"[bold]{escape(book.title)}[/bold]  {escape(book.author)}")
    people = Table("name", "also", "importance", "mentions", "quotations", box=None, header_style="dim")
    for character in cast.characters:
        people.add_row(
            escape(character.name),
            escape(", ".join(character.aliases)),
            character.importance,
            f"{character.mention_count:,}",
            f"{character.quotation_count:,}",
        )
    people.add_row(_NARRATOR, "where no speaker is known", "", "", f"{len(cast.quotations) - known:,}", style="dim")
    results.print(people)
    for heading, entities in (("place", _of_kind(cast, "location")), ("thing", _of_kind(cast, "object"))):
        if entities:
            listed = Table(heading, "also", "importance", "mentions", box=None, header_style="dim")
            for entity in entities:
                also = escape(", ".join(entity.aliases))
                listed.add_row(escape(entity.name), also, entity.importance, f"{entity.mention_count:,}")
            results.print(listed)
    results.print(f"{known:,} of {len(cast.quotations):,} quotations have a speaker.", style="dim")


def cast_summary(book: Book, cast: Cast) -> dict[str, Any]:
    """``{characters[{name, aliases, importance, quotation_count}], quotations[{text, speaker, chapter, start, end,
    method, confidence}], locations[{name, aliases, importance, mention_count, description}], objects[…]}``, the most
    important character, place and thing and the book's first quotation first. ``description`` are sentences of the
    book. Only persons are ``characters``.

    ``chapter`` is the number and ``start`` and ``end`` are code points of the text that ``litink read --json --text``
    prints. ``speaker`` is a character's name, which no other has, or null where none is known.
    """
    names = _names(cast)
    numbers = {section.key: section.number for section in book.chapters}
    printed = {section.key: printed_offsets(section) for section in book.chapters}
    return {
        "characters": [
            {
                "name": names[character.id],
                "aliases": list(character.aliases),
                "importance": character.importance,
                "quotation_count": character.quotation_count,
            }
            for character in cast.characters
        ],
        "quotations": [
            {
                "text": quotation.text,
                "speaker": names[quotation.speaker] if quotation.speaker else None,
                "chapter": numbers[quotation.chapter],
                "start": printed[quotation.chapter](quotation.start),
                "end": printed[quotation.chapter](quotation.end - 1) + 1,
                "method": quotation.method,
                "confidence": quotation.confidence,
            }
            for quotation in cast.quotations
        ],
        "locations": [_entity_summary(entity) for entity in _of_kind(cast, "location")],
        "objects": [_entity_summary(entity) for entity in _of_kind(cast, "object")],
    }


def _of_kind(cast: Cast, kind: EntityKind) -> list[Character]:
    return [entity for entity in cast.entities if entity.kind == kind]


def _entity_summary(entity: Character) -> dict[str, Any]:
    return {
        "name": entity.name,
        "aliases": list(entity.aliases),
        "importance": entity.importance,
        "mention_count": entity.mention_count,
        "description": [statement.text for statement in entity.description],
    }


def _names(cast: Cast) -> Mapping[str, str]:
    """A name for each id; of two people with one name the less important is told apart by a number."""
    taken: Counter[str] = Counter()
    names = {}
    for character in cast.characters:
        taken[character.name] += 1
        times = taken[character.name]
        names[character.id] = character.name if times == 1 else f"{character.name} ({times})"
    return names
