"""What calls brought in beside what they cost: real payments, charged to credits that were given or paid for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import Engine

from litink.billing import grants
from litink.billing.grants import Kind
from litink.billing.revenue import Flow, flows
from litink.generation.paid import settlement
from litink.generation.paid.settlement import Outcome, Verdict
from tests.billing.conftest import POLICY, NewUser, paying
from tests.generation.test_budgets import draft

TIER = "basic"  # of the calls; their owner's is one that gives no credits by itself


def give(engine: Engine, user: UUID, kind: Kind, credits: str, days: int) -> None:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        lapses = now + timedelta(days=days)
        grants.give(connection, user, kind, f"{kind} {days}", Decimal(credits), at=now, expires_at=lapses)


def call(engine: Engine, user: UUID, estimate: str, cost: str, outcome: Outcome = "done", tier: str = TIER) -> None:
    with engine.begin() as connection:
        payment = settlement.open_payment(connection, draft(paying(user, tier), Decimal(estimate)), POLICY)
        assert payment is not None
    with engine.begin() as connection:
        settlement.settle(connection, payment, Verdict(outcome, Decimal(cost)), POLICY)


def seen(engine: Engine, since: datetime) -> dict[str, Flow]:
    with engine.connect() as connection:
        return {one.tier: one for one in flows(connection, since, datetime.now(UTC) + timedelta(minutes=1))}


@pytest.fixture
def since() -> datetime:
    return datetime.now(UTC)


def test_charges_are_told_from_what_was_paid_for(engine: Engine, new_user: NewUser, since: datetime) -> None:
    user = new_user("bygone")
    give(engine, user, "promo", "3", days=1)  # spent first
    give(engine, user, "subscription", "5", days=2)
    give(engine, user, "purchase", "100", days=3)
    call(engine, user, "0.03", "0.02")  # 4 credits: 3 given, 1 paid for
    call(engine, user, "0.05", "0.04")  # 8 credits, all paid for
    flow = seen(engine, since)[TIER]
    assert (flow.calls, flow.cost_usd, flow.charged_usd, flow.paid_usd) == (
        2,
        Decimal("0.06"),
        Decimal("0.12"),
        Decimal("0.09"),
    )


def test_what_is_not_charged_costs_all_the_same(engine: Engine, new_user: NewUser, since: datetime) -> None:
    user = new_user("bygone")
    give(engine, user, "subscription", "8", days=1)
    call(engine, user, "0.01", "0", "refused")
    call(engine, user, "0.02", "0.02", "wrong")
    call(engine, user, "0.02", "0.10")  # dearer than was set aside: there are 4 credits, and it is worth 20
    flow = seen(engine, since)[TIER]
    assert flow.cost_usd == Decimal("0.12")
    assert (flow.charged_usd, flow.paid_usd) == (Decimal("0.08"), Decimal("0.08"))
    with engine.connect() as connection:
        assert flows(connection, since - timedelta(days=400), since - timedelta(days=399)) == []


def test_a_call_under_way_is_no_revenue_yet(engine: Engine, new_user: NewUser, since: datetime) -> None:
    user = new_user("bygone")
    give(engine, user, "purchase", "100", days=1)
    with engine.begin() as connection:
        assert settlement.open_payment(connection, draft(paying(user, TIER), Decimal("0.5")), POLICY) is not None
    assert TIER not in seen(engine, since)
