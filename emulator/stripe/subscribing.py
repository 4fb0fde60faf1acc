"""What happens to subscriptions: opened, altered with proration, renewed, ended. Calls and pages give the wishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emulator.core.calls import Refusal
from emulator.stripe import invoicing, standing
from emulator.stripe.altering import prorated
from emulator.stripe.dialect import invalid
from emulator.stripe.drafting import draft
from emulator.stripe.invoicing import Payment
from emulator.stripe.items import lines, period_of, put_in, rhythm_of
from emulator.stripe.lines import as_item, pending
from emulator.stripe.listing import listed
from emulator.stripe.payment_methods import chosen
from emulator.stripe.periods import after, period_at
from emulator.stripe.shop import Object, Shop, shown


def opened(
    shop: Shop,
    customer: Object,
    items: Sequence[Object],
    *,
    payment: Payment = "allow_incomplete",
    method: Object | None = None,
    trial_end: int | None = None,
    present: bool = True,
    authenticated: bool = False,
    **fields: Any,
) -> tuple[Object, Refusal | None]:
    """A new subscription with its first invoice, and why that could not be paid, if so."""
    if not items:
        raise invalid("Missing required param: items.", "items", "parameter_missing")
    interval, count = rhythm_of(items)
    start = shop.now
    trial = trial_end is not None and trial_end > start
    anchor = trial_end if trial and trial_end is not None else start
    end = anchor if trial else after(anchor, interval, count)
    collected = fields.get("collection_method", "charge_automatically")
    scheduled = fields.get("schedule") is not None
    if collected == "charge_automatically" and payment != "default_incomplete" and not trial and not scheduled:
        _may_be_charged(shop, customer, items, method)
    subscription = shop.new(
        "subscription",
        {
            "application": None,
            "automatic_tax": {"enabled": False, "disabled_reason": None, "liability": None},
            "billing_cycle_anchor": anchor,
            "billing_cycle_anchor_config": None,
            "billing_mode": {"type": "classic"},
            "billing_thresholds": None,
            "cancel_at": None,
            "cancel_at_period_end": False,
            "canceled_at": None,
            "cancellation_details": {"comment": None, "feedback": None, "reason": None},
            "collection_method": "charge_automatically",
            "currency": items[0]["price"]["currency"],
            "customer": customer["id"],
            "customer_account": None,
            "days_until_due": None,
            "default_payment_method": method["id"] if method else None,
            "default_source": None,
            "default_tax_rates": [],
            "description": None,
            "discounts": [],
            "ended_at": None,
            "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
            "items": listed([], ""),
            "latest_invoice": None,
            "metadata": {},
            "next_pending_invoice_item_invoice": None,
            "pause_collection": None,
            "payment_settings": {
                "payment_method_options": None,
                "payment_method_types": None,
                "save_default_payment_method": "off",
            },
            "pending_invoice_item_interval": None,
            "pending_setup_intent": None,
            "pending_update": None,
            "schedule": None,
            "start_date": start,
            "status": "trialing" if trial else "incomplete" if collected == "charge_automatically" else "active",
            "test_clock": customer["test_clock"],
            "transfer_data": None,
            "trial_end": trial_end if trial else None,
            "trial_settings": {"end_behavior": {"missing_payment_method": "create_invoice"}},
            "trial_start": start if trial else None,
            **fields,
        },
    )
    subscription["items"]["url"] = f"/v1/subscription_items?subscription={subscription['id']}"
    put_in(shop, subscription, items, start, end)
    if customer["currency"] is None:
        shop.change(customer, currency=subscription["currency"])
    shop.emit("customer.subscription.created", subscription)
    waiting = pending(shop, customer["id"], subscription["id"])
    invoice = draft(
        shop, customer, "subscription_create", lines(shop, subscription, free=trial), waiting, subscription=subscription
    )
    return subscription, invoicing.collected(
        shop, subscription, invoice, payment, method, present=present, authenticated=authenticated
    )


def _may_be_charged(shop: Shop, customer: Object, items: Sequence[Object], method: Object | None) -> None:
    costs = any(one["price"]["unit_amount"] * one["quantity"] for one in items)
    if costs and method is None and chosen(shop, customer) is None:
        message = (
            "This customer has no attached payment source or default payment method. "
            "Please consider adding a default payment method."
        )
        raise invalid(message, code="resource_missing")


def renewed(shop: Shop, subscription: Object) -> None:
    """The period is over: the next one begins, and its invoice is drafted; it is charged an hour later."""
    items = subscription["items"]["data"]
    past = period_of(subscription)
    customer = shop.get("customer", subscription["customer"])
    if subscription["status"] == "trialing" and not goes_on(shop, subscription, customer):
        return
    before = shown(subscription)
    if subscription["status"] == "trialing":
        shop.change(subscription, status="active")
    fresh = [dict(one) for one in items]
    start, end = period_at(subscription["billing_cycle_anchor"], *rhythm_of(items), shop.now)
    put_in(shop, subscription, fresh, start, end)
    shop.emit("customer.subscription.updated", subscription, before)
    waiting = pending(shop, customer["id"], subscription["id"])
    collects = subscription["status"] != "unpaid"
    draft(
        shop,
        customer,
        "subscription_cycle",
        lines(shop, subscription),
        waiting,
        subscription=subscription,
        period=past,
        auto_advance=collects,
        automatically_finalizes_at=shop.now + invoicing.HOUR if collects else None,
    )


def goes_on(shop: Shop, subscription: Object, customer: Object) -> bool:
    """Whether it goes on as a paid one after its trial; without a card it may pause or end."""
    ends = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if ends != "create_invoice" and chosen(shop, customer, subscription["default_payment_method"]) is None:
        if ends == "cancel":
            standing.ended(shop, subscription, "payment_failed")
        else:
            shop.change(subscription, status="paused")
            shop.emit("customer.subscription.paused", subscription)
        return False
    return True


def resumed(shop: Shop, subscription: Object) -> None:
    """A paused subscription begins a new period, and is active once that is paid."""
    customer = shop.get("customer", subscription["customer"])
    items = [dict(one) for one in subscription["items"]["data"]]
    start = shop.now
    put_in(shop, subscription, items, start, after(start, *rhythm_of(items)))
    shop.change(subscription, billing_cycle_anchor=start)
    invoice = draft(shop, customer, "subscription_cycle", lines(shop, subscription), subscription=subscription)
    refusal = invoicing.collected(shop, subscription, invoice, "allow_incomplete", present=False)
    if refusal is None:
        shop.change(subscription, status="active")
        shop.emit("customer.subscription.resumed", subscription)


def ends_with_period(shop: Shop, subscription: Object, *, planned: bool) -> None:
    """Plan its end with the period that it is in, or take the plan back."""
    details = {**subscription["cancellation_details"], "reason": "cancellation_requested" if planned else None}
    shop.change(
        subscription,
        "customer.subscription.updated",
        cancel_at_period_end=planned,
        cancel_at=period_of(subscription)[1] if planned else None,
        canceled_at=shop.now if planned else None,
        cancellation_details=details,
    )


def canceled(
    shop: Shop,
    subscription: Object,
    *,
    reason: str = "cancellation_requested",
    prorate: bool = False,
    bill: bool = False,
) -> None:
    """End it now; ``prorate``: give back what was not used, ``bill``: on an invoice, now."""
    if subscription["status"] in {"canceled", "incomplete_expired"}:
        raise Refusal(404, "resource_missing", f"No such subscription: '{subscription['id']}'", param="id")
    customer = shop.get("customer", subscription["customer"])
    if prorate and subscription["status"] not in {"trialing", "incomplete"}:
        for part in prorated(shop, subscription, [], shop.now):
            as_item(shop, part, customer)
    standing.ended(shop, subscription, reason)
    waiting = pending(shop, customer["id"], subscription["id"], only_own=True)
    if bill and waiting:
        invoice = draft(shop, customer, "subscription_update", [], waiting, subscription=subscription)
        invoicing.collected(shop, subscription, invoice, "allow_incomplete", present=False)


def expired(shop: Shop, subscription: Object) -> None:
    """The first payment did not come within a day."""
    shop.change(subscription, status="incomplete_expired", ended_at=shop.now)
    shop.emit("customer.subscription.updated", subscription)
    invoice = shop.find("invoice", subscription["latest_invoice"] or "")
    if invoice is not None and invoice["status"] == "open":
        invoicing.closed(shop, invoice, "void", "voided_at", "invoice.voided")
