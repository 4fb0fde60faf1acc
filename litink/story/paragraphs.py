"""The paragraphs of a section: its blocks, or what blank lines divide. Nothing smaller is decided here."""

from __future__ import annotations

import re
from typing import NamedTuple

from litink.books.model import BlockKind, Section

_BLANK_LINE = re.compile(r"\n[ \t\r\f\v]*\n\s*")


class Paragraph(NamedTuple):
    """A run of ``Section.text`` without blanks at its ends."""

    start: int
    end: int
    kind: BlockKind
    speaker: str | None


def paragraphs(section: Section) -> list[Paragraph]:
    """The paragraphs of ``section`` in order; together they hold every non-blank character of its text.

    Blocks decide where there are any; text between blocks, and text inside a block that holds a blank line,
    is divided at blank lines.
    """
    out: list[Paragraph] = []
    at = 0
    for block in section.blocks:
        if block.start > at:
            out += _divide(section.text, at, block.start, BlockKind.PARAGRAPH, None)
        out += _divide(section.text, max(at, block.start), block.end, block.kind, block.speaker)
        at = max(at, block.end)
    return out + _divide(section.text, at, len(section.text), BlockKind.PARAGRAPH, None)


def text_paragraphs(text: str) -> list[tuple[int, int]]:
    """Spans of ``text`` that blank lines divide, without the blanks at their ends."""
    return [(p.start, p.end) for p in _divide(text, 0, len(text), BlockKind.PARAGRAPH, None)]


def is_ornament(text: str) -> bool:
    """Whether ``text`` is only a printed divider such as "* * *": nothing in it can be read aloud."""
    return not any(c.isalnum() for c in text)


def _divide(text: str, start: int, end: int, kind: BlockKind, speaker: str | None) -> list[Paragraph]:
    out: list[Paragraph] = []
    at = start
    for gap in [*_BLANK_LINE.finditer(text, start, end), None]:
        stop = gap.start() if gap else end
        part = text[at:stop]
        stripped = part.strip()
        if stripped:
            first = at + len(part) - len(part.lstrip())
            out.append(Paragraph(first, first + len(stripped), kind, speaker))
        at = gap.end() if gap else end
    return out
