"""Subscription schedules: what a subscription will be, phase after phase; a downgrade at the end of the period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe import scheduling, subscribing
from emulator.stripe.altering import Proration
from emulator.stripe.dialect import invalid
from emulator.stripe.items import new_item, rhythm_of
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Count, Dated, Metadata, Params, Time, merged
from emulator.stripe.periods import after
from emulator.stripe.scheduling import Ending
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop


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
        subscription = shop.get("subscription", asked.from_subscription, "from_subscription")
        return scheduling.following(shop, subscription, asked.end_behavior, asked.metadata)
    if asked.customer is None or not asked.phases or asked.start_date is None:
        missing = "customer" if asked.customer is None else "phases" if not asked.phases else "start_date"
        raise invalid(f"Missing required param: {missing}.", missing, "parameter_missing")
    customer = shop.get("customer", asked.customer, "customer")
    start = shop.now if asked.start_date == "now" else asked.start_date
    schedule = scheduling.made(
        shop, customer["id"], _phases(shop, asked.phases, start), asked.end_behavior, asked.metadata
    )
    if start <= shop.now:
        scheduling.begin(shop, schedule)
    return schedule


def _phases(shop: Shop, wishes: Sequence[Phase], start: int) -> list[Object]:
    """The phases with their times; one without an end, which only the last may be, takes one interval."""
    found = []
    for place, wish in enumerate(wishes):
        if isinstance(wish.start_date, int) and wish.start_date != start:
            message = f"The start of phase {place} must be {start}, the end of the phase before it."
            raise invalid(message, f"phases[{place}][start_date]")
        prices = [shop.get("price", one.price, f"phases[{place}][items][0][price]") for one in wish.items]
        made = [new_item(price) for price in prices]
        end = wish.end_date
        if end is None:
            interval, count = rhythm_of(made)
            if wish.duration is not None:
                interval, count = wish.duration.interval, wish.duration.interval_count
            end = after(start, interval, count * (wish.iterations or 1))
        if end <= start:
            raise invalid("A phase must end after it starts.", f"phases[{place}][end_date]")
        items = [one.model_dump() | {"metadata": one.metadata or {}} for one in wish.items]
        found.append(
            scheduling.phase_of(items, prices[0]["currency"], start, end, wish.proration_behavior, wish.metadata)
        )
        start = end
    return found


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
        scheduling.apply(shop, subscription, running)


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
        scheduling.let_go(shop, schedule, subscription)
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
