"""Idempotency-Key: the same request sent twice is done once and answered alike. The rows are litink's business."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Engine

from api.problems import ApiProblem
from litink.library import idempotency

_KEY = re.compile(r"[\x21-\x7e]{1,255}")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Up to 255 visible ASCII characters of your own. The same key with the same request gives the same "
        "answer for 24 hours; nothing is done twice.",
    ),
]


def once(
    engine: Engine,
    owner_id: UUID,
    key: str | None,
    operation: str,
    fingerprint: str,
    act: Callable[[], BaseModel],
    *,
    status: int,
) -> JSONResponse:
    """What ``act`` answers; with a key, what it answered the first time.

    Raises the problems "idempotency-key-invalid", "-reused" (another request has this key) and "-in-flight".
    """
    if key is None:
        return JSONResponse(act().model_dump(mode="json"), status)
    if not _KEY.fullmatch(key):
        raise ApiProblem(422, "idempotency-key-invalid", "An Idempotency-Key has 1 to 255 visible ASCII characters.")
    with engine.begin() as connection:
        claim = idempotency.claim(connection, owner_id, operation, key, fingerprint)
    if claim.found == "other-request":
        raise ApiProblem(
            422, "idempotency-key-reused", "This Idempotency-Key was used for another request; take a new one."
        )
    if claim.found == "under-way":
        raise ApiProblem(
            409,
            "idempotency-key-in-flight",
            "The first request with this key is under way; ask again in a moment.",
            headers={"Retry-After": "1"},
        )
    if claim.found == "answered":
        return JSONResponse(claim.body, claim.status, headers={"Idempotency-Replayed": "true"})
    try:
        body = act().model_dump(mode="json")
    except BaseException:
        with engine.begin() as connection:
            idempotency.release(connection, owner_id, operation, key)
        raise
    with engine.begin() as connection:
        idempotency.answer(connection, owner_id, operation, key, status, body)
    return JSONResponse(body, status)
