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
from litink.media.sound import AUDIOBOOK_LUFS, FILM_LUFS
from litink.media.timeline import FPS, Clip, Marker, Timeline

AUDIOBOOK_VERSION = 1  # raise it when the same lines are to sound different
RATE = 48_000
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

    Pauses are the film's; its cards are left out, and a missing line is skipped. The file appears whole or not at
    all. Raises PermanentFailure ``nothing-to-hear``, ``sound-unreadable`` or ``line-out-of-step``.
    """
    gain = np.float32(factor(AUDIOBOOK_LUFS - FILM_LUFS))
    starts: list[tuple[str, float]] = []
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=out.parent, prefix=f".{out.name}.", suffix=".aac") as packets:
        writer = AacWriter(packets, RATE, BITRATE)
        chapter: str | None = None
        for clip, sound in _heard(timeline, lines):
            if clip.chapter is not None and clip.chapter != chapter:
                chapter = clip.chapter
                starts.append((timeline.chapters[chapter], writer.position / RATE))
            writer.feed(sound * gain)
        if not writer.position:
            raise PermanentFailure("nothing-to-hear", "No line has been spoken yet. Make the voices first.")
        audio = writer.finish()
        packets.flush()
        seconds = writer.position / RATE
        markers = _markers(starts, seconds)
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


def _heard(timeline: Timeline, lines: Callable[[str], bytes]) -> Iterator[tuple[Clip, Samples]]:
    """Sound and silence in order, a line at a time, each with the clip that it belongs to."""
    for clip in timeline.clips:
        clock = 0
        for line in clip.lines:
            start = line.start_frame * RATE // FPS
            if line.missing:
                clock = start + round(line.seconds * RATE)
                continue
            samples = line_samples(line, lines, RATE)
            yield clip, np.zeros(max(0, start - clock), np.float32)
            yield clip, samples
            clock = max(start, clock) + len(samples)
        if any(not line.missing for line in clip.lines):
            yield clip, np.zeros(max(0, clip.frames * RATE // FPS - clock), np.float32)


def _markers(starts: list[tuple[str, float]], seconds: float) -> tuple[Marker, ...]:
    ends = [start for _, start in starts[1:]] + [seconds]
    return tuple(Marker(title=title, start=start, end=end) for (title, start), end in zip(starts, ends, strict=True))
