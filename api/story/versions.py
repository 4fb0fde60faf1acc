"""Routes of the versions of what can be edited: listing, looking, comparing, branching."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from api.backend import AnyBackend, OwnBook, Owner
from api.contents import UNCHANGED, tagged
from api.idempotency import IdempotencyKey, once
from api.problems import documented
from api.story.edit_schemas import Comparison, NewBranch, VersionsView
from litink.generation.keys import content_hash
from litink.story.edits.compare import MOST
from litink.story.edits.kinds import Patchable

router = APIRouter(prefix="/books/{book_id}/versions/{asset}/{key}", tags=["story"], responses=documented(404))

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("", operation_id="story-versions", summary="List the versions of an item", responses=UNCHANGED)
def versions(
    request: Request, response: Response, backend: AnyBackend, book: OwnBook, asset: Patchable, key: str
) -> VersionsView:
    """Every content that a cast, a plot, a chapter's script or its scenes have had, with author and time.

    The edit `version` puts one in force again.
    """
    found = backend.branches.versions(book, asset, key)
    tagged(request, response, asset, key, found[0].number)
    return VersionsView.of(found)


@router.post(
    "",
    operation_id="story-branch",
    summary="Begin a branch with a name",
    response_model=VersionsView,
    status_code=201,
    responses=documented(409, 422, 503),
)
def branch(
    backend: AnyBackend,
    owner: Owner,
    book: OwnBook,
    asset: Patchable,
    key: str,
    wanted: NewBranch,
    idempotency_key: IdempotencyKey = None,
) -> JSONResponse:
    """The content in force becomes the branch's first version; what is edited from now on belongs to it.

    To go back to another branch put its newest version in force, with the edit `version`.
    """

    def act() -> VersionsView:
        return VersionsView.of(backend.branches.begin(book, asset, key, wanted.name, owner))

    fingerprint = content_hash([str(book.id), asset, key, wanted.name])
    return once(backend.engine, owner, idempotency_key, "story-branch", fingerprint, act, status=201)


@router.get("/{number}", operation_id="story-version", summary="Get the content of a version", responses=UNCHANGED)
def version(
    request: Request, response: Response, backend: AnyBackend, book: OwnBook, asset: Patchable, key: str, number: Number
) -> Any:
    content = backend.branches.content(book, asset, key, number)
    tagged(request, response, asset, key, number)
    return content


@router.get(
    "/{number}/differences",
    operation_id="story-version-differences",
    summary="Compare two versions",
    responses={**UNCHANGED, **documented(422)},
)
def differences(
    request: Request,
    response: Response,
    backend: AnyBackend,
    book: OwnBook,
    asset: Patchable,
    key: str,
    number: Number,
    to: Annotated[int, Query(ge=1, le=2**31 - 1, description="the version that it is compared with")],
) -> Comparison:
    """What it takes to come from this version to the other. Lines, scenes and characters are known by their ids."""
    found = backend.branches.compare(book, asset, key, number, to)
    tagged(request, response, asset, key, number, to)
    return Comparison(before=number, after=to, differences=found, truncated=len(found) == MOST)
