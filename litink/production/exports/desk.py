"""The desk where exports are ordered: take an order, change it, try it again, take it back, say how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Engine

from litink.errors import LitinkError, Refused
from litink.generation import records as items
from litink.generation.records import ItemRecord
from litink.library import repository
from litink.library.repository import BookRecord
from litink.production.engines import Engines
from litink.production.exports import queue, records
from litink.production.exports.limits import check_limits
from litink.production.exports.model import MergeOrder, Order, key_of, label_of
from litink.production.exports.records import OrderRecord

MOST = 200  # orders of a book


@dataclass(frozen=True)
class Export:
    """An order and what has become of it. ``item``: as it was made last, of an earlier edition of the book perhaps."""

    key: str
    order: Order
    label: str
    state: str  # waiting, running, done, failed
    problem: Mapping[str, str] | None
    item: ItemRecord | None
    created_at: datetime
    updated_at: datetime

    @property
    def meta(self) -> Mapping[str, Any]:
        return self.item.meta if self.item and self.item.blob_sha else {}


class Desk:
    def __init__(self, engine: Engine, engines: Engines) -> None:
        self._engine, self._engines = engine, engines

    def order(self, book: BookRecord, order: Order) -> Export:
        """Have it made as soon as the book is ready. The same order twice is one, tried again if it had failed; a merge
        is always one of its own.

        Raises Refused "no-such-chapter", "no-such-clip", "resolution-not-in-tier", "watermark-not-removable",
        "too-many-exports".
        """
        key = f"merge-{uuid4().hex[:12]}" if isinstance(order, MergeOrder) else key_of(order)
        with self._engine.begin() as connection:
            self._check(connection, book, order)
            known = [one.key for one in records.orders_of(connection, book.id)]
            if key not in known and len(known) >= MOST:
                raise Refused("too-many-exports", f"A book has {MOST} exports at most; take some back first.")
            self._put(connection, book, key, order)
        return self.get(book, key)

    def change(self, book: BookRecord, key: str, order: Order) -> Export:
        """Put another merge in the place of one; what it was stays as a version.

        Raises LitinkError "no-such-export", Refused "not-a-merge", and as :meth:`order`.
        """
        with self._engine.begin() as connection:
            before = _found(records.orders_of(connection, book.id), key)
            if not (isinstance(before.order, MergeOrder) and isinstance(order, MergeOrder)):
                raise Refused("not-a-merge", "Only merges can be changed; order the other export anew.")
            self._check(connection, book, order)
            self._put(connection, book, key, order)
        return self.get(book, key)

    def retry(self, book: BookRecord, key: str) -> Export:
        """Try again what failed. Raises LitinkError("no-such-export")."""
        with self._engine.begin() as connection:
            self._put(connection, book, key, _found(records.orders_of(connection, book.id), key).order)
        return self.get(book, key)

    def remove(self, book: BookRecord, key: str) -> None:
        """Take an order back, with what was made of it. Raises LitinkError("no-such-export")."""
        with self._engine.begin() as connection:
            if not records.drop_order(connection, book.id, key):
                raise _none()

    def all(self, book: BookRecord) -> list[Export]:
        """The oldest first."""
        with self._engine.begin() as connection:
            orders = records.orders_of(connection, book.id)
            made = {item.key: item for item in items.items_of(connection, book.id, "exports")} if orders else {}
            problem = queue.problem(connection, book.id) if orders else None
            titles = {section.key: section.title for section in repository.sections_of(connection, book.id)}
        return [_export(order, made.get(order.key), problem, titles) for order in orders]

    def get(self, book: BookRecord, key: str) -> Export:
        """Raises LitinkError("no-such-export")."""
        for export in self.all(book):
            if export.key == key:
                return export
        raise _none()

    def _put(self, connection: Connection, book: BookRecord, key: str, order: Order) -> None:
        records.put_order(connection, repository.owned(book), key, order)
        records.forget_failed(connection, book.id, key)
        repository.wake_sensor(connection)

    def _check(self, connection: Connection, book: BookRecord, order: Order) -> None:
        check_limits(self._engines, book.tier, order)
        chapter = getattr(order, "chapter", None)
        chapters = [s.key for s in repository.sections_of(connection, book.id) if s.kind == "chapter"]
        if chapter is not None and chapter not in chapters:
            raise Refused("no-such-chapter", f"The book has no chapter “{chapter}”.")
        if isinstance(order, MergeOrder):
            clips = {item.key for item in items.items_of(connection, book.id, "clips")}
            if strange := [cut.clip for cut in order.cuts if cut.clip not in clips]:
                raise Refused("no-such-clip", f"The book has no clip “{strange[0]}”.")


def _export(
    record: OrderRecord,
    item: ItemRecord | None,
    problem: tuple[Mapping[str, str], datetime] | None,
    titles: Mapping[str, str],
) -> Export:
    chapter = getattr(record.order, "chapter", None)
    label = label_of(record.order, titles.get(chapter, "") if chapter else "")
    taken_up = item is not None and item.recipe.get("order") == record.wanted
    if item is not None and taken_up:
        state, why = {"pending": "waiting"}.get(item.state, item.state), item.error
    else:
        failed = problem is not None and problem[1] >= record.updated_at
        state, why = ("failed", problem[0]) if problem and failed else ("waiting", None)
    times = {"created_at": record.created_at, "updated_at": record.updated_at}
    return Export(record.key, record.order, label, state, why, item, **times)


def _found(orders: list[OrderRecord], key: str) -> OrderRecord:
    for order in orders:
        if order.key == key:
            return order
    raise _none()


def _none() -> LitinkError:
    return LitinkError("no-such-export", "There is no such export of this book.")
