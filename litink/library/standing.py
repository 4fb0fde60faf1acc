"""How a book stands: all that its status tells, in two statements. Read more often than anything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select

from litink.db.schema import assets, books, events, items
from litink.generation.records import OpenItem, StoodInItem
from litink.library.repository import AssetRecord, BookRecord, book_rows


@dataclass(frozen=True)
class Standing:
    book: BookRecord
    assets: Mapping[str, AssetRecord]
    open_items: Sequence[OpenItem]  # what is under way and what failed, in order within each asset
    stood_in: Sequence[StoodInItem]
    last_event_id: int  # 0 before the first event


_LAST_EVENT = select(func.max(events.c.id)).where(events.c.book_id == books.c.id).scalar_subquery()
_BOOK: Select[Any] = (
    book_rows()
    .add_columns(_LAST_EVENT.label("last_event_id"))
    .where(books.c.id == bindparam("book"), books.c.owner_id == bindparam("owner"), books.c.state != "deleting")
)
_ASSET = [column for column in assets.c if column.name not in ("owner_id", "book_id")]
_WHY = items.c.meta["stood_in"].astext
_TOLD = or_(
    items.c.state.in_(("running", "failed")),
    and_(items.c.state == "done", items.c.asset.in_(bindparam("stand_ins", expanding=True)), _WHY.is_not(None)),
)
_ASSETS: Select[Any] = (
    select(
        *_ASSET,
        *(items.c[name].label(f"item_{name}") for name in ("key", "label", "state", "attempts", "error")),
        _WHY.label("item_why"),
    )
    .outerjoin(items, and_(items.c.book_id == assets.c.book_id, items.c.asset == assets.c.asset, _TOLD))
    .where(assets.c.book_id == bindparam("book"))
    .order_by(assets.c.asset, items.c.position)
)


def standing_of(
    connection: Connection, book_id: UUID, *, owner_id: UUID, stand_ins: Collection[str]
) -> Standing | None:
    """None for a strange, unknown or vanishing book. ``stand_ins``: the assets that the local writer may stand in for.

    The last event's number is as old as the book's state or older than what is told besides: what happens meanwhile is
    told again rather than never.
    """
    found = connection.execute(_BOOK, {"book": book_id, "owner": owner_id}).mappings().first()
    if found is None:
        return None
    book = dict(found)
    last_event_id = book.pop("last_event_id") or 0
    known, open_items, stood_in = dict[str, AssetRecord](), list[OpenItem](), list[StoodInItem]()
    for row in connection.execute(_ASSETS, {"book": book_id, "stand_ins": tuple(stand_ins)}):
        *asset, key, label, state, attempts, error, why = row
        name = asset[0]
        if name not in known:
            known[name] = AssetRecord(*asset)
        if state == "done":
            stood_in.append(StoodInItem(name, key, label, why))
        elif key is not None:
            open_items.append(OpenItem(name, key, label, state, attempts, error))
    return Standing(BookRecord(**book), known, open_items, stood_in, last_event_id)
