"""Routes of search in a book, and of questions about it."""

from __future__ import annotations

import itertools
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import iterate_in_threadpool
from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel

from api.backend import SPENDS, AnyBackend, OwnBook
from api.limits import Metered
from api.problems import documented
from api.search.schemas import AnswerEvent, DeltaEvent, Found, PassageFound, PassagesEvent, Question
from litink.production.questions import Answered, Said, answers
from litink.production.questions import Found as FoundPassages
from litink.production.searching import find

router = APIRouter(prefix="/books/{book_id}", tags=["search"], responses=documented(404, 422))

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": 'Server-sent events. `event: passages` with `{"passages"}`, best first; `event: delta` with '
        '`{"text", "anew"}` while a model writes; at the end `event: answer` with `{"text", "citations", "source", '
        '"made_by", "note"}`, which is the whole answer.',
        "content": {
            "text/event-stream": {
                "schema": {"type": "string"},
                "example": 'event: delta\ndata: {"text": "The keeper ", "anew": false}\n\n',
            }
        },
    }
}


@router.get("/search", operation_id="search-passages", summary="Find passages by words and by meaning")
def search(
    backend: AnyBackend,
    book: OwnBook,
    q: Annotated[str, Query(min_length=1, max_length=500, pattern=r"\S", examples=["the lamp goes out"])],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    from_chapter: Annotated[
        int | None, Query(ge=1, le=100_000, description="number of the first chapter to be searched")
    ] = None,
    until_chapter: Annotated[
        int | None, Query(ge=1, le=100_000, description="number of the last chapter that may be given away")
    ] = None,
) -> Found:
    hits = find(
        backend.engine, backend.engines, book, q, limit=limit, from_chapter=from_chapter, until_chapter=until_chapter
    )
    return Found(query=q, passages=[PassageFound.model_validate(hit, from_attributes=True) for hit in hits])


@router.post(
    "/questions",
    operation_id="search-ask",
    dependencies=[SPENDS],
    summary="Ask something about the book",
    response_class=Response,
    responses=_STREAM,
)
def ask(backend: AnyBackend, meter: Metered, book: OwnBook, question: Question) -> Response:
    """Answered from passages of the book, which the answer cites. Where no language model is set up, or none answers,
    the passages that fit best are the answer, and `source` and `note` say so. The same question about the same passages
    is paid for once."""
    told = answers(backend.engine, backend.engines, book, question.question, until_chapter=question.until_chapter)
    first = meter.counted(lambda: next(told))  # what cannot be asked is refused before anything is sent
    events = map(_event, itertools.chain([first], told))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(iterate_in_threadpool(events), headers=headers)


def _event(piece: FoundPassages | Said | Answered) -> bytes:
    match piece:
        case FoundPassages():
            return _encoded("passages", PassagesEvent.of(piece.hits))
        case Said():
            return _encoded("delta", DeltaEvent(text=piece.text, anew=piece.anew))
        case Answered():
            return _encoded("answer", AnswerEvent.model_validate(piece, from_attributes=True))


def _encoded(kind: str, event: BaseModel) -> bytes:
    return format_sse_event(event=kind, data_str=event.model_dump_json())
