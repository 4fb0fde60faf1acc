"""`expand[]`: objects in the place of their ids, and what is left out unless it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.stripe.dialect import invalid
from emulator.stripe.listing import listed
from emulator.stripe.shop import Object, Shop, kind_of, shown

_DEEPEST = 4


def _subscriptions(shop: Shop, customer: Object) -> Object:
    found = [one for one in shop.all("subscription", customer=customer["id"]) if one["status"] != "canceled"]
    return listed(found[::-1], f"/v1/customers/{customer['id']}/subscriptions")


def _payments(shop: Shop, invoice: Object) -> Object:
    return listed(shop.all("invoice_payment", invoice=invoice["id"]), "/v1/invoice_payments")


def _secret(shop: Shop, invoice: Object) -> Object | None:
    for payment in shop.all("invoice_payment", invoice=invoice["id"]):
        intent = shop.find("payment_intent", payment["payment"]["payment_intent"])
        if intent is not None:
            return {"client_secret": intent["client_secret"], "type": "payment_intent"}
    return None


def _refunds(shop: Shop, charge: Object) -> Object:
    return listed(shop.all("refund", charge=charge["id"])[::-1], f"/v1/charges/{charge['id']}/refunds")


def _line_items(shop: Shop, session: Object) -> Object:
    kept = shop.get("checkout.session", session["id"])
    return listed(kept["_lines"], f"/v1/checkout/sessions/{session['id']}/line_items")


# What an answer holds only when it was asked for.
_INCLUDED: Mapping[tuple[str, str], Callable[[Shop, Object], Any]] = {
    ("customer", "subscriptions"): _subscriptions,
    ("invoice", "payments"): _payments,
    ("invoice", "confirmation_secret"): _secret,
    ("charge", "refunds"): _refunds,
    ("checkout.session", "line_items"): _line_items,
}


def expanded(shop: Shop, answer: Object, paths: Sequence[str]) -> Object:
    """``answer`` as callers see it, with every path expanded; Refusal 400 for one that cannot be."""
    whole = shown(answer)
    for path in paths:
        parts = path.split(".")
        if len(parts) > _DEEPEST + (parts[0] == "data"):
            raise invalid(f"You cannot expand more than {_DEEPEST} levels of a property ({path}).", "expand")
        _expand(shop, whole, parts, path)
    return whole


def _expand(shop: Shop, node: Any, parts: Sequence[str], path: str) -> None:
    if isinstance(node, list):
        for one in node:
            _expand(shop, one, parts, path)
        return
    if not parts or node is None:
        return
    name = parts[0]
    include = _INCLUDED.get((node.get("object", ""), name)) if isinstance(node, dict) else None
    if include is not None and not isinstance(node.get(name), dict):
        node[name] = include(shop, node)
    if not isinstance(node, dict) or name not in node:
        raise invalid(f"This property cannot be expanded ({path}).", "expand")
    value = node[name]
    if isinstance(value, str):
        kind = kind_of(value)
        found = shop.find(kind, value) if kind and name != "id" else None
        if found is None:
            raise invalid(f"This property cannot be expanded ({path}).", "expand")
        node[name] = shown(found)
    _expand(shop, node[name], parts[1:], path)
