"""SIGKILL at any moment of carrying out a plan or a backfill: started again, it comes to the same end at the same cost
as one that nobody disturbed. Real families, cashier and adapters against the emulated providers, in processes of their
own."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, delete, insert, select

from litink.db.schema import breakers, payments, users
from litink.generation.paid.cashier import Cashier
from litink.production import stages
from litink.production.backfill.acts import Backfills
from litink.production.backfill.model import BackfillOptions
from litink.production.engines import cashier_of
from litink.production.graph import FAMILIES
from litink.production.names import COVER
from litink.production.studio import Studio
from litink.settings import Settings
from tests.emulated import Emulator
from tests.production.plan.conftest import Story, rest
from tests.production.plan.killed import carry_out

pytestmark = [pytest.mark.engines, pytest.mark.timeout(1200)]

PROCESSES = multiprocessing.get_context("forkserver")  # a real process each time, without its imports
PROCESSES.set_forkserver_preload(["tests.production.plan.killed"])
KILLS = 2  # of one plan: a run that is lost three times is given up
LATENCY = {"picture": 0.15}
TIER = "standard"


class Operator:
    """Starts what was killed again, and decides about calls of which nobody can tell whether they were billed."""

    def __init__(self, engine: Engine, cashier: Cashier, providers: Emulator) -> None:
        self.engine, self.cashier, self.providers = engine, cashier, providers
        self.lost = Decimal(0)  # billed, and the answer died with the process; not of covers

    def clear_up(self, book_id: UUID) -> None:
        with self.engine.begin() as connection:
            for run in stages.quiet(connection, 0):
                if run.book_id == book_id and run.stage != "film":
                    stages.lose(connection, run)
            connection.execute(delete(breakers))  # that calls were cut off was not the providers' doing
        self.cashier.recover_stale(0)
        for payment in self.cashier.held(limit=1000):
            if payment.book_id == book_id:
                account = [row for row in self.providers.bill().charges if row["track"] == payment.token]
                billed = sum((Decimal(row["amount_usd"]) for row in account), Decimal(0))
                self.cashier.resolve(payment.id, billed=bool(account), cost_usd=billed, by="operator")
                self.lost += billed if payment.item_key != COVER else 0


@pytest.fixture
def owner(engine: Engine) -> UUID:
    with engine.begin() as connection:
        row = insert(users).values(name=uuid4().hex, tier=TIER).returning(users.c.id)
        found: UUID = connection.execute(row).scalar_one()
        return found


@pytest.mark.parametrize("wanted", [1, pytest.param(20, marks=[pytest.mark.campaign, pytest.mark.timeout(3600)])])
@pytest.mark.parametrize("by", ["plan", "backfill"])
def test_it_comes_to_the_same_end_at_the_same_cost(
    studio: Studio,
    engine: Engine,
    providers: Emulator,
    wired: dict[str, Any],
    owner: UUID,
    tmp_path: Path,
    by: str,
    wanted: int,
) -> None:
    dice, kills = random.Random(by), 0
    _ended(PROCESSES.Process(target=int))  # from now on the others begin at once
    with cashier_of(Settings(_env_file=None, **wired), engine, studio.objects) as cashier:
        while kills < wanted:
            undisturbed = _made(studio, tmp_path, owner)
            before, began = undisturbed.spent(cover=False), time.monotonic()
            providers.settings(latency=LATENCY)
            _run(wired, undisturbed, _begin(undisturbed, by), None)
            seconds = time.monotonic() - began
            providers.settings(latency=dict.fromkeys(LATENCY, 0.0))
            state, cost = _state(undisturbed), _difference(before, undisturbed.spent(cover=False))
            rest(studio, undisturbed.id)

            killed, operator = _made(studio, tmp_path, owner), Operator(engine, cashier, providers)
            before, own, bill = killed.spent(), killed.spent(cover=False), providers.bill().total
            plan_id = _begin(killed, by)
            providers.settings(latency=LATENCY)
            for _ in range(KILLS):
                if _run(wired, killed, plan_id, dice.uniform(0.0, 0.9 * seconds)):
                    break
                kills += 1
                operator.clear_up(killed.id)
            else:
                _run(wired, killed, plan_id, None)
            providers.settings(latency=dict.fromkeys(LATENCY, 0.0))

            assert _state(killed) == state
            whole = _difference(before, killed.spent())
            assert _difference(own, killed.spent(cover=False)) - operator.lost == cost > 0
            assert whole == providers.bill().total - bill
            assert providers.bill().twice == {}
            assert not killed.plan().draft.usd_most
            with engine.connect() as connection:
                unsettled = payments.c.state.in_(("sent", "accepted", "unknown"))
                ours = payments.c.book_id.in_((undisturbed.id, killed.id))
                assert not connection.execute(select(payments.c.id).where(unsettled, ours)).all()
            rest(studio, killed.id)
            if plan_id is not None:
                plan = killed.planner.get(killed.record, plan_id)
                assert (plan.state, whole <= plan.usd_most) == ("done", True)


def _made(studio: Studio, folder: Path, owner: UUID) -> Story:
    """All stories have words of one length, and so cost the same."""
    story = Story(studio, folder, owner=owner)
    story.work()
    rest(studio, story.id)
    return story


def _begin(story: Story, by: str) -> UUID | None:
    """What is to be carried out: a plan, not applied yet; or, None, a backfill of everything in the owner's tier."""
    if by == "plan":
        return story.plan(changes={"image.model": "flux"}).id
    asked = {"asset": "scene_images", "with": {"image.model": "flux"}, "tier": TIER}
    Backfills(story.studio.engine, story.studio.engines).start(BackfillOptions.model_validate(asked), story.owner)
    return None


def _run(wired: dict[str, Any], story: Story, plan_id: UUID | None, seconds: float | None) -> bool:
    """Whether it was carried out; False: it was killed after so many seconds."""
    return _ended(PROCESSES.Process(target=carry_out, args=(wired, story.id, plan_id), daemon=True), seconds)


def _ended(process: multiprocessing.process.BaseProcess, seconds: float | None = None) -> bool:
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        process.join()
        return False
    assert process.exitcode == 0
    return True


def _state(story: Story) -> Counter[tuple[str, str]]:
    """How many items of each asset stand how; what they are called differs from story to story."""
    production = story.studio.production(story.id)
    return Counter((asset, item.state) for asset in FAMILIES for item in production.items(asset))


def _difference(before: dict[str, Decimal], after: dict[str, Decimal]) -> Decimal:
    return sum(after.values(), Decimal(0)) - sum(before.values(), Decimal(0))
