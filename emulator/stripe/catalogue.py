"""Products and prices. A price never changes its amount; a lookup key names the one that is sold now."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe.dialect import invalid
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Cents, Currency, Dated, Metadata, Params, Text, merged
from emulator.stripe.serving import Action
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


class ProductData(Params):
    name: Text
    active: bool = True
    description: Text | None = None
    id: Text | None = None
    metadata: Metadata = None
    statement_descriptor: Text | None = None
    unit_label: Text | None = None


class DefaultPrice(Params):
    currency: Currency
    recurring: Recurring | None = None
    unit_amount: Cents
    metadata: Metadata = None


class ProductFields(Asked):
    active: bool | None = None
    description: Text | None = None
    images: list[Text] | None = None
    metadata: Metadata = None
    statement_descriptor: Text | None = None
    tax_code: Text | None = None
    unit_label: Text | None = None
    url: Text | None = None


class CreateProduct(ProductFields):
    name: Text
    id: Text | None = None
    default_price_data: DefaultPrice | None = None


class UpdateProduct(ProductFields):
    name: Text | None = None
    default_price: str | None = None


class ListProducts(Dated):
    active: bool | None = None
    ids: list[str] | None = None
    url: Text | None = None


class CreatePrice(Asked):
    currency: Currency
    unit_amount: Cents
    active: bool = True
    lookup_key: Annotated[str, Field(max_length=200)] | None = None
    metadata: Metadata = None
    nickname: Text | None = None
    product: str | None = None
    product_data: ProductData | None = None
    recurring: Recurring | None = None
    tax_behavior: Literal["exclusive", "inclusive", "unspecified"] = "unspecified"
    transfer_lookup_key: bool = False


class UpdatePrice(Asked):
    active: bool | None = None
    lookup_key: Annotated[str, Field(max_length=200)] | None = None
    metadata: Metadata = None
    nickname: Text | None = None
    tax_behavior: Literal["exclusive", "inclusive", "unspecified"] | None = None
    transfer_lookup_key: bool = False


class Recurs(Params):
    interval: Interval | None = None


class ListPrices(Dated):
    active: bool | None = None
    currency: Currency | None = None
    lookup_keys: list[str] | None = None
    product: str | None = None
    recurring: Recurs | None = None
    type: Literal["one_time", "recurring"] | None = None


_PRODUCT = ("active", "description", "images", "statement_descriptor", "tax_code", "unit_label", "url")


def create_product(shop: Shop, asked: CreateProduct) -> Object:
    if asked.id is not None and shop.find("product", asked.id) is not None:
        raise invalid(f"Product already exists: {asked.id}", "id", "resource_already_exists")
    product = new_product(shop, asked.name, asked.id, asked.metadata, **asked.given(*_PRODUCT))
    if asked.default_price_data is not None:
        data = asked.default_price_data
        price = new_price(shop, product["id"], data.currency, data.unit_amount, data.recurring, data.metadata)
        shop.change(product, default_price=price["id"])
    return product


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


def _update_product(shop: Shop, asked: UpdateProduct, name: str) -> Object:
    product = shop.get("product", name)
    changes: dict[str, Any] = {**asked.given(*_PRODUCT, "default_price", "name")}
    if asked.default_price is not None:
        shop.get("price", asked.default_price, "default_price")
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(product["metadata"], asked.metadata)
    shop.change(product, "product.updated", **changes, updated=shop.now)
    return product


def _get_product(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("product", name)


def _delete_product(shop: Shop, asked: Asked, name: str) -> Object:
    product = shop.get("product", name)
    if shop.all("price", product=name):
        raise invalid("This product cannot be deleted because it has one or more user-created prices.")
    shop.emit("product.deleted", product)
    shop.drop(product)
    return {"id": name, "object": "product", "deleted": True}


def _list_products(shop: Shop, asked: ListProducts) -> Object:
    found = matching(shop.all("product"), active=asked.active, url=asked.url)
    if asked.ids is not None:
        found = [one for one in found if one["id"] in asked.ids]
    return page(found, asked, "/v1/products")


def create_price(shop: Shop, asked: CreatePrice) -> Object:
    if (asked.product is None) == (asked.product_data is None):
        raise invalid("You must specify either `product` or `product_data`.", "product", "parameter_missing")
    if asked.product_data is not None:
        data = asked.product_data
        fields = data.model_dump(include={"active", "description", "statement_descriptor", "unit_label"})
        product = new_product(shop, data.name, data.id, data.metadata, **fields)["id"]
    else:
        product = shop.get("product", asked.product or "", "product")["id"]
    _take_key(shop, asked.lookup_key, transfer=asked.transfer_lookup_key)
    return new_price(
        shop,
        product,
        asked.currency,
        asked.unit_amount,
        asked.recurring,
        asked.metadata,
        active=asked.active,
        lookup_key=asked.lookup_key,
        nickname=asked.nickname,
        tax_behavior=asked.tax_behavior,
    )


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


def _take_key(shop: Shop, key: str | None, *, transfer: bool, own: str | None = None) -> None:
    for price in shop.all("price", lookup_key=key) if key else []:
        if price["id"] == own:
            continue
        if not transfer:
            message = (
                f"A price (`{price['id']}`) already uses that lookup key. Pass transfer_lookup_key=true to move it."
            )
            raise invalid(message, "lookup_key", "resource_already_exists")
        shop.change(price, "price.updated", lookup_key=None)


def _update_price(shop: Shop, asked: UpdatePrice, name: str) -> Object:
    price = shop.get("price", name)
    _take_key(shop, asked.lookup_key, transfer=asked.transfer_lookup_key, own=name)
    changes: dict[str, Any] = asked.given("active", "lookup_key", "nickname", "tax_behavior")
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(price["metadata"], asked.metadata)
    shop.change(price, "price.updated", **changes)
    return price


def _get_price(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("price", name)


def _list_prices(shop: Shop, asked: ListPrices) -> Object:
    found = matching(
        shop.all("price"), active=asked.active, currency=asked.currency, product=asked.product, type=asked.type
    )
    if asked.lookup_keys is not None:
        found = [one for one in found if one["lookup_key"] in asked.lookup_keys]
    if asked.recurring is not None and asked.recurring.interval is not None:
        found = [one for one in found if (one["recurring"] or {}).get("interval") == asked.recurring.interval]
    return page(found, asked, "/v1/prices")


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


ACTIONS = [
    Action("POST", "/v1/products", "product", CreateProduct, create_product),
    Action("GET", "/v1/products", "product", ListProducts, _list_products),
    Action("GET", "/v1/products/{id}", "product", Asked, _get_product),
    Action("POST", "/v1/products/{id}", "product", UpdateProduct, _update_product),
    Action("DELETE", "/v1/products/{id}", "product", Asked, _delete_product),
    Action("POST", "/v1/prices", "price", CreatePrice, create_price),
    Action("GET", "/v1/prices", "price", ListPrices, _list_prices),
    Action("GET", "/v1/prices/{id}", "price", Asked, _get_price),
    Action("POST", "/v1/prices/{id}", "price", UpdatePrice, _update_price),
]
