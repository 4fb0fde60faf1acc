"""Subscriptions: the calls. What they do is `subscribing.py`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe import altering, subscribing
from emulator.stripe.altering import Proration
from emulator.stripe.catalogue import PriceData, from_data
from emulator.stripe.dialect import invalid
from emulator.stripe.invoicing import Payment
from emulator.stripe.items import new_item
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Count, Dated, Metadata, Page, Params, Text, Time, merged
from emulator.stripe.payment_methods import attached, resolved
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop, no_such

Feedback = Literal[
    "customer_service", "low_quality", "missing_features", "other", "switched_service", "too_complex", "too_expensive",
    "unused",
]  # fmt: skip


class Item(Params):
    metadata: Metadata = None
    price: str | None = None
    price_data: PriceData | None = None
    quantity: Count = 1


class ItemChange(Item):
    id: str | None = None
    deleted: bool = False


class EndBehavior(Params):
    missing_payment_method: Literal["cancel", "create_invoice", "pause"]


class TrialSettings(Params):
    end_behavior: EndBehavior


class CancellationDetails(Params):
    comment: Text | None = None
    feedback: Feedback | None = None


class PaymentSettings(Params):
    save_default_payment_method: Literal["off", "on_subscription"] = "off"
    payment_method_types: list[Literal["card"]] | None = None


class Fields(Asked):
    cancel_at: Time | None = None
    cancel_at_period_end: bool | None = None
    collection_method: Literal["charge_automatically", "send_invoice"] | None = None
    days_until_due: Annotated[int, Field(ge=0, le=365)] | None = None
    default_payment_method: str | None = None
    description: Text | None = None
    metadata: Metadata = None
    off_session: bool = False
    payment_behavior: Payment = "allow_incomplete"
    payment_settings: PaymentSettings | None = None
    proration_behavior: Proration = "create_prorations"
    trial_settings: TrialSettings | None = None


class Create(Fields):
    customer: str
    items: list[Item]
    trial_end: Literal["now"] | Time | None = None
    trial_period_days: Annotated[int, Field(ge=0, le=730)] | None = None


class Update(Fields):
    billing_cycle_anchor: Literal["now", "unchanged"] = "unchanged"
    cancellation_details: CancellationDetails | None = None
    items: list[ItemChange] | None = None
    proration_date: Time | None = None
    trial_end: Literal["now"] | Time | None = None


class Cancel(Asked):
    cancellation_details: CancellationDetails | None = None
    invoice_now: bool = False
    prorate: bool = False


class Resume(Asked):
    billing_cycle_anchor: Literal["now", "unchanged"] = "now"


class List(Dated):
    customer: str | None = None
    price: str | None = None
    status: Literal[
        "active", "all", "canceled", "ended", "incomplete", "incomplete_expired", "past_due", "paused", "trialing",
        "unpaid",
    ] | None = None  # fmt: skip
    test_clock: str | None = None


class ListItems(Page):
    subscription: str


_PLAIN = ("collection_method", "days_until_due", "description", "payment_settings", "trial_settings")


def _price(shop: Shop, wish: Item) -> Object | None:
    if wish.price_data is not None:
        return from_data(shop, wish.price_data)
    return None if wish.price is None else shop.get("price", wish.price, "items[0][price]")


def _create(shop: Shop, asked: Create) -> Object:
    customer = shop.get("customer", asked.customer, "customer")
    items = []
    for wish in asked.items:
        price = _price(shop, wish)
        if price is None:
            raise invalid("Missing required param: items[0][price].", "items[0][price]", "parameter_missing")
        items.append(new_item(price, wish.quantity, wish.metadata, for_sale=wish.price_data is None))
    method = None
    if asked.default_payment_method is not None:
        method = attached(shop, resolved(shop, asked.default_payment_method, "default_payment_method"), customer)
    subscription, _ = subscribing.opened(
        shop,
        customer,
        items,
        payment=asked.payment_behavior,
        method=method,
        trial_end=_trial_end(shop, asked),
        present=not asked.off_session,
        metadata=asked.metadata or {},
        **{name: value for name, value in asked.given(*_PLAIN).items() if value is not None},
    )
    _set_end(shop, subscription, asked)
    return subscription


def _trial_end(shop: Shop, asked: Create) -> int | None:
    if asked.trial_period_days:
        return shop.now + asked.trial_period_days * 86_400
    return asked.trial_end if isinstance(asked.trial_end, int) else None


def _set_end(shop: Shop, subscription: Object, asked: Fields) -> None:
    """Plan its end, or take the plan back."""
    if asked.cancel_at_period_end is not None:
        subscribing.ends_with_period(shop, subscription, planned=asked.cancel_at_period_end)
    elif "cancel_at" in asked.model_fields_set:
        if asked.cancel_at is not None and asked.cancel_at <= shop.now:
            raise invalid("`cancel_at` must be in the future.", "cancel_at")
        canceled = shop.now if asked.cancel_at is not None else None
        changes = {"cancel_at": asked.cancel_at, "cancel_at_period_end": False, "canceled_at": canceled}
        shop.change(subscription, "customer.subscription.updated", **changes)


def _update(shop: Shop, asked: Update, name: str) -> Object:
    subscription = shop.get("subscription", name)
    over = subscription["status"] in {"canceled", "incomplete_expired"}
    if over and asked.model_fields_set - {"metadata", "cancellation_details", "expand"}:
        raise invalid("A canceled subscription can only update its cancellation_details and metadata.")
    changes: dict[str, Any] = {
        key: value for key, value in asked.given(*_PLAIN).items() if value or key == "description"
    }
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(subscription["metadata"], asked.metadata)
    if "default_payment_method" in asked.model_fields_set:
        customer = shop.get("customer", subscription["customer"])
        wanted = asked.default_payment_method
        method = wanted and attached(shop, resolved(shop, wanted, "default_payment_method"), customer)["id"]
        changes["default_payment_method"] = method
    if asked.cancellation_details is not None:
        said = asked.cancellation_details.model_dump(exclude_unset=True)
        changes["cancellation_details"] = {**subscription["cancellation_details"], **said}
    shop.change(subscription, "customer.subscription.updated", **changes)
    _set_end(shop, subscription, asked)
    restart = asked.billing_cycle_anchor == "now" or (asked.trial_end == "now" and subscription["status"] == "trialing")
    if isinstance(asked.trial_end, int):
        _prolong(shop, subscription, asked.trial_end)
    if asked.trial_end == "now" and _pauses(shop, subscription):
        return subscription
    if asked.items is not None or restart:
        altering.altered(
            shop,
            subscription,
            _altered_items(shop, subscription, asked.items or []),
            proration=asked.proration_behavior,
            payment=asked.payment_behavior,
            moment=asked.proration_date,
            restart=restart,
            present=not asked.off_session,
        )
    return subscription


def _prolong(shop: Shop, subscription: Object, end: int) -> None:
    if subscription["status"] != "trialing" or end <= shop.now:
        raise invalid("The end of a trial can be moved while it lasts, and into the future.", "trial_end")
    items = [{**one, "current_period_end": end} for one in subscription["items"]["data"]]
    changes = {"trial_end": end, "billing_cycle_anchor": end, "items": {**subscription["items"], "data": items}}
    shop.change(subscription, "customer.subscription.updated", **changes)


def _pauses(shop: Shop, subscription: Object) -> bool:
    """Whether a trial that ends now has no card, and so pauses or ends the subscription."""
    customer = shop.get("customer", subscription["customer"])
    return subscription["status"] == "trialing" and not subscribing.goes_on(shop, subscription, customer)


def _altered_items(shop: Shop, subscription: Object, wishes: list[ItemChange]) -> list[Object]:
    items = {one["id"]: dict(one) for one in subscription["items"]["data"]}
    for place, wish in enumerate(wishes):
        if wish.id is not None and wish.id not in items:
            raise no_such("subscription_item", wish.id, f"items[{place}][id]")
        if wish.deleted:
            items.pop(wish.id or "", None)
            continue
        price = _price(shop, wish)
        old = items.get(wish.id or "")
        if price is None and old is None:
            raise invalid(
                f"Missing required param: items[{place}][price].", f"items[{place}][price]", "parameter_missing"
            )
        kept = old["quantity"] if old else 1
        quantity = wish.quantity if "quantity" in wish.model_fields_set else kept
        metadata = merged(old["metadata"] if old else {}, wish.metadata or {})
        if price is None and old is not None:
            items[old["id"]] = {**old, "quantity": quantity, "metadata": metadata}
        elif price is not None:
            made = new_item(price, quantity, metadata, old["id"] if old else None, for_sale=wish.price_data is None)
            made["created"] = old["created"] if old else 0
            items[made["id"]] = made
    return list(items.values())


def _cancel(shop: Shop, asked: Cancel, name: str) -> Object:
    subscription = shop.get("subscription", name)
    if asked.cancellation_details is not None:
        said = asked.cancellation_details.model_dump(exclude_unset=True)
        shop.change(subscription, cancellation_details={**subscription["cancellation_details"], **said})
    subscribing.canceled(shop, subscription, prorate=asked.prorate, bill=asked.invoice_now)
    return subscription


def _resume(shop: Shop, asked: Resume, name: str) -> Object:
    subscription = shop.get("subscription", name)
    if subscription["status"] != "paused":
        raise invalid(f"Only a paused subscription can be resumed; this one is {subscription['status']}.")
    subscribing.resumed(shop, subscription)
    return subscription


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("subscription", name)


def _list(shop: Shop, asked: List) -> Object:
    found = matching(shop.all("subscription"), customer=asked.customer, test_clock=asked.test_clock)
    if asked.status == "ended":
        found = [one for one in found if one["status"] in {"canceled", "incomplete_expired"}]
    elif asked.status is None:
        found = [one for one in found if one["status"] != "canceled"]
    elif asked.status != "all":
        found = [one for one in found if one["status"] == asked.status]
    if asked.price is not None:
        found = [one for one in found if any(item["price"]["id"] == asked.price for item in one["items"]["data"])]
    return page(found, asked, "/v1/subscriptions")


def _list_items(shop: Shop, asked: ListItems) -> Object:
    subscription = shop.get("subscription", asked.subscription, "subscription")
    return page(subscription["items"]["data"][::-1], asked, "/v1/subscription_items")


def _get_item(shop: Shop, asked: Asked, name: str) -> Object:
    for subscription in shop.all("subscription"):
        for item in subscription["items"]["data"]:
            if item["id"] == name:
                return dict(item)
    raise no_such("subscription_item", name)


ACTIONS = [
    Action("POST", "/v1/subscriptions", "subscription", Create, _create),
    Action("GET", "/v1/subscriptions", "subscription", List, _list),
    Action("GET", "/v1/subscriptions/{id}", "subscription", Asked, _get),
    Action("POST", "/v1/subscriptions/{id}", "subscription", Update, _update),
    Action("DELETE", "/v1/subscriptions/{id}", "subscription", Cancel, _cancel),
    Action("POST", "/v1/subscriptions/{id}/resume", "subscription", Resume, _resume),
    Action("GET", "/v1/subscription_items", "subscription", ListItems, _list_items),
    Action("GET", "/v1/subscription_items/{id}", "subscription", Asked, _get_item),
]
