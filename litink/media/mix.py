"""The sound of a clip: its lines laid on its time axis. No encoding and no loudness decisions here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from litink.errors import PermanentFailure
from litink.media.loudness import Samples, factor, limit
from litink.media.sound import decode, resample
from litink.media.timeline import FPS, Clip, TimedLine

MIX_PEAK_DBTP = -1.5  # half a decibel of room for the encoder under the -1 dBTP of the finished film
_SLACK_SECONDS = 0.05  # a line that is longer than its place by more than this belongs to another timeline


def mix_clip(clip: Clip, lines: Callable[[str], bytes], rate: int) -> Samples:
    """Mono samples of the whole clip: shape (clip.frames * rate / FPS,). ``lines`` gives a line's sound by its id.

    Raises PermanentFailure ``sound-unreadable`` or ``line-out-of-step``.
    """
    per_frame = rate // FPS
    mixed = np.zeros(clip.frames * per_frame, np.float32)
    for line in clip.lines:
        if not line.missing:
            start = line.start_frame * per_frame
            samples = line_samples(line, lines, rate)[: len(mixed) - start]
            mixed[start : start + len(samples)] += samples
    return mixed


def line_samples(line: TimedLine, lines: Callable[[str], bytes], rate: int) -> Samples:
    """A line's sound at ``rate``, as loud as the timeline has it; a peak that only this brings out is limited.

    Raises PermanentFailure ``line-out-of-step`` when it is not as long as the timeline says, ``sound-unreadable``.
    """
    samples, source_rate = decode(lines(line.id))
    if abs(len(samples) / source_rate - line.seconds) > _SLACK_SECONDS:
        raise PermanentFailure(
            "line-out-of-step", f"Line {line.id} is not as long as the timeline says. Lay the timeline out anew."
        )
    if line.gain:
        samples = samples * np.float32(factor(line.gain))
    return limit(resample(samples, source_rate, rate), rate, factor(MIX_PEAK_DBTP))
