"""Limits as a client meets them: headers that tell how they stand, and refusals that say what would help."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.accounts.visitors import Visitor


@pytest.fixture
def free(visitor: Callable[[], Visitor]) -> httpx.Client:
    """Somebody new, whose tier is the free one."""
    return visitor().http


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
