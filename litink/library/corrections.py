"""What a person corrects of a book's division: the rows, and correcting, undoing and redoing as one act each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, select

from litink.books.corrections import Correction, anchored, correct, described, repeat
from litink.books.model import Book
from litink.db.schema import corrections
from litink.errors import LitinkError, PermanentFailure, Refused
from litink.generation import records
from litink.generation.keys import content_hash
from litink.generation.model import Owned
from litink.generation.records import ItemRecord
from litink.library import changes, reading, repository
from litink.library.changes import State
from litink.library.options import MakeOptions
from litink.library.repository import BookRecord
from litink.objects import Objects, sha256_of

MOST = 2000  # corrections in force: each is made again whenever one is added

_CORRECTION: TypeAdapter[Correction] = TypeAdapter(Correction)


@dataclass(frozen=True)
class CorrectionRecord:
    """A correction that was made: ``undone`` may be redone, ``dropped`` was undone before something else was made."""

    number: int
    correction: Correction
    summary: str
    state: State
    author: str
    created_at: datetime


@dataclass(frozen=True)
class Structure:
    """A book's sections as they stand, and how they came to stand so."""

    book: Book
    chosen: frozenset[str]  # keys of the chapters that are to be made
    corrections: tuple[CorrectionRecord, ...]  # all that were ever made, in order
    conflicts: Mapping[int, str]  # numbers of those in force that fit no more, and why
    version: str  # another one for every other structure or list of corrections


class Editor:
    """Corrects the books of one installation.

    ``expected`` are the versions that the person may have been looking at; None: whichever it is. All acts raise
    LitinkError("corrected-meanwhile") when the book stands otherwise, and Refused for what makes no sense. An act that
    changes the book has it worked on as a new revision; with ``keep`` False it only tells what would come of it.
    """

    def __init__(self, engine: Engine, objects: Objects, *, patience_seconds: float = 10) -> None:
        """``patience_seconds`` is how long an act waits while the book's file is being read."""
        self._engine = engine
        self._objects = objects
        self._patience_seconds = patience_seconds

    def structure(self, book: BookRecord) -> Structure:
        """The book as it stands. Raises PermanentFailure("upstream-missing") for one that was never read."""
        with self._engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            return self._structure(connection, book)

    def correct(
        self,
        book: BookRecord,
        wanted: Sequence[Correction],
        author_id: UUID,
        expected: Collection[str] | None,
        *,
        keep: bool = True,
    ) -> Structure:
        """Make corrections one after another, all or none. Those that change nothing are not entered."""
        with self._engine.connect() as connection:
            record, before = self._begin(connection, book, expected)
            now, made = before.book, list[tuple[Correction, str]]()
            for correction in wanted:
                correction = anchored(now, correction)
                changed = correct(now, correction)
                if changed != now:
                    made.append((correction, described(now, correction)))
                    now = changed
            if not made:
                return before
            if len(made) + sum(c.state == "in_force" for c in before.corrections) > MOST:
                raise Refused("too-many-corrections", f"A book takes {MOST} corrections; correct its file instead.")
            rows = [
                {"correction": _CORRECTION.dump_python(correction, mode="json"), "summary": summary}
                for correction, summary in made
            ]
            author = changes.author_of(connection, author_id)
            changes.enter(connection, corrections, record, before.corrections, rows, author)
            return self._end(connection, record, before, keep)

    def undo(self, book: BookRecord, expected: Collection[str] | None) -> Structure:
        """Take back the last correction in force. Raises LitinkError("nothing-to-undo")."""
        with self._engine.connect() as connection:
            record, before = self._begin(connection, book, expected)
            last = changes.must_undo(before.corrections, "No correction is in force: the book stands as it was read.")
            changes.set_state(connection, corrections, record.id, [last], "undone")
            return self._end(connection, record, before)

    def redo(self, book: BookRecord, expected: Collection[str] | None) -> Structure:
        """Make the correction again that was undone last. Raises LitinkError("nothing-to-redo")."""
        with self._engine.connect() as connection:
            record, before = self._begin(connection, book, expected)
            first = changes.must_redo(before.corrections, "Nothing was undone since the last correction.")
            changes.set_state(connection, corrections, record.id, [first], "in_force")
            return self._end(connection, record, before)

    def give_up(self, book: BookRecord, number: int, expected: Collection[str] | None) -> Structure:
        """Drop a correction that fits no more. Raises LitinkError("correction-in-force") for any other."""
        with self._engine.connect() as connection:
            record, before = self._begin(connection, book, expected)
            if number not in before.conflicts:
                raise LitinkError("correction-in-force", "Only a correction in conflict can be given up; undo others.")
            changes.set_state(connection, corrections, record.id, [number], "dropped")
            return self._end(connection, record, before)

    def _begin(
        self, connection: Connection, book: BookRecord, expected: Collection[str] | None
    ) -> tuple[BookRecord, Structure]:
        owned = Owned(book.owner_id, book.id, book.tier)
        # Whoever is reading the file just now must not write over this.
        records.hold_asset(connection, owned, reading.CHAPTERS, patience_seconds=self._patience_seconds)
        record = repository.lock_book(connection, book.id)
        if record is None:
            raise PermanentFailure("no-such-book", "There is no such book.")
        before = self._structure(connection, record)
        if expected is not None and before.version not in expected:
            raise LitinkError("corrected-meanwhile", _what_changed(before.corrections, expected))
        return record, before

    def _end(self, connection: Connection, record: BookRecord, before: Structure, keep: bool = True) -> Structure:
        """Put the book as it is with the corrections now in force in place of what it was."""
        read = _items(connection, record.id)[reading.READING_KEY]
        in_force_now = in_force(connection, record.id)
        book, conflicts = repeat(self._book(read), in_force_now)
        task = reading.book_task(read, in_force_now, lambda: book)
        made = reading.as_corrected(book, conflicts, len(in_force_now))
        assert isinstance(made.data, bytes)
        after = _stands(record, book, sha256_of(made.data), _all(connection, record.id), made.meta["conflicts"])
        if before.chosen and not after.chosen:
            raise Refused(
                "correction-leaves-nothing",
                f"None of the chapters to be made ({record.options['chapters']}) would be left.",
            )
        if keep:
            owned = Owned(record.owner_id, record.id, record.tier)
            reading.put(connection, owned, self._objects, [(task, made)], kept=[read])
            if after.book != before.book:
                repository.put_book(connection, record.owner_id, record.id, book)
                repository.reopen(connection, record.id)
            connection.commit()
        return after

    def _structure(self, connection: Connection, record: BookRecord) -> Structure:
        item = _items(connection, record.id).get(reading.BOOK_KEY)
        if item is None or item.blob_sha is None:
            raise PermanentFailure("upstream-missing", "The book has not been read; hand it in again.")
        made = _all(connection, record.id)
        current = reading.corrections_hash([c.correction for c in made if c.state == "in_force"])
        told = item.meta.get("conflicts", ()) if item.inputs.get("corrections") == current else ()
        return _stands(record, self._book(item), item.blob_sha, made, told)

    def _book(self, item: ItemRecord) -> Book:
        assert item.blob_sha is not None
        return reading.stored(self._objects, item.blob_sha)


