"""What items, assets and books cost is what the ledger says, also when the work came to nothing or the book is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select

from litink.db.schema import blobs, items, ledger, payments
from litink.errors import PermanentFailure
from litink.generation.generate import Generator
from litink.generation.model import Call, Made, Owned, Purpose, Task
from litink.generation.paid.cashier import Cashier
from litink.library import repository
from litink.library.shelf import Shelf
from litink.objects import Objects
from tests.generation.conftest import NewCashier, states
from tests.generation.shop import COST, Shop, ladder, purpose, text


@pytest.fixture
def generator(engine: Engine, objects: Objects) -> Generator:
    return Generator(engine, objects, workers=2)


def bought(cashier: Cashier, prompt: str, *, then_fails: bool = False) -> Callable[[Purpose], Made]:
    """A maker that buys its words and enhances them locally."""

    def make(what_for: Purpose) -> Made:
        value = cashier.buy(what_for, ladder(prompt, ["first", "second"]), text).value
        if then_fails:
            raise PermanentFailure("too-odd", "This cannot be said aloud.")
        return Made(f"{value}!".encode(), "text/plain", {}, (Call("local", "enhancer", {"words": 1}),))

    return make


def task(key: str, make: Callable[[Purpose], Made], salt: str = "") -> Task:
    return Task("scripts", key, f"item {key}", {"model": "first"}, {"text": salt or uuid4().hex}, make)


def entered(engine: Engine, run_id: str) -> tuple[int, Decimal]:
    query = select(func.count(), func.sum(ledger.c.cost_usd)).where(ledger.c.run_id == run_id)
    with engine.connect() as connection:
        return tuple(connection.execute(query).one())  # type: ignore[return-value]


def shown(engine: Engine, owned: Owned) -> dict[str, Decimal]:
    query = select(items.c.key, items.c.cost_usd).where(items.c.book_id == owned.book_id)
    with engine.connect() as connection:
        return {row.key: row.cost_usd for row in connection.execute(query)}


def test_an_asset_costs_what_the_ledger_says_of_its_run(
    generator: Generator, new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    cashier, run = new_cashier(Shop(tmp_path / "shop", ["wrong", "503"])), uuid4().hex
    tasks = [task(key, bought(cashier, f"{prompt} {key}")) for key in "abc"]
    outcome = generator.run(owned, "scripts", tasks, revision=1, run_id=run)
    assert (outcome.items_done, outcome.cost_usd) == (3, 4 * COST)  # three answers and a useless one
    assert (outcome.calls, outcome.cost_usd) == entered(engine, run)
    assert sum(shown(engine, owned).values()) == 4 * COST


def test_an_item_that_failed_shows_what_was_spent_on_it(
    generator: Generator, cashier: Cashier, engine: Engine, owned: Owned, prompt: str
) -> None:
    broken = task("a", bought(cashier, prompt, then_fails=True), salt := uuid4().hex)
    outcome = generator.run(owned, "scripts", [broken], revision=1)
    assert (outcome.items_failed, outcome.cost_usd) == (1, COST)
    assert shown(engine, owned) == {"a": COST}
    # What was paid for is used the next time: the item costs what it cost, the run nothing.
    again = generator.run(owned, "scripts", [task("a", bought(cashier, prompt), salt)], revision=1)
    assert (again.items_done, again.cost_usd) == (1, 0)
    assert shown(engine, owned) == {"a": COST}


def test_two_runs_without_a_name_are_told_apart(
    generator: Generator, cashier: Cashier, owned: Owned, another_book: Owned, prompt: str
) -> None:
    for book, word in ((owned, "one"), (another_book, "two")):
        outcome = generator.run(book, "scripts", [task("a", bought(cashier, f"{prompt} {word}"))], revision=1)
        assert (outcome.calls, outcome.cost_usd) == (2, COST)


def test_as_many_items_are_made_side_by_side_as_the_run_wants(generator: Generator, owned: Owned) -> None:
    together = threading.Barrier(7)

    def wait(_: Purpose) -> Made:
        together.wait(30)
        return Made(b"here", "text/plain")

    outcome = generator.run(owned, "scripts", [task(str(n), wait) for n in range(7)], revision=1, workers=7)
    assert outcome.items_done == 7


def test_an_item_is_told_whom_and_what_it_is_for(generator: Generator, owned: Owned) -> None:
    told: list[Purpose] = []

    def make(what_for: Purpose) -> Made:
        told.append(what_for)
        return Made(b"x", "text/plain")

    made = task("a", make)
    generator.run(owned, "scripts", [made], revision=1, run_id="run-9")
    (found,) = told
    assert (found.owned, found.asset, found.item_key, found.cache_key) == (owned, "scripts", "a", made.cache_key)
    assert (found.run_id, found.label) == ("run-9", "item a")


def remove(engine: Engine, objects: Objects, owned: Owned) -> None:
    with engine.connect() as connection:
        record = repository.get_book(connection, owned.book_id)
    assert record is not None
    Shelf(engine, objects).remove(record)


def test_a_deleted_books_payments_stay_and_its_answers_go(
    generator: Generator, cashier: Cashier, shop: Shop, engine: Engine, objects: Objects, owned: Owned, prompt: str
) -> None:
    generator.run(owned, "scripts", [task("a", bought(cashier, prompt))], revision=1)
    with engine.connect() as connection:
        query = select(payments.c.answer_sha).where(payments.c.book_id == owned.book_id)
        sha = connection.execute(query).scalar_one()
    remove(engine, objects, owned)
    assert not objects.has(sha)
    with engine.connect() as connection:
        assert states(connection, owned) == ["lapsed"]
        row = connection.execute(select(payments).where(payments.c.book_id == owned.book_id)).one()
        assert (row.answer_sha, row.meta, row.request, row.cost_usd) == (None, {}, None, COST)
        assert connection.execute(select(blobs).where(blobs.c.sha == sha)).first() is None
        spent = select(func.sum(ledger.c.cost_usd)).where(ledger.c.book_id == owned.book_id)
        assert connection.execute(spent).scalar_one() == COST


def test_an_answer_that_another_book_paid_for_too_stays(
    cashier: Cashier, engine: Engine, objects: Objects, owned: Owned, another_book: Owned, prompt: str, tmp_path: Path
) -> None:
    class Terse(Shop):
        def _answer(self, *arguments: object):  # type: ignore[no-untyped-def]
            from dataclasses import replace

            return replace(super()._answer(*arguments), data=prompt.encode())  # type: ignore[arg-type]

    from tests.generation.shop import quick

    with Cashier(engine, objects, {"openrouter": Terse(tmp_path / "shop")}, quick(tmp_path / "journal")) as terse:
        for n, book in enumerate((owned, another_book)):
            terse.buy(purpose(book), ladder(f"{prompt} {n}"), text)
        remove(engine, objects, owned)
        assert terse.buy(purpose(another_book), ladder(f"{prompt} 1"), text).value == prompt


def test_an_answer_that_comes_after_its_book_was_deleted_is_paid_and_not_kept(
    new_cashier: NewCashier, engine: Engine, objects: Objects, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", during=lambda _: remove(engine, objects, owned))
    new_cashier(shop).buy(purpose(owned), ladder(prompt), text)
    with engine.connect() as connection:
        assert states(connection, owned) == ["lapsed"]
        row = connection.execute(select(payments).where(payments.c.book_id == owned.book_id)).one()
    assert (row.cost_usd, row.answer_sha) == (COST, None)
    assert [path for path in (tmp_path / "objects").rglob("*") if path.is_file()] == []
