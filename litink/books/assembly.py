"""Divided pieces to the finished Book: running text, spans, notes, keys. Nothing here decides what a piece is."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import accumulate

from litink.books.languages import guess_language, language_tag
from litink.books.model import Block, Book, Note, ReadBook, Section, SectionKind
from litink.books.pieces import Manuscript, Piece

_KEY_LETTER = {SectionKind.CHAPTER: "c", SectionKind.FRONT_MATTER: "f", SectionKind.BACK_MATTER: "b"}


@dataclass(slots=True)
class Draft:
    """A section before its text is put together."""

    kind: SectionKind
    title: str
    pieces: list[Piece]
    heading: str = ""
    path: tuple[str, ...] = ()
    notes: list[tuple[Piece, int, str, str]] = field(default_factory=list)  # piece and offset of the mark, label, text


def assemble(manuscript: Manuscript, drafts: list[Draft]) -> ReadBook:
    keys: Counter[str] = Counter()
    number = 0
    sections = []
    for draft in drafts:
        text, blocks = _running_text(draft.pieces)
        key = section_key(draft.kind, text, keys)
        if draft.kind is SectionKind.CHAPTER:
            number += 1
        placed = zip(draft.pieces, blocks, strict=True) if draft.notes else ()
        starts = {id(piece): block.start for piece, block in placed}
        notes = tuple(
            Note(text=body, anchor=starts[id(piece)] + offset, label=label)
            for piece, offset, label, body in draft.notes
            if id(piece) in starts
        )
        sections.append(
            Section(
                key=key,
                kind=draft.kind,
                number=number if draft.kind is SectionKind.CHAPTER else None,
                title=draft.title,
                heading=draft.heading,
                path=draft.path,
                text=text,
                blocks=blocks,
                notes=tuple(sorted(notes, key=lambda note: note.anchor)),
            )
        )
    book = Book(
        title=manuscript.title,
        author=manuscript.author,
        language=_language(manuscript.language, sections),
        format=manuscript.format,
        sections=tuple(sections),
        warnings=tuple(manuscript.warnings),
        origin=manuscript.origin,
    )
    return ReadBook(book=book, cover=manuscript.cover)


def section_key(kind: SectionKind, text: str, taken: Counter[str]) -> str:
    """The key of a section: its kind and its text, so that a chapter put in before it does not shift it.

    Sections of the same text get "-2", "-3", … in reading order; ``taken`` counts them.
    """
    key = _KEY_LETTER[kind] + hashlib.sha256(text.encode()).hexdigest()[:10]
    taken[key] += 1
    return key if taken[key] == 1 else f"{key}-{taken[key]}"


def _running_text(pieces: list[Piece]) -> tuple[str, tuple[Block, ...]]:
    texts = [piece.text for piece in pieces]
    starts = list(accumulate([len(text) + 2 for text in texts], initial=0))
    blocks = [
        Block(piece.kind, start, start + len(text), piece.speaker, piece.level)
        for piece, text, start in zip(pieces, texts, starts, strict=False)
    ]
    return "\n\n".join(texts), tuple(blocks)


def _language(stated: str, sections: list[Section]) -> str:
    """What the file says; else the language of its longest chapter."""
    tag = language_tag(stated)
    if tag == "und" and sections:
        return guess_language(max(sections, key=lambda s: (s.kind is SectionKind.CHAPTER, len(s.text))).text)
    return tag
