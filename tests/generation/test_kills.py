"""Killed at any line, a purchase goes on where it stood: nothing is billed twice, nothing that was paid for is lost."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from litink.db.schema import payments
from litink.errors import PermanentFailure
from litink.generation.model import Owned
from litink.generation.paid.budgets import ALWAYS, budget, imbalances
from litink.generation.paid.cashier import Cashier
from litink.objects import Objects
from tests.generation.conftest import NewCashier, left_in
from tests.generation.shop import COST, Shop, ladder, purpose, text

Victim = Callable[..., dict[str, Any]]

PLANS = {"answer": ["ok"], "job": ["job"], "second try": ["503"], "looked up": ["lost"], "not taken": ["lost-free"]}


@pytest.fixture
def new_victim(engine: Engine, owned: Owned, objects: Objects, tmp_path: Path) -> Iterator[Callable[[], Victim]]:
    """Starts programs whose children buy and die before the ``at``-th line of the cashier."""
    where = {
        "url": engine.url.render_as_string(hide_password=False),
        "folder": str(tmp_path),
        "owner": str(owned.owner_id),
        "book": str(owned.book_id),
    }
    programs: list[subprocess.Popen[str]] = []

    def start() -> Victim:
        program = subprocess.Popen(
            [sys.executable, "-m", "tests.generation.killed", json.dumps(where)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        programs.append(program)

        def buy(prompt: str, plan: list[str], at: int, *, tells: bool = True, run: str = "run-1") -> dict[str, Any]:
            assert program.stdin is not None
            assert program.stdout is not None
            job = {"prompt": prompt, "plan": plan, "at": at, "tells": tells, "run": run}
            print(json.dumps(job), file=program.stdin, flush=True)
            answer: dict[str, Any] = json.loads(program.stdout.readline())
            return answer

        return buy

    yield start
    for program in programs:
        program.communicate(timeout=30)


@pytest.fixture
def victim(new_victim: Callable[[], Victim]) -> Victim:
    return new_victim()


def length(victim: Victim, prompt: str, plan: list[str]) -> int:
    """How many lines of the cashier this takes when nobody is killed."""
    answer = victim(prompt, plan, 0)
    assert answer.get("value") == f"test/first says {prompt} (0)"
    return int(answer["lines"])


def finish(cashier: Cashier, owned: Owned, prompt: str) -> str | None:
    """What the next run gets; None when it is held."""
    try:
        return cashier.buy(purpose(owned, run="run-2"), ladder(prompt), text).value
    except PermanentFailure as error:
        if error.code != "payment-held":
            raise
        return None


def held(engine: Engine, owned: Owned) -> int:
    query = select(payments.c.id).where(payments.c.book_id == owned.book_id, payments.c.state == "unknown")
    with engine.connect() as connection:
        assert imbalances(connection) == []
        return len(connection.execute(query).all())


def spent(engine: Engine, owned: Owned) -> Decimal:
    with engine.connect() as connection:
        return budget(connection, "book", owned.book_id, ALWAYS, None).spent_usd


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_killed_at_any_line_nothing_is_lost_or_billed_twice(
    victim: Victim, new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path, plan: list[str]
) -> None:
    shop = Shop(tmp_path / "shop")
    cashier = new_cashier(shop)
    lines, kills = length(victim, prompt, plan), 0
    for at in range(1, lines, lines // 14):
        asked = f"{prompt} {at}"
        kills += victim(asked, plan, at)["killed"]
        assert finish(cashier, owned, asked) == f"test/first says {asked} (0)", at
    assert kills >= 12
    assert shop.billed_twice() == []
    assert held(engine, owned) == 0
    assert spent(engine, owned) == shop.total() == COST * len(shop.bill())
    cashier.recover_stale(older_than=0)  # sweeps what kills left between two lines
    assert not left_in(tmp_path / "journal", engine, owned)


def test_when_the_provider_cannot_tell_the_answer_is_kept_or_held_and_never_bought_twice(
    victim: Victim, new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", tells=False)
    cashier = new_cashier(shop)
    lines = length(victim, prompt, ["ok"])
    lost = 0
    for at in range(2, lines, lines // 14):
        asked, before = f"{prompt} {at}", len(shop.bill())
        victim(asked, ["ok"], at, tells=False)
        if finish(cashier, owned, asked) is None:
            lost += 1
            assert len(shop.bill()) == before + 1  # nothing is held that was not sent
    assert shop.billed_twice() == []
    assert held(engine, owned) == lost <= 4  # between the sending and the journal


@pytest.mark.parametrize("plan", [["die"], ["die-billed"]])
@pytest.mark.parametrize("tells", [True, False])
def test_killed_while_the_request_is_out(
    victim: Victim,
    new_cashier: NewCashier,
    engine: Engine,
    owned: Owned,
    prompt: str,
    tmp_path: Path,
    plan: list[str],
    tells: bool,
) -> None:
    assert victim(prompt, plan, 0, tells=tells) == {"killed": True}
    shop = Shop(tmp_path / "shop", tells=tells)
    value = finish(new_cashier(shop), owned, prompt)
    assert (value is not None) == tells
    assert shop.billed_twice() == []
    assert len(shop.bill()) == (1 if tells or plan == ["die-billed"] else 0)
    assert held(engine, owned) == (0 if tells else 1)


def test_killed_again_and_again(
    victim: Victim, new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop")
    chance = random.Random(7)
    lines = length(victim, prompt, ["job"])
    for n in range(8):
        asked = f"{prompt} {n}"
        for run in range(4):
            victim(asked, ["job"], chance.randrange(1, lines), run=f"run-{run}")
        assert finish(new_cashier(shop), owned, asked) == f"test/first says {asked} (0)"
    assert shop.billed_twice() == []
    assert held(engine, owned) == 0


@pytest.mark.parametrize("rounds", [6, pytest.param(200, marks=[pytest.mark.campaign, pytest.mark.timeout(3600)])])
def test_processes_that_want_the_same_and_are_killed_at_random(
    new_victim: Callable[[], Victim],
    new_cashier: NewCashier,
    engine: Engine,
    owned: Owned,
    prompt: str,
    tmp_path: Path,
    rounds: int,
) -> None:
    shop, victims, chance = Shop(tmp_path / "shop"), [new_victim() for _ in range(3)], random.Random(11)
    lines = length(victims[0], prompt, ["job"])
    for n in range(rounds):
        asked = f"{prompt} {n}"
        plans = [PLANS[chance.choice(list(PLANS))] for _ in victims]
        ends = [chance.choice([0, chance.randrange(1, lines)]) for _ in victims]
        with ThreadPoolExecutor(3) as pool:
            told = list(pool.map(lambda v, plan, at: v(asked, plan, at), victims, plans, ends))  # noqa: B023
        assert {answer["value"] for answer in told if not answer["killed"]} <= {f"test/first says {asked} (0)"}
        assert finish(new_cashier(shop), owned, asked) == f"test/first says {asked} (0)"
    assert shop.billed_twice() == []
    assert held(engine, owned) == 0
    assert spent(engine, owned) == shop.total()


def test_what_a_killed_run_left_is_recovered_by_the_sweeper(
    victim: Victim, new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop")
    sweeper = new_cashier(shop)
    lines = length(victim, prompt, ["ok"])
    for at in range(1, lines, lines // 8):
        victim(f"{prompt} {at}", ["ok"], at)
    victim(f"{prompt} billed", ["die-billed"], 0)
    sweeper.recover_stale(older_than=0)
    with engine.connect() as connection:
        query = select(payments.c.state).where(payments.c.book_id == owned.book_id)
        assert set(connection.execute(query).scalars()) <= {"done", "refused"}
    assert not left_in(tmp_path / "journal", engine, owned)
    assert (len(shop.sent), shop.billed_twice()) == (0, [])
    assert spent(engine, owned) == shop.total()


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_killed_at_every_line(
    victim: Victim, new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path, plan: list[str]
) -> None:
    shop = Shop(tmp_path / "shop")
    cashier = new_cashier(shop)
    for at in range(1, length(victim, prompt, plan)):
        asked = f"{prompt} {at}"
        victim(asked, plan, at)
        assert finish(cashier, owned, asked) == f"test/first says {asked} (0)", at
    assert shop.billed_twice() == []
    assert held(engine, owned) == 0
    assert spent(engine, owned) == shop.total()
