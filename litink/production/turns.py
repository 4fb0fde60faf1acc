"""Whose turn it is: which of the stages that are due are handed over next, when there is room for a few. Pure.

A stage stands as high as its owner's tier; with every quarter of an hour that it waits it rises by one, so that nobody
waits for ever however many pay more. Among those that stand alike the owner with the fewest runs under way goes first,
then who has waited longest. Backfills come behind everything and do not rise.

Only so many are handed over as can run at once: what is in the orchestrator's own queue would keep its place there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Protocol, TypeVar
from uuid import UUID

from litink.production.graph import EXPORTS
from litink.providers.catalogue import Tier

RISES_AFTER = timedelta(minutes=15)
BEHIND_ALL = -1  # where backfills stand: whoever hands in a book goes first
_LOW, _BACKFILL = "low queue", "backfill"


class Waiting(Protocol):
    """What is looked at of a stage that is due."""

    @property
    def owner_id(self) -> UUID: ...
    @property
    def tier(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def since(self) -> datetime: ...
    @property
    def backfill(self) -> UUID | None: ...


W = TypeVar("W", bound=Waiting)


@dataclass(frozen=True)
class Running:
    """A stage that was handed over and has not ended."""

    owner_id: UUID
    tier: str
    stage: str
    backfill: bool


def next_up(
    due: Iterable[W], running: Collection[Running], places: int, tiers: Mapping[str, Tier], now: datetime
) -> list[W]:
    """Those that are handed over now, the first first. ``places``: runs at once."""
    taken = Counter[str]()
    owners = Counter[UUID]()
    for run in running:
        owners[run.owner_id] += 1
        taken.update(_groups(run.tier, run.stage, run.backfill, tiers))
    most = {_LOW: _share(places, 3, 4), _BACKFILL: _share(places, 1, 2), EXPORTS: _share(places, 1, 2)}
    waiting, chosen = list(due), list[W]()
    for _ in range(places - len(running)):
        may = [
            one
            for one in waiting
            if all(taken[group] < most[group] for group in _groups(one.tier, one.stage, bool(one.backfill), tiers))
        ]
        if not may:
            break
        best = min(may, key=lambda one: (-standing(one, tiers, now), owners[one.owner_id], one.since))
        waiting.remove(best)
        chosen.append(best)
        owners[best.owner_id] += 1
        taken.update(_groups(best.tier, best.stage, bool(best.backfill), tiers))
    return chosen


def standing(one: Waiting, tiers: Mapping[str, Tier], now: datetime) -> int:
    """How high it stands: its tier's priority, and one more for every :data:`RISES_AFTER` that it waited."""
    if one.backfill is not None:
        return BEHIND_ALL
    return priority(one.tier, tiers) + max(0, (now - one.since) // RISES_AFTER)


def priority(tier: str, tiers: Mapping[str, Tier]) -> int:
    """A tier that is not known stands lowest."""
    return tiers[tier].priority if tier in tiers else 0


def _groups(tier: str, stage: str, backfill: bool, tiers: Mapping[str, Tier]) -> list[str]:
    """The groups that must leave room for others, of which it is one."""
    low = tier not in tiers or tiers[tier].queue == "low"
    return [*([_LOW] if low else []), *([_BACKFILL] if backfill else []), *([EXPORTS] if stage == EXPORTS else [])]


def _share(places: int, part: int, of: int) -> int:
    """A part of the places: at least one, and where there are several never all of them."""
    return max(1, min(ceil(places * part / of), places - 1))
