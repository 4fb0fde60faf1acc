"""Test clocks: customers that live on a time of their own, which is put forward by a call."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from emulator.stripe import standing
from emulator.stripe.dialect import invalid
from emulator.stripe.listing import page
from emulator.stripe.params import Asked, Dated, Time
from emulator.stripe.periods import after
from emulator.stripe.serving import Action
from emulator.stripe.shop import CLOCK, Object, Shop, shown
from emulator.stripe.timeline import pass_time

_AT_ONCE = 2  # intervals of the shortest subscription, or years where there is none


class Create(Asked):
    frozen_time: Time
    name: Annotated[str, Field(max_length=300)] | None = None


class Advance(Asked):
    frozen_time: Time


def _create(shop: Shop, asked: Create) -> Object:
    clock = shop.new(
        CLOCK,
        {
            "deletes_after": shop.now + 30 * 86_400,
            "frozen_time": asked.frozen_time,
            "name": asked.name,
            "status": "ready",
            "status_details": {},
        },
    )
    shop.emit(f"{CLOCK}.created", clock)
    return clock


def _advance(shop: Shop, asked: Advance, name: str) -> Object:
    """Answers `advancing`, as the service does; it is `ready` when it is looked up."""
    clock = shop.get(CLOCK, name)
    if asked.frozen_time <= clock["frozen_time"]:
        raise invalid("The `frozen_time` must be after the current one.", "frozen_time")
    if asked.frozen_time > _furthest(shop, clock):
        message = f"You can advance a clock by {_AT_ONCE} intervals of its shortest subscription at most."
        raise invalid(message, "frozen_time")
    details = {"advancing": {"target_frozen_time": asked.frozen_time}}
    shop.change(clock, status="advancing", status_details=details)
    shop.emit(f"{CLOCK}.advancing", clock)
    answer = shown(clock)
    pass_time(shop, name, asked.frozen_time)
    shop.change(clock, status="ready", status_details={}, frozen_time=asked.frozen_time)
    shop.clock = None
    shop.emit(f"{CLOCK}.ready", clock)
    return answer


def _furthest(shop: Shop, clock: Object) -> int:
    now = clock["frozen_time"]
    ends = [
        after(now, one["price"]["recurring"]["interval"], _AT_ONCE * one["price"]["recurring"]["interval_count"])
        for subscription in shop.all("subscription", test_clock=clock["id"])
        if subscription["status"] in standing.LIVE
        for one in subscription["items"]["data"]
    ]
    return min(ends, default=after(now, "year", _AT_ONCE))


def _delete(shop: Shop, asked: Asked, name: str) -> Object:
    """Its customers go with it, and all that they had."""
    clock = shop.get(CLOCK, name)
    for kind in ("customer", "subscription", "subscription_schedule", "invoice", "invoiceitem", "checkout.session"):
        for thing in shop.all(kind, _clock=name):
            shop.drop(thing)
    shop.clock = None
    shop.emit(f"{CLOCK}.deleted", clock)
    shop.drop(clock)
    return {"id": name, "object": CLOCK, "deleted": True}


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get(CLOCK, name)


def _list(shop: Shop, asked: Dated) -> Object:
    return page(shop.all(CLOCK), asked, "/v1/test_helpers/test_clocks")


ACTIONS = [
    Action("POST", "/v1/test_helpers/test_clocks", "test-clock", Create, _create),
    Action("GET", "/v1/test_helpers/test_clocks", "test-clock", Dated, _list),
    Action("GET", "/v1/test_helpers/test_clocks/{id}", "test-clock", Asked, _get),
    Action("DELETE", "/v1/test_helpers/test_clocks/{id}", "test-clock", Asked, _delete),
    Action("POST", "/v1/test_helpers/test_clocks/{id}/advance", "test-clock", Advance, _advance),
]
