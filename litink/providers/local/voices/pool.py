"""Many utterances spoken side by side: a pool of worker processes, each with its engines warm. No speech of its own.

Processes, not threads: two sessions of one thread are faster than one of two (see docs/voices.md), and a crash in
native code costs one retry instead of the run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import Pipe
from pathlib import Path
from queue import LifoQueue
from threading import Lock
from types import TracebackType
from typing import Any, Self

from litink.errors import LitinkError, TransientFailure
from litink.providers.base import Speech, Utterance, Voice
from litink.providers.local.voices import LocalVoices

_PROGRAM = "litink.providers.local.voices.worker"
# A worker sees nothing else of our environment: it needs no keys.
_INHERITED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")
# Loading takes seconds and a character of text about 0.05 s on an idle core; the rest is room for a busy machine.
_PATIENCE = 180.0
_PATIENCE_PER_CHARACTER = 1.0


class VoicePool:
    """A SpeechEngine over ``processes`` workers, to be used from as many threads: ``with VoicePool(dir, 2) as pool``.

    ``speak`` blocks until a worker is free and has spoken. Raises what the engines raise, and TransientFailure
    "voice-worker-lost" when a worker died twice at the same utterance or the pool was closed meanwhile. The workers
    end with the pool and, within a second, with a parent that was killed.
    """

    def __init__(self, engines_dir: Path, processes: int) -> None:
        self._voices = LocalVoices(engines_dir)
        self._engines_dir = engines_dir
        self._processes = max(1, processes)
        self._workers: set[_Worker] = set()
        self._idle: LifoQueue[_Worker] = LifoQueue()  # the warmest first
        self._lock = Lock()
        self._open = False

    def __enter__(self) -> Self:
        with self._lock:
            self._open = True
        for _ in range(self._processes):
            self._idle.put(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._open = False
            workers, self._workers = self._workers, set()
        for worker in workers:
            worker.end()

    def voices(self) -> Sequence[Voice]:
        return self._voices.voices()

    def recipe(self, voice: str) -> Mapping[str, Any]:
        return self._voices.recipe(voice)

    def speak(self, utterance: Utterance) -> Speech:
        self._require_open()
        worker = self._idle.get()
        try:
            try:
                return worker.speak(utterance)
            except _WorkerLost:
                worker = self._replace(worker)
                return worker.speak(utterance)
        except _WorkerLost as lost:
            worker = self._replace(worker)
            raise TransientFailure(
                "voice-worker-lost", f"The speech process ended twice at one line ({lost}). Try again."
            ) from lost
        finally:
            self._idle.put(worker)

    def _require_open(self) -> None:
        if not self._open:
            raise TransientFailure("voice-worker-lost", "The voices are shut down: the line was not spoken.")

    def _start(self) -> _Worker:
        with self._lock:
            self._require_open()
            worker = _Worker(self._engines_dir)
            self._workers.add(worker)
            return worker

    def _replace(self, worker: _Worker) -> _Worker:
        worker.end()
        with self._lock:
            self._workers.discard(worker)
        return self._start()


class _WorkerLost(Exception):
    """The process ended, or does not answer."""


class _Worker:
    """One process and the connection to it; used by one thread at a time."""

    def __init__(self, engines_dir: Path) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _PROGRAM, str(theirs.fileno()), str(engines_dir), str(os.getpid())],
                pass_fds=(theirs.fileno(),),
                env={name: os.environ[name] for name in _INHERITED if name in os.environ}
                | {"ORT_DISABLE_TELEMETRY": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def speak(self, utterance: Utterance) -> Speech:
        answer = self._ask(utterance)
        if isinstance(answer, Speech):
            return answer
        if isinstance(answer, LitinkError):
            raise answer
        raise RuntimeError(f"The speech process failed at {utterance.text!r}:\n{answer}")

    def _ask(self, utterance: Utterance) -> object:
        try:
            self._connection.send(utterance)
            if self._connection.poll(_PATIENCE + _PATIENCE_PER_CHARACTER * len(utterance.text)):
                answer: object = self._connection.recv()
                return answer
        except (EOFError, OSError) as error:
            raise _WorkerLost(f"exit status {self._exit_status()}") from error
        raise _WorkerLost("no answer")

    def _exit_status(self) -> int:
        """Of a process whose connection is gone: it is about to end."""
        try:
            return self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._connection.close()
