"""A provider, a cashier, and the books that must always balance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, Engine, select

from litink.db.schema import ledger, payments
from litink.errors import PermanentFailure
from litink.generation.model import Owned
from litink.generation.paid import budgets
from litink.generation.paid.cashier import Cashier
from litink.objects import Objects
from tests.generation.shop import Shop, quick

NewCashier = Callable[..., Cashier]


@pytest.fixture
def prompt() -> str:
    """Requests are known for good, so each test asks for something of its own."""
    return f"Say {uuid4().hex}"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


@pytest.fixture
def new_cashier(engine: Engine, objects: Objects, tmp_path: Path) -> Iterator[NewCashier]:
    """Makes cashiers with a provider each; all share the journal, like processes of one machine."""
    with ExitStack() as open_:

        def make(shop: Shop, **changes: Any) -> Cashier:
            policy = quick(tmp_path / "journal", **changes)
            return open_.enter_context(Cashier(engine, objects, {"openrouter": shop}, policy))

        yield make


@pytest.fixture
def cashier(new_cashier: NewCashier, shop: Shop) -> Cashier:
    return new_cashier(shop)


@pytest.fixture(autouse=True)
def balanced(engine: Engine) -> Iterator[None]:
    """Whatever a test does, in the end budgets equal the sums over payments, and the ledger has their costs."""
    yield
    with engine.connect() as connection:
        assert budgets.imbalances(connection) == []
        query = select(payments.c.id, payments.c.cost_usd, ledger.c.cost_usd).outerjoin(
            ledger, ledger.c.payment_id == payments.c.id
        )
        settled = query.where(payments.c.state.not_in(("sent", "accepted", "unknown")))
        assert [row for row in connection.execute(settled) if row[1] != row[2]] == []


def states(connection: Connection, owned: Owned) -> list[str]:
    """The states of a book's payments, in the order in which they were begun."""
    query = select(payments.c.state).where(payments.c.book_id == owned.book_id).order_by(payments.c.id)
    return list(connection.execute(query).scalars())


def failed(code: str):  # type: ignore[no-untyped-def]
    """Expect a lasting failure of this code."""
    return pytest.raises(PermanentFailure, check=lambda error: error.code == code)


def budget(engine: Engine, owned: Owned) -> tuple[Decimal, Decimal]:
    """A book's: reserved, spent."""
    with engine.connect() as connection:
        found = budgets.budget(connection, "book", owned.book_id, budgets.ALWAYS, None)
    return found.reserved_usd, found.spent_usd


def left_in(journal: Path, engine: Engine, owned: Owned) -> set[str]:
    """The files of a journal, but for those of payments of other books, which a sweep takes in its hands too."""
    with engine.connect() as connection:
        others = set(connection.execute(select(payments.c.token).where(payments.c.book_id != owned.book_id)).scalars())
    return {path.name for path in journal.iterdir()} - others


def the_payment(engine: Engine, owned: Owned):  # type: ignore[no-untyped-def]
    """The only payment of a book."""
    with engine.connect() as connection:
        return connection.execute(select(payments).where(payments.c.book_id == owned.book_id)).one()
