"""The sensor hands over what there is room for, by whose turn it is: on the real graph, with a database of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import dagster as dg
import pytest
from sqlalchemy import Engine, create_engine, insert, text, update

from definitions import build_defs
from litink.books.model import Book, Section, SectionKind
from litink.db import migrate
from litink.db.schema import books, users
from litink.generation.model import Owned
from litink.library import repository
from litink.library.options import MakeOptions
from litink.production import stages
from litink.settings import get_settings
from sensors.work import TAG_BOOK, TAG_STAGE, launch_due_stages

PLACES = 4


@dataclass
class House:
    engine: Engine
    instance: dg.DagsterInstance

    def user(self, tier: str) -> UUID:
        with self.engine.begin() as connection:
            made = insert(users).values(name=uuid4().hex, tier=tier).returning(users.c.id)
            found: UUID = connection.execute(made).scalar_one()
        return found

    def book(self, owner: UUID, waited_minutes: int = 0) -> str:
        chapter = Section(key="c1", kind=SectionKind.CHAPTER, number=1, title="One", text="Words.", blocks=())
        with self.engine.begin() as connection:
            book = repository.add_book(
                connection,
                owner_id=owner,
                book=Book(title="T", author="A", language="en", format="txt", sections=(chapter,)),
                filename="t.txt",
                source_sha=hashlib.sha256(uuid4().bytes).hexdigest(),
                source_bytes=1,
                cover_sha=None,
                options=MakeOptions().model_dump(mode="json"),
            )
            since = text(f"now() - interval '{waited_minutes} minutes'")
            connection.execute(update(books).where(books.c.id == book).values(updated_at=since, created_at=since))
        return str(book)

    def tick(self) -> list[str]:
        """The books that the sensor hands a stage of over, in its order."""
        context = dg.build_sensor_context(instance=self.instance, definitions=build_defs())
        result = launch_due_stages(context)
        assert isinstance(result, dg.SensorResult)
        return [request.tags[TAG_BOOK] for request in result.run_requests or []]

    def ends(self, book: str, stage: str = "text") -> None:
        """Its run fails, and the book with it: nothing more of it is due."""
        with self.engine.begin() as connection:
            record = repository.get_book(connection, UUID(book))
            assert record is not None
            stages.fail_stage(
                connection, Owned(record.owner_id, record.id, record.tier), stage, 1, {"code": "x", "message": "X."}
            )


@pytest.fixture
def house(engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[House]:
    name = f"turns_{uuid4().hex[:8]}"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = engine.url.set(database=name)
    own = create_engine(url)
    migrate.upgrade(own)
    monkeypatch.setenv("LITINK_DATABASE_URL", url.render_as_string(hide_password=False))
    get_settings.cache_clear()
    queue = {"concurrency": {"runs": {"max_concurrent_runs": PLACES}}}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=queue) as instance:
        yield House(own, instance)
    get_settings.cache_clear()
    own.dispose()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def test_a_paid_book_is_handed_over_before_a_queue_of_free_ones_and_at_once(house: House) -> None:
    free = [house.book(house.user("free"), waited_minutes=10 - n) for n in range(10)]
    assert house.tick() == free[:3]  # one place stays for those who pay
    paid = house.book(house.user("standard"))
    assert house.tick() == [paid]
    house.ends(paid)
    house.ends(free[0])
    assert house.tick() == [free[3]]


def test_a_free_book_that_has_waited_goes_before_newcomers_who_pay(house: House) -> None:
    paid = [house.book(house.user("professional"), waited_minutes=1) for _ in range(6)]
    free = house.book(house.user("free"), waited_minutes=80)
    begun = house.tick()
    assert len(begun) == PLACES
    assert begun[0] == free
    assert set(begun[1:]) < set(paid)


def test_one_person_with_many_books_leaves_room_for_others_of_their_tier(house: House) -> None:
    hoarder = house.user("basic")
    for _ in range(8):
        house.book(hoarder, waited_minutes=5)
    other = house.book(house.user("basic"))
    assert other in house.tick()[:2]


def test_the_tags_say_which_stage_of_which_book(house: House) -> None:
    book = house.book(house.user("premium"))
    context = dg.build_sensor_context(instance=house.instance, definitions=build_defs())
    result = launch_due_stages(context)
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or []
    assert (request.tags[TAG_BOOK], request.tags[TAG_STAGE], request.tags["dagster/priority"]) == (book, "text", "3")
