"""What every route needs: state, bill, faults, calls under way, threads for drawing."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from emulator.core.faults import Faults
from emulator.core.money import Charge
from emulator.core.settings import Settings
from emulator.core.state import REQUESTS_KEPT, State

T = TypeVar("T")


class Hub:
    def __init__(self, state: State) -> None:
        self.state = state
        self.faults = Faults(state)
        self.running: Counter[tuple[str, str]] = Counter()  # (provider, operation) -> calls under way
        self.stirred = asyncio.Event()  # a delivery of ModelsLab was planned, or the clock was moved
        self.posted = asyncio.Event()  # the same of Stripe's events
        self.time_moved = asyncio.Event()  # something of Stripe's came to be that has a time, or the clock was moved
        self.cooking: dict[str, asyncio.Event] = {}  # cached requests under way, by cache key
        self.epoch = 0  # how often all was forgotten; a call of an earlier epoch leaves no traces
        self._threads = ThreadPoolExecutor(2, "drawing")

    @property
    def settings(self) -> Settings:
        return self.state.settings

    def reset(self) -> None:
        """Forget everything, calls under way with it: they end without a trace."""
        self.epoch += 1
        self.running.clear()
        for first in self.cooking.values():
            first.set()
        self.cooking.clear()
        self.state.reset()
        self.stir()

    def stir(self) -> None:
        """Wake what waits for its time."""
        for waking in (self.stirred, self.posted, self.time_moved):
            waking.set()

    def under_way(self, provider: str, operation: str) -> int:
        """Calls of ``provider`` that count towards the limit of ``operation``."""
        return sum(self.running[provider, member] for member in self.settings.counted_with(operation))

    async def in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.state.close()

    # --- bill ---

    def bill(
        self,
        *,
        provider: str,
        operation: str,
        model: str,
        fingerprint: str,
        charge: Charge,
        reference: str = "",
        track: str = "",
        fault: str | None = None,
    ) -> int:
        return self.state.insert(
            "bill",
            at=self.state.now(),
            provider=provider,
            operation=operation,
            model=model,
            fingerprint=fingerprint,
            units=json.dumps(dict(charge.units)),
            amount_usd=str(charge.amount_usd),
            outcome=charge.outcome,
            reference=reference,
            track=track,
            fault=fault,
        )

    def delivered(self, bill_id: int) -> None:
        self.state.execute("UPDATE bill SET delivered = 1 WHERE id = ?", bill_id)

    # --- log of requests ---

    def log(self, **values: Any) -> None:
        number = self.state.insert("requests", **values)
        if number % 100 == 0:
            self.state.execute("DELETE FROM requests WHERE id <= ?", number - REQUESTS_KEPT)
