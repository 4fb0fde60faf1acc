"""What an operator should look at after a day: ladders that fall back, costs that jump, providers that fail. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from litink.production.costs.model import Alert

FALLBACK_SHARE = 0.30  # of an asset's results made by another model than the first choice
COST_RISE = Decimal("1.5")  # times the mean of the days before
SUCCESS_SHARE = 0.80  # of a model's calls
MIN_CALLS = 10  # fewer say nothing about a share
DAYS_BEFORE = 7


def find_alerts(day: pl.DataFrame, costs_before: Sequence[Decimal]) -> list[Alert]:
    """Alerts of one day's ledger frame. ``costs_before`` are the paid costs of the days before, USD."""
    paid = day.filter(pl.col("paid"))
    return [*_fallbacks(paid), *_cost(paid, costs_before[-DAYS_BEFORE:]), *_failing(paid)]


def _fallbacks(paid: pl.DataFrame) -> list[Alert]:
    shares = (
        paid.filter(pl.col("outcome") == "done")
        .group_by("asset")
        .agg(calls=pl.len(), share=(pl.col("rung") > 0).mean())
        .filter(pl.col("calls") >= MIN_CALLS, pl.col("share") > FALLBACK_SHARE)
        .sort("asset")
    )
    return [
        Alert(
            kind="fallback",
            about=asset,
            value=share,
            message=f"{share:.0%} of {calls} results of “{asset}” came from a fallback; look at the first model's "
            "errors, or put another one first.",
        )
        for asset, calls, share in shares.iter_rows()
    ]


def _cost(paid: pl.DataFrame, before: Sequence[Decimal]) -> list[Alert]:
    usual = sum(before, Decimal(0)) / len(before) if before else Decimal(0)
    cost = sum(paid["cost_usd"], Decimal(0))
    if not usual or cost < COST_RISE * usual:
        return []
    return [
        Alert(
            kind="cost",
            about="day",
            value=float(cost / usual),
            message=f"The day cost ${cost:.2f}, {cost / usual:.1f} times the mean of the {len(before)} days before "
            f"(${usual:.2f}).",
        )
    ]


def _failing(paid: pl.DataFrame) -> list[Alert]:
    shares = (
        paid.group_by("provider", "model")
        .agg(calls=pl.len(), share=(pl.col("outcome") == "done").mean())
        .filter(pl.col("calls") >= MIN_CALLS, pl.col("share") < SUCCESS_SHARE)
        .sort("provider", "model")
    )
    return [
        Alert(
            kind="success",
            about=f"{provider}/{model}",
            value=share,
            message=f"Only {share:.0%} of {calls} calls to {model} at {provider} brought a result.",
        )
        for provider, model, calls, share in shares.iter_rows()
    ]
