"""What is really in a media file: decoded and measured, and what is wrong with it in sentences. Nothing is changed.

A file is only done when its content is: an empty picture track, silence or a cut-off end are found here, not by the
person who presses play.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.error import FFmpegError
from av.subtitles.stream import SubtitleStream

from litink.errors import PermanentFailure
from litink.media.aac import FRAME
from litink.media.loudness import SILENCE_LUFS, Loudness, Meter
from litink.media.profile import Profile
from litink.media.sound import AUDIOBOOK_LUFS, FILM_LUFS
from litink.media.timeline import FPS, Clip, Timeline

LOUDNESS_TOLERANCE_LU = 1.0
PEAK_DBTP = -1.0
_SHORT_SECONDS = 12.0  # a fade is a large part of a short clip: its key frames alone may all be black
SILENT_LUFS = -60.0
_BLACK = 24  # mean luma, studio range: 16 is black
_WINDOW_SECONDS = 20  # sound is measured in pieces of this length
_WINDOWS, _WINDOW_SECONDS_EACH = 12, 5  # of a long film that are decoded


@dataclass(frozen=True)
class StreamFacts:
    kind: str  # "video", "audio", "subtitle", "data", "cover"
    codec: str
    seconds: float
    language: str = ""
    width: int = 0
    height: int = 0
    fps: float = 0.0
    sample_rate: int = 0
    channels: int = 0


@dataclass(frozen=True)
class Decoded:
    """What decoding showed; -inf dBTP and -70 LUFS stand for silence, 0 frames for no picture.

    All sound is decoded, and of the pictures all in a short file, else those that stand for themselves (one every few
    seconds).
    """

    frames: int  # in the file
    decoded_frames: int
    bright_frames: int  # decoded ones that are not black
    samples: int
    lufs: float
    true_peak_dbtp: float


@dataclass(frozen=True)
class MediaFacts:
    seconds: float
    streams: tuple[StreamFacts, ...]
    chapters: tuple[tuple[str, float, float], ...]  # title, start, end in seconds
    tags: dict[str, str]
    decoded: Decoded | None = None

    def first(self, kind: str) -> StreamFacts | None:
        return next((stream for stream in self.streams if stream.kind == kind), None)


def probe(source: Path | bytes, *, decode: bool = False) -> MediaFacts:
    """Facts of a file; with ``decode`` its sound and key frames are decoded (a film: some 100 times faster than it
    plays).

    Raises PermanentFailure ``media-unreadable``.
    """
    try:
        with _open(source) as container:
            facts = _facts(container)
        if not decode:
            return facts
        decoded = _decoded(source, facts)
    except (FFmpegError, ValueError) as error:
        raise PermanentFailure("media-unreadable", f"A media file cannot be read ({error}). Make it again.") from error
    return MediaFacts(facts.seconds, facts.streams, facts.chapters, facts.tags, decoded)


def check_clip(path: Path, clip: Clip, profile: Profile) -> list[str]:
    """Problems of a rendered clip; an empty list when it is what the timeline asks for."""
    facts = probe(path, decode=True)
    problems = _check_picture(facts, clip.frames, (profile.width, profile.height))
    spoken = any(not line.missing for line in clip.lines)
    decoded = facts.decoded
    assert decoded is not None
    slack = 3 * FRAME
    if abs(decoded.samples - clip.frames * profile.samples_per_frame) > slack:
        problems.append("Its sound is not as long as its picture.")
    if spoken and decoded.lufs < SILENT_LUFS:
        problems.append("Nothing is heard although lines are spoken in it.")
    if decoded.true_peak_dbtp > PEAK_DBTP:
        problems.append(f"Its sound peaks at {decoded.true_peak_dbtp:.1f} dBTP, above {PEAK_DBTP:g}.")
    return problems


def check_film(
    path: Path, timeline: Timeline, *, captions: bool = True, lufs: float | None = FILM_LUFS, pieces: bool = False
) -> list[str]:
    """Problems of a finished film. ``captions``: it has a track of them; ``lufs`` None accepts any loudness.

    ``pieces``: it is made of stretches, each of which was checked; many begin black, so that key frames tell nothing.
    A long film that was joined by copying is not decoded whole, as its clips were when they were made: what joining may
    break is its index, so that windows are decoded all over it. That takes as long for ten hours as for ten minutes.
    """
    facts = _looked_into(path)
    decoded = facts.decoded
    assert decoded is not None
    problems = _check_picture(facts, timeline.frames, None, dark=pieces)
    if abs(facts.seconds - timeline.seconds) > 0.1:
        problems.append(f"It lasts {facts.seconds:.1f} s instead of {timeline.seconds:.1f} s.")
    if [title for title, _, _ in facts.chapters] != [marker.title for marker in timeline.markers]:
        problems.append("Its chapter markers are not the chapters.")
    said = any(line.text.strip() for clip in timeline.clips for line in clip.lines)
    if captions and said and facts.first("subtitle") is None:
        problems.append("It has no captions.")
    if lufs is not None and any(not line.missing for clip in timeline.clips for line in clip.lines):
        problems += _check_loudness(decoded, lufs)
    return problems


def _looked_into(path: Path) -> MediaFacts:
    """As ``probe`` with ``decode``; of a long film that has an index, windows of it."""
    facts = probe(path)
    if facts.seconds <= 2 * _WINDOWS * _WINDOW_SECONDS_EACH:
        return probe(path, decode=True)
    try:
        decoded = _windows(path, facts)
    except (FFmpegError, ValueError) as error:
        raise PermanentFailure("media-unreadable", f"A media file cannot be read ({error}). Make it again.") from error
    return probe(path, decode=True) if decoded is None else replace(facts, decoded=decoded)


def _windows(path: Path, facts: MediaFacts) -> Decoded | None:
    """What windows, spread evenly from the first second to the last, show; None for a file without an index.

    Raises ValueError where the sound of one breaks off.
    """
    bright = count = 0
    with av.open(str(path), "r") as container:
        if not container.streams.video or not container.streams.audio or not container.streams.video[0].frames:
            return None
        video, audio = container.streams.video[0], container.streams.audio[0]
        rate = audio.codec_context.sample_rate
        meter, resampler = Meter(rate), av.AudioResampler(format="fltp")
        for number in range(_WINDOWS):
            start = (facts.seconds - _WINDOW_SECONDS_EACH) * number / (_WINDOWS - 1)
            container.seek(round((start + _WINDOW_SECONDS_EACH / 2) * av.time_base))
            bright += any(
                _mean_luma(frame) > _BLACK for frame, _ in zip(container.decode(video), range(FPS), strict=False)
            )
            container.seek(round(start * av.time_base))
            pieces = []
            for frame in container.decode(audio):
                if float(frame.time or 0) >= start + _WINDOW_SECONDS_EACH:
                    break
                if float(frame.time or 0) < start - 0.05:
                    continue
                pieces += [f.to_ndarray().astype(np.float32, copy=False) for f in resampler.resample(frame)]
            heard = sum(piece.shape[1] for piece in pieces)
            if heard < 0.95 * _WINDOW_SECONDS_EACH * rate:
                raise ValueError(f"its sound breaks off at {start + heard / rate:.0f} s")
            meter.feed(np.concatenate(pieces, axis=1).T)
            count += heard
        loudness = meter.result()
        return Decoded(video.frames, _WINDOWS, bright, count, loudness.integrated_lufs, loudness.true_peak_dbtp)


def check_audio(source: Path | bytes, *, lufs: float | None = AUDIOBOOK_LUFS) -> list[str]:
    """Problems of a sound file; ``lufs`` None accepts any loudness above silence."""
    facts = probe(source, decode=True)
    decoded = facts.decoded
    assert decoded is not None
    if facts.first("audio") is None or decoded.samples == 0:
        return ["There is no sound in it."]
    if lufs is None:
        return ["It is silent."] if decoded.lufs < SILENT_LUFS else []
    return _check_loudness(decoded, lufs)


def _check_picture(facts: MediaFacts, frames: int, size: tuple[int, int] | None, *, dark: bool = False) -> list[str]:
    video, decoded = facts.first("video"), facts.decoded
    assert decoded is not None
    if video is None or decoded.decoded_frames == 0:
        return ["There is no picture in it."]
    problems = []
    if decoded.frames != frames:
        problems.append(f"It has {decoded.frames} pictures instead of {frames}.")
    if not dark and decoded.bright_frames < decoded.decoded_frames / 4:
        problems.append("Most of it is black.")
    if size is not None and (video.width, video.height) != size:
        problems.append(f"It is {video.width} x {video.height} instead of {size[0]} x {size[1]}.")
    return problems


def _check_loudness(decoded: Decoded, lufs: float) -> list[str]:
    if decoded.lufs < SILENT_LUFS:
        return ["It is silent."]
    problems = []
    if abs(decoded.lufs - lufs) > LOUDNESS_TOLERANCE_LU:
        problems.append(f"Its loudness is {decoded.lufs:.1f} LUFS instead of {lufs:g}.")
    if decoded.true_peak_dbtp > PEAK_DBTP:
        problems.append(f"Its sound peaks at {decoded.true_peak_dbtp:.1f} dBTP, above {PEAK_DBTP:g}.")
    return problems


def _facts(container: InputContainer) -> MediaFacts:
    seconds = float(container.duration or 0) / av.time_base
    chapters = tuple(
        (
            chapter["metadata"].get("title", ""),
            float(chapter["start"] * (chapter["time_base"] or 0)),
            float(chapter["end"] * (chapter["time_base"] or 0)),
        )
        for chapter in container.chapters()
    )
    return MediaFacts(
        seconds, tuple(_stream(stream, seconds) for stream in container.streams), chapters, dict(container.metadata)
    )


def _stream(stream: av.stream.Stream, whole: float) -> StreamFacts:
    seconds = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else whole
    language = stream.metadata.get("language", "")
    if isinstance(stream, av.VideoStream):
        cover = av.stream.Disposition.attached_pic in stream.disposition
        return StreamFacts(
            "cover" if cover else "video",
            stream.codec_context.name,
            seconds,
            language,
            width=stream.width,
            height=stream.height,
            fps=float(stream.average_rate or 0),
        )
    if isinstance(stream, av.AudioStream):
        context = stream.codec_context
        return StreamFacts(
            "audio", context.name, seconds, language, sample_rate=context.sample_rate, channels=context.channels
        )
    codec = stream.codec_context.name if isinstance(stream, SubtitleStream) else ""
    return StreamFacts(stream.type, codec, seconds, language)


def _open(source: Path | bytes) -> InputContainer:
    return av.open(io.BytesIO(source) if isinstance(source, bytes) else str(source), "r")


def _decoded(source: Path | bytes, facts: MediaFacts) -> Decoded:
    frames, decoded, bright = _seen(source, facts.seconds) if facts.first("video") else (0, 0, 0)
    if facts.first("audio") is None:
        return Decoded(frames, decoded, bright, 0, SILENCE_LUFS, -math.inf)
    samples, loudness = _heard(source)
    return Decoded(frames, decoded, bright, samples, loudness.integrated_lufs, loudness.true_peak_dbtp)


def _seen(source: Path | bytes, seconds: float) -> tuple[int, int, int]:
    """Pictures of the first video track, those among them that were decoded, and of these the ones not black."""
    frames = decoded = bright = 0
    with _open(source) as container:
        stream = container.streams.video[0]
        if seconds > _SHORT_SECONDS:
            stream.codec_context.skip_frame = "NONKEY"
        for packet in container.demux(stream):
            frames += packet.size > 0
            for frame in packet.decode():
                decoded += 1
                bright += _mean_luma(frame) > _BLACK
    return frames, decoded, bright


def _heard(source: Path | bytes) -> tuple[int, Loudness]:
    """Samples of the first sound track, and its loudness."""
    count = held = 0
    pieces: list[npt.NDArray[np.float32]] = []
    with _open(source) as container:
        stream = container.streams.audio[0]
        meter = Meter(stream.codec_context.sample_rate)
        resampler = av.AudioResampler(format="fltp")
        for decoded in container.decode(stream):
            for frame in resampler.resample(decoded):
                pieces.append(frame.to_ndarray().astype(np.float32, copy=False))
                held += frame.samples
            if held > _WINDOW_SECONDS * stream.codec_context.sample_rate:
                meter.feed(np.concatenate(pieces, axis=1).T)
                count, held, pieces = count + held, 0, []
    if pieces:
        meter.feed(np.concatenate(pieces, axis=1).T)
    return count + held, meter.result()


def _mean_luma(frame: av.VideoFrame) -> float:
    """From every eighth row and column: enough to tell black from dark."""
    if not frame.format.name.startswith(("yuv", "nv12", "gray")):
        frame = frame.reformat(format="gray")
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.height * plane.line_size].reshape(
        plane.height, plane.line_size
    )
    return float(rows[::8, : plane.width : 8].mean())