def _stands(
    record: BookRecord, book: Book, sha: str, made: Sequence[CorrectionRecord], told: Sequence[Mapping[str, Any]]
) -> Structure:
    wish = MakeOptions.model_validate(record.options)
    numbers = [correction.number for correction in made if correction.state == "in_force"]
    states = [(correction.number, correction.state) for correction in made]
    tag = content_hash([sha, states, told, wish.chapters])[:20]
    return Structure(
        book=book,
        chosen=_chosen(wish, book),
        corrections=tuple(made),
        conflicts={numbers[conflict["index"]]: conflict["reason"] for conflict in told},
        version=f"{len(made)}-{tag}",
    )


def in_force(connection: Connection, book_id: UUID) -> list[Correction]:
    """What is to be made of the book's reading, in order."""
    return [made.correction for made in _all(connection, book_id) if made.state == "in_force"]


def _chosen(wish: MakeOptions, book: Book) -> frozenset[str]:
    try:
        return frozenset(chapter.key for chapter in wish.select(book))
    except Refused:
        return frozenset()


def _what_changed(made: Sequence[CorrectionRecord], expected: Collection[str]) -> str:
    """What happened after the newest of the expected versions, as far as that can be told."""
    news = changes.news(made, expected)
    if not news:
        return "The chapters were corrected or read anew meanwhile; look at them again, then repeat your correction."
    return f"Corrected meanwhile: {news}. Look at the chapters again, then repeat your correction."


# -- rows --------------------------------------------------------------------------------------------------------------


def _items(connection: Connection, book_id: UUID) -> dict[str, ItemRecord]:
    return {item.key: item for item in records.items_of(connection, book_id, reading.CHAPTERS)}


def _all(connection: Connection, book_id: UUID) -> list[CorrectionRecord]:
    table = corrections.c
    query = (
        select(table.number, table.correction, table.summary, table.state, table.author, table.created_at)
        .where(table.book_id == book_id)
        .order_by(table.number)
    )
    return [
        CorrectionRecord(**{**row, "correction": _CORRECTION.validate_python(row["correction"])})
        for row in connection.execute(query).mappings()
    ]
