"""Routes of published books: let everybody who is signed in read one, or no longer; what there is to read."""

from __future__ import annotations

from fastapi import APIRouter

from api.backend import AnyBackend, OwnBook, Owner, Person
from api.books.detail import detail
from api.books.schemas import BookDetail, BookSummary
from api.pagination import Cursor, Limit, Page, cut
from api.problems import documented
from litink.accounts.errors import Denied
from litink.generation import records
from litink.library import repository
from litink.library.repository import BookRecord
from litink.production.names import COVER

router = APIRouter(tags=["books"])


@router.get("/published", operation_id="books-published", summary="List published books", responses=documented(422))
def published(backend: AnyBackend, _: Owner, cursor: Cursor, limit: Limit = 20) -> Page[BookSummary]:
    """Everybody's, newest first. They can be read, watched and heard like one's own; nothing else."""
    with backend.engine.begin() as connection:
        found = repository.list_published(connection, before=cursor, limit=limit + 1)
        page, following = cut(found, limit, lambda book: book.id)
        covered = records.books_with(connection, [book.id for book in page], "scene_images", COVER)
    return Page(
        items=[BookSummary.of(book, cover=book.id in covered) for book in page],
        next=following,
    )


@router.post(
    "/books/{book_id}/publish",
    operation_id="books-publish",
    summary="Let everybody read a book",
    responses=documented(403, 404),
)
def publish(backend: AnyBackend, person: Person, book: OwnBook) -> BookDetail:
    """For authors: whoever is signed in may read, watch and hear it; what it cost, its edits and plans stay private."""
    if person.role not in ("author", "superadmin"):
        raise Denied("authors-only", "Only authors publish books; ask those who run this installation to make you one.")
    return _set(backend, book, published=True)


@router.delete(
    "/books/{book_id}/publish",
    operation_id="books-unpublish",
    summary="Let nobody else read a book any more",
    responses=documented(404),
)
def unpublish(backend: AnyBackend, book: OwnBook) -> BookDetail:
    return _set(backend, book, published=False)


def _set(backend: AnyBackend, book: BookRecord, *, published: bool) -> BookDetail:
    with backend.operators_engine.begin() as connection:
        repository.set_published(connection, book, published=published)
        now = repository.get_book(connection, book.id, owner_id=book.owner_id)
    return detail(backend, now or book)
