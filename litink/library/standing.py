"""How a book stands: all that its status tells, in one statement. Read more often than anything else."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Engine, String, and_, any_, bindparam, func, or_, select

from litink.db.prepared import Prepared
from litink.db.schema import assets, books, events, items
from litink.generation.records import OpenItem, StoodInItem
from litink.library.repository import AssetRecord


@dataclass(frozen=True)
class Standing:
    book_id: UUID
    title: str
    state: str
    problem: Mapping[str, str] | None
    revision: int
    last_event_id: int  # 0 before the first event
    assets: Mapping[str, AssetRecord]
    open_items: Sequence[OpenItem]  # what is under way and what failed, in order within each asset
    stood_in: Sequence[StoodInItem]


_LAST_EVENT = select(func.max(events.c.id)).where(events.c.book_id == books.c.id).scalar_subquery()
_BOOK = (books.c.id, books.c.title, books.c.state, books.c.problem, books.c.revision, func.coalesce(_LAST_EVENT, 0))
_ASSET = tuple(column for column in assets.c if column.name not in ("owner_id", "book_id"))
_WHY = items.c.meta["stood_in"].astext
_ITEM = (items.c.key, items.c.label, items.c.state, items.c.attempts, items.c.error, _WHY)
_STAND_INS = bindparam("stand_ins", type_=ARRAY(String))
_TOLD = or_(
    items.c.state == "running",
    items.c.state == "failed",
    and_(items.c.state == "done", items.c.asset == any_(_STAND_INS), _WHY.is_not(None)),
)
_STANDING = Prepared(
    select(*_BOOK, *_ASSET, *_ITEM)
    .select_from(books)
    .outerjoin(assets, assets.c.book_id == books.c.id)
    .outerjoin(items, and_(items.c.book_id == books.c.id, items.c.asset == assets.c.asset, _TOLD))
    .where(books.c.id == bindparam("book"), books.c.owner_id == bindparam("owner"), books.c.state != "deleting")
    .order_by(assets.c.asset, items.c.position)
)


def standing_of(engine: Engine, book_id: UUID, *, owner_id: UUID, stand_ins: Collection[str]) -> Standing | None:
    """None for a strange, unknown or vanishing book. ``stand_ins``: the assets that the local writer may stand in for.

    One statement sees one moment: a watcher who goes on from the last event's number misses nothing.
    """
    rows = _STANDING.rows(engine, book=book_id, owner=owner_id, stand_ins=list(stand_ins))
    if not rows:
        return None
    known, open_items, stood_in = dict[str, AssetRecord](), list[OpenItem](), list[StoodInItem]()
    for row in rows:
        asset = row[len(_BOOK) : -len(_ITEM)]
        key, label, state, attempts, error, why = row[-len(_ITEM) :]
        name = asset[0]
        if name is not None and name not in known:
            known[name] = AssetRecord(*asset)
        if state == "done":
            stood_in.append(StoodInItem(name, key, label, why))
        elif key is not None:
            open_items.append(OpenItem(name, key, label, state, attempts, error))
    book, title, book_state, problem, revision, last_event = rows[0][: len(_BOOK)]
    return Standing(book, title, book_state, problem, revision, last_event, known, open_items, stood_in)
