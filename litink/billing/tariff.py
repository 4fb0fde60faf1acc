"""What things cost in credits, and what each tier gives: the catalogue's tiers as billing reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_UP, Decimal
from functools import lru_cache
from pathlib import Path

from litink.errors import Refused
from litink.providers.catalogue import Tier, load
from litink.settings import Settings

CREDITS_PER_USD = 100
PLACES = Decimal("0.00000001")  # credits are kept to eight places


@dataclass(frozen=True)
class Tariff:
    """The tiers by name. ``grace``: a period's tier and credits stay for so long while the next is not paid."""

    tiers: Mapping[str, Tier]
    grace: timedelta = timedelta(days=7)

    @classmethod
    def from_settings(cls, settings: Settings) -> Tariff:
        """Raises Refused for a catalogue that cannot be read."""
        return cls(_tiers(settings.catalogue), timedelta(days=settings.billing_grace_days))

    @property
    def free(self) -> str:
        """The tier of who pays nothing: the cheapest."""
        return min(self.tiers.values(), key=lambda tier: (tier.monthly_usd, tier.priority)).name

    def factor(self, tier: str) -> Decimal:
        """Price / provider's cost. A tier that the catalogue no longer knows pays as the free one does."""
        return self.tiers[tier if tier in self.tiers else self.free].price_factor

    def monthly(self, tier: str) -> int:
        """Credits that a tier gives a month; none to a tier that the catalogue does not know."""
        return self.tiers[tier].credits if tier in self.tiers else 0

    def rank(self, tier: str | None) -> tuple[Decimal, int]:
        """Orders tiers; the better one is greater. None, or one that is not known: the least."""
        known = self.tiers.get(tier or "")
        return (known.monthly_usd, known.priority) if known else (Decimal(-1), 0)

    def for_sale(self, tier: str) -> Tier:
        """A tier that can be subscribed to. Raises Refused("no-such-tier")."""
        known = self.tiers.get(tier)
        if known is None or not known.monthly_usd:
            sold = ", ".join(one.name for one in self.tiers.values() if one.monthly_usd)
            raise Refused("no-such-tier", f"There is no subscription “{tier}”. There are {sold}.")
        return known


def credits_of(cost_usd: Decimal, factor: Decimal) -> Decimal:
    """The price in credits of what a provider takes ``cost_usd`` for."""
    return (cost_usd * factor * CREDITS_PER_USD).quantize(PLACES, ROUND_UP)


def shown(credits: Decimal) -> str:
    """Credits as people are told them: two places at most."""
    rounded = credits.quantize(Decimal("0.01"))
    return f"{rounded.normalize():f}" if rounded else "0"


@lru_cache(maxsize=8)
def _tiers(catalogue: Path | None) -> Mapping[str, Tier]:
    return load(catalogue).tiers
