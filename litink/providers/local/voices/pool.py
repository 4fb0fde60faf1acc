"""Many utterances spoken side by side: the local voices behind a pool of worker processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from litink.providers.base import Speech, Utterance, Voice
from litink.providers.local.voices import LocalVoices
from litink.providers.local.workers import WorkerPool

# Loading takes seconds and a character of text about 0.05 s on an idle core; the rest is room for a busy machine.
_PATIENCE = 180.0
_PATIENCE_PER_CHARACTER = 1.0


class VoicePool:
    """A SpeechEngine over ``processes`` workers, to be used from as many threads: ``with VoicePool(dir, 2) as pool``.

    ``speak`` blocks until a worker is free and has spoken. Raises what the engines raise, and TransientFailure
    "voice-worker-lost" when a worker died twice at the same utterance or the pool was closed meanwhile.
    """

    def __init__(self, engines_dir: Path, processes: int) -> None:
        self._voices = LocalVoices(engines_dir)
        program = "litink.providers.local.voices.worker"
        self._workers = WorkerPool(program, [str(engines_dir)], processes, "voice-worker-lost")

    def __enter__(self) -> Self:
        self._workers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._workers.__exit__(kind, error, trace)

    def voices(self) -> Sequence[Voice]:
        return self._voices.voices()

    def recipe(self, voice: str) -> Mapping[str, Any]:
        return self._voices.recipe(voice)

    def speak(self, utterance: Utterance) -> Speech:
        answer = self._workers.ask(utterance, _PATIENCE + _PATIENCE_PER_CHARACTER * len(utterance.text))
        assert isinstance(answer, Speech)
        return answer
