"""Routes of voices of one's own: made after recordings, listed, deleted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, File, Form, Response, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.backend import SPENDS, AnyBackend, Backend, Owner
from api.books.uploads import scratch
from api.idempotency import IdempotencyKey, once
from api.problems import documented
from litink.generation.keys import content_hash
from litink.objects import sha256_of_file
from litink.production.cloning import CONSENT, LONGEST, MOST_RECORDINGS, SHORTEST, Wanted
from litink.story.model import Age, Gender

router = APIRouter(prefix="/voices", tags=["media"])


class OwnVoice(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    gender: str
    age: str
    accent: str
    manner: str
    voice: str | None = Field(description="what a book's characters are given; null while it is being made")
    state: Literal["making", "ready", "removing"]
    consent: str = Field(description="what was confirmed when it was made")
    created_at: datetime


class OwnVoices(BaseModel):
    voices: list[OwnVoice]


@router.get("", operation_id="media-own-voices", summary="List the voices of your own")
def own(backend: AnyBackend, owner: Owner) -> OwnVoices:
    """The newest first. Each can be chosen for any character of your books, as a voice among `GET
    /books/{book_id}/voices`; nobody is given one by itself."""
    return OwnVoices(voices=[OwnVoice.model_validate(one) for one in backend.cloning.voices(owner)])


@router.post(
    "",
    operation_id="media-clone-voice",
    dependencies=[SPENDS],
    summary="Have a voice made after recordings",
    status_code=201,
    response_model=OwnVoice,
    responses=documented(409, 413, 422, 502, 503),
)
def clone(
    backend: AnyBackend,
    owner: Owner,
    name: Annotated[str, Form(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")],
    recordings: Annotated[
        list[UploadFile],
        File(
            description=f"One recording to {MOST_RECORDINGS}, {SHORTEST:.0f} s to {LONGEST / 60:.0f} min together: one "
            "person, no music, no echo"
        ),
    ],
    consent: Annotated[bool, Form(description=f"`true` says: {CONSENT}")],
    gender: Annotated[Gender, Form()] = "unknown",
    age: Annotated[Age, Form()] = "unknown",
    accent: Annotated[Literal["us", "gb"], Form()] = "us",
    manner: Annotated[str, Form(max_length=80, description="a few words, such as warm or deep")] = "",
    key: IdempotencyKey = None,
) -> JSONResponse:
    """For tiers with voice cloning, where ElevenLabs speaks. The recordings are checked, sent to ElevenLabs and not
    kept here."""
    wanted = Wanted(" ".join(name.split()), gender, age, accent, " ".join(manner.split()))
    with _kept(backend, recordings) as paths:
        said = [vars(wanted), consent, [sha256_of_file(path) for path in paths]]

        def act() -> BaseModel:
            return OwnVoice.model_validate(backend.cloning.add(owner, wanted, paths, consent=consent))

        return once(backend.engine, owner, key, "media-clone-voice", content_hash(said), act, status=201)


@router.delete(
    "/{voice_id}",
    operation_id="media-delete-voice",
    summary="Delete a voice of your own",
    status_code=204,
    responses=documented(404, 502, 503),
)
def delete(backend: AnyBackend, owner: Owner, voice_id: UUID) -> Response:
    """Here and at ElevenLabs. What was spoken stays; characters that have the voice are out of date from now on."""
    backend.cloning.remove(owner, voice_id)
    return Response(status_code=204)


@contextmanager
def _kept(backend: Backend, sent: Sequence[UploadFile]) -> Iterator[list[Path]]:
    """The files on disk for the length of the block, under names made here; too many are left for who counts them."""
    with scratch(backend) as folder:
        paths = []
        for number, one in enumerate(sent[: MOST_RECORDINGS + 1]):
            paths.append(folder / str(number))
            with paths[-1].open("wb") as file:
                shutil.copyfileobj(one.file, file)
        yield paths
