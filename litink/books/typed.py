"""Conventions of typed texts (Project Gutenberg's above all): italics, pictures and notes written out in characters.

Also the title, author and language that such a file states in its first lines, and where its frame ends and begins.
"""

from __future__ import annotations

import re

from litink.books.matter import GUTENBERG_CREDITS, GUTENBERG_END, GUTENBERG_START
from litink.books.model import BlockKind
from litink.books.pieces import Manuscript, NoteRef, Piece, metadata_line

_ITALICS = re.compile(r"(?<!\w)_([^_\n]{1,400})_(?!\w)")
_PICTURE = re.compile(r"\[(?:Illustration|Picture|Figure|Image)s?(?:\s*[:.]\s*(.*?))?\]", re.I | re.S)
_NOTE = re.compile(r"\[(?:Foot)?note\s*([0-9A-Za-z*†]{1,4})\s*:\s*(.+)\]", re.I | re.S)
_MARK = re.compile(r" ?\[([0-9A-Z]{1,3}|[*†])\]")
_FIELD = re.compile(r"^\s*(Title|Author|Language)\s*:\s*(.+?)\s*$", re.M)
_HEADER = 40  # pieces
_LICENCE = 500  # pieces; it stands that near to the end
_LANGUAGE_NAMES = {
    "english": "en", "french": "fr", "german": "de", "spanish": "es", "italian": "it", "dutch": "nl", "finnish": "fi",
    "portuguese": "pt", "russian": "ru", "swedish": "sv", "latin": "la", "greek": "el", "danish": "da", "czech": "cs",
    "norwegian": "no", "polish": "pl", "hungarian": "hu", "chinese": "zh", "japanese": "ja", "catalan": "ca",
}  # fmt: skip


def read_typed_marks(pieces: list[Piece]) -> None:
    """Give typed italics, pictures and notes the meaning they stand for."""
    noted: set[str] = set()
    for piece in pieces:
        if "_" in piece.text and not piece.refs:
            piece.text = _ITALICS.sub(r"\1", piece.text)
        if not piece.text.startswith("["):
            continue
        if match := _PICTURE.fullmatch(piece.text):
            piece.kind, piece.text = BlockKind.PICTURE, match.group(1) or ""
        elif match := _NOTE.fullmatch(piece.text):
            label = match.group(1)
            noted.add(label)
            piece.text, piece.note_label = match.group(2), label
    pieces[:] = [p for p in pieces if p.text or p.kind is not BlockKind.PICTURE]
    if noted:
        _link_notes(pieces, noted)


def _link_notes(pieces: list[Piece], labels: set[str]) -> None:
    """Turn "[A]" in the text into a reference to the next note of that label."""
    waiting: dict[str, list[tuple[Piece, NoteRef]]] = {}
    for number, piece in enumerate(pieces):
        if piece.note_label:
            target = f"typed-{number}"
            for _, ref in waiting.pop(piece.note_label, []):
                ref.target = target
                piece.anchors = (*piece.anchors, target)
            continue
        if "[" not in piece.text or piece.refs:
            continue
        kept: list[str] = []
        at = 0
        for match in _MARK.finditer(piece.text):
            if match.group(1) in labels:
                kept.append(piece.text[at : match.start()])
                ref = NoteRef(sum(map(len, kept)), match.group(1), "")
                piece.refs = [*piece.refs, ref]
                waiting.setdefault(match.group(1), []).append((piece, ref))
                at = match.end()
        if kept:
            piece.text = "".join(kept) + piece.text[at:]


def read_header(manuscript: Manuscript) -> None:
    """Fill title, author and language from a Project Gutenberg header where the file itself gives none."""
    head = []
    for piece in manuscript.pieces[:_HEADER]:
        head.append(piece.text)
        if GUTENBERG_START.search(piece.text):
            break
    else:
        return
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall("\n".join(head)):
        fields.setdefault(name, metadata_line(value))
    manuscript.title = manuscript.title or fields.get("Title", "")
    manuscript.author = manuscript.author or fields.get("Author", "")
    if manuscript.language in ("", "und"):
        manuscript.language = _LANGUAGE_NAMES.get(fields.get("Language", "").lower(), "und")


def gutenberg_frame(pieces: list[Piece]) -> tuple[int, int]:
    """Index after the Project Gutenberg header (0 without one) and index of the licence (len without one)."""
    start, end = 0, len(pieces)
    marked = {index for index, piece in enumerate(pieces) if "*" in piece.text}
    last = range(max(0, len(pieces) - _LICENCE), len(pieces))
    marked |= {index for index in last if pieces[index].text[:6].lower() == "end of"}
    for index in sorted(marked):
        piece = pieces[index]
        if start == 0 and GUTENBERG_START.search(piece.text) and index < len(pieces) * 0.8:
            start = index + 1
            while start < len(pieces) and GUTENBERG_CREDITS.match(pieces[start].text):
                start += 1
        elif GUTENBERG_END.search(piece.text) and index >= start:
            end = index
            break
    return start, end
