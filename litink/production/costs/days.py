"""The reports of days as they are kept, and when a day is. How a day is reckoned is in ``reckoning``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from litink.db.schema import cost_days
from litink.production.costs.model import Alert, CostDay, Margin


def span(day: date) -> tuple[datetime, datetime]:
    """A day in UTC, the end not included."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def keep_day(
    connection: Connection, day: date, sha: str, figures: Mapping[str, Any], alerts: Sequence[Mapping[str, Any]]
) -> CostDay:
    """Keep a report in place of the one before."""
    values = {"blob_sha": sha, "figures": dict(figures), "alerts": list(alerts), "created_at": func.now()}
    row = connection.execute(
        insert(cost_days)
        .values(day=day, **values)
        .on_conflict_do_update(index_elements=["day"], set_=values)
        .returning(*cost_days.c)
    )
    return _report(row.mappings().one())


def day_report(connection: Connection, day: date) -> CostDay | None:
    row = connection.execute(select(cost_days).where(cost_days.c.day == day)).mappings().first()
    return _report(row) if row else None


def day_reports(connection: Connection, *, limit: int = 31) -> list[CostDay]:
    """The newest reports, newest first."""
    query = select(cost_days).order_by(cost_days.c.day.desc()).limit(limit)
    return [_report(row) for row in connection.execute(query).mappings()]


def _report(row: Any) -> CostDay:
    figures = row["figures"]
    return CostDay(
        day=row["day"],
        blob_sha=row["blob_sha"],
        calls=figures["calls"],
        paid_calls=figures["paid_calls"],
        cost_usd=Decimal(figures["cost_usd"]),
        tables=figures["tables"],
        margins=tuple(Margin.model_validate(margin) for margin in figures["margins"]),
        alerts=tuple(Alert.model_validate(alert) for alert in row["alerts"]),
        made_at=row["created_at"],
    )


def costs_before(connection: Connection, day: date, days: int) -> list[Decimal]:
    """What the days before cost, as reported, oldest first."""
    query = (
        select(cost_days.c.figures["cost_usd"].astext)
        .where(cost_days.c.day < day, cost_days.c.day >= day - timedelta(days=days))
        .order_by(cost_days.c.day)
    )
    return [Decimal(cost) for cost in connection.execute(query).scalars()]
