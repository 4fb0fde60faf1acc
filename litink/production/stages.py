"""Stages of work: which run of which book is due, and what became of it. The rows are the truth, runs only follow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.db.schema import assets, books, plans, stage_runs, users
from litink.generation.backfilled import backfill_of_book
from litink.generation.model import Owned
from litink.generation.records import record_event
from litink.library import repository
from litink.production.exports import queue
from litink.production.graph import ASKED_FOR, EXPORTS, STAGES, stages_before
from litink.production.turns import Running

MAX_ATTEMPTS = 3  # a run that was lost (its process died) is launched anew this often

# A stage may go on without these having come out well: it says what is missing instead.
_OPTIONAL = {"pictures"}


@dataclass(frozen=True)
class Due:
    """A stage that should be launched now."""

    book_id: UUID
    title: str
    stage: str
    revision: int
    attempt: int
    owner_id: UUID
    tier: str
    since: datetime  # it has been due since then
    backfill: UUID | None  # whose plan for the book this revision carries out

    @property
    def run_key(self) -> str:
        return f"{self.book_id}/{self.stage}/{self.revision}/{self.attempt}"


@dataclass(frozen=True)
class StageRun:
    book_id: UUID
    stage: str
    revision: int
    attempt: int
    state: str
    run_id: str | None
    updated_at: datetime


def due(connection: Connection) -> list[Due]:
    """What may be launched, what has waited longest first. Whose turn it is: :mod:`litink.production.turns`."""
    columns = (books.c.id, books.c.title, books.c.revision, books.c.owner_id, books.c.updated_at, users.c.tier)
    query = (
        select(*columns, backfill_of_book().label("backfill"))
        .join(users, users.c.id == books.c.owner_id)
        .where(books.c.state.in_(("queued", "working")))
        .order_by(books.c.created_at)
    )
    open_books = connection.execute(query).mappings().all()
    latest = _latest_runs(connection, [row["id"] for row in open_books])
    found = [
        Due(
            book_id=row["id"],
            title=row["title"],
            stage=stage,
            revision=row["revision"],
            attempt=attempt,
            owner_id=row["owner_id"],
            tier=row["tier"],
            since=max((run.updated_at for run in runs.values()), default=row["updated_at"]),
            backfill=row["backfill"],
        )
        for row in open_books
        for runs in [{s: r for (s, v), r in latest[row["id"]].items() if v == row["revision"]}]
        for stage, attempt in _due_stages(runs)
    ]
    found += _due_exports(connection)
    return sorted(found, key=lambda item: item.since)


def under_way(connection: Connection) -> list[Running]:
    """What was handed over and has not ended."""
    query = (
        select(stage_runs.c.owner_id, users.c.tier, stage_runs.c.stage, backfill_of_book().label("backfill"))
        .join(users, users.c.id == stage_runs.c.owner_id)
        .join(books, books.c.id == stage_runs.c.book_id)
        .where(stage_runs.c.state == "launched", books.c.state != "deleting")
    )
    return [Running(row.owner_id, row.tier, row.stage, row.backfill is not None) for row in connection.execute(query)]


def _due_exports(connection: Connection) -> list[Due]:
    return [
        Due(
            book_id=one.book_id,
            title=one.title,
            stage=EXPORTS,
            revision=one.revision,
            attempt=one.attempt,
            owner_id=one.owner_id,
            tier=one.tier,
            since=one.since,
            backfill=None,
        )
        for one in queue.waiting(connection, most_losses=MAX_ATTEMPTS)
    ]


def _due_stages(runs: Mapping[str, StageRun]) -> Iterable[tuple[str, int]]:
    for stage in STAGES:
        run = runs.get(stage)
        if run is not None and (run.state != "lost" or run.attempt >= MAX_ATTEMPTS):
            continue
        before = [(name, runs[name].state if name in runs else None) for name in stages_before(stage)]
        if all(state == "done" or (state == "failed" and name in _OPTIONAL) for name, state in before):
            yield stage, run.attempt + 1 if run else 1


def _latest_runs(connection: Connection, book_ids: list[UUID]) -> Mapping[UUID, dict[tuple[str, int], StageRun]]:
    query = select(*_RUN_COLUMNS).where(stage_runs.c.book_id.in_(book_ids)).order_by(stage_runs.c.attempt)
    latest: defaultdict[UUID, dict[tuple[str, int], StageRun]] = defaultdict(dict)
    for row in connection.execute(query).mappings():
        latest[row["book_id"]][row["stage"], row["revision"]] = StageRun(**row)
    return latest


_RUN_COLUMNS = [
    stage_runs.c.book_id,
    stage_runs.c.stage,
    stage_runs.c.revision,
    stage_runs.c.attempt,
    stage_runs.c.state,
    stage_runs.c.run_id,
    stage_runs.c.updated_at,
]


def launched(connection: Connection, item: Due) -> bool:
    """Note that a stage was handed over; False when somebody else did so before."""
    owner = select(books.c.owner_id).where(books.c.id == item.book_id).scalar_subquery()
    done = connection.execute(
        insert(stage_runs)
        .values(
            owner_id=owner,
            book_id=item.book_id,
            stage=item.stage,
            revision=item.revision,
            attempt=item.attempt,
            state="launched",
        )
        .on_conflict_do_nothing()
        .returning(stage_runs.c.attempt)  # an INSERT's rowcount is -1 here, whatever it did
    ).first()
    connection.execute(
        update(books).where(books.c.id == item.book_id, books.c.state == "queued").values(state="working")
    )
    return done is not None


def quiet(connection: Connection, seconds: float) -> list[StageRun]:
    """Stages handed over and not heard of for this long; none when the database started later than that, since nobody
    had the time to show himself to it again."""
    since = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    query = select(*_RUN_COLUMNS).where(
        stage_runs.c.state == "launched", stage_runs.c.updated_at < since, func.pg_postmaster_start_time() < since
    )
    return [StageRun(**row) for row in connection.execute(query).mappings()]


def lose_all(connection: Connection) -> list[StageRun]:
    """No run can be alive (the platform is only just starting): whatever was under way is due again."""
    query = select(*_RUN_COLUMNS).where(stage_runs.c.state == "launched")
    lost = [StageRun(**row) for row in connection.execute(query).mappings()]
    for run in lost:
        lose(connection, run)
    return lost


def state_of(connection: Connection, book_id: UUID, stage: str, revision: int, attempt: int) -> str | None:
    """How a handed-over stage stands; None when the book is gone."""
    query = select(stage_runs.c.state).where(
        stage_runs.c.book_id == book_id,
        stage_runs.c.stage == stage,
        stage_runs.c.revision == revision,
        stage_runs.c.attempt == attempt,
    )
    return connection.execute(query).scalar()


def attach_run(connection: Connection, book_id: UUID, stage: str, revision: int, run_id: str) -> None:
    """Remember which run works on the stage, as soon as the run knows itself."""
    connection.execute(_open(book_id, stage, revision).values(run_id=run_id, updated_at=func.now()))


def lose(connection: Connection, run: StageRun) -> None:
    """The run's process died: the stage is due again, until it has died too often."""
    connection.execute(
        update(stage_runs)
        .where(
            stage_runs.c.book_id == run.book_id,
            stage_runs.c.stage == run.stage,
            stage_runs.c.revision == run.revision,
            stage_runs.c.attempt == run.attempt,
        )
        .values(state="lost", updated_at=func.now())
    )
    book = repository.lock_book(connection, run.book_id) if run.stage != EXPORTS else None
    if run.attempt >= MAX_ATTEMPTS and book is not None and book.revision == run.revision:
        problem = {
            "code": "work-lost",
            "message": f"The work on this book (“{run.stage}”) was cut off {run.attempt} times; start it again.",
        }
        repository.set_state(connection, run.book_id, "failed", problem)
    repository.wake_sensor(connection)


