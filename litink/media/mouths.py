"""How a mouth moves with speech: from the sounds of a line, or from its words alone, to a few shapes in time. Pure.

Mouths are drawn on twos, as in hand-drawn film: a shape stands for two frames at least, so that there are never more
than twelve changes a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, Final, Literal, get_args

from litink.media.timeline import FPS, WordPart
from litink.providers.base import Phoneme

Shape = Literal["closed", "small", "wide", "round", "teeth"]
SHAPES: Final[tuple[Shape, ...]] = get_args(Shape)
MOUTHS_VERSION = 1  # raised when the same sounds give other shapes

FRAMES_A_SHAPE = 2
_STEP = FRAMES_A_SHAPE / FPS
# Lips move before they are heard, and speech networks place sounds late: measured on their speech, loudness goes with
# the openness of the mouth best when the mouth is so far ahead of the times that they tell.
_AHEAD_SECONDS = 0.06
_PAUSE_SECONDS = 0.12  # a blank that lasts no longer lies between two words that are said in one breath
_HUNDREDTHS = 100

_LETTERS: Final[Mapping[str, Shape]] = {
    **dict.fromkeys("bmp", "closed"),
    **dict.fromkeys("fvsz", "teeth"),
    **dict.fromkeys("aei", "wide"),
    **dict.fromkeys("ouw", "round"),
}
_DIGRAPHS: Final[Mapping[str, tuple[Shape, ...]]] = {
    "th": ("teeth",), "sh": ("teeth",), "ch": ("teeth",), "ph": ("teeth",), "oo": ("round",), "ee": ("wide",),
    "ou": ("wide", "round"), "ow": ("wide", "round"), "wh": ("round",), "ck": ("small",), "gh": (),
}  # fmt: skip
_SPELLED = re.compile("|".join(_DIGRAPHS) + r"|\w")

# By misaki's symbols for English; a diphthong passes from one shape to another.
_SOUNDS: Final[Mapping[str, tuple[Shape, ...]]] = {
    **dict.fromkeys("bmp", ("closed",)),
    **dict.fromkeys("fvszʃʒʧʤθðʦʣʨʥ", ("teeth",)),
    **dict.fromkeys("aɑɐɒæʌɛeEɜ", ("wide",)),
    **dict.fromkeys("ɔouʊwOQɹ", ("round",)),
    **dict.fromkeys("iɪjəɚᵊᵻ", ("small",)),
    "A": ("wide", "small"), "I": ("wide", "small"), "Y": ("round", "small"), "W": ("wide", "round"),
}  # fmt: skip
_REDUCED: Final = frozenset("aɐʌɛæ")  # hardly open the mouth where they are not stressed: "and", "at", "us"
_STRESS: Final = frozenset("ˈˌː")
_MARKS: Final = frozenset(';:,.!?—…"()“” ')
# Of two shapes in the same two frames the one is shown that is missed most: lips that should meet, then open vowels.
_WEIGHT: Final[Mapping[Shape, float]] = {"closed": 2.2, "wide": 1.4, "round": 1.3, "teeth": 1.0, "small": 0.8}

OPENNESS: Final[Mapping[Shape, float]] = {"closed": 0.0, "teeth": 0.25, "small": 0.35, "round": 0.7, "wide": 1.0}


@dataclass(frozen=True)
class Span:
    """A shape of the mouth: seconds from the start of the line."""

    shape: Shape
    start: float
    end: float


def mouths_of(seconds: float, words: Sequence[WordPart], sounds: Mapping[str, Any] | None = None) -> tuple[Span, ...]:
    """The shapes of a line of ``seconds``, one after the other without a gap, no two equal ones in a row.

    ``sounds`` as :func:`compact` has them; without them the letters of the words stand in for their sounds. The mouth
    is closed where nothing is said, and at the end.
    """
    raw = list(_from_sounds(_expanded(sounds)) if sounds else _from_letters(words))
    steps = max(1, round(seconds / _STEP))
    shapes = _shown(raw, steps)
    spans: list[Span] = []
    for number, shape in enumerate(shapes):
        start = number * _STEP
        end = seconds if number + 1 == steps else (number + 1) * _STEP
        if spans and spans[-1].shape == shape:
            spans[-1] = Span(shape, spans[-1].start, end)
        else:
            spans.append(Span(shape, start, end))
    return tuple(spans)


def _shown(raw: Iterable[Span], steps: int) -> list[Shape]:
    """What each two frames show of shapes of any length."""
    found: list[dict[Shape, float]] = [{} for _ in range(steps)]
    for span in raw:
        start, end = (max(0.0, time - _AHEAD_SECONDS) for time in (span.start, span.end))
        for number in range(int(start / _STEP), min(steps - 1, int(end / _STEP)) + 1):
            overlap = min(end, (number + 1) * _STEP) - max(start, number * _STEP)
            if overlap > 0:
                found[number][span.shape] = found[number].get(span.shape, 0.0) + overlap * _WEIGHT[span.shape]
    shapes = [max(here, key=here.__getitem__) if sum(here.values()) > _STEP / 4 else "closed" for here in found]
    shapes[-1] = "closed"
    return shapes


def _from_sounds(phonemes: Sequence[Phoneme]) -> Iterator[Span]:
    """Stress belongs to the vowel behind it; a short blank to the sound before it; what the lips have no part in is
    said with the mouth a little open."""
    begun: float | None = None
    spans: list[Span] = []
    for one in phonemes:
        if one.symbol in _STRESS:
            if one.symbol == "ː" and spans:
                spans[-1] = Span(spans[-1].shape, spans[-1].start, one.end)
            else:
                begun = one.start if begun is None else begun
            continue
        stressed, start, begun = begun is not None, one.start if begun is None else begun, None
        if one.symbol in _MARKS:
            if spans and one.end - start < _PAUSE_SECONDS:
                spans[-1] = Span(spans[-1].shape, spans[-1].start, one.end)
            continue
        shapes = _SOUNDS.get(one.symbol, ("small",))
        if not stressed and one.symbol in _REDUCED:
            shapes = ("small",)
        spans += _divided(shapes, start, one.end)
    yield from spans


def _from_letters(words: Sequence[WordPart]) -> Iterator[Span]:
    for word in words:
        parts = [_DIGRAPHS.get(part) or (_LETTERS.get(part, "small"),) for part in _SPELLED.findall(word.text.lower())]
        shapes = tuple(shape for part in parts for shape in part)
        if shapes and shapes[-1] == "wide" and len(shapes) > 2 and word.text.lower().endswith("e"):
            shapes = shapes[:-1]  # nearly always silent
        yield from _divided(shapes, word.start, word.end)


def _divided(shapes: Sequence[Shape], start: float, end: float) -> Iterator[Span]:
    edges = [start + (end - start) * part / max(1, len(shapes)) for part in range(len(shapes) + 1)]
    for shape, (first, last) in zip(shapes, pairwise(edges), strict=True):
        yield Span(shape, first, last)


# -- kept beside a line's words ----------------------------------------------------------------------------------------


def compact(phonemes: Sequence[Phoneme], shift: float, seconds: float) -> dict[str, Any] | None:
    """Phonemes as they are kept: their symbols in one string, and the hundredths of a second at which each begins, then
    the last one's end. ``shift``: seconds that were cut off before the line, which lasts ``seconds``. None for none."""
    if not phonemes:
        return None
    times = [one.start for one in phonemes] + [phonemes[-1].end]
    inside = [round(min(max(time - shift, 0.0), seconds) * _HUNDREDTHS) for time in times]
    return {"said": "".join(one.symbol for one in phonemes), "at": list(accumulate(inside, max))}


def _expanded(sounds: Mapping[str, Any]) -> list[Phoneme]:
    edges = pairwise(time / _HUNDREDTHS for time in sounds["at"])
    return [Phoneme(symbol, *times) for symbol, times in zip(sounds["said"], edges, strict=True)]
