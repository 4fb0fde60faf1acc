"""The values of cost reports: a day, its alerts, its margins. Light: whoever only shows a report loads no engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from litink.books.model import Frozen

By = Literal["book", "asset", "provider", "model", "tier", "user", "day"]
BY: tuple[By, ...] = get_args(By)


class Alert(Frozen):
    kind: Literal["fallback", "cost", "success"]
    about: str  # the asset, the day or the model
    value: float  # the share, or how many times the usual cost
    message: str


class Margin(Frozen):
    """One tier on one day. ``income_usd``: its users' subscriptions, a day's share of the month. ``margin``: the part
    of the income that is left, None without income."""

    tier: str
    users: int
    income_usd: Decimal
    cost_usd: Decimal
    margin: float | None
    in_band: bool | None


@dataclass(frozen=True)
class CostDay:
    """A day's report. ``tables``: sums by each thing, as lists of rows with USD as text."""

    day: date
    blob_sha: str
    calls: int
    paid_calls: int
    cost_usd: Decimal
    tables: dict[str, list[dict[str, Any]]]
    margins: tuple[Margin, ...]
    alerts: tuple[Alert, ...]
    made_at: datetime
