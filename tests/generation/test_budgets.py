"""Caps and sums: however many reserve at once, no budget is overdrawn, and every budget equals its payments."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine, insert

from litink.db.schema import users
from litink.errors import PermanentFailure, Refused
from litink.generation.model import Owned
from litink.generation.paid import payments, settlement
from litink.generation.paid.budgets import ALWAYS, Budget, budget, imbalances, set_cap
from litink.generation.paid.payments import Draft, Payment
from litink.generation.paid.settlement import Kept, Verdict
from litink.objects import sha256_of
from tests.generation.shop import ESTIMATE, model, offer, purpose, quick

POLICY = quick(Path("/nowhere"))


def draft(owned: Owned, estimate: Decimal = ESTIMATE) -> Draft:
    return Draft.of(purpose(owned), 0, model(), offer(uuid4().hex).build(0), estimate, 60.0)


def reserve(connection: Connection, owned: Owned, estimate: Decimal = ESTIMATE) -> Payment:
    payment = settlement.open_payment(connection, draft(owned, estimate), POLICY)
    assert payment is not None
    return payment


def of_book(engine: Engine, owned: Owned) -> Budget:
    with engine.connect() as connection:
        return budget(connection, "book", owned.book_id, ALWAYS, None)


def try_to_reserve(engine: Engine, owned: Owned, times: int) -> int:
    """How many of so many reservations were granted."""
    granted = 0
    for _ in range(times):
        try:
            with engine.begin() as connection:
                reserve(connection, owned)
        except PermanentFailure:
            continue
        granted += 1
    return granted


RESERVING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID
from sqlalchemy import create_engine
from litink.generation.model import Owned
from tests.generation.test_budgets import try_to_reserve

url, owner, book, threads, times = sys.argv[1:]
engine = create_engine(url, pool_size=int(threads))
owned = Owned(UUID(owner), UUID(book), "free")
with ThreadPoolExecutor(int(threads)) as pool:
    print(sum(pool.map(lambda _: try_to_reserve(engine, owned, int(times)), range(int(threads)))))
"""


def reserve_from_everywhere(engine: Engine, owned: Owned, processes: int, threads: int, times: int) -> int:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", RESERVING, url, str(owned.owner_id), str(owned.book_id), str(threads), str(times)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        for _ in range(processes)
    ]
    return sum(int(process.communicate(timeout=3000)[0]) for process in running)


@pytest.mark.parametrize(
    ("processes", "threads", "times"),
    [(2, 5, 20), pytest.param(5, 20, 100, marks=[pytest.mark.campaign, pytest.mark.timeout(3600)])],
    ids=["200", "10000"],
)
def test_parallel_reservations_never_overdraw_a_cap(
    engine: Engine, owned: Owned, processes: int, threads: int, times: int
) -> None:
    room = processes * threads * times // 3
    with engine.begin() as connection:
        set_cap(connection, "book", owned.book_id, room * ESTIMATE + ESTIMATE / 2)
    assert reserve_from_everywhere(engine, owned, processes, threads, times) == room
    found = of_book(engine, owned)
    assert (found.reserved_usd, found.left_usd) == (room * ESTIMATE, ESTIMATE / 2)


def test_a_call_that_cost_more_than_was_set_aside_overdraws_and_stops_what_follows(
    engine: Engine, owned: Owned
) -> None:
    with engine.begin() as connection:
        set_cap(connection, "book", owned.book_id, Decimal("0.05"))
        payment = reserve(connection, owned)
    with engine.begin() as connection:
        settlement.settle(connection, payment, Verdict("wrong", Decimal("0.07")), POLICY)
    found = of_book(engine, owned)
    assert (found.reserved_usd, found.spent_usd, found.left_usd) == (0, Decimal("0.07"), Decimal("-0.02"))
    with pytest.raises(PermanentFailure, match="spending cap for this book"), engine.begin() as connection:
        reserve(connection, owned, Decimal("0.00000001"))


def test_a_refused_reservation_leaves_nothing(engine: Engine, owned: Owned) -> None:
    with engine.begin() as connection:
        set_cap(connection, "book", owned.book_id, Decimal(0))
        wanted = draft(owned)
    with pytest.raises(PermanentFailure), engine.begin() as connection:
        settlement.open_payment(connection, wanted, POLICY)
    with engine.connect() as connection:
        assert payments.by_token(connection, wanted.token) is None
    assert of_book(engine, owned).reserved_usd == 0


