"""One book under production: typed access to what has been made of it so far. Reads only; makes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Connection, Engine

from litink.books.model import Book, Section
from litink.errors import PermanentFailure
from litink.generation import records
from litink.generation.generate import changed_meanwhile
from litink.generation.keys import content_hash
from litink.generation.model import Edits, Owned
from litink.generation.records import ItemRecord
from litink.library import edits, reading, repository
from litink.library.edits import EditRecord
from litink.library.options import MakeOptions
from litink.objects import Objects
from litink.production.cloning import own_voices
from litink.production.engines import Engines
from litink.production.preferences import preferring
from litink.providers.base import Voice
from litink.story.edits.kinds import WishPicture
from litink.story.model import Cast, Character, CrossReference, Plot, SceneDescription, Script

_T = TypeVar("_T")
_M = TypeVar("_M", bound=BaseModel)
_SCENES = TypeAdapter(tuple[SceneDescription, ...])
_REFERENCES = TypeAdapter(tuple[CrossReference, ...])
CROSS_REFERENCES = "cross_references"


class Production:
    """A book and its artefacts at one moment. Each asset's items are read once, when first asked for."""

    def __init__(
        self, engine: Engine, objects: Objects, engines: Engines, book_id: UUID, options: MakeOptions | None = None
    ) -> None:
        """``options``: other ones than the book's, to see what would become of it."""
        self.engine = engine
        self.objects = objects
        with engine.begin() as connection:
            record = repository.get_book(connection, book_id)
        if record is None:
            raise PermanentFailure("no-such-book", "There is no such book, or it is being deleted.")
        self.record = record
        self.options = options or MakeOptions.model_validate(record.options)
        self.engines = preferring(engines, self.options.models)
        self.owned = Owned(record.owner_id, record.id, record.tier)
        self._items: dict[str, list[ItemRecord]] = {}

    @property
    def tier(self) -> str:
        """The owner's subscription, which decides whose engines work."""
        return self.record.tier

    def hold(self, connection: Connection) -> None:
        """Keep the book at the revision that this is about until the transaction ends.

        Raises PermanentFailure("book-changed") when it has a newer one already.
        """
        if records.revision_of(connection, self.record.id, hold=True) != self.record.revision:
            raise changed_meanwhile()

    # -- items ---------------------------------------------------------------------------------------------------

    def items(self, asset: str) -> list[ItemRecord]:
        if asset not in self._items:
            with self.engine.begin() as connection:
                self._items[asset] = records.items_of(connection, self.record.id, asset)
        return self._items[asset]

    def done(self, asset: str) -> dict[str, ItemRecord]:
        """The finished items of an asset, by key."""
        return {item.key: item for item in self.items(asset) if item.state == "done" and item.blob_sha}

    def sha(self, asset: str, key: str) -> str:
        """Where a finished item's content is."""
        return self._single(asset, key).blob_sha or ""

    def forget(self, asset: str) -> None:
        """Read the asset's items anew next time: they have just been made."""
        self._items.pop(asset, None)

    def _bytes(self, item: ItemRecord) -> bytes:
        assert item.blob_sha is not None
        return self.objects.get(item.blob_sha)

    def _single(self, asset: str, key: str) -> ItemRecord:
        item = self.done(asset).get(key)
        if item is None:
            raise PermanentFailure("upstream-missing", f"“{asset}” has not been made for this book; make it first.")
        return item

    def _read(self, item: ItemRecord, parse: Callable[[bytes], _T]) -> _T:
        return parse(self._bytes(item))

    def _parsed(self, asset: str, key: str, model: type[_M]) -> _M:
        return self._read(self._single(asset, key), model.model_validate_json)

    # -- what people edited ----------------------------------------------------------------------------------------

    @cached_property
    def edited(self) -> Sequence[EditRecord]:
        """All edits that were ever made of the book, as they were when first asked for."""
        with self.engine.begin() as connection:
            return edits.all_of(connection, self.record.id)

    def edits_of(self, asset: str, key: str) -> Edits:
        """What goes on top of an item."""
        return edits.of_item(self.edited, asset, key, self.objects)

    def wished(self, asset: str, key: str) -> WishPicture | None:
        """What a person asks of a picture."""
        return edits.wished(self.edited, asset, key)

    @cached_property
    def own_voices(self) -> tuple[Voice, ...]:
        """The owner's, by which characters are spoken where a person chose so."""
        return own_voices(self.engine, self.engines, self.record)

    # -- what has been understood ----------------------------------------------------------------------------------

    @cached_property
    def book(self) -> Book:
        return self._read(self._single(reading.CHAPTERS, reading.BOOK_KEY), reading.parse)

    @cached_property
    def chapters(self) -> tuple[Section, ...]:
        """The chapters that were asked for."""
        return self.options.select(self.book)

    @cached_property
    def cast(self) -> Cast:
        return self._parsed("characters", "cast", Cast)

    @cached_property
    def characters(self) -> dict[str, Character]:
        return {character.id: character for character in self.cast.characters}

    @cached_property
    def cross_references(self) -> tuple[CrossReference, ...]:
        """None while they have not been made: plot and scripts are told without them."""
        found = self.done(CROSS_REFERENCES).values()
        return tuple(reference for item in found for reference in self._read(item, _REFERENCES.validate_json))

    @cached_property
    def plot(self) -> Plot:
        return self._parsed("plot_overview", "plot", Plot)

    @cached_property
    def scripts(self) -> dict[str, Script]:
        """By chapter key, in the order of the book; chapters whose script failed are missing."""
        done = self.done("scripts")
        return {c.key: self._read(done[c.key], Script.model_validate_json) for c in self.chapters if c.key in done}

    @cached_property
    def scenes(self) -> dict[str, tuple[SceneDescription, ...]]:
        done = self.done("scenes")
        return {c.key: self._read(done[c.key], _SCENES.validate_json) for c in self.chapters if c.key in done}


def scenes_json(scenes: Iterable[SceneDescription]) -> bytes:
    return _SCENES.dump_json(tuple(scenes))


@lru_cache(maxsize=4096)
def text_hash(text: str) -> str:
    return content_hash(text)
