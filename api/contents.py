"""Stored bytes as responses: type, tag, ranges, file names. Which bytes a person may have is decided elsewhere."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from api.backend import Backend
from api.conditional import Unsatisfiable, byte_range, tag_of, unchanged
from api.problems import ApiProblem, not_found
from litink.generation import records
from litink.generation.records import ItemRecord
from litink.generation.results import Blob
from litink.library.repository import BookRecord
from litink.objects import Objects

# What a browser may show by itself. Everything else (SVG and HTML above all) is handed over as a file.
INLINE = {
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "audio/flac",
    "audio/mp4",
    "audio/mpeg",
    "audio/wav",
    "video/mp4",
    "video/webm",
    "text/vtt",
    "application/json",
}
_PRIVATE = "private, no-cache"  # kept by the browser alone, and asked about each time
_CHARSET = {"text/vtt": "; charset=utf-8"}

UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The copy that If-None-Match names is still right."}}
DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        "description": "The content; its type is in Content-Type, its version in ETag.",
    },
    206: {"description": "The range asked for."},
    **UNCHANGED,
}


class NotModified(Exception):
    """The client's copy is still right."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.headers = {"ETag": tag, "Cache-Control": _PRIVATE}


def install(app: FastAPI) -> None:
    def on_not_modified(_: Request, error: Exception) -> Response:
        assert isinstance(error, NotModified)
        return Response(status_code=304, headers=error.headers)

    app.add_exception_handler(NotModified, on_not_modified)


def tagged(request: Request, response: Response, *parts: str | int | None) -> None:
    """Give a JSON answer that is made from these parts alone its entity tag. Raises NotModified."""
    tag_is(request, response, tag_of(*parts))


def tag_is(request: Request, response: Response, tag: str) -> None:
    """Give a JSON answer the entity tag of its content. Raises NotModified."""
    if unchanged(request.headers.get("if-none-match"), tag):
        raise NotModified(tag)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = _PRIVATE


def item_blob(backend: Backend, book: BookRecord, asset: str, key: str, what: str) -> Blob:
    """The content of one item of a book. Raises the problem "not-made-yet"."""
    with backend.engine.begin() as connection:
        return blob_of(records.item_of(connection, book.id, asset, key), what)


def blob_of(item: ItemRecord | None, what: str) -> Blob:
    """The finished content of an item. Raises the problem "not-made-yet"."""
    if item is None or item.state != "done" or not item.blob_sha or item.bytes is None:
        raise not_found(f"{what} has not been made yet.", "not-made-yet")
    return Blob(item.blob_sha, item.bytes, item.media_type or "application/octet-stream")


def content(request: Request, objects: Objects, blob: Blob, *, filename: str | None = None) -> Response:
    """The bytes, whole or in part, or 304. Raises the problems "range-not-satisfiable" and "object-missing"."""
    tag = f'"{blob.sha}"'
    headers = {"ETag": tag, "Cache-Control": _PRIVATE, "Accept-Ranges": "bytes"}
    if unchanged(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    inline = blob.media_type in INLINE
    if filename or not inline:
        headers["Content-Disposition"] = disposition(filename or blob.sha[:12], inline=inline)
    try:
        part = byte_range(request.headers.get("range"), request.headers.get("if-range"), tag, blob.bytes)
    except Unsatisfiable:
        raise ApiProblem(
            416,
            "range-not-satisfiable",
            f"The content has {blob.bytes} bytes.",
            headers={"Content-Range": f"bytes */{blob.bytes}", "Accept-Ranges": "bytes"},
        ) from None
    start, length = (part.start, part.length) if part else (0, blob.bytes)
    if part:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{blob.bytes}"
    headers["Content-Length"] = str(length)
    pieces = objects.stream(blob.sha, start, length)
    first = next(pieces, b"")  # a missing object shows here, while the answer can still be a problem document
    media_type = blob.media_type + _CHARSET.get(blob.media_type, "") if inline else "application/octet-stream"
    return StreamingResponse(itertools.chain([first], pieces), 206 if part else 200, headers, media_type)


def disposition(filename: str, *, inline: bool) -> str:
    """Content-Disposition with a name for every client (RFC 6266): an ASCII one, and the real one in UTF-8."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    plain = re.sub(r'["\\%;]', "", plain).strip(" .") or "file"
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def file_name(title: str, suffix: str) -> str:
    """A title as a file name that every system takes."""
    kept = "".join(" " if unicodedata.category(sign)[0] == "C" or sign in '/\\:*?"<>|' else sign for sign in title)
    return (" ".join(kept.split())[:100].strip(" .") or "book") + suffix
