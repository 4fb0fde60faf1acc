"""The route of search in a book."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Query

from api.backend import AnyBackend, OwnBook
from api.problems import documented, not_found
from api.search.schemas import Found, PassageFound
from litink.errors import LitinkError
from litink.generation import records
from litink.generation.model import Owned, Purpose
from litink.library.search import search
from litink.production.text import PASSAGES

log = logging.getLogger(__name__)
router = APIRouter(prefix="/books/{book_id}", tags=["search"], responses=documented(404, 422))


@router.get("/search", operation_id="search-passages", summary="Find passages by words and by meaning")
def find(
    backend: AnyBackend,
    book: OwnBook,
    q: Annotated[str, Query(min_length=1, max_length=500, pattern=r"\S", examples=["the lamp goes out"])],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    until_chapter: Annotated[
        int | None, Query(ge=1, le=100_000, description="number of the last chapter that may be given away")
    ] = None,
) -> Found:
    with backend.engine.connect() as connection:
        indexed = next((i for i in records.items_of(connection, book.id, PASSAGES) if i.state == "done"), None)
    if indexed is None:
        raise not_found("The book cannot be searched yet.", "not-made-yet")
    purpose = Purpose(Owned(book.owner_id, book.id, book.tier), "search", "query", indexed.cache_key)
    try:
        vector = backend.engines.embedder_of(indexed.recipe.get("embedder", {}), purpose).embed([q])[0]
    except LitinkError as problem:  # a provider that is away, a cap that is reached: the words are still here
        log.warning("a search goes by words alone: %s", problem.code)
        vector = None
    with backend.engine.connect() as connection:
        hits = search(connection, book.id, q, vector, limit=limit, until_chapter=until_chapter)
    return Found(query=q, passages=[PassageFound.model_validate(hit, from_attributes=True) for hit in hits])
