"""What becomes of a checkout session: sold, or expired."""

from __future__ import annotations

from typing import Any

from emulator.core.calls import Refusal
from emulator.stripe import customers, subscribing
from emulator.stripe.dialect import invalid
from emulator.stripe.invoicing import DAY
from emulator.stripe.items import new_item
from emulator.stripe.lines import Line, as_item
from emulator.stripe.payment_methods import attached
from emulator.stripe.payments import attempt, new_intent
from emulator.stripe.shop import Object, Shop


def details_of(email: str | None, name: str | None) -> Object:
    return {"address": None, "email": email, "name": name, "phone": None, "tax_exempt": "none", "tax_ids": []}


def is_open(session: Object) -> None:
    """Refusal 400 for a session that is over."""
    if session["status"] != "open":
        raise invalid(f"This Checkout Session is {session['status']} and can no longer be paid.", "session")


def completed(
    shop: Shop, session: Object, method: Object, *, email: str | None, name: str | None, authenticated: bool
) -> None:
    """Sell it: customer, card, subscription or payment. Refusal 402 where the card is declined."""
    is_open(session)
    email = session["customer_email"] or email
    if session["customer"] is not None:
        customer = shop.get("customer", session["customer"])
    elif session["mode"] == "payment" and session["customer_creation"] == "if_required":
        customer = None
    else:
        customer = customers.create(shop, customers.Create(email=email, name=name))
    if customer is not None:
        attached(shop, method, customer)
    if session["mode"] == "subscription":
        assert customer is not None
        changes = _subscribed(shop, session, customer, method, authenticated=authenticated)
    else:
        changes = _bought(shop, session, customer, method, authenticated=authenticated)
    shop.change(
        session,
        status="complete",
        customer=customer and customer["id"],
        customer_details=details_of(email or (customer["email"] if customer else None), name),
        url=None,
        **changes,
    )
    shop.emit("checkout.session.completed", session)


def _subscribed(
    shop: Shop, session: Object, customer: Object, method: Object, *, authenticated: bool
) -> dict[str, Any]:
    wishes = session["_subscription_data"]
    recurring = [line for line in session["_lines"] if line["price"]["recurring"]]
    items = [new_item(line["price"], line["quantity"], for_sale=False) for line in recurring]
    for line in session["_lines"]:
        if not line["price"]["recurring"]:
            said, price, count = line["description"], line["price"], line["quantity"]
            once = Line(line["amount_total"], price["currency"], said, shop.now, shop.now, price, count)
            as_item(shop, once, customer)
    days = wishes.get("trial_period_days")
    subscription, refusal = subscribing.opened(
        shop,
        customer,
        items,
        method=method,
        trial_end=shop.now + days * DAY if days else wishes.get("trial_end"),
        authenticated=authenticated,
        metadata=wishes.get("metadata") or {},
        description=wishes.get("description"),
    )
    if refusal is not None:
        raise refusal
    if authenticated:
        shop.change(method, _set_up=True)
    invoice = shop.get("invoice", subscription["latest_invoice"])
    status = "no_payment_required" if subscription["status"] == "trialing" else "paid"
    return {"subscription": subscription["id"], "invoice": invoice["id"], "payment_status": status}


def _bought(
    shop: Shop, session: Object, customer: Object | None, method: Object, *, authenticated: bool
) -> dict[str, Any]:
    wishes = {name: value for name, value in session["_intent_data"].items() if value is not None}
    if session["amount_total"] == 0:
        return {"payment_status": "no_payment_required"}
    owner = customer["id"] if customer else None
    intent = new_intent(shop, session["amount_total"], session["currency"], owner, **wishes)
    saved = intent["setup_future_usage"] is not None
    refusal: Refusal | None = attempt(shop, intent, method, present=True, authenticated=authenticated, saved=saved)
    if refusal is not None:
        raise refusal
    return {"payment_intent": intent["id"], "payment_status": "paid"}


def expired(shop: Shop, session: Object) -> None:
    shop.change(session, status="expired", url=None)
    shop.emit("checkout.session.expired", session)
