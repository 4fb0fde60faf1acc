"""Finished films in other containers: MOV, a copy in other boxes, and WebM, encoded anew as VP9 and Opus."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path

import av
from av.container import InputContainer, OutputContainer
from av.error import FFmpegError
from av.video.frame import PictureType

from litink.errors import PermanentFailure
from litink.media.captions import Cue, to_vtt
from litink.media.files import whole

RECODED_VERSION = 1  # raised when the same film comes out differently
# Constant quality; "realtime" at speed 8 encodes faster than the film plays on one core.
_VP9 = {"deadline": "realtime", "cpu-used": "8", "row-mt": "1", "crf": "31", "b": "0", "tile-columns": "2"}
_OPUS_BITRATE = 80_000
_KEYFRAME_SECONDS = 4


def to_mov(film: Path, out: Path) -> None:
    """The streams, chapters and captions of a film as QuickTime, nothing encoded anew. QuickTime holds no cover.

    Raises PermanentFailure ``film-unreadable``.
    """
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    try:
        with whole(out) as path, av.open(str(film)) as source, av.open(str(path), "w", "mov", options) as target:
            _describe(source, target)
            kept = [s for s in source.streams if s.type != "data" and not _is_cover(s)]
            copies = {stream.index: target.add_stream_from_template(stream) for stream in kept}
            for stream in kept:
                copies[stream.index].metadata.update(stream.metadata)
            for packet in source.demux(kept):
                if packet.dts is not None:
                    packet.stream = copies[packet.stream.index]
                    target.mux(packet)
    except FFmpegError as error:
        raise _unreadable(error) from error


def to_webm(film: Path, out: Path, cues: Sequence[Cue] = (), *, language: str = "und") -> None:
    """A film as WebM, with the cues as a WebVTT track.

    Raises PermanentFailure ``film-unreadable``.
    """
    try:
        with whole(out) as path, av.open(str(film)) as source, av.open(str(path), "w", "webm") as target:
            _describe(source, target)
            seen, heard = source.streams.video[0], source.streams.audio[0]
            rate = seen.average_rate or seen.guessed_rate
            assert rate is not None
            gop = {"g": str(round(rate * _KEYFRAME_SECONDS))}
            video = target.add_stream("libvpx-vp9", rate=rate, options=_VP9 | gop)
            video.width, video.height, video.pix_fmt = seen.width, seen.height, "yuv420p"
            context = video.codec_context
            context.color_primaries = context.color_trc = context.colorspace = 1  # BT.709
            context.color_range = 1  # studio
            audio = target.add_stream("libopus", rate=48_000, layout=heard.codec_context.layout)
            audio.bit_rate = _OPUS_BITRATE
            texts = _Texts(target, cues, language)
            for frame in source.decode(seen, heard):
                if isinstance(frame, av.VideoFrame):
                    texts.until(target, float(frame.time or 0.0))
                    frame.pict_type = PictureType.NONE  # the encoder's choice, not the source's
                    target.mux(video.encode(frame))
                elif isinstance(frame, av.AudioFrame):
                    target.mux(audio.encode(frame))
            target.mux(video.encode(None))
            target.mux(audio.encode(None))
            texts.until(target, math.inf)
    except FFmpegError as error:
        raise _unreadable(error) from error


class _Texts:
    """Captions as packets, muxed in step with picture and sound."""

    def __init__(self, target: OutputContainer, cues: Sequence[Cue], language: str) -> None:
        self._packets: list[av.Packet[av.subtitles.stream.SubtitleStream]] = []
        if not cues:
            return
        with av.open(io.BytesIO(to_vtt(cues).encode()), "r", format="webvtt") as source:
            stream = source.streams.subtitles[0]
            track = target.add_stream_from_template(stream)
            track.metadata["language"] = language
            for packet in source.demux(stream):
                if packet.dts is not None:
                    packet.stream = track
                    self._packets.append(packet)
        self._packets.reverse()

    def until(self, target: OutputContainer, seconds: float) -> None:
        while self._packets:
            packet = self._packets[-1]
            if float((packet.pts or 0) * (packet.time_base or 0)) > seconds:
                return
            target.mux(self._packets.pop())


def _describe(source: InputContainer, target: OutputContainer) -> None:
    tags = ("title", "artist", "album_artist", "comment")
    target.metadata.update({name: value for name, value in source.metadata.items() if name in tags})
    target.set_chapters(source.chapters())


def _is_cover(stream: av.stream.Stream) -> bool:
    return av.stream.Disposition.attached_pic in stream.disposition


def _unreadable(error: FFmpegError) -> PermanentFailure:
    return PermanentFailure("film-unreadable", f"The film cannot be read ({error}). Make it again.")
