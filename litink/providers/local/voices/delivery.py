"""How emotion, intensity and manner of speaking change pace and level. Modest on purpose: the voices act little."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from litink.providers.base import Utterance
from litink.story.model import Delivery, Emotion

# Change of pace (fraction) and level (dB) at full intensity. The directions are those found in acted speech (joy,
# anger and fear faster, anger and joy louder, sadness and tenderness slower and softer: Juslin & Laukka, Psychological
# Bulletin 129(5), 2003, 770-814); the sizes are ours.
_EMOTIONS: Final[dict[Emotion, tuple[float, float]]] = {
    "neutral": (0.0, 0.0),
    "joy": (0.06, 1.5),
    "sadness": (-0.12, -2.5),
    "anger": (0.08, 3.0),
    "fear": (0.12, -0.5),
    "surprise": (0.06, 1.5),
    "disgust": (-0.06, 0.5),
    "tenderness": (-0.10, -2.5),
    "excitement": (0.12, 2.5),
}
_DELIVERIES: Final[dict[Delivery, tuple[float, float]]] = {
    "spoken": (0.0, 0.0),
    "whispered": (-0.06, -6.0),
    "shouted": (0.03, 4.0),
    "read": (-0.04, 0.0),
    "thought": (-0.05, -2.0),
    "sung": (-0.12, 0.0),
}
SLOWEST, FASTEST = 0.6, 1.6  # beyond these the networks slur or skip


@dataclass(frozen=True)
class Style:
    speed: float  # 1.0 is the voice's own
    gain: float  # dB


def style_of(utterance: Utterance) -> Style:
    strength = min(max(utterance.intensity, 1), 10) / 10
    pace, level = _EMOTIONS[utterance.emotion]
    pace_of_manner, level_of_manner = _DELIVERIES[utterance.delivery]
    speed = utterance.pace * (1 + pace * strength) * (1 + pace_of_manner)
    return Style(min(max(speed, SLOWEST), FASTEST), level * strength + level_of_manner)
