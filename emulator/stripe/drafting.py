"""Drafts of invoices, and the sums of their lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emulator.stripe.lines import Line, as_line
from emulator.stripe.listing import listed
from emulator.stripe.shop import Object, Shop, new_id

_SMALLEST = 50  # cents; less than that is not charged but owed


def draft(
    shop: Shop,
    customer: Object,
    reason: str,
    lines: Sequence[Line],
    waiting: Sequence[Object] = (),
    *,
    subscription: Object | None = None,
    period: tuple[int, int] | None = None,
    **fields: Any,
) -> Object:
    """A draft with ``lines`` and the invoice items that are ``waiting``."""
    name = new_id("invoice")
    currency = subscription["currency"] if subscription else fields.pop("currency", None) or "usd"
    start, end = period or (shop.now, shop.now)
    details = None
    if subscription is not None:
        own = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
        details = {"quote_details": None, "subscription_details": own, "type": "subscription_details"}
    invoice = shop.new(
        "invoice",
        {
            "account_country": "US",
            "account_name": "Emulated",
            "amount_overpaid": 0,
            "amount_paid": 0,
            "amount_shipping": 0,
            "attempt_count": 0,
            "attempted": False,
            "auto_advance": True,
            "automatic_tax": {"enabled": False, "liability": None, "status": None, "provider": None},
            "automatically_finalizes_at": None,
            "billing_reason": reason,
            "collection_method": subscription["collection_method"] if subscription else "charge_automatically",
            "currency": currency,
            "customer": customer["id"],
            "customer_account": None,
            "customer_address": customer["address"],
            "customer_email": customer["email"],
            "customer_name": customer["name"],
            "customer_phone": customer["phone"],
            "default_payment_method": None,
            "default_source": None,
            "default_tax_rates": [],
            "description": None,
            "discounts": [],
            "due_date": None,
            "effective_at": None,
            "ending_balance": None,
            "footer": None,
            "hosted_invoice_url": None,
            "invoice_pdf": None,
            "issuer": {"type": "self"},
            "last_finalization_error": None,
            "latest_revision": None,
            "lines": listed([], f"/v1/invoices/{name}/lines"),
            "metadata": {},
            "next_payment_attempt": None,
            "number": None,
            "parent": details,
            "payment_settings": {
                "default_mandate": None,
                "payment_method_options": None,
                "payment_method_types": None,
            },
            "period_end": end,
            "period_start": start,
            "post_payment_credit_notes_amount": 0,
            "pre_payment_credit_notes_amount": 0,
            "receipt_number": None,
            "starting_balance": customer["balance"],
            "statement_descriptor": None,
            "status": "draft",
            "status_transitions": {
                "finalized_at": None,
                "marked_uncollectible_at": None,
                "paid_at": None,
                "voided_at": None,
            },
            "test_clock": customer["test_clock"],
            "total_discount_amounts": [],
            "total_pretax_credit_amounts": [],
            "total_taxes": [],
            "webhooks_delivered_at": None,
            **fields,
        },
        name=name,
    )
    data = invoice["lines"]["data"]
    for item in waiting:
        data.append(as_line(Line(**item["_line"]), name, item["id"]))
        shop.change(item, invoice=name)
    data.extend(as_line(line, name) for line in lines)
    summed(shop, invoice, customer)
    if subscription is not None:
        shop.change(subscription, latest_invoice=name)
    shop.emit("invoice.created", invoice)
    return invoice


def summed(shop: Shop, invoice: Object, customer: Object) -> None:
    """Amounts of a draft or at its finalization: the customer's balance is taken off, or added."""
    total = sum(line["amount"] for line in invoice["lines"]["data"])
    due = max(0, total + customer["balance"])
    due = 0 if due < _SMALLEST else due
    shop.change(
        invoice,
        subtotal=total,
        subtotal_excluding_tax=total,
        total=total,
        total_excluding_tax=total,
        amount_due=due,
        amount_remaining=due,
        starting_balance=customer["balance"],
    )
