"""What happens to subscriptions: opened, altered with proration, renewed, ended. Calls and pages give the wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from emulator.core.calls import Refusal
from emulator.stripe import invoicing, standing
from emulator.stripe.catalogue import plan_of
from emulator.stripe.dialect import invalid
from emulator.stripe.lines import Line, as_item, named, pending
from emulator.stripe.listing import listed
from emulator.stripe.payment_methods import chosen
from emulator.stripe.periods import after, period_at, share
from emulator.stripe.shop import Object, Shop, new_id, shown

Proration = Literal["always_invoice", "create_prorations", "none"]
Payment = Literal["allow_incomplete", "default_incomplete", "error_if_incomplete"]


def item(
    price: Object,
    quantity: int = 1,
    metadata: Mapping[str, str] | None = None,
    own: str | None = None,
    *,
    for_sale: bool = True,
) -> Object:
    """An item of a subscription; its period is set by the subscription. ``for_sale``: the price must be active."""
    if price["recurring"] is None:
        message = "The price specified is set to `type=one_time` but this field only accepts `type=recurring`."
        raise invalid(message, "items[0][price]")
    if for_sale and not price["active"]:
        raise invalid("The price specified is inactive. This field only accepts active prices.", "items[0][price]")
    return {
        "id": own or new_id("subscription_item"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": 0,
        "current_period_end": 0,
        "current_period_start": 0,
        "discounts": [],
        "metadata": dict(metadata or {}),
        "plan": plan_of(price),
        "price": shown(price),
        "quantity": quantity,
        "subscription": "",
        "tax_rates": [],
    }


def rhythm_of(items: Sequence[Object]) -> tuple[str, int]:
    """The interval that all items share; Refusal 400 when they do not, or cannot be billed together."""
    rhythms = {(one["price"]["recurring"]["interval"], one["price"]["recurring"]["interval_count"]) for one in items}
    if len(rhythms) != 1:
        raise invalid("All prices of a subscription must have the same interval here.", "items")
    if len({one["price"]["currency"] for one in items}) != 1:
        raise invalid("All prices of a subscription must have the same currency.", "items")
    return next(iter(rhythms))


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
    if collected == "charge_automatically" and payment != "default_incomplete" and not trial:
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
    _set(shop, subscription, items, start, end)
    if customer["currency"] is None:
        shop.change(customer, currency=subscription["currency"])
    shop.emit("customer.subscription.created", subscription)
    waiting = pending(shop, customer["id"], subscription["id"])
    invoice = invoicing.draft(
        shop, customer, "subscription_create", lines(shop, subscription, free=trial), waiting, subscription=subscription
    )
    return subscription, _collected(
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


def _collected(
    shop: Shop,
    subscription: Object,
    invoice: Object,
    payment: Payment,
    method: Object | None = None,
    *,
    present: bool,
    authenticated: bool = False,
) -> Refusal | None:
    invoicing.finalize(shop, invoice)
    if invoice["status"] != "open" or subscription["collection_method"] != "charge_automatically":
        return None
    if payment == "default_incomplete":
        invoicing.intent_of(shop, invoice)
        return None
    refusal = invoicing.pay(shop, invoice, method=method, present=present, authenticated=authenticated)
    if refusal is not None and payment == "error_if_incomplete":
        raise refusal
    return refusal


def _set(shop: Shop, subscription: Object, items: Sequence[Object], start: int, end: int) -> None:
    for one in items:
        one.update(current_period_start=start, current_period_end=end, subscription=subscription["id"])
        one["created"] = one["created"] or shop.now
    shop.change(subscription, items={**subscription["items"], "data": list(items)})


def period_of(subscription: Object) -> tuple[int, int]:
    first = subscription["items"]["data"][0]
    return first["current_period_start"], first["current_period_end"]


def next_lines(shop: Shop, subscription: Object, items: Sequence[Object]) -> list[Line]:
    """What the next period will cost with ``items``."""
    interval, count = rhythm_of(items)
    end = period_of(subscription)[1]
    period = {"current_period_start": end, "current_period_end": after(end, interval, count)}
    coming = {**subscription, "items": {"data": [{**one, **period} for one in items]}}
    return lines(shop, coming)


def lines(shop: Shop, subscription: Object, *, free: bool = False) -> list[Line]:
    """A line an item for the period that the subscription is in; ``free``: a trial."""
    found = []
    for one in subscription["items"]["data"]:
        price, quantity = one["price"], one["quantity"]
        each = f"${price['unit_amount'] / 100:.2f} / {price['recurring']['interval']}"
        said = f"Trial period for {named(shop, price)}" if free else f"{quantity} × {named(shop, price)} (at {each})"
        start, end = one["current_period_start"], one["current_period_end"]
        amount = 0 if free else price["unit_amount"] * quantity
        currency, name = price["currency"], subscription["id"]
        found.append(Line(amount, currency, said, start, end, price, quantity, name, one["id"]))
    return found


def prorated(
    shop: Shop, subscription: Object, items: Sequence[Object], moment: int, *, credits_only: bool = False
) -> list[Line]:
    """What an alteration at ``moment`` gives back and asks for, by the second."""
    start, end = period_of(subscription)
    old = {one["id"]: one for one in subscription["items"]["data"]}
    new = {one["id"]: one for one in items}
    found = []
    for name in dict.fromkeys([*old, *new]):
        before, later = old.get(name), new.get(name)
        same = before and later and _cost(before) == _cost(later) and before["price"]["id"] == later["price"]["id"]
        if same and not credits_only:
            continue
        for sign, one, word in ((-1, before, "Unused"), (1, None if credits_only else later, "Remaining")):
            if one is None:
                continue
            amount = sign * share(_cost(one), start, end, moment)
            said = f"{word} time on {one['quantity']} × {named(shop, one['price'])}"
            price, quantity = one["price"], one["quantity"]
            found.append(
                Line(amount, price["currency"], said, moment, end, price, quantity, subscription["id"], name, True)
            )
    return found


def _cost(one: Object) -> int:
    return int(one["price"]["unit_amount"]) * int(one["quantity"])


def altered(
    shop: Shop,
    subscription: Object,
    items: Sequence[Object],
    *,
    proration: Proration = "create_prorations",
    payment: Payment = "allow_incomplete",
    moment: int | None = None,
    restart: bool = False,
    renews: bool = False,
    present: bool = False,
) -> Refusal | None:
    """Other items from now on. Where the interval changes, or on ``restart``, a new period begins and is invoiced.

    ``renews``: it is the end of the period, and the next one begins by itself.
    """
    if not items:
        raise invalid("A subscription must have at least one item.", "items")
    rhythm = rhythm_of(items)
    customer = shop.get("customer", subscription["customer"])
    start, end = period_of(subscription)
    moment = shop.now if moment is None else moment
    if not start <= moment <= end:
        raise invalid("The proration date must lie in the current period.", "proration_date")
    trial = subscription["status"] == "trialing"
    other = rhythm != rhythm_of(subscription["items"]["data"])
    anew = restart or (other and not trial and not renews)
    parts = []
    if proration != "none" and not trial:
        parts = prorated(shop, subscription, items, moment, credits_only=anew)
    if anew:
        start, end = shop.now, after(shop.now, *rhythm)
    before = shown(subscription)
    _set(shop, subscription, items, start, end)
    if renews and other:
        shop.change(subscription, billing_cycle_anchor=end)
    if anew:
        changes: dict[str, Any] = {"billing_cycle_anchor": start}
        if trial:
            changes |= {"status": "active", "trial_end": start}
        shop.change(subscription, **changes)
    if shown(subscription) != before:
        shop.emit("customer.subscription.updated", subscription, before)
    for part in parts:
        as_item(shop, part, customer)
    if not anew and proration != "always_invoice":
        return None
    waiting = pending(shop, customer["id"], subscription["id"], only_own=not anew)
    if not anew and not waiting:
        return None
    fresh = lines(shop, subscription) if anew else []
    reason = "subscription_cycle" if trial else "subscription_update"
    invoice = invoicing.draft(shop, customer, reason, fresh, waiting, subscription=subscription)
    return _collected(shop, subscription, invoice, payment, present=present)


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
    _set(shop, subscription, fresh, start, end)
    shop.emit("customer.subscription.updated", subscription, before)
    waiting = pending(shop, customer["id"], subscription["id"])
    collects = subscription["status"] != "unpaid"
    invoicing.draft(
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
    _set(shop, subscription, items, start, after(start, *rhythm_of(items)))
    shop.change(subscription, billing_cycle_anchor=start)
    invoice = invoicing.draft(
        shop, customer, "subscription_cycle", lines(shop, subscription), subscription=subscription
    )
    refusal = _collected(shop, subscription, invoice, "allow_incomplete", present=False)
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
        invoice = invoicing.draft(shop, customer, "subscription_update", [], waiting, subscription=subscription)
        _collected(shop, subscription, invoice, "allow_incomplete", present=False)


def expired(shop: Shop, subscription: Object) -> None:
    """The first payment did not come within a day."""
    shop.change(subscription, status="incomplete_expired", ended_at=shop.now)
    shop.emit("customer.subscription.updated", subscription)
    invoice = shop.find("invoice", subscription["latest_invoice"] or "")
    if invoice is not None and invoice["status"] == "open":
        invoicing.closed(shop, invoice, "void", "voided_at", "invoice.voided")
