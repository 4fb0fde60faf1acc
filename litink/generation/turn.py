"""Whose turn it is: one generator at a time for an asset of a book. The lock falls with its process."""

from __future__ import annotations

import logging
from contextlib import suppress
from types import TracebackType
from typing import Self

import psycopg

from litink.errors import TransientFailure
from litink.generation import records
from litink.generation.model import Owned

log = logging.getLogger(__name__)


class Turn:
    """Waits for its turn when entered. A restart of the database frees all locks: :meth:`keep` takes them again."""

    def __init__(self, conninfo: str, owned: Owned, asset: str) -> None:
        self._conninfo = conninfo
        self._asset = records.lock_name(owned, asset)
        self._connection: psycopg.Connection | None = None

    def __enter__(self) -> Self:
        self._connect().execute("SELECT pg_advisory_lock(hashtextextended(%s, 2))", (self._asset,))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):  # at once: of a closed connection they fall when the server notices
                self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._connection.close()

    def keep(self) -> None:
        """Look whether it is still our turn; to be called every few seconds.

        Raises TransientFailure("taken-over") when the lock was lost and another generator has it by now.
        """
        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")
                return
            query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 2))"
            row = self._connect().execute(query, (self._asset,)).fetchone()
        except psycopg.Error as error:
            log.warning("the lock on %s is lost for now: %s", self._asset, type(error).__name__)
            if self._connection is not None:
                self._connection.close()
            self._connection = None
            return
        if not row or not row[0]:
            raise TransientFailure("taken-over", "The database was away; another run goes on with this by now.")

    def _connect(self) -> psycopg.Connection:
        self._connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=10)
        return self._connection
