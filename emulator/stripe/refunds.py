"""Charges as they are looked up, and refunds of them, whole or in parts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from emulator.stripe.dialect import invalid
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Dated, Metadata, Text, merged
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop


class Create(Asked):
    amount: Annotated[int, Field(ge=1)] | None = None
    charge: str | None = None
    metadata: Metadata = None
    payment_intent: str | None = None
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None


class Update(Asked):
    metadata: Metadata = None


class List(Dated):
    charge: str | None = None
    payment_intent: str | None = None


class ListCharges(Dated):
    customer: str | None = None
    payment_intent: str | None = None


class UpdateCharge(Asked):
    description: Text | None = None
    metadata: Metadata = None


def _create(shop: Shop, asked: Create) -> Object:
    charge = _meant(shop, asked)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if not charge["paid"] or not charge["captured"]:
        raise invalid(f"Charge {charge['id']} has not been captured, so it cannot be refunded.", "charge")
    if charge["disputed"] and any(not one["is_charge_refundable"] for one in shop.all("dispute", charge=charge["id"])):
        raise invalid(f"Charge {charge['id']} has been charged back; cannot issue a refund.", None, "charge_disputed")
    if left == 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", None, "charge_already_refunded")
    amount = left if asked.amount is None else asked.amount
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise invalid(message, "amount")
    refund = shop.new(
        "refund",
        {
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "currency": charge["currency"],
            "destination_details": {"card": {"type": "refund", "reference_status": "pending"}, "type": "card"},
            "metadata": asked.metadata or {},
            "payment_intent": charge["payment_intent"],
            "reason": asked.reason,
            "receipt_number": None,
            "status": "succeeded",
        },
    )
    whole = charge["amount_refunded"] + amount
    shop.change(charge, "charge.refunded", amount_refunded=whole, refunded=whole == charge["amount_captured"])
    shop.emit("refund.created", refund)
    shop.emit("charge.refund.updated", refund)
    return refund


def _meant(shop: Shop, asked: Create) -> Object:
    if asked.charge is not None:
        return shop.get("charge", asked.charge, "charge")
    if asked.payment_intent is None:
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    intent = shop.get("payment_intent", asked.payment_intent, "payment_intent")
    if intent["latest_charge"] is None:
        raise invalid(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    return shop.get("charge", intent["latest_charge"])


def _update(shop: Shop, asked: Update, name: str) -> Object:
    refund = shop.get("refund", name)
    if "metadata" in asked.model_fields_set:
        shop.change(refund, "refund.updated", metadata=merged(refund["metadata"], asked.metadata))
        shop.emit("charge.refund.updated", refund)
    return refund


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("refund", name)


def _list(shop: Shop, asked: List) -> Object:
    found = matching(shop.all("refund"), charge=asked.charge, payment_intent=asked.payment_intent)
    return page(found, asked, "/v1/refunds")


def _get_charge(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("charge", name)


def _update_charge(shop: Shop, asked: UpdateCharge, name: str) -> Object:
    charge = shop.get("charge", name)
    changes = asked.given("description")
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(charge["metadata"], asked.metadata)
    shop.change(charge, "charge.updated", **changes)
    return charge


def _list_charges(shop: Shop, asked: ListCharges) -> Object:
    found = matching(shop.all("charge"), customer=asked.customer, payment_intent=asked.payment_intent)
    return page(found, asked, "/v1/charges")


ACTIONS = [
    Action("POST", "/v1/refunds", "refund", Create, _create),
    Action("GET", "/v1/refunds", "refund", List, _list),
    Action("GET", "/v1/refunds/{id}", "refund", Asked, _get),
    Action("POST", "/v1/refunds/{id}", "refund", Update, _update),
    Action("GET", "/v1/charges", "charge", ListCharges, _list_charges),
    Action("GET", "/v1/charges/{id}", "charge", Asked, _get_charge),
    Action("POST", "/v1/charges/{id}", "charge", UpdateCharge, _update_charge),
]
