"""A book with its chapters, read from the database as answers show it."""

from __future__ import annotations

from api.backend import Backend
from api.books.schemas import BookDetail
from litink.generation import records
from litink.library import repository
from litink.library.repository import BookRecord
from litink.production.names import COVER


def detail(backend: Backend, book: BookRecord) -> BookDetail:
    with backend.engine.begin() as connection:
        sections = repository.sections_of(connection, book.id)
        cover = bool(records.books_with(connection, [book.id], "scene_images", COVER))
    return BookDetail.with_chapters(book, sections, cover=cover)
