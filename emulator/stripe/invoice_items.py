"""Invoice items, which wait for the next invoice, and the payments of invoices: from a charge back to its invoice."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from emulator.stripe.dialect import invalid
from emulator.stripe.lines import Line, as_item
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Count, Currency, Dated, Metadata, Params, Text
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop

Amount = Annotated[int, Field(ge=-99_999_999, le=99_999_999)]


class Pricing(Params):
    price: str


class Create(Asked):
    customer: str
    amount: Amount | None = None
    currency: Currency = "usd"
    description: Text | None = None
    metadata: Metadata = None
    pricing: Pricing | None = None
    quantity: Count = 1
    subscription: str | None = None


class List(Dated):
    customer: str | None = None
    invoice: str | None = None
    pending: bool | None = None


class Payment(Params):
    type: Literal["payment_intent"]
    payment_intent: str


class ListPayments(Dated):
    invoice: str | None = None
    payment: Payment | None = None
    status: Literal["canceled", "open", "paid"] | None = None


def _create(shop: Shop, asked: Create) -> Object:
    customer = shop.get("customer", asked.customer, "customer")
    if asked.subscription is not None:
        shop.get("subscription", asked.subscription, "subscription")
    price = None if asked.pricing is None else shop.get("price", asked.pricing.price, "pricing[price]")
    if (price is None) == (asked.amount is None):
        raise invalid("You must specify either `amount` or `pricing[price]`.", "amount", "parameter_missing")
    amount = asked.amount if price is None else price["unit_amount"] * asked.quantity
    currency = asked.currency if price is None else price["currency"]
    start, said, own = shop.now, asked.description or "", asked.subscription
    line = Line(amount or 0, currency, said, start, start, price, asked.quantity, own)
    return as_item(shop, line, customer, asked.metadata)


def _delete(shop: Shop, asked: Asked, name: str) -> Object:
    item = shop.get("invoiceitem", name)
    if item["invoice"] is not None and shop.get("invoice", item["invoice"])["status"] != "draft":
        raise invalid("This invoice item stands in an invoice that is finalized; it cannot be deleted.")
    shop.emit("invoiceitem.deleted", item)
    shop.drop(item)
    return {"id": name, "object": "invoiceitem", "deleted": True}


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("invoiceitem", name)


def _list(shop: Shop, asked: List) -> Object:
    found = matching(shop.all("invoiceitem"), customer=asked.customer, invoice=asked.invoice)
    if asked.pending is not None:
        found = [one for one in found if (one["invoice"] is None) == asked.pending]
    return page(found, asked, "/v1/invoiceitems")


def _get_payment(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("invoice_payment", name)


def _list_payments(shop: Shop, asked: ListPayments) -> Object:
    found = matching(shop.all("invoice_payment"), invoice=asked.invoice, status=asked.status)
    if asked.payment is not None:
        found = [one for one in found if one["payment"]["payment_intent"] == asked.payment.payment_intent]
    return page(found, asked, "/v1/invoice_payments")


ACTIONS = [
    Action("POST", "/v1/invoiceitems", "invoice-item", Create, _create),
    Action("GET", "/v1/invoiceitems", "invoice-item", List, _list),
    Action("GET", "/v1/invoiceitems/{id}", "invoice-item", Asked, _get),
    Action("DELETE", "/v1/invoiceitems/{id}", "invoice-item", Asked, _delete),
    Action("GET", "/v1/invoice_payments", "invoice", ListPayments, _list_payments),
    Action("GET", "/v1/invoice_payments/{id}", "invoice", Asked, _get_payment),
]
