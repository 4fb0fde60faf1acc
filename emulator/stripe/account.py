"""The account itself: the cheapest call, to see whether a key is good."""

from __future__ import annotations

from emulator.stripe.params import Asked
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop


def _get(shop: Shop, asked: Asked) -> Object:
    return {
        "id": "acct_emulated",
        "object": "account",
        "business_profile": {"name": "Emulated"},
        "charges_enabled": True,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": True,
        "email": None,
        "metadata": {},
        "payouts_enabled": True,
        "settings": {"dashboard": {"display_name": "Emulated", "timezone": "Etc/UTC"}},
        "type": "standard",
    }


ACTIONS = [Action("GET", "/v1/account", "account", Asked, _get)]
