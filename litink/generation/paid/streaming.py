"""Answers handed on while they are made: a purchase in a thread of its own, its pieces in a queue. Decides nothing.

The purchase is an ordinary one, with all that :mod:`.cashier` promises. Whoever listens may go away: what was sent is
collected, checked and kept all the same, and is there for whoever asks the same again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TypeVar

from litink.generation.paid.rung import Bought
from litink.providers.wire import Hear

T = TypeVar("T")
Listen = Callable[[], Hear]  # called once a sending: where its pieces go

CLOSE_SECONDS = 10.0  # how long the end of the process waits for purchases; what is not over then is recovered later


@dataclass(frozen=True)
class Delta:
    """A piece of an answer under way. ``attempt`` rises when the pieces before are void: it is asked for anew."""

    attempt: int
    data: bytes


class Streams:
    """The purchases of one cashier that somebody listens to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[threading.Thread, threading.Event] = {}

    def listened(self, buy: Callable[[Listen], Bought[T]], stop: threading.Event) -> Iterator[Delta | Bought[T]]:
        """Begin ``buy`` at once; give its pieces as they come, what was bought at the end. Raises what ``buy`` does.

        ``stop`` is the purchase's own.
        """
        heard: SimpleQueue[Delta | Bought[T] | BaseException] = SimpleQueue()
        attempts = 0

        def listen() -> Hear:
            nonlocal attempts
            attempts += 1
            attempt = attempts
            return lambda data: heard.put(Delta(attempt, data))

        def work() -> None:
            try:
                heard.put(buy(listen))
            except BaseException as error:
                heard.put(error)
            finally:
                with self._lock:
                    self._open.pop(threading.current_thread(), None)

        # A daemon: the process must be able to end. A purchase that it cuts off is like one of a killed process.
        thread = threading.Thread(target=work, name="streamed-purchase", daemon=True)
        with self._lock:
            self._open[thread] = stop
        thread.start()
        return _pieces(heard)

    def close(self) -> None:
        """No purchase waits for anything any more; what is on the wire gets a little time to end."""
        with self._lock:
            still = dict(self._open)
        for stop in still.values():
            stop.set()
        until = time.monotonic() + CLOSE_SECONDS
        for thread in still:
            thread.join(max(0.0, until - time.monotonic()))


def _pieces(heard: SimpleQueue[Delta | Bought[T] | BaseException]) -> Iterator[Delta | Bought[T]]:
    while True:
        piece = heard.get()
        if isinstance(piece, BaseException):
            raise piece
        yield piece
        if isinstance(piece, Bought):
            return
