"""Billing through the API: what one has and pays, promo codes, and that nobody pays where billing is off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, delete, select

from api.app import create_app
from litink.billing import audit
from litink.db.schema import credit_grants, promo_codes, stripe_customers, subscriptions, users
from litink.library.repository import LOCAL_USER
from litink.settings import Settings
from tests.billing.subscriber import FORM, stripe_shop
from tests.emulated import Emulator
from tests.served import serving


@pytest.fixture
def owner(engine: Engine) -> Iterator[UUID]:
    """The local user; what they had is removed afterwards."""
    with engine.connect() as connection:
        found: UUID = connection.execute(select(users.c.id).where(users.c.name == LOCAL_USER)).scalar_one()
        tier: str = connection.execute(select(users.c.tier).where(users.c.id == found)).scalar_one()
    yield found
    with engine.begin() as connection:
        assert audit.imbalances(connection) == []
        for table in (credit_grants, subscriptions, stripe_customers):
            connection.execute(delete(table).where(table.c.owner_id == found))
        connection.execute(delete(promo_codes))
        connection.execute(users.update().where(users.c.id == found).values(tier=tier))


@contextmanager
def speaking(settings: Settings) -> Iterator[httpx.Client]:
    with serving(create_app(settings)) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=30) as client:
        yield client


@pytest.fixture
def billed(settings: Settings, api: httpx.Client, owner: UUID) -> Iterator[httpx.Client]:
    """An API whose users pay with credits, without a Stripe."""
    with speaking(settings.model_copy(update={"billing": "on"})) as client:
        yield client


@pytest.fixture
def owner_first(api: httpx.Client) -> None:
    api.get("/books")  # the local user is made on first need


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()
    assert (answer.status_code, found["code"]) == (status, code), answer.text
    return found


def test_where_nobody_pays_it_says_so_and_nothing_is_for_sale(api: httpx.Client) -> None:
    found = api.get("/billing").json()
    assert (found["enabled"], found["sells"], found["credits"], found["subscription"]) == (False, False, None, None)
    assert "single owner" in found["detail"]
    problem(api.post("/billing/checkout", json={"tier": "basic"}), 409, "billing-off")
    problem(api.post("/billing/redeem", json={"code": "WELCOME"}), 409, "billing-off")
    problem(api.post("/billing/cancel"), 409, "billing-off")
    problem(api.post("/webhooks/stripe", content=b"{}"), 404, "webhooks-off")


def test_plans_are_shown_with_what_they_give(api: httpx.Client) -> None:
    plans = {plan["tier"]: plan for plan in api.get("/billing/plans").json()["plans"]}
    assert list(plans) == ["free", "basic", "standard", "premium", "professional"]
    assert (plans["basic"]["monthly_usd"], plans["basic"]["credits"]) == ("18", 1_500)
    assert plans["professional"]["yours"]
    assert plans["professional"]["generations_per_hour"] is None


@pytest.mark.usefixtures("owner_first")
def test_a_promo_code_is_redeemed_once_by_each_and_shows_in_the_history(billed: httpx.Client) -> None:
    wish = {"code": "welcome-26", "credits": 500, "credit_days": 30, "most": 1}
    made = billed.post("/admin/promo-codes", json=wish)
    assert made.status_code == 201, made.text
    assert (made.json()["code"], made.json()["open"]) == ("WELCOME-26", True)
    problem(billed.post("/admin/promo-codes", json=wish), 409, "code-taken")
    before = float(billed.get("/billing").json()["credits"]["available"])

    redeemed = billed.post("/billing/redeem", json={"code": " Welcome-26 "})
    assert redeemed.json()["credits"] == 500
    lapses = datetime.fromisoformat(redeemed.json()["expires_at"])
    assert timedelta(days=29) < lapses - datetime.now(UTC) <= timedelta(days=30)
    problem(billed.post("/billing/redeem", json={"code": "welcome-26"}), 409, "code-redeemed")

    assert float(billed.get("/billing").json()["credits"]["available"]) == before + 500
    page = billed.get("/billing/history", params={"limit": 1}).json()
    assert [(one["kind"], float(one["credits"])) for one in page["items"]] == [("promo", 500)]
    rest = billed.get("/billing/history", params={"cursor": page["next"]}).json()
    assert [one["kind"] for one in rest["items"]] == ["month"]
    assert rest["next"] is None
    shown = {code["code"]: code for code in billed.get("/admin/promo-codes").json()["codes"]}["WELCOME-26"]
    assert (shown["redeemed"], shown["open"]) == (1, False)
    assert billed.get("/admin/billing").json()["balanced"]


@pytest.mark.usefixtures("owner_first")
def test_a_code_that_is_over_used_up_or_unknown_is_refused_alike(billed: httpx.Client) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    late = billed.post("/admin/promo-codes", json={"credits": 5, "expires_at": yesterday}).json()["code"]
    ended = billed.post("/admin/promo-codes", json={"credits": 5}).json()["code"]
    assert billed.delete(f"/admin/promo-codes/{ended}").status_code == 204
    problem(billed.delete("/admin/promo-codes/NO-SUCH"), 404, "no-such-code")
    told = {
        problem(billed.post("/billing/redeem", json={"code": code}), 422, "code-unknown")["detail"]
        for code in (late, ended, "NO-SUCH")
    }
    assert len(told) == 1
    for wrong in ("a", "mit Ä", "-dash", "x" * 41):
        problem(billed.post("/admin/promo-codes", json={"credits": 5, "code": wrong}), 422, "code-invalid")


@pytest.mark.usefixtures("owner_first")
def test_credits_given_by_hand_arrive_once_for_one_key(billed: httpx.Client, owner: UUID) -> None:
    gift = {"user_id": str(owner), "credits": "12.5", "note": "sorry for the trouble"}
    before = float(billed.get("/billing").json()["credits"]["available"])
    for _ in range(2):
        key = {"Idempotency-Key": f"gift-{owner}-{before}"}
        assert float(billed.post("/admin/credits", json=gift, headers=key).json()["available"]) == before + 12.5
    problem(billed.post("/admin/credits", json=gift | {"user_id": str(uuid4())}), 404, "no-such-user")
    assert billed.get("/billing/history").json()["items"][0]["note"] == "sorry for the trouble"


@pytest.mark.usefixtures("owner_first")
def test_without_a_stripe_subscriptions_cannot_be_paid_and_it_says_why(billed: httpx.Client) -> None:
    found = billed.get("/billing").json()
    assert (found["enabled"], found["sells"]) == (True, False)
    problem(billed.post("/billing/checkout", json={"tier": "basic"}), 409, "no-stripe")


@pytest.mark.usefixtures("owner_first")
def test_from_the_plan_to_the_end_of_a_subscription(
    engine: Engine, emulator: Emulator, settings: Settings, owner: UUID
) -> None:
    from litink.billing.services import Billing

    with (
        stripe_shop(engine, emulator, settings) as (_, own, address),
        httpx.Client(base_url=f"{address}/api/v1", timeout=30) as client,
    ):
        page = client.post("/billing/checkout", json={"tier": "basic"}).json()["url"]
        assert httpx.post(page, data=FORM).status_code == 303
        assert client.get("/billing").json()["subscription"] is None
        assert {attempt["status"] for attempt in emulator.deliver()} == {204}
        Billing(engine, own).worker.work()
        found = client.get("/billing").json()
        assert (found["tier"], found["subscription"]["status"]) == ("basic", "active")
        assert {grant["kind"] for grant in found["credits"]["grants"]} >= {"subscription"}

        up = client.post("/billing/change", json={"tier": "standard"}, headers={"Idempotency-Key": f"up-{page[-20:]}"})
        assert up.json()["tier"] == "standard"
        assert client.post("/billing/change", json={"tier": "basic"}).json()["next_tier"] == "basic"
        assert client.post("/billing/cancel").json()["cancel_at"] is not None
        assert client.post("/billing/reactivate").json()["cancel_at"] is None
        problem(client.post("/billing/reactivate"), 409, "not-cancelled")
        problem(client.post("/billing/checkout", json={"tier": "basic"}), 409, "already-subscribed")
        problem(client.post("/billing/change", json={"tier": "gold"}), 422, "no-such-tier")
        assert client.post("/billing/portal").json()["url"].startswith("http")
        forged = client.post("/webhooks/stripe", content=b"{}", headers={"Stripe-Signature": "t=1,v1=0"})
        problem(forged, 400, "payments-signature")
        assert client.get("/admin/billing").json()["balanced"]
