"""Backfills over the wire: foretold, started once, looked at, held up."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine, delete

from litink.db.schema import backfills
from litink.settings import Settings
from tests.api.paying import fresh_book, paying
from tests.api.test_api_books import problem
from tests.emulated import Emulator
from tests.made_books import Maker

ASKED = {"asset": "scene_images", "with": {"image.model": "flux"}}


@pytest.mark.usefixtures("_gone_afterwards")
def test_a_backfill_is_foretold_started_once_and_held_up(settings: Settings, emulator: Emulator, maker: Maker) -> None:
    book = fresh_book(maker)  # its pictures were made here; with a key they would be bought
    with paying(settings, emulator) as api:
        told = api.post("/admin/backfills/forecast", json=ASKED)
        assert told.status_code == 200, told.text
        assert told.json()["books"] >= 1
        assert told.json()["models"] == {"scene_image": "flux", "cover": "flux"}
        key = {"Idempotency-Key": uuid4().hex}
        started, again = (api.post("/admin/backfills", json=ASKED | {"budget_usd": "0.5"}, headers=key) for _ in "12")
        assert started.status_code == 201, started.text
        assert started.json() == again.json()
        one = started.json()
        assert (one["state"], float(one["budget_usd"]), float(one["cost_usd"])) == ("active", 0.5, 0)
        assert one["books"] == {"waiting": told.json()["books"]}
        address = f"/admin/backfills/{one['id']}"
        assert api.get(address).json() == one
        assert one["id"] in [each["id"] for each in api.get("/admin/backfills").json()["backfills"]]
        books = api.get(f"{address}/books", params={"limit": 1000}).json()["books"]
        assert str(book.id) in {each["book_id"] for each in books}
        assert api.post(f"{address}/pause").json()["state"] == "paused"
        assert float(api.post(f"{address}/resume", json={"budget_usd": "0.7"}).json()["budget_usd"]) == 0.7
        assert api.post(f"{address}/cancel").json()["state"] == "cancelled"
        assert problem(api.post(f"{address}/resume"), 409, "backfill-ended")


def test_what_makes_no_sense_is_told(api: httpx.Client) -> None:
    assert problem(api.post("/admin/backfills", json={"asset": "film"}), 422, "no-such-asset")
    assert problem(api.post("/admin/backfills/forecast", json=ASKED | {"tier": "golden"}), 422, "no-such-tier")
    assert problem(api.get(f"/admin/backfills/{uuid4()}"), 404, "no-such-backfill")
    assert problem(api.post(f"/admin/backfills/{uuid4()}/pause"), 404, "no-such-backfill")


@pytest.fixture
def _gone_afterwards(engine: Engine) -> Iterator[None]:
    yield
    with engine.begin() as connection:
        connection.execute(delete(backfills))
