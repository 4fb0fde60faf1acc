"""The bell: waits that end early when another thread or process says that something changed (LISTEN, NOTIFY).

A ring is a hint to look again. It may be missed (the connection broke, the ringer died), so nobody waits for it
without a time limit.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

_SLICE = 0.25  # seconds between looks at whether to stop
_PATIENCE = 0.25  # seconds that one wait for notifications lasts, so that an idle bell can close
_RECONNECT = 0.5

log = logging.getLogger(__name__)


class Ear:
    """Hears one payload of one channel."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Until it rings (or rang since the last wait), ``stop`` is set, or the time is up."""
        until = time.monotonic() + seconds
        while not stop.is_set():
            left = until - time.monotonic()
            if left <= 0 or self._rung.wait(min(left, _SLICE)):
                break
        self._rung.clear()

    def ring(self) -> None:
        self._rung.set()


class Bell:
    """One connection and one thread a process, while anybody listens."""

    def __init__(self, conninfo: str, channels: tuple[str, ...]) -> None:
        self._conninfo = conninfo
        self._channels = channels
        self._lock = threading.Lock()
        self._ears: dict[tuple[str, str], list[Ear]] = defaultdict(list)
        self._thread: threading.Thread | None = None
        self._closed = False
        self.on_connect: Callable[[], None] = lambda: None  # called in the bell's thread

    @contextmanager
    def ear(self, channel: str, payload: str) -> Iterator[Ear]:
        """Listen while the context lasts. Look at what is waited for after this is entered, or a ring may be missed."""
        ear, key = Ear(), (channel, payload)
        with self._lock:
            self._ears[key].append(ear)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._listen, name="litink-bell", daemon=True)
                self._thread.start()
        try:
            yield ear
        finally:
            with self._lock:
                self._ears[key].remove(ear)
                if not self._ears[key]:
                    del self._ears[key]

    def close(self) -> None:
        """Stop listening for good; waits then last as long as they may."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread:
            thread.join()

    def _listen(self) -> None:
        while not self._is_over():
            try:
                with psycopg.connect(self._conninfo, autocommit=True, connect_timeout=10) as connection:
                    for channel in self._channels:
                        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    self.on_connect()
                    self._ring_all()  # whatever was said while nobody listened
                    while not self._is_over():
                        for notice in connection.notifies(timeout=_PATIENCE):
                            self._ring(notice.channel, notice.payload)
            except psycopg.Error as error:
                log.warning("not listening to the database: %s", type(error).__name__)
                time.sleep(_RECONNECT)

    def _is_over(self) -> bool:
        """Nobody listens any more: the thread ends, the next ear starts another."""
        with self._lock:
            if self._ears and not self._closed:
                return False
            self._thread = None
            return True

    def _ring(self, channel: str, payload: str) -> None:
        with self._lock:
            for ear in self._ears.get((channel, payload), ()):
                ear.ring()

    def _ring_all(self) -> None:
        with self._lock:
            for ears in self._ears.values():
                for ear in ears:
                    ear.ring()
