"""What a format reader hands on: pieces of text in reading order, a table of contents, cleaned characters.

Nothing here knows a file format, and nothing here decides where a chapter begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from litink.books.model import BlockKind, BookFormat, Cover, Origin, ReadingWarning

# Two noncharacters that no cleaned text contains: where a line ends, and where a note was referred to.
LINE_END = "\ufdd0"
NOTE_MARK = "\ufdd1"

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ZERO_WIDTH = "\u00ad\u034f\u180e\u200b\u2060-\u2064\ufeff\ufff9-\ufffb"
_NONCHARACTERS = "\ufdd0-\ufdef\ufffe\uffff"
NO_TEXT = f"{_CONTROLS}{_BIDI}{_ZERO_WIDTH}{_NONCHARACTERS}\ud800-\udfff"  # for a set in a regular expression
_UGLY = re.compile(f"[{NO_TEXT}]+")
# Joiners shape Persian, Indic scripts and emoji; in Latin, Greek and Cyrillic text they are debris.
LATIN_JOINERS = re.compile("(?<![\u0590-\u1fff\u2190-\U0010ffff])[\u200c\u200d]+")
_JOINER = re.compile("[\u200c\u200d]")


def clean(text: str) -> str:
    """Remove what is no text: control characters, direction overrides, soft hyphens, zero-width characters."""
    if text.isprintable():  # none of them is; most texts leave here, without a regular expression
        return text
    text = _UGLY.sub("", text)
    if _JOINER.search(text):
        text = LATIN_JOINERS.sub("", text)
    return text


def one_line(text: str) -> str:
    """The text with every run of blanks as one space."""
    return " ".join(text.split())


@dataclass(slots=True)
class NoteRef:
    """A reference to a note: where it stood in the piece's text, its printed label, and the anchor it points to."""

    offset: int
    label: str
    target: str


@dataclass(slots=True)
class Look:
    """How a paragraph looks on the page, for files that do not say what it is."""

    size: float = 1.0  # of its letters, relative to the running text
    bold: bool = False
    centred: bool = False
    page_top: bool = False  # first on its page, or after a page break
    alone: bool = False  # clear space above and below
    gap: bool = False  # clear space above


@dataclass(slots=True)
class Piece:
    """A block as the format reader finds it. ``text`` is clean; lines are separated by a newline."""

    kind: BlockKind
    text: str
    level: int | None = None  # of a heading, 1 is the outermost
    speaker: str | None = None
    roles: frozenset[str] = frozenset()  # epub:type and ARIA words of the elements around it
    anchors: tuple[str, ...] = ()  # what a contents entry or a note reference can point to
    refs: Sequence[NoteRef] = ()
    part: int = 0  # index of the file or page it comes from
    opens_part: bool = False  # the first piece of its file
    look: Look | None = None
    note_label: str = ""  # the label of the note this piece is the body of, if its format says so

    @property
    def word_count(self) -> int:
        """Words as what stands between blanks; the text has single blanks only."""
        return self.text.count(" ") + self.text.count("\n") + 1 if self.text else 0


@dataclass(slots=True)
class Entry:
    """A line of a table of contents. ``at`` is the index of the piece it points to, None when it points nowhere."""

    title: str
    at: int | None
    children: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Manuscript:
    """A file as read, before it is divided into sections."""

    format: BookFormat
    title: str
    author: str
    language: str
    pieces: list[Piece]
    contents: list[Entry] = field(default_factory=list)
    cover: Cover | None = None
    origin: Origin | None = None  # of an article
    warnings: list[ReadingWarning] = field(default_factory=list)
    guessed: bool = False  # whether headings were found by words and looks instead of marks

    def warn(self, code: str, message: str) -> None:
        warning = ReadingWarning(code=code, message=message)
        if warning not in self.warnings:
            self.warnings.append(warning)


def metadata_line(value: Any, limit: int = 300) -> str:
    """A title or name fit for a list: clean, one line, at most ``limit`` characters."""
    line = one_line(clean(str(value or "")))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def base_name(name: str) -> str:
    """The last part of a path or of a web address; an address without one gives its host."""
    if "://" in name:
        address = urlsplit(name)
        name = unquote(address.path).rstrip("/") or address.netloc
    return name.replace("\\", "/").rpartition("/")[2]


def title_from_name(name: str) -> str:
    """A title for a file, or a page at an address, that has none but its name."""
    stem = base_name(name).rsplit(".", 1)[0]
    words = stem.replace("_", " ")
    if " " not in words:
        words = words.replace("-", " ")  # a name made for an address: "the-lamp"
        words = words.title() if words.islower() else words
    return " ".join(words.split()) or "Untitled"
