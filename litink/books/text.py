"""Plain text, Markdown and HTML files to a manuscript. What a heading of plain text is: headings.py."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

from litink.books.articles import read_article
from litink.books.headings import mark_headings
from litink.books.markup import read_markup
from litink.books.matter import is_contents_title
from litink.books.model import BlockKind, BookFormat
from litink.books.pieces import Look, Manuscript, Piece, clean, metadata_line
from litink.books.trees import Unreadable, decode, parse_markup
from litink.errors import Refused

MAX_BYTES = 64 << 20
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html\b|<head\b|<body\b|<(?:h1|p|div|article)[\s>])",
    re.I | re.S,
)
_ATX = re.compile(r"^#{1,4} +\S", re.M)
_BREAK = re.compile(r"[\s*⁂•·~–—―_=#☙❧❦\-.]{1,60}")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
VERSE_LINE = 55  # characters; shorter lines than this, all through, are verse


def read_text(path: Path, suffix: str, *, address: str = "") -> Manuscript:
    """``suffix`` (without a dot) decides only between Markdown and plain text; ``address`` is where a page was found.

    Of an HTML file that looks like a page of a web site only the article is read. Raises Refused for what is no text.
    """
    if path.stat().st_size > MAX_BYTES:
        raise Refused("text-too-large", "The text file is larger than any book; please split it.")
    data = path.read_bytes()
    text = decode(data)
    if _binary(data, text):
        raise Refused(
            "not-a-book", "The file is neither a book nor text; please upload an EPUB, PDF, DOCX or text file."
        )
    if suffix in ("epub", "docx", "pdf"):
        what = "a web page" if _HTML.match(text) else "plain text"
        raise Refused(
            f"not-{'an' if suffix == 'epub' else 'a'}-{suffix}",
            f"The file is named .{suffix} but holds {what}; please upload the book itself, or name it .txt or .html.",
        )
    if _HTML.match(text):
        return read_article(text, address) or _html(text)
    if suffix in ("md", "markdown") or (suffix not in ("txt", "text") and len(_ATX.findall(text)) >= 2):
        return _markdown(text)
    return _plain(text)


def _binary(data: bytes, text: str) -> bool:
    if b"\0" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")) and "\0" in text[:4096]:
        return True
    sample = text[:4096]
    odd = sum(1 for c in sample if (ord(c) < 32 and c not in "\t\n\r\f") or c == "\ufffd")
    return odd > len(sample) * 0.1


def _html(text: str, book_format: BookFormat = "html") -> Manuscript:
    try:
        root = parse_markup(text)
        pieces = read_markup(text, "", 0)
    except Unreadable:
        return Manuscript(book_format, "", "", "und", [])
    title = author = ""
    language = root.get("lang", "") or root.get("{http://www.w3.org/XML/1998/namespace}lang", "")
    for element in root.iter():
        name = element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""
        if name == "title" and not title:
            title = metadata_line("".join(str(t) for t in element.itertext()))
        elif name == "meta" and element.get("name", "").lower() in ("author", "dc.creator", "dcterms.creator"):
            author = author or metadata_line(element.get("content", ""))
        elif name == "body":
            break
    manuscript = Manuscript(book_format, title, author, language, pieces)
    if sum(p.kind is BlockKind.HEADING for p in pieces) < 2:
        mark_headings(manuscript)
    return manuscript


def _markdown(text: str) -> Manuscript:
    front = re.match(r"---\n(.*?)\n---\n", text, re.S)
    fields: dict[str, str] = {}
    if front:
        text = text[front.end() :]
        fields = {k.lower(): v.strip("\"' ") for k, v in re.findall(r"^(\w+):\s*(.+)$", front.group(1), re.M)}
    manuscript = _html(
        f"<body>{MarkdownIt('commonmark', {'html': False}).enable('table').render(clean(text))}</body>", "md"
    )
    headings = [p for p in manuscript.pieces if p.kind is BlockKind.HEADING]
    tops = [p for p in headings if p.level == 1]
    manuscript.title = metadata_line(fields.get("title", "")) or (metadata_line(tops[0].text) if len(tops) == 1 else "")
    manuscript.author = metadata_line(fields.get("author", ""))
    manuscript.language = fields.get("lang") or fields.get("language") or "und"
    return manuscript


def _plain(text: str) -> Manuscript:
    text = clean(text.replace("\r\n", "\n").replace("\r", "\n")).replace("\f", "\n\n\n\n")
    manuscript = Manuscript("txt", "", "", "und", _paragraphs(text))
    mark_headings(manuscript)
    return manuscript


def _paragraphs(text: str) -> list[Piece]:
    if "\n\n" not in text.strip() and "\n" in text.strip():
        chunks = [(line, 1) for line in text.split("\n") if line.strip()]  # a paragraph a line
    else:
        chunks = []
        at = 0
        gap = 3  # nothing stands above the first line
        for match in _BLANK_LINES.finditer(text):
            chunks.append((text[at : match.start()], gap))
            gap = match.group(0).count("\n")
            at = match.end()
        chunks.append((text[at:], gap))
    pieces: list[Piece] = []
    for chunk, gap in chunks:
        lines = [line for line in chunk.split("\n") if line.strip()]
        if lines:
            listed = bool(pieces) and is_contents_title(pieces[-1].text)
            pieces.append(_list_of(lines) if listed and len(lines) > 1 else _piece(lines, gap))
    for piece, following in pairwise(pieces):
        if piece.look and following.look:
            piece.look.alone = piece.look.alone and following.look.gap
    return pieces


def _list_of(lines: list[str]) -> Piece:
    """The lines below "CONTENTS", kept apart."""
    return Piece(BlockKind.VERSE, "\n".join(" ".join(line.split()) for line in lines), look=Look())


def _piece(lines: list[str], gap: int) -> Piece:
    stripped = [" ".join(line.split()) for line in lines]
    indent = min(len(line) - len(line.lstrip()) for line in lines)
    joined = " ".join(stripped)
    look = Look(centred=indent >= 8, page_top=gap >= 4, alone=gap >= 3, gap=gap >= 3)
    if len(joined) <= 60 and _BREAK.fullmatch(joined):
        return Piece(BlockKind.BREAK, joined, look=look)
    short = max(map(len, stripped)) <= VERSE_LINE
    if len(lines) >= 2 and short and (indent >= 2 or len(lines) >= 4):
        return Piece(BlockKind.VERSE, "\n".join(stripped), look=look)
    if len(lines) in (2, 3) and short and all(line.isupper() for line in stripped):
        return Piece(BlockKind.PARAGRAPH, "\n".join(stripped), look=look)
    return Piece(BlockKind.PARAGRAPH, joined, look=look)
