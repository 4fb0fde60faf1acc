"""What a person corrects by hand: a section renamed, of another kind, split, joined, moved. Pure functions on a Book.

Corrections are values that name sections by key, kept in the order in which they were made and repeated on the book as
the file gives it. A section whose text stays the same keeps its key under every correction, so that what was made for
it stays. Split and joined sections get keys that follow from the keys they were made of and not from their text: when
the file is read differently one day, later corrections still find them.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from litink.books.model import Block, BlockKind, Book, Frozen, Note, Section, SectionKind
from litink.errors import Refused

OPENING = 80  # letters by which the beginning of a paragraph is known again


def _one_line(value: str) -> str:
    """A title is one line without control characters, which neither a database nor a film takes."""
    plain = " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in value).split())
    if not plain:
        raise ValueError("a title needs a letter")
    return plain


Title = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_one_line)]
Key = Annotated[str, Field(min_length=1, max_length=40, description="a section's key")]


class Rename(Frozen):
    do: Literal["rename"] = "rename"
    section: Key
    title: Title


class SetKind(Frozen):
    """Say what a section is. Only chapters are voiced and filmed; front and back matter is kept, and left out."""

    do: Literal["set_kind"] = "set_kind"
    section: Key
    kind: SectionKind


class Split(Frozen):
    """Cut a section in two; the second begins with the block that starts at ``offset``.

    A heading that stands there becomes the heading of the second section, and is no longer part of its text.
    """

    do: Literal["split"] = "split"
    section: Key
    offset: int = Field(gt=0, description="where a block of the section begins, as its list of blocks says")
    title: Title
    begins: str = Field(
        default="",
        max_length=OPENING,
        description="how the block begins: the place is known by it when the file is read again; filled in if left out",
    )


class Join(Frozen):
    """Append the following section's text; its heading becomes a heading inside."""

    do: Literal["join"] = "join"
    section: Key


class Move(Frozen):
    """Put a section before another one, or at the end (``before`` null)."""

    do: Literal["move"] = "move"
    section: Key
    before: Key | None = None


Correction = Annotated[Rename | SetKind | Split | Join | Move, Field(discriminator="do")]


@dataclass(frozen=True)
class Conflict:
    """A correction that could not be repeated: its place in the list, and why, as a sentence for a person."""

    index: int
    reason: str


def repeat(book: Book, corrections: Iterable[Correction]) -> tuple[Book, tuple[Conflict, ...]]:
    """The book with the corrections made one after another; those that no longer fit are left out and told."""
    conflicts: list[Conflict] = []
    for index, correction in enumerate(corrections):
        try:
            book = correct(book, correction)
        except Refused as refused:
            conflicts.append(Conflict(index, refused.message))
    return book, tuple(conflicts)


def correct(book: Book, correction: Correction) -> Book:
    """The book with one correction made; the same book where it changes nothing.

    Raises Refused("correction-no-section", "correction-split-place", "correction-no-next").
    """
    sections = list(book.sections)
    index = _index(book, correction.section)
    section = sections[index]
    if isinstance(correction, Rename):
        sections[index] = section.model_copy(update={"title": correction.title})
    elif isinstance(correction, SetKind):
        sections[index] = section.model_copy(update={"kind": correction.kind})
    elif isinstance(correction, Split):
        sections[index : index + 1] = _split(section, correction, book)
    elif isinstance(correction, Join):
        sections[index : index + 2] = [_join(section, _next(book, index), book)]
    else:
        target = len(sections) if correction.before is None else _index(book, correction.before)
        del sections[index]
        sections.insert(target - (index < target), section)
    return _renumbered(book, sections)


def anchored(book: Book, correction: Correction) -> Correction:
    """The correction with what it takes to find its place again. Raises Refused as ``correct`` does."""
    if not isinstance(correction, Split):
        return correction
    section = book.sections[_index(book, correction.section)]
    block = section.blocks[_place(section, correction)]
    return correction.model_copy(update={"offset": block.start, "begins": opening(section, block, OPENING)})


def described(book: Book, correction: Correction) -> str:
    """What the correction does to this book, for a person. Raises Refused as ``correct`` does."""
    index = _index(book, correction.section)
    title = f"“{book.sections[index].title}”"
    if isinstance(correction, Rename):
        return f"{title} renamed to “{correction.title}”"
    if isinstance(correction, SetKind):
        return f"{title} made {_KINDS[correction.kind]}"
    if isinstance(correction, Split):
        return f"{title} split, the second part called “{correction.title}”"
    if isinstance(correction, Join):
        return f"{title} joined with “{_next(book, index).title}”"
    if correction.before is None:
        return f"{title} moved to the end"
    return f"{title} moved before “{book.sections[_index(book, correction.before)].title}”"


