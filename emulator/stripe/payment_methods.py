"""Payment methods: cards, made, attached to a customer, detached. Also the old `sources` that are cards."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe import cards
from emulator.stripe.dialect import invalid
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Metadata, Page, Params, Text, merged
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop, new_id, no_such


class CardData(Params):
    number: str | None = None
    exp_month: Annotated[int, Field(ge=1, le=12)] = 12
    exp_year: Annotated[int, Field(ge=2000, le=2100)] = 2034
    cvc: Annotated[str, Field(pattern=r"^\d{3,4}$")] | None = None
    token: str | None = None


class Address(Params):
    city: Text | None = None
    country: Text | None = None
    line1: Text | None = None
    line2: Text | None = None
    postal_code: Text | None = None
    state: Text | None = None


class BillingDetails(Params):
    address: Address | None = None
    email: Text | None = None
    name: Text | None = None
    phone: Text | None = None
    tax_id: Text | None = None


class Create(Asked):
    type: Literal["card"]
    card: CardData
    billing_details: BillingDetails = BillingDetails()
    allow_redisplay: Literal["always", "limited", "unspecified"] = "unspecified"
    metadata: Metadata = None


class Update(Asked):
    billing_details: BillingDetails | None = None
    allow_redisplay: Literal["always", "limited", "unspecified"] | None = None
    metadata: Metadata = None


class Attach(Asked):
    customer: str


class List(Page):
    customer: str | None = None
    type: Literal["card"] | None = None


class ListOfCustomer(Page):
    type: Literal["card"] | None = None


class Source(Asked):
    source: str
    metadata: Metadata = None


def create(shop: Shop, asked: Create) -> Object:
    if asked.card.token is not None:
        card = _named(asked.card.token, "tok_", "card[token]")
    elif asked.card.number is not None:
        card = cards.by_number(asked.card.number)
    else:
        raise invalid("Missing required param: card[number].", "card[number]", "parameter_missing")
    made = _made(shop, card, asked.card.exp_month, asked.card.exp_year)
    details = asked.billing_details.model_dump()
    shop.change(
        made,
        billing_details={**made["billing_details"], **details, "address": details["address"] or Address().model_dump()},
        allow_redisplay=asked.allow_redisplay,
        metadata=asked.metadata or {},
    )
    return made


def _named(name: str, prefix: str, param: str) -> cards.Card:
    card = cards.BY_NAME.get(name.removeprefix(prefix)) if name.startswith(prefix) else None
    if card is None:
        raise no_such("token" if prefix == "tok_" else "payment_method", name, param)
    return card


def _made(shop: Shop, card: cards.Card, month: int = 12, year: int = 2034, *, source: bool = False) -> Object:
    return shop.new(
        "payment_method",
        {
            "allow_redisplay": "unspecified",
            "billing_details": BillingDetails(address=Address()).model_dump(),
            "card": card.shown(month, year),
            "customer": None,
            "customer_account": None,
            "metadata": {},
            "type": "card",
            "_number": card.number,
            "_set_up": False,
        },
        name=new_id("payment_method").replace("pm_", "card_") if source else None,
    )


def resolved(shop: Shop, name: str, param: str = "payment_method") -> Object:
    """The payment method of an id; `pm_card_visa` and its like make a new one, as Stripe has it."""
    if name.startswith("pm_card_"):
        return _made(shop, _named(name, "pm_card_", param))
    return shop.get("payment_method", name, param)


def attached(shop: Shop, method: Object, customer: Object) -> Object:
    """Attach ``method`` to ``customer``; Refusal 402 for a card that is declined already here."""
    if method["customer"] == customer["id"]:
        return method
    if method["customer"] is not None:
        raise invalid("The payment method you provided has already been attached to a customer.", "payment_method")
    refused = card_of(method).attach
    if refused is not None:
        raise cards.declined(refused)
    shop.clock = customer["_clock"]
    method["_clock"] = customer["_clock"]
    shop.change(method, "payment_method.attached", customer=customer["id"])
    return method


def of_source(shop: Shop, token: str, customer: Object, param: str = "source") -> Object:
    """A card from a token, as the default source of ``customer``."""
    method = _made(shop, _named(token, "tok_", param), source=True)
    attached(shop, method, customer)
    if customer["default_source"] is None:
        shop.change(customer, "customer.updated", default_source=method["id"])
    return method


def card_of(method: Object) -> cards.Card:
    return cards.BY_NUMBER[method["_number"]]


def chosen(shop: Shop, customer: Object, *others: str | None) -> Object | None:
    """What a customer is charged with: the first of ``others``, else the customer's own default."""
    for name in (*others, customer["invoice_settings"]["default_payment_method"], customer["default_source"]):
        if name:
            method = shop.find("payment_method", name)
            if method is not None and method["customer"] == customer["id"]:
                return method
    return None


def _attach(shop: Shop, asked: Attach, name: str) -> Object:
    customer = shop.get("customer", asked.customer, "customer")
    return attached(shop, resolved(shop, name, "payment_method"), customer)


def _detach(shop: Shop, asked: Asked, name: str) -> Object:
    method = shop.get("payment_method", name)
    customer = method["customer"]
    if customer is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    owner = shop.get("customer", customer)
    defaults = owner["invoice_settings"]
    if defaults["default_payment_method"] == name:
        shop.change(owner, "customer.updated", invoice_settings={**defaults, "default_payment_method": None})
    shop.change(method, "payment_method.detached", customer=None)
    return method


def _update(shop: Shop, asked: Update, name: str) -> Object:
    method = shop.get("payment_method", name)
    changes: dict[str, Any] = asked.given("allow_redisplay")
    if asked.billing_details is not None:
        sent = asked.billing_details.model_dump(exclude_unset=True)
        changes["billing_details"] = {**method["billing_details"], **sent}
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(method["metadata"], asked.metadata)
    shop.change(method, "payment_method.updated", **changes)
    return method


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("payment_method", name)


def _list(shop: Shop, asked: List) -> Object:
    return page(matching(shop.all("payment_method"), customer=asked.customer), asked, "/v1/payment_methods")


def _list_of_customer(shop: Shop, asked: ListOfCustomer, customer: str) -> Object:
    shop.get("customer", customer)
    found = shop.all("payment_method", customer=customer)
    return page(found, asked, f"/v1/customers/{customer}/payment_methods")


def _add_source(shop: Shop, asked: Source, customer: str) -> Object:
    method = of_source(shop, asked.source, shop.get("customer", customer))
    shop.change(method, metadata=asked.metadata or {})
    return method


ACTIONS = [
    Action("POST", "/v1/payment_methods", "payment-method", Create, create),
    Action("GET", "/v1/payment_methods", "payment-method", List, _list),
    Action("GET", "/v1/payment_methods/{id}", "payment-method", Asked, _get),
    Action("POST", "/v1/payment_methods/{id}", "payment-method", Update, _update),
    Action("POST", "/v1/payment_methods/{id}/attach", "payment-method", Attach, _attach),
    Action("POST", "/v1/payment_methods/{id}/detach", "payment-method", Asked, _detach),
    Action("GET", "/v1/customers/{id}/payment_methods", "payment-method", ListOfCustomer, _list_of_customer),
    Action("POST", "/v1/customers/{id}/sources", "payment-method", Source, _add_source),
]
