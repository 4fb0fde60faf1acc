"""Whose exports are due: of books that are ready, so that no film waits for them. Reads only.

A run makes all orders of a book that it finds. It is due once for every revision of the book, which brings what was
ordered before up to date, and again when an order stands that no run has taken up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from litink.db.schema import books, exports, stage_runs, users
from litink.production.exports import records

STAGE = "exports"


@dataclass(frozen=True)
class Waiting:
    """A book whose exports should be made now; ``attempt`` is the number of the run in its revision."""

    book_id: UUID
    title: str
    revision: int
    owner_id: UUID
    tier: str
    attempt: int
    since: datetime


@dataclass(frozen=True)
class _Run:
    revision: int
    attempt: int
    state: str
    updated_at: datetime


def waiting(connection: Connection, book_id: UUID | None = None, *, most_losses: int) -> list[Waiting]:
    """Those that have waited longest first. ``most_losses``: a run that was lost is launched again so often."""
    query = (
        select(books.c.id, books.c.title, books.c.revision, books.c.owner_id, books.c.updated_at, users.c.tier)
        .join(users, users.c.id == books.c.owner_id)
        .where(books.c.state == "ready", books.c.id.in_(select(exports.c.book_id)))
        .order_by(books.c.created_at)
    )
    if book_id is not None:
        query = query.where(books.c.id == book_id)
    ready = connection.execute(query).all()
    runs = _runs(connection, [row.id for row in ready])
    news = records.open_since(connection, [row.id for row in ready])
    found = []
    for row in ready:
        mine = [run for run in runs[row.id] if run.revision == row.revision]
        if _wanted(mine, news.get(row.id), most_losses):
            attempt = mine[-1].attempt + 1 if mine else 1
            since = news.get(row.id) or row.updated_at
            found.append(Waiting(row.id, row.title, row.revision, row.owner_id, row.tier, attempt, since))
    return found


def _wanted(runs: Sequence[_Run], news: datetime | None, most_losses: int) -> bool:
    """``runs``: those of this revision, the newest last. ``news``: since when there are orders that none took up."""
    if not runs:
        return True
    last = runs[-1]
    if last.state == "launched":
        return False
    if last.state == "done":
        return news is not None
    lost = [run.state for run in runs[-most_losses:]]
    if last.state == "lost" and lost != ["lost"] * most_losses:
        return True
    return news is not None and news > last.updated_at


def _runs(connection: Connection, book_ids: list[UUID]) -> Mapping[UUID, list[_Run]]:
    columns = [stage_runs.c[name] for name in _Run.__dataclass_fields__]
    query = (
        select(stage_runs.c.book_id, *columns)
        .where(stage_runs.c.book_id.in_(book_ids), stage_runs.c.stage == STAGE)
        .order_by(stage_runs.c.attempt)
    )
    found: defaultdict[UUID, list[_Run]] = defaultdict(list)
    for book, *row in connection.execute(query):
        found[book].append(_Run(*row))
    return found


def under_way(connection: Connection, book_id: UUID) -> bool:
    """Whether exports of the book are being made, or will be as soon as somebody looks."""
    if any(run.state == "launched" for run in _runs(connection, [book_id])[book_id]):
        return True
    return bool(waiting(connection, book_id, most_losses=1))


def problem(connection: Connection, book_id: UUID) -> tuple[Mapping[str, str], datetime] | None:
    """Why and when the newest run of this book's exports failed as a whole; None when it did not."""
    query = (
        select(stage_runs.c.state, stage_runs.c.error, stage_runs.c.updated_at)
        .where(stage_runs.c.book_id == book_id, stage_runs.c.stage == STAGE)
        .order_by(stage_runs.c.revision.desc(), stage_runs.c.attempt.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row.error, row.updated_at) if row and row.state == "failed" else None
