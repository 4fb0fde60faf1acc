"""Books as values, without a file: chapters from titles and texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from litink.books.assembly import section_key
from litink.books.model import Block, BlockKind, Book, Section, SectionKind


def book(*chapters: tuple[str, str], kinds: Sequence[SectionKind] = ()) -> Book:
    """Chapters of (title, text); a paragraph that begins with "# " is a heading. ``kinds`` are those of the first."""
    taken: Counter[str] = Counter()
    sections: list[Section] = []
    for index, (title, marked) in enumerate(chapters):
        kind = kinds[index] if index < len(kinds) else SectionKind.CHAPTER
        blocks, at = [], 0
        for paragraph in marked.split("\n\n"):
            length = len(paragraph.removeprefix("# "))
            block_kind = BlockKind.HEADING if paragraph.startswith("# ") else BlockKind.PARAGRAPH
            blocks.append(Block(kind=block_kind, start=at, end=at + length))
            at += length + 2
        text = "\n\n".join(paragraph.removeprefix("# ") for paragraph in marked.split("\n\n"))
        number = 1 + sum(s.kind is SectionKind.CHAPTER for s in sections) if kind is SectionKind.CHAPTER else None
        sections.append(
            Section(
                key=section_key(kind, text, taken),
                kind=kind,
                number=number,
                title=title,
                heading=title,
                text=text,
                blocks=tuple(blocks),
            )
        )
    return Book(title="t", author="a", language="en", format="txt", sections=tuple(sections))


def keys(of: Book) -> list[str]:
    return [section.key for section in of.sections]
