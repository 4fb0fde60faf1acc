"""Plays written as plain paragraphs: "ALGERNON. Did you hear?" becomes a speech with its speaker. Tables: markup.py."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from litink.books.model import BlockKind
from litink.books.numbering import label_of
from litink.books.pieces import Piece

MIN_SPEECHES = 12
MIN_SHARE = 0.4  # of the paragraphs
MIN_TURNS = 2  # of a name, or it is no speaker
_SPEECH = re.compile(r"(?P<name>[A-ZÀ-ÖØ-ÞА-Я][A-ZÀ-ÖØ-ÞА-Я'’.\- ]{1,30}?)\s*[.:]\s+(?P<said>\S.*)", re.S)
_DIRECTION = re.compile(r"(\[[^\[\]]{1,400}\]|\([^()]{1,400}\))")


def mark_speeches(pieces: list[Piece]) -> None:
    """Turn paragraphs into speeches and stage directions if the manuscript is a play; else change nothing."""
    paragraphs = [p for p in pieces if p.kind is BlockKind.PARAGRAPH and p.text]
    turns = Counter(name for p in paragraphs if (name := _speaker(p.text)))
    speakers = {name for name, count in turns.items() if count >= MIN_TURNS}
    spoken = sum(turns[name] for name in speakers)
    if len(speakers) < 2 or spoken < MIN_SPEECHES or spoken < MIN_SHARE * len(paragraphs):
        return
    pieces[:] = [part for piece in pieces for part in _parts(piece, speakers)]


def _speaker(text: str) -> str:
    """The name a paragraph begins with, as printed without its stop; empty without one."""
    match = _SPEECH.match(text)
    if not match or label_of(text):
        return ""
    return match.group("name").strip()


def _parts(piece: Piece, speakers: set[str]) -> Iterator[Piece]:
    if piece.kind is not BlockKind.PARAGRAPH or piece.refs:
        yield piece
        return
    name = _speaker(piece.text)
    if name in speakers:
        match = _SPEECH.match(piece.text)
        assert match is not None
        yield from _with_directions(piece, match.group("said"), name)
    elif _DIRECTION.fullmatch(piece.text):
        piece.kind, piece.text = BlockKind.STAGE, piece.text[1:-1].strip()
        yield piece
    else:
        yield piece


def _with_directions(piece: Piece, said: str, speaker: str) -> Iterator[Piece]:
    """A speech cut at the directions in brackets; the first part keeps the piece's anchors."""
    anchors, opens = piece.anchors, piece.opens_part
    for part in _DIRECTION.split(said):
        text = part.strip()
        if not text:
            continue
        direction = _DIRECTION.fullmatch(text) is not None and (
            text[0] == "[" or text[-2] in ".!?" or text[1].isupper()
        )
        kind = BlockKind.STAGE if direction else BlockKind.SPEECH
        yield Piece(
            kind,
            text[1:-1].strip() if direction else text,
            speaker=None if direction else speaker,
            roles=piece.roles,
            anchors=anchors,
            part=piece.part,
            opens_part=opens,
        )
        anchors, opens = (), False
