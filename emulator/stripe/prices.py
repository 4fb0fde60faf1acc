"""Prices: they never change their amount; a lookup key names the one that is sold now."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe.catalogue import Interval, Recurring, new_price, new_product
from emulator.stripe.dialect import invalid
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Cents, Currency, Dated, Metadata, Params, Text, merged
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop


class ProductData(Params):
    name: Text
    active: bool = True
    description: Text | None = None
    id: Text | None = None
    metadata: Metadata = None
    statement_descriptor: Text | None = None
    unit_label: Text | None = None


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


ACTIONS = [
    Action("POST", "/v1/prices", "price", CreatePrice, create_price),
    Action("GET", "/v1/prices", "price", ListPrices, _list_prices),
    Action("GET", "/v1/prices/{id}", "price", Asked, _get_price),
    Action("POST", "/v1/prices/{id}", "price", UpdatePrice, _update_price),
]
