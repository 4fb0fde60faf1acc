"""Telling the book's watchers how far an asset is."""

from __future__ import annotations

import time
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from litink.generation import records
from litink.generation.model import Outcome, Owned

PROGRESS_SECONDS = 0.25  # at most this often is progress told


class Progress:
    """Tells the book's watchers how far an asset is, not more often than they can read."""

    def __init__(
        self, engine: Engine, owned: Owned, outcome: Outcome, revision: int, run_id: str | None, started: float
    ) -> None:
        self._engine, self._owned, self._outcome = engine, owned, outcome
        self._revision, self._run_id, self._started = revision, run_id, started
        self._told = 0.0
        self.item = ""  # the label of what was finished last

    def tell(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now - self._told < PROGRESS_SECONDS:
            return
        self._told = now
        self._outcome.seconds = now - self._started
        with suppress(OperationalError), self._engine.begin() as connection:  # away for a moment: told the next time
            records.record_asset(
                connection, self._owned, self._outcome, state="running", revision=self._revision, run_id=self._run_id
            )
            records.record_event(
                connection, self._owned, "asset", progress_data(self._outcome, "running") | {"item": self.item}
            )


def progress_data(outcome: Outcome, state: str) -> dict[str, object]:
    """What an event stream says about an asset."""
    return {
        "asset": outcome.asset,
        "state": state,
        "done": outcome.items_done,
        "failed": outcome.items_failed,
        "waiting": outcome.items_waiting,
        "total": outcome.items_total,
        "cost_usd": float(outcome.cost_usd),
        "seconds": round(outcome.seconds, 2),
    }
