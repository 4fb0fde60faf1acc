"""The generator's values: a task (an item to be made), for whom, what making it gave, the outcome of an asset."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from litink.errors import Exhausted
from litink.generation.keys import cache_key


@dataclass(frozen=True)
class Owned:
    """Whose book it is, as every row wants to know."""

    owner_id: UUID
    book_id: UUID
    tier: str


@dataclass(frozen=True)
class Purpose:
    """Whom and what a call is for: enters payments and ledger. ``stop`` is set when the run is stopped."""

    owned: Owned
    asset: str
    item_key: str
    cache_key: str
    run_id: str | None = None
    label: str = ""
    stop: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Call:
    """One call to an engine or provider, for the ledger. ``units`` are what it is billed by: characters, pictures, …"""

    provider: str
    model: str
    units: Mapping[str, float]
    cost_usd: Decimal = Decimal(0)
    paid: bool = False


@dataclass(frozen=True)
class Made:
    """A checked result: bytes, or a finished file that is removed once it is stored."""

    data: bytes | Path
    media_type: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Patched:
    """A content with edits on top. ``meta`` goes over that of what was generated; its "conflicts" are the edits that
    found nothing to change: ``[{"edit": number, "reason": sentence}]``."""

    data: bytes
    media_type: str
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Edits:
    """What people changed of an item, as a patch on whatever is generated. ``hash`` is "" where nothing is in force;
    ``apply`` never raises for an edit that fits no more."""

    hash: str
    apply: Callable[[bytes], Patched]


@dataclass(frozen=True)
class StandIn:
    """How an item is made at no cost when everybody who was to make it failed (:class:`.Exhausted`).

    ``draw`` draws up the task by which it is made then: the item is recorded as that task's, so that nobody takes it
    for what was asked for. ``told`` goes over the metadata of what comes out, in this item alone.
    """

    draw: Callable[[], Task]
    told: Callable[[Exhausted], Mapping[str, Any]]


@dataclass(frozen=True)
class Task:
    """An item of an asset: how it is named, what it is made from, and how to make it.

    ``make`` runs in a worker thread and is told what it is for. It raises TransientFailure for a passing fault (tried
    again), any other LitinkError for a lasting one. ``edits`` go on top of what is made and have no part in the cache
    key: editing makes nothing again. ``stand_in``: None where the item fails with its reason instead.
    """

    asset: str
    key: str
    label: str
    recipe: Mapping[str, Any]
    inputs: Mapping[str, str]
    make: Callable[[Purpose], Made]
    edits: Edits | None = None
    stand_in: StandIn | None = None

    @property
    def edits_hash(self) -> str:
        """Another one for every other set of edits in force; "" for none."""
        return self.edits.hash if self.edits else ""

    @property
    def cache_key(self) -> str:
        return cache_key(self.asset, self.recipe, self.inputs)


@dataclass(frozen=True)
class Failure:
    key: str
    label: str
    code: str
    message: str


@dataclass
class Outcome:
    """What came of an asset. ``cache_hits`` counts items that needed no call, ``items_waiting`` those that may not be
    bought yet: they stay as they are; ``items_stood_in`` those of the done ones that a stand-in made."""

    asset: str
    items_total: int = 0
    items_done: int = 0
    items_waiting: int = 0
    items_stood_in: int = 0
    cache_hits: int = 0
    calls: int = 0
    cost_usd: Decimal = Decimal(0)
    seconds: float = 0.0
    data_version: str = ""
    failures: list[Failure] = field(default_factory=list)
    busy: list[tuple[float, float]] = field(default_factory=list)  # when calls ran, on the monotonic clock

    @property
    def engine_seconds(self) -> float:
        """Seconds in which at least one call was under way."""
        total, reached = 0.0, float("-inf")
        for start, end in sorted(self.busy):
            total += max(0.0, end - max(start, reached))
            reached = max(reached, end)
        return total

    @property
    def items_failed(self) -> int:
        return len(self.failures)
