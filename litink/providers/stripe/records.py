"""What is read of Stripe's objects: the few fields that count. Money in cents, times in seconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from litink.errors import TransientFailure


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Checkout(Record):
    """A page where somebody pays; ``user`` is who it was made for."""

    id: str
    status: str  # open, complete, expired
    payment_status: str  # paid, unpaid, no_payment_required
    user: str | None
    customer: str | None
    subscription: str | None
    url: str | None  # while it is open


class Price(Record):
    """What is paid a month. ``key``: what we call it, the metadata's ``tier`` or else the lookup key."""

    id: str
    key: str | None
    cents: int
    currency: str


class Subscription(Record):
    """What a customer pays for, period by period. ``price_key``: see :class:`Price`."""

    id: str
    customer: str
    user: str | None
    status: str  # incomplete, trialing, active, past_due, unpaid, paused, canceled, incomplete_expired
    item: str
    price: str
    price_key: str | None
    schedule: str | None  # that changes it later
    period_start: int
    period_end: int
    cancel_at: int | None
    ended_at: int | None
    latest_invoice: str | None


class Line(Record):
    """Part of an invoice; ``cents`` below zero is given back. ``each``: the price's own cents, where it has a price."""

    cents: int
    price: str | None
    each: Decimal | None
    period_end: int


class Invoice(Record):
    """``payments``: the ids of its payment intents, where they were asked for. ``lines``: the first ten.

    ``reason``: subscription_create, subscription_cycle, subscription_update, manual and others."""

    id: str
    customer: str
    subscription: str | None
    status: str  # draft, open, paid, uncollectible, void
    reason: str
    currency: str
    total: int
    amount_paid: int
    created: int
    lines: tuple[Line, ...]
    payments: tuple[str, ...]


class Charge(Record):
    """Money taken from a card for a payment intent, and how much of it went back or is disputed."""

    id: str
    payment: str | None
    cents: int
    refunded_cents: int
    disputed: bool


class Event(Record):
    """Something that happened. It says what to look up again, in no promised order, and more than once."""

    id: str
    type: str
    created: int
    kind: str  # of the object that it is about: subscription, invoice, charge, …
    about: str  # the id of that object
    customer: str | None


_R = TypeVar("_R", bound=Record)


def checkout(raw: Mapping[str, Any]) -> Checkout:
    return _read(Checkout, raw, user=raw.get("client_reference_id"))


def price(raw: Mapping[str, Any]) -> Price:
    return _read(Price, raw, key=_key(raw), cents=raw.get("unit_amount"))


def _key(price: Mapping[str, Any]) -> str | None:
    """A price that was replaced has lost its lookup key, but not its metadata."""
    return (price.get("metadata") or {}).get("tier") or price.get("lookup_key")


def subscription(raw: Mapping[str, Any]) -> Subscription:
    items = (raw.get("items") or {}).get("data") or [{}]
    price = items[0].get("price") or {}
    return _read(
        Subscription,
        raw,
        user=(raw.get("metadata") or {}).get("user"),
        item=items[0].get("id"),
        price=price.get("id"),
        price_key=_key(price),
        period_start=items[0].get("current_period_start"),
        period_end=items[0].get("current_period_end"),
    )


def invoice(raw: Mapping[str, Any]) -> Invoice:
    parent = (raw.get("parent") or {}).get("subscription_details") or {}
    payments = [one.get("payment") or {} for one in (raw.get("payments") or {}).get("data") or ()]
    return _read(
        Invoice,
        raw,
        subscription=parent.get("subscription"),
        reason=raw.get("billing_reason"),
        lines=[line(one) for one in (raw.get("lines") or {}).get("data") or ()],
        payments=[one["payment_intent"] for one in payments if one.get("payment_intent")],
    )


def line(raw: Mapping[str, Any]) -> Line:
    pricing = raw.get("pricing") or {}
    return _read(
        Line,
        raw,
        cents=raw.get("amount"),
        price=(pricing.get("price_details") or {}).get("price"),
        each=pricing.get("unit_amount_decimal"),
        period_end=(raw.get("period") or {}).get("end"),
    )


def charge(raw: Mapping[str, Any]) -> Charge:
    told = {"payment": raw.get("payment_intent"), "cents": raw.get("amount")}
    return _read(Charge, raw, refunded_cents=raw.get("amount_refunded"), **told)


def event(raw: Mapping[str, Any]) -> Event:
    thing = (raw.get("data") or {}).get("object") or {}
    kind, about = thing.get("object"), thing.get("id")
    customer = about if kind == "customer" else thing.get("customer")
    return _read(Event, raw, kind=kind, about=about, customer=customer)


def _read(record: type[_R], raw: Mapping[str, Any], **more: Any) -> _R:
    """TransientFailure for an answer of another shape: a proxy's, perhaps, and gone the next time."""
    try:
        return record.model_validate({**raw, **more})
    except ValidationError as error:
        names = ", ".join(str(one["loc"][0]) for one in error.errors())
        message = f"Stripe answered with something that is no {record.__name__.lower()} (wrong: {names}). Try again."
        raise TransientFailure("payments-wrong-answer", message) from None
