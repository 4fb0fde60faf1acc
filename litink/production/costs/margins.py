"""What is left of each tier's income after its providers are paid, against the band that it should stay in."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import polars as pl

from litink.production.costs.model import Margin
from litink.providers.catalogue import Catalogue

BAND = (0.40, 0.80)  # the target of a tier's margin


def margins(day: date, ledger: pl.DataFrame, users: Mapping[str, int], catalogue: Catalogue) -> list[Margin]:
    """By tier, for tiers that have users or costs. ``users`` counts them by tier."""
    costs: dict[str, Decimal] = dict(ledger.group_by("tier").agg(pl.col("cost_usd").sum()).iter_rows())
    found = []
    for tier in [*catalogue.tiers, *sorted(set(costs) - set(catalogue.tiers))]:
        cost, count = costs.get(tier, Decimal(0)), users.get(tier, 0)
        if not cost and not count:
            continue
        known = catalogue.tiers.get(tier)
        monthly = known.monthly_usd if known else Decimal(0)
        income = (monthly * count / monthrange(day.year, day.month)[1]).quantize(Decimal("0.0001"))
        margin = float(1 - cost / income) if income else None
        found.append(
            Margin(
                tier=tier,
                users=count,
                income_usd=income,
                cost_usd=cost,
                margin=margin,
                in_band=None if margin is None else BAND[0] <= margin <= BAND[1],
            )
        )
    return found
