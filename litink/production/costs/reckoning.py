"""Reckons the report of a day from the ledger; made again whenever one asks, a report replaces the one before."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import Engine

from litink.billing.revenue import flows
from litink.generation import results
from litink.objects import Objects
from litink.production.costs.alerts import DAYS_BEFORE, find_alerts
from litink.production.costs.days import costs_before, keep_day, span
from litink.production.costs.frame import ledger_between, summed
from litink.production.costs.margins import margin_alerts, margins
from litink.production.costs.model import BY, CostDay

PARQUET = "application/vnd.apache.parquet"


def make_day(engine: Engine, objects: Objects, day: date) -> CostDay:
    """Reckon a day from the ledger and keep the report; a report of the same day is replaced."""
    with engine.begin() as connection:
        frame = ledger_between(connection, *span(day))
        left = margins(flows(connection, *span(day)))
        before = costs_before(connection, day, DAYS_BEFORE)
    data = parquet(frame)
    sha = objects.put(data)
    figures = {
        "calls": frame.height,
        "paid_calls": int(frame["paid"].sum()),
        "cost_usd": str(frame["cost_usd"].sum() or Decimal(0)),
        "tables": {by: rows(summed(frame, by)) for by in BY if by != "day"},
        "margins": [margin.model_dump(mode="json") for margin in left],
    }
    alerts = [alert.model_dump(mode="json") for alert in [*find_alerts(frame, before), *margin_alerts(left)]]
    with engine.begin() as connection:
        results.record_blob(connection, sha, len(data), PARQUET)
        return keep_day(connection, day, sha, figures, alerts)


def rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """A frame as plain JSON: USD as text, so that nothing is rounded."""
    return [
        {name: str(value) if isinstance(value, Decimal) else value for name, value in row.items()}
        for row in frame.iter_rows(named=True)
    ]


def parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def as_csv(data: bytes) -> bytes:
    """A report's Parquet as CSV. Text that a spreadsheet would take for a formula is given a leading apostrophe."""
    frame = pl.read_parquet(io.BytesIO(data))
    guarded = [
        pl.when(pl.col(name).str.contains(r"^[=+\-@\t\r]"))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, kind in frame.schema.items()
        if kind == pl.String
    ]
    return frame.with_columns(guarded).write_csv().encode()
