"""Event streams: what happened to books, as server-sent events (WHATWG HTML, section 9.2). Writes nothing."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Header, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from api.backend import Backend
from litink.library import repository
from litink.library.repository import Event, OwnedEvent
from litink.production.exports import queue

KEEP_ALIVE_SECONDS = 15.0
BATCH = 200
# An event's id is given before its transaction commits, so that a smaller id may become visible after a larger one.
# For this long the stream looks again behind what it has told.
SETTLED = timedelta(seconds=10)


def start_after(
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", description="where a lost stream goes on")
    ] = None,
    after: Annotated[int, Query(ge=0, le=2**63 - 1, description="only events after this one")] = 0,
) -> int:
    """The event after which a stream begins: the header of a reconnecting browser wins."""
    number = (last_event_id or "").strip()
    return min(int(number), 2**63 - 1) if number.isascii() and number.isdigit() else after


class _Teller:
    """Remembers what one stream has told, and finds what it has not."""

    def __init__(self, read: Callable[[int], Sequence[Event]], after: int) -> None:
        self._read = read
        self._floor = after
        self._told: dict[int, Event] = {}

    def news(self) -> list[Event]:
        found: list[Event] = []
        cursor = self._floor
        while True:
            batch = self._read(cursor)
            found += [event for event in batch if event.id not in self._told]
            if len(batch) < BATCH:
                break
            cursor = batch[-1].id
        self._told |= {event.id: event for event in found}
        self._forget_settled()
        return found

    def _forget_settled(self) -> None:
        if not self._told:
            return
        newest = max(event.created_at for event in self._told.values())
        settled = [event.id for event in self._told.values() if event.created_at < newest - SETTLED]
        self._floor = max([self._floor, *settled])
        self._told = {number: event for number, event in self._told.items() if number > self._floor}


async def book_stream(backend: Backend, book_id: UUID, after: int) -> AsyncIterator[bytes]:
    """One book's events; ends when the book is ready, failed or gone, no export is being made, and everything has been
    told."""

    def read(last_id: int) -> Sequence[Event]:
        with backend.engine.begin() as connection:
            return repository.events_after(connection, book_id, last_id, BATCH)

    def look() -> tuple[str, list[Event]]:
        with backend.engine.begin() as connection:  # the state first: what comes after it is told the next time
            book = repository.get_book(connection, book_id)
            state = book.state if book else "deleted"
            if state == "ready" and queue.under_way(connection, book_id):
                state = "exporting"
        return state, teller.news()

    teller = _Teller(read, after)
    with backend.hub.bell(book_id) as bell:
        for look_number in itertools.count():
            bell.clear()
            state, news = await run_in_threadpool(look)
            for event in news:
                yield _encoded(event)
            if state == "deleted":
                if not any(event.data.get("state") == "deleted" for event in news):
                    yield format_sse_event(event="book", data_str='{"state": "deleted"}')
                return
            if state in ("ready", "failed"):
                return
            if not news and look_number == 0:
                yield KEEPALIVE_COMMENT  # the headers leave at once
            if backend.hub.closed:
                return
            if not await _rung(bell):
                yield KEEPALIVE_COMMENT


async def owner_stream(backend: Backend, owner_id: UUID, after: int | None) -> AsyncIterator[bytes]:
    """The events of all of an owner's books, each with its ``book_id``; never ends by itself."""

    def begin() -> int:
        with backend.engine.begin() as connection:
            return repository.last_owner_event_id(connection, owner_id)

    def read(last_id: int) -> Sequence[Event]:
        with backend.engine.begin() as connection:
            return repository.owner_events_after(connection, owner_id, last_id, BATCH)

    with backend.hub.bell(None) as bell:
        teller = _Teller(read, await run_in_threadpool(begin) if after is None else after)
        yield KEEPALIVE_COMMENT  # the headers leave at once
        while not backend.hub.closed:
            bell.clear()
            for event in await run_in_threadpool(teller.news):
                yield _encoded(event)
            if not await _rung(bell):
                yield KEEPALIVE_COMMENT


async def _rung(bell: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(bell.wait(), KEEP_ALIVE_SECONDS)
    except TimeoutError:
        return False
    return True


def _encoded(event: Event) -> bytes:
    data = dict(event.data)
    if isinstance(event, OwnedEvent):
        data["book_id"] = str(event.book_id)
    return format_sse_event(id=str(event.id), event=event.kind, data_str=json.dumps(data, ensure_ascii=False))
