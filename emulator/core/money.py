"""Amounts: Decimal USD with eight places, rounded up as a shop would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

_PLACES = Decimal("0.00000001")


def usd(amount: Decimal) -> Decimal:
    return amount.quantize(_PLACES, ROUND_UP)


@dataclass(frozen=True)
class Charge:
    """What a call costs, by what was counted. ``outcome`` is the word for it on the bill."""

    units: Mapping[str, float]
    amount_usd: Decimal
    outcome: str = "done"


FREE = Charge(units={}, amount_usd=Decimal(0))
