"""What a track is: its format and one row a sample. Reading and writing are next door."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class VideoFormat:
    width: int
    height: int
    avcc: bytes  # AVCDecoderConfigurationRecord


@dataclass(frozen=True)
class AudioFormat:
    channels: int
    rate: int
    config: bytes  # AudioSpecificConfig


@dataclass(frozen=True)
class TextFormat:
    kind: Literal["subtitles", "chapters"]


Format = VideoFormat | AudioFormat | TextFormat


@dataclass(frozen=True)
class Track:
    """Samples in decoding order; the arrays have one entry a sample. Times are in units of 1/timescale s."""

    format: Format
    timescale: int
    sizes: Integers  # bytes
    offsets: Integers  # bytes from the start of the file, or of the data a writer is given
    durations: Integers
    shifts: Integers  # presentation minus decoding time
    keys: npt.NDArray[np.bool_]  # decoding can begin here
    start: int = 0  # presentation time of the track's zero: what lies before is not shown (an edit list)
    language: str = "und"  # ISO 639-2/T
    name: str = ""

    @property
    def duration(self) -> int:
        """From the track's zero to the end of its last sample."""
        return int(self.durations.sum())

    @property
    def shown(self) -> int:
        """From the presentation's zero to the end of the last sample to be seen or heard."""
        decoded = np.cumsum(self.durations) - self.durations
        return int((decoded + self.shifts + self.durations).max()) - self.start

    @property
    def bytes(self) -> int:
        return int(self.sizes.sum())


@dataclass(frozen=True)
class Movie:
    path: Path
    tracks: tuple[Track, ...]

    @property
    def video(self) -> Track | None:
        return next((track for track in self.tracks if isinstance(track.format, VideoFormat)), None)

    @property
    def audio(self) -> Track | None:
        return next((track for track in self.tracks if isinstance(track.format, AudioFormat)), None)
