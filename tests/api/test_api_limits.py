"""Limits as a client meets them: headers that tell how they stand, and refusals that say what would help."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, delete, insert

from api.app import create_app
from api.backend import Owner
from api.limits import Bursts
from litink.db.schema import books, generation_starts, idempotency, users
from litink.settings import Settings
from tests.served import serving


@pytest.fixture
def user(engine: Engine) -> Iterator[UUID]:
    """On the free tier."""
    with engine.begin() as connection:
        made = insert(users).values(name=uuid4().hex, tier="free").returning(users.c.id)
        found: UUID = connection.execute(made).scalar_one()
    yield found
    with engine.begin() as connection:
        for table in (books, generation_starts, idempotency):
            connection.execute(delete(table).where(table.c.owner_id == found))


@pytest.fixture
def free(settings: Settings, user: UUID) -> Iterator[httpx.Client]:
    """An API of many people, asked by one on the free tier. Who asks is somebody else's subject, and is given here."""
    own: dict[str, Any] = {"home": settings.home, "postgres_port": settings.postgres_port, "secret_key": "s" * 40}
    app = create_app(Settings(_env_file=None, accounts="multi", burst_limit=600, **own))
    app.dependency_overrides[get_args(Owner)[1].dependency] = lambda: user
    with serving(app) as url, httpx.Client(base_url=f"{url}/api/v1", timeout=60) as client:
        yield client


def text(**more: Any) -> dict[str, Any]:
    return {"title": "A Test", "text": f"# One\n\n{uuid4().hex} went home.", "start": "when_told", **more}


def test_requests_that_start_generation_are_counted_and_the_refusal_says_when_and_what_helps(
    free: httpx.Client,
) -> None:
    book = free.post("/books/text", json=text())
    assert book.status_code == 201, book.text
    assert book.headers["RateLimit-Policy"] == '"generations";q=10;w=3600'
    left, seconds = book.headers["RateLimit"].removeprefix('"generations";r=').split(";t=")
    assert (left, 3_595 <= int(seconds) <= 3_600) == ("9", True)
    start = f"/books/{book.json()['id']}/start"
    key = {"Idempotency-Key": uuid4().hex}
    assert free.post(start, headers=key).headers["RateLimit"].startswith('"generations";r=8;')
    assert "RateLimit-Policy" in free.post(start, headers=key).headers  # the same again is not counted
    for _ in range(3):
        assert free.post(start).status_code == 409  # nor is what came to nothing
    for _ in range(8):
        assert free.post(f"/books/{book.json()['id']}/exports", json={"kind": "film"}).status_code == 201
    answer = free.post("/books/text", json=text())
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (429, "generations-limit")
    assert 3_590 <= int(answer.headers["Retry-After"]) <= 3_600
    assert answer.headers["RateLimit"].startswith('"generations";r=0;')
    limit = problem["limit"]
    assert (limit["name"], limit["quota"], limit["lifted_by"]) == ("generations", 10, "basic")
    assert datetime.fromisoformat(limit["frees_at"]) > datetime.now(UTC)
    assert free.get("/books").status_code == 200  # reading goes on


def test_a_film_that_the_tier_does_not_have_is_refused_where_it_was_asked_for_at_once(free: httpx.Client) -> None:
    long = "# One\n\n" + "word " * 2_000
    waits = free.post("/books/text", json=text(text=long, start="auto"))
    assert (waits.status_code, waits.json()["state"]) == (201, "unstarted")
    answer = free.post("/books/text", json=text(text=long, start="at_once"))
    assert (answer.status_code, answer.json()["code"]) == (403, "film-length-limit")
    assert answer.json()["limit"] == {"name": "film-length", "quota": 5, "lifted_by": "basic"}  # waiting helps nobody
    assert "Retry-After" not in answer.headers


def test_who_asks_too_often_is_told_to_wait(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"accounts": "single"}))
    app.add_middleware(Bursts, per_minute=5, now=lambda: 1_000.0)
    with serving(app) as url, httpx.Client(base_url=url, timeout=30) as client:
        for left in range(4, -1, -1):
            told = client.get("/api/v1/terms").headers
            assert (told["RateLimit-Policy"], told["RateLimit"]) == ('"burst";q=5;w=60', f'"burst";r={left};t=12')
        answer = client.get("/api/v1/terms")
        assert (answer.status_code, answer.json()["code"]) == (429, "burst-limit")
        assert answer.headers["Retry-After"] == "12"
        assert client.get("/healthz/live").status_code == 200


def test_a_burst_fills_again_evenly() -> None:
    now = 0.0

    async def app(*_: object) -> None:
        """Never asked."""

    bursts = Bursts(app, per_minute=60, now=lambda: now)
    assert [bursts._take("a")[0] > 0 for _ in range(61)] == [False] * 60 + [True]
    assert bursts._take("b") == (0.0, 59)
    now = 1.0
    assert bursts._take("a") == (0.0, 0)
    assert bursts._take("a")[0] == pytest.approx(1.0)
    now = 600.0
    assert bursts._take("a") == (0.0, 59)
