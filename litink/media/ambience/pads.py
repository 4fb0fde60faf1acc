"""Pads: slow, low chords that carry a mood, as loops.

Each tone is a few partials, twice, a hair apart, so that it beats slowly; every tone swells at its own time. The chords
are the plain ones that film music uses for such moods, kept below the band in which words are understood (1 to 4 kHz).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from litink.media.ambience.loop import SECONDS, SIZE, Curve, Random, partial
from litink.story.model import Mood

_ROOT = 110.0  # A2
_PARTIALS = (1.0, 0.4, 0.15, 0.05)
# Semitones over the root.
_CHORDS: Mapping[Mood, tuple[int, ...]] = {
    "calm": (0, 7, 12, 14),
    "joyful": (0, 7, 12, 16),
    "tense": (-12, 0, 1, 7),
    "sad": (-2, 5, 8, 12),
    "mysterious": (-5, 1, 6, 8),
    "fearful": (-12, -6, 0, 1),
    "angry": (-12, -5, -2, 1),
    "romantic": (-4, 3, 8, 10),
    "hopeful": (-7, 0, 5, 9),
    "solemn": (-12, -5, 0, 3),
}


def pad(mood: Mood, random: Random) -> Curve:
    """A loop of SIZE samples, of no particular loudness."""
    loop = np.zeros(SIZE)
    time = np.arange(SIZE) / SIZE
    for number, semitones in enumerate(_CHORDS[mood]):
        tone = _ROOT * 2 ** (semitones / 12)
        swells = 1 + number % 2  # in the loop
        swell = 0.65 + 0.35 * np.sin(2 * np.pi * (swells * time + random.random()))
        loop += swell * _tone(tone, random) * 0.85**number
    return loop


def _tone(frequency: float, random: Random) -> Curve:
    total = np.zeros(SIZE)
    for number, level in enumerate(_PARTIALS, start=1):
        for apart in (-number, number):  # multiples of 1 / SECONDS Hz: the two beat once in 12 s, their octaves faster
            total += level * partial(number * frequency + apart / SECONDS, random.uniform(0, 2 * np.pi))
    return total
