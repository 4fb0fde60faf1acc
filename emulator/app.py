"""The application: every provider under its own path, the control routes beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from emulator import control, elevenlabs, modelslab, openrouter, stripe
from emulator.core.calls import Dialect, Refusal
from emulator.core.hub import Hub
from emulator.core.state import State
from emulator.elevenlabs.dialect import ElevenLabs
from emulator.modelslab.dialect import ModelsLab
from emulator.modelslab.webhooks import deliver_forever
from emulator.openrouter.dialect import OpenRouter
from emulator.stripe.dialect import Stripe
from emulator.stripe.timeline import pass_forever
from emulator.stripe.webhooks import Postman


def create_app(state: State) -> Starlette:
    hub = Hub(state)
    postman = Postman(hub)

    @asynccontextmanager
    async def running(app: Starlette) -> AsyncIterator[None]:
        working = (deliver_forever(hub), postman.deliver_forever(), pass_forever(hub))
        tasks = [asyncio.create_task(work) for work in working]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            hub.close()

    return Starlette(
        routes=[
            *control.routes(hub),
            *openrouter.routes(hub),
            *modelslab.routes(hub),
            *elevenlabs.routes(hub),
            *stripe.routes(hub, postman),
        ],
        exception_handlers={HTTPException: _not_there(hub)},
        lifespan=running,
    )


def _not_there(hub: Hub) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What is not a route is an error in the shape of the provider that was meant; it is logged, too."""
    dialects: list[Dialect] = [OpenRouter(), ModelsLab(), ElevenLabs(), Stripe()]

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        path = request.url.path
        meant = "/stripe/" if path.startswith("/v1/") else path
        dialect = next((one for one in dialects if meant.startswith(f"/{one.provider}/")), None)
        if dialect is None:
            return JSONResponse({"error": "There is nothing here; see /_emulator."}, status)
        hub.log(
            at=hub.state.now(),
            provider=dialect.provider,
            operation="unknown",
            model="",
            method=request.method,
            path=path,
            status=status,
            seconds=0.0,
            fingerprint="",
            body="",
        )
        what = "Method not allowed" if status == 405 else "Not Found"
        reply = dialect.error(Refusal(status, "not_found", f"{what}: {request.method} {path}"))
        return Response(reply.body, reply.status, dict(reply.headers), reply.media_type)

    return answer
