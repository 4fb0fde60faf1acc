"""Plans and options over the wire: asked, listed, applied once; options changed by one person at a time."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from litink.library.repository import BookRecord
from tests.api.test_api_books import problem
from tests.made_books import Maker


@pytest.fixture
def book(maker: Maker) -> BookRecord:
    return maker.finished()


def test_a_plan_is_made_listed_and_applied_once(api: httpx.Client, book: BookRecord) -> None:
    made = api.post(f"/books/{book.id}/plan", json={"assets": ["film"]})
    assert made.status_code == 200, made.text
    plan = made.json()
    assert plan["state"] == "open"
    assert next(one["asset"] for one in plan["assets"]) == "chapters"
    assert [one["id"] for one in api.get(f"/books/{book.id}/plans").json()] == [plan["id"]]
    assert api.get(plan["links"]["self"].removeprefix("/api/v1")).json() == plan
    address = plan["links"]["apply"].removeprefix("/api/v1")
    applied, again = api.post(address), api.post(address)
    assert applied.json()["state"] == "applied"
    assert applied.json()["applied_revision"] == again.json()["applied_revision"] == book.revision + 1


def test_the_same_plan_asked_for_twice_is_one(api: httpx.Client, book: BookRecord) -> None:
    one, two = (api.post(f"/books/{book.id}/plan").json() for _ in range(2))
    assert one["id"] == two["id"]


def test_what_makes_no_sense_is_told(api: httpx.Client, book: BookRecord) -> None:
    assert problem(api.post(f"/books/{book.id}/plan", json={"assets": ["songs"]}), 422, "no-such-asset")
    assert problem(api.post(f"/books/{book.id}/plan", json={"with": {"colour": "red"}}), 422, "bad-change")
    assert problem(api.post(f"/books/{book.id}/plan", json={"items": ["cover"]}), 422, "no-such-item")
    assert problem(api.get(f"/books/{book.id}/plans/{uuid4()}"), 404, "no-such-plan")
    assert problem(api.post(f"/books/{book.id}/plan/{uuid4()}/apply"), 404, "no-such-plan")


def test_options_are_changed_by_who_has_seen_them(api: httpx.Client, book: BookRecord) -> None:
    address = f"/books/{book.id}/options"
    seen = api.get(address)
    assert seen.json()["ratio"] == "16:9"
    wanted = {"changes": {"ratio": "9:16"}}
    assert problem(api.patch(address, json=wanted), 428, "precondition-required")
    tag = {"If-Match": seen.headers["ETag"]}
    changed = api.patch(address, json=wanted, headers=tag)
    assert changed.json()["options"]["ratio"] == "9:16"
    assert changed.json()["revision"] == book.revision + 1
    other = {"changes": {"style": "narration"}}
    assert problem(api.patch(address, json=other, headers=tag), 412, "options-changed")


@pytest.mark.parametrize(
    ("models", "code"),
    [
        ({"scene_image": "no-such"}, "no-such-model"),
        ({"speech": "flux"}, "model-cannot"),
    ],
)
def test_a_book_is_not_taken_in_with_models_that_there_are_not(
    api: httpx.Client, models: dict[str, str], code: str
) -> None:
    text = {"title": "The Lamp", "text": "The lamp went out at nine. " * 20, "models": models}
    before = api.get("/books").json()
    assert problem(api.post("/books/text", json=text), 422, code)
    assert api.get("/books").json() == before
