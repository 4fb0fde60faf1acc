"""Routes of what people edit of the story: characters, plot, scripts, scenes, voices, pictures."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from api.backend import AnyBackend, OwnBook, Owner
from api.contents import UNCHANGED, tag_is
from api.idempotency import IdempotencyKey, once
from api.preconditions import Expected
from api.problems import documented
from api.story.edit_schemas import EditsView, NewEdits, PronunciationView
from litink.generation.keys import content_hash
from litink.library.pronunciations import dictionary
from litink.story.edits.kinds import stored

router = APIRouter(prefix="/books/{book_id}", tags=["story"], responses=documented(404))


@router.get("/edits", operation_id="story-edits", summary="List what was edited", responses=UNCHANGED)
def edits(request: Request, response: Response, backend: AnyBackend, book: OwnBook) -> EditsView:
    """An edit has a `conflict` when what it is about is no longer found in what was generated last."""
    found = backend.story_editor.edited(book)
    tag_is(request, response, f'"{found.version}"')
    return EditsView.of(found)


@router.get("/pronunciations", operation_id="story-pronunciations", summary="List how words of the book are read")
def pronunciations(backend: AnyBackend, book: OwnBook) -> list[PronunciationView]:
    """The edit `pronunciation` puts a word in, changes it, or takes it out; only lines that have it are spoken anew."""
    with backend.engine.begin() as connection:
        found = dictionary(connection, book, backend.objects)
    return [PronunciationView.model_validate(entry) for entry in found]


@router.post(
    "/edits",
    operation_id="story-edit",
    summary="Edit characters, plot, scripts, scenes, voices, pronunciations or pictures",
    response_model=EditsView,
    responses=documented(409, 412, 422, 428, 503),
)
def edit(
    backend: AnyBackend,
    owner: Owner,
    book: OwnBook,
    expected: Expected,
    wanted: NewEdits,
    dry_run: Annotated[bool, Query(description="only tell what would come of it")] = False,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """What is edited has its new content at once; what follows from it is made again as a new revision of the book.

    An edit stays on top of whatever is generated later. One that changes nothing is not entered.
    """

    def act() -> EditsView:
        return EditsView.of(backend.story_editor.add(book, wanted.edits, owner, expected, keep=not dry_run))

    fingerprint = content_hash([str(book.id), [stored(each) for each in wanted.edits]])
    return once(backend.engine, owner, None if dry_run else key, "story-edit", fingerprint, act, status=200)


@router.post(
    "/edits/undo",
    operation_id="story-edit-undo",
    summary="Take back the last edit",
    response_model=EditsView,
    responses=documented(409, 412, 422, 428, 503),
)
def undo(
    backend: AnyBackend, owner: Owner, book: OwnBook, expected: Expected, key: IdempotencyKey = None
) -> JSONResponse:
    def act() -> EditsView:
        return EditsView.of(backend.story_editor.undo(book, owner, expected))

    return once(backend.engine, owner, key, "story-edit-undo", str(book.id), act, status=200)


@router.post(
    "/edits/redo",
    operation_id="story-edit-redo",
    summary="Make the edit again that was taken back last",
    response_model=EditsView,
    responses=documented(409, 412, 422, 428, 503),
)
def redo(
    backend: AnyBackend, owner: Owner, book: OwnBook, expected: Expected, key: IdempotencyKey = None
) -> JSONResponse:
    """Until something else is edited."""

    def act() -> EditsView:
        return EditsView.of(backend.story_editor.redo(book, owner, expected))

    return once(backend.engine, owner, key, "story-edit-redo", str(book.id), act, status=200)


@router.delete(
    "/edits/{number}",
    operation_id="story-edit-give-up",
    summary="Give up an edit that fits no more",
    responses=documented(409, 412, 422, 428, 503),
)
def give_up(backend: AnyBackend, owner: Owner, book: OwnBook, expected: Expected, number: int) -> EditsView:
    """Only one with a `conflict`; without this it waits until what it is about is there again."""
    return EditsView.of(backend.story_editor.give_up(book, number, owner, expected))
