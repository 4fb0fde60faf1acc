"""Footnotes of PDF pages: found at the foot, taken out of the text, tied to the number that refers to them."""

from __future__ import annotations

import re
from collections import Counter

from litink.books.model import BlockKind
from litink.books.pdf_model import Line, Page
from litink.books.pdf_words import join
from litink.books.pieces import Look, NoteRef, Piece

FOOTNOTE_SIZE = 0.93  # times the running text, or smaller
_NOTE_START = re.compile(r"(?:[0-9]{1,3}|[*†‡§¶∗])[\s.)\]]?\s*\S")
_LABEL = re.compile(r"[0-9]{1,3}|[*†‡§¶∗]+")


def split_notes(page: Page, body_size: float) -> tuple[list[Line], list[list[Line]]]:
    """The page's running lines, and the footnotes below them: smaller, at the foot, begun by a number or sign."""
    by_height = sorted(page.lines, key=lambda line: line.y)
    foot: list[Line] = []
    for line in by_height:
        if line.size <= FOOTNOTE_SIZE * body_size:
            foot.append(line)
        else:
            break
    foot.reverse()
    start = next((i for i, line in enumerate(foot) if _NOTE_START.match(line.text)), None)
    if start is None or len(foot) == len(page.lines):
        return page.lines, []
    foot = foot[start:]
    groups: list[list[Line]] = []
    for line in foot:
        if _NOTE_START.match(line.text) or not groups:
            groups.append([line])
        else:
            groups[-1].append(line)
    members = {id(line) for line in foot}
    return [line for line in page.lines if id(line) not in members], groups


def place_notes(pieces: list[Piece], notes: list[list[Line]], words: Counter[str]) -> None:
    """Put each note after the last piece of its page, and its reference where its number is printed in the text."""
    for group in notes:
        text = join(group, words)
        page = group[0].page
        after = next((i for i in range(len(pieces) - 1, -1, -1) if pieces[i].part <= page), None)
        match = _LABEL.match(text)
        note = Piece(
            BlockKind.PARAGRAPH,
            text,
            part=page,
            look=Look(size=0.8),
            note_label=match.group(0) if match else "*",
        )
        if after is not None:
            _refer(pieces[: after + 1], note, f"note-{page}-{len(pieces)}")
        pieces.insert(after + 1 if after is not None else len(pieces), note)


def _refer(before: list[Piece], note: Piece, anchor: str) -> None:
    """Take the note's number out of the text, if it is printed right after one word of the page, and only there."""
    mark = re.compile(rf"(?<=[^\W\d]|[.,;:!?…”’\"')\]]){re.escape(note.note_label)}(?![\w*†‡])")
    found = []
    for piece in reversed(before):
        if piece.note_label:
            continue
        found += [(piece, match) for match in mark.finditer(piece.text)]
        if piece.part < note.part:  # the paragraph that runs on from the page before
            break
    if len(found) != 1:
        return
    piece, match = found[0]
    piece.text = piece.text[: match.start()] + piece.text[match.end() :]
    for ref in piece.refs:
        ref.offset -= (match.end() - match.start()) if ref.offset > match.start() else 0
    piece.refs = (*piece.refs, NoteRef(match.start(), note.note_label, anchor))
    note.anchors = (anchor,)
