"""Taking a book in and giving it up again: file, reading, rows and bytes as one act each."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, Engine, delete, select, union

from litink.billing.limits import LimitReached
from litink.books.corrections import repeat
from litink.books.identity import carry_keys
from litink.books.model import Cover
from litink.books.sandbox import read_book
from litink.db.schema import artefacts, blobs, books, items, versions
from litink.errors import PermanentFailure
from litink.generation import records, results
from litink.generation.model import Owned
from litink.generation.paid import budgets, payments
from litink.library import corrections, reading, repository
from litink.library.allowances import Allowances, words_of
from litink.library.options import MakeOptions
from litink.library.references import unreferenced
from litink.library.repository import BookRecord
from litink.objects import Objects, sha256_of_file

PATIENCE_SECONDS = 30  # how long a new edition waits while the old one is being read


class Shelf:
    """The shelf of one installation.

    ``allowances``: what owners' subscriptions allow; None: everything. ``keeper``: connections that see everybody's
    rows, where ``engine`` sees one person's. Only with them can it be known whether bytes are still needed.
    """

    def __init__(
        self, engine: Engine, objects: Objects, allowances: Allowances | None = None, keeper: Engine | None = None
    ) -> None:
        self._engine = engine
        self._keeper = keeper or engine
        self._objects = objects
        self._allowances = allowances

    def add(
        self,
        path: Path,
        *,
        filename: str,
        owner_id: UUID,
        options: MakeOptions,
        cap_usd: Decimal | None = None,
        wait: bool = False,
        wait_if_refused: bool = False,
    ) -> BookRecord:
        """Read a file in its sandbox and put the book on the shelf, ready to be worked on.

        ``cap_usd`` is the most that it may ever cost; one that is to ``wait`` is not worked on before :meth:`start`,
        and ``wait_if_refused`` has one wait whose film the owner's subscription does not allow.
        The reading is stored as the content of the ``chapters`` asset, which therefore has nothing left to do.
        Raises Refused when the file is no readable book or has none of the chapters asked for, LimitReached; nothing is
        kept then.
        """
        read = read_book(path, filename=filename)
        chosen = options.select(read.book)
        source_sha = sha256_of_file(path)
        first = reading.reading_task(source_sha, filename, None, lambda: read.book)
        second = reading.book_task(first, (), lambda: read.book)
        finished = [(first, reading.as_read(read.book)), (second, reading.as_corrected(read.book, (), 0))]
        with self._engine.begin() as connection:
            if self._allowances is not None:
                self._allowances.admit_book(connection, owner_id, path.stat().st_size)
                words = sum(chapter.word_count for chapter in chosen)
                wait = wait or not self._may_film(connection, owner_id, words, options, or_wait=wait_if_refused)
            size, cover_sha = self._keep_source(connection, path, source_sha, read.cover)
            book_id = repository.add_book(
                connection,
                owner_id=owner_id,
                book=read.book,
                filename=filename,
                source_sha=source_sha,
                source_bytes=size,
                cover_sha=cover_sha,
                options=options.model_dump(mode="json"),
                state="unstarted" if wait else "queued",
            )
            if cap_usd is not None:
                budgets.set_cap(connection, "book", book_id, cap_usd)
            record = repository.get_book(connection, book_id)
            assert record is not None
            owned = Owned(owner_id, book_id, record.tier)
            reading.put(connection, owned, self._objects, finished)
            records.record_event(connection, owned, "book", {"state": record.state, "title": record.title})
            repository.wake_sensor(connection)
        return record

    def _may_film(
        self, connection: Connection, owner_id: UUID, words: int, options: MakeOptions, *, or_wait: bool
    ) -> bool:
        """Whether the owner's subscription allows a film of so many words. Raises LimitReached unless it may wait."""
        try:
            if self._allowances is not None:
                self._allowances.admit_film(connection, owner_id, words, options)
        except LimitReached:
            if or_wait:
                return False
            raise
        return True

    def _keep_source(self, connection: Connection, path: Path, sha: str, cover: Cover | None) -> tuple[int, str | None]:
        """Keep a file and the cover that was in it: the file's size in bytes, the cover's hash."""
        self._objects.put_file(path)
        size = path.stat().st_size
        results.record_blob(connection, sha, size, "application/octet-stream")
        if cover is None:
            return size, None
        cover_sha = self._objects.put(cover.data)
        results.record_blob(connection, cover_sha, len(cover.data), cover.media_type)
        return size, cover_sha

    def replace(self, book: BookRecord, path: Path, *, filename: str) -> BookRecord:
        """Put a new edition of its file in a book's place: what was made of chapters that are the same stays.

        Corrections are made again; those that fit no more are kept as conflicts. The same file changes nothing.
        Raises Refused as ``add`` does, PermanentFailure("no-such-book") when the book is gone.
        """
        read = read_book(path, filename=filename)
        source_sha = sha256_of_file(path)
        with self._engine.begin() as connection:
            owned = Owned(book.owner_id, book.id, book.tier)
            records.hold_asset(connection, owned, reading.CHAPTERS, patience_seconds=PATIENCE_SECONDS)
            record = repository.lock_book(connection, book.id)
            if record is None:
                raise PermanentFailure("no-such-book", "There is no such book.")
            if (source_sha, filename) == (record.source_sha, record.filename):
                return record
            last = records.item_of(connection, book.id, reading.CHAPTERS, reading.READING_KEY)
            previous = reading.previous_reading(last, source_sha, filename)
            now = carry_keys(read.book, reading.stored(self._objects, previous)) if previous else read.book
            in_force = corrections.in_force(connection, book.id)
            corrected, conflicts = repeat(now, in_force)
            chosen = MakeOptions.model_validate(record.options)
            self._allow_edition(connection, record, path, sum(c.word_count for c in chosen.select(corrected)))
            first = reading.reading_task(source_sha, filename, previous, lambda: now)
            second = reading.book_task(first, in_force, lambda: corrected)
            size, cover_sha = self._keep_source(connection, path, source_sha, read.cover)
            repository.put_source(connection, book.id, filename, source_sha, size, cover_sha)
            finished = [
                (first, reading.as_read(now)),
                (second, reading.as_corrected(corrected, conflicts, len(in_force))),
            ]
            reading.put(connection, owned, self._objects, finished)
            repository.put_book(connection, record.owner_id, book.id, corrected)
            reopened = repository.reopen(connection, book.id)
            assert reopened is not None
        with self._keeper.begin() as connection:
            orphans = self._forget(connection, {record.source_sha, record.cover_sha})
        self._discard(orphans)
        return reopened

    def _allow_edition(self, connection: Connection, book: BookRecord, path: Path, words: int) -> None:
        """Raises LimitReached for a new edition that is larger or longer than the owner's subscription allows."""
        if self._allowances is not None:
            self._allowances.admit_upload(connection, book.owner_id, path.stat().st_size)
            if book.state != "unstarted":
                options = MakeOptions.model_validate(book.options)
                self._allowances.admit_length(connection, book.owner_id, words, options)

    def start(self, book: BookRecord, cap_usd: Decimal | None = None) -> BookRecord | None:
        """Have a book made that waits for a person's word, for ``cap_usd`` at most; None when it does not wait.

        Raises LimitReached when the owner's subscription does not allow its film.
        """
        with self._engine.begin() as connection:
            waiting = repository.lock_book(connection, book.id)
            if self._allowances is not None and waiting is not None and waiting.state == "unstarted":
                options = MakeOptions.model_validate(waiting.options)
                words = words_of(connection, book.id, options)
                self._allowances.admit_film(connection, book.owner_id, words, options)
            started = repository.start(connection, book.id)
            if started is not None and cap_usd is not None:
                budgets.set_cap(connection, "book", book.id, cap_usd)
            return started

    def restart(self, book: BookRecord) -> BookRecord | None:
        """Have a finished or failed book worked on again; what is done already is kept. None while it is worked on."""
        with self._engine.begin() as connection:
            again = repository.reopen(connection, book.id, at_rest=True)
            if again is not None:
                repository.carry_plans_over(connection, book.id, again.revision)
            return again

    def remove(self, book: BookRecord) -> None:
        """Delete a book with everything that only it uses: rows, cached artefacts, bytes. What it cost stays on record.

        The rows go in one transaction; bytes that nothing else refers to go after it, so that a kill in between
        leaves unreferenced bytes, which the sweeper finds, and never a row without its bytes. A kill before it leaves a
        book that nobody sees, which :meth:`finish_removals` takes down.
        """
        with self._engine.begin() as connection:
            repository.set_state(connection, book.id, "deleting")
            owned = Owned(book.owner_id, book.id, book.tier)
            records.record_event(connection, owned, "book", {"state": "deleted"})  # wakes those who watch it
        self._take_down(book.id)

    def half_removed(self) -> list[UUID]:
        """Books that somebody deletes just now, or whose deletion was cut off."""
        with self._engine.begin() as connection:
            return list(connection.execute(select(books.c.id).where(books.c.state == "deleting")).scalars())

    def finish_removals(self) -> int:
        """Go on with deletions that were cut off; how many books that were."""
        return sum(self._take_down(book_id) for book_id in self.half_removed())

    def _take_down(self, book_id: UUID) -> bool:
        """The rows of a book that is being deleted, then its bytes. False when somebody else was quicker."""
        with self._keeper.begin() as connection:
            book = connection.execute(
                select(books.c.source_sha, books.c.cover_sha).where(books.c.id == book_id).with_for_update()
            ).first()
            if book is None:
                return False
            mine = select(versions.c.cache_key).where(versions.c.book_id == book_id)
            cache_keys = set(
                connection.execute(mine.union(select(items.c.cache_key).where(items.c.book_id == book_id))).scalars()
            )
            used = [
                select(versions.c.blob_sha).where(versions.c.book_id == book_id),
                select(items.c.blob_sha).where(items.c.book_id == book_id),
                select(items.c.generated_sha).where(items.c.book_id == book_id),
                select(artefacts.c.blob_sha).where(artefacts.c.cache_key.in_(cache_keys)),
            ]
            shas = set(connection.execute(union(*used)).scalars()) | set(book)
            connection.execute(delete(books).where(books.c.id == book_id))
            shas |= payments.lapse_book(connection, book_id)
            still = {
                key
                for column in (versions.c.cache_key, items.c.cache_key)
                for key in connection.execute(select(column).where(column.in_(cache_keys))).scalars()
            }
            connection.execute(delete(artefacts).where(artefacts.c.cache_key.in_(cache_keys - still)))
            orphans = self._forget(connection, shas)
        self._discard(orphans)
        return True

    def _forget(self, connection: Connection, shas: Iterable[str | None]) -> list[str]:
        """Remove the rows of those bytes that nothing refers to any more; the bytes may go after the commit.

        What somebody is about to refer to stays; if he does not after all, the sweeper finds it.
        """
        lock = select(blobs.c.sha).where(blobs.c.sha.in_([sha for sha in shas if sha]))
        held = connection.execute(lock.with_for_update(skip_locked=True)).scalars().all()
        gone = delete(blobs).where(blobs.c.sha.in_(held), unreferenced(blobs.c.sha)).returning(blobs.c.sha)
        return list(connection.execute(gone).scalars())

    def _discard(self, shas: Iterable[str]) -> None:
        for sha in shas:
            self._objects.delete(sha)
