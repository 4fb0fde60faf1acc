"""Routes of backfills: what one would redo, starting it, how far it is, holding it up."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.backend import SPENDS, AnyBackend, Operator
from api.idempotency import IdempotencyKey, once
from api.problems import documented
from litink.generation.keys import content_hash
from litink.production.backfill.model import Backfill, BackfillBook, BackfillOptions, Forecast

router = APIRouter(prefix="/admin/backfills", tags=["admin"])


class BackfillList(BaseModel):
    backfills: list[Backfill] = Field(description="the newest hundred, newest first")


class BackfillBooks(BaseModel):
    books: list[BackfillBook] = Field(description="in the order of their turns")


class Resumption(BaseModel):
    model_config = ConfigDict(extra="forbid")

    budget_usd: Decimal | None = Field(
        default=None, ge=0, le=1_000_000, description="for the whole of it; null: the one that it has"
    )


@router.get("", operation_id="admin-backfills", summary="Backfills, and how far they are")
def backfills(backend: AnyBackend, _: Operator) -> BackfillList:
    return BackfillList(backfills=list(backend.backfills.all()))


@router.post(
    "/forecast",
    operation_id="admin-forecast-backfill",
    summary="What a backfill would redo, and about what it would cost",
    responses=documented(422),
)
def forecast(backend: AnyBackend, _: Operator, asked: BackfillOptions) -> Forecast:
    """From the recorded recipes of all books; nothing is opened, made or changed."""
    return backend.backfills.forecast(asked)


@router.post(
    "",
    operation_id="admin-start-backfill",
    dependencies=[SPENDS],
    summary="Redo an asset of all books because a model changed",
    status_code=201,
    response_model=Backfill,
    responses=documented(409, 422),
)
def start(backend: AnyBackend, operator: Operator, asked: BackfillOptions, key: IdempotencyKey = None) -> JSONResponse:
    """Book by book, behind all other work: each gets a plan of its own, which is applied when its turn comes and its
    upper price fits in what is left of the budget. Books that were never made to their end are left alone."""

    def act() -> Backfill:
        return backend.backfills.start(asked, operator)

    fingerprint = content_hash(asked.model_dump(mode="json"))
    return once(backend.engine, operator, key, "admin-start-backfill", fingerprint, act, status=201)


@router.get("/{backfill_id}", operation_id="admin-backfill", summary="How far it is", responses=documented(404))
def backfill(backend: AnyBackend, _: Operator, backfill_id: UUID) -> Backfill:
    return backend.backfills.get(backfill_id)


@router.get(
    "/{backfill_id}/books",
    operation_id="admin-backfill-books",
    summary="How its books are",
    responses=documented(404, 422),
)
def books(
    backend: AnyBackend,
    _: Operator,
    backfill_id: UUID,
    after: Annotated[UUID | None, Query(description="the last book of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> BackfillBooks:
    return BackfillBooks(books=list(backend.backfills.books(backfill_id, after=after, limit=limit)))


@router.post(
    "/{backfill_id}/pause",
    operation_id="admin-pause-backfill",
    summary="Begin no more books for now",
    responses=documented(404, 409),
)
def pause(backend: AnyBackend, _: Operator, backfill_id: UUID) -> Backfill:
    """Books that were begun are finished."""
    return backend.backfills.pause(backfill_id)


@router.post(
    "/{backfill_id}/resume",
    operation_id="admin-resume-backfill",
    dependencies=[SPENDS],
    summary="Go on",
    responses=documented(404, 409, 422),
)
def resume(backend: AnyBackend, _: Operator, backfill_id: UUID, wanted: Resumption | None = None) -> Backfill:
    """Where it was paused, or stopped because the next book's price did not fit in what was left."""
    return backend.backfills.resume(backfill_id, wanted.budget_usd if wanted else None)


@router.post(
    "/{backfill_id}/cancel",
    operation_id="admin-cancel-backfill",
    summary="Begin no more books, for good",
    responses=documented(404, 409),
)
def cancel(backend: AnyBackend, _: Operator, backfill_id: UUID) -> Backfill:
    """Books that were begun are finished."""
    return backend.backfills.cancel(backfill_id)
