"""Taking a book in and giving it up again: file, reading, rows and bytes as one act each."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine, delete, select

from litink.books.model import ReadBook
from litink.books.sandbox import read_book
from litink.db.schema import artefacts, blobs, books, items, versions
from litink.generation import records
from litink.generation.records import Owned
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.reading import chapters_task
from litink.library.repository import BookRecord
from litink.objects import Objects


class Shelf:
    """The shelf of one installation."""

    def __init__(self, engine: Engine, objects: Objects) -> None:
        self._engine = engine
        self._objects = objects

    def add(self, path: Path, *, filename: str, owner_id: UUID, options: MakeOptions) -> BookRecord:
        """Read a file in its sandbox and put the book on the shelf, ready to be worked on.

        The reading is stored as the content of the ``chapters`` asset, which therefore has nothing left to do.
        Raises Refused when the file is no readable book or has none of the chapters asked for; nothing is kept then.
        """
        read = read_book(path, filename=filename)
        options.select(read.book)
        source_sha = self._objects.put_file(path)
        return self._insert(read, path.stat().st_size, source_sha, filename, owner_id, options)

    def _insert(
        self, read: ReadBook, size: int, source_sha: str, filename: str, owner_id: UUID, options: MakeOptions
    ) -> BookRecord:
        made = chapters_task(source_sha, filename, lambda: read)
        result = made.make()
        assert isinstance(result.data, bytes)
        structure_sha = self._objects.put(result.data)
        cover_sha = self._objects.put(read.cover.data) if read.cover else None
        with self._engine.begin() as connection:
            records.record_blob(connection, source_sha, size, "application/octet-stream")
            records.record_blob(connection, structure_sha, len(result.data), result.media_type)
            if read.cover and cover_sha:
                records.record_blob(connection, cover_sha, len(read.cover.data), read.cover.media_type)
            book_id = repository.add_book(
                connection,
                owner_id=owner_id,
                book=read.book,
                filename=filename,
                source_sha=source_sha,
                source_bytes=size,
                cover_sha=cover_sha,
                options=options.model_dump(mode="json"),
            )
            record = repository.get_book(connection, book_id)
            assert record is not None
            owned = Owned(owner_id, book_id, record.tier)
            records.declare(connection, owned, made.asset, [made], set())
            records.record_artefact(connection, made, structure_sha, result.meta, result.calls[0].cost_usd)
            records.record_done(connection, owned, made, structure_sha, result.meta, result.calls[0].cost_usd)
            records.record_call(connection, owned, made, result.calls[0], 0.0)
            records.record_event(connection, owned, "book", {"state": "queued", "title": record.title})
            repository.wake_sensor(connection)
        return record

    def restart(self, book: BookRecord) -> BookRecord | None:
        """Have a finished or failed book worked on again; what is done already is kept. None while it is worked on."""
        with self._engine.begin() as connection:
            record = repository.restart(connection, book.id)
            if record is not None:
                owned = Owned(record.owner_id, record.id, record.tier)
                records.record_event(connection, owned, "book", {"state": "queued", "title": record.title})
                repository.wake_sensor(connection)
        return record

    def remove(self, book: BookRecord) -> None:
        """Delete a book with everything that only it uses: rows, cached artefacts, bytes.

        The rows go in one transaction; bytes that nothing else refers to go after it, so that a kill in between
        leaves unreferenced bytes and never a row without its bytes.
        """
        with self._engine.begin() as connection:
            repository.set_state(connection, book.id, "deleting")
            owned = Owned(book.owner_id, book.id, book.tier)
            records.record_event(connection, owned, "book", {"state": "deleted"})  # wakes those who watch it
        with self._engine.begin() as connection:
            mine = select(versions.c.cache_key).where(versions.c.book_id == book.id)
            cache_keys = set(
                connection.execute(mine.union(select(items.c.cache_key).where(items.c.book_id == book.id))).scalars()
            )
            shas = set(
                connection.execute(select(versions.c.blob_sha).where(versions.c.book_id == book.id)).scalars()
            ) | {book.source_sha, book.cover_sha}
            connection.execute(delete(books).where(books.c.id == book.id))
            still = set(
                connection.execute(select(versions.c.cache_key).where(versions.c.cache_key.in_(cache_keys))).scalars()
            )
            connection.execute(delete(artefacts).where(artefacts.c.cache_key.in_(cache_keys - still)))
            orphans = [sha for sha in shas if sha and not self._referenced(connection, sha)]
            connection.execute(delete(blobs).where(blobs.c.sha.in_(orphans)))
        for sha in orphans:
            self._objects.delete(sha)

    @staticmethod
    def _referenced(connection, sha: str) -> bool:  # type: ignore[no-untyped-def]
        queries = (
            select(versions.c.blob_sha).where(versions.c.blob_sha == sha),
            select(items.c.blob_sha).where(items.c.blob_sha == sha),
            select(artefacts.c.blob_sha).where(artefacts.c.blob_sha == sha),
            select(books.c.id).where((books.c.source_sha == sha) | (books.c.cover_sha == sha)),
        )
        return any(connection.execute(query.limit(1)).first() for query in queries)
