"""Beds: loops that lie under the voices of a scene. How they are stored, laid, and kept under what is said.

The bed follows the voices as on a side chain, with one difference: when and how loudly each line is spoken is known
beforehand from the timeline, so nothing is detected, and the bed is down before a word begins. It never changes the
voices.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from litink.media.loudness import Samples, factor, integrated, limit
from litink.media.sound import FILM_LUFS, decode, encode, resample
from litink.media.timeline import FPS, Clip

STORED_LUFS = -24.0
OPEN_LUFS = -28.0  # where nobody speaks: 12 LU under the voices, and so under the gate of the film's loudness
UNDER_SPEECH_LUFS = -33.0  # the most while somebody speaks, however loudly
UNDER_VOICE_LU = 16.0  # and at least so far under the line, however softly it is spoken
HOLD_SECONDS = 0.4  # after a line before the bed comes back: pauses inside a paragraph stay calm
_FALL_DB, _RISE_DB = 40.0, 8.0  # a second: down 5 dB in 0.13 s just before the line, up again in 0.6 s
_FADE_IN_SECONDS, _FADE_OUT_SECONDS = 0.8, 1.2  # at the ends of the scene; its pauses there are about as long
_PEAK_DBTP = -6.0
_NODE_SECONDS = 0.01
_CROSSFADE_SECONDS = 3.0


def stored(loop: Samples, rate: int) -> bytes:
    """A loop as beds are kept: mono FLAC, 16 bits, at STORED_LUFS, still going on into itself."""
    margin = min(len(loop), rate // 10)
    level = np.float32(factor(STORED_LUFS - integrated(loop, rate)))
    around = np.concatenate([loop[-margin:], loop, loop[:margin]]) * level  # the limiter looks over the seam
    held = limit(around, rate, factor(_PEAK_DBTP))[margin : margin + len(loop)]
    return encode(held, rate)


def looped(samples: Samples, rate: int) -> Samples:
    """Sound of any kind as a loop: its end is faded into its beginning with equal power; so much shorter it becomes."""
    count = min(round(_CROSSFADE_SECONDS * rate), len(samples) // 3)
    rising = np.sin(np.linspace(0, np.pi / 2, count, endpoint=False, dtype=np.float32))
    falling = np.cos(np.linspace(0, np.pi / 2, count, endpoint=False, dtype=np.float32))
    loop = samples[: len(samples) - count].copy()
    loop[:count] = loop[:count] * rising + samples[len(samples) - count :] * falling
    return loop


def bed_of(clip: Clip, beds: Callable[[str], bytes], rate: int) -> Samples | None:
    """What lies under the clip's voices, shape (clip.frames * rate / FPS,); None where it has no bed.

    ``beds`` gives a bed by its key. Raises PermanentFailure ``sound-unreadable``.
    """
    if clip.bed is None:
        return None
    loop, stored_at = decode(beds(clip.bed))
    over_and_over = np.resize(resample(loop, stored_at, rate), clip.frames * rate // FPS)
    return np.multiply(over_and_over, _gain(clip, rate), dtype=np.float32)


def level_under(clip: Clip) -> Samples:
    """How loud the bed is in LUFS, every 10 ms, without its fades at the clip's ends."""
    nodes = round(clip.frames / FPS / _NODE_SECONDS) + 2
    level = np.full(nodes, OPEN_LUFS)
    for line in clip.lines:
        if line.missing:
            continue
        start = line.start_frame / FPS
        first = int(start / _NODE_SECONDS)
        last = int(np.ceil((start + line.seconds + HOLD_SECONDS) / _NODE_SECONDS)) + 1
        most = min(UNDER_SPEECH_LUFS, FILM_LUFS + line.gain - UNDER_VOICE_LU)
        level[first:last] = np.minimum(level[first:last], most)
    # No faster up or down than the slopes allow, and never above what is allowed: the lower envelope of the slopes.
    time = np.arange(nodes) * _NODE_SECONDS
    level = np.minimum.accumulate(level - _RISE_DB * time) + _RISE_DB * time
    level = (np.minimum.accumulate((level + _FALL_DB * time)[::-1]))[::-1] - _FALL_DB * time
    return np.asarray(level, np.float32)


def _gain(clip: Clip, rate: int) -> Samples:
    """The factor for each sample: under the voices, and silent at both ends of the clip."""
    level = level_under(clip)
    seconds = np.arange(clip.frames * rate // FPS, dtype=np.float32) / rate
    decibels = np.interp(seconds, np.arange(len(level)) * _NODE_SECONDS, level - STORED_LUFS)
    gain: Samples = np.power(10, decibels / 20, dtype=np.float32)
    for seconds_long, part in ((_FADE_IN_SECONDS, gain), (_FADE_OUT_SECONDS, gain[::-1])):
        count = min(round(seconds_long * rate), len(gain) // 2)
        part[:count] *= np.sin(np.linspace(0, np.pi / 2, count, dtype=np.float32)) ** 2
    return gain
