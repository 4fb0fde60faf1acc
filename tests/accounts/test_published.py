"""Books that an author lets everybody read: what that opens, and what it does not."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import Engine

from tests.accounts.operations import operations
from tests.accounts.test_isolation import ANYTHING
from tests.accounts.visitors import Visitor
from tests.api.test_api_books import problem
from tests.made_books import Maker

NewVisitor = Callable[[], Visitor]
MakerOf = Callable[[Visitor], Maker]

# What a published book shows to everybody. Any other operation on it is as if there were no such book.
READING = {
    "books-get",
    "media-audio",
    "media-audiobook",
    "media-captions-ass",
    "media-captions-srt",
    "media-captions-vtt",
    "media-cover",
    "media-film",
    "media-item",
    "media-pictures",
    "media-read-along",
    "media-results",
    "story-chapter",
    "story-chapter-references",
    "story-chapters",
    "story-characters",
    "story-plot",
    "story-scenes",
    "story-script",
    "story-scripts",
}


def test_everybody_who_is_signed_in_reads_and_watches_it(
    visitor: NewVisitor, maker_of: MakerOf, engine: Engine
) -> None:
    author, reader = visitor().become(engine, role="author"), visitor()
    book = maker_of(author).finished()
    at = f"/books/{book.id}"
    problem(reader.http.get(at), 404, "no-such-book")
    assert author.post(f"{at}/publish").json()["published_at"]
    assert str(book.id) in [found["id"] for found in reader.http.get("/published").json()["items"]]
    assert reader.http.get("/books").json()["items"] == []  # it is not the reader's
    for path in (
        "",
        "/chapters",
        "/plot",
        "/characters",
        "/scripts",
        "/scenes",
        "/results",
        "/audio",
        "/film",
        "/cover",
    ):
        assert reader.http.get(at + path).content == author.http.get(at + path).content, path
    assert httpx.get(f"{reader.address}/api/v1{at}").status_code == 401
    assert author.http.delete(f"{at}/publish").json()["published_at"] is None
    problem(reader.http.get(f"{at}/film"), 404, "no-such-book")
    assert reader.http.get("/published").json()["items"] == []


def test_nothing_but_reading_is_opened(visitor: NewVisitor, maker_of: MakerOf, engine: Engine) -> None:
    author, reader = visitor().become(engine, role="author"), visitor()
    book = maker_of(author).finished()
    author.post(f"/books/{book.id}/publish")
    for operation in (o for o in operations() if o.of_a_book):
        answer = operation.call(reader.http, {**ANYTHING, "book_id": str(book.id)})
        if operation.id in READING:
            assert answer.status_code < 500, operation.id
            assert answer.status_code == 200 or answer.json()["code"] != "no-such-book", operation.id
        else:
            assert answer.status_code == 404, f"{operation.id}: {answer.status_code}"
            assert answer.json()["code"] == "no-such-book", operation.id
    author.http.delete(f"/books/{book.id}/publish")


@pytest.mark.parametrize("role", ["user", "creator"])
def test_only_authors_publish(visitor: NewVisitor, maker_of: MakerOf, engine: Engine, role: str) -> None:
    writer = visitor().become(engine, role=role)
    book = maker_of(writer).add()
    problem(writer.post(f"/books/{book.id}/publish"), 403, "authors-only")
