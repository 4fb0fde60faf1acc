"""Products: what is sold, by name."""

from __future__ import annotations

from typing import Any

from emulator.stripe.catalogue import Recurring, new_price, new_product
from emulator.stripe.dialect import invalid
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Cents, Currency, Dated, Metadata, Params, Text, merged
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop


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


ACTIONS = [
    Action("POST", "/v1/products", "product", CreateProduct, create_product),
    Action("GET", "/v1/products", "product", ListProducts, _list_products),
    Action("GET", "/v1/products/{id}", "product", Asked, _get_product),
    Action("POST", "/v1/products/{id}", "product", UpdateProduct, _update_product),
    Action("DELETE", "/v1/products/{id}", "product", Asked, _delete_product),
]
