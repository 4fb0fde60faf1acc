"""Test cards by number and by name, and the words of their refusals."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from emulator.core.calls import Refusal


class Card(BaseModel):
    """What a test card does (`cards.toml`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    brand: Literal["visa", "mastercard", "amex"] = "visa"
    names: list[str]
    attach: str | None = None
    charge: str | None = None
    authenticate: Literal["always", "unless_set_up"] | None = None
    dispute: str | None = None
    inquiry: bool = False

    def shown(self, month: int, year: int) -> dict[str, Any]:
        """The `card` of a payment method."""
        return {
            "brand": self.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "US",
            "display_brand": self.brand,
            "exp_month": month,
            "exp_year": year,
            "fingerprint": hashlib.sha256(self.number.encode()).hexdigest()[:16],
            "funding": "credit",
            "generated_from": None,
            "last4": self.number[-4:],
            "networks": {"available": [self.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        }


def _cards() -> list[Card]:
    text = resources.files("emulator.stripe").joinpath("cards.toml").read_text("utf-8")
    return [Card.model_validate(one) for one in tomllib.loads(text)["card"]]


BY_NUMBER: Mapping[str, Card] = {card.number: card for card in _cards()}
BY_NAME: Mapping[str, Card] = {name: card for card in BY_NUMBER.values() for name in card.names}

# By decline code: the code of the error, and what it says.
_DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "stolen_card": ("card_declined", "Your card was declined."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "authentication_required": (
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}


def by_number(number: str) -> Card:
    """Refusal 402 for a number that no test card has."""
    found = BY_NUMBER.get(number.replace(" ", "").replace("-", ""))
    if found is None:
        message = "Your card number is incorrect. Only Stripe's test cards are taken here."
        raise Refusal(402, "incorrect_number", message, param="number")
    return found


def declined(decline_code: str) -> Refusal:
    code, message = _DECLINES[decline_code]
    return Refusal(402, code, message, extra={"decline_code": decline_code})
