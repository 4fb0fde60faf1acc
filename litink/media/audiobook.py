"""The audiobook: the film's lines one after the other as M4B, with chapters and cover. Memory does not grow with it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from litink.errors import PermanentFailure
from litink.media.aac import AacWriter
from litink.media.files import whole
from litink.media.loudness import Samples, factor
from litink.media.mix import line_samples
from litink.media.mp4.tables import TextFormat
from litink.media.mp4.tags import Tags
from litink.media.mp4.text import text_track
from litink.media.mp4.write import Run, write_movie
from litink.media.sound import AUDIOBOOK_LUFS, FILM_LUFS, decode, stored_rate
from litink.media.timeline import FPS, Clip, Marker, Timeline

AUDIOBOOK_VERSION = 2  # raise it when the same lines are to sound different
BITRATE = 96_000


def write_audiobook(
    timeline: Timeline,
    lines: Callable[[str], bytes],
    *,
    out: Path,
    title: str,
    author: str = "",
    cover: bytes | None = None,
    language: str = "und",
) -> float:
    """Write ``out`` and return its seconds. ``lines`` gives a line's sound, finished for the film, by its id.

    Pauses are the film's; its cards are left out, and a missing line is skipped. The sample rate is that of the first
    line, which is nearly always the narrator's: a 24 kHz voice gains nothing from 48 kHz, and takes half as long to
    encode. The file appears whole or not at all. Raises PermanentFailure ``nothing-to-hear``, ``sound-unreadable`` or
    ``line-out-of-step``.
    """
    gain = np.float32(factor(AUDIOBOOK_LUFS - FILM_LUFS))
    starts: list[tuple[str, float]] = []
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", suffix=".aac") as packets:
        writer: AacWriter | None = None
        chapter: str | None = None
        for clip, rate, sound in heard(timeline, lines):
            writer = writer or AacWriter(packets, rate, BITRATE)
            if clip.chapter is not None and clip.chapter != chapter:
                chapter = clip.chapter
                starts.append((timeline.chapters[chapter], writer.position / rate))
            writer.feed(sound * gain)
        if writer is None:
            raise PermanentFailure("nothing-to-hear", "No line has been spoken yet. Make the voices first.")
        seconds = writer.seconds
        audio = writer.finish()
        packets.flush()
        markers = markers_of(starts, seconds)
        entries = [(marker.start, marker.end, marker.title) for marker in markers]
        chapters, data = text_track(entries, seconds, TextFormat("chapters"), language=language)
        audio = replace(audio, language=language, offsets=audio.offsets + len(data))
        tags = Tags(
            title=title,
            author=author,
            album=title,
            genre="Audiobook",
            cover=cover or b"",
            chapters=markers,
            kind="audiobook",
        )
        runs = [Run(data, 0, len(data)), Run(Path(packets.name), 0, audio.bytes)]
        with whole(out) as path:
            write_movie(path, [audio, chapters], runs, tags)
    return seconds


def heard(timeline: Timeline, lines: Callable[[str], bytes]) -> Iterator[tuple[Clip, int, Samples]]:
    """Silence and lines in order, each with the clip that it belongs to and the sample rate of the whole."""
    spoken = (line for clip in timeline.clips for line in clip.lines if not line.missing)
    first = next(spoken, None)
    if first is None:
        return
    rate = stored_rate(decode(lines(first.id))[1])
    for clip in timeline.clips:
        clock = 0
        for line in clip.lines:
            start = line.start_frame * rate // FPS
            if line.missing:
                clock = start + round(line.seconds * rate)
                continue
            samples = line_samples(line, lines, rate)
            yield clip, rate, np.zeros(max(0, start - clock), np.float32)
            yield clip, rate, samples
            clock = max(start, clock) + len(samples)
        if any(not line.missing for line in clip.lines):
            yield clip, rate, np.zeros(max(0, clip.frames * rate // FPS - clock), np.float32)


def markers_of(starts: list[tuple[str, float]], seconds: float) -> tuple[Marker, ...]:
    """Chapters from their titles and where each begins."""
    ends = [start for _, start in starts[1:]] + [seconds]
    return tuple(Marker(title=title, start=start, end=end) for (title, start), end in zip(starts, ends, strict=True))
