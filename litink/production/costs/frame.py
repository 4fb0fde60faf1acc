"""The ledger as a table to reckon with: rows of a time span as a polars frame, and sums by anything people ask for."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
from sqlalchemy import Connection, String, cast, select

from litink.db.schema import ledger
from litink.production.costs.model import By

_COLUMN: dict[By, str] = {
    "book": "book_id",
    "asset": "asset",
    "provider": "provider",
    "model": "model",
    "tier": "tier",
    "user": "owner_id",
    "day": "day",
}
_USD = pl.Decimal(20, 8)  # exact: sums agree with the ledger to its last place
_BATCH = 10_000

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "id": pl.Int64,
    "created_at": pl.Datetime("us", "UTC"),
    "owner_id": pl.String,
    "book_id": pl.String,
    "tier": pl.String,
    "asset": pl.String,
    "item_key": pl.String,
    "provider": pl.String,
    "operation": pl.String,
    "model": pl.String,
    "rung": pl.Int32,
    "outcome": pl.String,
    "paid": pl.Boolean,
    "estimated_usd": _USD,
    "cost_usd": _USD,
    "seconds": pl.Float64,
    "run_id": pl.String,
}


def ledger_between(connection: Connection, start: datetime, end: datetime, *, paid: bool | None = None) -> pl.DataFrame:
    """The ledger's rows from ``start`` up to, not including, ``end``, in the order in which they were written.

    Columns as in ``SCHEMA``; ``paid`` leaves out local engines (True) or paid calls (False).
    """
    columns = [
        cast(ledger.c[name], String).label(name) if name in ("owner_id", "book_id") else ledger.c[name]
        for name in SCHEMA
    ]
    query = select(*columns).where(ledger.c.created_at >= start, ledger.c.created_at < end).order_by(ledger.c.id)
    if paid is not None:
        query = query.where(ledger.c.paid.is_(paid))
    rows = connection.execution_options(yield_per=_BATCH).execute(query)
    frames = [
        pl.DataFrame([tuple(_plain(value) for value in row) for row in batch], SCHEMA, orient="row")
        for batch in rows.partitions()
    ]
    return pl.concat(frames) if frames else pl.DataFrame(schema=SCHEMA)


def _plain(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def summed(frame: pl.DataFrame, by: By) -> pl.DataFrame:
    """Sums of a ledger frame by one thing, dearest first.

    Columns: ``key``, ``calls``, ``paid_calls``, ``done``, ``wrong``, ``refused``, ``unknown``, ``failed``,
    ``fallbacks`` (done by another than the first choice), ``estimated_usd``, ``cost_usd``, ``seconds``.
    """
    if by == "day":
        frame = frame.with_columns(day=pl.col("created_at").dt.date().cast(pl.String))
    outcome = pl.col("outcome")
    return (
        frame.group_by(pl.col(_COLUMN[by]).alias("key"))
        .agg(
            calls=pl.len(),
            paid_calls=pl.col("paid").sum(),
            **{name: (outcome == name).sum() for name in ("done", "wrong", "refused", "unknown", "failed")},
            fallbacks=((pl.col("rung") > 0) & (outcome == "done")).sum(),
            estimated_usd=pl.col("estimated_usd").sum(),
            cost_usd=pl.col("cost_usd").sum(),
            seconds=pl.col("seconds").sum(),
        )
        .sort(["cost_usd", "calls", "key"], descending=[True, True, False])
    )
