"""What schedules do as time passes: begin, turn to the next phase, end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from emulator.stripe import altering, standing, subscribing
from emulator.stripe.altering import Proration
from emulator.stripe.dialect import invalid
from emulator.stripe.items import new_item, period_of
from emulator.stripe.periods import after
from emulator.stripe.shop import Object, Shop

Ending = Literal["cancel", "release"]


def following(
    shop: Shop, subscription: Object, ending: Ending = "release", metadata: dict[str, str] | None = None
) -> Object:
    """A schedule over a subscription that is there: its first phase is the period that runs."""
    if subscription["status"] not in standing.LIVE:
        raise invalid(f"The subscription is {subscription['status']}; it cannot have a schedule.", "from_subscription")
    if subscription["schedule"] is not None:
        message = f"The subscription is already attached to a schedule: {subscription['schedule']}"
        raise invalid(message, "from_subscription")
    start, end = period_of(subscription)
    items = [
        {"price": one["price"]["id"], "quantity": one["quantity"], "metadata": one["metadata"]}
        for one in subscription["items"]["data"]
    ]
    phase = phase_of(items, subscription["currency"], start, end)
    schedule = made(shop, subscription["customer"], [phase], ending, metadata)
    shop.change(
        schedule,
        status="active",
        subscription=subscription["id"],
        current_phase={"start_date": start, "end_date": end},
    )
    shop.change(subscription, "customer.subscription.updated", schedule=schedule["id"])
    return schedule


def made(
    shop: Shop, customer: str, phases: Sequence[Object], ending: Ending, metadata: dict[str, str] | None
) -> Object:
    schedule = shop.new(
        "subscription_schedule",
        {
            "application": None,
            "billing_mode": {"type": "classic"},
            "canceled_at": None,
            "completed_at": None,
            "current_phase": None,
            "customer": customer,
            "customer_account": None,
            "default_settings": {
                "billing_cycle_anchor": "automatic",
                "collection_method": "charge_automatically",
                "default_payment_method": None,
                "invoice_settings": {"account_tax_ids": None, "days_until_due": None, "issuer": {"type": "self"}},
            },
            "end_behavior": ending,
            "metadata": metadata or {},
            "phases": list(phases),
            "released_at": None,
            "released_subscription": None,
            "status": "not_started",
            "subscription": None,
            "test_clock": shop.get("customer", customer)["test_clock"],
        },
    )
    shop.emit("subscription_schedule.created", schedule)
    return schedule


def phase_of(
    items: Sequence[Object],
    currency: str,
    start: int,
    end: int,
    proration: Proration = "create_prorations",
    metadata: dict[str, str] | None = None,
) -> Object:
    return {
        "add_invoice_items": [],
        "currency": currency,
        "discounts": [],
        "end_date": end,
        "items": [{**one, "plan": one["price"], "discounts": [], "tax_rates": []} for one in items],
        "metadata": metadata or {},
        "proration_behavior": proration,
        "start_date": start,
        "trial_end": None,
    }


def begin(shop: Shop, schedule: Object) -> None:
    """Its first phase starts: the subscription is made."""
    phase = schedule["phases"][0]
    customer = shop.get("customer", schedule["customer"])
    items = [
        new_item(shop.get("price", one["price"]), one["quantity"], one["metadata"], for_sale=False)
        for one in phase["items"]
    ]
    subscription, _ = subscribing.opened(shop, customer, items, present=False, schedule=schedule["id"])
    current = {"start_date": phase["start_date"], "end_date": phase["end_date"]}
    shop.change(schedule, status="active", subscription=subscription["id"], current_phase=current)
    shop.emit("subscription_schedule.updated", schedule)


def turn(shop: Shop, schedule: Object) -> None:
    """A phase is over: the next one, or the end."""
    subscription = shop.get("subscription", schedule["subscription"])
    over = schedule["current_phase"]["end_date"]
    coming = next((one for one in schedule["phases"] if one["start_date"] == over), None)
    if coming is None:
        if schedule["end_behavior"] == "cancel":
            completed(shop, schedule)
            subscribing.canceled(shop, subscription)
        else:
            completed(shop, schedule)
            let_go(shop, schedule, subscription)
        return
    current = {"start_date": coming["start_date"], "end_date": coming["end_date"]}
    shop.change(schedule, current_phase=current)
    apply(shop, subscription, coming)
    shop.emit("subscription_schedule.updated", schedule)


def apply(shop: Shop, subscription: Object, phase: Object) -> None:
    """Give ``subscription`` the items of ``phase``; its first items stay, with other prices."""
    old = subscription["items"]["data"]
    items = []
    for place, wish in enumerate(phase["items"]):
        kept = old[place]["id"] if place < len(old) else None
        price = shop.get("price", wish["price"])
        items.append(new_item(price, wish["quantity"], wish["metadata"], kept, for_sale=False))
    at_end = period_of(subscription)[1] == shop.now
    altering.altered(
        shop, subscription, items, proration="none" if at_end else phase["proration_behavior"], renews=at_end
    )


def at_period_end(shop: Shop, subscription: Object, price: Object) -> None:
    """Another price from the next period on: a schedule of two phases."""
    schedule = following(shop, subscription)
    end = period_of(subscription)[1]
    rhythm = price["recurring"]
    until = after(end, rhythm["interval"], rhythm["interval_count"])
    coming = phase_of([{"price": price["id"], "quantity": 1, "metadata": {}}], price["currency"], end, until)
    shop.change(schedule, "subscription_schedule.updated", phases=[*schedule["phases"], coming])


def completed(shop: Shop, schedule: Object) -> None:
    shop.change(schedule, status="completed", completed_at=shop.now, current_phase=None)
    shop.emit("subscription_schedule.completed", schedule)


def let_go(shop: Shop, schedule: Object, subscription: Object) -> None:
    shop.change(schedule, subscription=None, released_subscription=subscription["id"])
    shop.change(subscription, "customer.subscription.updated", schedule=None)
