"""Errors: always a problem document, whatever went wrong, and never a look inside."""

from __future__ import annotations

import json
from typing import Annotated

import httpx
import pytest
from fastapi import Body
from sqlalchemy import Engine

from api.app import create_app
from litink.errors import PermanentFailure, TransientFailure
from litink.settings import Settings
from tests.api.test_api_books import problem, upload
from tests.served import serving


@pytest.mark.parametrize("path", ["/nope", "/books/not-an-id", "/books/01a20376-0d2c-708b-93e2-3b2413f78fd0/nope"])
def test_unknown_addresses(api: httpx.Client, path: str) -> None:
    problem(api.get(path), 404, "not-found")


def test_an_unknown_book(api: httpx.Client) -> None:
    problem(api.get("/books/01a20376-0d2c-708b-93e2-3b2413f78fd0"), 404, "no-such-book")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/books/01a20376-0d2c-708b-93e2-3b2413f78fd0", "GET, HEAD, DELETE"),
        ("DELETE", "/books", "GET, HEAD, POST"),
        ("GET", "/books/01a20376-0d2c-708b-93e2-3b2413f78fd0/retry", "POST"),
    ],
)
def test_a_wrong_method_is_told_every_right_one(api: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = api.request(method, path)
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == allowed


def test_a_body_that_is_no_json(api: httpx.Client) -> None:
    answer = api.post("/books/text", content=b"{not json", headers={"Content-Type": "application/json"})
    problem(answer, 422, "invalid-request")


@pytest.mark.parametrize("sent", ["\\u0000", "\\ud800"])
def test_text_that_is_none_is_the_requests_fault(api: httpx.Client, sent: str) -> None:
    """A zero, and half of a character, which JSON can carry and nothing can keep."""
    body = f'{{"title": "A{sent}", "text": "# One\\n\\nWords enough for a chapter.{sent}"}}'
    answer = api.post("/books/text", content=body, headers={"Content-Type": "application/json", "Idempotency-Key": "k"})
    assert answer.status_code in (201, 422), answer.text


def test_a_zero_in_an_address_is_the_requests_fault(api: httpx.Client) -> None:
    book = api.post("/books/text", json={"title": "A", "text": "# One\n\nWords enough for a chapter."}).json()["id"]
    problem(api.get(f"/books/{book}/audio?chapter=%00"), 422, "invalid-request")
    assert api.get(f"/books/{book}/items/audio/%00/content").status_code in (404, 422)


def test_a_broken_form(api: httpx.Client) -> None:
    headers = {"Content-Type": "multipart/form-data"}  # without the boundary that divides its parts
    problem(api.post("/books", content=b"--x\r\nnonsense", headers=headers), 400, "bad-request")


def test_a_request_id_is_kept_or_made(api: httpx.Client) -> None:
    assert api.get("/books", headers={"X-Request-ID": "mine-1"}).headers["x-request-id"] == "mine-1"
    made = api.get("/books", headers={"X-Request-ID": "evil\tid"}).headers["x-request-id"]
    assert len(made) == 32


def test_another_sites_page_changes_nothing(api: httpx.Client) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        problem(api.post("/books/text", json={}, headers=headers), 403, "foreign-origin")
    own = str(api.base_url).removesuffix("/api/v1/")
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": own}):
        problem(api.post("/books/text", json={}, headers=headers), 422, "invalid-request")
    assert api.get("/books", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


class TestTooLarge:
    def test_an_announced_size_is_refused_before_it_is_sent(self, settings: Settings, engine: Engine) -> None:
        small = settings.model_copy(update={"max_upload_bytes": 100_000})
        with serving(create_app(small)) as address, httpx.Client(base_url=f"{address}/api/v1") as api:
            body = problem(upload(api, b"x" * 200_000, "big.txt"), 413, "too-large")
            assert "larger" in str(body["detail"])
            assert upload(api, b"A fine day. " * 5_000, "fits.txt").status_code == 201

    def test_a_size_that_was_not_announced_is_stopped_on_the_way(self, settings: Settings, engine: Engine) -> None:
        small = settings.model_copy(update={"max_upload_bytes": 100_000})

        def pieces():  # type: ignore[no-untyped-def]
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.txt"\r\n\r\n'
            for _ in range(10):
                yield b"x" * 20_000
            yield b"\r\n--x--\r\n"

        with serving(create_app(small)) as address, httpx.Client(base_url=f"{address}/api/v1") as api:
            headers = {"Content-Type": "multipart/form-data; boundary=x"}
            problem(api.post("/books", content=pieces(), headers=headers), 413, "too-large")
        assert not list(settings.work_dir.glob("upload-*"))


def test_what_breaks_inside_is_told_without_its_insides(settings: Settings, engine: Engine) -> None:
    app = create_app(settings)

    @app.get("/broken", operation_id="test-broken")
    def broken() -> None:
        raise RuntimeError("secret detail")

    @app.get("/busy", operation_id="test-busy")
    def busy() -> None:
        raise TransientFailure("engine-busy", "The engine is busy; try again.")

    @app.get("/lost", operation_id="test-lost")
    def lost() -> None:
        raise PermanentFailure("object-missing", "A stored file is gone.")

    @app.post("/echo", operation_id="test-echo")
    def echo(body: Annotated[dict[str, int], Body()]) -> dict[str, int]:
        return body

    with serving(app) as address, httpx.Client(base_url=address) as client:
        body = problem(client.get("/broken"), 500, "internal")
        assert "secret" not in json.dumps(body)
        busy_answer = client.get("/busy")
        problem(busy_answer, 503, "engine-busy")
        assert busy_answer.headers["retry-after"]
        problem(client.get("/lost"), 410, "object-missing")
        found = problem(client.post("/echo", json={"a": "secret"}), 422, "invalid-request")
        assert "secret" not in json.dumps(found)  # what was sent is not sent back


def test_without_a_database_the_service_is_alive_and_says_so(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with serving(create_app(Settings(home=tmp_path))) as address, httpx.Client(base_url=address) as client:
        assert client.get("/healthz/live").json() == {"status": "alive"}
        ready = client.get("/healthz/ready")
        assert ready.status_code == 503
        assert not ready.json()["checks"]["database"]["ok"]
        answer = client.get("/api/v1/books")
        problem(answer, 503, "database-down")
        assert answer.headers["retry-after"]
        assert client.get("/").status_code == 200
