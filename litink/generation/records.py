"""The generator's tables: items, artefacts, versions, assets, events. All SQL about them, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Select, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from litink.db.schema import artefacts, assets, blobs, books, events, items, versions
from litink.errors import TransientFailure
from litink.generation.model import Failure, Outcome, Owned, Task

EVENTS_CHANNEL = "litink_events"


@dataclass(frozen=True)
class ItemRecord:
    key: str
    position: int
    label: str
    state: str
    cache_key: str
    blob_sha: str | None
    media_type: str | None
    bytes: int | None
    meta: Mapping[str, Any]
    cost_usd: Decimal
    attempts: int
    error: Mapping[str, str] | None
    version: int
    inputs: Mapping[str, str]
    recipe: Mapping[str, Any]


@dataclass(frozen=True)
class Blob:
    """Stored bytes: where they are (their SHA-256), how many, and what they are."""

    sha: str
    bytes: int
    media_type: str


@dataclass(frozen=True)
class Artefact:
    cache_key: str
    blob_sha: str
    meta: Mapping[str, Any]


def _items() -> Select[Any]:
    return select(
        items.c.key,
        items.c.position,
        items.c.label,
        items.c.state,
        items.c.cache_key,
        items.c.blob_sha,
        blobs.c.media_type,
        blobs.c.bytes,
        items.c.meta,
        items.c.cost_usd,
        items.c.attempts,
        items.c.error,
        items.c.version,
        items.c.inputs,
        items.c.recipe,
    ).outerjoin(blobs, blobs.c.sha == items.c.blob_sha)


def items_of(connection: Connection, book_id: UUID, asset: str, *, below: str = "") -> list[ItemRecord]:
    """All items of an asset in order, or those whose keys begin with ``below``."""
    query = _items().where(items.c.book_id == book_id, items.c.asset == asset).order_by(items.c.position)
    if below:
        query = query.where(items.c.key.startswith(below, autoescape=True))
    return [ItemRecord(**row) for row in connection.execute(query).mappings()]


def item_of(connection: Connection, book_id: UUID, asset: str, key: str) -> ItemRecord | None:
    """One item; None when there is none of this name."""
    query = _items().where(items.c.book_id == book_id, items.c.asset == asset, items.c.key == key)
    row = connection.execute(query).mappings().first()
    return ItemRecord(**row) if row else None


def books_with(connection: Connection, book_ids: Sequence[UUID], asset: str, key: str) -> set[UUID]:
    """Those of the books for which this item is done."""
    query = select(items.c.book_id).where(
        items.c.book_id.in_(book_ids), items.c.asset == asset, items.c.key == key, items.c.state == "done"
    )
    return set(connection.execute(query).scalars())


@dataclass(frozen=True)
class OpenItem:
    """An item that is being made, or that failed."""

    asset: str
    key: str
    label: str
    state: str
    attempts: int
    error: Mapping[str, str] | None


def open_items(connection: Connection, book_id: UUID) -> list[OpenItem]:
    """What is under way and what failed, in order within each asset."""
    query = (
        select(items.c.asset, items.c.key, items.c.label, items.c.state, items.c.attempts, items.c.error)
        .where(items.c.book_id == book_id, items.c.state.in_(("running", "failed")))
        .order_by(items.c.asset, items.c.position)
    )
    return [OpenItem(**row) for row in connection.execute(query).mappings()]


def blob_of(connection: Connection, sha: str) -> Blob | None:
    row = connection.execute(select(blobs.c.sha, blobs.c.bytes, blobs.c.media_type).where(blobs.c.sha == sha)).first()
    return Blob(row.sha, row.bytes, row.media_type) if row else None


def artefacts_for(connection: Connection, keys: Sequence[str]) -> dict[str, Artefact]:
    query = select(artefacts.c.cache_key, artefacts.c.blob_sha, artefacts.c.meta).where(artefacts.c.cache_key.in_(keys))
    return {row["cache_key"]: Artefact(**row) for row in connection.execute(query).mappings()}


def declare(connection: Connection, owned: Owned, asset: str, tasks: Sequence[Task], keep: set[str]) -> None:
    """Make the item rows equal the tasks: new ones pending, vanished ones gone, ``keep`` (done already) untouched."""
    wanted = [task.key for task in tasks]
    connection.execute(
        delete(items).where(items.c.book_id == owned.book_id, items.c.asset == asset, items.c.key.not_in(wanted))
    )
    rows = [
        {
            "owner_id": owned.owner_id,
            "book_id": owned.book_id,
            "asset": asset,
            "key": task.key,
            "position": position,
            "label": task.label,
            "cache_key": task.cache_key,
            "inputs": dict(task.inputs),
            "recipe": dict(task.recipe),
            "state": "pending",
        }
        for position, task in enumerate(tasks)
    ]
    fresh = [row for row in rows if row["key"] not in keep]
    if fresh:
        statement = insert(items)
        new = statement.excluded
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["book_id", "asset", "key"],
                set_={
                    "position": new.position,
                    "label": new.label,
                    "cache_key": new.cache_key,
                    "inputs": new.inputs,
                    "recipe": new.recipe,
                    "state": "pending",
                    "error": None,
                    "updated_at": func.now(),
                },
            ),
            fresh,
        )
    for row in rows:
        if row["key"] in keep:
            connection.execute(
                update(items)
                .where(items.c.book_id == owned.book_id, items.c.asset == asset, items.c.key == row["key"])
                .where((items.c.position != row["position"]) | (items.c.label != row["label"]))
                .values(position=row["position"], label=row["label"])
            )


def mark_running(connection: Connection, owned: Owned, asset: str, keys: Sequence[str]) -> None:
    connection.execute(
        update(items)
        .where(items.c.book_id == owned.book_id, items.c.asset == asset, items.c.key.in_(keys))
        .values(state="running", attempts=items.c.attempts + 1, updated_at=func.now())
    )


def record_blob(connection: Connection, sha: str, size: int, media_type: str) -> None:
    connection.execute(
        insert(blobs).values(sha=sha, bytes=size, media_type=media_type).on_conflict_do_nothing(index_elements=["sha"])
    )


def record_artefact(connection: Connection, task: Task, sha: str, meta: Mapping[str, Any], cost_usd: Decimal) -> None:
    connection.execute(
        insert(artefacts)
        .values(
            cache_key=task.cache_key,
            asset=task.asset,
            blob_sha=sha,
            meta=dict(meta),
            recipe=dict(task.recipe),
            cost_usd=cost_usd,
        )
        .on_conflict_do_update(index_elements=["cache_key"], set_={"blob_sha": sha, "meta": dict(meta)})
    )


def record_done(
    connection: Connection, owned: Owned, task: Task, sha: str, meta: Mapping[str, Any], cost_usd: Decimal
) -> None:
    """The item is done with this content; a new content is a new version."""
    here = (items.c.book_id == owned.book_id, items.c.asset == task.asset, items.c.key == task.key)
    last = connection.execute(
        select(versions.c.number, versions.c.blob_sha)
        .where(versions.c.book_id == owned.book_id, versions.c.asset == task.asset, versions.c.key == task.key)
        .order_by(versions.c.number.desc())
        .limit(1)
    ).first()
    number = last.number if last else 0
    if last is None or last.blob_sha != sha:
        number += 1
        connection.execute(
            insert(versions).values(
                owner_id=owned.owner_id,
                book_id=owned.book_id,
                asset=task.asset,
                key=task.key,
                number=number,
                blob_sha=sha,
                cache_key=task.cache_key,
                author="generated",
            )
        )
    connection.execute(
        update(items)
        .where(*here)
        .values(
            state="done",
            blob_sha=sha,
            meta=dict(meta),
            cost_usd=cost_usd,
            error=None,
            version=number,
            updated_at=func.now(),
        )
    )


def is_done(connection: Connection, owned: Owned, task: Task, sha: str) -> bool:
    """Whether the item is recorded as done with this content."""
    query = select(items.c.key).where(
        items.c.book_id == owned.book_id,
        items.c.asset == task.asset,
        items.c.key == task.key,
        items.c.state == "done",
        items.c.cache_key == task.cache_key,
        items.c.blob_sha == sha,
    )
    return connection.execute(query).first() is not None


def record_failed(
    connection: Connection, owned: Owned, asset: str, failure: Failure, cost_usd: Decimal = Decimal(0)
) -> None:
    """The item could not be made; what was spent on it all the same is shown with it."""
    connection.execute(
        update(items)
        .where(items.c.book_id == owned.book_id, items.c.asset == asset, items.c.key == failure.key)
        .values(
            state="failed",
            error={"code": failure.code, "message": failure.message},
            cost_usd=cost_usd,
            updated_at=func.now(),
        )
    )


def record_asset(
    connection: Connection,
    owned: Owned,
    outcome: Outcome,
    *,
    state: str,
    revision: int,
    run_id: str | None,
    error: Mapping[str, str] | None = None,
) -> None:
    values = {
        "state": state,
        "revision": revision,
        "items_total": outcome.items_total,
        "items_done": outcome.items_done,
        "items_failed": outcome.items_failed,
        "calls": outcome.calls,
        "cache_hits": outcome.cache_hits,
        "cost_usd": outcome.cost_usd,
        "seconds": round(outcome.seconds, 3),
        "engine_seconds": round(outcome.engine_seconds, 3),
        "error": error,
        "run_id": run_id,
        "data_version": outcome.data_version or None,
        "updated_at": func.now(),
    }
    connection.execute(
        insert(assets)
        .values(owner_id=owned.owner_id, book_id=owned.book_id, asset=outcome.asset, **values)
        .on_conflict_do_update(
            index_elements=["book_id", "asset"],
            set_=values,
            where=assets.c.revision <= revision,  # a run of an older revision that is still at it says nothing new
        )
    )


def record_event(connection: Connection, owned: Owned, kind: str, data: Mapping[str, Any]) -> None:
    """Append to the book's event stream and wake those who listen (they are told at commit)."""
    connection.execute(
        insert(events).values(owner_id=owned.owner_id, book_id=owned.book_id, kind=kind, data=dict(data))
    )
    connection.execute(
        text("SELECT pg_notify(:channel, :book)"), {"channel": EVENTS_CHANNEL, "book": str(owned.book_id)}
    )


def revision_of(connection: Connection, book_id: UUID, *, hold: bool = False) -> int | None:
    """The book's revision; None once it is deleted or being deleted. ``hold``: it stays until the transaction ends."""
    query = select(books.c.revision).where(books.c.id == book_id, books.c.state != "deleting")
    return connection.execute(query.with_for_update(read=True) if hold else query).scalar()


def hold_asset(connection: Connection, owned: Owned, asset: str, *, patience_seconds: float) -> None:
    """Keep generators away from an asset of a book until the transaction ends.

    Raises TransientFailure("asset-in-work") when one is at it for longer than that.
    """
    connection.execute(text(f"SET LOCAL lock_timeout = {round(1000 * patience_seconds)}"))  # milliseconds
    try:
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 2))"), {"name": lock_name(owned, asset)}
        )
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise TransientFailure("asset-in-work", f"“{asset}” is being made; try again in a moment.") from None
        raise
    connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))


def lock_name(owned: Owned, asset: str) -> str:
    """What the generators' lock on an asset of a book is derived from."""
    return f"{owned.book_id}/{asset}"
