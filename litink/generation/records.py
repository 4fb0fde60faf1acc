"""The generator's tables: items, versions, assets, events. All SQL about them, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.errors import LockNotAvailable
from pydantic_core import from_json
from sqlalchemy import Connection, Select, Text, any_, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by, insert
from sqlalchemy.exc import OperationalError

from litink.db.schema import artefacts, assets, blobs, books, events, items, versions
from litink.errors import TransientFailure
from litink.generation import contents
from litink.generation.model import Failure, Outcome, Owned, Task

_HOW_MADE = ("recipe", "inputs", "meta")
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
    generated_sha: str | None
    edits: str  # hash of the edits on top of what was generated
    updated_at: datetime  # since when content and state are these

    @property
    def generated(self) -> str | None:
        """Where the content without edits is."""
        return self.generated_sha or self.blob_sha


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
        items.c.generated_sha,
        items.c.edits,
        items.c.updated_at,
    ).outerjoin(blobs, blobs.c.sha == items.c.blob_sha)


def items_of(connection: Connection, book_id: UUID, asset: str, *, below: str = "") -> list[ItemRecord]:
    """All items of an asset in order, or those whose keys begin with ``below``."""
    query = _items().where(items.c.book_id == book_id, items.c.asset == asset).order_by(items.c.position)
    if below:
        query = query.where(items.c.key.startswith(below, autoescape=True))
    return [ItemRecord(**row) for row in connection.execute(query).mappings()]


def marks_of_items(connection: Connection, book_id: UUID) -> dict[str, str]:
    """By asset; another one whenever an item of it is another one. Reckoned where the rows are."""
    row = func.concat_ws(
        "\t",
        *(items.c[name] for name in ("asset", "key", "position", "label", "state", "cache_key", "blob_sha", "edits")),
        items.c.updated_at,
    )
    together = func.md5(func.string_agg(row, aggregate_order_by(literal("\n"), items.c.key)))
    query = select(items.c.asset, together).where(items.c.book_id == book_id).group_by(items.c.asset)
    return {row[0]: row[1] for row in connection.execute(query)}


def items_of_assets(connection: Connection, book_id: UUID, wanted: Collection[str]) -> dict[str, list[ItemRecord]]:
    """All items of some assets of a book, each in order.

    How they were made (``recipe``, ``inputs``, ``meta``) is left empty: it is long, and nobody asks for it of most
    items; :func:`how_made` tells it of those that matter.
    """
    found: dict[str, list[ItemRecord]] = {}
    columns = [column for column in _items().selected_columns if column.name not in _HOW_MADE]
    names = [column.name for column in columns]
    query = _items().with_only_columns(items.c.asset, *columns, maintain_column_froms=True)
    query = query.where(items.c.book_id == book_id, items.c.asset.in_(wanted)).order_by(items.c.position)
    nothing: dict[str, Any] = {name: {} for name in _HOW_MADE}
    for asset, *row in connection.execute(query):
        found.setdefault(asset, []).append(ItemRecord(**dict(zip(names, row, strict=True)), **nothing))
    return found


def how_made(
    connection: Connection, book_id: UUID, known: Mapping[str, Sequence[ItemRecord]]
) -> dict[str, list[ItemRecord]]:
    """Items by asset with how they were made, equal recipes as one object; in the metadata no times of words."""
    found: dict[str, list[ItemRecord]] = {}
    recipes: dict[str, Mapping[str, Any]] = {}
    told = (items.c.recipe, items.c.inputs, items.c.meta.op("-", return_type=JSONB)("words"))
    for asset, mine in known.items():
        by_key = {item.key: item for item in mine}
        # As text: of thousands of items few recipes differ, and each is read once.
        query = select(items.c.key, *(column.cast(Text) for column in told)).where(
            items.c.book_id == book_id, items.c.asset == asset, items.c.key == any_(literal(list(by_key), ARRAY(Text)))
        )
        found[asset] = []
        for key, recipe, inputs, meta in connection.execute(query):
            if recipe not in recipes:
                recipes[recipe] = from_json(recipe)
            item = replace(by_key[key], recipe=recipes[recipe], inputs=from_json(inputs), meta=from_json(meta))
            found[asset].append(item)
    return found


def makers_of(connection: Connection, book_id: UUID) -> dict[tuple[str, str], str | None]:
    """All finished items of a book, by asset and key, in order within each asset; with who made them, as far as that
    was noted."""
    query = (
        select(items.c.asset, items.c.key, items.c.meta["made_by"].astext)
        .where(items.c.book_id == book_id, items.c.blob_sha.is_not(None))
        .order_by(items.c.asset, items.c.position)
    )
    return {(asset, key): made_by for asset, key, made_by in connection.execute(query)}


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


@dataclass(frozen=True)
class StoodInItem:
    """An item that a stand-in made; ``why`` nobody else could."""

    asset: str
    key: str
    label: str
    why: str


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


def redeclare(connection: Connection, owned: Owned, task: Task) -> None:
    """The item is made by another task than it was declared for."""
    connection.execute(
        update(items)
        .where(items.c.book_id == owned.book_id, items.c.asset == task.asset, items.c.key == task.key)
        .values(cache_key=task.cache_key, inputs=dict(task.inputs), recipe=dict(task.recipe))
    )


def stand_back(connection: Connection, owned: Owned, asset: str, keys: Collection[str]) -> None:
    """Items that were to be made anew, and are not after all, stand with the content that they had."""
    connection.execute(
        update(items)
        .where(items.c.book_id == owned.book_id, items.c.asset == asset, items.c.key.in_(keys))
        .where(items.c.state != "done", items.c.blob_sha.is_not(None))
        .where(versions.c.book_id == items.c.book_id, versions.c.asset == asset, versions.c.key == items.c.key)
        .where(versions.c.number == items.c.version, artefacts.c.cache_key == versions.c.cache_key)
        .values(
            state="done",
            cache_key=versions.c.cache_key,
            recipe=artefacts.c.recipe,
            inputs={},  # what it was made from is known no more, only that it is not this
            error=None,
            updated_at=func.now(),
        )
    )


def mark_running(connection: Connection, owned: Owned, asset: str, keys: Sequence[str]) -> None:
    connection.execute(
        update(items)
        .where(items.c.book_id == owned.book_id, items.c.asset == asset, items.c.key.in_(keys))
        .values(state="running", attempts=items.c.attempts + 1, updated_at=func.now())
    )


def record_done(
    connection: Connection,
    owned: Owned,
    task: Task,
    sha: str,
    meta: Mapping[str, Any],
    cost_usd: Decimal,
    *,
    generated_sha: str | None = None,
) -> None:
    """The item is done with this content: ``generated_sha`` with the task's edits on top, or what was generated."""
    contents.put(
        connection,
        owned,
        contents.Item(task.asset, task.key, task.cache_key),
        sha,
        generated_sha=generated_sha,
        edits_hash=task.edits_hash,
        author=contents.Author(),
        meta=dict(meta),
        state="done",
        cost_usd=cost_usd,
        error=None,
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
        items.c.edits == task.edits_hash,
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
        "items_waiting": outcome.items_waiting,
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
