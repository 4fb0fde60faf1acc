"""What is read of Stripe's objects: the few fields that count. Money in cents, times in seconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping
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


class Subscription(Record):
    """What a customer pays for, period by period. ``price_key`` is the price's lookup key."""

    id: str
    customer: str
    user: str | None
    status: str  # incomplete, trialing, active, past_due, unpaid, paused, canceled, incomplete_expired
    price: str
    price_key: str | None
    period_start: int
    period_end: int
    cancel_at: int | None
    ended_at: int | None
    latest_invoice: str | None


class Invoice(Record):
    """``reason``: subscription_create, subscription_cycle, subscription_update, manual and others."""

    id: str
    customer: str
    subscription: str | None
    status: str  # draft, open, paid, uncollectible, void
    reason: str
    currency: str
    total: int
    amount_paid: int
    created: int


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


def subscription(raw: Mapping[str, Any]) -> Subscription:
    items = (raw.get("items") or {}).get("data") or [{}]
    price = items[0].get("price") or {}
    return _read(
        Subscription,
        raw,
        user=(raw.get("metadata") or {}).get("user"),
        price=price.get("id"),
        price_key=price.get("lookup_key"),
        period_start=items[0].get("current_period_start"),
        period_end=items[0].get("current_period_end"),
    )


def invoice(raw: Mapping[str, Any]) -> Invoice:
    parent = (raw.get("parent") or {}).get("subscription_details") or {}
    return _read(Invoice, raw, subscription=parent.get("subscription"), reason=raw.get("billing_reason"))


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
