"""The account: what of its characters is used, its plan, and the models."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from emulator.core.calls import Endpoint, Order
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply
from emulator.elevenlabs.dialect import authenticate, no_query
from emulator.elevenlabs.models import MODELS as _MODELS
from emulator.elevenlabs.voices import cloned_count

_USED = ("account", "elevenlabs")


def used(hub: Hub) -> int:
    """Credits taken so far."""
    found = hub.state.get(*_USED)
    return 0 if found is None else int(found["credits"])


def spend(hub: Hub, credits: int) -> None:
    hub.state.put(*_USED, {"credits": used(hub) + credits})


def _subscribed(hub: Hub) -> dict[str, Any]:
    cloning = hub.settings.plan != "free"
    return {
        "tier": hub.settings.plan,
        "character_count": used(hub),
        "character_limit": hub.settings.character_limit,
        "max_character_limit_extension": None,
        "max_credit_limit_extension": 0,
        "can_extend_character_limit": False,
        "allowed_to_extend_character_limit": False,
        "next_character_count_reset_unix": None,
        "voice_slots_used": cloned_count(hub),
        "professional_voice_slots_used": 0,
        "professional_voice_slots_used_in_workspace": 0,
        "voice_limit": 30,
        "max_voice_add_edits": None,
        "voice_add_edit_counter": 0,
        "professional_voice_limit": 0,
        "can_extend_voice_limit": False,
        "can_use_instant_voice_cloning": cloning,
        "can_use_professional_voice_cloning": False,
        "currency": "usd",
        "current_overage": {"amount": "0", "currency": "usd"},
        "status": "active",
        "billing_period": "monthly_period",
        "character_refresh_period": "monthly_period",
        "next_invoice": None,
        "open_invoices": [],
        "has_open_invoices": False,
    }


async def _subscription(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    no_query(request)

    async def work(kind: str | None) -> Reply:
        return json_reply(_subscribed(hub))

    return Order(model="", fingerprint="subscription", work=work)


async def _user(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    no_query(request)

    async def work(kind: str | None) -> Reply:
        user = {
            "user_id": "user_emulated",
            "workspace_id": "workspace_emulated",
            "subscription": _subscribed(hub),
            "is_new_user": False,
            "can_use_delayed_payment_methods": False,
            "is_onboarding_completed": True,
            "is_onboarding_checklist_completed": True,
            "created_at": 1_700_000_000,
            "seat_type": "workspace_admin",
            "is_api_key_hashed": True,
        }
        return json_reply(user)

    return Order(model="", fingerprint="user", work=work)


async def _models(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    no_query(request)

    async def work(kind: str | None) -> Reply:
        return json_reply([model.described() for model in _MODELS.values()])

    return Order(model="", fingerprint="models", work=work)


USER = Endpoint("user", _user)
SUBSCRIPTION = Endpoint("subscription", _subscription)
MODELS = Endpoint("models", _models)
