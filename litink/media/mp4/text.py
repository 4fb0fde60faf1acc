"""Text tracks: captions that a player can switch on, and chapter titles. Only how they are stored."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from litink.media.mp4.tables import TextFormat, Track

_TIMESCALE = 1000
_UTF8 = struct.pack(">I4sI", 12, b"encd", 0x100)  # QuickTime chapters are MacRoman unless this follows the text


def text_track(
    entries: Sequence[tuple[float, float, str]], seconds: float, format: TextFormat, *, language: str = "und"
) -> tuple[Track, bytes]:
    """A track that lasts ``seconds`` and its samples' bytes; entries are (start, end, text), rising, not overlapping.

    The time between entries is filled with empty samples, as the format asks.
    """
    samples: list[bytes] = []
    durations: list[int] = []
    clock = 0

    def add(text: str, until: int) -> None:
        nonlocal clock
        if until > clock:
            data = text.encode()[:0xFFFF].decode(errors="ignore").encode()
            extra = _UTF8 if format.kind == "chapters" else b""
            samples.append(struct.pack(">H", len(data)) + data + extra)
            durations.append(until - clock)
            clock = until

    for start, end, text in entries:
        add("", round(start * _TIMESCALE))
        add(text, round(end * _TIMESCALE))
    add("", round(seconds * _TIMESCALE))
    sizes = np.array([len(sample) for sample in samples], np.int64)
    track = Track(
        format=format,
        timescale=_TIMESCALE,
        sizes=sizes,
        offsets=np.cumsum(sizes) - sizes,
        durations=np.array(durations, np.int64),
        shifts=np.zeros(len(sizes), np.int64),
        keys=np.ones(len(sizes), np.bool_),
        language=language,
        name="Chapters" if format.kind == "chapters" else "Captions",
    )
    return track, b"".join(samples)
