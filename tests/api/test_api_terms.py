"""Handing in where providers are paid: nothing is spent before its price was seen, or was capped."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import Engine

from api.app import create_app
from litink.production import stages
from litink.settings import Settings
from tests.api.test_api_books import problem
from tests.books.makers import prose
from tests.served import serving

KEYS = {name: f"key-of-{name}" for name in ("openrouter_api_key", "modelslab_api_key", "elevenlabs_api_key")}


@pytest.fixture(scope="module")
def paying(settings: Settings, engine: Engine) -> Iterator[httpx.Client]:
    """Speaks to an application that has the keys of all providers."""
    own = Settings(_env_file=None, home=settings.home, postgres_port=settings.postgres_port, **KEYS)  # type: ignore[arg-type]
    with serving(create_app(own)) as address, httpx.Client(base_url=f"{address}/api/v1", timeout=60) as client:
        yield client


def hand_in(api: httpx.Client, **fields: str) -> dict[str, object]:
    text = f"# One\n\n{prose(200, uuid4().hex)}\n\n# Two\n\n{prose(200, uuid4().hex)}\n"
    answer = api.post("/books", files={"file": ("book.md", text.encode())}, data=fields)
    assert answer.status_code == 201, answer.text
    book: dict[str, object] = answer.json()
    return book


def is_due(engine: Engine, book: dict[str, object]) -> bool:
    """Whether the sensor would launch work on it."""
    with engine.connect() as connection:
        return any(str(item.book_id) == book["id"] for item in stages.due(connection))


def test_without_a_cap_a_book_that_costs_money_waits_until_its_price_was_seen(
    paying: httpx.Client, engine: Engine
) -> None:
    book = hand_in(paying)
    assert book["state"] == "unstarted"
    assert not is_due(engine, book)
    price = paying.get(f"/books/{book['id']}/estimate").json()
    assert Decimal(price["usd_least"]) > 0
    started = paying.post(f"/books/{book['id']}/start", json={"cap_usd": "2.50"})
    assert started.status_code == 200, started.text
    assert started.json()["state"] == "queued"
    assert is_due(engine, book)
    assert Decimal(paying.get(f"/books/{book['id']}/budget").json()["book"]["cap_usd"]) == Decimal("2.50")


def test_a_book_is_started_once(paying: httpx.Client) -> None:
    book = hand_in(paying)
    headers = {"Idempotency-Key": uuid4().hex}
    assert paying.post(f"/books/{book['id']}/start", headers=headers).status_code == 200
    again = paying.post(f"/books/{book['id']}/start", headers=headers)
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    problem(paying.post(f"/books/{book['id']}/start"), 409, "book-started")


def test_a_cap_given_with_the_upload_holds_from_the_beginning(paying: httpx.Client, engine: Engine) -> None:
    book = hand_in(paying, cap_usd="1.25")
    assert book["state"] == "queued"
    assert is_due(engine, book)
    assert Decimal(paying.get(f"/books/{book['id']}/budget").json()["book"]["cap_usd"]) == Decimal("1.25")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"start": "at_once"}, "queued"),
        ({"start": "when_told", "cap_usd": "9"}, "unstarted"),
        ({"cap_usd": "0"}, "queued"),
    ],
)
def test_a_person_may_decide_otherwise(paying: httpx.Client, fields: dict[str, str], state: str) -> None:
    assert hand_in(paying, **fields)["state"] == state


def test_where_nothing_is_paid_a_book_begins_at_once_unless_told_otherwise(api: httpx.Client) -> None:
    assert hand_in(api)["state"] == "queued"
    assert hand_in(api, start="when_told")["state"] == "unstarted"


def test_texts_and_capped_texts_are_taken_on_the_same_terms(paying: httpx.Client) -> None:
    text = {"title": "A Text", "text": f"Chapter 1\n\n{prose(100, uuid4().hex)}"}
    assert paying.post("/books/text", json=text).json()["state"] == "unstarted"
    capped = paying.post("/books/text", json={**text, "cap_usd": "0.5"}).json()
    assert capped["state"] == "queued"
    assert Decimal(paying.get(f"/books/{capped['id']}/budget").json()["book"]["cap_usd"]) == Decimal("0.5")


def test_correcting_a_book_that_waits_does_not_start_it(paying: httpx.Client, engine: Engine) -> None:
    book = hand_in(paying)
    sections = paying.get(f"/books/{book['id']}/structure").json()["sections"]
    rename = {"do": "rename", "section": sections[0]["key"], "title": "Otherwise"}
    changed = paying.post(f"/books/{book['id']}/corrections", json={"corrections": [rename]}, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    assert paying.get(f"/books/{book['id']}").json()["state"] == "unstarted"
    assert not is_due(engine, book)
    problem(paying.post(f"/books/{book['id']}/retry"), 409, "book-unstarted")


@pytest.mark.parametrize("fields", [{"cap_usd": "-1"}, {"cap_usd": "much"}, {"cap_usd": "1e9"}, {"start": "later"}])
def test_terms_that_make_no_sense_are_refused(paying: httpx.Client, fields: dict[str, str]) -> None:
    answer = paying.post("/books", files={"file": ("book.md", b"# One\n\nWords.")}, data=fields)
    body = problem(answer, 422, "invalid-request")
    assert [error["field"] for error in body["errors"]] == list(fields)  # type: ignore[attr-defined]


def test_the_terms_say_who_would_be_paid(paying: httpx.Client, api: httpx.Client) -> None:
    told = paying.get("/terms").json()
    assert told["paid"]
    assert told["clips"]
    assert told["lips"]
    assert told["composed"]
    assert told["providers"] == ["elevenlabs", "modelslab", "openrouter"]
    assert api.get("/terms").json() == {
        "paid": False,
        "providers": [],
        "clips": False,
        "lips": False,
        "composed": False,
        "book_cap_usd": None,
    }


def test_clips_are_in_the_price_only_where_they_were_asked_for(paying: httpx.Client) -> None:
    def price(**fields: str) -> dict[str, Decimal]:
        book = hand_in(paying, **fields)
        estimate = paying.get(f"/books/{book['id']}/estimate").json()
        return {one["asset"]: Decimal(one["usd_most"]) for one in estimate["assets"]}

    assert "motion" not in price()
    assert price(motion="clips")["motion"] > 0
    assert "music" not in price(music="ambience")
    assert price(music="composed")["music"] > 0
    assert "lipsync" not in price()
    assert price(lipsync="true")["lipsync"] > 0
