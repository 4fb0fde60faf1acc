"""A model that fails again and again is left alone by everybody, then tried once, then trusted again or not."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, select, update

from litink.db.schema import breakers as table
from litink.errors import PermanentFailure
from litink.generation.model import Owned
from litink.generation.paid import breakers
from litink.generation.paid.breakers import BreakerOpen, Health
from tests.generation.conftest import NewCashier
from tests.generation.shop import Shop, ladder, purpose, quick, text

POLICY = quick(Path("/nowhere"), breaker_failures=3, breaker_pause=30.0)


@pytest.fixture
def model() -> str:
    """Health is shared by all, so each test asks a model of its own."""
    return f"m-{uuid4().hex[:8]}"


def ended(engine: Engine, model: str, health: Health, token: str = "") -> None:
    with engine.begin() as connection:
        breakers.record(connection, "openrouter", model, token, health, POLICY)


def admitted(engine: Engine, model: str, token: str = "t", seconds: float = 60.0) -> bool:
    try:
        with engine.begin() as connection:
            breakers.admit(connection, "openrouter", model, token, seconds)
    except BreakerOpen:
        return False
    return True


def pause_is_over(engine: Engine, model: str) -> None:
    with engine.begin() as connection:
        connection.execute(update(table).where(table.c.model == model).values(retry_at=func.now()))


def test_it_opens_after_so_many_failures_in_a_row(engine: Engine, model: str) -> None:
    for _ in range(2):
        ended(engine, model, "ill")
    ended(engine, model, "well")
    for _ in range(2):
        ended(engine, model, "ill")
    assert admitted(engine, model)
    ended(engine, model, "ill")
    assert not admitted(engine, model)


def test_what_says_nothing_about_health_does_not_count(engine: Engine, model: str) -> None:
    for _ in range(5):
        ended(engine, model, "unclear")
    assert admitted(engine, model)


def test_exactly_one_trial_goes_through_however_many_ask(engine: Engine, model: str) -> None:
    for _ in range(3):
        ended(engine, model, "ill")
    pause_is_over(engine, model)
    start = threading.Barrier(12)

    def ask(n: int) -> bool:
        start.wait(30)
        return admitted(engine, model, f"t{n}")

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(ask, range(12))) == 1


def test_a_trial_that_went_well_closes_it(engine: Engine, model: str) -> None:
    for _ in range(3):
        ended(engine, model, "ill")
    pause_is_over(engine, model)
    assert admitted(engine, model, "trial")
    ended(engine, model, "well", "trial")
    assert admitted(engine, model, "a")
    assert admitted(engine, model, "b")


def test_a_trial_that_failed_opens_it_for_twice_as_long(engine: Engine, model: str) -> None:
    for _ in range(3):
        ended(engine, model, "ill")
    pause_is_over(engine, model)
    assert admitted(engine, model, "trial")
    ended(engine, model, "ill", "trial")
    assert not admitted(engine, model)
    with engine.connect() as connection:
        row = connection.execute(
            select(table.c.retry_at - table.c.updated_at).where(table.c.model == model)
        ).scalar_one()
    assert timedelta(seconds=59) < row < timedelta(seconds=61)


def test_a_trial_that_said_nothing_leaves_the_next_one_to_another(engine: Engine, model: str) -> None:
    for _ in range(3):
        ended(engine, model, "ill")
    pause_is_over(engine, model)
    assert admitted(engine, model, "trial")
    ended(engine, model, "unclear", "somebody else")
    assert not admitted(engine, model, "a")
    ended(engine, model, "unclear", "trial")
    assert admitted(engine, model, "a")


def test_a_trial_never_heard_of_is_void_after_its_time(engine: Engine, model: str) -> None:
    for _ in range(3):
        ended(engine, model, "ill")
    pause_is_over(engine, model)
    assert admitted(engine, model, "killed", seconds=0.0)
    assert admitted(engine, model, "next")


def test_a_late_failure_of_an_older_call_does_not_void_the_trial(engine: Engine, model: str) -> None:
    for _ in range(3):
        ended(engine, model, "ill")
    pause_is_over(engine, model)
    assert admitted(engine, model, "trial")
    ended(engine, model, "ill", "older")
    pause_is_over(engine, model)
    assert not admitted(engine, model, "another")
    ended(engine, model, "unclear", "trial")
    assert admitted(engine, model, "another")


def test_an_open_breaker_sends_everybody_to_the_next_rung(
    new_cashier: NewCashier, owned: Owned, another_book: Owned, prompt: str, model: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["503"] * 3)
    first = new_cashier(shop, breaker_failures=3)
    assert first.buy(purpose(owned), ladder(prompt, [model, model + "-b"]), text).rung == 1
    other = Shop(tmp_path / "shop")
    second = new_cashier(other, breaker_failures=3)
    assert second.buy(purpose(another_book), ladder(prompt + "!", [model, model + "-b"]), text).rung == 1
    assert [request.model for request in other.sent] == [f"test/{model}-b"]
    with pytest.raises(PermanentFailure, match="left alone for a while"):
        second.buy(purpose(another_book), ladder(prompt + "?", [model]), text)


@pytest.mark.parametrize(("fault", "ill"), [("429", False), ("400", False), ("503", True), ("wrong", True)])
def test_being_throttled_or_refused_is_no_illness(
    new_cashier: NewCashier,
    engine: Engine,
    owned: Owned,
    prompt: str,
    model: str,
    tmp_path: Path,
    fault: str,
    ill: bool,
) -> None:
    cashier = new_cashier(Shop(tmp_path / "shop", [fault] * 3), tries=1)
    with pytest.raises(PermanentFailure):
        cashier.buy(purpose(owned), ladder(prompt, [model]), text)
    with engine.connect() as connection:
        assert (connection.execute(select(table).where(table.c.model == model)).first() is not None) == ill
