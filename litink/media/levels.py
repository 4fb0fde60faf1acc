"""How much louder or softer than the others a line is meant to be.

Lines are stored at one loudness; this is put back on when they are mixed, scene by scene, so that every scene as a
whole keeps the film's loudness.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from litink.story.model import Delivery, Emotion

SOFTEST_LU, LOUDEST_LU = -5.0, 3.0
# Directions as in acted speech (Juslin & Laukka, Psychological Bulletin 129(5), 2003, 770-814); the sizes are ours: a
# whisper is plainly one, and is understood where the film is played softly. Of emotions at full intensity.
_DELIVERIES: Final[dict[Delivery, float]] = {
    "spoken": 0.0, "whispered": -4.0, "shouted": 2.5, "read": 0.0, "thought": -2.0, "sung": 0.0,
}  # fmt: skip
_EMOTIONS: Final[dict[Emotion, float]] = {
    "neutral": 0.0, "joy": 0.5, "sadness": -1.5, "anger": 1.5, "fear": -0.5, "surprise": 0.5, "disgust": 0.0,
    "tenderness": -1.5, "excitement": 1.5,
}  # fmt: skip


def level_of(emotion: Emotion, intensity: int, delivery: Delivery) -> float:
    """LU over a line that is simply spoken; ``intensity`` is 1 to 10."""
    level = _DELIVERIES[delivery] + _EMOTIONS[emotion] * min(max(intensity, 1), 10) / 10
    return min(max(level, SOFTEST_LU), LOUDEST_LU)


def balanced(levels: Sequence[float], seconds: Sequence[float]) -> list[float]:
    """Gains in dB that differ as the levels do and leave the loudness of all lines together as it is.

    Loudness is mean power (ITU-R BS.1770), so the mean is taken over powers, each for as long as its line lasts.
    """
    total = sum(seconds)
    if not total or not any(levels):
        return [0.0] * len(levels)
    power = sum(lasts * 10 ** (level / 10) for level, lasts in zip(levels, seconds, strict=True)) / total
    return [round(level - 10 * math.log10(power), 2) for level in levels]
