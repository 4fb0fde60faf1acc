"""The route that Stripe posts its events to: believed when the signature holds, kept, answered at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.backend import AnyBackend, Backend
from api.problems import ApiProblem, documented, not_found
from litink.billing import inbox
from litink.errors import Refused
from litink.providers.stripe import Event, verified
from litink.providers.stripe.events import MAX_BYTES

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.post(
    "/stripe",
    operation_id="webhooks-stripe",
    summary="An event of Stripe's",
    status_code=204,
    response_class=Response,
    responses=documented(400, 404, 413),
)
async def take(
    request: Request, backend: AnyBackend, signature: Annotated[str, Header(alias="Stripe-Signature")] = ""
) -> Response:
    """Answers as soon as the event is kept; an event that came before is answered alike."""
    secret = backend.settings.stripe_webhook_secret
    if secret is None:
        raise not_found("No secret of Stripe's webhook endpoint is set here.", "webhooks-off")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            raise ApiProblem(413, "too-large", "No event of Stripe's is so large.")
    try:
        event = verified(bytes(body), signature, secret)
    except Refused as error:
        raise ApiProblem(400, error.code, error.message) from None
    await run_in_threadpool(_keep, backend, event)
    return Response(status_code=204)


def _keep(backend: Backend, event: Event) -> None:
    with backend.operators_engine.begin() as connection:
        inbox.receive(connection, event)
