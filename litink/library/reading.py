"""The reading of a book as an item: what the ``chapters`` asset holds, and how it is named."""

from __future__ import annotations

import time
from collections.abc import Callable

from litink.books.model import Book, ReadBook
from litink.generation.model import Call, Made, Task

READER_VERSION = 1  # raised when litink.books reads the same file differently
CHAPTERS = "chapters"
BOOK_KEY = "book"


def recipe() -> dict[str, object]:
    return {"reader": READER_VERSION}


def chapters_task(source_sha: str, filename: str, read: Callable[[], ReadBook]) -> Task:
    """The one item of ``chapters``: the book as read, as JSON. The file's name matters only where it is a title."""

    def make() -> Made:
        started = time.monotonic()
        book = read().book
        return Made(
            data=book.model_dump_json().encode(),
            media_type="application/json",
            meta={"chapters": len(book.chapters), "words": book.word_count, "seconds": time.monotonic() - started},
            calls=(Call("local", "reader", {"words": book.word_count}),),
        )

    return Task(
        asset=CHAPTERS,
        key=BOOK_KEY,
        label="the book",
        recipe=recipe(),
        inputs={"source": source_sha, "filename": filename},
        make=make,
    )


def parse(data: bytes) -> Book:
    return Book.model_validate_json(data)
