"""Whether money comes out right: lives of subscribers against an independent model, and reservations from everywhere.

A life is three years on a clock of an emulated Stripe: subscribing, changing, leaving, cards that fail, refunds,
disputes; most events are lost, others come doubled and shuffled. Tier, every grant of credits and every invoice must be
as a model reckons that knows what was done and the calendar.

    python benchmarks/billing.py [--write] [--json] [--quick] [--lives 10]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from _report import ROOT, Goal, finish, options, table

sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, insert

from litink.billing import audit, grants, statement
from litink.db.engine import application_url, create_databases, engine_for
from litink.db.migrate import upgrade
from litink.db.schema import users
from litink.generation.paid import settlement
from litink.generation.paid.policy import Policy
from litink.generation.paid.settlement import Verdict
from litink.platform.postgres import EmbeddedPostgres
from litink.settings import Settings
from tests.billing.conftest import POLICY, TARIFF, paying
from tests.billing.life import Life
from tests.billing.subscriber import stripe_shop, subscriber_at
from tests.billing.test_overdraft import RESERVING, written
from tests.emulated import Emulator
from tests.generation.test_budgets import draft

DOCUMENT = ROOT / "docs" / "billing.md"
GOALS = {
    "lives_as_reckoned": Goal(">=", 1.0),
    "overdrawn": Goal("<=", 0.0),
    "imbalances": Goal("<=", 0.0),
}


def main() -> None:
    chosen = options(__doc__ or "", DOCUMENT, lives=10)
    lives, months, wanted = (1, 8, 1_000) if chosen.quick else (chosen.lives, 36, 10_000)
    with _house() as (engine, settings, emulator):
        right, seen, seconds = _lives(engine, settings, emulator, lives, months)
        granted, there, rate, overdrawn = _reservations(engine, wanted)
        plain, charged = _call(engine, replace(POLICY, tariff=None)), _call(engine, POLICY)
        with engine.connect() as connection:
            wrong = len(audit.imbalances(connection))
    figures = {
        "lives_as_reckoned": right / lives,
        "overdrawn": float(overdrawn),
        "imbalances": float(wrong),
        "reservations_a_second": rate,
        "call_ms": 1000 * plain,
        "call_with_credits_ms": 1000 * charged,
    }
    rows = [
        (f"lives of {months} months", lives),
        ("of them as reckoned: tier, every grant, every invoice", f"{right} (goal: all)"),
        ("comparisons with the model on the way", seen["checks"]),
        ("events that arrived, in any order, some twice", seen["posted"] + seen["posted again"]),
        ("customers of whom only the daily comparison had news", seen["put right by the comparison"]),
        ("seconds a life", f"{seconds / lives:.0f}"),
        ("reservations at once, from 4 processes of 8 threads", f"{wanted:,}"),
        ("of them granted / there was room for", f"{granted:,} / {there:,}"),
        ("credits overdrawn", f"{overdrawn} (goal: 0)"),
        ("reservations a second, all on one account", f"{rate:.0f}"),
        ("a call's books in the database, without and with credits", f"{1000 * plain:.1f} / {1000 * charged:.1f} ms"),
        ("imbalances between credits, payments and ledger", f"{wrong} (goal: 0)"),
    ]
    finish(chosen, DOCUMENT, table(("", "measured"), rows), figures, GOALS)


@contextmanager
def _house() -> Iterator[tuple[Engine, Settings, Emulator]]:
    with tempfile.TemporaryDirectory(prefix="litink-billing-") as name:
        Path(name).chmod(0o755)
        settings = Settings(_env_file=None, home=Path(name), postgres_port=22_900)
        with EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).shared():
            create_databases(settings)
            engine = engine_for(application_url(settings))
            upgrade(engine)
            emulator = Emulator(Path(name) / "emulator")
            try:
                yield engine, settings, emulator
            finally:
                emulator.close()


def _user(engine: Engine) -> UUID:
    with engine.begin() as connection:
        made = insert(users).values(name=f"user-{uuid4().hex}", tier="free").returning(users.c.id)
        found: UUID = connection.execute(made).scalar_one()
    return found


def _lives(
    engine: Engine, settings: Settings, emulator: Emulator, count: int, months: int
) -> tuple[int, Counter[str], float]:
    """How many end as reckoned, what was seen, and the seconds that it took."""
    right, seen, began = 0, Counter[str](), time.perf_counter()
    for seed in range(count):
        emulator.reset()
        with stripe_shop(engine, emulator, settings) as (owner, own, _):
            life = Life(subscriber_at(engine, emulator, owner, own, _user(engine)), seed)
            try:
                life.live(months)
                right += 1
            except AssertionError as error:
                sys.stderr.write(f"life {seed}: {error}\n")
            seen.update(life.counts)
    return right, seen, time.perf_counter() - began


def _reservations(engine: Engine, count: int) -> tuple[int, int, float, Decimal]:
    """Granted, affordable, reservations a second, and credits below zero."""
    user, now, processes, threads = _user(engine), datetime.now(UTC), 4, 8
    with engine.begin() as connection:
        for n in range(3):
            lapses = now + timedelta(days=30 * (n + 1))
            grants.give(connection, user, "admin", str(n), Decimal(count // 2), at=now, expires_at=lapses)
    wanted, share = written(engine, user, count), count // processes
    url = engine.url.render_as_string(hide_password=False)
    began = time.perf_counter()
    running = [
        subprocess.Popen(
            [sys.executable, "-c", RESERVING, url, str(user), str(threads), str(part[0]), str(part[-1])],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for part in (wanted[k * share : (k + 1) * share] for k in range(processes))
    ]
    granted = sum(int(process.communicate()[0]) for process in running)
    rate = count / (time.perf_counter() - began)
    with engine.begin() as connection:
        left = statement.balance(connection, user, TARIFF, now)
    all_credits = Decimal(3 * (count // 2) + 300)  # with the free tier's month
    assert left.available + left.held == all_credits
    return granted, int(all_credits // 2), rate, max(Decimal(0), left.held - all_credits)


def _call(engine: Engine, policy: Policy, rounds: int = 200) -> float:
    """Median seconds of what a paid call writes: opened, settled."""
    owned, took = paying(_user(engine)), list[float]()
    for _ in range(rounds):
        began = time.perf_counter()
        with engine.begin() as connection:
            payment = settlement.open_payment(connection, draft(owned, Decimal("0.001")), policy)
        assert payment is not None
        with engine.begin() as connection:
            settlement.settle(connection, payment, Verdict("wrong", Decimal("0.001")), policy)
        took.append(time.perf_counter() - began)
    return median(took)


if __name__ == "__main__":
    main()
