"""The audiobook as one MP3 file with ID3v2.3: chapters, cover, title. What is heard is decided in audiobook.py."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from litink.errors import PermanentFailure
from litink.media.audiobook import heard, markers_of
from litink.media.files import whole
from litink.media.loudness import factor
from litink.media.sound import AUDIOBOOK_LUFS, FILM_LUFS
from litink.media.timeline import Marker, Timeline

MP3_VERSION = 1  # raised when the same lines come out differently
BITRATE = 64_000  # mono speech at 24 kHz: above it LAME gains nothing that is heard
_FRAME = 1152  # samples that are encoded at a time


def write_mp3(
    timeline: Timeline,
    lines: Callable[[str], bytes],
    *,
    out: Path,
    title: str,
    author: str = "",
    album: str = "",
    cover: bytes = b"",
) -> float:
    """Write ``out`` and return its seconds. ``lines`` gives a line's sound, finished for the film, by its id; ``cover``
    is a JPEG or PNG.

    Chapters stand in front of the sound, so that it is encoded first and then copied behind them. The file appears
    whole or not at all. Raises as ``write_audiobook``.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", suffix=".mp3") as bare:
        markers, seconds = _encoded(timeline, lines, bare.name)
        tags = {"title": title, "artist": author, "album": album or title, "genre": "Audiobook"}
        with (
            whole(out) as path,
            av.open(bare.name) as source,
            av.open(str(path), "w", format="mp3", options={"id3v2_version": "3"}) as target,
        ):
            target.metadata.update({name: value for name, value in tags.items() if value})
            target.set_chapters([_chapter(number, marker) for number, marker in enumerate(markers, start=1)])
            sound = target.add_stream_from_template(source.streams.audio[0])
            if cover:
                _put_cover(target, cover)
            for packet in source.demux(audio=0):
                if packet.dts is not None:
                    packet.stream = sound
                    target.mux(packet)
    return seconds


def _encoded(timeline: Timeline, lines: Callable[[str], bytes], path: str) -> tuple[Sequence[Marker], float]:
    gain = np.float32(factor(AUDIOBOOK_LUFS - FILM_LUFS))
    starts: list[tuple[str, float]] = []
    chapter: str | None = None
    position = fed = rate = 0
    waiting = np.zeros(0, np.float32)
    with av.open(path, "w", format="mp3", options={"id3v2_version": "0"}) as target:
        stream = None
        for clip, rate, sound in heard(timeline, lines):
            if stream is None:
                stream = target.add_stream("libmp3lame", rate=rate, layout="mono")
                stream.bit_rate = BITRATE
            if clip.chapter is not None and clip.chapter != chapter:
                chapter = clip.chapter
                starts.append((timeline.chapters[chapter], position / rate))
            position += len(sound)
            waiting = np.concatenate([waiting, sound * gain])
            ready = len(waiting) // _FRAME * _FRAME
            for at in range(0, ready, _FRAME):
                target.mux(stream.encode(_frame(waiting[at : at + _FRAME], rate, fed)))
                fed += _FRAME
            waiting = waiting[ready:]
        if stream is None:
            raise PermanentFailure("nothing-to-hear", "No line has been spoken yet. Make the voices first.")
        if len(waiting):
            target.mux(stream.encode(_frame(waiting, rate, fed)))
        target.mux(stream.encode(None))
    return markers_of(starts, position / rate), position / rate


def _frame(samples: np.ndarray[tuple[int], np.dtype[np.float32]], rate: int, position: int) -> av.AudioFrame:
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[None]), "fltp", "mono")
    frame.sample_rate, frame.pts, frame.time_base = rate, position, Fraction(1, rate)
    return frame


def _chapter(number: int, marker: Marker) -> av.container.Chapter:
    return {
        "id": number,
        "start": round(marker.start * 1000),
        "end": round(marker.end * 1000),
        "time_base": Fraction(1, 1000),
        "metadata": {"title": marker.title},
    }


def _put_cover(target: av.container.OutputContainer, cover: bytes) -> None:
    try:
        with av.open(io.BytesIO(cover), "r") as picture:
            stream = target.add_stream_from_template(picture.streams.video[0])
            stream.disposition = av.stream.Disposition.attached_pic
            stream.metadata["comment"] = "Cover (front)"
            for packet in picture.demux(video=0):
                if packet.dts is not None:
                    packet.stream = stream
                    target.mux(packet)
                    return
    except FFmpegError as error:
        raise PermanentFailure("picture-unreadable", "The cover cannot be read. Make it again.") from error
