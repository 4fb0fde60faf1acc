"""Routes of exports: order, list, change, try again, take back, download; and everything as one archive."""

from __future__ import annotations

import itertools
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse

from api.backend import SPENDS, AnyBackend, OwnBook, Owner
from api.contents import DOCUMENTED, blob_of, content, disposition, file_name
from api.exports.schemas import ExportView
from api.idempotency import IdempotencyKey, once
from api.limits import Metered
from api.problems import documented
from litink.generation.keys import content_hash
from litink.production.archive import archive
from litink.production.context import Production
from litink.production.exports.model import MergeOrder, Order

router = APIRouter(prefix="/books/{book_id}", tags=["exports"], responses=documented(404))

Wanted = Annotated[
    Order,
    Body(
        openapi_examples={
            "trailer": {"value": {"kind": "trailer", "seconds": 60}},
            "chapter": {"value": {"kind": "film", "chapter": "c1", "container": "webm", "captions": "burned"}},
            "mp3": {"value": {"kind": "audiobook", "container": "mp3"}},
        }
    ),
]


@router.post(
    "/exports",
    operation_id="exports-order",
    dependencies=[SPENDS],
    summary="Have something made besides the film",
    status_code=201,
    response_model=ExportView,
    responses=documented(409, 422),
)
def order(
    backend: AnyBackend, owner: Owner, meter: Metered, book: OwnBook, wanted: Wanted, key: IdempotencyKey = None
) -> JSONResponse:
    """A chapter's film, a trailer, another container or size, captions burned in, an MP3, a film cut from the book's
    own clips. It is made on this machine, at no cost, as soon as the book is ready, and made again when the book
    changes. The same order twice is one.
    """

    def act() -> ExportView:
        return ExportView.of(book.id, backend.exports.order(book, wanted))

    fingerprint = content_hash([str(book.id), wanted])
    return once(backend.engine, owner, key, "exports-order", fingerprint, lambda: meter.counted(act), status=201)


@router.get("/exports", operation_id="exports-list", summary="What was asked for, and how it stands")
def exports(backend: AnyBackend, book: OwnBook) -> list[ExportView]:
    """The oldest first. How far they are is told by the book's events (`asset`: `export_clips`, `exports`)."""
    return [ExportView.of(book.id, export) for export in backend.exports.all(book)]


@router.get("/exports/{key}", operation_id="exports-get", summary="An export")
def get_export(backend: AnyBackend, book: OwnBook, key: str) -> ExportView:
    return ExportView.of(book.id, backend.exports.get(book, key))


@router.put(
    "/exports/{key}",
    operation_id="exports-change",
    summary="Change a merge",
    responses=documented(422),
)
def change(backend: AnyBackend, meter: Metered, book: OwnBook, key: str, wanted: MergeOrder) -> ExportView:
    """What it was before stays as a version."""
    return ExportView.of(book.id, meter.counted(lambda: backend.exports.change(book, key, wanted)))


@router.post(
    "/exports/{key}/retry",
    operation_id="exports-retry",
    dependencies=[SPENDS],
    summary="Try an export again that failed",
)
def retry(backend: AnyBackend, meter: Metered, book: OwnBook, key: str) -> ExportView:
    return ExportView.of(book.id, meter.counted(lambda: backend.exports.retry(book, key)))


@router.delete(
    "/exports/{key}",
    operation_id="exports-delete",
    summary="Take an export back, with what was made of it",
    status_code=204,
)
def delete(backend: AnyBackend, book: OwnBook, key: str) -> Response:
    backend.exports.remove(book, key)
    return Response(status_code=204)


@router.get(
    "/exports/{key}/content",
    operation_id="exports-content",
    summary="Download an export",
    response_class=Response,
    responses={**DOCUMENTED, **documented(410, 416)},
)
def download(request: Request, backend: AnyBackend, book: OwnBook, key: str) -> Response:
    export = backend.exports.get(book, key)
    item = export.item if export.item and export.item.state == "done" else None
    name = file_name(str(export.meta.get("title") or book.title), f".{export.order.container}")
    return content(request, backend.objects, blob_of(item, "The export"), filename=name)


@router.get(
    "/archive",
    operation_id="exports-archive",
    summary="Everything of a book as one ZIP",
    response_class=Response,
    responses={
        200: {
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            "description": "A folder an asset, the file that was handed in, and `manifest.json`.",
        },
        **documented(410),
    },
)
def everything(backend: AnyBackend, book: OwnBook) -> Response:
    """Every item that was made, in force now, with `manifest.json`, which says of each file where it comes from: the
    stretch of the book, recipe, models, cost, hash. Written while it is sent; media are stored as they are."""
    production = Production(backend.engine, backend.objects, backend.engines, book.id)
    headers = {"Content-Disposition": disposition(file_name(book.title, ".zip"), inline=False)}
    pieces = archive(production)
    first = next(pieces)  # a missing object shows here, while the answer can still be a problem document
    return StreamingResponse(itertools.chain([first], pieces), 200, headers, "application/zip")
