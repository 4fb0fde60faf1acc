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
    kind: Literal["fallback", "cost", "success", "margin"]
    about: str  # the asset, the day, the model or the tier
    value: float  # the share, how many times the usual cost, or the margin
    message: str


class Margin(Frozen):
    """One tier, figures as in :class:`litink.billing.revenue.Flow`. ``margin``: the part of what was charged that is
    left; ``paid_margin``: of what was charged and paid for. None without. ``in_band``: of ``margin``; None where it is
    of too few calls."""

    tier: str
    calls: int
    cost_usd: Decimal
    charged_usd: Decimal
    paid_usd: Decimal
    margin: float | None
    paid_margin: float | None
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
