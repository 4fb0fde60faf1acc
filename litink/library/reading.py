"""The reading of a book as items: what the ``chapters`` asset holds, from what, and how it is put there.

Two items: the book as its file gives it, and the same with what a person corrected, which everything else is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection

from litink.books.corrections import Conflict, Correction, repeat
from litink.books.model import Book
from litink.generation import records, results
from litink.generation.keys import content_hash
from litink.generation.ledger import record_call
from litink.generation.model import Call, Made, Owned, Purpose, Task
from litink.generation.records import ItemRecord
from litink.objects import Objects

READER_VERSION = 2  # raised when litink.books reads the same file differently
CORRECTIONS_VERSION = 1  # raised when litink.books.corrections makes another book of the same corrections
CHAPTERS = "chapters"
READING_KEY = "reading"
BOOK_KEY = "book"
JSON = "application/json"

_CORRECTIONS: TypeAdapter[Sequence[Correction]] = TypeAdapter(Sequence[Correction])


def recipe() -> dict[str, object]:
    return {"reader": READER_VERSION, "corrections": CORRECTIONS_VERSION}


# -- the two items -----------------------------------------------------------------------------------------------------


def reading_task(source_sha: str, filename: str, previous: str | None, read: Callable[[], Book]) -> Task:
    """The book as its file gives it. The file's name matters only where it is a title.

    ``previous`` is the content hash of the reading whose keys this one takes over; ``read`` does so.
    """
    return Task(
        asset=CHAPTERS,
        key=READING_KEY,
        label="the book as read",
        recipe={"reader": READER_VERSION},
        inputs=_reading_inputs(source_sha, filename, previous),
        make=lambda _: as_read(read()),
    )


def book_task(reading: Task | ItemRecord, corrections: Sequence[Correction], read: Callable[[], Book]) -> Task:
    """The book that everything else is made of: the reading with the corrections in force."""
    return Task(
        asset=CHAPTERS,
        key=BOOK_KEY,
        label="the book",
        recipe={**reading.recipe, "corrections": CORRECTIONS_VERSION},
        inputs={**reading.inputs, "corrections": corrections_hash(corrections)},
        make=lambda _: as_corrected(*repeat(read(), corrections), len(corrections)),
    )


def _reading_inputs(source_sha: str, filename: str, previous: str | None) -> dict[str, str]:
    return {"source": source_sha, "filename": filename} | ({"previous": previous} if previous else {})


def corrections_hash(corrections: Sequence[Correction]) -> str:
    return content_hash(_CORRECTIONS.dump_python(corrections, mode="json"))


def as_read(book: Book) -> Made:
    call = Call("local", "reader", {"words": book.word_count})
    return Made(_json(book), JSON, _figures(book), (call,))


def as_corrected(book: Book, conflicts: Sequence[Conflict], corrections: int) -> Made:
    """``meta["conflicts"]`` names the corrections that do not fit by their place among those in force."""
    told = [{"index": conflict.index, "reason": conflict.reason} for conflict in conflicts]
    calls = (Call("local", "corrections", {"corrections": corrections}),) if corrections else ()
    return Made(_json(book), JSON, _figures(book) | {"conflicts": told}, calls)


def _json(book: Book) -> bytes:
    return book.model_dump_json().encode()


def _figures(book: Book) -> dict[str, Any]:
    return {"chapters": len(book.chapters), "words": book.word_count}


# -- a book read again -------------------------------------------------------------------------------------------------


def previous_reading(last: ItemRecord | None, source_sha: str, filename: str) -> str | None:
    """Content hash of the reading whose keys a reading of this file takes over; None for the first one.

    ``last`` is the item with the newest reading. Once a reading has taken keys over it stays so: the answer is the
    same until the file or the reader changes.
    """
    if last is None:
        return None
    taken_over = last.inputs.get("previous")
    now = ({"reader": READER_VERSION}, _reading_inputs(source_sha, filename, taken_over))
    return taken_over if (last.recipe, last.inputs) == now else last.blob_sha


# -- items kept --------------------------------------------------------------------------------------------------------


def put(
    connection: Connection,
    owned: Owned,
    objects: Objects,
    finished: Sequence[tuple[Task, Made]],
    *,
    kept: Sequence[ItemRecord] = (),
) -> None:
    """Make the items of ``chapters`` these: some done and kept, others just finished. Bytes first, rows after."""
    tasks = [*(_as_it_was(item) for item in kept), *(task for task, _ in finished)]
    records.declare(connection, owned, CHAPTERS, tasks, {item.key for item in kept})
    for task, made in finished:
        assert isinstance(made.data, bytes)
        sha = objects.put(made.data)
        cost = sum((call.cost_usd for call in made.calls), Decimal(0))
        results.record_blob(connection, sha, len(made.data), made.media_type)
        results.record_artefact(connection, task, sha, made.meta, cost)
        records.record_done(connection, owned, task, sha, made.meta, cost)
        for call in made.calls:
            record_call(connection, owned, task, call, 0.0)


def _as_it_was(item: ItemRecord) -> Task:
    def never(_: Purpose) -> Made:
        raise AssertionError("what is kept is not made")

    return Task(CHAPTERS, item.key, item.label, item.recipe, item.inputs, never)


def parse(data: bytes) -> Book:
    return Book.model_validate_json(data)


@lru_cache(maxsize=4)
def stored(objects: Objects, sha: str) -> Book:
    """A book from the object store. Kept, because people look at one book again and again."""
    return parse(objects.get(sha))
