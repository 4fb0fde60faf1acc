"""What a subscription allows of films: their resolution and whether a mark stands in them. Data is in tiers.toml."""

from __future__ import annotations

from litink.errors import Refused
from litink.media.profile import Resolution
from litink.production.engines import Engines
from litink.production.exports.model import AudiobookOrder, Order
from litink.providers.catalogue.model import Tier

MARK = "Made with LitinkAI"
_LINES: dict[Resolution, int] = {"720p": 720, "1080p": 1080, "2160p": 2160}


def mark_of(engines: Engines, tier: str, wanted: bool | None = None) -> str:
    """The words in the corner of the picture; "" for none. ``wanted`` None: as the subscription has it."""
    allowed = _tier(engines, tier)
    usual = allowed is not None and allowed.watermark != "never"
    if wanted is None or (not wanted and allowed is not None and allowed.watermark == "always"):
        return MARK if usual else ""
    return MARK if wanted else ""


def resolution_of(engines: Engines, tier: str, wanted: Resolution) -> Resolution:
    """The wanted one, or the best that the subscription has."""
    allowed = _tier(engines, tier)
    if allowed is None or _LINES[wanted] <= allowed.resolution:
        return wanted
    return max((name for name, lines in _LINES.items() if lines <= allowed.resolution), key=_LINES.__getitem__)


def check_limits(engines: Engines, tier: str, order: Order) -> None:
    """Raises Refused "resolution-not-in-tier", "watermark-not-removable"."""
    if isinstance(order, AudiobookOrder):
        return
    if resolution_of(engines, tier, order.resolution) != order.resolution:
        best = resolution_of(engines, tier, "2160p")
        raise Refused("resolution-not-in-tier", f"The subscription {tier} has films of up to {best}.")
    if order.watermark is False and mark_of(engines, tier, False):
        raise Refused("watermark-not-removable", f"Films of the subscription {tier} carry a mark.")


def _tier(engines: Engines, tier: str) -> Tier | None:
    return engines.catalogue.tiers.get(tier)
