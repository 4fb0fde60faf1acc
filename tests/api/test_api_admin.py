"""What those who run the installation are told about costs."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import httpx
import polars as pl
import pytest
from sqlalchemy import Engine, insert

from api.app import create_app
from litink.db.schema import ledger
from litink.generation.model import Owned, Purpose
from litink.generation.paid import breakers, payments, settlement
from litink.generation.paid.payments import Draft
from litink.generation.paid.policy import Policy
from litink.generation.paid.settlement import Verdict
from litink.library.repository import BookRecord
from litink.objects import Objects
from litink.production.costs.reckoning import make_day
from litink.providers.catalogue import catalogue
from litink.providers.wire import Request
from litink.settings import Settings
from tests.served import serving

DAY = date(2026, 2, 20)


@pytest.fixture
def reported(engine: Engine, settings: Settings, owned: Owned) -> Owned:
    """A day with three paid calls and a local one, reported."""
    rows = [
        {"provider": "modelslab", "model": "flux", "cost_usd": Decimal("0.02"), "paid": True},
        {"provider": "modelslab", "model": "flux", "cost_usd": Decimal("0.02"), "paid": True, "rung": 1},
        {"provider": "openrouter", "model": "gpt-4o", "cost_usd": Decimal("0.00000001"), "paid": True},
        {"provider": "local", "model": "painter", "cost_usd": Decimal(0), "paid": False},
    ]
    common = {
        "owner_id": owned.owner_id,
        "book_id": owned.book_id,
        "tier": "basic",
        "asset": "scene_images",
        "item_key": "-1+1",
        "cache_key": "c",
        "units": {},
        "seconds": 1,
        "outcome": "done",
        "rung": 0,
        "created_at": datetime(2026, 2, 20, 12, tzinfo=UTC),
    }
    with engine.begin() as connection:
        for row in rows:
            connection.execute(insert(ledger).values(**common | row))
    make_day(engine, Objects.from_settings(settings), DAY)
    return owned


def mine(sums: list[dict[str, object]], key: str) -> dict[str, object]:
    return next(row for row in sums if row["key"] == key)


def test_costs_by_anything_to_the_last_place(api: httpx.Client, reported: Owned) -> None:
    days = {"start": "2026-02-20", "end": "2026-02-20"}
    book = api.get("/admin/costs", params={"by": "book", **days}).json()
    assert mine(book["sums"], str(reported.book_id))["cost_usd"] == "0.04000001"
    model = api.get("/admin/costs", params={"by": "model", "paid": True, **days}).json()
    assert "painter" not in {row["key"] for row in model["sums"]}
    assert mine(model["sums"], "flux")["fallbacks"] == mine(model["sums"], "flux")["calls"] // 2


def test_costs_of_days_that_make_no_sense_are_refused(api: httpx.Client) -> None:
    answer = api.get("/admin/costs", params={"start": "2026-02-20", "end": "2026-02-19"})
    assert (answer.status_code, answer.json()["code"]) == (422, "days-out-of-range")


def test_margins_by_tier_and_day(api: httpx.Client, reported: Owned) -> None:
    told = api.get("/admin/margins", params={"start": "2026-02-19", "end": "2026-02-20"}).json()
    (basic,) = told["tiers"]
    assert (basic["tier"], basic["calls"], basic["margin"]) == ("basic", 0, None)  # nobody was charged for these calls
    assert Decimal(basic["cost_usd"]) % Decimal("0.04000001") == 0
    assert told["days"] == [{"day": "2026-02-20", "tiers": told["tiers"]}]
    for days in ({"start": "2026-02-20", "end": "2026-02-19"}, {"end": "0001-01-01"}, {"end": "9999-12-31"}):
        for path in ("margins", "costs"):
            answer = api.get(f"/admin/{path}", params=days)
            assert (answer.status_code, answer.json()["code"]) == (422, "days-out-of-range")


def test_a_report_and_its_files(api: httpx.Client, reported: Owned) -> None:
    day = api.get("/admin/costs/days/2026-02-20").json()
    assert mine(day["tables"]["book"], str(reported.book_id))["paid_calls"] == 3
    assert "2026-02-20" in [one["day"] for one in api.get("/admin/costs/days").json()["days"]]
    csv = api.get("/admin/costs/days/2026-02-20/ledger")
    assert csv.headers["content-type"].startswith("text/csv")
    assert "'-1+1" in csv.text  # no formula for a spreadsheet
    parquet = api.get("/admin/costs/days/2026-02-20/ledger", params={"format": "parquet"})
    frame = pl.read_parquet(io.BytesIO(parquet.content))
    assert frame.filter(pl.col("book_id") == str(reported.book_id)).height == 4


def test_a_day_without_report_says_where_it_comes_from(api: httpx.Client) -> None:
    answer = api.get("/admin/costs/days/2025-12-24")
    assert answer.status_code == 404
    assert "daily_costs" in answer.json()["detail"]


def test_alerts_come_from_the_reports(api: httpx.Client, engine: Engine, owned: Owned, settings: Settings) -> None:
    row = {
        "owner_id": owned.owner_id,
        "book_id": owned.book_id,
        "tier": "basic",
        "asset": "audio",
        "item_key": "l1",
        "cache_key": "c",
        "units": {},
        "provider": "elevenlabs",
        "model": "eleven-flash",
        "cost_usd": Decimal("0.01"),
        "paid": True,
        "seconds": 1,
        "outcome": "done",
        "rung": 1,
        "created_at": datetime(2026, 2, 25, 12, tzinfo=UTC),
    }
    with engine.begin() as connection:
        connection.execute(insert(ledger), [row] * 10)
    make_day(engine, Objects.from_settings(settings), date(2026, 2, 25))
    (alert,) = [a for a in api.get("/admin/alerts", params={"limit": 366}).json()["alerts"] if a["day"] == "2026-02-25"]
    assert (alert["kind"], alert["about"]) == ("fallback", "audio")


# -- payments ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def held_payment(engine: Engine, owned: Owned) -> int:
    """A call whose answer was lost, as the cashier leaves it: reserved, unknown."""
    model = catalogue().models["flux"]
    request = Request("modelslab", "text-to-image", model.name, {"prompt": uuid4().hex})
    purpose = Purpose(owned, "scene_images", "shot-1", "c" * 64, None)
    draft = Draft.of(purpose, 0, model, request, Decimal("0.05"), 60.0)
    policy = Policy(journal=Path("/nowhere"))
    with engine.begin() as connection:
        payment = settlement.open_payment(connection, draft, policy)
        assert payment is not None
        settlement.settle(connection, payment, Verdict("unknown"), policy)
    return payment.id


def budget_of(api: httpx.Client, owned: Owned) -> dict[str, str]:
    return dict(api.get(f"/books/{owned.book_id}/budget").json()["book"])


def test_a_lost_call_is_shown_and_decided_by_hand(api: httpx.Client, owned: Owned, held_payment: int) -> None:
    (shown,) = [p for p in api.get("/admin/payments/held").json()["payments"] if p["id"] == held_payment]
    assert (shown["model"], shown["estimated_usd"]) == ("flux", "0.05000000")
    assert Decimal(budget_of(api, owned)["reserved_usd"]) == Decimal("0.05")

    path = f"/admin/payments/{held_payment}/resolve"
    nameless = api.post(path, json={"billed": False, "reference": "job-1"})
    assert (nameless.status_code, nameless.json()["code"]) == (422, "reference-invalid")
    decided = api.post(path, json={"billed": True, "cost_usd": "0.04", "reference": f"job-{held_payment}"}).json()
    assert (decided["state"], Decimal(decided["cost_usd"])) == ("wrong", Decimal("0.04"))
    book = budget_of(api, owned)
    assert (Decimal(book["reserved_usd"]), Decimal(book["spent_usd"])) == (0, Decimal("0.04"))
    again = api.post(path, json={"billed": False})
    assert (again.status_code, again.json()["code"]) == (422, "not-held")


def test_a_book_can_be_capped_and_freed_again(api: httpx.Client, owned: Owned) -> None:
    capped = api.put(f"/books/{owned.book_id}/budget", json={"cap_usd": "1.50"}).json()
    assert (Decimal(capped["book"]["cap_usd"]), Decimal(capped["book"]["left_usd"])) == (Decimal("1.5"), Decimal("1.5"))
    assert api.put(f"/books/{owned.book_id}/budget", json={"cap_usd": None}).json()["book"]["cap_usd"] is None
    assert api.put(f"/books/{owned.book_id}/budget", json={"cap_usd": -1}).status_code == 422


def test_a_forged_webhook_is_answered_like_a_true_one_and_changes_nothing(
    api: httpx.Client, engine: Engine, owned: Owned, held_payment: int
) -> None:
    with engine.connect() as connection:
        token = payments.get(connection, held_payment).token
    forged = {"status": "success", "output": ["http://evil.example/x.png"], "id": 1}
    true = api.post(f"/webhooks/modelslab/{token}", json=forged)
    false = api.post("/webhooks/modelslab/" + "x" * 43, json=forged)
    noise = api.post(f"/webhooks/modelslab/{token}", content=b"\x00not json" * 20_000)
    assert [answer.status_code for answer in (true, false, noise)] == [204, 204, 204]
    with engine.connect() as connection:
        assert payments.get(connection, held_payment).state == "unknown"


def test_a_model_that_rests_is_shown_and_can_be_trusted_again(api: httpx.Client, engine: Engine) -> None:
    with engine.begin() as connection:
        for _ in range(5):
            breakers.record(connection, "openrouter", "meta/llama 3", "t", "ill", Policy(journal=Path("/nowhere")))
    (shown,) = [m for m in api.get("/admin/models/health").json()["models"] if m["model"] == "meta/llama 3"]
    assert (shown["resting"], shown["failures"]) == (True, 5)
    assert api.delete("/admin/models/health/openrouter/meta/llama 3").status_code == 204
    assert api.delete("/admin/models/health/openrouter/meta/llama 3").status_code == 404


# -- the price beforehand ---------------------------------------------------------------------------------------------


def test_a_book_that_local_engines_make_costs_nothing(api: httpx.Client, finished: BookRecord) -> None:
    found = api.get(f"/books/{finished.id}/estimate").json()
    assert (found["usd_least"], found["usd_most"], found["assets"]) == ("0", "0", [])
    assert found["counted"] is True


def test_the_price_is_known_before_anything_is_spent(engine: Engine, settings: Settings, finished: BookRecord) -> None:
    keys = {"openrouter_api_key": "k1", "modelslab_api_key": "k2", "elevenlabs_api_key": "k3"}
    paid = Settings.model_validate({**settings.model_dump(), **keys})
    with serving(create_app(paid)) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
        whole = client.get(f"/books/{finished.id}/estimate", params={"chapters": "all"}).json()
        one = client.get(f"/books/{finished.id}/estimate", params={"chapters": "1"}).json()
        refused = client.get(f"/books/{finished.id}/estimate", params={"chapters": "99"})
        senseless = client.get(f"/books/{finished.id}/estimate", params={"chapters": "x"})
    assert {asset["asset"] for asset in whole["assets"]} >= {"characters", "scene_images", "audio"}
    assert 0 < Decimal(one["usd_least"]) <= Decimal(one["usd_most"]) <= Decimal(whole["usd_most"])
    assert (refused.status_code, senseless.status_code) == (422, 422)
