"""The items of a subscription: what is paid for, in which rhythm and period, and the lines that this makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emulator.stripe.catalogue import plan_of
from emulator.stripe.dialect import invalid
from emulator.stripe.lines import Line, named
from emulator.stripe.periods import after
from emulator.stripe.shop import Object, Shop, new_id, shown


def new_item(
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


def put_in(shop: Shop, subscription: Object, items: Sequence[Object], start: int, end: int) -> None:
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


def cost(one: Object) -> int:
    return int(one["price"]["unit_amount"]) * int(one["quantity"])
