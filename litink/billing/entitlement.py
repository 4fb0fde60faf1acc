"""What was paid for, from what Stripe says: which tier a subscription gives now, how many credits an invoice. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

from litink.billing.grants import ENTITLING
from litink.billing.tariff import Tariff
from litink.providers.stripe import Charge, Invoice


@dataclass(frozen=True)
class Standing:
    """What of a subscription decides about its tier. ``reversed``: the money for the period that runs went back."""

    tier: str | None
    status: str
    period_start: datetime
    cancel_at: datetime | None
    reversed: bool


@dataclass(frozen=True)
class Entitlement:
    """Credits that a paid invoice gives; ``lapses``: the end of the period that it paid for. ``share_reversed``: the
    part of its money that went back, 0 to 1."""

    invoice: str
    subscription: str | None
    credits: Decimal
    period_end: datetime
    share_reversed: Decimal


def tier_of(subscriptions: Iterable[Standing], tariff: Tariff, at: datetime) -> str:
    """The best tier that any of somebody's subscriptions gives; the free one if none does."""
    given = [one.tier for one in subscriptions if one.tier in tariff.tiers and _gives(one, tariff, at)]
    return max((tier for tier in given if tier), key=tariff.rank, default=tariff.free)


def _gives(one: Standing, tariff: Tariff, at: datetime) -> bool:
    """A period that is not paid yet counts for a while; one whose money went back does not."""
    if one.status not in ENTITLING or one.reversed or (one.cancel_at is not None and at >= one.cancel_at):
        return False
    return one.status != "past_due" or at < one.period_start + tariff.grace


def entitlement(invoice: Invoice, tiers: Mapping[str, str], tariff: Tariff, share_reversed: Decimal) -> Entitlement:
    """For each line the part of its price that it takes (a prorated line less than all, what is given back less than
    nothing), of the credits of its tier; together rounded down to whole credits, and never below none.

    ``tiers``: what prices are, by their ids.
    """
    credits, end = Fraction(0), invoice.created
    for line in invoice.lines:
        tier = tiers.get(line.price or "")
        if tier is not None and line.each:
            credits += Fraction(line.cents * tariff.monthly(tier)) / Fraction(line.each)
            end = max(end, line.period_end)
    whole = max(int(credits), 0)
    return Entitlement(invoice.id, invoice.subscription, Decimal(whole), moment(end), share_reversed)


def share_reversed(invoice: Invoice, charges: Mapping[str, Charge], disputed: Mapping[str, int]) -> Decimal:
    """The part of an invoice's money that was refunded or is disputed, 0 to 1. ``charges`` by payment intent,
    ``disputed`` cents by charge."""
    taken = [charges[payment] for payment in invoice.payments if payment in charges]
    total = sum(charge.cents for charge in taken)
    back = sum(charge.refunded_cents + disputed.get(charge.id, 0) for charge in taken)
    return min(Decimal(back) / total, Decimal(1)) if total else Decimal(0)


def moment(seconds: int) -> datetime:
    """Stripe's seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
