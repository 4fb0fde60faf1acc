"""A chapter as an XHTML page: all of its text, each spoken line in an element of its own. No times here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from litink.books.model import Block, BlockKind, Section
from litink.media.read_along.markup import text

PAGE: Final = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{language}" \
xml:lang="{language}">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="style.css"/></head>
<body>
{body}
</body>
</html>
"""
_CLASSES: Final[dict[BlockKind, str]] = {
    BlockKind.VERSE: "verse", BlockKind.STAGE: "stage", BlockKind.LETTER: "letter", BlockKind.LIST: "list",
    BlockKind.TABLE: "table", BlockKind.CODE: "code", BlockKind.PICTURE: "picture", BlockKind.QUOTATION: "quotation",
    BlockKind.SPEECH: "speech",
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """A spoken line and the stretch of the chapter's text that it says; ``said`` is shown where it says something else.

    An empty stretch is where a line is put in.
    """

    line: str
    start: int
    end: int
    said: str | None = None


@dataclass(frozen=True)
class Fragment:
    """An element of the page that holds a line or, where a line runs over two paragraphs, a part of it."""

    id: str
    line: str
    offset: int  # code points of the line that stand before it


def chapter_page(section: Section, marks: Sequence[Mark], language: str) -> tuple[str, tuple[Fragment, ...]]:
    """The page, and its fragments as they follow on one another."""
    writer = _Writer(section, sorted(marks, key=lambda mark: (mark.start, mark.end)))
    heading = f'<h1 id="title">{text(section.title)}</h1>'
    blocks = "\n".join(writer.block(block) for block in section.blocks)
    body = f'<section epub:type="chapter" aria-labelledby="title">\n{heading}\n{blocks}\n</section>'
    return PAGE.format(language=text(language), title=text(section.title), body=body), tuple(writer.fragments)


class _Writer:
    def __init__(self, section: Section, marks: Sequence[Mark]) -> None:
        self._text, self._marks = section.text, marks
        self._next = 0  # of the marks: those before it are written to their end
        self._begun: set[str] = set()
        self.fragments: list[Fragment] = []

    def block(self, block: Block) -> str:
        inner = "".join(self._inside(block))
        if block.kind is BlockKind.BREAK:
            return f'<p class="break">{inner}</p>' if inner.strip() else "<hr/>"
        if block.kind is BlockKind.HEADING:
            level = min(6, max(2, block.level or 2))
            return f"<h{level}>{inner}</h{level}>"
        speaker = f'<span class="speaker">{text(block.speaker)}</span> ' if block.speaker else ""
        name = _CLASSES.get(block.kind)
        return f'<p class="{name}">{speaker}{inner}</p>' if name else f"<p>{speaker}{inner}</p>"

    def _inside(self, block: Block) -> Iterator[str]:
        """The block's text, lines in elements. A stretch that an earlier line has already is not said again."""
        at = block.start
        while self._next < len(self._marks) and self._marks[self._next].start <= block.end:
            mark = self._marks[self._next]
            start, end = max(mark.start, at), min(mark.end, block.end)
            if mark.start == mark.end and mark.start >= at:
                yield self._shown(self._text[at:start]) + " " + self._element(mark, 0, mark.said or "") + " "
                at = start
            elif start < end:
                yield self._shown(self._text[at:start])
                if mark.said is None:
                    yield self._element(mark, start - mark.start, self._text[start:end])
                elif mark.line not in self._begun:
                    yield self._element(mark, 0, mark.said)
                at = end
            if mark.end > block.end:
                break
            self._next += 1
        yield self._shown(self._text[at : block.end])

    def _element(self, mark: Mark, offset: int, shown: str) -> str:
        if not shown.strip():
            return self._shown(shown)
        self._begun.add(mark.line)
        fragment = Fragment(f"t{len(self.fragments) + 1}", mark.line, offset)
        self.fragments.append(fragment)
        return f'<span id="{fragment.id}">{self._shown(shown)}</span>'

    @staticmethod
    def _shown(value: str) -> str:
        return text(value).replace("\n", "<br/>")
