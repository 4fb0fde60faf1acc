"""Footnotes and endnotes: found by their references, taken out of the running text, kept where they belong."""

from __future__ import annotations

import re
from itertools import pairwise

from litink.books.assembly import Draft
from litink.books.matter import is_notes_title
from litink.books.model import BlockKind, SectionKind
from litink.books.pieces import Piece

_PRINTED = re.compile(r"^\[(?:Foot)?note\s*([0-9A-Za-z*†]{1,4})?\s*:?\s*(.*)\]$", re.I | re.S)
_NOTE_ROLES = frozenset({"footnote", "endnote", "rearnote", "doc-footnote", "doc-endnote", "footnotes"})


def attach_notes(drafts: list[Draft]) -> None:
    """Give each reference its note's text; bodies that stand in a chapter's running text leave it.

    A section of notes in the back matter stays as it is printed: its notes are also kept with their chapters.
    """
    pieces = [piece for draft in drafts for piece in draft.pieces]
    referring = [piece for piece in pieces if piece.refs]
    marks = {roles for roles in {piece.roles for piece in pieces} if roles & _NOTE_ROLES}
    printed = [piece for piece in pieces if piece.note_label or piece.text.startswith("[")]
    if not (referring or marks or printed):
        return
    referred = {ref.target for piece in referring for ref in piece.refs}
    places: dict[str, list[tuple[Draft, Piece]]] = {}
    for draft in drafts if referring else ():
        for piece in [piece for piece in draft.pieces if piece.anchors]:
            for anchor in referred.intersection(piece.anchors):
                places.setdefault(anchor, []).append((draft, piece))
    bodies: dict[int, Piece] = {}
    for draft in drafts if referring else ():
        for piece in [piece for piece in draft.pieces if piece.refs]:
            for ref in piece.refs:
                found = places.get(ref.target, [])
                if not found or not _may_be_note(piece, found) or _is_backlink(piece, ref.offset, found):
                    continue
                text = "\n".join(_without_label(body.text, ref.label) for _, body in found if body.text)
                draft.notes.append((piece, ref.offset, ref.label, text))
                for home, body in found:
                    if home.kind is SectionKind.CHAPTER or not is_notes_title(home.title):
                        bodies[id(body)] = body
    for draft in drafts if bodies or marks or printed else ():
        if draft.kind is SectionKind.CHAPTER:  # any other section that consists of notes stays as it is printed
            kept = [piece for piece in draft.pieces if id(piece) not in bodies]
            draft.pieces[:] = _without_empty_headings(draft.pieces, _take_printed_notes(draft, kept, marks))


def _may_be_note(piece: Piece, found: list[tuple[Draft, Piece]]) -> bool:
    """Not the paragraph itself, and no heading: a link to those is a cross-reference."""
    return all(body is not piece and body.kind is not BlockKind.HEADING for _, body in found)


def _is_backlink(piece: Piece, offset: int, found: list[tuple[Draft, Piece]]) -> bool:
    """A mark at the very beginning of a note that points back to the text."""
    if offset > 0 or not piece.text:
        return False
    return any(ref.target in piece.anchors for _, body in found for ref in body.refs) or bool(piece.roles & _NOTE_ROLES)


def _without_label(text: str, label: str) -> str:
    """A note without its own number in front."""
    if not label:
        return text
    pattern = (
        rf"\s*[\[({{]?{re.escape(label)}(?:[\])}}.:]+\s*|\s+)" if label.isalnum() else rf"\s*{re.escape(label)}\s*"
    )
    shorter = text[match.end() :] if (match := re.match(pattern, text)) else text
    return shorter or text


def _take_printed_notes(draft: Draft, pieces: list[Piece], marks: set[frozenset[str]]) -> list[Piece]:
    """Notes that nothing links: "[Footnote 1: …]" as a paragraph, bodies that the format marks as notes."""
    kept: list[Piece] = []
    for piece in pieces:
        match = _PRINTED.match(piece.text) if piece.text.startswith("[") else None
        if kept and (match or piece.note_label or piece.roles in marks):
            label = match.group(1) or "" if match else piece.note_label
            text = match.group(2) if match else _without_label(piece.text, piece.note_label)
            draft.notes.append((kept[-1], len(kept[-1].text), label, text))
        else:
            kept.append(piece)
    return kept


def _without_empty_headings(before: list[Piece], after: list[Piece]) -> list[Piece]:
    """Drop a heading "FOOTNOTES" whose notes have all been taken out."""
    if len(before) == len(after):
        return after
    left = {id(piece) for piece in after}
    following = {id(a): b for a, b in pairwise(before)}
    return [
        piece
        for piece in after
        if not (is_notes_title(piece.text) and id(piece) in following and id(following[id(piece)]) not in left)
    ]
