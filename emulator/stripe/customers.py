"""Customers: who pays, with what by default, and what they have to their credit."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from pydantic import Field

from emulator.stripe import standing
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Dated, Metadata, Params, Text, merged
from emulator.stripe.payment_methods import Address, attached, of_source, resolved
from emulator.stripe.serving import Action
from emulator.stripe.shop import CLOCK, Object, Shop

Balance = Annotated[int, Field(ge=-99_999_999, le=99_999_999)]  # cents; negative is to the customer's credit


class InvoiceSettings(Params):
    default_payment_method: str | None = None


class Shipping(Params):
    address: Address
    name: Text
    phone: Text | None = None


class Fields(Asked):
    address: Address | None = None
    balance: Balance = 0
    description: Text | None = None
    email: Annotated[str, Field(max_length=512)] | None = None
    invoice_settings: InvoiceSettings | None = None
    metadata: Metadata = None
    name: Text | None = None
    phone: Text | None = None
    preferred_locales: list[Text] | None = None
    shipping: Shipping | None = None
    source: str | None = None


class Create(Fields):
    payment_method: str | None = None
    test_clock: str | None = None


class List(Dated):
    email: str | None = None
    test_clock: str | None = None


_PLAIN = ("address", "balance", "description", "email", "name", "phone", "preferred_locales", "shipping")


def create(shop: Shop, asked: Create) -> Object:
    if asked.test_clock is not None:
        shop.get(CLOCK, asked.test_clock, "test_clock")
        shop.clock = asked.test_clock
    customer = shop.new(
        "customer",
        {
            "address": None,
            "balance": 0,
            "currency": None,
            "customer_account": None,
            "default_source": None,
            "delinquent": False,
            "description": None,
            "discount": None,
            "email": None,
            "invoice_prefix": "",
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "metadata": {name: value for name, value in (asked.metadata or {}).items() if value},
            "name": None,
            "next_invoice_sequence": 1,
            "phone": None,
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": asked.test_clock,
            **asked.given(*_PLAIN),
        },
    )
    prefix = hashlib.sha256(customer["id"].encode()).hexdigest()[:8].upper()
    shop.change(customer, invoice_prefix=prefix, balance=customer["balance"] or 0)
    shop.emit("customer.created", customer)
    if asked.payment_method is not None:
        method = attached(shop, resolved(shop, asked.payment_method), customer)
        wanted = asked.invoice_settings and asked.invoice_settings.default_payment_method
        if wanted in (asked.payment_method, method["id"]):
            _make_default(shop, customer, method["id"])
    elif asked.invoice_settings is not None:
        _default(shop, customer, asked.invoice_settings)
    if asked.source is not None:
        of_source(shop, asked.source, customer)
    return customer


def _default(shop: Shop, customer: Object, settings: InvoiceSettings) -> None:
    name = settings.default_payment_method
    if name is not None:
        method = resolved(shop, name, "invoice_settings[default_payment_method]")
        name = attached(shop, method, customer)["id"]
    _make_default(shop, customer, name)


def _make_default(shop: Shop, customer: Object, name: str | None) -> None:
    settings = {**customer["invoice_settings"], "default_payment_method": name}
    shop.change(customer, "customer.updated", invoice_settings=settings)


def _update(shop: Shop, asked: Fields, name: str) -> Object:
    customer = shop.get("customer", name)
    changes: dict[str, Any] = asked.given(*_PLAIN)
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(customer["metadata"], asked.metadata)
    shop.change(customer, "customer.updated", **changes)
    if asked.invoice_settings is not None:
        _default(shop, customer, asked.invoice_settings)
    if asked.source is not None:
        of_source(shop, asked.source, customer)
    return customer


def _delete(shop: Shop, asked: Asked, name: str) -> Object:
    """What they subscribe to ends; the customer can still be looked up, as deleted."""
    customer = shop.get("customer", name)
    for subscription in shop.all("subscription", customer=name):
        if subscription["status"] in standing.LIVE:
            standing.ended(shop, subscription, "cancellation_requested")
    shop.emit("customer.deleted", customer)
    shop.change(customer, deleted=True)
    return {"id": name, "object": "customer", "deleted": True}


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    customer = shop.find("customer", name)
    if customer is not None and customer.get("deleted"):
        return {"id": name, "object": "customer", "deleted": True}
    return shop.get("customer", name)


def _list(shop: Shop, asked: List) -> Object:
    found = matching(shop.all("customer"), email=asked.email, test_clock=asked.test_clock)
    return page(found, asked, "/v1/customers")


ACTIONS = [
    Action("POST", "/v1/customers", "customer", Create, create),
    Action("GET", "/v1/customers", "customer", List, _list),
    Action("GET", "/v1/customers/{id}", "customer", Asked, _get),
    Action("POST", "/v1/customers/{id}", "customer", Fields, _update),
    Action("DELETE", "/v1/customers/{id}", "customer", Asked, _delete),
]
