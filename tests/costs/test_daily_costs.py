"""A day's costs: sums that agree with the ledger to the last place, alerts, margins, reports made anew."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert

from litink.billing.revenue import Flow
from litink.db.schema import cost_days, ledger
from litink.generation.model import Owned
from litink.objects import Objects
from litink.production.costs.alerts import find_alerts
from litink.production.costs.days import day_reports
from litink.production.costs.frame import SCHEMA, ledger_between, summed
from litink.production.costs.margins import margin_alerts, margins
from litink.production.costs.model import BY
from litink.production.costs.reckoning import as_csv, make_day

DAY = date(2026, 3, 14)
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def call(**values: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "created_at": NOON,
        "owner_id": "u",
        "book_id": "b",
        "tier": "basic",
        "asset": "scene_images",
        "item_key": "k",
        "provider": "modelslab",
        "operation": "text-to-image",
        "model": "flux",
        "rung": 0,
        "outcome": "done",
        "paid": True,
        "estimated_usd": Decimal("0.01"),
        "cost_usd": Decimal("0.01"),
        "seconds": 1.0,
        "run_id": None,
    } | values


def frame(*calls: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([tuple(one[name] for name in SCHEMA) for one in calls], SCHEMA, orient="row")


def enter(engine: Engine, owned: Owned, **values: Any) -> None:
    """A row of the ledger, as a call leaves it."""
    row = call(**values)
    row |= {"owner_id": owned.owner_id, "book_id": owned.book_id, "cache_key": "c", "units": {}}
    del row["id"]
    with engine.begin() as connection:
        connection.execute(insert(ledger).values(**row))


@pytest.fixture(autouse=True)
def _no_reports(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(delete(cost_days))


@given(st.lists(st.tuples(st.sampled_from(["flux", "wan"]), st.decimals("0", "9.99999999", places=8)), max_size=30))
def test_sums_by_anything_add_up_to_the_whole_exactly(costs: list[tuple[str, Decimal]]) -> None:
    ledger_frame = frame(*(call(model=model, cost_usd=cost) for model, cost in costs))
    for by in BY:
        assert sum(summed(ledger_frame, by)["cost_usd"], Decimal(0)) == sum((cost for _, cost in costs), Decimal(0))


def test_a_day_holds_its_own_calls_alone(engine: Engine, owned: Owned, objects: Objects) -> None:
    midnight = datetime(2026, 3, 14, tzinfo=UTC)
    enter(engine, owned, created_at=midnight, cost_usd=Decimal("0.00000001"))
    enter(engine, owned, created_at=midnight + timedelta(hours=23, minutes=59, seconds=59.9), cost_usd=Decimal("1.25"))
    enter(engine, owned, created_at=midnight - timedelta(microseconds=1), cost_usd=Decimal(7))
    enter(engine, owned, created_at=midnight + timedelta(days=1), cost_usd=Decimal(9))
    report = make_day(engine, objects, DAY)
    assert (report.calls, report.cost_usd) == (2, Decimal("1.25000001"))
    assert [row["cost_usd"] for row in report.tables["book"]] == ["1.25000001"]
    assert pl.read_parquet(io.BytesIO(objects.get(report.blob_sha))).height == 2

    enter(engine, owned, created_at=NOON, cost_usd=Decimal(1))  # a call settled late
    again = make_day(engine, objects, DAY)
    assert (again.calls, again.cost_usd) == (3, Decimal("2.25000001"))
    with engine.connect() as connection:
        assert [found.calls for found in day_reports(connection)] == [3]


def test_a_day_without_calls_is_a_report_too(engine: Engine, objects: Objects) -> None:
    report = make_day(engine, objects, date(2026, 1, 2))
    assert (report.calls, report.cost_usd, report.alerts) == (0, Decimal(0), ())
    assert as_csv(objects.get(report.blob_sha)).startswith(b"id,created_at,")


def test_the_ledger_can_be_asked_for_what_was_paid(engine: Engine, owned: Owned) -> None:
    when = datetime(2026, 2, 2, 3, tzinfo=UTC)
    enter(engine, owned, created_at=when, provider="local", paid=False, cost_usd=Decimal(0))
    enter(engine, owned, created_at=when)
    with engine.connect() as connection:
        span = (when, when + timedelta(seconds=1))
        assert ledger_between(connection, *span, paid=True)["provider"].to_list() == ["modelslab"]
        assert ledger_between(connection, *span, paid=False)["provider"].to_list() == ["local"]
        assert ledger_between(connection, *span).height == 2


def test_more_than_three_fallbacks_in_ten_are_told() -> None:
    first = [call() for _ in range(7)]
    assert not find_alerts(frame(*first, *(call(rung=1) for _ in range(3))), [])
    (alert,) = find_alerts(frame(*first, *(call(rung=1) for _ in range(4))), [])
    assert (alert.kind, alert.about) == ("fallback", "scene_images")
    assert "36%" in alert.message


def test_a_cost_that_rises_by_half_is_told() -> None:
    usual = [Decimal(2), Decimal(4)]
    assert not find_alerts(frame(call(cost_usd=Decimal("4.49"))), usual)
    (alert,) = find_alerts(frame(call(cost_usd=Decimal("4.5"))), usual)
    assert (alert.kind, alert.value) == ("cost", 1.5)
    assert not find_alerts(frame(call(cost_usd=Decimal(50))), [])  # nothing to compare with


def test_a_model_that_fails_more_than_one_in_five_is_told() -> None:
    good = [call() for _ in range(8)]
    assert not find_alerts(frame(*good, *(call(outcome="wrong") for _ in range(2))), [])
    (alert,) = find_alerts(frame(*good, *(call(outcome="unknown") for _ in range(3))), [])
    assert (alert.kind, alert.about) == ("success", "modelslab/flux")


def test_few_calls_and_local_ones_raise_no_alert() -> None:
    assert not find_alerts(frame(call(rung=1), call(outcome="wrong")), [])
    assert not find_alerts(frame(*(call(paid=False, outcome="failed") for _ in range(50))), [])


def flow(tier: str, calls: int, cost: str, charged: str, paid: str = "0", day: date = DAY) -> Flow:
    return Flow(day, tier, calls, Decimal(cost), Decimal(charged), Decimal(paid))


def test_margins_by_tier_against_their_band() -> None:
    found = margins(
        [
            flow("basic", 20, "0.30", "0.60", "0.40"),
            flow("premium", 6, "1.50", "2.00", day=date(2026, 3, 13)),
            flow("premium", 6, "1.00", "0.63"),
            flow("free", 9, "0.10", "0.11"),
            flow("pro", 0, "0.10", "0"),
        ]
    )
    basic, free, premium, pro = found
    assert (basic.margin, basic.paid_margin, basic.in_band) == (pytest.approx(0.5), pytest.approx(0.25), True)
    assert (premium.calls, premium.margin, premium.in_band) == (12, pytest.approx(0.0494, abs=1e-4), False)
    assert (free.margin, free.in_band) == (pytest.approx(0.0909, abs=1e-4), None)  # nine calls say nothing
    assert (pro.margin, pro.paid_margin, pro.in_band) == (None, None, None)
    (alert,) = margin_alerts(found)
    assert (alert.kind, alert.about, alert.value) == ("margin", "premium", premium.margin)
    assert "$2.63" in alert.message
    assert "5%" in alert.message


def test_the_edges_of_the_band_are_in_it() -> None:
    assert [margins([flow("basic", 10, cost, "1")])[0].in_band for cost in ("0.60", "0.61", "0.20", "0.19")] == [
        True,
        False,
        True,
        False,
    ]


def test_a_spreadsheet_takes_no_text_for_a_formula() -> None:
    buffer = io.BytesIO()
    frame(call(item_key='=HYPERLINK("http://x")'), call(item_key="plain")).write_parquet(buffer)
    lines = as_csv(buffer.getvalue()).decode().splitlines()
    assert "'=HYPERLINK" in lines[1]
    assert ",plain," in lines[2]
