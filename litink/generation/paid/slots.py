"""Slots: how many calls to a provider may be out at once, over all processes of the installation.

A slot is a session advisory lock in PostgreSQL, held on one connection a process: it falls with the process. Within a
process a semaphore lets no more threads compete than there are slots. When the connection breaks, all slots are lost
at once; they are taken again as soon as there is a connection, those that are still free. Until then, and for those
that are not, there may be more calls out than there should be: the provider turns those away, nothing worse.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from litink.errors import PermanentFailure, TransientFailure
from litink.generation.paid.bell import Bell, Ear
from litink.generation.paid.policy import Policy

SLOTS_CHANNEL = "litink_slots"  # payload: the pool in which a slot came free
_WAIT = 2.0  # seconds until looking again unasked: a killed process frees its slots without a word
_SLICE = 0.25  # seconds between looks at whether to stop
_FREE = "SELECT i FROM unnest(%s::int[]) AS i WHERE pg_try_advisory_lock(%s, i) LIMIT 1"
_RELEASE = "SELECT pg_advisory_unlock(%s, %s), pg_notify(%s, %s)"

log = logging.getLogger(__name__)


class Slots:
    """The slots of one process."""

    def __init__(self, conninfo: str, policy: Policy, bell: Bell) -> None:
        self._conninfo = conninfo
        self._policy = policy
        self._bell = bell
        self._lock = threading.Lock()  # guards all below
        self._connection: psycopg.Connection | None = None
        self._held: dict[str, set[int]] = defaultdict(set)  # slots in use by our threads, by pool
        self._semaphores: dict[str, threading.Semaphore] = {}
        bell.on_connect = self.restore

    @contextmanager
    def hold(self, provider: str, operation: str, stop: threading.Event) -> Iterator[None]:
        """A slot for as long as the context lasts, waiting for one if need be.

        Raises PermanentFailure("stopped") when told to stop while waiting, TransientFailure("database-away").
        """
        limit = self._policy.limit_of(provider, operation)
        if limit is None:
            yield
            return
        pool, size = limit
        with self._turn(pool, size, stop), self._bell.ear(SLOTS_CHANNEL, pool) as ear:
            slot = self._wait(pool, size, ear, stop)
            try:
                yield
            finally:
                self._give_back(pool, slot)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def restore(self) -> None:
        """After a break: take again what our threads still use. Called whenever the bell finds the database again."""
        with self._lock, suppress(psycopg.Error):
            if any(self._held.values()):
                self._connected()

    @contextmanager
    def _turn(self, pool: str, size: int, stop: threading.Event) -> Iterator[None]:
        with self._lock:
            semaphore = self._semaphores.setdefault(pool, threading.Semaphore(size))
        while not semaphore.acquire(timeout=_SLICE):
            if stop.is_set():
                raise stopped()
        try:
            yield
        finally:
            semaphore.release()

    def _wait(self, pool: str, size: int, ear: Ear, stop: threading.Event) -> int:
        away_since: float | None = None
        while not stop.is_set():
            try:
                slot = self._take(pool, size)
                if slot is not None:
                    return slot
                away_since = None
            except psycopg.Error as error:
                log.warning("no slot of %s: %s", pool, type(error).__name__)
                away_since = away_since or time.monotonic()
                if time.monotonic() - away_since > self._policy.database:
                    raise TransientFailure("database-away", "The database cannot be reached.") from None
            ear.wait(_WAIT, stop)
        raise stopped()

    def _take(self, pool: str, size: int) -> int | None:
        """A free slot. Those of our own process are left out: to its session they are open."""
        with self._lock:
            free = [slot for slot in range(size) if slot not in self._held[pool]]
            row = self._connected().execute(_FREE, (free, _key(pool))).fetchone()
            if row is None:
                return None
            self._held[pool].add(row[0])
            return int(row[0])

    def _give_back(self, pool: str, slot: int) -> None:
        with self._lock:
            self._held[pool].discard(slot)
            with suppress(psycopg.Error):  # then the connection is gone, and the slot with it
                self._connected().execute(_RELEASE, (_key(pool), slot, SLOTS_CHANNEL, pool))

    def _connected(self) -> psycopg.Connection:
        """The connection, made anew when it broke. The lock must be held."""
        if self._connection is not None:
            try:
                self._connection.execute("SELECT 1")
                return self._connection
            except psycopg.Error:
                self._connection.close()
                self._connection = None
        self._connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=10)
        for pool, slots in self._held.items():
            for slot in slots:
                self._connection.execute("SELECT pg_try_advisory_lock(%s, %s)", (_key(pool), slot))
        return self._connection


def _key(pool: str) -> int:
    """The pool's number, a signed 32-bit one as the two-key locks want it."""
    return int.from_bytes(hashlib.sha256(f"litink slots {pool}".encode()).digest()[:4], "big", signed=True)


def stopped() -> PermanentFailure:
    return PermanentFailure("stopped", "The work was stopped; what was under way is taken up again the next time.")