def made_once(connection: Connection, book_id: UUID) -> bool:
    """Whether all stages of the book have had their turn once: its last one was begun, which waits for the others."""
    last = list(STAGES)[-1]
    query = select(stage_runs.c.stage).where(stage_runs.c.book_id == book_id, stage_runs.c.stage == last).limit(1)
    return connection.execute(query).first() is not None


def settle_asset(connection: Connection, owned: Owned, stage: str, revision: int) -> None:
    """After an asset: if it completes its stage, say so; if that completes the book, say that."""
    names = STAGES[stage] if stage in STAGES else tuple(ASKED_FOR)
    query = select(assets.c.asset, assets.c.state).where(
        assets.c.book_id == owned.book_id, assets.c.revision == revision, assets.c.asset.in_(names)
    )
    states = {row.asset: row.state for row in connection.execute(query)}
    if all(states.get(name) == "done" for name in names):
        _close(connection, owned, stage, revision, "done", None)


def fail_stage(connection: Connection, owned: Owned, stage: str, revision: int, error: Mapping[str, str]) -> None:
    _close(connection, owned, stage, revision, "failed", error)


def _close(
    connection: Connection, owned: Owned, stage: str, revision: int, state: str, error: Mapping[str, str] | None
) -> None:
    connection.execute(_open(owned.book_id, stage, revision).values(state=state, error=error, updated_at=func.now()))
    book = repository.lock_book(connection, owned.book_id)  # a new revision now would lose its state below
    if book is None or book.revision != revision:
        return
    new_state: str | None = None
    if stage == EXPORTS:
        record_event(connection, owned, "exports", {"state": state, "problem": error})
    elif state == "failed" and stage not in _OPTIONAL:
        new_state = "failed"
    elif state == "done" and stage == list(STAGES)[-1]:
        new_state = "ready"
    if new_state:
        repository.set_state(connection, owned.book_id, new_state, error)
        if new_state == "ready":
            _carried_out(connection, owned.book_id)
        record_event(connection, owned, "book", {"state": new_state, "problem": error})
    repository.wake_sensor(connection)


def _carried_out(connection: Connection, book_id: UUID) -> None:
    """The plans that were applied are done: every stage has had its turn with them."""
    applied = update(plans).where(plans.c.book_id == book_id, plans.c.state == "applied")
    connection.execute(applied.values(state="done"))


def _open(book_id: UUID, stage: str, revision: int) -> Any:
    return update(stage_runs).where(
        stage_runs.c.book_id == book_id,
        stage_runs.c.stage == stage,
        stage_runs.c.revision == revision,
        stage_runs.c.state == "launched",
    )
