"""Routes of books: hand in, list, get, watch, work on again, delete."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from fastapi.responses import JSONResponse
from fastapi.sse import EventSourceResponse
from pydantic import ValidationError

from api.backend import SPENDS, AnyBackend, AnyVisit, OwnBook, Owner, ReadableBook, Visit, there
from api.books import uploads
from api.books.detail import detail
from api.books.events import book_stream, owner_stream, start_after
from api.books.schemas import BookDetail, BookStatus, BookSummary, PastedText, StartOrder, TermsView, WebAddress
from api.idempotency import IdempotencyKey, once
from api.limits import Metered
from api.pagination import Cursor, Limit, Page, cut
from api.problems import ApiProblem, documented, from_validation
from litink.generation import records
from litink.generation.keys import content_hash
from litink.library import repository
from litink.library.intake import plain_name
from litink.library.options import MakeOptions, Motion, Music, Start, Terms
from litink.library.standing import standing_of
from litink.production.graph import STAGES
from litink.production.names import COVER
from litink.providers.base import Ratio
from litink.story.model import ScriptStyle

router = APIRouter(tags=["books"])

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": 'Server-sent events. `event: asset` with `{"asset", "state", "done", "failed", "total", '
        '"cost_usd", "seconds"}`; `event: book` with `{"state", "problem"?}`.',
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'event: asset\ndata: {"asset": "audio", "state": "running", "done": 12, "failed": 0, '
                '"total": 80, "cost_usd": 0.0, "seconds": 3.2}\nid: 1042\n\n',
            }
        },
    }
}


_EVENT_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # no proxy may hold events back


def _options(
    chapters: Annotated[str, Form(description="`all`, or numbers and ranges: `1`, `1-3`, `2,5-7`")] = "all",
    ratio: Annotated[Ratio, Form()] = "16:9",
    style: Annotated[ScriptStyle, Form()] = "dialogue",
    directive: Annotated[str, Form(description="what the makers should keep in mind")] = "",
    minutes: Annotated[
        int | None,
        Form(
            ge=1,
            le=6000,
            description="about how long the film is to be, in a style that may leave something out: any but `dialogue` "
            "and `narration`",
        ),
    ] = None,
    motion: Annotated[Motion, Form(description="`clips`: a provider sets a picture a scene in motion")] = "stills",
    lipsync: Annotated[
        bool,
        Form(description="`true`: a provider moves the lips of who speaks in one near picture a scene"),
    ] = False,
    music: Annotated[
        Music,
        Form(description="under the voices: `ambience` is made here, `composed` bought where a provider can"),
    ] = "none",
    local_fallback: Annotated[
        bool,
        Form(description="`true`: where no model can be had for a text, this machine's writer makes it"),
    ] = False,
) -> MakeOptions:
    try:
        return MakeOptions(
            chapters=chapters,
            ratio=ratio,
            style=style,
            directive=directive,
            minutes=minutes,
            motion=motion,
            lipsync=lipsync,
            music=music,
            local_fallback=local_fallback,
        )
    except ValidationError as error:
        raise from_validation([{**found, "loc": ("body", *found["loc"])} for found in error.errors()]) from None


def _terms(
    cap_usd: Annotated[
        Decimal | None, Form(ge=0, le=100_000, description="the most that the book may ever cost, in USD")
    ] = None,
    start: Annotated[
        Start,
        Form(
            description="`at_once`; `when_told`: not before `POST /books/{id}/start`; `auto`: at once where nothing is "
            "paid for or a cap is given, else when told"
        ),
    ] = "auto",
) -> Terms:
    return Terms(cap_usd=cap_usd, start=start)


@router.get(
    "/books/{book_id}/status",
    operation_id="books-status",
    summary="Every asset's state and progress",
    response_model=BookStatus,
    responses=documented(404),
)
async def status(visit: AnyVisit, book_id: UUID) -> Response:
    return await visit.backend.swiftly(_status, visit, book_id)


def _status(visit: Visit, book_id: UUID) -> Response:
    # Asked every few seconds by whoever watches: door, gate and answer are one turn of a thread.
    owner, backend = visit.entered().id, visit.backend
    stand_ins = (*STAGES["text"], "music")
    standing = there(standing_of(backend.engine, book_id, owner_id=owner, stand_ins=stand_ins))
    found = BookStatus.of(standing, backend.settings.dagster_address)
    return Response(found.model_dump_json(), media_type="application/json")


@router.post(
    "/books",
    operation_id="books-create",
    dependencies=[SPENDS],
    summary="Hand in a book",
    status_code=201,
    response_model=BookDetail,
    responses=documented(403, 409, 413, 422, 429),
)
def create(
    backend: AnyBackend,
    owner: Owner,
    meter: Metered,
    file: Annotated[
        list[UploadFile],
        File(description="EPUB, PDF, DOCX, HTML, Markdown or plain text; several files, in order, are one book"),
    ],
    options: Annotated[MakeOptions, Depends(_options)],
    terms: Annotated[Terms, Depends(_terms)],
    title: Annotated[str, Form(max_length=300, description="instead of what the file says")] = "",
    author: Annotated[str, Form(max_length=300, description="instead of what the file says")] = "",
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Reads the file at once, in a sandbox, and answers with the chapters found; the work on it starts by itself.

    Where providers are paid and no cap is given, it starts when it is told to: the book is `unstarted`, and
    `GET /books/{id}/estimate` says what it will cost.

    Several files (the field repeated, in reading order) become one book: one with several chapters is a part of it, one
    with a single chapter is that chapter. A file that cannot be read is refused with a code and a sentence that says
    what to do; then nothing is kept of the others either.
    """
    sent = [(one.file, one.filename) for one in file]
    with uploads.kept(backend, sent, title=title, author=author) as source:
        return once(
            backend.engine,
            owner,
            key,
            "books-create",
            uploads.fingerprint(source, options, terms) if key else "",
            lambda: meter.counted(lambda: uploads.shelve(backend, owner, source, options, terms)),
            status=201,
        )


