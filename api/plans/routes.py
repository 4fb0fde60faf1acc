"""Routes of plans: draw one up, look at it, apply it; and of the options that a book is made with."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api.backend import SPENDS, AnyBackend, OwnBook, Owner
from api.books.detail import detail
from api.books.schemas import BookDetail
from api.contents import UNCHANGED, tag_is
from api.idempotency import IdempotencyKey, once
from api.limits import Metered
from api.plans.schemas import OptionChanges, OptionsView, PlanSummaryView, PlanView
from api.preconditions import Expected
from api.problems import documented
from litink.generation.keys import content_hash
from litink.library.options import MakeOptions
from litink.production.plan.model import PlanOptions
from litink.production.plan.planner import options_version

router = APIRouter(prefix="/books/{book_id}", tags=["plans"], responses=documented(404))


@router.post(
    "/plan",
    operation_id="plans-create",
    summary="What is out of date, and what redoing it costs",
    responses=documented(409, 422),
)
def plan(backend: AnyBackend, book: OwnBook, asked: PlanOptions | None = None) -> PlanView:
    """Compares every item with what it would be now, says why it differs, and what making it anew costs at least and at
    most. Nothing is made or changed: with other options (`with`) it says what they would cost.

    What is free follows by itself after every change; what is paid for waits until a plan that has it is applied.
    """
    return PlanView.of(book.id, backend.planner.plan(book, asked or PlanOptions()))


@router.get("/plans", operation_id="plans-list", summary="A book's plans, newest first")
def plans(backend: AnyBackend, book: OwnBook) -> list[PlanSummaryView]:
    """All that were applied, and the last twenty that were not."""
    return [PlanSummaryView.of(book.id, one) for one in backend.planner.plans(book)]


@router.get("/plans/{plan_id}", operation_id="plans-get", summary="A plan with its items")
def get_plan(backend: AnyBackend, book: OwnBook, plan_id: UUID) -> PlanView:
    return PlanView.of(book.id, backend.planner.get(book, plan_id))


@router.post(
    "/plan/{plan_id}/apply",
    operation_id="plans-apply",
    dependencies=[SPENDS],
    summary="Have a plan carried out",
    response_model=PlanView,
    responses=documented(409, 422),
)
def apply_plan(
    backend: AnyBackend, owner: Owner, meter: Metered, book: OwnBook, plan_id: UUID, key: IdempotencyKey = None
) -> JSONResponse:
    """The word that its price is accepted: the book is worked on, and what the plan has is bought, up to that price.

    A plan that was applied before is answered as it is; nothing is done twice. When the book changed since the plan was
    made it is refused (409 `plan-outdated`), and the message says what changed; its prices hold for a week.
    """

    def act() -> PlanView:
        return PlanView.of(book.id, backend.planner.apply(book, plan_id, owner))

    fingerprint = content_hash([str(book.id), str(plan_id)])
    return once(backend.engine, owner, key, "plans-apply", fingerprint, lambda: meter.counted(act), status=200)


@router.get("/options", operation_id="plans-options", summary="What is to be made of a book", responses=UNCHANGED)
def options(request: Request, response: Response, backend: AnyBackend, book: OwnBook) -> OptionsView:
    found = MakeOptions.model_validate(book.options)
    tag_is(request, response, f'"{options_version(found)}"')
    return OptionsView.model_validate(found.model_dump())


@router.patch(
    "/options",
    operation_id="plans-change-options",
    summary="Change what is to be made of a book",
    responses=documented(409, 412, 422, 428),
)
def change_options(backend: AnyBackend, book: OwnBook, expected: Expected, wanted: OptionChanges) -> BookDetail:
    """The book is worked on again: what is free follows, what is paid for stays as it is and waits for a plan.

    `If-Match` names the options that were looked at (their `ETag`).
    """
    return detail(backend, backend.planner.change(book, wanted.changes, expected))
