"""No overdraft, whoever reserves: ten thousand reservations at once, and any order of events against a plain model."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, Engine, func, insert, select, update

from litink.billing import audit, credits, grants, statement
from litink.db.schema import credit_charges, credit_grants, payments
from litink.errors import PermanentFailure
from tests.billing.conftest import TARIFF, NewUser, intended
from tests.billing.purses import Purses

ONE = Decimal("0.01")  # USD; two credits


def try_all(engine: Engine, user: UUID, wanted: list[int]) -> int:
    """How many of these payments got their two credits."""
    granted = 0
    for payment in wanted:
        try:
            with engine.begin() as connection:
                credits.reserve(connection, user, "free", payment, ONE, TARIFF, datetime.now(UTC))
        except PermanentFailure:
            continue
        granted += 1
    return granted


RESERVING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID
from sqlalchemy import create_engine
from tests.billing.test_overdraft import try_all

url, user, threads, first, last = sys.argv[1:]
engine, n = create_engine(url, pool_size=int(threads)), int(threads)
wanted = range(int(first), int(last) + 1)
with ThreadPoolExecutor(n) as pool:
    print(sum(pool.map(lambda k: try_all(engine, UUID(user), list(wanted[k::n])), range(n))))
"""


def written(engine: Engine, user: UUID, count: int) -> list[int]:
    """So many payments that wait for their credits, written in one go as copies of a first one."""
    with engine.begin() as connection:
        first = intended(connection, user, ONE).id
        columns = [c for c in payments.c if c.name not in ("id", "token", "fingerprint")]
        number = func.generate_series(2, count).table_valued("n").render_derived()
        unique = [func.md5(func.concat(str(user), number.c.n)), func.md5(func.concat(number.c.n, str(user)))]
        names = [*(c.name for c in columns), "token", "fingerprint"]
        copies = select(*columns, *unique).select_from(payments.join(number, payments.c.id == first))
        connection.execute(insert(payments).from_select(names, copies))
        query = select(payments.c.id).where(payments.c.owner_id == user).order_by(payments.c.id)
        return list(connection.execute(query).scalars())


@pytest.mark.timeout(900)
def test_ten_thousand_parallel_reservations_take_exactly_what_there_is(engine: Engine, user: UUID) -> None:
    """Four processes of eight threads each, over grants that lapse at different times; a third of them finds nothing
    left, and one credit stays that is not enough for anybody."""
    count, processes, threads = 10_000, 4, 8
    now = datetime.now(UTC)
    with engine.begin() as connection:
        for n, amount in enumerate((4001, 3000, 6000)):  # with the month's 300 of the free tier
            expires = now + timedelta(days=30 * (n + 1))
            grants.give(connection, user, "admin", f"{n}", Decimal(amount), at=now, expires_at=expires)
    wanted = written(engine, user, count)
    share = count // processes
    url = engine.url.render_as_string(hide_password=False)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", RESERVING, url, str(user), str(threads), str(part[0]), str(part[-1])],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for part in (wanted[k * share : (k + 1) * share] for k in range(processes))
    ]
    granted = sum(int(process.communicate(timeout=800)[0]) for process in running)
    assert granted == (4001 + 3000 + 6000 + 300) // 2
    with engine.begin() as connection:
        found = statement.balance(connection, user, TARIFF, now)
        assert (found.available, found.held) == (1, 2 * granted)
        assert audit.imbalances(connection) == []


START = datetime(2026, 3, 31, 23, tzinfo=UTC)
cents = st.integers(0, 90_000_000).map(lambda n: Decimal(n) / 100_000_000)  # USD, to the last place


def test_any_order_of_events_ends_as_a_plain_model_says(engine: Engine, new_user: NewUser) -> None:
    class Life(RuleBasedStateMachine):
        given, held = Bundle[str]("given"), Bundle[int]("held")

        @initialize()
        def begin(self) -> None:
            self.user, self.model, self.day, self.months = new_user(), Purses(), 0, set[str]()
            self.uncovered = Decimal(0)

        @property
        def now(self) -> datetime:
            return START + timedelta(days=self.day)

        @contextmanager
        def change(self) -> Iterator[Connection]:
            with engine.begin() as connection:
                yield connection

        def month(self) -> None:
            """The free tier's, given on the first occasion in a month; lapses as the next begins."""
            if f"{self.now:%Y-%m}" not in self.months:
                self.months.add(f"{self.now:%Y-%m}")
                lapses = next(
                    d for d in range(self.day, 99) if f"{START + timedelta(days=d):%Y-%m}" != f"{self.now:%Y-%m}"
                )
                self.model.give(f"{self.now:%Y-%m} free", Decimal(300), lapses)

        @rule(days=st.integers(1, 9))
        def wait(self, days: int) -> None:
            if self.day + days < 60:
                self.day += days

        @rule(target=given, amount=st.integers(1, 200), days=st.integers(1, 40))
        def give(self, amount: int, days: int) -> str:
            name = f"gift {len(self.model.purses)}"
            with self.change() as connection:
                until = self.now + timedelta(days=days)
                grants.give(connection, self.user, "admin", name, Decimal(amount), at=self.now, expires_at=until)
            self.model.give(name, Decimal(amount), self.day + days)
            return name

        @rule(target=held, usd=cents)
        def reserve(self, usd: Decimal) -> Any:
            self.month()
            try:
                with self.change() as connection:
                    payment = intended(connection, self.user, usd).id
                    credits.reserve(connection, self.user, "free", payment, usd, TARIFF, self.now)
            except PermanentFailure:
                assert usd * 200 > self.model.available(self.day)
                return multiple()
            assert self.model.reserve(payment, usd * 200, self.day)
            return payment

        @rule(payment=consumes(held), usd=cents)
        def settle(self, payment: int, usd: Decimal) -> None:
            ended = {"state": "wrong", "cost_usd": usd}
            for _ in range(2):  # done twice, it is done once
                with self.change() as connection:
                    credits.settle(connection, payment, usd, self.now)
                    connection.execute(update(payments).where(payments.c.id == payment).values(ended))
            self.uncovered += self.model.settle(payment, usd * 200, self.day)

        @rule(name=given, share=st.integers(0, 250))
        def revoke(self, name: str, share: int) -> None:
            with self.change() as connection:
                grants.lock(connection, self.user)
                grants.revoke(connection, self.user, name, Decimal(share))
            self.model.revoke(name, Decimal(share))

        @invariant()
        def stands_as_the_model_says(self) -> None:
            if not hasattr(self, "user"):
                return
            self.month()
            with self.change() as connection:
                found = statement.balance(connection, self.user, TARIFF, self.now)
                grant = credit_grants.c
                rows = connection.execute(select(grant.reference, grant.unused).where(grant.owner_id == self.user))
                lost = select(func.coalesce(func.sum(credit_charges.c.uncovered), 0))
                uncovered = connection.execute(lost.where(credit_charges.c.owner_id == self.user)).scalar_one()
                wrong = audit.imbalances(connection)
            assert {row.reference: row.unused for row in rows} == {p["name"]: p["left"] for p in self.model.purses}
            assert found.available == self.model.available(self.day)
            assert found.held == sum(sum(parts.values()) for parts in self.model.held.values())
            assert uncovered == self.uncovered
            assert wrong == []

        def teardown(self) -> None:
            for payment in list(self.model.held) if hasattr(self, "model") else ():
                self.settle(payment, Decimal(0))

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
