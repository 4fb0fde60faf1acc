"""What happens by itself as time passes, in the order in which it is due, on each timeline alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator

from emulator.core.calls import Refusal
from emulator.core.hub import Hub
from emulator.stripe import invoicing, scheduling, selling, subscribing
from emulator.stripe.items import period_of
from emulator.stripe.shop import CLOCK, Object, Shop

_log = logging.getLogger(__name__)
_HALF_PAID = 23 * 3_600  # seconds until a subscription that was never paid expires
_LONGEST_NAP = 60.0  # seconds; whoever moves the clock wakes us

Happening = tuple[int, int, str, Callable[[Shop], None]]  # when, in which order at one time, to what, and what


def pass_time(shop: Shop, clock: str | None, until: int) -> None:
    """Let everything happen on a timeline that is due up to ``until``."""
    while True:
        shop.clock = clock
        due = [one for one in _coming(shop, clock) if one[0] <= until]
        if not due:
            break
        when, _, _, happen = min(due, key=lambda one: one[:3])
        shop.clock = clock
        if clock is None:
            shop.moment = when
        else:
            kept = shop.get(CLOCK, clock)
            shop.change(kept, frozen_time=max(when, kept["frozen_time"]))
        happen(shop)
    shop.moment, shop.clock = None, clock


def next_due(shop: Shop) -> int | None:
    """When something is due next on the emulator's own time."""
    return min((one[0] for one in _coming(shop, None)), default=None)


def _coming(shop: Shop, clock: str | None) -> Iterator[Happening]:
    for schedule in _of(shop, "subscription_schedule", clock):
        if schedule["status"] == "not_started":
            yield schedule["phases"][0]["start_date"], 1, schedule["id"], _bound(scheduling.begin, schedule)
        elif schedule["status"] == "active":
            yield schedule["current_phase"]["end_date"], 1, schedule["id"], _bound(scheduling.turn, schedule)
    for subscription in _of(shop, "subscription", clock):
        status, name = subscription["status"], subscription["id"]
        if status in {"canceled", "incomplete_expired", "paused"}:
            continue
        if status == "incomplete":
            yield subscription["created"] + _HALF_PAID, 0, name, _bound(subscribing.expired, subscription)
            continue
        if subscription["cancel_at"] is not None:
            yield subscription["cancel_at"], 0, name, _bound(subscribing.canceled, subscription)
        yield period_of(subscription)[1], 2, name, _bound(subscribing.renewed, subscription)
    for invoice in _of(shop, "invoice", clock):
        when = (
            invoice["automatically_finalizes_at"] if invoice["status"] == "draft" else invoice["next_payment_attempt"]
        )
        if when is not None and invoice["status"] in {"draft", "open"}:
            yield when, 3, invoice["id"], _bound(invoicing.advance, invoice)
    for session in _of(shop, "checkout.session", clock):
        if session["status"] == "open":
            yield session["expires_at"], 0, session["id"], _bound(selling.expired, session)


def _of(shop: Shop, kind: str, clock: str | None) -> list[Object]:
    return shop.all(kind, _clock=clock)


def _bound(happen: Callable[[Shop, Object], object], thing: Object) -> Callable[[Shop], None]:
    def run(shop: Shop) -> None:
        happen(shop, thing)

    return run


async def pass_forever(hub: Hub) -> None:
    """The emulator's own time: what is due happens soon after, also when the clock is put forward."""
    while True:
        hub.time_moved.clear()
        try:
            with hub.state.transaction():
                shop = Shop(hub)
                pass_time(shop, None, int(hub.state.now()))
                coming = next_due(shop)
        except Refusal as refusal:  # a test clock tells its caller; here there is none
            _log.warning("time stands still at Stripe: %s", refusal.message)
            coming = None
        nap = None if coming is None else min(max(coming - hub.state.now(), 0.05), _LONGEST_NAP)
        try:
            await asyncio.wait_for(hub.time_moved.wait(), nap)
        except TimeoutError:
            continue
