"""Dividing an utterance into stretches that a speech network can say in one go, and the pauses between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from litink.providers.local.voices.phonemes import Token
from litink.providers.local.voices.vocabulary import SENTENCE_ENDS

# Seconds of silence put between two stretches, besides their own pads (0.16 s together).
PARAGRAPH_PAUSE = 0.60
SENTENCE_PAUSE = 0.25
CLAUSE_PAUSE = 0.05
NO_PAUSE = 0.0


@dataclass(frozen=True)
class Chunk:
    """Tokens ``first`` to ``last`` (exclusive) of an utterance, and the seconds of silence that follow."""

    first: int
    last: int
    pause: float


def divide(tokens: Sequence[Token], target: int, limit: int) -> list[Chunk]:
    """Whole sentences, together up to ``target`` phonemes and never across a paragraph's end; a sentence longer than
    ``limit`` is cut behind its last clause mark that fits, else between words."""
    cuts: list[int] = []  # a chunk ends before each
    start = previous = 0
    for end in _sentence_ends(tokens):
        if previous > start and (length(tokens, start, end) > target or tokens[previous - 1].paragraph_end):
            cuts.append(previous)
            start = previous
        while length(tokens, start, end) > limit:
            start = _last_fitting(tokens, start, end, limit)
            cuts.append(start)
        previous = end
    if tokens:
        cuts.append(len(tokens))
    return [Chunk(first, last, _pause(tokens[last - 1])) for first, last in zip([0, *cuts], cuts, strict=False)]


def length(tokens: Sequence[Token], first: int, last: int) -> int:
    """Phonemes of the stretch, blanks between tokens included."""
    return sum(len(token.phonemes) + token.space for token in tokens[first:last])


def _sentence_ends(tokens: Sequence[Token]) -> Iterator[int]:
    for index, token in enumerate(tokens, start=1):
        if index == len(tokens) or token.paragraph_end or (token.space and token.closing in SENTENCE_ENDS):
            yield index


def _last_fitting(tokens: Sequence[Token], start: int, end: int, limit: int) -> int:
    """Where to end a stretch that begins at ``start``: at least one token, at most ``limit`` phonemes."""
    fitting = start + 1
    while fitting < end and length(tokens, start, fitting + 1) <= limit:
        fitting += 1
    for cut in range(fitting, start, -1):
        if tokens[cut - 1].closing:
            return cut
    for cut in range(fitting, start, -1):
        if tokens[cut - 1].space:
            return cut
    return fitting


def _pause(last: Token) -> float:
    if last.paragraph_end:
        return PARAGRAPH_PAUSE
    if last.closing in SENTENCE_ENDS:
        return SENTENCE_PAUSE
    return CLAUSE_PAUSE if last.closing else NO_PAUSE
