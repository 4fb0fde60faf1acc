"""Routes of what has been understood: chapters, plot, cast, scripts, scenes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from api.backend import AnyBackend, ReadableBook
from api.books.schemas import ChapterSummary
from api.contents import UNCHANGED, item_blob, tagged
from api.links import book_link, item_link
from api.problems import documented, not_found
from api.story.schemas import (
    CastView,
    ChapterText,
    CharacterView,
    CrossReferenceView,
    EntityView,
    ScriptSummary,
    Stretch,
    VoiceView,
)
from litink.generation import records
from litink.library import edits, reading, repository
from litink.production.sound import voices_heard, voicing
from litink.providers.base import Voice
from litink.story.model import Cast, CrossReference, Plot, SceneDescription, Script, Span

router = APIRouter(prefix="/books/{book_id}", tags=["story"], responses=documented(404))

_SCENES = TypeAdapter(list[SceneDescription])
_REFERENCES = TypeAdapter(list[CrossReference])


@router.get("/chapters", operation_id="story-chapters", summary="List chapters, front and back matter")
def chapters(backend: AnyBackend, book: ReadableBook) -> list[ChapterSummary]:
    with backend.engine.begin() as connection:
        return [ChapterSummary.of(book.id, section) for section in repository.sections_of(connection, book.id)]


@router.get("/chapters/{key}", operation_id="story-chapter", summary="Get a chapter's text", responses=UNCHANGED)
def chapter(request: Request, response: Response, backend: AnyBackend, book: ReadableBook, key: str) -> ChapterText:
    blob = item_blob(backend, book, reading.CHAPTERS, reading.BOOK_KEY, "The reading")
    section = next((s for s in reading.stored(backend.objects, blob.sha).sections if s.key == key), None)
    if section is None:
        raise not_found("The book has no such chapter.", "no-such-chapter")
    tagged(request, response, blob.sha, key)
    return ChapterText(
        key=section.key,
        kind=section.kind.value,
        number=section.number,
        title=section.title,
        heading=section.heading,
        path=list(section.path),
        word_count=section.word_count,
        link=book_link(book.id, "chapters", section.key),
        text=section.text,
        blocks=list(section.blocks),
        notes=list(section.notes),
    )


@router.get(
    "/chapters/{key}/references",
    operation_id="story-chapter-references",
    summary="List what a chapter comes back to",
    responses=UNCHANGED,
)
def references(
    request: Request, response: Response, backend: AnyBackend, book: ReadableBook, key: str
) -> list[CrossReferenceView]:
    """Passages of the chapter, in order, each with one of earlier chapters that it comes back to: found by rare words
    that both have and by likeness of meaning. Of later chapters nothing is said."""
    read = item_blob(backend, book, reading.CHAPTERS, reading.BOOK_KEY, "The reading")
    blob = item_blob(backend, book, "cross_references", "book", "The list of cross-references")
    sections = {section.key: section for section in reading.stored(backend.objects, read.sha).chapters}
    if key not in sections:
        raise not_found("The book has no such chapter.", "no-such-chapter")
    tagged(request, response, read.sha, blob.sha, key)

    def stretch(span: Span) -> Stretch:
        section = sections[span.chapter]
        return Stretch(
            chapter=section.key,
            number=section.number,
            title=section.title,
            start=span.start,
            end=span.end,
            text=section.text[span.start : span.end],
        )

    found = _REFERENCES.validate_json(backend.objects.get(blob.sha))
    return [
        CrossReferenceView(passage=stretch(r.passage), earlier=stretch(r.earlier), score=r.score, shared=list(r.shared))
        for r in found
        if r.passage.chapter == key and r.earlier.chapter in sections  # else a chapter has gone since
    ]


@router.get("/plot", operation_id="story-plot", summary="Get the plot overview", responses=UNCHANGED)
def plot(request: Request, response: Response, backend: AnyBackend, book: ReadableBook) -> Plot:
    """`source` says how it came about: "excerpt" is made of the book's own sentences, "model" is written."""
    blob = item_blob(backend, book, "plot_overview", "plot", "The plot overview")
    tagged(request, response, blob.sha)
    return Plot.model_validate_json(backend.objects.get(blob.sha))


