"""Shows which books a process works on: locks that fall with the process, from the first asset to the last."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self
from uuid import UUID

import psycopg
from sqlalchemy import Connection, text

log = logging.getLogger(__name__)

_LOOK = 5.0  # seconds between two looks whether the database still knows of us


class Presence:
    """To be entered; holds a shared advisory lock for every book named to it, until it is left.

    Not only while items are made: what an asset needs is worked out before and checked after, and between two assets
    a run is at work too. A restart of the database frees all locks; they are taken again as soon as it is back.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._books: set[UUID] = set()
        self._connection: psycopg.Connection | None = None
        self._guard = threading.Lock()
        self._left = threading.Event()
        self._watch = threading.Thread(target=self._keep, name="presence", daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()
        self._watch.join()
        with self._guard:
            if self._connection is not None:
                with suppress(psycopg.Error):  # at once: of a closed connection they fall when the server notices
                    self._connection.execute("SELECT pg_advisory_unlock_all()")
                self._drop()

    def at(self, book_id: UUID) -> None:
        """This process works on the book from now on. When the database is away, as soon as it is back."""
        with self._guard:
            if book_id in self._books:
                return
            self._books.add(book_id)
            self._show([book_id])

    def _keep(self) -> None:
        while not self._left.wait(_LOOK):
            with self._guard:
                self._show([])

    def _show(self, new: list[UUID]) -> None:
        try:
            if self._connection is None:
                if not self._books:
                    return
                self._connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=10)
                new = list(self._books)
            self._connection.execute("SELECT 1")
            for book in new:
                self._connection.execute("SELECT pg_advisory_lock_shared(hashtextextended(%s, 1))", (str(book),))
        except psycopg.Error as error:
            log.warning("cannot show that this process is at work for now: %s", type(error).__name__)
            self._drop()

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def alive(connection: Connection, book_id: UUID) -> bool:
    """Whether some process works on the book."""
    free = connection.execute(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended(:book, 1))"), {"book": str(book_id)}
    ).scalar_one()
    return not free
