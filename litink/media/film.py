"""Clips joined to a film by copying: sound in step, chapters, captions, cover, metadata. Nothing is encoded here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from litink.errors import PermanentFailure
from litink.media.aac import FRAME
from litink.media.captions import Cue
from litink.media.files import whole
from litink.media.mp4.read import read_movie
from litink.media.mp4.tables import Movie, TextFormat, Track
from litink.media.mp4.tags import Tags
from litink.media.mp4.text import text_track
from litink.media.mp4.write import Run, write_movie
from litink.media.timeline import Timeline


def join_film(
    clips: Sequence[Path],
    timeline: Timeline,
    out: Path,
    *,
    title: str,
    author: str = "",
    captions: Sequence[Cue] = (),
    language: str = "und",
    cover: bytes = b"",
    comment: str = "",
) -> None:
    """Write the film of ``timeline`` from its clips, one file a clip, in order.

    The file appears whole or not at all. ``language`` is ISO 639-2/T of the captions; ``cover`` a JPEG or PNG.
    Raises PermanentFailure ``clip-unreadable``, ``clip-out-of-step`` (not the timeline's number of frames) or
    ``clip-profile`` (clips of different profiles).
    """
    if len(clips) != len(timeline.clips):
        raise PermanentFailure("clip-out-of-step", "There are more or fewer clips than the timeline has. Render them.")
    movies = [read_movie(path) for path in clips]
    runs: list[Run] = []
    texts: list[Track] = []
    entries = [(cue.start, cue.end, cue.text) for cue in captions]
    markers = [(marker.start, marker.end, marker.title) for marker in timeline.markers]
    for format, rows in ((TextFormat("subtitles"), entries), (TextFormat("chapters"), markers)):
        if rows:
            track, data = text_track(rows, timeline.seconds, format, language=language)
            texts.append(replace(track, offsets=track.offsets + _length(runs)))
            runs.append(Run(data, 0, len(data)))
    video, audio = _join(movies, timeline, runs)
    tags = Tags(title=title, author=author, comment=comment, cover=cover, chapters=timeline.markers)
    with whole(out) as path:
        write_movie(path, [video, audio, *texts], runs, tags)


def _length(runs: Sequence[Run]) -> int:
    return sum(run.length for run in runs)


def _join(movies: Sequence[Movie], timeline: Timeline, runs: list[Run]) -> tuple[Track, Track]:
    """The joined tracks; appends each clip's bytes to ``runs``."""
    videos: list[Track] = []
    audios: list[Track] = []
    base = _length(runs)
    for clip, movie in zip(timeline.clips, movies, strict=True):
        video, audio = movie.video, movie.audio
        if video is None or audio is None or len(video.sizes) != clip.frames:
            raise PermanentFailure(
                "clip-out-of-step", f"{movie.path.name} is not as long as the timeline says. Render it again."
            )
        audio = _in_step(audio, clip.start_frame, clip.frames, timeline.fps)
        start = int(min(video.offsets.min(), audio.offsets.min()))
        end = int(max((video.offsets + video.sizes).max(), (audio.offsets + audio.sizes).max()))
        videos.append(replace(video, offsets=video.offsets - start + base))
        audios.append(replace(audio, offsets=audio.offsets - start + base))
        runs.append(Run(movie.path, start, end - start))
        base += end - start
    return _chained(videos), _chained(audios)


def _in_step(audio: Track, start_frame: int, frames: int, fps: int) -> Track:
    """A clip's sound without the encoder's priming, cut to whole AAC frames where the film needs it.

    A picture's end rarely meets an AAC frame's (they do so every 64 pictures). Each clip gives as many AAC frames as
    bring the film's count nearest to its pictures; the last one's duration takes up the rest. By its time stamps the
    sound of every clip begins exactly with its picture, and a player that counts samples instead is never off by more
    than half an AAC frame (11 ms). Clips begin and end silent, so that nothing is heard of the seam.
    """
    per_frame = audio.timescale // fps
    start, end = start_frame * per_frame, (start_frame + frames) * per_frame
    count = round(end / FRAME) - round(start / FRAME)
    priming = audio.start // FRAME
    keep = slice(priming, priming + count)
    if priming + count > len(audio.sizes) or count < 1:
        raise PermanentFailure("clip-out-of-step", "A clip's sound is shorter than its picture. Render it again.")
    durations = np.full(count, FRAME, np.int64)
    durations[-1] = end - start - FRAME * (count - 1)
    return replace(
        audio,
        sizes=audio.sizes[keep],
        offsets=audio.offsets[keep],
        durations=durations,
        shifts=audio.shifts[keep],
        keys=audio.keys[keep],
        start=0,
    )


def _chained(tracks: Sequence[Track]) -> Track:
    first = tracks[0]
    for track in tracks:
        if (track.format, track.timescale, track.start) != (first.format, first.timescale, first.start):
            raise PermanentFailure("clip-profile", "The clips were rendered with different profiles. Render them anew.")
    return replace(
        first,
        sizes=np.concatenate([track.sizes for track in tracks]),
        offsets=np.concatenate([track.offsets for track in tracks]),
        durations=np.concatenate([track.durations for track in tracks]),
        shifts=np.concatenate([track.shifts for track in tracks]),
        keys=np.concatenate([track.keys for track in tracks]),
    )