@router.post(
    "/books/text",
    operation_id="books-create-text",
    dependencies=[SPENDS],
    summary="Hand in a text as a book",
    status_code=201,
    response_model=BookDetail,
    responses=documented(403, 409, 413, 422, 429),
)
def create_from_text(
    backend: AnyBackend, owner: Owner, meter: Metered, pasted: PastedText, key: IdempotencyKey = None
) -> JSONResponse:
    """Plain text or Markdown; headings such as `# One` or `Chapter 1` divide it into chapters."""
    options, terms = pasted.options, pasted.terms
    sent = [(io.BytesIO(uploads.as_markdown(pasted)), plain_name(pasted.title) + ".md")]
    with uploads.kept(backend, sent) as source:
        return once(
            backend.engine,
            owner,
            key,
            "books-create-text",
            uploads.fingerprint(source, options, terms) if key else "",
            lambda: meter.counted(lambda: uploads.shelve(backend, owner, source, options, terms)),
            status=201,
        )


@router.post(
    "/books/url",
    operation_id="books-create-url",
    dependencies=[SPENDS],
    summary="Hand in a page or file of the web as a book",
    status_code=201,
    response_model=BookDetail,
    responses=documented(403, 409, 413, 422, 429),
)
def create_from_url(
    backend: AnyBackend, owner: Owner, meter: Metered, asked: WebAddress, key: IdempotencyKey = None
) -> JSONResponse:
    """Fetches the address and reads what is there: of a page the article without menus and comments, a file as it is.

    Only the public internet is reached. What cannot be had is refused with a code that begins with `url-`.
    """

    def act() -> BookDetail:
        with uploads.fetched(backend, asked.url, title=asked.title) as source:
            return meter.counted(lambda: uploads.shelve(backend, owner, source, asked.options, asked.terms))

    return once(backend.engine, owner, key, "books-create-url", content_hash(asked), act, status=201)


@router.get("/terms", operation_id="books-terms", summary="Whether making a book costs money here")
def terms(backend: AnyBackend, owner: Owner) -> TermsView:
    """Depends on which providers' keys are set, and on the owner's subscription."""
    return TermsView.of(backend.settings, *uploads.paid(backend, owner))


