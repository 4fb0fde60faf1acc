"""Sound: a voice-like tone that speaks a text at a plausible pace, music, noises; and coding them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Codec = Literal["mp3", "pcm", "wav", "ulaw", "alaw", "opus"]

CHARACTERS_A_SECOND = 14.0
# How long a character holds, against a letter.
_WEIGHTS = {" ": 0.7, ",": 2.5, ";": 3.0, ":": 3.0, ".": 4.0, "!": 4.0, "?": 4.0, "\n": 3.0, "—": 3.0, "…": 4.0}
_CODECS: dict[Codec, tuple[str, str, str]] = {  # container, encoder, sample format
    "mp3": ("mp3", "libmp3lame", "s16p"),
    "wav": ("wav", "pcm_s16le", "s16"),
    "ulaw": ("mulaw", "pcm_mulaw", "s16"),
    "alaw": ("alaw", "pcm_alaw", "s16"),
    "opus": ("ogg", "libopus", "s16"),
}
MEDIA_TYPES: dict[Codec, str] = {
    "mp3": "audio/mpeg",
    "pcm": "audio/pcm",
    "wav": "audio/wav",
    "ulaw": "audio/basic",
    "alaw": "audio/basic",
    "opus": "audio/ogg",
}


@dataclass(frozen=True)
class SoundFormat:
    """Such as ``mp3_44100_128``: codec, samples a second, thousand bits a second (None: what the codec takes)."""

    codec: Codec
    rate: int
    kilobits: int | None = None

    @classmethod
    def parse(cls, name: str) -> SoundFormat:
        codec, rate, *kilobits = name.split("_")
        return cls(cast(Codec, codec), int(rate), int(kilobits[0]) if kilobits else None)

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.codec]


def ends_of(characters: Sequence[str], speed: float = 1.0) -> list[float]:
    """When each character of a spoken text ends, in seconds; the last is the length of the sound."""
    weights = np.array([_WEIGHTS.get(character, 1.0) for character in characters])
    usual = len(characters) / CHARACTERS_A_SECOND / speed
    return [round(float(end), 3) for end in np.cumsum(weights) / weights.sum() * usual]


def pitch_of(voice: str) -> float:
    """Hz, 95 to 235."""
    return 95 + hashlib.sha256(voice.encode()).digest()[0] * 0.55


def speech(characters: Sequence[str], ends: Sequence[float], voice: str, rate: int) -> Samples:
    """A tone with a voice's pitch; it swells with every letter and is silent in pauses. Mono, -1..1."""
    length = round(ends[-1] * rate)
    time = np.arange(length, dtype=np.float32) / rate
    pitch = pitch_of(voice)
    which = np.searchsorted(np.array(ends), time, side="right").clip(max=len(ends) - 1)
    loud = np.array([1.0 if character.isalnum() else 0.0 for character in characters], dtype=np.float32)[which]
    starts = np.concatenate([[0.0], ends[:-1]])
    spans = np.maximum(np.diff([0.0, *ends]), 1e-3)
    within = ((time - starts[which]) / spans[which]).astype(np.float32)
    swell = loud * (0.55 + 0.45 * np.sin(np.pi * within.clip(0, 1)))
    angle = 2 * np.pi * pitch * time + 1.5 * np.sin(2 * np.pi * 0.7 * time)
    tone = np.sin(angle) + 0.5 * np.sin(2 * angle) + 0.25 * np.sin(3 * angle)
    return cast(Samples, (0.22 * swell * tone).astype(np.float32))


def music(seed: str, seconds: float, rate: int) -> Samples:
    """A slow arpeggio in a key of the prompt's hash."""
    dice = np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]))
    time = np.arange(round(seconds * rate), dtype=np.float32) / rate
    root = 110 * 2 ** (int(dice.integers(0, 12)) / 12)
    steps = np.array([0, 4, 7, 12, 7, 4]) if dice.random() < 0.5 else np.array([0, 3, 7, 12, 7, 3])
    beat = 0.4
    note = steps[(time / beat).astype(int) % len(steps)]
    fade = np.exp(-3 * (time % beat) / beat)
    tone = np.sin(2 * np.pi * root * 2 ** (note / 12) * time)
    return cast(Samples, (0.2 * fade * tone).astype(np.float32))


def noise(seed: str, seconds: float, rate: int) -> Samples:
    """A burst of noise that dies away."""
    dice = np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]))
    time = np.arange(round(seconds * rate), dtype=np.float32) / rate
    return (0.3 * np.exp(-3 * time / max(seconds, 0.1)) * dice.uniform(-1, 1, len(time))).astype(np.float32)


def encode(samples: Samples, form: SoundFormat) -> bytes:
    """``samples`` at ``form.rate`` as a file; raw samples (s16le) for pcm."""
    ints = (samples.clip(-1, 1) * 32767).astype("<i2")
    if form.codec == "pcm":
        return ints.tobytes()
    container, encoder, sample_format = _CODECS[form.codec]
    sink = io.BytesIO()
    with av.open(sink, "w", format=container) as output:
        stream = cast(av.AudioStream, output.add_stream(encoder, rate=form.rate, layout="mono"))
        if form.kilobits:
            stream.bit_rate = form.kilobits * 1000
        if encoder == "libmp3lame":
            stream.codec_context.options = {"compression_level": "9"}
        put_sound(output, stream, ints, sample_format)
    return sink.getvalue()


def put_sound(output: Any, stream: Any, ints: NDArray[np.int16], sample_format: str) -> None:
    """Encode mono ``ints`` into an open container."""
    resampler = av.AudioResampler(format=sample_format, layout="mono", rate=stream.rate)
    step = 32_768
    for start in range(0, len(ints), step):
        frame = av.AudioFrame.from_ndarray(ints[None, start : start + step], format="s16", layout="mono")
        frame.sample_rate = stream.rate
        frame.pts = start
        for piece in resampler.resample(frame):
            output.mux(stream.encode(piece))
    for piece in resampler.resample(None):
        output.mux(stream.encode(piece))
    output.mux(stream.encode(None))
