"""What the hosted pages are made of: tables, the form of a card, and reading it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from starlette.responses import RedirectResponse

from emulator.core.calls import Refusal
from emulator.stripe.params import validated
from emulator.stripe.payment_methods import CardData, Create, create
from emulator.stripe.shop import Object, Shop

Form = dict[str, str]
Answer = str | RedirectResponse  # what stands in the page, or where to go


def rows(pairs: Iterable[tuple[str, str]]) -> str:
    return "<table>" + "".join(f"<tr><td>{escape(a)}</td><td>{escape(b)}</td></tr>" for a, b in pairs) + "</table>"


def card_form(button: str, *, email: str | None = None) -> str:
    """Fields of a card; with ``email`` (maybe empty) its field and that of the name too."""
    who = ""
    if email is not None:
        fixed = f' value="{escape(email)}" readonly' if email else ""
        who = (
            f'<label>Email <input name="email" type="email" required{fixed}></label>'
            '<label>Name on card <input name="name" autocomplete="cc-name"></label>'
        )
    return (
        f'<form method="post">{who}'
        '<label>Card number <input name="number" inputmode="numeric" required autocomplete="cc-number"></label>'
        '<label>Expiry (MM/YY) <input name="expiry" pattern="(0[1-9]|1[0-2])/[0-9]{2}" required></label>'
        '<label>Security code <input name="cvc" pattern="[0-9]{3,4}" required></label>'
        f"<button>{escape(button)}</button></form>"
    )


def card_from(shop: Shop, form: Form) -> Object:
    """A payment method from what was filled in; Refusal for a card that cannot be."""
    month, _, year = form.get("expiry", "").partition("/")
    data = {"number": form.get("number"), "exp_month": month, "exp_year": f"20{year}", "cvc": form.get("cvc")}
    card = validated(CardData, data)
    if (card.exp_year, card.exp_month) < _month(shop.now):
        raise Refusal(402, "invalid_expiry_year", "Your card's expiration date is in the past.")
    details = {"email": form.get("email"), "name": form.get("name")}
    return create(shop, validated(Create, {"type": "card", "card": data, "billing_details": details}))


def _month(now: int) -> tuple[int, int]:
    today = datetime.fromtimestamp(now, UTC)
    return today.year, today.month


def money(cents: int, currency: str) -> str:
    return f"{cents / 100:,.2f} {currency.upper()}"
