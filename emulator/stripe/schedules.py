"""Subscription schedules: what a subscription will be, phase after phase; a downgrade at the end of the period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe import standing, subscribing
from emulator.stripe.dialect import invalid
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Count, Dated, Metadata, Params, Time, merged
from emulator.stripe.periods import after
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop
from emulator.stripe.subscribing import Proration

Ending = Literal["cancel", "release"]


class Duration(Params):
    interval: Literal["day", "week", "month", "year"]
    interval_count: Annotated[int, Field(ge=1, le=36)] = 1


class PhaseItem(Params):
    price: str
    quantity: Count = 1
    metadata: Metadata = None


class Phase(Params):
    items: Annotated[list[PhaseItem], Field(min_length=1)]
    duration: Duration | None = None
    end_date: Time | None = None
    iterations: Annotated[int, Field(ge=1, le=100)] | None = None
    metadata: Metadata = None
    proration_behavior: Proration = "create_prorations"
    start_date: Literal["now"] | Time | None = None


class Create(Asked):
    customer: str | None = None
    end_behavior: Ending = "release"
    from_subscription: str | None = None
    metadata: Metadata = None
    phases: list[Phase] | None = None
    start_date: Literal["now"] | Time | None = None


class Update(Asked):
    end_behavior: Ending | None = None
    metadata: Metadata = None
    phases: list[Phase] | None = None
    proration_behavior: Proration = "create_prorations"


class Cancel(Asked):
    invoice_now: bool = True
    prorate: bool = True


class Release(Asked):
    preserve_cancel_date: bool | None = None


class List(Dated):
    customer: str | None = None


def _create(shop: Shop, asked: Create) -> Object:
    if asked.from_subscription is not None:
        if asked.phases is not None or asked.customer is not None:
            raise invalid("You cannot set `phases` or `customer` if `from_subscription` is set.", "from_subscription")
        return _from(shop, shop.get("subscription", asked.from_subscription, "from_subscription"), asked)
    if asked.customer is None or not asked.phases or asked.start_date is None:
        missing = "customer" if asked.customer is None else "phases" if not asked.phases else "start_date"
        raise invalid(f"Missing required param: {missing}.", missing, "parameter_missing")
    customer = shop.get("customer", asked.customer, "customer")
    start = shop.now if asked.start_date == "now" else asked.start_date
    schedule = _new(shop, asked, customer["id"], _phases(shop, asked.phases, start))
    if start <= shop.now:
        begin(shop, schedule)
    return schedule


def _from(shop: Shop, subscription: Object, asked: Create) -> Object:
    if subscription["status"] not in standing.LIVE:
        raise invalid(f"The subscription is {subscription['status']}; it cannot have a schedule.", "from_subscription")
    if subscription["schedule"] is not None:
        message = f"The subscription is already attached to a schedule: {subscription['schedule']}"
        raise invalid(message, "from_subscription")
    start, end = subscribing.period_of(subscription)
    items = [
        {"price": one["price"]["id"], "quantity": one["quantity"], "metadata": one["metadata"]}
        for one in subscription["items"]["data"]
    ]
    schedule = _new(shop, asked, subscription["customer"], [_phase(items, subscription["currency"], start, end)])
    shop.change(
        schedule,
        status="active",
        subscription=subscription["id"],
        current_phase={"start_date": start, "end_date": end},
    )
    shop.change(subscription, "customer.subscription.updated", schedule=schedule["id"])
    return schedule


def _new(shop: Shop, asked: Create, customer: str, phases: Sequence[Object]) -> Object:
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
            },
            "end_behavior": asked.end_behavior,
            "metadata": asked.metadata or {},
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


def _phases(shop: Shop, wishes: Sequence[Phase], start: int) -> list[Object]:
    """The phases with their times; one without an end, which only the last may be, takes one interval."""
    found = []
    for place, wish in enumerate(wishes):
        if isinstance(wish.start_date, int) and wish.start_date != start:
            message = f"The start of phase {place} must be {start}, the end of the phase before it."
            raise invalid(message, f"phases[{place}][start_date]")
        prices = [shop.get("price", one.price, f"phases[{place}][items][0][price]") for one in wish.items]
        made = [subscribing.item(price) for price in prices]
        end = wish.end_date
        if end is None:
            interval, count = subscribing.rhythm_of(made)
            if wish.duration is not None:
                interval, count = wish.duration.interval, wish.duration.interval_count
            end = after(start, interval, count * (wish.iterations or 1))
        if end <= start:
            raise invalid("A phase must end after it starts.", f"phases[{place}][end_date]")
        items = [one.model_dump() | {"metadata": one.metadata or {}} for one in wish.items]
        found.append(_phase(items, prices[0]["currency"], start, end, wish.proration_behavior, wish.metadata))
        start = end
    return found


def _phase(
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
        subscribing.item(shop.get("price", one["price"]), one["quantity"], one["metadata"], for_sale=False)
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
            _complete(shop, schedule)
            subscribing.canceled(shop, subscription)
        else:
            _complete(shop, schedule)
            _let_go(shop, schedule, subscription)
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
        items.append(subscribing.item(price, wish["quantity"], wish["metadata"], kept, for_sale=False))
    at_end = subscribing.period_of(subscription)[1] == shop.now
    subscribing.altered(
        shop, subscription, items, proration="none" if at_end else phase["proration_behavior"], renews=at_end
    )


def at_period_end(shop: Shop, subscription: Object, price: Object) -> None:
    """Another price from the next period on: a schedule of two phases."""
    schedule = _from(shop, subscription, Create(from_subscription=subscription["id"]))
    end = subscribing.period_of(subscription)[1]
    rhythm = price["recurring"]
    until = after(end, rhythm["interval"], rhythm["interval_count"])
    coming = _phase([{"price": price["id"], "quantity": 1, "metadata": {}}], price["currency"], end, until)
    shop.change(schedule, "subscription_schedule.updated", phases=[*schedule["phases"], coming])


def _complete(shop: Shop, schedule: Object) -> None:
    shop.change(schedule, status="completed", completed_at=shop.now, current_phase=None)
    shop.emit("subscription_schedule.completed", schedule)


def _let_go(shop: Shop, schedule: Object, subscription: Object) -> None:
    shop.change(schedule, subscription=None, released_subscription=subscription["id"])
    shop.change(subscription, "customer.subscription.updated", schedule=None)


def _update(shop: Shop, asked: Update, name: str) -> Object:
    schedule = _open(shop, name)
    changes: dict[str, Any] = asked.given("end_behavior")
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(schedule["metadata"], asked.metadata)
    if asked.phases is not None:
        current = schedule["current_phase"]
        first = schedule["phases"][0]["start_date"]
        changes["phases"] = phases = _phases(shop, asked.phases, first)
        running = next((one for one in phases if one["start_date"] <= shop.now < one["end_date"]), None)
        if current is not None and running is None:
            raise invalid("One of the phases must be the one that runs now.", "phases")
        if current is not None and running is not None:
            changes["current_phase"] = {name: running[name] for name in ("start_date", "end_date")}
            _rearrange(shop, schedule, running)
    shop.change(schedule, "subscription_schedule.updated", **changes)
    return schedule


def _rearrange(shop: Shop, schedule: Object, running: Object) -> None:
    """The running phase may have got other items: they hold from now on."""
    subscription = shop.get("subscription", schedule["subscription"])
    have = [(one["price"]["id"], one["quantity"]) for one in subscription["items"]["data"]]
    if have != [(one["price"], one["quantity"]) for one in running["items"]]:
        apply(shop, subscription, running)


def _open(shop: Shop, name: str) -> Object:
    schedule = shop.get("subscription_schedule", name)
    if schedule["status"] not in {"active", "not_started"}:
        raise invalid(f"The schedule is {schedule['status']} and can no longer be changed.")
    return schedule


def _cancel(shop: Shop, asked: Cancel, name: str) -> Object:
    schedule = _open(shop, name)
    subscription = schedule["subscription"] and shop.get("subscription", schedule["subscription"])
    shop.change(schedule, status="canceled", canceled_at=shop.now, current_phase=None)
    shop.emit("subscription_schedule.canceled", schedule)
    if subscription:
        subscribing.canceled(shop, subscription, prorate=asked.prorate, bill=asked.invoice_now)
    return schedule


def _release(shop: Shop, asked: Release, name: str) -> Object:
    schedule = _open(shop, name)
    subscription = schedule["subscription"] and shop.get("subscription", schedule["subscription"])
    shop.change(schedule, status="released", released_at=shop.now, current_phase=None)
    if subscription:
        _let_go(shop, schedule, subscription)
    shop.emit("subscription_schedule.released", schedule)
    return schedule


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("subscription_schedule", name)


def _list(shop: Shop, asked: List) -> Object:
    return page(
        matching(shop.all("subscription_schedule"), customer=asked.customer), asked, "/v1/subscription_schedules"
    )


ACTIONS = [
    Action("POST", "/v1/subscription_schedules", "subscription-schedule", Create, _create),
    Action("GET", "/v1/subscription_schedules", "subscription-schedule", List, _list),
    Action("GET", "/v1/subscription_schedules/{id}", "subscription-schedule", Asked, _get),
    Action("POST", "/v1/subscription_schedules/{id}", "subscription-schedule", Update, _update),
    Action("POST", "/v1/subscription_schedules/{id}/cancel", "subscription-schedule", Cancel, _cancel),
    Action("POST", "/v1/subscription_schedules/{id}/release", "subscription-schedule", Release, _release),
]
