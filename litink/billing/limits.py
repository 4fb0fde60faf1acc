"""What a tier allows, and how a refusal is told: which limit, when it frees, which tier lifts it.

The hourly limit counts requests that start generation, in the database: exact, whichever of several API processes
they come to. It is a sliding hour: a place frees an hour after the request that took it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from litink.billing.tariff import Tariff
from litink.db.schema import generation_starts
from litink.errors import Refused
from litink.providers.catalogue import Tier

HOUR = timedelta(hours=1)


class LimitReached(Refused):
    """``limit``: its name; ``quota``: what the tier allows; ``frees_at``: when by itself, None where it never does;
    ``lifted_by``: the cheapest tier that allows more, None where none does."""

    def __init__(
        self,
        limit: str,
        message: str,
        *,
        quota: int,
        frees_at: datetime | None = None,
        lifted_by: str | None = None,
    ) -> None:
        more = f" The subscription “{lifted_by}” allows more." if lifted_by else ""
        super().__init__(f"{limit}-limit", message + more)
        self.limit, self.quota, self.frees_at, self.lifted_by = limit, quota, frees_at, lifted_by

    def __reduce__(self) -> tuple[type[Refused], tuple[str, str]]:
        return (Refused, (self.code, self.message))  # what is told of it survives the way between processes


@dataclass(frozen=True)
class Standing:
    """The hourly limit after a request: of ``quota`` (None: no limit) ``left``; a place frees at ``frees_at``."""

    quota: int | None
    left: int
    frees_at: datetime


def lifting(tariff: Tariff, allows: Callable[[Tier], bool]) -> str | None:
    """The cheapest tier that allows it."""
    better = [tier for tier in tariff.tiers.values() if allows(tier)]
    return min(better, key=lambda tier: tariff.rank(tier.name)).name if better else None


def start_generation(
    connection: Connection, owner_id: UUID, tier: str, tariff: Tariff, at: datetime
) -> tuple[int | None, Standing]:
    """Count a request that starts generation: the number to take it back by, and how the limit stands then.

    Raises LimitReached("generations").
    """
    allowed = tariff.tiers.get(tier, tariff.tiers[tariff.free])
    quota = allowed.generations_per_hour
    if quota is None:
        return None, Standing(None, 0, at)
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 5))"), {"owner": str(owner_id)})
    mine = generation_starts.c.owner_id == owner_id
    connection.execute(delete(generation_starts).where(mine, generation_starts.c.started_at <= at - HOUR))
    count, oldest = connection.execute(select(func.count(), func.min(generation_starts.c.started_at)).where(mine)).one()
    if count >= quota:
        frees_at = oldest + HOUR
        raise LimitReached(
            "generations",
            f"The subscription “{allowed.name}” starts {quota} generations an hour, and they are used up; the next "
            f"one can start at {frees_at:%H:%M:%S} UTC.",
            quota=quota,
            frees_at=frees_at,
            lifted_by=lifting(tariff, lambda one: one.generations_per_hour is None or one.generations_per_hour > quota),
        )
    added = insert(generation_starts).values(owner_id=owner_id, started_at=at).returning(generation_starts.c.id)
    number: int = connection.execute(added).scalar_one()
    return number, Standing(quota, quota - count - 1, (oldest or at) + HOUR)


def take_back(connection: Connection, number: int) -> None:
    """The request came to nothing: its place is free again."""
    connection.execute(delete(generation_starts).where(generation_starts.c.id == number))
