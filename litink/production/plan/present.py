"""A book as it is, read at once: all items in one query, contents parsed once a process. For plans; reads only."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine

from litink.generation import records
from litink.generation.keys import content_hash
from litink.generation.records import ItemRecord
from litink.library import reading
from litink.library.options import MakeOptions
from litink.objects import Objects
from litink.production.context import Production
from litink.production.engines import Engines

_T = TypeVar("_T")
_WHOLE = frozenset(  # whose items are looked at as they were made
    {reading.CHAPTERS, "lipsync", "clips", "film", "audiobook", "read_along"}
)
_Items = dict[str, list[ItemRecord]]
BOOKS = 4  # of which everything is kept: people plan, look, ask what if, and apply
_known: OrderedDict[UUID, dict[str, tuple[str, list[ItemRecord]]]] = OrderedDict()  # by asset, with the items' mark
_lock = Lock()
_KEPT = 320  # contents: those of four long books


class Present(Production):
    """A book under production of which all items are looked at."""

    def __init__(
        self, engine: Engine, objects: Objects, engines: Engines, book_id: UUID, options: MakeOptions | None = None
    ) -> None:
        super().__init__(engine, objects, engines, book_id, options)
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            marks = records.marks_of_items(connection, book_id)
            self._all = _items(book_id, marks, lambda assets: _read(connection, book_id, assets))
        self.mark = content_hash(marks)

    def items(self, asset: str) -> list[ItemRecord]:
        return self._all.get(asset, [])

    def how_made(self, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ItemRecord]:
        """Items with what they were made from, which the others lack."""
        wanted: dict[str, list[ItemRecord]] = {}
        by_name = {(asset, item.key): item for asset in self._all for item in self._all[asset]}
        for asset, key in names:
            wanted.setdefault(asset, []).append(by_name[asset, key])
        with self.engine.begin() as connection:
            found = records.how_made(connection, self.record.id, wanted)
        return {(asset, item.key): item for asset, items in found.items() for item in items}

    def _read(self, item: ItemRecord, parse: Callable[[bytes], _T]) -> _T:
        assert item.blob_sha is not None
        found: _T = _content(self.objects, item.blob_sha, parse)
        return found


def _items(book: UUID, marks: Mapping[str, str], read: Callable[[Collection[str]], _Items]) -> _Items:
    """By asset. Kept of the books that were looked at last, so that only what changed is read."""
    with _lock:
        before = _known.get(book, {})
    found = {asset: before[asset][1] for asset, mark in marks.items() if asset in before and before[asset][0] == mark}
    if unread := marks.keys() - found.keys():
        found |= read(unread)
    with _lock:
        _known[book] = {asset: (mark, found[asset]) for asset, mark in marks.items()}
        _known.move_to_end(book)
        while len(_known) > BOOKS:
            _known.popitem(last=False)
    return found


def _read(connection: Connection, book: UUID, assets: Collection[str]) -> _Items:
    found = {asset: records.items_of(connection, book, asset) for asset in assets if asset in _WHOLE}
    return found | records.items_of_assets(connection, book, [asset for asset in assets if asset not in _WHOLE])


@lru_cache(maxsize=_KEPT)
def _content(objects: Objects, sha: str, parse: Callable[[bytes], Any]) -> Any:
    return parse(objects.get(sha))
