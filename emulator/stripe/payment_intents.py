"""Payment intents: made, confirmed, captured, given up."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe import invoicing
from emulator.stripe.customers import Shipping
from emulator.stripe.dialect import invalid
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Currency, Dated, Metadata, Params, Text, merged
from emulator.stripe.payment_methods import attached, resolved
from emulator.stripe.payments import attempt, may_confirm, new_intent, unexpected
from emulator.stripe.serving import Action, Declined
from emulator.stripe.shop import Object, Shop

Amount = Annotated[int, Field(ge=1, le=99_999_999)]
Later = Literal["off_session", "on_session"]
Reason = Literal["abandoned", "duplicate", "fraudulent", "requested_by_customer"]


class Automatic(Params):
    enabled: bool
    allow_redirects: Literal["always", "never"] = "always"


class Fields(Asked):
    customer: str | None = None
    description: Text | None = None
    metadata: Metadata = None
    payment_method: str | None = None
    payment_method_types: list[Literal["card"]] | None = None
    receipt_email: Text | None = None
    setup_future_usage: Later | None = None
    shipping: Shipping | None = None
    statement_descriptor: Annotated[str, Field(max_length=22)] | None = None


class Create(Fields):
    amount: Amount
    currency: Currency
    automatic_payment_methods: Automatic | None = None
    capture_method: Literal["automatic", "automatic_async", "manual"] = "automatic"
    confirm: bool = False
    confirmation_method: Literal["automatic", "manual"] = "automatic"
    off_session: bool = False
    return_url: Text | None = None


class Update(Fields):
    amount: Amount | None = None
    currency: Currency | None = None


class Confirm(Asked):
    off_session: bool = False
    payment_method: str | None = None
    return_url: Text | None = None
    setup_future_usage: Later | None = None


class Capture(Asked):
    amount_to_capture: Amount | None = None


class Cancel(Asked):
    cancellation_reason: Reason | None = None


class List(Dated):
    customer: str | None = None


_PLAIN = ("description", "receipt_email", "setup_future_usage", "shipping", "statement_descriptor")


def _create(shop: Shop, asked: Create) -> Object:
    customer = None if asked.customer is None else shop.get("customer", asked.customer, "customer")
    method = None if asked.payment_method is None else resolved(shop, asked.payment_method)
    intent = new_intent(
        shop,
        asked.amount,
        asked.currency,
        customer["id"] if customer else None,
        metadata=asked.metadata or {},
        capture_method=asked.capture_method,
        confirmation_method=asked.confirmation_method,
        automatic_payment_methods=asked.automatic_payment_methods and asked.automatic_payment_methods.model_dump(),
        **asked.given(*_PLAIN),
    )
    if method is not None:
        _owned(method, intent)
        shop.change(intent, status="requires_confirmation", payment_method=method["id"])
    if asked.confirm:
        _confirmed(shop, intent, present=not asked.off_session)
    return intent


def _owned(method: Object, intent: Object) -> None:
    if method["customer"] not in (None, intent["customer"]):
        message = "The provided PaymentMethod belongs to another Customer; it cannot be used with this PaymentIntent."
        raise invalid(message, "payment_method")


def _confirmed(shop: Shop, intent: Object, *, present: bool) -> None:
    may_confirm(intent)
    if intent["payment_method"] is None:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise invalid(message, code="payment_intent_unexpected_state")
    method = shop.get("payment_method", intent["payment_method"], "payment_method")
    invoice = invoicing.of_intent(shop, intent)
    if intent["setup_future_usage"] is not None and intent["customer"] is not None:
        attached(shop, method, shop.get("customer", intent["customer"]))
    refusal = attempt(shop, intent, method, present=present, saved=intent["setup_future_usage"] is not None)
    if invoice is not None:
        invoicing.settled(shop, invoice, intent, refusal=refusal)
    if refusal is not None:
        raise Declined(refusal)


def _confirm(shop: Shop, asked: Confirm, name: str) -> Object:
    intent = shop.get("payment_intent", name)
    may_confirm(intent)
    if asked.setup_future_usage is not None:
        shop.change(intent, setup_future_usage=asked.setup_future_usage)
    if asked.payment_method is not None:
        method = resolved(shop, asked.payment_method)
        _owned(method, intent)
        shop.change(intent, payment_method=method["id"])
    _confirmed(shop, intent, present=not asked.off_session)
    return intent


def _capture(shop: Shop, asked: Capture, name: str) -> Object:
    intent = shop.get("payment_intent", name)
    if intent["status"] != "requires_capture":
        raise unexpected(intent, "captured")
    amount = intent["amount_capturable"] if asked.amount_to_capture is None else asked.amount_to_capture
    if amount > intent["amount_capturable"]:
        raise invalid("The amount to capture is greater than what can be captured.", "amount_to_capture")
    charge = shop.get("charge", intent["latest_charge"])
    shop.change(charge, captured=True, amount_captured=amount)
    shop.emit("charge.captured", charge)
    shop.change(intent, status="succeeded", amount_received=amount, amount_capturable=0)
    shop.emit("payment_intent.succeeded", intent)
    return intent


def _cancel(shop: Shop, asked: Cancel, name: str) -> Object:
    intent = shop.get("payment_intent", name)
    if intent["status"] in {"succeeded", "canceled"}:
        raise unexpected(intent, "canceled")
    if invoicing.of_intent(shop, intent) is not None:
        raise invalid("This PaymentIntent belongs to an invoice. Void the invoice instead.")
    shop.change(
        intent,
        status="canceled",
        canceled_at=shop.now,
        cancellation_reason=asked.cancellation_reason,
        amount_capturable=0,
        next_action=None,
    )
    shop.emit("payment_intent.canceled", intent)
    return intent


def _update(shop: Shop, asked: Update, name: str) -> Object:
    intent = shop.get("payment_intent", name)
    changes: dict[str, Any] = asked.given(*_PLAIN, "amount", "currency", "customer")
    if {"amount", "currency"} & changes.keys():
        may_confirm(intent)
    if asked.customer is not None:
        shop.get("customer", asked.customer, "customer")
    if asked.payment_method is not None:
        may_confirm(intent)
        method = resolved(shop, asked.payment_method)
        _owned(method, intent)
        changes |= {"payment_method": method["id"], "status": "requires_confirmation"}
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(intent["metadata"], asked.metadata)
    shop.change(intent, **changes)
    return intent


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("payment_intent", name)


def _list(shop: Shop, asked: List) -> Object:
    return page(matching(shop.all("payment_intent"), customer=asked.customer), asked, "/v1/payment_intents")


ACTIONS = [
    Action("POST", "/v1/payment_intents", "payment-intent", Create, _create),
    Action("GET", "/v1/payment_intents", "payment-intent", List, _list),
    Action("GET", "/v1/payment_intents/{id}", "payment-intent", Asked, _get),
    Action("POST", "/v1/payment_intents/{id}", "payment-intent", Update, _update),
    Action("POST", "/v1/payment_intents/{id}/confirm", "payment-intent", Confirm, _confirm),
    Action("POST", "/v1/payment_intents/{id}/capture", "payment-intent", Capture, _capture),
    Action("POST", "/v1/payment_intents/{id}/cancel", "payment-intent", Cancel, _cancel),
]
