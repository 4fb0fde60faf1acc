"""Wakes those who watch books: one listening connection for the whole process, none a watcher. Reads no rows."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg

from litink.errors import LitinkError
from litink.generation.records import EVENTS_CHANNEL

RECONNECT_SECONDS = 1.0

log = logging.getLogger(__name__)


class Hub:
    """Bells that ring when something happened to a book. What happened is for the woken one to look up."""

    def __init__(self, conninfo: Callable[[], str]) -> None:
        self._conninfo = conninfo
        self._bells: dict[asyncio.Event, UUID | None] = {}
        self.closed = False

    @property
    def watchers(self) -> int:
        return len(self._bells)

    @contextmanager
    def bell(self, book_id: UUID | None) -> Iterator[asyncio.Event]:
        """An event that is set whenever this book (None: any book) has news. To be cleared before looking."""
        bell = asyncio.Event()
        self._bells[bell] = book_id
        try:
            yield bell
        finally:
            del self._bells[bell]

    def close(self) -> None:
        """Send everybody home: the service is about to stop, and would wait for their streams to end."""
        self.closed = True
        self._ring(None)

    async def listen(self) -> None:
        """Listen for as long as the process lives, through losses of the connection."""
        while True:
            with contextlib.suppress(psycopg.Error, LitinkError):
                await self._listen_once()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listen_once(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo(), autocommit=True) as connection:
            await connection.execute(f"LISTEN {EVENTS_CHANNEL}")
            self._ring(None)  # whatever happened while nobody listened
            async for notification in connection.notifies():
                self._ring(notification.payload)

    def _ring(self, book: str | None) -> None:
        for bell, wanted in self._bells.items():
            if book is None or wanted is None or str(wanted) == book:
                bell.set()
