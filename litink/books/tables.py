"""Tables and other elements as recorded events: their rows and cells, and what kind of table it is.

A table tells only at its end whether it is a play, a layout or figures. What is then read of it: markup.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from litink.books.elements import HEADINGS
from litink.books.events import Event
from litink.books.pieces import LINE_END
from litink.books.tags import Tag

MAX_SPEAKER = 5  # words
MAX_CELL = 120  # words; a longer cell is laid out text


class Recorded(NamedTuple):
    """An element and the events inside it."""

    tag: Tag
    inside: Sequence[Event]


def elements_in(events: Sequence[Event]) -> Iterator[Recorded]:
    """The outermost elements among the events."""
    depth = start = 0
    for index, event in enumerate(events):
        if event is None:
            depth -= 1
            tag = events[start]
            if depth == 0 and isinstance(tag, Tag):
                yield Recorded(tag, events[start + 1 : index])
        elif isinstance(event, Tag):
            if depth == 0:
                start = index
            depth += 1


def names_in(events: Sequence[Event]) -> list[str]:
    """Names of all elements among the events, at any depth."""
    return [event.name for event in events if isinstance(event, Tag)]


def text_in(events: Sequence[Event]) -> str:
    """All text among the events, in one line."""
    return " ".join("".join([event for event in events if isinstance(event, str)]).replace(LINE_END, " ").split())


def rows_in(table: Sequence[Event]) -> list[list[Recorded]]:
    """The cells of each row, those of tables inside the table left out."""
    rows: list[list[Recorded]] = []
    around: list[tuple[Tag, int]] = []  # the elements around, and the index after their beginning
    tables = 0  # inside this one
    for index, event in enumerate(table):
        if event is None:
            tag, start = around.pop()
            if tag.name == "table":
                tables -= 1
            elif not tables and tag.name in ("td", "th") and around and around[-1][0].name == "tr":
                rows[-1].append(Recorded(tag, table[start:index]))
        elif isinstance(event, Tag):
            around.append((event, index + 1))
            if event.name == "table":
                tables += 1
            elif event.name == "tr" and not tables:
                rows.append([])
    return rows


def is_play(rows: Sequence[Sequence[Recorded]]) -> bool:
    """Two columns, the first of which names speakers: marked as such, or a few short names that come again."""
    if any("z3998:persona" in row[0].tag.roles for row in rows if row):
        return True
    if len(rows) < 4 or any(len(row) != 2 for row in rows):
        return False
    said = [name for row in rows if (name := text_in(row[0].inside))]
    if not said or any(len(name.split()) > MAX_SPEAKER or name.replace(".", "").isdigit() for name in said):
        return False
    return len(set(said)) * 2 <= len(said)


def is_layout(rows: Sequence[Sequence[Recorded]]) -> bool:
    """A table that only arranges blocks: one column, or cells with several paragraphs, headings or tables."""
    if max(map(len, rows), default=0) <= 1:
        return True
    for row in rows:
        for cell in row:
            blocks = sum(name in ("p", "table", *HEADINGS) for name in names_in(cell.inside))
            if blocks > 1 or len(text_in(cell.inside).split()) > MAX_CELL:
                return True
    return False
