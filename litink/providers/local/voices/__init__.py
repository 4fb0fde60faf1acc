"""The local voices: two speech engines behind one interface. Speaking side by side is :mod:`.pool`'s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from litink.providers.base import Speech, SpeechEngine, Utterance, Voice
from litink.providers.local.voices.catalogue import unknown_voice
from litink.providers.local.voices.hibari import HibariEngine
from litink.providers.local.voices.kokoro import KokoroEngine

__all__ = ["HibariEngine", "KokoroEngine", "LocalVoices"]


class LocalVoices:
    """Every local voice, "hibari:af_heart" and "kokoro:bm_george" alike; each is loaded at its first word.

    ``engines_dir`` is ``Settings.engines_dir``. Speech is raw: 24 kHz, its loudness differs by voice. Raises
    PermanentFailure "voice-unknown" for a voice that is not there, "engine-data-damaged" for missing or changed data.
    """

    def __init__(self, engines_dir: Path) -> None:
        self._engines: dict[str, SpeechEngine] = {"hibari": HibariEngine(), "kokoro": KokoroEngine(engines_dir)}

    def voices(self) -> Sequence[Voice]:
        return [voice for engine in self._engines.values() for voice in engine.voices()]

    def recipe(self, voice: str) -> Mapping[str, Any]:
        return self._engine(voice).recipe(voice)

    def speak(self, utterance: Utterance) -> Speech:
        return self._engine(utterance.voice).speak(utterance)

    def _engine(self, voice: str) -> SpeechEngine:
        engine = self._engines.get(voice.partition(":")[0])
        if engine is None:
            raise unknown_voice(voice)
        return engine
