"""What a book is once it has been read: sections, blocks and spans. Readers make it; nothing here parses anything.

Offsets count Unicode code points in ``Section.text`` (Python ``str`` indices), start inclusive, end exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

BookFormat = Literal["epub", "pdf", "docx", "txt", "md", "html", "mixed"]  # mixed: a work of several files


class Frozen(BaseModel):
    """An immutable value; unknown fields are errors so that a typo never passes silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SectionKind(StrEnum):
    CHAPTER = "chapter"
    FRONT_MATTER = "front_matter"
    BACK_MATTER = "back_matter"


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"  # a heading inside the section; the section's own heading is Section.heading
    VERSE = "verse"  # lines separated by "\n"
    SPEECH = "speech"  # a play's speech: Block.speaker is the printed speaker heading
    STAGE = "stage"  # a stage direction
    LETTER = "letter"
    QUOTATION = "quotation"
    LIST = "list"
    TABLE = "table"  # rows separated by "\n", cells by " | "
    CODE = "code"
    PICTURE = "picture"  # its text is the alternative text
    BREAK = "break"  # a scene break ("* * *"); its text is what was printed, possibly empty


@dataclass(frozen=True, slots=True, init=False)  # a book has thousands: checked with the section that holds them
class Block:
    """A run of ``Section.text`` with one meaning. Blocks do not overlap and stand in reading order."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    kind: BlockKind
    start: int
    end: int
    speaker: str | None = None
    level: int | None = None

    def __init__(
        self, kind: BlockKind, start: int, end: int, speaker: str | None = None, level: int | None = None
    ) -> None:
        # As a frozen dataclass does, but for looking up each field by its name: that takes twice the time.
        _set_kind(self, kind)
        _set_start(self, start)
        _set_end(self, end)
        _set_speaker(self, speaker)
        _set_level(self, level)


_set_kind, _set_start, _set_end, _set_speaker, _set_level = (getattr(Block, f.name).__set__ for f in fields(Block))


class Note(Frozen):
    """A footnote or endnote: kept, but not part of the running text."""

    text: str
    anchor: int  # offset in Section.text where the reference stood
    label: str = ""


class Section(Frozen):
    """A chapter, or a piece of front or back matter.

    ``text`` is the running text: the blocks joined by a blank line, without the section's own heading,
    note numbers, soft hyphens or zero-width characters. ``key`` is stable across re-reading where the
    content is the same; items made for a chapter are keyed by it.
    """

    key: str
    kind: SectionKind
    number: int | None  # 1-based position among the chapters; None for front and back matter
    title: str  # as in the table of contents
    heading: str = ""  # as printed
    path: tuple[str, ...] = ()  # titles of the parts above it, outermost first
    text: str
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...] = ()

    @cached_property
    def word_count(self) -> int:
        """Words as what stands between blanks."""
        return len(self.text.split())

    def block_text(self, block: Block) -> str:
        return self.text[block.start : block.end]


class ReadingWarning(Frozen):
    code: str
    message: str


class Cover(Frozen):
    media_type: str
    data: bytes


class Origin(Frozen):
    """Where an article was published; what the page does not tell is empty."""

    address: str = ""
    site: str = ""  # the site's name for itself, else its host
    published: str = ""  # a date, YYYY-MM-DD


class Book(Frozen):
    """A book as read: every word of the source once, in reading order, in exactly one section.

    Of a web page only the article is the source (``origin`` is set).
    """

    title: str
    author: str
    language: str  # BCP 47; "und" when unknown
    format: BookFormat
    sections: tuple[Section, ...]
    warnings: tuple[ReadingWarning, ...] = ()
    origin: Origin | None = None

    @property
    def chapters(self) -> tuple[Section, ...]:
        return tuple(s for s in self.sections if s.kind is SectionKind.CHAPTER)

    @property
    def front_matter(self) -> tuple[Section, ...]:
        return tuple(s for s in self.sections if s.kind is SectionKind.FRONT_MATTER)

    @property
    def back_matter(self) -> tuple[Section, ...]:
        return tuple(s for s in self.sections if s.kind is SectionKind.BACK_MATTER)

    @property
    def word_count(self) -> int:
        return sum(s.word_count for s in self.chapters)


class ReadBook(Frozen):
    """What a reader returns: the book, and its cover picture if the file carries one."""

    book: Book
    cover: Cover | None = None