def test_a_users_cap_is_the_months_else_his_lasting_one_else_the_installations(engine: Engine, owned: Owned) -> None:
    with engine.begin() as connection:
        user = connection.execute(
            insert(users).values(name=uuid4().hex, tier="free").returning(users.c.id)
        ).scalar_one()

        def cap() -> Decimal | None:
            return budget(connection, "user", user, "2026-11", Decimal(1)).cap_usd

        assert cap() == 1
        set_cap(connection, "user", user, Decimal(2))
        assert cap() == 2
        set_cap(connection, "user", user, Decimal(3), "2026-11")
        assert cap() == 3


def test_equal_transactions_done_twice_count_once(engine: Engine, owned: Owned) -> None:
    """What a client does whose connection broke during the commit."""
    wanted = draft(owned)
    for _ in range(2):
        with engine.begin() as connection:
            payment = settlement.open_payment(connection, wanted, POLICY)
    assert payment is not None
    assert of_book(engine, owned).reserved_usd == ESTIMATE
    for _ in range(2):
        with engine.begin() as connection:
            settlement.settle(connection, payment, Verdict("wrong", Decimal("0.01")), POLICY)
    assert (of_book(engine, owned).reserved_usd, of_book(engine, owned).spent_usd) == (0, Decimal("0.01"))


def test_a_difference_between_a_budget_and_its_payments_shows(engine: Engine, owned: Owned) -> None:
    from litink.db.schema import budgets

    with engine.connect() as connection:
        reserve(connection, owned)
        assert imbalances(connection) == []
        connection.execute(budgets.update().where(budgets.c.id == owned.book_id).values(spent_usd=1))
        assert imbalances(connection) == [("book", owned.book_id, ALWAYS)]
        connection.rollback()


def test_whatever_happens_in_whatever_order_the_sums_hold(engine: Engine, new_book: Any) -> None:
    books = [new_book("One"), new_book("Two")]
    amounts = st.decimals(min_value=0, max_value=1, places=8)

    class Books(RuleBasedStateMachine):
        """Payments are opened, accepted, settled in every way, resolved, discredited, lapsed."""

        open_ = Bundle("open")
        held = Bundle("held")
        done = Bundle("done")

        @rule(target=open_, book=st.sampled_from(books), amount=amounts)
        def open(self, book: Owned, amount: Decimal) -> Payment:
            with engine.begin() as connection:
                return reserve(connection, book, amount)

        @rule(payment=open_)
        def accept(self, payment: Payment) -> None:
            with engine.begin() as connection:
                payments.accept(connection, payment.id, "job", 60.0)

        @rule(target=done, payment=consumes(open_), cost=amounts)
        def answer(self, payment: Payment, cost: Decimal) -> Payment:
            with engine.begin() as connection:
                kept = Kept(sha256_of(b"x"), 1, "text/plain", {})
                return settlement.settle(connection, payment, Verdict("done", cost, kept=kept), POLICY)

        @rule(target=held, payment=open_, cost=amounts, outcome=st.sampled_from(["wrong", "refused", "unknown"]))
        def end(self, payment: Payment, cost: Decimal, outcome: Any) -> Any:
            with engine.begin() as connection:
                ended = settlement.settle(connection, payment, Verdict(outcome, cost), POLICY)
            return ended if ended.state == "unknown" else multiple()

        @rule(payment=held, cost=amounts, outcome=st.sampled_from(["wrong", "refused"]))
        def resolve(self, payment: Payment, cost: Decimal, outcome: Any) -> None:
            verdict = Verdict(outcome, cost if outcome == "wrong" else Decimal(0), resolved_by="ida")
            try:
                with engine.begin() as connection:
                    settlement.resolve(connection, payment.id, verdict, POLICY)
            except Refused:
                pass  # somebody was quicker

        @rule(payment=done)
        def discredit(self, payment: Payment) -> None:
            with engine.begin() as connection:
                settlement.discredit(connection, payment, {"code": "odd", "message": "Odd."})

        @rule(payment=done)
        def lapse(self, payment: Payment) -> None:
            with engine.begin() as connection:
                payments.lapse(connection, payment.id)

        @invariant()
        def sums_hold(self) -> None:
            with engine.connect() as connection:
                assert imbalances(connection) == []

    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_threads_that_reserve_and_settle_at_once_never_get_in_each_others_way(
    engine: Engine, owned: Owned, another_book: Owned
) -> None:
    """Books and users are locked by everybody in one order; a deadlock would raise."""

    def work(n: int) -> None:
        book = (owned, another_book)[n % 2]
        for _ in range(5):
            with engine.begin() as connection:
                payment = reserve(connection, book)
            with engine.begin() as connection:
                settlement.settle(connection, payment, Verdict("refused"), POLICY)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(16)))
    assert of_book(engine, owned).reserved_usd == 0
