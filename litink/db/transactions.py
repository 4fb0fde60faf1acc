"""Transactions that outlast a restart of the database. What is done in them is not known here."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from litink.errors import TransientFailure

T = TypeVar("T")
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0

log = logging.getLogger(__name__)


def steadfast(
    engine: Engine, work: Callable[[Connection], T], seconds: float, stop: threading.Event | None = None
) -> T:
    """Do ``work`` in a transaction; while the database is away, try again for this many seconds.

    When the connection breaks during the commit nobody knows whether it went through, so ``work`` is done again:
    done twice, it must come to the same as done once. Lost deadlocks are tried again too.

    Raises TransientFailure("database-away") when the time is up, or ``stop`` is set while waiting.
    """
    until = time.monotonic() + seconds
    wait = _FIRST_WAIT
    while True:
        try:
            with engine.begin() as connection:
                return work(connection)
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            log.warning("the database did not do its part: %s", type(getattr(error, "orig", error)).__name__)
            if time.monotonic() + wait > until or _paused(wait, stop):
                raise TransientFailure(
                    "database-away", "The database cannot be reached; it will be tried again when it is back."
                ) from None
            wait = min(2 * wait, _LONGEST_WAIT)


def _paused(seconds: float, stop: threading.Event | None) -> bool:
    """Wait; True when told to stop meanwhile."""
    if stop is None:
        time.sleep(seconds)
        return False
    return stop.wait(seconds)
