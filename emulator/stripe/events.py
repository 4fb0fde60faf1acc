"""Events as they are looked up later, and the endpoints that they are posted to."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from pydantic import Field

from emulator.stripe.dialect import VERSION, invalid
from emulator.stripe.listing import page
from emulator.stripe.params import Asked, Dated, Metadata, Page, Text, merged
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop, shown

_KEPT = 30 * 86_400  # seconds that an event can be looked up
EventName = Annotated[str, Field(pattern=r"^(\*|[a-z0-9_]+(\.[a-z0-9_]+)+)$")]


class List(Dated):
    delivery_success: bool | None = None
    type: EventName | None = None
    types: Annotated[list[EventName], Field(max_length=20)] | None = None


class Create(Asked):
    url: Annotated[str, Field(pattern=r"^https?://", max_length=2_048)]
    enabled_events: Annotated[list[EventName], Field(min_length=1)]
    api_version: Text | None = None
    description: Text | None = None
    metadata: Metadata = None


class Update(Asked):
    url: Annotated[str, Field(pattern=r"^https?://", max_length=2_048)] | None = None
    enabled_events: Annotated[list[EventName], Field(min_length=1)] | None = None
    description: Text | None = None
    disabled: bool | None = None
    metadata: Metadata = None


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("event", name)


def _list(shop: Shop, asked: List) -> Object:
    """Those of the last 30 days, on the emulator's own clock, by when they were made."""
    rows = shop.hub.state.rows(
        "SELECT id FROM documents WHERE kind = 'stripe/event' AND at >= ? ORDER BY at, rowid",
        shop.hub.state.now() - _KEPT,
    )
    recent = {row["id"] for row in rows}
    found = [one for one in shop.all("event") if one["id"] in recent]
    names = {asked.type} if asked.type else set(asked.types or [])
    if names and "*" not in names:
        found = [one for one in found if one["type"] in names]
    if asked.delivery_success is not None:
        found = [one for one in found if (one["pending_webhooks"] == 0) == asked.delivery_success]
    return page(found, asked, "/v1/events")


def _create_endpoint(shop: Shop, asked: Create) -> Object:
    if asked.api_version not in (None, VERSION):
        raise invalid(f"The emulator posts events of {VERSION} only.", "api_version")
    endpoint = shop.new(
        "webhook_endpoint",
        {
            "api_version": asked.api_version,
            "application": None,
            "description": asked.description,
            "enabled_events": asked.enabled_events,
            "metadata": asked.metadata or {},
            "status": "enabled",
            "url": asked.url,
            "_secret": f"whsec_{secrets.token_urlsafe(24)}",
        },
    )
    return {**shown(endpoint), "secret": endpoint["_secret"]}  # told once


def _update_endpoint(shop: Shop, asked: Update, name: str) -> Object:
    endpoint = shop.get("webhook_endpoint", name)
    changes: dict[str, Any] = asked.given("url", "enabled_events", "description")
    if asked.disabled is not None:
        changes["status"] = "disabled" if asked.disabled else "enabled"
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(endpoint["metadata"], asked.metadata)
    shop.change(endpoint, **changes)
    return endpoint


def _get_endpoint(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("webhook_endpoint", name)


def _delete_endpoint(shop: Shop, asked: Asked, name: str) -> Object:
    shop.drop(shop.get("webhook_endpoint", name))
    return {"id": name, "object": "webhook_endpoint", "deleted": True}


def _list_endpoints(shop: Shop, asked: Page) -> Object:
    return page(shop.all("webhook_endpoint"), asked, "/v1/webhook_endpoints")


ACTIONS = [
    Action("GET", "/v1/events", "event", List, _list),
    Action("GET", "/v1/events/{id}", "event", Asked, _get),
    Action("POST", "/v1/webhook_endpoints", "webhook-endpoint", Create, _create_endpoint),
    Action("GET", "/v1/webhook_endpoints", "webhook-endpoint", Page, _list_endpoints),
    Action("GET", "/v1/webhook_endpoints/{id}", "webhook-endpoint", Asked, _get_endpoint),
    Action("POST", "/v1/webhook_endpoints/{id}", "webhook-endpoint", Update, _update_endpoint),
    Action("DELETE", "/v1/webhook_endpoints/{id}", "webhook-endpoint", Asked, _delete_endpoint),
]
