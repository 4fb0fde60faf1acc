"""The hourly limit of generations: exact however many count at once, and each refusal says what would help."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from litink.billing.limits import HOUR, LimitReached, start_generation, take_back
from litink.db.schema import generation_starts
from tests.billing.conftest import NOW, TARIFF, NewUser


def start(engine: Engine, user: UUID, at: datetime, tier: str = "free") -> int | None:
    with engine.begin() as connection:
        return start_generation(connection, user, tier, TARIFF, at)[0]


def reached(engine: Engine, user: UUID, at: datetime, tier: str = "free") -> LimitReached:
    with pytest.raises(LimitReached) as caught:
        start(engine, user, at, tier)
    return caught.value


def test_a_place_frees_an_hour_after_the_request_that_took_it(engine: Engine, user: UUID) -> None:
    for minute in range(10):
        start(engine, user, NOW + timedelta(minutes=minute))
    refusal = reached(engine, user, NOW + timedelta(minutes=30))
    assert (refusal.quota, refusal.frees_at, refusal.lifted_by) == (10, NOW + HOUR, "basic")
    assert "13:00:00 UTC" in refusal.message
    assert "“basic” allows more" in refusal.message
    start(engine, user, NOW + HOUR)
    assert reached(engine, user, NOW + HOUR).frees_at == NOW + HOUR + timedelta(minutes=1)
    start(engine, user, NOW + timedelta(minutes=30), "basic")  # a better tier has room at once


def test_a_request_that_came_to_nothing_gives_its_place_back(engine: Engine, user: UUID) -> None:
    numbers = [start(engine, user, NOW) for _ in range(10)]
    with engine.begin() as connection:
        take_back(connection, numbers[3] or 0)
    start(engine, user, NOW)
    reached(engine, user, NOW)


def test_without_a_limit_nothing_is_counted(engine: Engine, user: UUID) -> None:
    for _ in range(20):
        assert start(engine, user, NOW, "professional") is None
    with engine.connect() as connection:
        mine = select(func.count()).select_from(generation_starts).where(generation_starts.c.owner_id == user)
        assert connection.execute(mine).scalar_one() == 0


COUNTING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID
from sqlalchemy import create_engine
from litink.billing.limits import LimitReached, start_generation
from tests.billing.conftest import NOW, TARIFF

engine, user = create_engine(sys.argv[1], pool_size=8), UUID(sys.argv[2])

def start(_):
    try:
        with engine.begin() as connection:
            start_generation(connection, user, "basic", TARIFF, NOW)
    except LimitReached:
        return 0
    return 1

with ThreadPoolExecutor(8) as pool:
    print(sum(pool.map(start, range(80))))
"""


def test_several_processes_together_start_as_many_as_the_tier_has(engine: Engine, new_user: NewUser) -> None:
    user = new_user("basic")
    url = engine.url.render_as_string(hide_password=False)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, url, str(user)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for _ in range(3)
    ]
    assert sum(int(process.communicate(timeout=120)[0]) for process in running) == 100


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(waits=st.lists(st.integers(0, 900), max_size=40))
def test_no_hour_ever_has_more_than_the_quota_and_room_is_never_refused(
    engine: Engine, new_user: NewUser, waits: list[int]
) -> None:
    user, at, taken = new_user(), NOW, list[datetime]()
    for wait in waits:
        at += timedelta(seconds=wait)
        room = sum(one > at - HOUR for one in taken) < 10
        if room:
            start(engine, user, at)
            taken.append(at)
        else:
            reached(engine, user, at)
