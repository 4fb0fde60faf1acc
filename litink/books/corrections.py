"""What a person corrects by hand: a section renamed, of another kind, split, joined, moved. Pure functions on a Book.

Keys: a section whose text stays the same keeps its key under every correction, so what was made for it stays; split and
joined sections get keys of their own. Corrections are values that name sections by key: ``apply`` repeats them on the
same file read again, and reports those whose section is gone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from litink.books.assembly import section_key
from litink.books.model import Block, BlockKind, Book, Frozen, Note, Section, SectionKind
from litink.errors import Refused


class Rename(Frozen):
    do: Literal["rename"] = "rename"
    section: str
    title: str = Field(min_length=1, max_length=300)


class SetKind(Frozen):
    do: Literal["set_kind"] = "set_kind"
    section: str
    kind: SectionKind


class Split(Frozen):
    """Cut a section in two; the second begins at the block that starts at ``offset``."""

    do: Literal["split"] = "split"
    section: str
    offset: int = Field(gt=0)
    title: str = Field(min_length=1, max_length=300)


class Join(Frozen):
    """Append the following section's text; its heading becomes a heading inside."""

    do: Literal["join"] = "join"
    section: str


class Move(Frozen):
    """Put a section before another one, or at the end (``before`` None)."""

    do: Literal["move"] = "move"
    section: str
    before: str | None = None


Correction = Annotated[Rename | SetKind | Split | Join | Move, Field(discriminator="do")]


def apply(book: Book, corrections: Sequence[Correction]) -> tuple[Book, tuple[Correction, ...]]:
    """The corrected book, and the corrections that found no section (conflicts for a person to look at).

    Raises Refused for a correction that makes no sense (a split inside a block, a join of the last section).
    """
    lost: list[Correction] = []
    for correction in corrections:
        index = _index(book, correction.section)
        target = correction.before if isinstance(correction, Move) else None
        if index is None or (target is not None and _index(book, target) is None):
            lost.append(correction)
        else:
            book = _renumber(book, _apply(list(book.sections), index, correction))
    return book, tuple(lost)


def _index(book: Book, key: str) -> int | None:
    return next((i for i, section in enumerate(book.sections) if section.key == key), None)


def _apply(sections: list[Section], index: int, correction: Correction) -> list[Section]:
    section = sections[index]
    if isinstance(correction, Rename):
        sections[index] = section.model_copy(update={"title": correction.title})
    elif isinstance(correction, SetKind):
        sections[index] = section.model_copy(update={"kind": correction.kind})
    elif isinstance(correction, Split):
        sections[index : index + 1] = _split(section, correction, sections)
    elif isinstance(correction, Join):
        if index + 1 == len(sections):
            raise Refused("correction-no-next", "There is no section after this one to join it with.")
        sections[index : index + 2] = [_join(section, sections[index + 1], sections)]
    else:
        del sections[index]
        at = next((i for i, s in enumerate(sections) if s.key == correction.before), len(sections))
        sections.insert(at, section)
    return sections


def _split(section: Section, correction: Split, sections: list[Section]) -> list[Section]:
    at = next((i for i, block in enumerate(section.blocks) if block.start == correction.offset), None)
    if not at:
        raise Refused("correction-split-place", "A section can only be split where a paragraph begins.")
    taken = Counter(_stem(s.key) for s in sections)
    head = _piece(section, section.blocks[:at], section.title, section.heading, taken)
    return [head, _piece(section, section.blocks[at:], correction.title, "", taken)]


def _piece(section: Section, blocks: Sequence[Block], title: str, heading: str, taken: Counter[str]) -> Section:
    start, end = blocks[0].start, blocks[-1].end
    text = section.text[start:end]
    last = blocks[-1] is section.blocks[-1]
    return section.model_copy(
        update={
            "key": section_key(section.kind, text, taken),
            "title": title,
            "heading": heading,
            "text": text,
            "blocks": tuple(b.model_copy(update={"start": b.start - start, "end": b.end - start}) for b in blocks),
            "notes": tuple(
                Note(text=n.text, anchor=n.anchor - start, label=n.label)
                for n in section.notes
                if start <= n.anchor and (n.anchor <= end or last)
            ),
        }
    )


def _join(a: Section, b: Section, sections: list[Section]) -> Section:
    taken = Counter(_stem(s.key) for s in sections)
    text, blocks, shift = a.text, list(a.blocks), len(a.text) + 2
    if b.heading:
        blocks.append(Block(kind=BlockKind.HEADING, start=shift, end=shift + len(b.heading), level=3))
        text, shift = f"{text}\n\n{b.heading}", shift + len(b.heading) + 2
    blocks += [x.model_copy(update={"start": x.start + shift, "end": x.end + shift}) for x in b.blocks]
    text = f"{text}\n\n{b.text}"
    notes = a.notes + tuple(n.model_copy(update={"anchor": n.anchor + shift}) for n in b.notes)
    return a.model_copy(
        update={"key": section_key(a.kind, text, taken), "text": text, "blocks": tuple(blocks), "notes": notes}
    )


def _stem(key: str) -> str:
    return key.partition("-")[0]


def _renumber(book: Book, sections: list[Section]) -> Book:
    number = 0
    numbered = []
    for section in sections:
        chapter = section.kind is SectionKind.CHAPTER
        number += chapter
        wanted = number if chapter else None
        numbered.append(section if section.number == wanted else section.model_copy(update={"number": wanted}))
    return book.model_copy(update={"sections": tuple(numbered)})
