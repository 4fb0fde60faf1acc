"""The table of plans: all SQL about them, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, Select, Text, delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from litink.db.schema import plans
from litink.generation.model import Owned
from litink.production.plan.model import Draft, PlanOptions

PlanState = Literal["open", "applied", "done", "refused", "expired"]
KEPT = 20  # plans of a book that nobody applied


@dataclass(frozen=True)
class PlanSummary:
    """A plan without its items."""

    id: UUID
    revision: int
    options: PlanOptions
    usd_least: Decimal
    usd_most: Decimal
    state: PlanState
    why: str | None  # it was refused
    applied_revision: int | None
    applied_by: str | None
    created_at: datetime
    applied_at: datetime | None


@dataclass(frozen=True)
class PlanRecord(PlanSummary):
    draft: Draft


_SUMMARY = [plans.c[name] for name in PlanSummary.__dataclass_fields__]


def _whole() -> Select[Any]:
    return select(*_SUMMARY, plans.c.draft)


def put(connection: Connection, owned: Owned, revision: int, options: PlanOptions, draft: Draft) -> PlanRecord:
    """Keep a plan; one that is open and the same already is that plan. The oldest of those not applied are dropped."""
    same = select(*_SUMMARY).where(
        plans.c.book_id == owned.book_id,
        plans.c.state == "open",
        plans.c.revision == revision,
        plans.c.fingerprint == draft.fingerprint,
    )
    known = connection.execute(same.limit(1)).first()
    if known is not None:
        return PlanRecord(**_values(known), draft=draft)
    kept = (
        select(plans.c.id)
        .where(plans.c.book_id == owned.book_id, plans.c.applied_at.is_(None))
        .order_by(plans.c.id.desc())
        .limit(KEPT - 1)
    )
    connection.execute(
        delete(plans).where(
            plans.c.book_id == owned.book_id, plans.c.applied_at.is_(None), plans.c.id.not_in(kept.scalar_subquery())
        )
    )
    made = connection.execute(
        insert(plans)
        .values(
            owner_id=owned.owner_id,
            book_id=owned.book_id,
            revision=revision,
            fingerprint=draft.fingerprint,
            options=options.model_dump(mode="json", by_alias=True),
            draft=literal(draft.model_dump_json(), Text).cast(JSONB),
            usd_least=draft.usd_least,
            usd_most=draft.usd_most,
            state="open",
        )
        .returning(*_SUMMARY)
    ).one()
    return PlanRecord(**_values(made), draft=draft)


def get(connection: Connection, book_id: UUID, plan_id: UUID, *, hold: bool = False) -> PlanRecord | None:
    """A plan of this book; ``hold``: nobody else changes it until the transaction ends."""
    query = _whole().where(plans.c.book_id == book_id, plans.c.id == plan_id)
    row = connection.execute(query.with_for_update() if hold else query).first()
    return _plan(row) if row else None


def of_book(connection: Connection, book_id: UUID) -> list[PlanSummary]:
    """The plans of a book, the newest first."""
    query = select(*_SUMMARY).where(plans.c.book_id == book_id).order_by(plans.c.id.desc())
    return [PlanSummary(**_values(row)) for row in connection.execute(query)]


def in_force(connection: Connection, book_id: UUID) -> Sequence[PlanRecord]:
    """Plans that were applied and are not carried out to their end, the first one first."""
    query = _whole().where(plans.c.book_id == book_id, plans.c.state == "applied")
    return [_plan(row) for row in connection.execute(query.order_by(plans.c.applied_at, plans.c.id))]


def apply(connection: Connection, plan_id: UUID, revision: int, by: str) -> None:
    _set(connection, plan_id, state="applied", applied_revision=revision, applied_by=by, applied_at=func.now())


def refuse(connection: Connection, plan_id: UUID, why: str) -> None:
    _set(connection, plan_id, state="refused", why=why)


def expire(connection: Connection, plan_id: UUID) -> None:
    _set(connection, plan_id, state="expired")


def _set(connection: Connection, plan_id: UUID, **values: Any) -> None:
    connection.execute(update(plans).where(plans.c.id == plan_id).values(**values))


def _values(row: Any) -> dict[str, Any]:
    values = dict(row._mapping)
    return values | {"options": PlanOptions.model_validate(values["options"])}


def _plan(row: Any) -> PlanRecord:
    values = _values(row)
    return PlanRecord(**(values | {"draft": Draft.model_validate(values["draft"])}))
