"""Sends mail while the API runs. Here, and not in Dagster: somebody waits for a confirmation, and a sensor's tick is
half a minute. Woken at commit; several processes share one outbox."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

import psycopg
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import SQLAlchemyError

from litink.accounts.mail.courier import Courier
from litink.accounts.mail.outbox import CHANNEL
from litink.errors import LitinkError

LOOK_SECONDS = 30.0  # what another process left lying is found after this long
RECONNECT_SECONDS = 1.0

log = logging.getLogger(__name__)


class Post:
    def __init__(self, conninfo: Callable[[], str], courier: Callable[[], Courier]) -> None:
        self._conninfo = conninfo
        self._courier = courier

    async def carry(self) -> None:
        """For as long as the process lives, through losses of the connection."""
        while True:
            with contextlib.suppress(psycopg.Error, SQLAlchemyError, LitinkError):
                await self._listening()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _listening(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo(), autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            while True:
                due = await run_in_threadpool(self._courier().round)
                wait = LOOK_SECONDS if due is None else min(LOOK_SECONDS, max(0.1, due))
                async for _ in connection.notifies(timeout=wait, stop_after=1):
                    pass
