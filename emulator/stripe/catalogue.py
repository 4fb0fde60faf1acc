"""What products and prices are made of, however they come to be: by calls, inline, by the portal."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe.dialect import invalid
from emulator.stripe.params import Cents, Currency, Params
from emulator.stripe.shop import Object, Shop

Interval = Literal["day", "week", "month", "year"]
_LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}  # three years


class Recurring(Params):
    interval: Interval
    interval_count: Annotated[int, Field(ge=1)] = 1
    usage_type: Literal["licensed"] = "licensed"


class PriceData(Params):
    currency: Currency
    product: str
    recurring: Recurring | None = None
    unit_amount: Cents


def new_product(shop: Shop, name: str, own: str | None, metadata: dict[str, str] | None, **fields: Any) -> Object:
    product = shop.new(
        "product",
        {
            "active": True,
            "default_price": None,
            "description": None,
            "images": [],
            "marketing_features": [],
            "metadata": metadata or {},
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": None,
            "tax_code": None,
            "type": "service",
            "unit_label": None,
            "updated": shop.now,
            "url": None,
            "name": name,
            **{key: value for key, value in fields.items() if value is not None},
        },
        name=own,
    )
    shop.emit("product.created", product)
    return product


def new_price(
    shop: Shop,
    product: str,
    currency: str,
    amount: int,
    recurring: Recurring | None,
    metadata: dict[str, str] | None = None,
    **fields: Any,
) -> Object:
    if recurring is not None and recurring.interval_count > _LONGEST[recurring.interval]:
        raise invalid("The interval may be three years at most.", "recurring[interval_count]")
    rhythm = None
    if recurring is not None:
        rhythm = {**recurring.model_dump(), "meter": None, "trial_period_days": None}
    price = shop.new(
        "price",
        {
            "active": True,
            "billing_scheme": "per_unit",
            "currency": currency,
            "custom_unit_amount": None,
            "lookup_key": None,
            "metadata": metadata or {},
            "nickname": None,
            "product": product,
            "recurring": rhythm,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring" if recurring else "one_time",
            "unit_amount": amount,
            "unit_amount_decimal": str(amount),
            **fields,
        },
    )
    shop.emit("price.created", price)
    return price


def from_data(shop: Shop, data: PriceData) -> Object:
    """A price that was given inline; it is kept, and not for sale elsewhere."""
    shop.get("product", data.product, "price_data[product]")
    return new_price(shop, data.product, data.currency, data.unit_amount, data.recurring, active=False)


def plan_of(price: Object) -> Object:
    """The older name of a recurring price, which items still carry."""
    same = ("active", "created", "currency", "livemode", "metadata", "nickname", "product")
    rhythm = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": "per_unit",
        "interval": rhythm["interval"],
        "interval_count": rhythm["interval_count"],
        "meter": None,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": rhythm["usage_type"],
        **{name: price[name] for name in same},
    }
