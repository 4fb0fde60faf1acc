"""A book as it is, read at once: all items in one query, contents parsed once a process. For plans; reads only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine

from litink.generation import records
from litink.generation.records import ItemRecord
from litink.library import reading
from litink.library.options import MakeOptions
from litink.objects import Objects
from litink.production.context import Production
from litink.production.engines import Engines

_T = TypeVar("_T")
# Whose items are looked at as they were made.
_WHOLE = (reading.CHAPTERS, "clips", "film", "audiobook", "read_along")
_Items = dict[str, list[ItemRecord]]
BOOKS = 4  # of which everything is kept: people plan, look, ask what if, and apply
_known: OrderedDict[str, _Items] = OrderedDict()  # by the mark of a book's items
_lock = Lock()
_KEPT = 160  # contents: those of two long books


class Present(Production):
    """A book under production of which all items are looked at."""

    def __init__(
        self, engine: Engine, objects: Objects, engines: Engines, book_id: UUID, options: MakeOptions | None = None
    ) -> None:
        super().__init__(engine, objects, engines, book_id, options)
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            self.mark = records.mark_of_items(connection, book_id)
            self._all = _items(self.mark, lambda: records.items_of_book(connection, book_id, whole=_WHOLE))

    def items(self, asset: str) -> list[ItemRecord]:
        return self._all.get(asset, [])

    def how_made(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ItemRecord]:
        """Items with what they were made from, which the others lack."""
        wanted: dict[str, list[ItemRecord]] = {}
        by_name = {(asset, item.key): item for asset in self._all for item in self._all[asset]}
        for asset, key in names:
            wanted.setdefault(asset, []).append(by_name[asset, key])
        with self.engine.connect() as connection:
            found = records.how_made(connection, self.record.id, wanted)
        return {(asset, item.key): item for asset, items in found.items() for item in items}

    def _read(self, item: ItemRecord, parse: Callable[[bytes], _T]) -> _T:
        assert item.blob_sha is not None
        found: _T = _content(self.objects, item.blob_sha, parse)
        return found


def _items(mark: str, read: Callable[[], _Items]) -> _Items:
    """Kept of the books that were looked at last."""
    with _lock:
        if mark in _known:
            _known.move_to_end(mark)
            return _known[mark]
    found = read()
    with _lock:
        _known[mark] = found
        while len(_known) > BOOKS:
            _known.popitem(last=False)
    return found


@lru_cache(maxsize=_KEPT)
def _content(objects: Objects, sha: str, parse: Callable[[bytes], Any]) -> Any:
    return parse(objects.get(sha))
