"""The narration engine: hibari, a small network distilled from one Kokoro voice, about 100 times real time a core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from litink.providers.base import Speech, Utterance, Voice
from litink.providers.local.voices.catalogue import HIBARI_VOICES, find
from litink.providers.local.voices.engine import RENDERING, speak
from litink.providers.local.voices.phonemes import phonemizer
from litink.providers.local.voices.sound import SAMPLE_RATE, Samples
from litink.providers.local.voices.vocabulary import ids
from litink.providers.local.voices.weights import Once, open_session, package_dir, read_checked

MODEL_SHA256 = "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8"
_DURATIONS = "/Clip_output_0"  # frames each phoneme lasts
_HOP = 600  # samples a frame of the durations; a frame of the spectrum is half of it
_SEED = 0  # of the noise in the sound: the same text always gives the same samples


class HibariEngine:
    """Voice af_heart, the one that the package carries (its other voices would have to be downloaded)."""

    target = 0  # it was trained on single sentences
    limit = 400

    def __init__(self) -> None:
        self._session: Once[Any] = Once(_open)

    def voices(self) -> Sequence[Voice]:
        return [entry.voice for entry in HIBARI_VOICES]

    def recipe(self, voice: str) -> Mapping[str, Any]:
        from hibari.dsp import FFT_BACKEND

        find(HIBARI_VOICES, voice)
        return {
            "engine": "hibari",
            "voice": voice,
            "model": MODEL_SHA256,
            "g2p": version("hibari-tts"),
            "fft": FFT_BACKEND,
            "rendering": RENDERING,
        }

    def speak(self, utterance: Utterance) -> Speech:
        entry = find(HIBARI_VOICES, utterance.voice)
        return speak(utterance, self, phonemizer(entry.voice.accent))

    def say(self, phonemes: str, speed: float) -> tuple[Samples, Sequence[float]]:
        from hibari.dsp import synth

        *spectrum, frames = self._session().run(
            None, {"ids": np.array([ids(phonemes)], np.int64), "speed": np.array([speed], np.float32)}
        )
        samples: Samples = synth(*(part[0] for part in spectrum), np.random.default_rng(_SEED))
        return samples, (np.ravel(frames) * (_HOP / SAMPLE_RATE)).tolist()


def _open() -> Any:
    path = package_dir("hibari", "hibari") / "assets" / "hibari.onnx"
    return open_session(read_checked([path], MODEL_SHA256, "hibari.onnx"), _DURATIONS)
