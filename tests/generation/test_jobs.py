"""Jobs that providers work on, and what was abandoned: waited for, taken up again, or held. Never sent twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from litink.db.schema import payments, webhooks
from litink.generation.model import Owned
from litink.generation.paid.payments import take_hint
from litink.providers.wire import Answer, AnswerLost, Pending, Request
from tests.generation.conftest import NewCashier, budget, failed, left_in, the_payment
from tests.generation.shop import COST, ESTIMATE, Shop, ladder, purpose, text

# -- jobs --------------------------------------------------------------------------------------------------------------


def test_a_job_is_waited_for(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["job"])
    assert new_cashier(shop).buy(purpose(owned), ladder(prompt), text).value
    assert (len(shop.sent), budget(engine, owned)) == (1, (0, COST))


def test_a_job_that_fails_costs_what_the_provider_says(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["job-fails"])
    assert new_cashier(shop).buy(purpose(owned), ladder(prompt, ["first", "second"]), text).rung == 1
    assert budget(engine, owned) == (0, Decimal("0.005") + COST)


@pytest.mark.parametrize(("fault", "code"), [("job-vanishes", "job-unknown"), ("job-endless", "job-endless")])
def test_a_job_that_vanishes_or_never_ends_is_held(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path, fault: str, code: str
) -> None:
    shop = Shop(tmp_path / "shop", [fault], tells=False)
    with failed("payment-held"):
        new_cashier(shop, job=0.2).buy(purpose(owned), ladder(prompt, ["first", "second"]), text)
    row = the_payment(engine, owned)
    assert (row.state, row.error["code"], len(shop.sent)) == ("unknown", code, 1)
    assert budget(engine, owned) == (ESTIMATE, 0)


def test_a_stopped_run_leaves_its_job_to_the_next_one(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    stop = threading.Event()

    class Slow(Shop):
        def fetch(self, request: Request, reference: str) -> Answer | Pending:
            stop.set()
            return Pending(reference, 600.0)

    cashier = new_cashier(Slow(tmp_path / "shop", ["job"]))
    with failed("stopped"):
        cashier.buy(purpose(owned, stop=stop), ladder(prompt), text)
    assert the_payment(engine, owned).state == "accepted"
    shop = Shop(tmp_path / "shop")
    assert new_cashier(shop).buy(purpose(owned, run="run-2"), ladder(prompt), text).value
    assert (len(shop.sent), the_payment(engine, owned).run_id) == (0, "run-2")


class Sleeper(Shop):
    """Its jobs are done when it is told so; it counts how often it is asked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ["job"])
        self.asked = threading.Semaphore(0)
        self.done = threading.Event()

    def fetch(self, request: Request, reference: str) -> Answer | Pending:
        ready = self.done.is_set()
        self.asked.release()
        return self._answer(request, reference) if ready else Pending(reference, 600.0)


def test_a_hint_wakes_whoever_waits_for_the_job_and_is_believed_by_nobody(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Sleeper(tmp_path / "shop")
    cashier = new_cashier(shop, poll_at_least=600.0, poll_at_most=600.0, webhooks="https://litink.example/hooks")

    def hint() -> bool:
        with engine.begin() as connection:
            token = connection.execute(select(payments.c.token).where(payments.c.book_id == owned.book_id)).scalar_one()
            return take_hint(connection, "openrouter", token, {"status": "success", "output": ["evil"]})

    with ThreadPoolExecutor(1) as pool:
        buying = pool.submit(cashier.buy, purpose(owned), ladder(prompt), text)
        while not shop.asked.acquire(timeout=0.1):  # the first waits may not have begun to listen
            if shop.webhooks:
                hint()
        assert not buying.done()
        shop.done.set()
        assert hint()
        assert buying.result(30).value
    with engine.begin() as connection:
        row = the_payment(engine, owned)
        assert shop.webhooks == [f"https://litink.example/hooks/openrouter/{row.token}"]
        assert connection.execute(select(webhooks.c.body).where(webhooks.c.token == row.token)).first() is not None
        assert not take_hint(connection, "modelslab", row.token, {})
        assert not take_hint(connection, "openrouter", "forged", {})


# -- abandoned ---------------------------------------------------------------------------------------------------------


def test_abandoned_jobs_and_answers_are_recovered_without_anybody_asking_again(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    stop = threading.Event()

    class Slow(Shop):
        def fetch(self, request: Request, reference: str) -> Answer | Pending:
            stop.set()
            return Pending(reference, 600.0)

    with failed("stopped"):
        new_cashier(Slow(tmp_path / "shop", ["job"])).buy(purpose(owned, stop=stop), ladder(prompt), text)
    shop = Shop(tmp_path / "shop")
    sweeper = new_cashier(shop)
    assert sweeper.recover_stale(older_than=3600).done == 0
    states_seen = []
    for _ in range(3):
        sweeper.recover_stale(older_than=0)
        states_seen.append(the_payment(engine, owned).state)
    assert states_seen == ["accepted", "accepted", "done"]
    assert budget(engine, owned) == (0, COST)
    assert sweeper.buy(purpose(owned), ladder(prompt), text).value
    assert shop.sent == []
    assert not left_in(tmp_path / "journal", engine, owned)


def test_the_sweeper_gives_a_provider_time_to_know(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    class Late(Shop):
        def look_up(self, request: Request, reference: str, sent_at: datetime) -> Answer:
            raise AnswerLost("not-on-record", "Ask again.")

    stop = threading.Event()
    left = new_cashier(Shop(tmp_path / "shop", ["lost"], during=lambda _: stop.set()))
    with failed("stopped"):
        left.buy(purpose(owned, stop=stop), ladder(prompt), text)
    sweeper = new_cashier(Late(tmp_path / "shop"))
    sweeper.recover_stale(older_than=0)
    assert the_payment(engine, owned).state == "sent"
    with engine.begin() as connection:
        connection.execute(
            update(payments).where(payments.c.book_id == owned.book_id).values(deadline_at=func.clock_timestamp())
        )
    sweeper.recover_stale(older_than=0)
    assert the_payment(engine, owned).state == "unknown"
    assert new_cashier(Shop(tmp_path / "shop")).buy(purpose(owned), ladder(prompt), text).value


def test_what_is_in_somebodys_hands_is_not_recovered(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    entered, leave = threading.Event(), threading.Event()
    shop = Shop(tmp_path / "shop", during=lambda request: (entered.set(), leave.wait(30)))
    cashier, sweeper = new_cashier(shop), new_cashier(Shop(tmp_path / "shop"))
    with ThreadPoolExecutor(1) as pool:
        buying = pool.submit(cashier.buy, purpose(owned), ladder(prompt), text)
        assert entered.wait(30)
        sweeper.recover_stale(older_than=0)
        assert the_payment(engine, owned).state == "sent"
        leave.set()
        assert buying.result(30).value
