"""Divided pieces to the finished Book: running text, spans, notes, keys. Nothing here decides what a piece is."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field

from litink.books.model import Block, Book, Note, ReadBook, Section, SectionKind
from litink.books.pieces import Manuscript, Piece

_KEY_LETTER = {SectionKind.CHAPTER: "c", SectionKind.FRONT_MATTER: "f", SectionKind.BACK_MATTER: "b"}
# ISO 639-1; three-letter codes are taken as they are.
_LANGUAGES = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es "
    "et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj "
    "kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv "
    "ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti "
    "tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
_TAG = re.compile(r"([A-Za-z]{2,3})((?:-[A-Za-z0-9]{1,8})*)")


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
        text, blocks, starts = _running_text(draft.pieces)
        key = section_key(draft.kind, text, keys)
        if draft.kind is SectionKind.CHAPTER:
            number += 1
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
        language=language_tag(manuscript.language),
        format=manuscript.format,
        sections=tuple(sections),
        warnings=tuple(manuscript.warnings),
    )
    return ReadBook(book=book, cover=manuscript.cover)


def section_key(kind: SectionKind, text: str, taken: Counter[str]) -> str:
    """The key of a section: its kind and its text, so that a chapter put in before it does not shift it.

    Sections of the same text get "-2", "-3", … in reading order; ``taken`` counts them.
    """
    key = _KEY_LETTER[kind] + hashlib.sha256(text.encode()).hexdigest()[:10]
    taken[key] += 1
    return key if taken[key] == 1 else f"{key}-{taken[key]}"


def _running_text(pieces: list[Piece]) -> tuple[str, tuple[Block, ...], dict[int, int]]:
    parts: list[str] = []
    blocks: list[Block] = []
    starts: dict[int, int] = {}
    offset = 0
    for piece in pieces:
        if parts:
            offset += 2
        starts[id(piece)] = offset
        end = offset + len(piece.text)
        blocks.append(Block(kind=piece.kind, start=offset, end=end, speaker=piece.speaker, level=piece.level))
        parts.append(piece.text)
        offset = end
    return "\n\n".join(parts), tuple(blocks), starts


def language_tag(raw: str) -> str:
    """A BCP 47 tag, or "und"."""
    match = _TAG.fullmatch(raw.strip().replace("_", "-"))
    if not match or (len(match.group(1)) == 2 and match.group(1).lower() not in _LANGUAGES):
        return "und"
    return match.group(1).lower() + match.group(2)


