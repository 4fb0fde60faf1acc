"""Event streams: live, resumable, ending when all is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Queue
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from api.books import events as streams
from tests.made_books import Maker, item

Event = tuple[int, str, dict[str, Any]]


def parsed(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield int(fields.get("id", 0)), fields["event"], json.loads(fields["data"])
            fields = {}


def told(api: httpx.Client, path: str, **headers: str) -> list[Event]:
    """Everything a stream tells until it ends."""
    with api.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        return list(parsed(answer.iter_lines()))


@contextmanager
def watching(address: str, path: str) -> Iterator[Queue[Event | None]]:
    """A stream read in a thread; None when it has ended."""
    heard: Queue[Event | None] = Queue()
    connected = threading.Event()

    def listen() -> None:
        # The streams that never end by themselves are cut when the server stops.
        with suppress(httpx.HTTPError), httpx.stream("GET", f"{address}/api/v1{path}", timeout=60) as answer:
            connected.set()
            for event in parsed(answer.iter_lines()):
                heard.put(event)
        heard.put(None)

    threading.Thread(target=listen, daemon=True).start()
    assert connected.wait(10)
    yield heard


def test_what_happens_is_told_as_it_happens_and_the_end_ends_it(address: str, maker: Maker) -> None:
    book = maker.add()
    with watching(address, f"/books/{book.id}/events") as heard:
        first = heard.get(timeout=10)
        assert first is not None
        assert first[1:] == ("book", {"state": "queued", "title": book.title})
        maker.put(book, "plot_overview", "plot", b"{}", "application/json")
        events = [heard.get(timeout=10)]
        while (latest := events[-1]) is not None and latest[2]["state"] == "running":  # once more when it takes long
            events.append(heard.get(timeout=10))
        told_of = [(e[1], e[2]["asset"], e[2]["state"]) for e in events if e]
        assert told_of[-1] == ("asset", "plot_overview", "done")
        assert set(told_of[:-1]) == {("asset", "plot_overview", "running")}
        maker.state(book, "ready")
        last = heard.get(timeout=10)
        assert last is not None
        assert last[2]["state"] == "ready"
        assert heard.get(timeout=10) is None


def test_a_stream_goes_on_where_it_was_lost(api: httpx.Client, maker: Maker) -> None:
    book = maker.add()
    maker.put(book, "plot_overview", "plot", b"{}", "application/json")
    maker.state(book, "failed", {"code": "x", "message": "y"})
    path = f"/books/{book.id}/events"
    everything = told(api, path)
    first, *between, last = [e[1] for e in everything]
    assert (first, set(between), last) == ("book", {"asset"}, "book")
    middle = everything[1][0]
    assert told(api, path, **{"Last-Event-ID": str(middle)}) == everything[2:]
    assert told(api, f"{path}?after={middle}") == everything[2:]


def test_a_client_that_has_heard_all_is_told_to_stay_away(api: httpx.Client, maker: Maker) -> None:
    book = maker.add()
    maker.state(book, "ready")
    path = f"/books/{book.id}/events"
    last = told(api, path)[-1][0]
    assert api.get(path, headers={"Last-Event-ID": str(last)}).status_code == 204


def test_the_status_names_the_event_to_go_on_from(api: httpx.Client, maker: Maker) -> None:
    book = maker.add()
    maker.put(book, "plot_overview", "plot", b"{}", "application/json")
    after = api.get(f"/books/{book.id}/status").json()["last_event_id"]
    maker.state(book, "ready")
    assert [e[2]["state"] for e in told(api, f"/books/{book.id}/events?after={after}")] == ["ready"]


def test_an_event_that_commits_late_is_still_told(address: str, maker: Maker, engine: Engine) -> None:
    """Ids are given before commits: a smaller one may become visible after a larger one has been told."""
    book = maker.add()
    statement = text(
        "INSERT INTO events (owner_id, book_id, kind, data) VALUES (:owner, :book, 'asset', CAST(:data AS jsonb))"
    )
    notify = text("SELECT pg_notify('litink_events', :book)")
    with watching(address, f"/books/{book.id}/events") as heard, engine.connect() as slow:
        heard.get(timeout=10)
        row = {"owner": book.owner_id, "book": book.id}
        slow.execute(statement, row | {"data": '{"n": 1}'})
        with engine.begin() as quick:
            quick.execute(statement, row | {"data": '{"n": 2}'})
            quick.execute(notify, {"book": str(book.id)})
        second = heard.get(timeout=10)
        slow.execute(notify, {"book": str(book.id)})
        slow.commit()
        first = heard.get(timeout=10)
        assert first is not None
        assert second is not None
        assert (second[2], first[2]) == ({"n": 2}, {"n": 1})
        assert first[0] < second[0]


def test_deleting_a_book_ends_its_stream(address: str, api: httpx.Client, maker: Maker) -> None:
    book = maker.add()
    with watching(address, f"/books/{book.id}/events") as heard:
        heard.get(timeout=10)
        api.delete(f"/books/{book.id}")
        last = heard.get(timeout=10)
        assert last is not None
        assert last[1:] == ("book", {"state": "deleted"})
        assert heard.get(timeout=10) is None


def test_all_books_in_one_stream(address: str, maker: Maker) -> None:
    with watching(address, "/events") as heard:
        books = [maker.add(), maker.add()]
        seen = [heard.get(timeout=10) for _ in books]
        assert [e[2]["book_id"] for e in seen if e] == [str(book.id) for book in books]


def test_a_quiet_stream_stays_alive(address: str, maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.05)
    book = maker.add()
    with httpx.stream("GET", f"{address}/api/v1/books/{book.id}/events", timeout=10) as answer:
        lines = answer.iter_lines()
        assert sum(1 for _, line in zip(range(40), lines, strict=False) if line == ": ping") > 3


def test_the_hub_comes_back_after_losing_its_connection(address: str, maker: Maker, engine: Engine) -> None:
    book = maker.add()
    with watching(address, f"/books/{book.id}/events") as heard:
        heard.get(timeout=10)
        with engine.begin() as connection:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN litink_events%'"
            assert connection.execute(text(cut)).all()
        maker.make(book, "plot_overview", [item("plot_overview", "plot", b"{}", "application/json")])
        maker.state(book, "ready")
        kinds = []
        while (event := heard.get(timeout=10)) is not None:
            kinds.append(event[1])
        assert kinds == ["asset", "asset", "book"]


def test_listeners_hold_no_database_connection(address: str, maker: Maker, engine: Engine) -> None:
    book = maker.add()
    count = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'")
    listening = text("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN litink_events%'")
    with engine.connect() as connection:
        before = connection.execute(listening).scalar_one()
    streams_open = [httpx.Client(base_url=address) for _ in range(40)]
    answers = [c.send(c.build_request("GET", f"/api/v1/books/{book.id}/events"), stream=True) for c in streams_open]
    try:
        for answer in answers:
            next(answer.iter_lines())
        with engine.connect() as connection:
            assert connection.execute(listening).scalar_one() == before
            assert connection.execute(count).scalar_one() < 10
    finally:
        for answer in answers:
            answer.close()
        for client in streams_open:
            client.close()
