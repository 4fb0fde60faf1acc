"""A clip as an MP4 file of one profile: frames and sound through the encoders. Drawing and mixing are elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from litink.media.aac import FRAME, OPTIONS, audio_frame
from litink.media.files import whole
from litink.media.loudness import Samples
from litink.media.profile import Profile
from litink.media.stills import Plane, Still, load_still, placeholder
from litink.media.timeline import PLACEHOLDER


def stills_of(pictures: Callable[[str], bytes], profile: Profile) -> Callable[[str], Still]:
    """Pictures by their keys as the camera needs them; a missing one says that it is."""

    def still(key: str) -> Still:
        if key == PLACEHOLDER:
            return placeholder(profile.width, profile.height)
        return load_still(pictures(key), profile.width, profile.height)

    return still


def encode_clip(frames: Iterable[Plane], sound: Samples, out: Path, profile: Profile) -> None:
    """Write frames (I420 buffers, each looked at before the next is asked for) and sound as a clip of the profile."""
    cv2.setNumThreads(1)
    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with whole(out) as path, av.open(str(path), "w", format="mp4", options=options) as container:
        video = _video_stream(container, profile)
        audio = _audio_stream(container, profile)
        encoder = _AudioEncoder(container, audio, profile, sound)
        for number, buffer in enumerate(frames):
            frame = av.VideoFrame.from_numpy_buffer(buffer, "yuv420p")
            frame.pts = number
            frame.time_base = Fraction(1, profile.fps)
            container.mux(video.encode(frame))
            encoder.until((number + 1) * profile.samples_per_frame)
        container.mux(video.encode(None))
        encoder.finish()


def _video_stream(container: OutputContainer, profile: Profile) -> VideoStream:
    stream = container.add_stream(
        "libx264",
        rate=profile.fps,
        options={"preset": profile.preset, "qp": str(profile.qp), "x264-params": profile.x264},
    )
    stream.width, stream.height, stream.pix_fmt = profile.width, profile.height, "yuv420p"
    context = stream.codec_context
    context.thread_count = 1
    context.color_primaries = context.color_trc = context.colorspace = 1  # BT.709
    context.color_range = 1  # studio
    return stream


def _audio_stream(container: OutputContainer, profile: Profile) -> AudioStream:
    stream = container.add_stream(
        "aac",
        rate=profile.sample_rate,
        layout="mono" if profile.channels == 1 else "stereo",
        options=OPTIONS,
    )
    stream.bit_rate = profile.audio_bitrate
    return stream


class _AudioEncoder:
    """Feeds the sound to the encoder in step with the pictures, so that both lie side by side in the file."""

    def __init__(self, container: OutputContainer, stream: AudioStream, profile: Profile, sound: Samples) -> None:
        # Whole AAC frames and one more: joining may need to fill up to half a frame after the last picture.
        frames = -(-len(sound) // FRAME) + 1
        padded = np.zeros(frames * FRAME, np.float32)
        padded[: len(sound)] = sound
        self._sound = np.ascontiguousarray(np.broadcast_to(padded, (profile.channels, len(padded))))
        self._container, self._stream, self._profile = container, stream, profile
        self._done = 0

    def until(self, sample: int) -> None:
        while self._done + FRAME <= min(sample, self._sound.shape[1]):
            block = np.ascontiguousarray(self._sound[:, self._done : self._done + FRAME])
            frame = audio_frame(block, self._profile.sample_rate, self._done)
            self._container.mux(self._stream.encode(frame))
            self._done += FRAME

    def finish(self) -> None:
        self.until(self._sound.shape[1])
        self._container.mux(self._stream.encode(None))
