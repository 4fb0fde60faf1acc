"""What costs nothing: a generation looked up, the key's limit, the list of models."""

from __future__ import annotations

from starlette.requests import Request

from emulator.core.calls import Endpoint, Order, Refusal
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply
from emulator.openrouter.dialect import authenticate
from emulator.openrouter.generations import spent
from emulator.openrouter.models import listing


def _only(request: Request, *names: str) -> None:
    unknown = sorted(set(request.query_params) - set(names))
    if unknown:
        raise Refusal(400, "bad_request", f"Unknown query parameter: {', '.join(unknown)}")


async def _generation(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    _only(request, "id")
    name = request.query_params.get("id", "")

    async def work(kind: str | None) -> Reply:
        known = hub.state.get("generation", name)
        if known is None:
            raise Refusal(404, "not_found", f"Generation {name} not found")
        return json_reply({"data": known})

    return Order(model="", fingerprint=name, work=work)


async def _content(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    _only(request, "id")
    name = request.query_params.get("id", "")

    async def work(kind: str | None) -> Reply:
        known = hub.state.get("content", name)
        if known is None:
            raise Refusal(404, "not_found", f"Generation {name} not found, or its content is not kept")
        return json_reply({"data": known})

    return Order(model="", fingerprint=name, work=work)


async def _key(hub: Hub, request: Request, body: bytes) -> Order:
    key = authenticate(hub, request)
    _only(request)

    async def work(kind: str | None) -> Reply:
        limit, usage = hub.settings.credit_limit_usd, spent(hub)
        data = {
            "label": f"{key[:4]}...{key[-3:]}" if len(key) > 12 else "emulated",
            "limit": limit,
            "limit_reset": None,
            "limit_remaining": max(0.0, limit - usage),
            "usage": usage,
            "is_free_tier": False,
            "is_provisioning_key": False,
            "rate_limit": {"requests": -1, "interval": "10s"},
        }
        return json_reply({"data": data})

    return Order(model="", fingerprint="key", work=work)


async def _models(hub: Hub, request: Request, body: bytes) -> Order:
    async def work(kind: str | None) -> Reply:
        return json_reply({"data": listing()})

    return Order(model="", fingerprint="models", work=work)


GENERATION = Endpoint("generation", _generation)
CONTENT = Endpoint("generation", _content)
KEY = Endpoint("key", _key)
MODELS = Endpoint("models", _models)
