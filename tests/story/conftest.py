"""Small books made in a line, and the real ones beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from litink.books.model import Block, BlockKind, Book, Section, SectionKind

SHARED = Path(__file__).parents[2] / "../shared/books"


def chapter(text: str, *, key: str = "c1", number: int = 1, blocks: tuple[Block, ...] = ()) -> Section:
    return Section(
        key=key, kind=SectionKind.CHAPTER, number=number, title=f"Chapter {number}", text=text, blocks=blocks
    )


def book(*sections: Section) -> Book:
    return Book(title="A Book", author="Somebody", language="en", format="txt", sections=sections)


def of(text: str) -> Book:
    return book(chapter(text))


def play(*speeches: tuple[str, str]) -> Section:
    """A chapter of speeches: (speaker heading, text)."""
    parts: list[str] = []
    blocks: list[Block] = []
    at = 0
    for speaker, said in speeches:
        blocks.append(Block(kind=BlockKind.SPEECH, start=at, end=at + len(said), speaker=speaker))
        parts.append(said)
        at += len(said) + 2
    return chapter("\n\n".join(parts), blocks=tuple(blocks))


@pytest.fixture
def litbank() -> Path:
    folder = SHARED / "litbank"
    if not folder.is_dir():
        pytest.skip("the annotated excerpts of ../shared/books/litbank are not here")
    return folder
