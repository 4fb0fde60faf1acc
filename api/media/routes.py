"""Routes of what has been made: pictures, lines, captions, film, audiobook, and what it cost."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from api.backend import AnyBackend, Backend, OwnBook, ReadableBook
from api.contents import DOCUMENTED, UNCHANGED, content, file_name, item_blob, tagged
from api.links import book_link
from api.media import storyboard
from api.media.schemas import Audiobook, CostRow, Costs, Film, FilmChapter, Gap, Pictures, Results, SpokenLine
from api.problems import documented, not_found
from litink.generation import ledger, records
from litink.generation.records import ItemRecord
from litink.generation.results import blob_of
from litink.library.repository import BookRecord
from litink.production.credits import MADE_LOCALLY
from litink.production.film import ASS, AUDIOBOOK, FILM, SRT, VTT
from litink.production.graph import FAMILIES, family_of
from litink.production.names import COVER
from litink.production.read_along import READ_ALONG
from litink.story.model import SceneDescription, Script

router = APIRouter(prefix="/books/{book_id}", tags=["media"], responses=documented(404))

_SCENES = TypeAdapter(list[SceneDescription])
_CONTENT = {**DOCUMENTED, **documented(410, 416)}


# -- lists -------------------------------------------------------------------------------------------------------------


@router.get("/results", operation_id="media-results", summary="What there is to watch and to hear")
def results(backend: AnyBackend, book: ReadableBook) -> Results:
    with backend.engine.begin() as connection:
        film = records.item_of(connection, book.id, "film", FILM)
        captions = records.item_of(connection, book.id, "film", VTT)
        audiobook = records.item_of(connection, book.id, "audiobook", AUDIOBOOK)
        read_along = records.item_of(connection, book.id, "read_along", READ_ALONG)
        cover = records.item_of(connection, book.id, "scene_images", COVER)
    return Results(
        film=_film(book, film, captions) if film and film.state == "done" else None,
        audiobook=_heard(book, audiobook, "audiobook"),
        read_along=_heard(book, read_along, READ_ALONG),
        cover=book_link(book.id, "cover") if (cover and cover.state == "done") or book.cover_sha else None,
    )


def _heard(book: BookRecord, item: ItemRecord | None, path: str) -> Audiobook | None:
    if item is None or item.state != "done":
        return None
    return Audiobook(link=book_link(book.id, path), seconds=item.meta["seconds"], bytes=item.bytes or 0)


def _film(book: BookRecord, item: ItemRecord, captions: ItemRecord | None) -> Film:
    return Film(
        link=book_link(book.id, "film"),
        captions=book_link(book.id, "captions.vtt") if captions and captions.state == "done" else None,
        seconds=item.meta["seconds"],
        bytes=item.bytes or 0,
        ratio=book.options["ratio"],
        chapters=[FilmChapter.model_validate(chapter) for chapter in item.meta.get("chapters", ())],
        missing=[Gap.model_validate(gap) for gap in item.meta.get("missing", ())],
        made_by=item.meta.get("made_by", MADE_LOCALLY),
    )


@router.get(
    "/pictures",
    operation_id="media-pictures",
    summary="List pictures: cover, portraits, storyboard",
    responses=UNCHANGED,
)
def pictures(request: Request, response: Response, backend: AnyBackend, book: ReadableBook) -> Pictures:
    with backend.engine.begin() as connection:
        portraits = records.items_of(connection, book.id, "character_images")
        drawn = records.items_of(connection, book.id, "scene_images")
        scenes = records.items_of(connection, book.id, "scenes")
        scripts = records.items_of(connection, book.id, "scripts")
    tagged(request, response, *(f"{i.key} {i.state} {i.blob_sha}" for i in (*portraits, *drawn, *scenes, *scripts)))
    return storyboard.pictures(
        book.id,
        portraits,
        drawn,
        [scene for data in _contents(backend, scenes) for scene in _SCENES.validate_json(data)],
        {script.chapter: script for script in map(Script.model_validate_json, _contents(backend, scripts))},
    )


@router.get(
    "/audio",
    operation_id="media-audio",
    summary="List the spoken lines, in order, with their words",
    responses=UNCHANGED,
)
def audio(
    request: Request,
    response: Response,
    backend: AnyBackend,
    book: ReadableBook,
    chapter: Annotated[str | None, Query(description="only those of this chapter")] = None,
) -> list[SpokenLine]:
    with backend.engine.begin() as connection:
        spoken = records.items_of(connection, book.id, "audio", below=f"{chapter}/" if chapter else "")
        scripts = [i for i in records.items_of(connection, book.id, "scripts") if chapter in (None, i.key)]
    tagged(request, response, *(f"{item.key} {item.state} {item.blob_sha}" for item in (*spoken, *scripts)))
    parsed = [Script.model_validate_json(data) for data in _contents(backend, scripts)]
    return list(storyboard.lines(book.id, {item.key: item for item in spoken}, parsed))


def _contents(backend: Backend, made: list[ItemRecord]) -> list[bytes]:
    return [backend.objects.get(item.blob_sha) for item in made if item.blob_sha and item.state == "done"]


@router.get("/costs", operation_id="media-costs", summary="What the book has cost, by asset, provider and model")
def costs(backend: AnyBackend, book: OwnBook) -> Costs:
    """From the ledger, which has a row for every call, paid or not."""
    with backend.engine.begin() as connection:
        rows = [CostRow.model_validate(row) for row in ledger.costs_of(connection, book.id)]
    rows.sort(key=lambda row: list(FAMILIES).index(row.asset) if row.asset in FAMILIES else len(FAMILIES))
    return Costs(
        cost_usd=sum(row.cost_usd for row in rows), paid_calls=sum(row.calls for row in rows if row.paid), calls=rows
    )


# -- content -----------------------------------------------------------------------------------------------------------


@router.get("/film", operation_id="media-film", summary="The film (MP4)", response_class=Response, responses=_CONTENT)
def film(request: Request, backend: AnyBackend, book: ReadableBook) -> Response:
    return _named(request, backend, book, "film", FILM, "The film", ".mp4")


@router.get(
    "/audiobook",
    operation_id="media-audiobook",
    summary="The audiobook (M4B)",
    response_class=Response,
    responses=_CONTENT,
)
def audiobook(request: Request, backend: AnyBackend, book: ReadableBook) -> Response:
    return _named(request, backend, book, "audiobook", AUDIOBOOK, "The audiobook", ".m4b")


@router.get(
    "/read-along.epub",
    operation_id="media-read-along",
    summary="The book to read along (EPUB 3 with media overlays)",
    response_class=Response,
    responses=_CONTENT,
)
def read_along(request: Request, backend: AnyBackend, book: ReadableBook) -> Response:
    """Its text is highlighted as it is read aloud."""
    return _named(request, backend, book, "read_along", READ_ALONG, "The book to read along", ".epub")


@router.get(
    "/captions.vtt",
    operation_id="media-captions-vtt",
    summary="Captions (WebVTT)",
    response_class=Response,
    responses=_CONTENT,
)
def captions_vtt(request: Request, backend: AnyBackend, book: ReadableBook) -> Response:
    return _named(request, backend, book, "film", VTT, "The captions", ".vtt")


@router.get(
    "/captions.srt",
    operation_id="media-captions-srt",
    summary="Captions (SubRip)",
    response_class=Response,
    responses=_CONTENT,
)
def captions_srt(request: Request, backend: AnyBackend, book: ReadableBook) -> Response:
    return _named(request, backend, book, "film", SRT, "The captions", ".srt")


@router.get(
    "/captions.ass",
    operation_id="media-captions-ass",
    summary="Captions, word by word (Advanced SubStation Alpha)",
    response_class=Response,
    responses=_CONTENT,
)
def captions_ass(request: Request, backend: AnyBackend, book: ReadableBook) -> Response:
    """Each word changes its colour when it is spoken."""
    return _named(request, backend, book, "film", ASS, "The captions", ".ass")


@router.get("/cover", operation_id="media-cover", summary="The cover", response_class=Response, responses=_CONTENT)
def cover(request: Request, backend: AnyBackend, book: ReadableBook) -> Response:
    """The one that was made; before that, the one that the file carries."""
    with backend.engine.begin() as connection:
        made = records.item_of(connection, book.id, "scene_images", COVER)
        carried = blob_of(connection, book.cover_sha) if book.cover_sha else None
    if made and made.state == "done":
        return content(request, backend.objects, item_blob(backend, book, "scene_images", COVER, "The cover"))
    if carried is None:
        raise not_found("The cover has not been made yet.", "not-made-yet")
    return content(request, backend.objects, carried)


@router.get(
    "/items/{asset}/{key:path}/content",
    operation_id="media-item",
    summary="The content of any item",
    response_class=Response,
    responses=_CONTENT,
)
def item(request: Request, backend: AnyBackend, book: ReadableBook, asset: str, key: str) -> Response:
    if family_of(asset) is None:
        raise not_found("There is no such asset.", "no-such-asset")
    return content(request, backend.objects, item_blob(backend, book, asset, key, "This item"))


def _named(
    request: Request, backend: Backend, book: BookRecord, asset: str, key: str, what: str, suffix: str
) -> Response:
    blob = item_blob(backend, book, asset, key, what)
    return content(request, backend.objects, blob, filename=file_name(book.title, suffix))
