"""Routes of a book's division into chapters: look at it, correct it, give it another file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import JSONResponse

from api.backend import AnyBackend, OwnBook, Owner
from api.books import uploads
from api.books.detail import detail
from api.books.schemas import BookDetail
from api.books.structure_schemas import BlockView, Corrections, StructureView
from api.contents import UNCHANGED, tag_is, tagged
from api.idempotency import IdempotencyKey, once
from api.preconditions import Expected
from api.problems import documented, not_found
from litink.generation.keys import content_hash
from litink.library.corrections import Structure
from litink.library.repository import BookRecord

router = APIRouter(prefix="/books/{book_id}", tags=["books"], responses=documented(404))


@router.get("/structure", operation_id="books-structure", summary="Get a book's division", responses=UNCHANGED)
def structure(request: Request, response: Response, backend: AnyBackend, book: OwnBook) -> StructureView:
    """Every section as it stands, and the corrections that made it so.

    A correction has a `conflict` when its section is no longer found in the book as it was read last.
    """
    found = backend.editor.structure(book)
    tag_is(request, response, f'"{found.version}"')
    return StructureView.of(book.id, found)


@router.get(
    "/structure/{key}/blocks",
    operation_id="books-structure-blocks",
    summary="List where a section may be split",
    responses=UNCHANGED,
)
def blocks(request: Request, response: Response, backend: AnyBackend, book: OwnBook, key: str) -> list[BlockView]:
    found = backend.editor.structure(book)
    section = next((section for section in found.book.sections if section.key == key), None)
    if section is None:
        raise not_found("The book has no such section.", "no-such-chapter")
    tagged(request, response, found.version, key)
    return BlockView.all_of(section)


@router.post(
    "/corrections",
    operation_id="books-correct",
    summary="Correct a book's division",
    response_model=StructureView,
    responses=documented(409, 412, 422, 428, 503),
)
def correct(
    backend: AnyBackend,
    owner: Owner,
    book: OwnBook,
    expected: Expected,
    wanted: Corrections,
    dry_run: Annotated[bool, Query(description="only tell what would come of it")] = False,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Rename, split, join, move sections, or say what they are. The book is worked on again where that touches it.

    A section keeps its key, and what was made for it, while its text stays the same; parts of a split and what was
    joined get keys of their own. A correction that changes nothing is not entered.
    """

    def act() -> StructureView:
        return _view(book, backend.editor.correct(book, wanted.corrections, owner, expected, keep=not dry_run))

    fingerprint = content_hash([str(book.id), wanted])
    return once(backend.engine, owner, None if dry_run else key, "books-correct", fingerprint, act, status=200)


@router.post(
    "/corrections/undo",
    operation_id="books-correct-undo",
    summary="Take back the last correction",
    response_model=StructureView,
    responses=documented(409, 412, 422, 428, 503),
)
def undo(
    backend: AnyBackend, owner: Owner, book: OwnBook, expected: Expected, key: IdempotencyKey = None
) -> JSONResponse:
    def act() -> StructureView:
        return _view(book, backend.editor.undo(book, expected))

    return once(backend.engine, owner, key, "books-correct-undo", str(book.id), act, status=200)


@router.post(
    "/corrections/redo",
    operation_id="books-correct-redo",
    summary="Make the correction again that was taken back last",
    response_model=StructureView,
    responses=documented(409, 412, 422, 428, 503),
)
def redo(
    backend: AnyBackend, owner: Owner, book: OwnBook, expected: Expected, key: IdempotencyKey = None
) -> JSONResponse:
    """Until something else is corrected."""

    def act() -> StructureView:
        return _view(book, backend.editor.redo(book, expected))

    return once(backend.engine, owner, key, "books-correct-redo", str(book.id), act, status=200)


@router.delete(
    "/corrections/{number}",
    operation_id="books-correct-give-up",
    summary="Give up a correction that fits no more",
    responses=documented(409, 412, 422, 428, 503),
)
def give_up(backend: AnyBackend, book: OwnBook, expected: Expected, number: int) -> StructureView:
    """Only one with a `conflict`, which has no effect; without this it waits for a reading that it fits."""
    return _view(book, backend.editor.give_up(book, number, expected))


@router.put(
    "/file",
    operation_id="books-replace-file",
    summary="Put a new edition of its file in the book's place",
    responses=documented(413, 422, 503),
)
def replace_file(
    backend: AnyBackend,
    book: OwnBook,
    file: Annotated[list[UploadFile], File(description="as for handing in a book")],
    title: Annotated[str, Form(max_length=300, description="instead of what the file says")] = "",
    author: Annotated[str, Form(max_length=300, description="instead of what the file says")] = "",
) -> BookDetail:
    """Chapters that are the same, or changed a little, keep their keys and what was made for them; corrections hold.

    The same file changes nothing. A file that cannot be read is refused, and the book stays as it is.
    """
    with uploads.kept(backend, [(one.file, one.filename) for one in file], title=title, author=author) as source:
        return detail(backend, backend.shelf.replace(book, source.path, filename=source.name))


def _view(book: BookRecord, found: Structure) -> StructureView:
    return StructureView.of(book.id, found)
