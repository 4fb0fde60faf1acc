"""Speech as MP3 at next to no cost: a second of tone and a second of silence are encoded once a voice and format;
after that a text is a row of their frames, tone where a letter sounds. Frames stand alone (no bit reservoir)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

import av
import numpy as np

from emulator.media.sound import Samples, SoundFormat, pitch_of

_WARM = 4  # frames until the encoder has settled


def spoken(characters: Sequence[str], ends: Sequence[float], voice: str, form: SoundFormat) -> bytes:
    """``characters`` that end at ``ends`` (seconds), as long as the last, to a frame (26 ms at 44,100 a second)."""
    tone, silence, seconds = _frames(round(pitch_of(voice)), form)
    count = max(1, round(ends[-1] / seconds))
    middles = (np.arange(count) + 0.5) * seconds
    which = np.searchsorted(np.array(ends), middles, side="right").clip(max=len(ends) - 1)
    sounding = [characters[index].isalnum() for index in which]
    return b"".join((tone if loud else silence)[n % len(tone)] for n, loud in enumerate(sounding))


@lru_cache(maxsize=64)
def _frames(pitch: int, form: SoundFormat) -> tuple[list[bytes], list[bytes], float]:
    """Frames of tone, as many of silence, and the seconds of one."""
    samples = 1152 if form.rate >= 32_000 else 576  # MPEG 1 or 2, layer III
    time = np.arange(round(form.rate * 1.2), dtype=np.float32) / form.rate
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 5 * time)
    tone = 0.25 * swell * (np.sin(2 * np.pi * pitch * time) + 0.4 * np.sin(4 * np.pi * pitch * time))
    sounding = _encoded(cast(Samples, tone.astype(np.float32)), form)
    silent = _encoded(np.zeros_like(tone, dtype=np.float32), form)
    return sounding, silent, samples / form.rate


def _encoded(samples: Samples, form: SoundFormat) -> list[bytes]:
    found: list[bytes] = []
    with av.open(io.BytesIO(), "w", format="mp3") as output:
        stream = cast(Any, output.add_stream("libmp3lame", rate=form.rate, layout="mono", options={"reservoir": "0"}))
        stream.bit_rate = (form.kilobits or 128) * 1000
        ints = (samples * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(ints[None], format="s16p", layout="mono")
        frame.sample_rate, frame.pts = form.rate, 0
        resampler = av.AudioResampler("s16p", "mono", form.rate, 1152 if form.rate >= 32_000 else 576)
        for piece in resampler.resample(frame):
            found += [bytes(packet) for packet in stream.encode(piece)]
        found += [bytes(packet) for packet in stream.encode(None)]
    return found[_WARM:]
