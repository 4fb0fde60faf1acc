"""Routes of voices: which there are, and how a line of the book sounds in one."""

from __future__ import annotations

import itertools
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.backend import SPENDS, AnyBackend, OwnBook
from api.limits import Metered
from api.problems import documented
from litink.production.audition import audition
from litink.production.context import Production

router = APIRouter(prefix="/books/{book_id}/voices", tags=["media"], responses=documented(404))

_SOUND: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Sound as it is spoken: MP3 of a provider, FLAC (as a whole) of this machine.",
        "content": {"audio/mpeg": {}, "audio/flac": {}},
    }
}


class VoiceView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    gender: str
    age: str
    accent: str
    manner: str = Field(description="a few words, such as warm or deep; empty where nothing is known")


class Audition(BaseModel):
    line: str | None = Field(
        default=None, max_length=120, description="`chapter/line`, as `GET /audio` lists them; the first one without"
    )


@router.get("", operation_id="media-voices", summary="List the voices that the book can be spoken with")
def voices(backend: AnyBackend, book: OwnBook) -> list[VoiceView]:
    return [VoiceView.model_validate(voice) for voice in backend.voices(book)]


@router.post(
    "/{voice}/audition",
    operation_id="media-audition",
    dependencies=[SPENDS],
    summary="Hear a line of the book in a voice",
    response_class=Response,
    responses={**_SOUND, **documented(409, 422, 502)},
)
def hear(backend: AnyBackend, meter: Metered, book: OwnBook, voice: str, asked: Audition | None = None) -> Response:
    """Changes nothing. What a provider takes for it counts in the book's costs under `audition`; the same line in the
    same voice is paid for once. A voice that breaks off ends the answer early: ask again."""
    production = Production(backend.engine, backend.objects, backend.engines, book.id)
    found = audition(production, voice, asked.line if asked else None)
    first = meter.counted(lambda: next(found.pieces))  # what cannot be had is refused before anything is sent
    pieces = itertools.chain([first], found.pieces)
    return StreamingResponse(pieces, media_type=found.media_type, headers={"Cache-Control": "no-store"})
