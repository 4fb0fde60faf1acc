"""Billing portal: what customers may do there (configurations), and the sessions that lead to it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from emulator.stripe.altering import Proration
from emulator.stripe.dialect import invalid
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Metadata, Page, Params, Text, merged
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop, new_id

Updates = Literal["address", "email", "name", "phone", "shipping", "tax_id"]
Why = Literal[
    "customer_service", "low_quality", "missing_features", "other", "switched_service", "too_complex", "too_expensive",
    "unused",
]  # fmt: skip
Downgrade = Literal["decreasing_item_amount", "shortening_interval"]


_NO_PAUSE = {"duration": {"interval_options": None, "type": "indefinite"}, "enabled": False}


class Enabled(Params):
    enabled: bool


class CustomerUpdate(Enabled):
    allowed_updates: list[Updates] | None = None


class Reasons(Enabled):
    options: list[Why] | None = None


class SubscriptionCancel(Enabled):
    cancellation_reason: Reasons | None = None
    mode: Literal["at_period_end", "immediately"] = "at_period_end"
    proration_behavior: Proration = "none"


class Sold(Params):
    prices: list[str]
    product: str


class Condition(Params):
    type: Downgrade


class AtPeriodEnd(Params):
    conditions: list[Condition] = Field(default_factory=list)


class SubscriptionUpdate(Enabled):
    default_allowed_updates: list[Literal["price", "promotion_code", "quantity"]] = Field(default_factory=list)
    products: list[Sold] | None = None
    proration_behavior: Proration = "none"
    schedule_at_period_end: AtPeriodEnd = AtPeriodEnd()
    trial_update_behavior: Literal["end_trial"] = "end_trial"


class Features(Params):
    customer_update: CustomerUpdate = CustomerUpdate(enabled=False)
    invoice_history: Enabled = Enabled(enabled=True)
    payment_method_update: Enabled = Enabled(enabled=True)
    subscription_cancel: SubscriptionCancel = SubscriptionCancel(enabled=True)
    subscription_update: SubscriptionUpdate = SubscriptionUpdate(enabled=False)


class BusinessProfile(Params):
    headline: Text | None = None
    privacy_policy_url: Text | None = None
    terms_of_service_url: Text | None = None


class Fields(Asked):
    business_profile: BusinessProfile | None = None
    default_return_url: Text | None = None
    metadata: Metadata = None


class Create(Fields):
    features: Features


class Update(Fields):
    active: bool | None = None
    features: Features | None = None


class List(Page):
    active: bool | None = None
    is_default: bool | None = None


class CreateSession(Asked):
    customer: str
    configuration: str | None = None
    locale: Literal["auto", "en"] | None = None
    return_url: Text | None = None


def _create(shop: Shop, asked: Create) -> Object:
    for sold in asked.features.subscription_update.products or []:
        for price in sold.prices:
            if shop.get("price", price, "features[subscription_update][products]")["product"] != sold.product:
                raise invalid(f"Price {price} is not one of {sold.product}.", "features[subscription_update][products]")
    return _new(shop, asked.features, asked, default=False)


def _new(shop: Shop, features: Features, asked: Fields | None, *, default: bool) -> Object:
    profile = (asked and asked.business_profile) or BusinessProfile()
    configuration = shop.new(
        "billing_portal.configuration",
        {
            "active": True,
            "application": None,
            "business_profile": profile.model_dump(),
            "default_return_url": asked and asked.default_return_url,
            "features": {**features.model_dump(), "subscription_pause": _NO_PAUSE},
            "is_default": default,
            "login_page": {"enabled": False, "url": None},
            "metadata": (asked and asked.metadata) or {},
            "name": None,
            "updated": shop.now,
        },
    )
    shop.emit("billing_portal.configuration.created", configuration)
    return configuration


def _default(shop: Shop) -> Object:
    """The account's own configuration: every active recurring price is for sale."""
    for configuration in shop.all("billing_portal.configuration", is_default=True):
        return configuration
    update = SubscriptionUpdate(enabled=True, default_allowed_updates=["price"], proration_behavior="always_invoice")
    return _new(shop, Features(subscription_update=update), None, default=True)


def offered(shop: Shop, configuration: Object) -> list[Object]:
    """The prices that a customer may switch to."""
    wishes = configuration["features"]["subscription_update"]
    if not wishes["enabled"]:
        return []
    every = shop.all("price", active=True, type="recurring")
    if wishes["products"] is None:
        return every
    named = {price for sold in wishes["products"] for price in sold["prices"]}
    return [one for one in every if one["id"] in named]


def _update(shop: Shop, asked: Update, name: str) -> Object:
    configuration = shop.get("billing_portal.configuration", name)
    changes: dict[str, Any] = asked.given("active", "default_return_url")
    if asked.business_profile is not None:
        sent = asked.business_profile.model_dump(exclude_unset=True)
        changes["business_profile"] = {**configuration["business_profile"], **sent}
    if asked.features is not None:
        sent = asked.features.model_dump(exclude_unset=True)
        old = configuration["features"]
        changes["features"] = {key: {**old[key], **sent.get(key, {})} for key in old}
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(configuration["metadata"], asked.metadata)
    shop.change(configuration, "billing_portal.configuration.updated", **changes, updated=shop.now)
    return configuration


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("billing_portal.configuration", name)


def _list(shop: Shop, asked: List) -> Object:
    found = matching(shop.all("billing_portal.configuration"), active=asked.active, is_default=asked.is_default)
    return page(found, asked, "/v1/billing_portal/configurations")


def _create_session(shop: Shop, asked: CreateSession) -> Object:
    customer = shop.get("customer", asked.customer, "customer")
    if asked.configuration is None:
        configuration = _default(shop)
    else:
        configuration = shop.get("billing_portal.configuration", asked.configuration, "configuration")
    name = new_id("billing_portal.session")
    session = shop.new(
        "billing_portal.session",
        {
            "configuration": configuration["id"],
            "customer": customer["id"],
            "customer_account": None,
            "flow": None,
            "locale": asked.locale,
            "on_behalf_of": None,
            "return_url": asked.return_url or configuration["default_return_url"],
            "url": f"{shop.base}/stripe/pages/portal/{name}",
        },
        name=name,
    )
    shop.emit("billing_portal.session.created", session)
    return session


_AT = "/v1/billing_portal/configurations"
ACTIONS = [
    Action("POST", _AT, "portal", Create, _create),
    Action("GET", _AT, "portal", List, _list),
    Action("GET", f"{_AT}/{{id}}", "portal", Asked, _get),
    Action("POST", f"{_AT}/{{id}}", "portal", Update, _update),
    Action("POST", "/v1/billing_portal/sessions", "portal", CreateSession, _create_session),
]