def opening(section: Section, block: Block, letters: int) -> str:
    """The first letters of a block. Zero characters, which a database does not take, are left out."""
    return section.text[block.start : min(block.end, block.start + letters)].replace("\x00", "")


_KINDS = {
    SectionKind.CHAPTER: "a chapter",
    SectionKind.FRONT_MATTER: "front matter",
    SectionKind.BACK_MATTER: "back matter",
}


def _index(book: Book, key: str) -> int:
    for index, section in enumerate(book.sections):
        if section.key == key:
            return index
    raise Refused("correction-no-section", "The section that it names is not in the book as it stands now.")


def _next(book: Book, index: int) -> Section:
    if index + 1 == len(book.sections):
        raise Refused("correction-no-next", "There is no section after this one to join it with.")
    return book.sections[index + 1]


def _place(section: Section, correction: Split) -> int:
    """The block to cut at: the one at the offset if it begins as remembered, else the nearest one that does."""
    fitting = [
        at
        for at, block in enumerate(section.blocks)
        if opening(section, block, OPENING).startswith(correction.begins)
        and (correction.begins or block.start == correction.offset)
    ]
    found = min(fitting, key=lambda at: abs(section.blocks[at].start - correction.offset), default=0)
    if found == 0:
        raise Refused("correction-split-place", "A section can only be split where one of its paragraphs begins.")
    return found


def _split(section: Section, correction: Split, book: Book) -> list[Section]:
    at = _place(section, correction)
    head, tail = section.blocks[:at], section.blocks[at:]
    heading = ""
    if tail[0].kind is BlockKind.HEADING and len(tail) > 1:
        heading, tail = section.block_text(tail[0]), tail[1:]
    cut = section.blocks[at].start
    place = str(correction.offset)
    first = _piece(section, head, [n for n in section.notes if n.anchor < cut])
    second = _piece(section, tail, [n for n in section.notes if n.anchor >= cut])
    tail_key = _key(book, section, "tail", section.key, place)
    return [
        _with(first, key=_key(book, section, "head", section.key, place)),
        _with(second, key=tail_key, title=correction.title, heading=heading),
    ]


def _piece(section: Section, blocks: Sequence[Block], notes: Iterable[Note]) -> Section:
    start, end = blocks[0].start, blocks[-1].end
    return _with(
        section,
        text=section.text[start:end],
        blocks=tuple(replace(b, start=b.start - start, end=b.end - start) for b in blocks),
        notes=tuple(n.model_copy(update={"anchor": min(max(n.anchor - start, 0), end - start)}) for n in notes),
    )


def _join(a: Section, b: Section, book: Book) -> Section:
    text, blocks, shift = a.text, list(a.blocks), len(a.text) + 2
    if b.heading:
        blocks.append(Block(kind=BlockKind.HEADING, start=shift, end=shift + len(b.heading), level=3))
        text, shift = f"{text}\n\n{b.heading}", shift + len(b.heading) + 2
    blocks += [replace(x, start=x.start + shift, end=x.end + shift) for x in b.blocks]
    notes = a.notes + tuple(n.model_copy(update={"anchor": n.anchor + shift}) for n in b.notes)
    key = _key(book, a, "join", a.key, b.key)
    return _with(a, key=key, text=f"{text}\n\n{b.text}", blocks=tuple(blocks), notes=notes)


def _with(section: Section, **changed: object) -> Section:
    """A copy with other fields. Not ``model_copy``: that would keep the word count of the old text."""
    fields = {name: getattr(section, name) for name in Section.model_fields}
    return Section.model_construct(**fields | changed)


def _key(book: Book, section: Section, *made_of: str) -> str:
    """A key for what becomes of a section, of the form that readers give, free in this book."""
    key = section.key[:1] + hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:10]
    taken = {other.key for other in book.sections}
    number = 2
    free = key
    while free in taken:
        free, number = f"{key}-{number}", number + 1
    return free


def _renumbered(book: Book, sections: Sequence[Section]) -> Book:
    number = 0
    numbered = []
    for section in sections:
        chapter = section.kind is SectionKind.CHAPTER
        number += chapter
        wanted = number if chapter else None
        numbered.append(section if section.number == wanted else section.model_copy(update={"number": wanted}))
    return book.model_copy(update={"sections": tuple(numbered)})
