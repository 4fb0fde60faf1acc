"""What people edited stays on top of what is generated: patched without a call, never part of the cache."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from litink.generation import contents, records
from litink.generation.generate import Generator
from litink.generation.model import Call, Edits, Made, Owned, Patched, Task
from litink.library import repository
from litink.library.shelf import Shelf
from litink.objects import Objects


@pytest.fixture
def generator(engine: Engine, objects: Objects) -> Generator:
    return Generator(engine, objects, workers=2)


@pytest.fixture
def salt() -> str:
    """Results are shared by all books, so each test makes its own."""
    return uuid4().hex


def task(key: str, text: str, salt: str, *edits: tuple[str, str]) -> Task:
    """An item that says a text; edits replace words, and tell when there is nothing to replace."""

    def patch(data: bytes) -> Patched:
        said, conflicts = data.decode(), []
        for number, (old, new) in enumerate(edits, start=1):
            if old not in said:
                conflicts.append({"edit": number, "reason": f"{old} is gone."})
            said = said.replace(old, new)
        return Patched(said.encode(), "text/plain", {"length": len(said), "conflicts": conflicts})

    made = Made(
        text.encode(), "text/plain", {"length": len(text)}, (Call("test", "t", {"n": 1}, Decimal("0.01"), True),)
    )
    names = "|".join(f"{old}>{new}" for old, new in edits)
    return Task("scripts", key, key, {"salt": salt}, {"text": text}, lambda _: made, Edits(names, patch))


class Book:
    def __init__(self, engine: Engine, objects: Objects, owned: Owned) -> None:
        self.engine, self.objects, self.owned = engine, objects, owned

    def item(self, key: str) -> records.ItemRecord:
        with self.engine.connect() as connection:
            found = records.item_of(connection, self.owned.book_id, "scripts", key)
        assert found is not None
        return found

    def says(self, key: str) -> str:
        return self.objects.get(self.item(key).blob_sha or "").decode()


@pytest.fixture
def book(engine: Engine, objects: Objects, owned: Owned) -> Book:
    return Book(engine, objects, owned)


def test_an_edit_is_put_on_top_without_a_call_and_taken_off_again(generator: Generator, book: Book, salt: str) -> None:
    first = generator.run(book.owned, "scripts", [task("a", "red sky", salt), task("b", "sea", salt)], revision=1)
    edited = generator.run(
        book.owned, "scripts", [task("a", "red sky", salt, ("red", "grey")), task("b", "sea", salt)], revision=1
    )
    assert (book.says("a"), book.says("b")) == ("grey sky", "sea")
    assert (edited.calls, edited.items_done, edited.cost_usd) == (0, 2, Decimal(0))
    assert edited.data_version != first.data_version
    assert book.item("a").meta["length"] == 8
    assert book.item("a").cost_usd == Decimal("0.01")  # what it did cost
    undone = generator.run(book.owned, "scripts", [task("a", "red sky", salt), task("b", "sea", salt)], revision=1)
    assert (undone.calls, undone.data_version, book.says("a")) == (0, first.data_version, "red sky")
    assert book.item("a").generated_sha is None


def test_it_survives_that_the_item_is_made_anew_and_tells_when_it_fits_no_more(
    generator: Generator, book: Book, salt: str
) -> None:
    edits = (("red", "grey"), ("sky", "heaven"))
    generator.run(book.owned, "scripts", [task("a", "red sky", salt, *edits)], revision=1)
    assert book.item("a").meta["conflicts"] == []
    again = generator.run(book.owned, "scripts", [task("a", "a blue sky", salt, *edits)], revision=1)
    assert (again.calls, book.says("a")) == (1, "a blue heaven")
    assert book.item("a").meta["conflicts"] == [{"edit": 1, "reason": "red is gone."}]
    assert book.objects.get(book.item("a").generated or "") == b"a blue sky"


def test_the_cache_holds_what_was_generated_and_never_what_somebody_edited(
    generator: Generator, book: Book, engine: Engine, objects: Objects, another_book: Owned, salt: str
) -> None:
    generator.run(book.owned, "scripts", [task("a", "red sky", salt, ("red", "grey"))], revision=1)
    other = Book(engine, objects, another_book)
    outcome = generator.run(another_book, "scripts", [task("a", "red sky", salt)], revision=1)
    assert (outcome.calls, outcome.cache_hits, other.says("a")) == (0, 1, "red sky")


def test_items_of_one_content_have_each_their_own_edits(generator: Generator, book: Book, salt: str) -> None:
    tasks = [task("a", "yes", salt, ("yes", "no")), task("b", "yes", salt), task("c", "yes", salt, ("yes", "aye"))]
    outcome = generator.run(book.owned, "scripts", tasks, revision=1)
    assert (outcome.calls, outcome.cache_hits) == (1, 2)
    assert [book.says(key) for key in "abc"] == ["no", "yes", "aye"]
    assert generator.run(book.owned, "scripts", tasks, revision=1).calls == 0


def test_every_content_is_a_version(generator: Generator, book: Book, salt: str, engine: Engine) -> None:
    for edits in ((), (("red", "grey"),), ()):
        generator.run(book.owned, "scripts", [task("a", "red sky", salt, *edits)], revision=1)
    with engine.connect() as connection:
        found = contents.versions_of(connection, book.owned.book_id, "scripts", "a")
    said = [book.objects.get(version.blob_sha).decode() for version in found]
    assert [(v.number, text) for v, text in zip(found, said, strict=True)] == [
        (3, "red sky"),
        (2, "grey sky"),
        (1, "red sky"),
    ]


def test_lost_bytes_of_what_was_generated_are_made_again_under_the_edits(
    generator: Generator, book: Book, salt: str
) -> None:
    generator.run(book.owned, "scripts", [task("a", "red sky", salt)], revision=1)
    book.objects.delete(book.item("a").blob_sha or "")
    outcome = generator.run(book.owned, "scripts", [task("a", "red sky", salt, ("red", "grey"))], revision=1)
    assert (outcome.calls, book.says("a")) == (1, "grey sky")


def test_with_its_book_go_the_bytes_under_an_edit(generator: Generator, book: Book, engine: Engine, salt: str) -> None:
    edited = task("a", f"red {salt}", salt, ("red", "grey"))
    generator.run(book.owned, "scripts", [edited], revision=1)
    shas = [book.item("a").generated or "", book.item("a").blob_sha or ""]
    assert all(book.objects.has(sha) for sha in shas)
    with engine.connect() as connection:
        record = repository.get_book(connection, book.owned.book_id)
    assert record is not None
    Shelf(engine, book.objects).remove(record)
    assert not any(book.objects.has(sha) for sha in shas)
