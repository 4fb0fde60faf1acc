"""Finding passages of a book: the query is put to the model that made the book's index, else words alone decide."""

from __future__ import annotations

import logging

from sqlalchemy import Engine

from litink.errors import LitinkError, PermanentFailure
from litink.generation import records
from litink.generation.model import Owned, Purpose
from litink.library.repository import BookRecord
from litink.library.search import Hit, search
from litink.production.engines import Engines
from litink.production.text import PASSAGES

log = logging.getLogger(__name__)


def find(
    engine: Engine,
    engines: Engines,
    book: BookRecord,
    query: str,
    *,
    limit: int,
    from_chapter: int | None = None,
    until_chapter: int | None = None,
) -> list[Hit]:
    """The passages that fit best. Raises PermanentFailure("not-made-yet") when the book has no index yet."""
    with engine.begin() as connection:
        indexed = next((i for i in records.items_of(connection, book.id, PASSAGES) if i.state == "done"), None)
    if indexed is None:
        raise PermanentFailure("not-made-yet", "The book cannot be searched yet.")
    purpose = Purpose(Owned(book.owner_id, book.id, book.tier), "search", "query", indexed.cache_key)
    try:
        vector = engines.embedder_of(indexed.recipe.get("embedder", {}), purpose).embed([query])[0]
    except LitinkError as problem:  # a provider that is away, a cap that is reached: the words are still here
        log.warning("a search goes by words alone: %s", problem.code)
        vector = None
    with engine.begin() as connection:
        return search(
            connection, book.id, query, vector, limit=limit, from_chapter=from_chapter, until_chapter=until_chapter
        )
