"""Samples of speech: trimming to fixed pads, short fades, silence, gain. Knows nothing of text or networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 24_000
LEAD = 0.040  # seconds kept before the first sound
TAIL = 0.120  # seconds kept after the last: the release of a final consonant and a little room
FADE = 0.005  # seconds; long enough that a cut makes no click, short enough that no consonant is softened
_STEP = 120  # samples (5 ms) over which the level is taken
_FLOOR = 10 ** (-50 / 20)  # what is 50 dB below the loudest 5 ms is not speech

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Trimmed:
    samples: Samples
    shift: float  # seconds to add to a time in the untrimmed sound


def trim(samples: Samples, last_phoneme: float) -> Trimmed:
    """From ``LEAD`` before the first sound to ``TAIL`` after the last, filled with silence where the source is shorter.

    ``last_phoneme`` is where the network placed the beginning of the last phoneme (seconds): whatever the level,
    nothing before it is cut. (Where it placed the end is no help: that includes the pause behind.)
    """
    level = _level(samples)
    loud = np.flatnonzero(level > _FLOOR * level.max(initial=0.0)) * _STEP
    first = int(loud[0]) if loud.size else 0
    last = max(int(loud[-1]) + _STEP if loud.size else 0, round(last_phoneme * SAMPLE_RATE))
    start, end = first - round(LEAD * SAMPLE_RATE), last + round(TAIL * SAMPLE_RATE)
    kept = samples[max(start, 0) : end].copy()
    _fade(kept)
    before, after = max(-start, 0), max(end - len(samples), 0)
    return Trimmed(np.pad(kept, (before, after)), -start / SAMPLE_RATE)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * SAMPLE_RATE), np.float32)


def amplify(samples: Samples, decibels: float) -> Samples:
    """With ``decibels`` more, as far as the samples stay within [-1, 1]."""
    peak = float(np.max(np.abs(samples), initial=0.0))
    factor = min(10 ** (decibels / 20), 0.99 / peak if peak else 1.0)
    return (samples * np.float32(factor)).astype(np.float32)


def _level(samples: Samples) -> npt.NDArray[np.float64]:
    """RMS of each 5 ms of the sound's derivative: some voices hum below speech, and final consonants lie high."""
    steps = len(samples) // _STEP
    slope = np.diff(samples[: steps * _STEP].astype(np.float64), prepend=samples[:1])
    return np.asarray(np.sqrt(np.mean(np.square(slope.reshape(steps, _STEP)), axis=1)))


def _fade(samples: Samples) -> None:
    count = min(round(FADE * SAMPLE_RATE), len(samples) // 2)
    ramp = np.linspace(0.0, 1.0, count, dtype=np.float32)
    samples[:count] *= ramp
    samples[len(samples) - count :] *= ramp[::-1]
