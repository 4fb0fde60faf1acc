"""Film: the hills of a picture drift by, a few frames a second, with or without sound."""

from __future__ import annotations

import io
from typing import Any, cast

import av
import numpy as np

from emulator.media.pictures import draw
from emulator.media.sound import Samples, put_sound

FRAMES_A_SECOND = 12  # enough to be film, cheap enough for a small machine
SOUND_RATE = 44_100


def film(seed: str, width: int, height: int, seconds: float, sound: Samples | None = None) -> bytes:
    """An MP4 (H.264, AAC when there is ``sound``, mono at SOUND_RATE) of exactly ``seconds`` by its frames."""
    sink = io.BytesIO()
    with av.open(sink, "w", format="mp4") as output:
        picture = cast(Any, output.add_stream("libx264", rate=FRAMES_A_SECOND))
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        picture.options = {"preset": "ultrafast", "crf": "30", "threads": "1"}
        voice = cast(Any, output.add_stream("aac", rate=SOUND_RATE, layout="mono")) if sound is not None else None
        count = max(1, round(seconds * FRAMES_A_SECOND))
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(draw(seed, width, height, number / count), format="bgr24")
            frame.pts = number
            output.mux(picture.encode(frame))
        output.mux(picture.encode(None))
        if voice is not None and sound is not None:
            ints = (sound[: round(seconds * SOUND_RATE)].clip(-1, 1) * 32767).astype(np.int16)
            put_sound(output, voice, ints, "fltp")
    return sink.getvalue()


def length_of(data: bytes) -> float:
    """Seconds of a sound or film; ValueError when it is neither."""
    try:
        with av.open(io.BytesIO(data), "r") as source:
            if source.duration is not None:
                return source.duration / av.time_base
            stream = source.streams[0]
            if stream.duration is not None and stream.time_base is not None:
                return float(stream.duration * stream.time_base)
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError("it is neither sound nor film") from error
    raise ValueError("its length cannot be told")


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height of a film in pixels; ValueError when it is none."""
    try:
        with av.open(io.BytesIO(data)) as source:
            stream = source.streams.video[0]
            return stream.codec_context.width, stream.codec_context.height
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError("it is no film") from error
