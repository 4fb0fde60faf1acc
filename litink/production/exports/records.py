"""SQL of orders: what was asked for, and which of it has not been looked at yet. No decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from litink.db.schema import exports, items, versions
from litink.generation.model import Owned
from litink.production.exports.model import ORDER, Order

ASSETS = ("exports", "export_clips")


@dataclass(frozen=True)
class OrderRecord:
    """``wanted`` is the order as it was written down, by which what came of it is known."""

    key: str
    order: Order
    wanted: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime


def orders_of(connection: Connection, book_id: UUID) -> list[OrderRecord]:
    """A book's orders, the oldest first."""
    query = select(exports).where(exports.c.book_id == book_id).order_by(exports.c.created_at, exports.c.key)
    return [
        OrderRecord(
            row["key"], ORDER.validate_python(row["wanted"]), row["wanted"], row["created_at"], row["updated_at"]
        )
        for row in connection.execute(query).mappings()
    ]


def put_order(connection: Connection, owned: Owned, key: str, order: Order) -> None:
    """A new order, or another one in the place of an old."""
    wanted = order.model_dump(mode="json")
    connection.execute(
        insert(exports)
        .values(owner_id=owned.owner_id, book_id=owned.book_id, key=key, wanted=wanted)
        .on_conflict_do_update(index_elements=["book_id", "key"], set_={"wanted": wanted, "updated_at": func.now()})
    )


def forget_failed(connection: Connection, book_id: UUID, key: str) -> None:
    """What failed of an order is as if it had never been tried."""
    connection.execute(delete(items).where(items.c.book_id == book_id, items.c.state == "failed", _named(items, key)))


def drop_order(connection: Connection, book_id: UUID, key: str) -> bool:
    """Take an order back, with everything that was made for it; False when there is none."""
    gone = connection.execute(delete(exports).where(exports.c.book_id == book_id, exports.c.key == key))
    for table in (items, versions):
        connection.execute(delete(table).where(table.c.book_id == book_id, _named(table, key)))
    return bool(gone.rowcount)


def _named(table: object, key: str) -> ColumnElement[bool]:
    columns = table.c  # type: ignore[attr-defined]
    mine = or_(columns.key == key, columns.key.startswith(f"{key}/", autoescape=True))
    found: ColumnElement[bool] = columns.asset.in_(ASSETS) & mine
    return found


def open_since(connection: Connection, book_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Books with orders that no run has taken up as they stand, and when the newest of these was given."""
    taken = exists().where(
        items.c.book_id == exports.c.book_id,
        items.c.asset == "exports",
        items.c.key == exports.c.key,
        items.c.recipe["order"] == exports.c.wanted,
    )
    query = (
        select(exports.c.book_id, func.max(exports.c.updated_at))
        .where(exports.c.book_id.in_(book_ids), ~taken)
        .group_by(exports.c.book_id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
