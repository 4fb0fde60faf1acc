"""From the times of characters to the times of words: a provider's alignment laid on the text that was to be said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from litink.media.spoken.respelling import occurrences
from litink.providers.base import Word

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_BLANKS = re.compile(r"\s+")
_LOOK_AHEAD = 24  # characters that a provider may have left out or put in at one place


@dataclass(frozen=True)
class Spelled:
    """A text as it is sent, and where in the source each of its characters comes from (-1: put in)."""

    text: str
    source: tuple[int, ...]


def spelled(text: str, pronunciations: Mapping[str, str]) -> Spelled:
    """The text on one line, words and phrases respelled as they are to be read."""
    changes = [(word.start, word.end, pronunciations[word.word]) for word in occurrences(text, pronunciations)]
    inside = {place for start, end, _ in changes for place in range(start, end)}
    changes += [(*blank.span(), " ") for blank in _BLANKS.finditer(text) if blank.start() not in inside]
    parts: list[str] = []
    source: list[int] = []
    at = 0
    for start, end, said in sorted(changes):
        parts += [text[at:start], said]
        source += range(at, start)
        source += (
            range(start, end)
            if len(said) == end - start
            else [start + round(n * (end - start - 1) / max(1, len(said) - 1)) for n in range(len(said))]
        )
        at = end
    parts.append(text[at:])
    source += range(at, len(text))
    return Spelled("".join(parts), tuple(source))


def words_of(
    text: str, sent: Spelled, characters: Sequence[str], starts: Sequence[float], ends: Sequence[float]
) -> tuple[Word, ...]:
    """The words of ``text`` with their times, in order; a word for which no character has a time gets the gap between
    its neighbours.

    ``characters`` are those that the provider says it spoke, usually those sent, each with its seconds.
    """
    times: dict[int, tuple[float, float]] = {}
    for index, place in _matched(sent.text, characters):
        where = sent.source[index]
        start, end = times.get(where, (starts[place], ends[place]))
        times[where] = (min(start, starts[place]), max(end, ends[place]))
    spans = [match.span() for match in _WORD.finditer(text)]
    found: list[tuple[float, float] | None] = []
    for first, last in spans:
        here = [times[place] for place in range(first, last) if place in times]
        found.append((min(s for s, _ in here), max(e for _, e in here)) if here else None)
    return tuple(
        Word(text[first:last], start, end, first, last)
        for (first, last), (start, end) in zip(spans, _ordered(found, max(ends, default=0.0)), strict=True)
    )


def _matched(sent: str, characters: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places in the text sent and in the characters answered that are the same character, both rising."""
    pairs = []
    at = 0
    for place, character in enumerate(characters):
        if at < len(sent) and sent[at] == character:
            found = at
        else:
            found = sent.find(character, at, at + _LOOK_AHEAD) if character.strip() else -1
        if found >= 0:
            pairs.append((found, place))
            at = found + 1
    return pairs


def _ordered(found: Sequence[tuple[float, float] | None], end: float) -> list[tuple[float, float]]:
    """Times that never run backwards; what is not known lies between what is."""
    known = [-1, *(n for n, times in enumerate(found) if times is not None), len(found)]
    result: list[tuple[float, float]] = []
    latest = 0.0
    for before, after in pairwise(known):
        if before >= 0:
            start, stop = found[before] or (latest, latest)
            start = max(start, latest)
            latest = max(start, stop)
            result.append((start, latest))
        missing = after - before - 1
        following = found[after] if after < len(found) else None
        until = max(latest, following[0] if following else end)
        step = (until - latest) / max(1, missing)
        for number in range(missing):
            result.append((latest + number * step, latest + (number + 1) * step))
        latest = until if missing else latest
    return result
