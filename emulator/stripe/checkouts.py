"""Checkout sessions: the calls. What becomes of a session is `selling.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from emulator.stripe import customers, selling
from emulator.stripe.catalogue import PriceData as KnownPriceData
from emulator.stripe.catalogue import Recurring, from_data, new_price, new_product
from emulator.stripe.dialect import invalid
from emulator.stripe.lines import named
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Cents, Currency, Dated, Metadata, Page, Params, Text, Time, merged
from emulator.stripe.payment_methods import resolved
from emulator.stripe.selling import details_of
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop, new_id, shown

_DAY, _SHORTEST = 86_400, 1_800  # seconds that a session is open: a day unless said, half an hour at least


class ProductData(Params):
    name: Text
    description: Text | None = None
    metadata: Metadata = None


class PriceData(Params):
    currency: Currency
    product: str | None = None
    product_data: ProductData | None = None
    recurring: Recurring | None = None
    unit_amount: Cents


class LineItem(Params):
    price: str | None = None
    price_data: PriceData | None = None
    quantity: Annotated[int, Field(ge=1, le=999_999)] = 1


class SubscriptionData(Params):
    description: Text | None = None
    metadata: Metadata = None
    trial_end: Time | None = None
    trial_period_days: Annotated[int, Field(ge=1, le=730)] | None = None


class IntentData(Params):
    description: Text | None = None
    metadata: Metadata = None
    receipt_email: Text | None = None
    setup_future_usage: Literal["off_session", "on_session"] | None = None
    shipping: customers.Shipping | None = None


class Create(Asked):
    mode: Literal["payment", "subscription"]
    line_items: Annotated[list[LineItem], Field(min_length=1, max_length=20)]
    success_url: Text
    cancel_url: Text | None = None
    allow_promotion_codes: Literal[False] = False
    billing_address_collection: Literal["auto", "required"] | None = None
    client_reference_id: Annotated[str, Field(max_length=200)] | None = None
    customer: str | None = None
    customer_creation: Literal["always", "if_required"] | None = None
    customer_email: Annotated[str, Field(max_length=800)] | None = None
    expires_at: Time | None = None
    locale: Literal["auto", "en"] | None = None
    metadata: Metadata = None
    payment_intent_data: IntentData | None = None
    payment_method_collection: Literal["always"] = "always"
    payment_method_types: list[Literal["card"]] | None = None
    subscription_data: SubscriptionData | None = None
    ui_mode: Literal["hosted", "hosted_page"] = "hosted_page"


class Update(Asked):
    metadata: Metadata = None


class List(Dated):
    customer: str | None = None
    payment_intent: str | None = None
    status: Literal["complete", "expired", "open"] | None = None
    subscription: str | None = None


class Confirm(Asked):
    payment_method: str
    expected_amount: Cents | None = None


def _create(shop: Shop, asked: Create) -> Object:
    if asked.customer is not None and asked.customer_email is not None:
        raise invalid("You may only specify one of these parameters: customer, customer_email.", "customer_email")
    customer = asked.customer and shop.get("customer", asked.customer, "customer")
    for name in ("subscription_data", "payment_intent_data"):
        mode = "subscription" if name == "subscription_data" else "payment"
        if getattr(asked, name) is not None and asked.mode != mode:
            raise invalid(f"You can not pass `{name}` in `{asked.mode}` mode.", name)
    lines = [_line(shop, place, wish, asked.mode) for place, wish in enumerate(asked.line_items)]
    if asked.mode == "subscription" and not any(line["price"]["recurring"] for line in lines):
        raise invalid("You must provide at least one recurring price in `subscription` mode.", "line_items")
    if len({line["currency"] for line in lines}) != 1:
        raise invalid("All prices of a session must have the same currency.", "line_items")
    expires = shop.now + _DAY if asked.expires_at is None else asked.expires_at
    if not shop.now + _SHORTEST <= expires <= shop.now + _DAY:
        raise invalid("`expires_at` must be between 30 minutes and 24 hours from now.", "expires_at")
    trial = asked.subscription_data
    free = trial is not None and (trial.trial_period_days or trial.trial_end)
    total = 0 if free else sum(line["amount_total"] for line in lines)
    name = new_id("checkout.session")
    return shop.new(
        "checkout.session",
        {
            "after_expiration": None,
            "allow_promotion_codes": None,
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "billing_address_collection": asked.billing_address_collection,
            "cancel_url": asked.cancel_url,
            "client_reference_id": asked.client_reference_id,
            "client_secret": None,
            "consent": None,
            "consent_collection": None,
            "currency": lines[0]["currency"],
            "custom_fields": [],
            "custom_text": {"after_submit": None, "shipping_address": None, "submit": None},
            "customer": asked.customer,
            "customer_account": None,
            "customer_creation": asked.customer_creation or ("if_required" if asked.mode == "payment" else "always"),
            "customer_details": details_of(customer["email"], customer["name"]) if customer else None,
            "customer_email": asked.customer_email,
            "discounts": [],
            "expires_at": expires,
            "invoice": None,
            "invoice_creation": None,
            "locale": asked.locale,
            "metadata": asked.metadata or {},
            "mode": asked.mode,
            "payment_intent": None,
            "payment_link": None,
            "payment_method_collection": "always",
            "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "phone_number_collection": {"enabled": False},
            "recovered_from": None,
            "setup_intent": None,
            "shipping_address_collection": None,
            "shipping_cost": None,
            "shipping_options": [],
            "status": "open",
            "submit_type": None,
            "subscription": None,
            "success_url": asked.success_url,
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": asked.ui_mode,
            "url": f"{shop.base}/stripe/pages/checkout/{name}",
            "_lines": lines,
            "_subscription_data": trial.model_dump() if trial else {},
            "_intent_data": asked.payment_intent_data.model_dump() if asked.payment_intent_data else {},
            "_challenged": None,
        },
        name=name,
    )


def _line(shop: Shop, place: int, wish: LineItem, mode: str) -> Object:
    where = f"line_items[{place}]"
    if wish.price_data is not None:
        price = _from_data(shop, wish.price_data, where)
    elif wish.price is not None:
        price = shop.get("price", wish.price, f"{where}[price]")
        if not price["active"]:
            raise invalid("The price specified is inactive. This field only accepts active prices.", f"{where}[price]")
    else:
        raise invalid(f"Missing required param: {where}[price].", f"{where}[price]", "parameter_missing")
    if mode == "payment" and price["recurring"]:
        message = "You specified `payment` mode but passed a recurring price. Switch to `subscription` mode."
        raise invalid(message, where)
    total = price["unit_amount"] * wish.quantity
    return {
        "id": new_id("line_item").replace("il_", "li_"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": named(shop, price),
        "price": shown(price),
        "quantity": wish.quantity,
    }


def _from_data(shop: Shop, data: PriceData, where: str) -> Object:
    if data.product is not None:
        plain = data.model_dump(exclude={"product_data"})
        return from_data(shop, KnownPriceData.model_validate(plain))
    if data.product_data is None:
        raise invalid("Missing required param: product.", f"{where}[price_data][product]", "parameter_missing")
    new = data.product_data
    product = new_product(shop, new.name, None, new.metadata, active=False, description=new.description)
    return new_price(shop, product["id"], data.currency, data.unit_amount, data.recurring, active=False)


def _expire(shop: Shop, asked: Asked, name: str) -> Object:
    session = shop.get("checkout.session", name)
    if session["status"] != "open":
        message = f'Only Checkout Sessions with a status in ["open"] can be expired. This is {session["status"]}.'
        raise invalid(message)
    selling.expired(shop, session)
    return session


def _update(shop: Shop, asked: Update, name: str) -> Object:
    session = shop.get("checkout.session", name)
    if "metadata" in asked.model_fields_set:
        shop.change(session, metadata=merged(session["metadata"], asked.metadata))
    return session


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("checkout.session", name)


def _list(shop: Shop, asked: List) -> Object:
    found: Sequence[Object] = shop.all("checkout.session")
    wanted = {name: getattr(asked, name) for name in ("customer", "payment_intent", "status", "subscription")}
    return page(matching(found, **wanted), asked, "/v1/checkout/sessions")


def _line_items(shop: Shop, asked: Page, name: str) -> Object:
    session = shop.get("checkout.session", name)
    return page(session["_lines"][::-1], asked, f"/v1/checkout/sessions/{name}/line_items")


def _confirm(shop: Shop, asked: Confirm, name: str) -> Object:
    """What the service's own page calls, and the fixtures of its command line with it."""
    session = shop.get("checkout.session", name)
    if asked.expected_amount not in (None, session["amount_total"]):
        raise invalid("The expected amount is not that of the session.", "expected_amount")
    method = resolved(shop, asked.payment_method)
    details = method["billing_details"]
    selling.completed(shop, session, method, email=details["email"], name=details["name"], authenticated=False)
    return session


_AT = "/v1/checkout/sessions"
ACTIONS = [
    Action("POST", _AT, "checkout-session", Create, _create),
    Action("GET", _AT, "checkout-session", List, _list),
    Action("GET", f"{_AT}/{{id}}", "checkout-session", Asked, _get),
    Action("POST", f"{_AT}/{{id}}", "checkout-session", Update, _update),
    Action("POST", f"{_AT}/{{id}}/expire", "checkout-session", Asked, _expire),
    Action("GET", f"{_AT}/{{id}}/line_items", "checkout-session", Page, _line_items),
    Action("GET", "/v1/payment_pages/{id}", "checkout-session", Asked, _get),
    Action("POST", "/v1/payment_pages/{id}/confirm", "checkout-session", Confirm, _confirm),
]
