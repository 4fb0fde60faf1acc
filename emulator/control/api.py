"""The control routes: JSON in, JSON out. What is wrong is answered with 400 and a sentence."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from emulator.control.accounts import bill
from emulator.core.faults import Rule
from emulator.core.hub import Hub
from emulator.core.settings import named

_LONGEST = 366 * 86_400  # by which the clock may be put forward at once

Handler = Callable[[Request], Awaitable[Response]]


def routes(hub: Hub) -> list[BaseRoute]:
    async def get_bill(request: Request) -> Response:
        return JSONResponse(bill(hub))

    async def list_faults(request: Request) -> Response:
        return JSONResponse(hub.faults.listed())

    async def add_faults(request: Request) -> Response:
        body = await request.json()
        rules = [Rule.model_validate(one) for one in (body if isinstance(body, list) else [body])]
        for rule in rules:
            if rule.match.operation is not None and rule.match.operation not in _FREE:
                named(rule.match.operation)
        return JSONResponse({"ids": [hub.faults.add(rule) for rule in rules]}, 201)

    async def clear_faults(request: Request) -> Response:
        hub.faults.clear()
        return JSONResponse({})

    async def remove_fault(request: Request) -> Response:
        gone = hub.faults.remove(request.path_params["id"])
        return JSONResponse({}) if gone else JSONResponse({"error": "There is no such rule."}, 404)

    async def reset(request: Request) -> Response:
        hub.reset()
        return JSONResponse({})

    async def settings(request: Request) -> Response:
        if request.method == "POST":
            hub.state.change_settings(dict(await request.json()))
            hub.stir()
        return JSONResponse(hub.settings.model_dump())

    async def advance(request: Request) -> Response:
        seconds = float((await request.json())["seconds"])
        if not 0 <= seconds <= _LONGEST:
            raise ValueError(f"seconds must be 0 to {_LONGEST}")
        hub.state.advance(seconds)
        hub.stir()
        return JSONResponse({"now": hub.state.now()})

    async def state(request: Request) -> Response:
        return JSONResponse(
            {
                "now": hub.state.now(),
                "settings": hub.settings.model_dump(),
                "under_way": {f"{who}/{what}": count for (who, what), count in hub.running.items() if count},
                "jobs": hub.state.all("job")[-200:],
                "webhooks_waiting": hub.state.all("delivery"),
                "webhooks_posted": hub.state.all("told")[-200:],
                "history": len(hub.state.all("history")),
                "faults": hub.faults.listed(),
            }
        )

    async def requests(request: Request) -> Response:
        count = int(request.query_params.get("limit", "100"))
        rows = hub.state.rows("SELECT * FROM requests ORDER BY id DESC LIMIT ?", count)
        return JSONResponse(rows)

    async def ready(request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    return [
        _route("/bill", get_bill, "GET"),
        _route("/faults", list_faults, "GET"),
        _route("/faults", add_faults, "POST"),
        _route("/faults", clear_faults, "DELETE"),
        _route("/faults/{id:int}", remove_fault, "DELETE"),
        _route("/reset", reset, "POST"),
        _route("/settings", settings, "GET", "POST"),
        _route("/clock", advance, "POST"),
        _route("/state", state, "GET"),
        _route("/requests", requests, "GET"),
        _route("/ready", ready, "GET"),
    ]


# Operations that cost nothing; rules may name them, too.
_FREE = frozenset(
    {
        "generation", "key", "models", "fetch", "file", "voices", "add-voice", "dictionary",
        "history", "history-audio", "user", "subscription",
        "account", "checkout-session", "customer", "dispute", "event", "charge", "invoice", "invoice-item",
        "payment-intent", "payment-method", "portal", "price", "product", "refund", "subscription-schedule",
        "test-clock", "webhook", "webhook-endpoint",
    }
)  # fmt: skip


def _route(path: str, handler: Handler, *methods: str) -> Route:
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except ValidationError as error:
            return JSONResponse({"error": json.loads(error.json(include_url=False, include_input=False))}, 400)
        except (ValueError, KeyError, TypeError) as error:
            return JSONResponse({"error": str(error)}, 400)

    return Route(f"/_emulator{path}", guarded, methods=list(methods))
