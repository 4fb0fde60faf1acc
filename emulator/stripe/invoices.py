"""Invoices: the calls. What they do is `invoicing.py`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe import altering, invoicing
from emulator.stripe.altering import Proration
from emulator.stripe.dialect import invalid
from emulator.stripe.drafting import draft
from emulator.stripe.items import new_item, next_lines, period_of
from emulator.stripe.lines import Line, as_line, pending
from emulator.stripe.listing import listed, matching, page
from emulator.stripe.params import Asked, Count, Currency, Dated, Metadata, Page, Params, Text, Time, merged
from emulator.stripe.payment_methods import attached, resolved
from emulator.stripe.serving import Action, Declined
from emulator.stripe.shop import Object, Shop, new_id

Status = Literal["draft", "open", "paid", "uncollectible", "void"]
Collection = Literal["charge_automatically", "send_invoice"]


class Create(Asked):
    customer: str
    auto_advance: bool = False
    collection_method: Collection = "charge_automatically"
    currency: Currency | None = None
    days_until_due: Annotated[int, Field(ge=0, le=365)] | None = None
    default_payment_method: str | None = None
    description: Text | None = None
    metadata: Metadata = None
    pending_invoice_items_behavior: Literal["exclude", "include"] = "exclude"
    subscription: str | None = None


class Update(Asked):
    auto_advance: bool | None = None
    days_until_due: Annotated[int, Field(ge=0, le=365)] | None = None
    default_payment_method: str | None = None
    description: Text | None = None
    metadata: Metadata = None


class Finalize(Asked):
    auto_advance: bool | None = None


class Pay(Asked):
    off_session: bool = True
    paid_out_of_band: bool = False
    payment_method: str | None = None


class List(Dated):
    collection_method: Collection | None = None
    customer: str | None = None
    status: Status | None = None
    subscription: str | None = None


class PreviewItem(Params):
    deleted: bool = False
    id: str | None = None
    price: str | None = None
    quantity: Count | None = None


class PreviewDetails(Params):
    items: list[PreviewItem] | None = None
    proration_behavior: Proration = "create_prorations"
    proration_date: Time | None = None


class Preview(Asked):
    customer: str | None = None
    subscription: str
    subscription_details: PreviewDetails = PreviewDetails()


def _create(shop: Shop, asked: Create) -> Object:
    customer = shop.get("customer", asked.customer, "customer")
    subscription = asked.subscription and shop.get("subscription", asked.subscription, "subscription")
    waiting = []
    if asked.pending_invoice_items_behavior == "include" or subscription:
        waiting = pending(shop, customer["id"], asked.subscription, only_own=bool(subscription))
    due = None
    if asked.collection_method == "send_invoice":
        due = shop.now + invoicing.DAY * (30 if asked.days_until_due is None else asked.days_until_due)
    method = None
    if asked.default_payment_method is not None:
        method = attached(shop, resolved(shop, asked.default_payment_method), customer)["id"]
    return draft(
        shop,
        customer,
        "subscription_update" if subscription else "manual",
        [],
        waiting,
        subscription=subscription or None,
        auto_advance=asked.auto_advance,
        automatically_finalizes_at=shop.now + invoicing.HOUR if asked.auto_advance else None,
        collection_method=asked.collection_method,
        currency=asked.currency or customer["currency"] or "usd",
        default_payment_method=method,
        description=asked.description,
        due_date=due,
        metadata=asked.metadata or {},
    )


def _update(shop: Shop, asked: Update, name: str) -> Object:
    invoice = shop.get("invoice", name)
    changes: dict[str, Any] = asked.given("auto_advance", "description")
    if asked.auto_advance and invoice["status"] == "draft":
        changes["automatically_finalizes_at"] = shop.now + invoicing.HOUR
    if asked.days_until_due is not None:
        if invoice["collection_method"] != "send_invoice":
            raise invalid("`days_until_due` is for invoices with `collection_method=send_invoice`.", "days_until_due")
        changes["due_date"] = invoice["created"] + asked.days_until_due * invoicing.DAY
    if asked.default_payment_method is not None:
        customer = shop.get("customer", invoice["customer"])
        changes["default_payment_method"] = attached(shop, resolved(shop, asked.default_payment_method), customer)["id"]
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(invoice["metadata"], asked.metadata)
    shop.change(invoice, "invoice.updated", **changes)
    return invoice


def _delete(shop: Shop, asked: Asked, name: str) -> Object:
    invoice = shop.get("invoice", name)
    if invoice["status"] != "draft" or invoice["parent"]:
        raise invalid("You can only delete draft invoices that are not part of a subscription.")
    for item in shop.all("invoiceitem", invoice=name):
        shop.change(item, invoice=None)
    shop.emit("invoice.deleted", invoice)
    shop.drop(invoice)
    return {"id": name, "object": "invoice", "deleted": True}


def _finalize(shop: Shop, asked: Finalize, name: str) -> Object:
    invoice = shop.get("invoice", name)
    if asked.auto_advance is not None:
        shop.change(invoice, auto_advance=asked.auto_advance)
    invoicing.finalize(shop, invoice)
    if invoice["status"] == "open":
        invoicing.intent_of(shop, invoice)
    return invoice


def _pay(shop: Shop, asked: Pay, name: str) -> Object:
    invoice = shop.get("invoice", name)
    if invoice["status"] == "draft":
        invoicing.finalize(shop, invoice)
        if invoice["status"] == "paid":
            return invoice
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] not in {"open", "uncollectible"}:
        raise invalid(f"This invoice can no longer be paid; it is {invoice['status']}.")
    if asked.paid_out_of_band:
        invoicing.paid_elsewhere(shop, invoice)
        return invoice
    method = None
    if asked.payment_method is not None:
        method = attached(shop, resolved(shop, asked.payment_method), shop.get("customer", invoice["customer"]))
    refusal = invoicing.pay(shop, invoice, method=method, present=not asked.off_session)
    if refusal is not None:
        raise Declined(refusal)
    return invoice


def _void(shop: Shop, asked: Asked, name: str) -> Object:
    invoice = shop.get("invoice", name)
    invoicing.closed(shop, invoice, "void", "voided_at", "invoice.voided")
    return invoice


def _mark_uncollectible(shop: Shop, asked: Asked, name: str) -> Object:
    invoice = shop.get("invoice", name)
    invoicing.closed(shop, invoice, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible")
    return invoice


def _send(shop: Shop, asked: Asked, name: str) -> Object:
    invoice = shop.get("invoice", name)
    if invoice["collection_method"] != "send_invoice":
        raise invalid("You can only manually send an invoice if its collection method is 'send_invoice'.")
    if invoice["status"] == "draft":
        invoicing.finalize(shop, invoice)
    shop.emit("invoice.sent", invoice)
    return invoice


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("invoice", name)


def _lines(shop: Shop, asked: Page, name: str) -> Object:
    return page(shop.get("invoice", name)["lines"]["data"][::-1], asked, f"/v1/invoices/{name}/lines")


def _list(shop: Shop, asked: List) -> Object:
    found = matching(
        shop.all("invoice"), customer=asked.customer, status=asked.status, collection_method=asked.collection_method
    )
    if asked.subscription is not None:
        own = asked.subscription
        found = [
            one for one in found if (one["parent"] or {}).get("subscription_details", {}).get("subscription") == own
        ]
    return page(found, asked, "/v1/invoices")


def _preview(shop: Shop, asked: Preview) -> Object:
    """What would be invoiced: at once where prorations are invoiced at once, else at the end of the period."""
    subscription = shop.get("subscription", asked.subscription, "subscription")
    customer = shop.get("customer", subscription["customer"])
    if asked.customer not in (None, customer["id"]):
        raise invalid("The subscription is another customer's.", "subscription")
    details = asked.subscription_details
    items = {one["id"]: dict(one) for one in subscription["items"]["data"]}
    for wish in details.items or []:
        old = items.get(wish.id or "")
        if wish.deleted:
            items.pop(wish.id or "", None)
            continue
        name = wish.price or (old and old["price"]["id"])
        if not name:
            raise invalid("Missing required param: subscription_details[items][0][price].")
        price = shop.get("price", name, "subscription_details[items][0][price]")
        quantity = wish.quantity if wish.quantity is not None else old["quantity"] if old else 1
        made = new_item(price, quantity, own=old["id"] if old else None)
        items[made["id"]] = made
    moment = details.proration_date or shop.now
    parts: list[Line] = []
    if details.items and details.proration_behavior != "none" and subscription["status"] != "trialing":
        parts = altering.prorated(shop, subscription, list(items.values()), moment)
    at_once = details.proration_behavior == "always_invoice" and bool(parts)
    waiting = [Line(**one["_line"]) for one in pending(shop, customer["id"], subscription["id"], only_own=at_once)]
    fresh = [] if at_once else next_lines(shop, subscription, list(items.values()))
    name = new_id("invoice").replace("in_", "upcoming_in_")
    every = [as_line(line, name) for line in [*waiting, *parts, *fresh]]
    total = sum(line["amount"] for line in every)
    return {
        "id": name,
        "object": "invoice",
        "amount_due": max(0, total + customer["balance"]),
        "amount_paid": 0,
        "billing_reason": "upcoming",
        "created": moment if at_once else period_of(subscription)[1],
        "currency": subscription["currency"],
        "customer": customer["id"],
        "lines": listed(every, "/v1/invoices/upcoming/lines"),
        "livemode": False,
        "starting_balance": customer["balance"],
        "status": "draft",
        "subtotal": total,
        "total": total,
    }


ACTIONS = [
    Action("POST", "/v1/invoices", "invoice", Create, _create),
    Action("POST", "/v1/invoices/create_preview", "invoice", Preview, _preview),
    Action("GET", "/v1/invoices", "invoice", List, _list),
    Action("GET", "/v1/invoices/{id}", "invoice", Asked, _get),
    Action("POST", "/v1/invoices/{id}", "invoice", Update, _update),
    Action("DELETE", "/v1/invoices/{id}", "invoice", Asked, _delete),
    Action("GET", "/v1/invoices/{id}/lines", "invoice", Page, _lines),
    Action("POST", "/v1/invoices/{id}/finalize", "invoice", Finalize, _finalize),
    Action("POST", "/v1/invoices/{id}/pay", "invoice", Pay, _pay),
    Action("POST", "/v1/invoices/{id}/void", "invoice", Asked, _void),
    Action("POST", "/v1/invoices/{id}/mark_uncollectible", "invoice", Asked, _mark_uncollectible),
    Action("POST", "/v1/invoices/{id}/send", "invoice", Asked, _send),
]
