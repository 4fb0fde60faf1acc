"""Rows derived from items, for queries: the search index. Items stay the truth; these can be made again from them."""

from __future__ import annotations

from sqlalchemy import delete, insert, tuple_
from sqlalchemy import select as sql_select

from litink.db.schema import passages
from litink.generation.generate import changed_meanwhile
from litink.library import repository
from litink.production.context import Production
from litink.production.text import unpack_passages


def publish_chapters(production: Production) -> None:
    """Make the book's row and its sections equal the book as it was read and corrected."""
    with production.engine.begin() as connection:
        record = repository.lock_book(connection, production.record.id)
        if record is None or record.revision != production.record.revision:
            raise changed_meanwhile()
        repository.put_book(connection, record.owner_id, record.id, production.book)


def publish_passages(production: Production) -> None:
    """Make the search index equal the passages' items; chapters that did not change are not touched."""
    chapters = {section.key: section for section in production.chapters}
    wanted = {key: item.blob_sha for key, item in production.done("passages").items() if key in chapters}
    book_id = production.record.id
    with production.engine.begin() as connection:
        production.hold(connection)
        connection.execute(
            delete(passages).where(
                passages.c.book_id == book_id,
                tuple_(passages.c.chapter, passages.c.source_sha).not_in(list(wanted.items())),
            )
        )
        indexed = sql_select(passages.c.chapter).where(passages.c.book_id == book_id).distinct()
        present = set(connection.execute(indexed).scalars())
        for key, sha in wanted.items():
            if key in present or sha is None:
                continue
            spans, vectors = unpack_passages(production.objects.get(sha))
            rows = [
                {
                    "owner_id": production.record.owner_id,
                    "book_id": book_id,
                    "chapter": key,
                    "source_sha": sha,
                    "ordinal": ordinal,
                    "start": int(start),
                    "end": int(end),
                    "text": chapters[key].text[start:end].replace("\x00", ""),
                    "embedding": vector,
                }
                for ordinal, ((start, end), vector) in enumerate(zip(spans, vectors, strict=True))
            ]
            if rows:
                connection.execute(insert(passages), rows)
