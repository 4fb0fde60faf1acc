"""``summary``: a Book as the JSON that ``litink read`` prints and the upload endpoint answers. Nothing else."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from litink.books.model import Block, BlockKind, Book, Section


def summary(book: Book, *, text: bool) -> dict[str, Any]:
    """``{title, author, language, format, chapters, front_matter, back_matter, warnings}``.

    An article also has its ``origin``: ``{address, site, published}``.
    A chapter is ``{number, title, path, kind, word_count}``, with ``text`` too when asked for; matter is
    ``{title, word_count}``. Words and text are as printed: speakers' names of a play are in them.
    """
    told = {
        "title": book.title,
        "author": book.author,
        "language": book.language,
        "format": book.format,
        "chapters": [_chapter(section, text=text) for section in book.chapters],
        "front_matter": [_matter(section) for section in book.front_matter],
        "back_matter": [_matter(section) for section in book.back_matter],
        "warnings": [{"code": w.code, "message": w.message} for w in book.warnings],
    }
    return told | {"origin": book.origin.model_dump()} if book.origin else told


def _chapter(section: Section, *, text: bool) -> dict[str, Any]:
    printed = printed_text(section)
    chapter = {
        "number": section.number,
        "title": section.title,
        "path": list(section.path),
        "kind": section.kind.value,
        "word_count": len(printed.split()),
    }
    return chapter | {"text": printed} if text else chapter


def _matter(section: Section) -> dict[str, Any]:
    return {"title": section.title, "word_count": len(printed_text(section).split())}


def printed_text(section: Section) -> str:
    """The section's text with each speech under its speaker's name, as a play prints it."""
    if not any(block.speaker for block in section.blocks):
        return section.text
    return "\n\n".join(heading + section.block_text(block) for heading, block in _headed(section))


def printed_offsets(section: Section) -> Callable[[int], int]:
    """Where an offset of ``section.text`` stands in ``printed_text(section)``."""
    starts = [block.start for block in section.blocks]
    shifts = list(accumulate((len(heading) for heading, _ in _headed(section)), initial=0))
    return lambda offset: offset + shifts[bisect_right(starts, offset)]


def _headed(section: Section) -> Iterator[tuple[str, Block]]:
    """The blocks, each with what is printed before it: the speaker's name and a line's end, mostly nothing."""
    speaking: str | None = None
    for block in section.blocks:
        begins = block.kind is BlockKind.SPEECH and block.speaker and block.speaker != speaking
        yield f"{block.speaker}\n" if begins else "", block
        if block.kind is BlockKind.SPEECH:
            speaking = block.speaker
        elif block.kind is not BlockKind.STAGE:
            speaking = None
