"""Answers that did not come: looked up, or held for a person. Never sent twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from litink.db.schema import ledger, payments
from litink.errors import Refused
from litink.generation.model import Owned
from litink.generation.paid.cashier import Cashier
from litink.objects import Objects
from litink.providers.wire import Answer, AnswerLost, NotBilled, Pending, Request, Sending
from tests.generation.conftest import NewCashier, budget, failed, states, the_payment
from tests.generation.shop import COST, ESTIMATE, Shop, ladder, purpose, quick, text


@pytest.mark.parametrize("fault", ["lost", "odd"])
def test_a_lost_answer_is_looked_up(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path, fault: str
) -> None:
    shop = Shop(tmp_path / "shop", [fault])
    assert new_cashier(shop).buy(purpose(owned), ladder(prompt), text).value
    assert (len(shop.sent), shop.total()) == (1, COST)
    assert budget(engine, owned) == (0, COST)


def test_a_lost_request_that_was_never_taken_is_sent_again(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["lost-free"])
    assert new_cashier(shop).buy(purpose(owned), ladder(prompt), text).value
    with engine.connect() as connection:
        assert states(connection, owned) == ["refused", "done"]
    assert (len(shop.sent), len(shop.bill())) == (2, 1)


def test_what_no_provider_can_tell_is_held_with_its_reservation_and_never_sent_again(
    new_cashier: NewCashier, engine: Engine, owned: Owned, another_book: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["lost"], tells=False)
    cashier = new_cashier(shop)
    for book in (owned, owned, another_book):
        with failed("payment-held"):
            cashier.buy(purpose(book), ladder(prompt, ["first", "second"]), text)
    assert len(shop.sent) == 1
    assert budget(engine, owned) == (ESTIMATE, 0)
    held = [payment for payment in cashier.held() if payment.book_id == owned.book_id]
    assert [(p.state, p.asset, p.item_key, p.error["code"]) for p in held if p.error] == [
        ("unknown", "scripts", "c1", "cut")
    ]
    with engine.connect() as connection:
        rows = connection.execute(select(ledger.c.outcome, ledger.c.cost_usd).where(ledger.c.book_id == owned.book_id))
        assert [tuple(row) for row in rows] == [("unknown", 0)]


def test_a_held_payment_is_taken_up_again_once_the_provider_knows(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    with failed("payment-held"):
        new_cashier(Shop(tmp_path / "shop", ["lost"], tells=False)).buy(purpose(owned), ladder(prompt), text)
    shop = Shop(tmp_path / "shop")
    assert new_cashier(shop).buy(purpose(owned), ladder(prompt), text).value
    assert (len(shop.sent), budget(engine, owned)) == (0, (0, COST))


def test_a_person_who_finds_it_billed_makes_the_next_request_another_one(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["lost"], tells=False)
    cashier = new_cashier(shop)
    with failed("payment-held"):
        cashier.buy(purpose(owned), ladder(prompt), text)
    lost = the_payment(engine, owned)
    resolved = cashier.resolve(lost.id, billed=True, cost_usd=Decimal("0.03"), by="ida@example.org")
    assert (resolved.state, resolved.resolved_by, resolved.error) == ("wrong", "ida@example.org", lost.error)
    assert resolved.settled_at is not None
    assert cashier.resolve(lost.id, billed=True, cost_usd=Decimal("0.03"), by="ida@example.org") == resolved
    assert budget(engine, owned) == (0, Decimal("0.03"))
    assert cashier.buy(purpose(owned), ladder(prompt), text).value.endswith("(1)")
    assert shop.billed_twice() == []
    with engine.connect() as connection:
        rows = connection.execute(
            select(ledger.c.outcome, ledger.c.cost_usd).where(ledger.c.book_id == owned.book_id).order_by(ledger.c.id)
        )
        assert [tuple(row) for row in rows] == [("wrong", Decimal("0.03")), ("done", COST)]


def test_a_person_who_finds_it_unbilled_lets_the_same_request_go_out_again(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["lost-free"], tells=False)
    cashier = new_cashier(shop)
    with failed("payment-held"):
        cashier.buy(purpose(owned), ladder(prompt), text)
    cashier.resolve(the_payment(engine, owned).id, billed=False, by="ida@example.org")
    assert budget(engine, owned) == (0, 0)
    assert cashier.buy(purpose(owned), ladder(prompt), text).value.endswith("(0)")
    assert len(shop.bill()) == 1


def test_only_what_is_held_can_be_resolved_and_only_sensibly(
    cashier: Cashier, engine: Engine, owned: Owned, prompt: str
) -> None:
    cashier.buy(purpose(owned), ladder(prompt), text)
    done = the_payment(engine, owned).id
    for payment, cost, billed in ((done, "0.1", True), (0, "0.1", True), (done, "-1", True), (done, "0.1", False)):
        with pytest.raises(Refused):
            cashier.resolve(payment, billed=billed, cost_usd=Decimal(cost), by="ida@example.org")
    assert budget(engine, owned) == (0, COST)


def test_where_a_lost_answer_was_seen_is_remembered(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    """Some providers can only look up what they gave an id."""
    shop = Shop(tmp_path / "shop", ["lost"], tells=False)
    for _ in range(2):
        with failed("payment-held"):
            new_cashier(shop).buy(purpose(owned), ladder(prompt), text)
    assert set(shop.looked_up) == {shop.bill()[0]["id"]} == {the_payment(engine, owned).reference}


def test_a_provider_that_is_late_to_know_is_asked_again(
    new_cashier: NewCashier, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    class Late(Shop):
        """Does not answer, then denies, then knows."""

        def look_up(self, request: Request, reference: str, sent_at: datetime) -> Answer | Pending | NotBilled | None:
            told = super().look_up(request, reference, sent_at)
            if len(self.looked_up) == 1:
                raise AnswerLost("busy", "Ask again.")
            return NotBilled() if len(self.looked_up) == 2 else told

    shop = Late(tmp_path / "shop", ["lost"])
    assert new_cashier(shop, look_ups=(0.01,) * 5).buy(purpose(owned), ladder(prompt), text).value
    assert (len(shop.looked_up), len(shop.sent)) == (3, 1)


# -- elsewhere ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def on_another_machine(engine: Engine, objects: Objects, tmp_path: Path) -> Iterator[Callable[..., Cashier]]:
    """Makes cashiers that share nothing with ours but the database and the object store."""
    with ExitStack() as open_:

        def make(shop: Shop) -> Cashier:
            policy = quick(tmp_path / "elsewhere")
            return open_.enter_context(Cashier(engine, objects, {"openrouter": shop}, policy))

        yield make


class Impatience(threading.Event):
    """Is set once it was looked at so often."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self._left = looks

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0

    def wait(self, timeout: float | None = None) -> bool:
        return super().wait(timeout) or self.is_set()


