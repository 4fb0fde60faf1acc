"""Charging a card for a payment intent: what the test card does decides how it ends."""

from __future__ import annotations

from typing import Any

from emulator.core.calls import Refusal
from emulator.stripe import cards, disputes
from emulator.stripe.payment_methods import card_of
from emulator.stripe.shop import Object, Shop, new_id, shown

_UNCONFIRMED = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def new_intent(shop: Shop, amount: int, currency: str, customer: str | None, **fields: Any) -> Object:
    name = new_id("payment_intent")
    intent = shop.new(
        "payment_intent",
        {
            "amount": amount,
            "amount_capturable": 0,
            "amount_received": 0,
            "automatic_payment_methods": None,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic",
            "client_secret": f"{name}_secret_{new_id('charge')[3:]}",
            "confirmation_method": "automatic",
            "currency": currency,
            "customer": customer,
            "customer_account": None,
            "description": None,
            "last_payment_error": None,
            "latest_charge": None,
            "metadata": {},
            "next_action": None,
            "payment_method": None,
            "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
            "payment_method_types": ["card"],
            "receipt_email": None,
            "setup_future_usage": None,
            "shipping": None,
            "statement_descriptor": None,
            "status": "requires_payment_method",
            **fields,
        },
        name=name,
    )
    shop.emit("payment_intent.created", intent)
    return intent


def may_confirm(intent: Object) -> None:
    """Refusal 400 for an intent that is over."""
    if intent["status"] not in _UNCONFIRMED:
        raise unexpected(intent, "confirmed")


def unexpected(intent: Object, what: str) -> Refusal:
    message = f"This PaymentIntent could not be {what} because it has a status of {intent['status']}."
    extra = {"payment_intent": shown(intent)}
    return Refusal(400, "payment_intent_unexpected_state", message, extra=extra)


def attempt(
    shop: Shop, intent: Object, method: Object, *, present: bool, authenticated: bool = False, saved: bool = False
) -> Refusal | None:
    """Charge ``method``. None when it succeeded; the refusal otherwise, for the caller to tell.

    ``present``: the customer is there and can authenticate, so that the intent waits for it (`requires_action`) and
    None is returned too. ``saved``: the card will be charged again when they are not.
    """
    card = card_of(method)
    wants = card.authenticate == "always" or (card.authenticate == "unless_set_up" and not method["_set_up"])
    if wants and not authenticated:
        if present:
            action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
            shop.change(intent, status="requires_action", next_action=action, payment_method=method["id"])
            shop.emit("payment_intent.requires_action", intent)
            return None
        return _failed(shop, intent, method, "authentication_required")
    if card.charge is not None:
        return _failed(shop, intent, method, card.charge)
    if saved and not method["_set_up"]:
        shop.change(method, _set_up=True)
    held = intent["capture_method"] == "manual"
    charge = _charge(shop, intent, method, paid=True, captured=not held)
    status, amount = ("requires_capture", "amount_capturable") if held else ("succeeded", "amount_received")
    shop.change(
        intent,
        **{amount: intent["amount"]},
        status=status,
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
        payment_method=method["id"],
    )
    shop.emit("charge.succeeded", charge)
    if held:
        shop.emit("payment_intent.amount_capturable_updated", intent)
        return None
    shop.emit("payment_intent.succeeded", intent)
    if card.dispute is not None:
        disputes.opened(shop, charge, card.dispute, inquiry=card.inquiry)
    return None


def _failed(shop: Shop, intent: Object, method: Object, decline_code: str) -> Refusal:
    refusal = cards.declined(decline_code)
    charge = _charge(shop, intent, method, paid=False, captured=False, refusal=refusal)
    error = {
        "charge": charge["id"],
        "code": refusal.code,
        "decline_code": decline_code,
        "message": refusal.message,
        "payment_method": shown(method),
        "type": "card_error",
    }
    shop.change(
        intent,
        status="requires_payment_method",
        latest_charge=charge["id"],
        last_payment_error=error,
        next_action=None,
        payment_method=None,
    )
    shop.emit("charge.failed", charge)
    shop.emit("payment_intent.payment_failed", intent)
    extra = {
        "charge": charge["id"],
        "decline_code": decline_code,
        "payment_intent": shown(intent),
        "payment_method": shown(method),
    }
    return Refusal(402, refusal.code, refusal.message, extra=extra)


def _charge(
    shop: Shop, intent: Object, method: Object, *, paid: bool, captured: bool, refusal: Refusal | None = None
) -> Object:
    seller = "Payment complete." if paid else "The bank did not return any further details with this decline."
    return shop.new(
        "charge",
        {
            "amount": intent["amount"],
            "amount_captured": intent["amount"] if captured else 0,
            "amount_refunded": 0,
            "balance_transaction": None,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": "EMULATED",
            "captured": captured,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_code": refusal.code if refusal else None,
            "failure_message": refusal.message if refusal else None,
            "fraud_details": {},
            "metadata": intent["metadata"],
            "outcome": {
                "network_status": "approved_by_network" if paid else "declined_by_network",
                "reason": refusal.extra["decline_code"] if refusal else None,
                "risk_level": "normal",
                "seller_message": seller,
                "type": "authorized" if paid else "issuer_declined",
            },
            "paid": paid,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"type": "card", "card": {**method["card"], "network": method["card"]["brand"]}},
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "shipping": intent["shipping"],
            "statement_descriptor": None,
            "status": "succeeded" if paid else "failed",
        },
    )