@router.get("/characters", operation_id="story-characters", summary="Get the cast", responses=UNCHANGED)
def characters(request: Request, response: Response, backend: AnyBackend, book: ReadableBook) -> CastView:
    """Most important first, each with the voice that speaks for it and its portrait; then the places and things that
    matter. All of them are changed by the edits `character` and `merge_characters`."""
    blob = item_blob(backend, book, "characters", "cast", "The cast")
    with backend.engine.begin() as connection:
        pictures = records.items_of(connection, book.id, "character_images")
        spoken = voices_heard(connection, book.id)
        edited = edits.all_of(connection, book.id)
    portraits = {item.key: item.blob_sha for item in pictures if item.state == "done"}
    chosen = edits.chosen_voices(edited)
    told = [f"{a} {b}" for pairs in (portraits, spoken, chosen) for a, b in pairs.items()]
    tagged(request, response, blob.sha, len(edited), *told)
    cast = Cast.model_validate_json(backend.objects.get(blob.sha))
    known = {voice.id: voice for voice in backend.voices(book)}
    voices = voicing(backend.engines, book.tier, cast, spoken, edited, own_voices=tuple(known.values()))

    def view(voice: str | None) -> VoiceView | None:
        return _voice(known[voice]) if voice in known else None

    return CastView(
        narrator=view(voices.narrator),
        characters=[
            CharacterView(
                **dict(character),
                voice_used=view(voices.characters.get(character.id)),
                portrait=item_link(book.id, "character_images", character.id) if character.id in portraits else None,
            )
            for character in cast.characters
        ],
        locations=[EntityView.model_validate(one) for one in cast.entities if one.kind == "location"],
        objects=[EntityView.model_validate(one) for one in cast.entities if one.kind == "object"],
    )


def _voice(voice: Voice) -> VoiceView:
    return VoiceView.model_validate(voice, from_attributes=True)


@router.get("/scripts", operation_id="story-scripts", summary="List the chapters' scripts")
def scripts(backend: AnyBackend, book: ReadableBook) -> list[ScriptSummary]:
    with backend.engine.begin() as connection:
        made = records.items_of(connection, book.id, "scripts")
    return [
        ScriptSummary(
            chapter=item.key,
            title=item.label,
            style=book.options["style"],
            scenes=item.meta["scenes"],
            lines=item.meta["lines"],
            link=book_link(book.id, "scripts", item.key),
        )
        for item in made
        if item.state == "done"
    ]


@router.get("/scripts/{chapter}", operation_id="story-script", summary="Get a chapter's script", responses=UNCHANGED)
def script(request: Request, response: Response, backend: AnyBackend, book: ReadableBook, chapter: str) -> Script:
    """Every line names the stretch of the chapter's text that it says."""
    blob = item_blob(backend, book, "scripts", chapter, "This chapter's script")
    tagged(request, response, blob.sha)
    return Script.model_validate_json(backend.objects.get(blob.sha))


@router.get("/scenes", operation_id="story-scenes", summary="List the scenes", responses=UNCHANGED)
def scenes(
    request: Request,
    response: Response,
    backend: AnyBackend,
    book: ReadableBook,
    chapter: Annotated[str | None, Query(description="only those of this chapter")] = None,
) -> list[SceneDescription]:
    with backend.engine.begin() as connection:
        made = records.items_of(connection, book.id, "scenes")
    shas = [item.blob_sha for item in made if item.blob_sha and item.state == "done" and chapter in (None, item.key)]
    tagged(request, response, *shas)
    return [scene for sha in shas for scene in _SCENES.validate_json(backend.objects.get(sha))]