def test_a_request_that_may_still_be_out_on_another_machine_is_left_alone(
    on_another_machine: Callable[..., Cashier],
    new_cashier: NewCashier,
    engine: Engine,
    owned: Owned,
    another_book: Owned,
    prompt: str,
    tmp_path: Path,
) -> None:
    entered, leave = threading.Event(), threading.Event()
    theirs = on_another_machine(Shop(tmp_path / "shop", during=lambda _: (entered.set(), leave.wait(30))))
    ours = new_cashier(shop := Shop(tmp_path / "shop"))
    with ThreadPoolExecutor(2) as pool:
        paying = pool.submit(theirs.buy, purpose(owned), ladder(prompt), text)
        assert entered.wait(30)
        with failed("stopped"):
            ours.buy(purpose(another_book, stop=Impatience(looks=10)), ladder(prompt), text)
        assert ours.recover_stale(older_than=0).waiting >= 1
        assert the_payment(engine, owned).state == "sent"
        assert shop.looked_up == []
        waiting = pool.submit(ours.buy, purpose(another_book), ladder(prompt), text)
        leave.set()
        assert paying.result(30).value == waiting.result(30).value
    assert (len(shop.bill()), shop.sent) == (1, [])


class Died(BaseException):
    """Ends a buyer as abruptly as can be without ending the tests."""


def test_what_died_on_another_machine_is_looked_up_once_it_is_surely_over(
    on_another_machine: Callable[..., Cashier],
    new_cashier: NewCashier,
    engine: Engine,
    owned: Owned,
    prompt: str,
    tmp_path: Path,
) -> None:
    class Dying(Shop):
        def send(self, request: Request, sending: Sending) -> Answer | Pending:
            super().send(request, sending)
            raise Died

    with pytest.raises(Died):
        on_another_machine(Dying(tmp_path / "shop")).buy(purpose(owned), ladder(prompt), text)
    ours = new_cashier(shop := Shop(tmp_path / "shop"))
    ours.recover_stale(older_than=0)
    assert the_payment(engine, owned).state == "sent"
    with engine.begin() as connection:
        connection.execute(
            update(payments).where(payments.c.book_id == owned.book_id).values(deadline_at=func.clock_timestamp())
        )
    assert ours.buy(purpose(owned), ladder(prompt), text).value
    assert (len(shop.bill()), shop.sent) == (1, [])


def test_what_took_too_long_to_write_down_is_not_sent(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    """A machine that slept in between: others may have taken the payment over."""
    shop = Shop(tmp_path / "shop")
    with failed("providers-failed"):
        new_cashier(shop, database=0.0).buy(purpose(owned), ladder(prompt), text)
    assert shop.sent == []
    with engine.connect() as connection:
        assert states(connection, owned) == ["refused"] * 3
