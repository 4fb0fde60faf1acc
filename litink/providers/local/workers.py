"""A pool of worker processes that hold an engine warm and answer requests; what is asked is the engine's business.

Processes, not threads, for engines that gain nothing from threads (see docs/voices.md) or hold the interpreter while
they work; and a crash in native code costs one retry instead of the run.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import LifoQueue
from threading import Lock
from types import TracebackType
from typing import Any, Self

from litink.errors import LitinkError, TransientFailure

# A worker sees nothing else of our environment: it needs no keys.
_INHERITED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TMPDIR")
_WATCH_INTERVAL = 0.5  # seconds between looks at whether the parent lives


class WorkerPool:
    """``processes`` workers of one program, to be asked from as many threads: ``with WorkerPool(…) as pool``.

    ``program`` is a module whose main calls :func:`serve`; it is started as ``python -m program *arguments FD PID``.
    The workers end with the pool and, within a second, with a parent that was killed.
    """

    def __init__(self, program: str, arguments: Sequence[str], processes: int, lost: str) -> None:
        """``lost`` is the code of the TransientFailure for a request at which workers died twice."""
        self._command = (program, *arguments)
        self._processes = max(1, processes)
        self._lost = lost
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

    def ask(self, request: object, patience: float) -> object:
        """The answer of the next free worker, waited for at most ``patience`` seconds.

        A worker that dies is replaced and the request asked once more. Raises what the engine raises, and
        TransientFailure when the second worker died too or the pool was closed meanwhile.
        """
        worker = self._idle.get()
        try:
            try:
                return worker.ask(request, patience)
            except _WorkerLost:
                worker = self._replace(worker)
                return worker.ask(request, patience)
        except _WorkerLost as lost:
            worker = self._replace(worker)
            raise TransientFailure(
                self._lost, f"The engine's process ended twice at one item ({lost}). Try again."
            ) from lost
        finally:
            self._idle.put(worker)

    def _start(self) -> _Worker:
        with self._lock:
            if not self._open:
                raise TransientFailure(self._lost, "The engine was shut down before the item was made. Try again.")
            worker = _Worker(self._command)
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

    def __init__(self, command: Sequence[str]) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *command, str(theirs.fileno()), str(os.getpid())],
                pass_fds=(theirs.fileno(),),
                env={name: os.environ[name] for name in _INHERITED if name in os.environ}
                | {"ORT_DISABLE_TELEMETRY": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def ask(self, request: object, patience: float) -> object:
        answer = self._exchange(request, patience)
        if isinstance(answer, LitinkError):
            raise answer
        if isinstance(answer, _Broken):
            raise RuntimeError(f"The engine's process failed at {request!r}:\n{answer.trace}")
        return answer

    def _exchange(self, request: object, patience: float) -> object:
        try:
            self._connection.send(request)
            if self._connection.poll(patience):
                answer: object = self._connection.recv()
                return answer
        except (EOFError, OSError) as error:
            raise _WorkerLost(f"exit status {self._process.wait()}") from error
        raise _WorkerLost("no answer")

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._connection.close()


class _Broken:
    """An unexpected error in the worker, as text."""

    def __init__(self, trace: str) -> None:
        self.trace = trace


def serve(start: Callable[[Sequence[str]], Callable[[Any], object]]) -> None:
    """The main of a worker's program: ``start`` gets its arguments and returns what answers a request."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    *arguments, descriptor, parent = sys.argv[1:]
    connection = Connection(int(descriptor))
    threading.Thread(target=_follow, args=(int(parent),), daemon=True).start()
    answer = start(arguments)
    while True:
        try:
            request = connection.recv()
        except EOFError:
            return
        try:
            connection.send(answer(request))
        except LitinkError as error:
            connection.send(error)
        except Exception:
            connection.send(_Broken(traceback.format_exc()))


def _follow(parent: int) -> None:
    """Ends this process when its parent is gone, also in the middle of a request and however the parent ended."""
    while os.getppid() == parent:
        time.sleep(_WATCH_INTERVAL)
    os._exit(0)