@router.get("/books", operation_id="books-list", summary="List books, newest first", responses=documented(422))
def list_books(backend: AnyBackend, owner: Owner, cursor: Cursor, limit: Limit = 20) -> Page[BookSummary]:
    with backend.engine.begin() as connection:
        found = repository.list_books(connection, owner, before=cursor, limit=limit + 1)
        page, following = cut(found, limit, lambda book: book.id)
        covered = records.books_with(connection, [book.id for book in page], "scene_images", COVER)
    return Page(
        items=[BookSummary.of(book, cover=book.id in covered) for book in page],
        next=following,
    )


@router.get("/books/{book_id}", operation_id="books-get", summary="Get a book", responses=documented(404))
def get(backend: AnyBackend, book: ReadableBook) -> BookDetail:
    return detail(backend, book)


@router.delete(
    "/books/{book_id}",
    operation_id="books-delete",
    summary="Delete a book with everything made of it",
    status_code=204,
    responses=documented(404),
)
def delete(backend: AnyBackend, book: OwnBook) -> Response:
    backend.shelf.remove(book)
    return Response(status_code=204)


@router.post(
    "/books/{book_id}/retry",
    operation_id="books-retry",
    dependencies=[SPENDS],
    summary="Work on a finished or failed book again",
    response_model=BookDetail,
    responses=documented(404, 409, 422, 429),
)
def retry(backend: AnyBackend, owner: Owner, meter: Metered, book: OwnBook, key: IdempotencyKey = None) -> JSONResponse:
    """Makes what failed or is out of date. What is done already is neither made nor paid for again."""

    def act() -> BookDetail:
        if book.state == "unstarted":
            raise ApiProblem(409, "book-unstarted", "The book waits for your word; start it first.")
        again = backend.shelf.restart(book)
        if again is None:
            raise ApiProblem(409, "book-in-work", "The book is being worked on; wait until it is ready or has failed.")
        return detail(backend, again)

    return once(backend.engine, owner, key, "books-retry", str(book.id), lambda: meter.counted(act), status=200)


@router.post(
    "/books/{book_id}/start",
    operation_id="books-start",
    dependencies=[SPENDS],
    summary="Have a book made that waits for your word",
    response_model=BookDetail,
    responses=documented(403, 404, 409, 422, 429),
)
def start(
    backend: AnyBackend,
    owner: Owner,
    meter: Metered,
    book: OwnBook,
    order: StartOrder | None = None,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """The word that its price (`GET /books/{id}/estimate`) is accepted, with a cap if you like."""
    cap = order.cap_usd if order else None

    def act() -> BookDetail:
        started = backend.shelf.start(book, cap)
        if started is None:
            raise ApiProblem(409, "book-started", "The book was started before; its cap can be changed at any time.")
        return detail(backend, started)

    fingerprint = content_hash([str(book.id), str(cap)])
    return once(backend.engine, owner, key, "books-start", fingerprint, lambda: meter.counted(act), status=200)


@router.get(
    "/books/{book_id}/events",
    operation_id="books-events",
    summary="Watch a book",
    response_class=Response,
    responses={**_EVENTS, 204: {"description": "All has been told: do not ask again."}, **documented(404, 422)},
)
async def events(backend: AnyBackend, book: OwnBook, after: Annotated[int, Depends(start_after)]) -> Response:
    """Ends when the book is ready, failed or deleted and everything has been told."""
    stream = book_stream(backend, book.id, after)
    first = await anext(stream, None)
    if first is None:
        return Response(status_code=204)  # tells a browser's EventSource not to connect again

    async def all_of_it() -> AsyncIterator[bytes]:
        yield first
        async for piece in stream:
            yield piece

    return EventSourceResponse(all_of_it(), headers=_EVENT_HEADERS)


@router.get(
    "/events",
    operation_id="books-events-all",
    summary="Watch all books",
    response_class=Response,
    responses={**_EVENTS, **documented(422)},
)
async def all_events(backend: AnyBackend, owner: Owner, after: Annotated[int, Depends(start_after)] = 0) -> Response:
    """As for one book, with `book_id` in every event; never ends by itself. Begins now unless told where."""
    return EventSourceResponse(owner_stream(backend, owner, after or None), headers=_EVENT_HEADERS)
