"""The sound of a clip: its lines laid on its time axis, over its bed. No encoding and no loudness decisions here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from litink.errors import PermanentFailure
from litink.media.beds import bed_of
from litink.media.loudness import Samples, factor, limit
from litink.media.sound import decode, resample
from litink.media.timeline import FPS, Clip, TimedLine

MIX_PEAK_DBTP = -1.5  # half a decibel of room for the encoder under the -1 dBTP of the finished film
_SLACK_SECONDS = 0.05  # a line that is longer than its place by more than this belongs to another timeline


def mix_clip(
    clip: Clip, lines: Callable[[str], bytes], beds: Callable[[str], bytes], rate: int, window: range | None = None
) -> Samples:
    """Mono samples of ``window``, some of the clip's frames (all of them for None): shape (frames * rate / FPS,).

    ``lines`` gives a line's sound by its id, ``beds`` a bed's by its key; lines that are not heard in the window are
    not asked for. Raises PermanentFailure ``sound-unreadable`` or ``line-out-of-step``.
    """
    per_frame = rate // FPS
    window = window or range(clip.frames)
    mixed = np.zeros(clip.frames * per_frame, np.float32)
    for line in clip.lines:
        if not line.missing and _meets(line, window):
            start = line.start_frame * per_frame
            samples = line_samples(line, lines, rate)[: len(mixed) - start]
            mixed[start : start + len(samples)] += samples
    bed = bed_of(clip, beds, rate)
    if bed is not None:
        mixed = limit(mixed + bed, rate, factor(MIX_PEAK_DBTP))
    return mixed[window.start * per_frame : window.stop * per_frame]


def _meets(line: TimedLine, window: range) -> bool:
    return line.start_frame < window.stop and line.start_frame + line.seconds * FPS > window.start


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
