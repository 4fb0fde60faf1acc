"""What is left of each tier's charges after its providers are paid, against the band that it should stay in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from litink.billing.revenue import Flow
from litink.production.costs.model import Alert, Margin

BAND = (0.40, 0.80)  # the target of a tier's margin
MIN_CALLS = 10  # charged; fewer say nothing about a margin


def margins(flows: Iterable[Flow]) -> list[Margin]:
    """By tier, over all days that are given."""
    by_tier: dict[str, list[Flow]] = {}
    for flow in flows:
        by_tier.setdefault(flow.tier, []).append(flow)
    return [_margin(tier, by_tier[tier]) for tier in sorted(by_tier)]


def margin_alerts(found: Sequence[Margin]) -> list[Alert]:
    """One for each tier outside the band."""
    return [
        Alert(
            kind="margin",
            about=one.tier,
            value=one.margin,
            message=f"Of ${one.charged_usd:.2f} that “{one.tier}” was charged for {one.calls} calls {one.margin:.0%} "
            f"is left, outside {BAND[0]:.0%} to {BAND[1]:.0%}; look at its price_factor, and at calls that nobody was "
            "charged for.",
        )
        for one in found
        if one.in_band is False and one.margin is not None
    ]


def _margin(tier: str, flows: Sequence[Flow]) -> Margin:
    calls = sum(flow.calls for flow in flows)
    cost, charged, paid = (
        sum((getattr(flow, name) for flow in flows), Decimal(0)) for name in ("cost_usd", "charged_usd", "paid_usd")
    )
    margin = _left(charged, cost)
    return Margin(
        tier=tier,
        calls=calls,
        cost_usd=cost,
        charged_usd=charged,
        paid_usd=paid,
        margin=margin,
        paid_margin=_left(paid, cost),
        in_band=None if margin is None or calls < MIN_CALLS else BAND[0] <= margin <= BAND[1],
    )


def _left(income: Decimal, cost: Decimal) -> float | None:
    return float(1 - cost / income) if income else None
