"""What subscriptions allow on the shelf: so many books, so many films, so long, and what a refusal says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, delete, insert

from litink.billing.limits import LimitReached
from litink.db.schema import books, users
from litink.library.allowances import Allowances
from litink.library.options import MakeOptions
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.objects import Objects
from litink.production.engines import Engines
from litink.production.plan.planner import Planner
from litink.settings import Settings
from tests.accounts.conftest import SECRET

MANY = Settings(_env_file=None, accounts="multi", development=True, secret_key=SECRET)
HandIn = Callable[..., BookRecord]


@pytest.fixture
def owner(engine: Engine) -> Iterator[UUID]:
    """On the free tier: 3 books, 1 film of 5 minutes."""
    with engine.begin() as connection:
        made = insert(users).values(name=uuid4().hex, tier="free").returning(users.c.id)
        found: UUID = connection.execute(made).scalar_one()
    yield found
    with engine.begin() as connection:
        connection.execute(delete(books).where(books.c.owner_id == found))


@pytest.fixture
def shelf(engine: Engine, objects: Objects) -> Shelf:
    return Shelf(engine, objects, Allowances.from_settings(MANY))


@pytest.fixture
def hand_in(shelf: Shelf, owner: UUID, tmp_path: Path) -> HandIn:
    """A book of two chapters of so many words each."""

    def add(words: int = 100, *, or_wait: bool = False, wait: bool = False, **options: object) -> BookRecord:
        path = tmp_path / f"{uuid4().hex}.txt"
        name = uuid4().hex[:8]
        chapters = (f"Chapter {n}\n\n{name} {'word ' * (words - 1)}\n" for n in (1, 2))
        path.write_text("\n".join(chapters))
        wishes = MakeOptions.model_validate(options)
        return shelf.add(path, filename="b.txt", owner_id=owner, options=wishes, wait=wait, wait_if_refused=or_wait)

    return add


def reached(code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(LimitReached, check=lambda error: error.code == code)


def test_where_one_person_owns_the_installation_nothing_is_asked(settings: Settings) -> None:
    assert Allowances.from_settings(settings) is None


def test_a_tier_keeps_so_many_books_and_a_deleted_one_makes_room(hand_in: HandIn, shelf: Shelf) -> None:
    kept = [hand_in(wait=True) for _ in range(3)]
    with reached("books-limit") as caught:
        hand_in(wait=True)
    assert "keeps 3 books" in caught.value.message
    assert (caught.value.quota, caught.value.lifted_by, caught.value.frees_at) == (3, "basic", None)
    shelf.remove(kept[0])
    hand_in(wait=True)


def test_two_who_hand_in_at_once_do_not_both_get_the_last_place(hand_in: HandIn) -> None:
    def attempt(_: int) -> int:
        try:
            hand_in(wait=True)
        except LimitReached:
            return 0
        return 1

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, range(6))) == 3


def test_a_book_whose_film_is_not_allowed_waits_and_says_why_when_it_is_started(hand_in: HandIn, shelf: Shelf) -> None:
    first = hand_in(or_wait=True)
    second = hand_in(or_wait=True)
    assert (first.state, second.state) == ("queued", "unstarted")
    with reached("films-limit") as caught:
        shelf.start(second)
    assert caught.value.lifted_by == "basic"
    with reached("films-limit"):
        hand_in()
    shelf.remove(first)
    started = shelf.start(second)
    assert started is not None
    assert started.state == "queued"


def test_a_film_that_would_last_too_long_is_refused_unless_less_is_asked_for(hand_in: HandIn) -> None:
    with reached("film-length-limit") as caught:
        hand_in(700)  # about nine minutes
    assert "about 9 minutes" in caught.value.message
    assert (caught.value.quota, caught.value.lifted_by) == (5, "basic")
    with reached("film-length-limit") as caught:
        hand_in(10_000, style="educational", minutes=45)
    assert caught.value.lifted_by == "premium"
    assert hand_in(700, chapters="2").state == "queued"


def test_what_was_started_short_does_not_become_long_afterwards(
    hand_in: HandIn, shelf: Shelf, engine: Engine, objects: Objects, tmp_path: Path
) -> None:
    planner = Planner(engine, objects, Engines(MANY))
    book = hand_in(700, chapters="1")
    with reached("film-length-limit"):
        planner.change(book, {"chapters": "all"})
    longer = tmp_path / "longer.txt"
    longer.write_text("Chapter 1\n\n" + "word " * 2_000)
    with reached("film-length-limit"):
        shelf.replace(book, longer, filename="longer.txt")
    waiting = hand_in(700, wait=True, chapters="1")
    assert planner.change(waiting, {"chapters": "all"}).state == "unstarted"


def test_a_file_that_is_too_large_for_the_tier_is_refused(engine: Engine, objects: Objects, owner: UUID) -> None:
    allowances = Allowances.from_settings(MANY)
    assert allowances is not None
    with reached("upload-limit") as caught, engine.begin() as connection:
        allowances.admit_book(connection, owner, 60 * 1024 * 1024)
    assert "up to 25 MiB; this one has 60.0" in caught.value.message
    assert caught.value.lifted_by == "standard"
