"""The route that providers call. What they say is a hint to go and ask them: forged, doubled, late or missing, it
changes nothing but time."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.backend import AnyBackend
from litink.generation.paid.payments import take_hint

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

MOST_BYTES = 64 * 1024


@router.post(
    "/{provider}/{token}",
    operation_id="webhooks-take",
    summary="A provider's hint that a job is done",
    status_code=204,
    response_class=Response,
)
async def take(
    request: Request,
    backend: AnyBackend,
    provider: Annotated[str, Path(pattern=r"^[a-z]{1,40}$")],
    token: Annotated[str, Path(min_length=20, max_length=64)],
) -> Response:
    """Answers alike whether or not the token is known: nothing can be learnt here."""
    body = await _bounded(request)
    await run_in_threadpool(_keep, backend, provider, token, body)
    return Response(status_code=204)


def _keep(backend: AnyBackend, provider: str, token: str, body: dict[str, Any]) -> None:
    with backend.operators_engine.begin() as connection:
        take_hint(connection, provider, token, body)


async def _bounded(request: Request) -> dict[str, Any]:
    """The body as JSON; what is too long or no JSON counts as a bare hint."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > MOST_BYTES:
            return {}
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
