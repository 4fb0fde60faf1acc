"""Lines of invoices, and invoice items: lines that wait for the next invoice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from emulator.stripe.shop import Object, Shop, new_id


@dataclass(frozen=True)
class Line:
    """Something to be paid, or (below zero) given back. ``item``: the id of the subscription's item, if of one."""

    amount: int  # cents
    currency: str
    description: str
    start: int
    end: int
    price: Object | None = None
    quantity: int = 1
    subscription: str | None = None
    item: str | None = None
    proration: bool = False


def named(shop: Shop, price: Object) -> str:
    product = shop.find("product", price["product"])
    return str(product["name"]) if product else str(price["product"])


def _pricing(line: Line) -> Object | None:
    if line.price is None:
        return None
    return {
        "price_details": {"price": line.price["id"], "product": line.price["product"]},
        "type": "price_details",
        "unit_amount_decimal": line.price["unit_amount_decimal"],
    }


def as_line(line: Line, invoice: str, invoice_item: str | None = None) -> Object:
    """The line as it stands in an invoice."""
    details: dict[str, Any] = {
        "invoice_item": invoice_item,
        "proration": line.proration,
        "proration_details": {"credited_items": None},
        "subscription": line.subscription,
    }
    of_item = line.item is not None
    kind = "subscription_item_details" if of_item else "invoice_item_details"
    return {
        "id": new_id("line_item"),
        "object": "line_item",
        "amount": line.amount,
        "currency": line.currency,
        "description": line.description,
        "discount_amounts": [],
        "discountable": not line.proration,
        "discounts": [],
        "invoice": invoice,
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": None if of_item else details,
            "subscription_item_details": {**details, "subscription_item": line.item} if of_item else None,
            "type": kind,
        },
        "period": {"start": line.start, "end": line.end},
        "pretax_credit_amounts": [],
        "pricing": _pricing(line),
        "quantity": line.quantity,
        "quantity_decimal": str(line.quantity),
        "subscription": line.subscription,
        "subtotal": line.amount,
        "taxes": [],
    }


def as_item(shop: Shop, line: Line, customer: Object, metadata: dict[str, str] | None = None) -> Object:
    """A new invoice item that waits for an invoice."""
    parent = None
    if line.subscription is not None:
        details = {"subscription": line.subscription, "subscription_item": line.item}
        parent = {"type": "subscription_details", "subscription_details": details}
    item = shop.new(
        "invoiceitem",
        {
            "amount": line.amount,
            "currency": line.currency,
            "customer": customer["id"],
            "customer_account": None,
            "date": shop.now,
            "description": line.description,
            "discountable": not line.proration,
            "discounts": [],
            "invoice": None,
            "metadata": metadata or {},
            "net_amount": line.amount,
            "parent": parent,
            "period": {"start": line.start, "end": line.end},
            "pricing": _pricing(line),
            "proration": line.proration,
            "quantity": line.quantity,
            "quantity_decimal": str(line.quantity),
            "tax_rates": [],
            "test_clock": customer["test_clock"],
            "_line": {**line.__dict__},
        },
    )
    shop.emit("invoiceitem.created", item)
    return item


def pending(shop: Shop, customer: str, subscription: str | None, *, only_own: bool = False) -> list[Object]:
    """Invoice items that wait: those of ``subscription``, and unless ``only_own`` those of none."""
    found = [one for one in shop.all("invoiceitem", customer=customer, invoice=None) if not one.get("deleted")]
    own = [one for one in found if one["_line"]["subscription"] == subscription]
    return own if only_own or subscription is None else [one for one in found if one in own or not one["parent"]]
