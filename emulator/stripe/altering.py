"""Other items in the middle of a period: what was not used is given back, what is left is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from emulator.core.calls import Refusal
from emulator.stripe import invoicing
from emulator.stripe.dialect import invalid
from emulator.stripe.drafting import draft
from emulator.stripe.invoicing import Payment
from emulator.stripe.items import cost, lines, period_of, put_in, rhythm_of
from emulator.stripe.lines import Line, as_item, named, pending
from emulator.stripe.periods import after, share
from emulator.stripe.shop import Object, Shop, shown

Proration = Literal["always_invoice", "create_prorations", "none"]


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
        same = before and later and cost(before) == cost(later) and before["price"]["id"] == later["price"]["id"]
        if same and not credits_only:
            continue
        for sign, one, word in ((-1, before, "Unused"), (1, None if credits_only else later, "Remaining")):
            if one is None:
                continue
            amount = sign * share(cost(one), start, end, moment)
            said = f"{word} time on {one['quantity']} × {named(shop, one['price'])}"
            price, quantity = one["price"], one["quantity"]
            found.append(
                Line(amount, price["currency"], said, moment, end, price, quantity, subscription["id"], name, True)
            )
    return found


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
    put_in(shop, subscription, items, start, end)
    if renews and other:
        shop.change(subscription, billing_cycle_anchor=end)
    if anew:
        changes: dict[str, Any] = {"billing_cycle_anchor": start}
        if trial:
            changes |= {"status": "active", "trial_end": start}
        if subscription["cancel_at_period_end"]:
            changes["cancel_at"] = end
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
    invoice = draft(shop, customer, reason, fresh, waiting, subscription=subscription)
    return invoicing.collected(shop, subscription, invoice, payment, present=present)
