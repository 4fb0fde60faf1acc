"""Stripe's control routes under `/_emulator/stripe`: what a bank, a network or a webhook inbox's bad day would do."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from emulator.core.calls import Refusal
from emulator.core.hub import Hub
from emulator.stripe import disputes
from emulator.stripe.shop import Shop, shown
from emulator.stripe.webhooks import Order, Postman


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Deliver(_Strict):
    order: Order = "as_made"
    seed: int = 0


class Redeliver(Deliver):
    events: list[str] | None = None


class Dispute(_Strict):
    charge: str
    reason: Literal[disputes.REASONS] = "fraudulent"  # type: ignore[valid-type]
    amount: Annotated[int, Field(ge=1)] | None = None


class Decide(_Strict):
    outcome: Literal["won", "lost"]


def routes(hub: Hub, postman: Postman) -> list[Route]:
    async def deliveries(request: Request) -> Response:
        state = hub.state
        return JSONResponse({"waiting": state.all("stripe/delivery"), "attempts": state.all("stripe/attempt")[-1_000:]})

    async def deliver(request: Request) -> Response:
        asked = Deliver.model_validate_json(await request.body() or b"{}")
        return JSONResponse({"attempts": await postman.deliver(asked.order, asked.seed)})

    async def redeliver(request: Request) -> Response:
        asked = Redeliver.model_validate_json(await request.body() or b"{}")
        return JSONResponse({"attempts": await postman.redeliver(asked.events, asked.order, asked.seed)})

    async def dispute(request: Request) -> Response:
        asked = Dispute.model_validate_json(await request.body())
        with hub.state.transaction():
            shop = Shop(hub)
            made = disputes.opened(shop, shop.get("charge", asked.charge), asked.reason, asked.amount)
        return JSONResponse(shown(made), 201)

    async def decide(request: Request) -> Response:
        asked = Decide.model_validate_json(await request.body())
        with hub.state.transaction():
            made = disputes.decided(Shop(hub), request.path_params["id"], asked.outcome)
        return JSONResponse(shown(made))

    return [
        _route("/deliveries", deliveries, "GET"),
        _route("/deliver", deliver, "POST"),
        _route("/redeliver", redeliver, "POST"),
        _route("/disputes", dispute, "POST"),
        _route("/disputes/{id}/decide", decide, "POST"),
    ]


def _route(path: str, handler: Callable[[Request], Awaitable[Response]], method: str) -> Route:
    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except ValidationError as error:
            return JSONResponse({"error": json.loads(error.json(include_url=False, include_input=False))}, 400)
        except Refusal as refusal:
            return JSONResponse({"error": refusal.message}, refusal.status)
        except KeyError as error:
            return JSONResponse({"error": f"There is no event {error}."}, 404)

    return Route(f"/_emulator/stripe{path}", guarded, methods=[method])
