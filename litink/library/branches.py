"""The versions of an item: looking at them, comparing two, and beginning a branch of a name of its own."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from sqlalchemy import Engine

from litink.errors import PermanentFailure, Refused
from litink.generation import contents, records
from litink.generation.contents import Version
from litink.generation.model import Owned
from litink.library import changes, repository
from litink.library.repository import BookRecord
from litink.objects import Objects
from litink.story.edits.compare import Difference, differences
from litink.story.edits.patch import PATCHABLE


class Branches:
    """Of the items of one installation's books that can be edited."""

    def __init__(self, engine: Engine, objects: Objects) -> None:
        self._engine = engine
        self._objects = objects

    def versions(self, book: BookRecord, asset: str, key: str) -> list[Version]:
        """The contents that an item has had, the newest first. Raises PermanentFailure("not-made-yet") for an item
        that has none, or that cannot be edited."""
        with self._engine.begin() as connection:
            found = contents.versions_of(connection, book.id, asset, key) if asset in PATCHABLE else []
        if not found:
            raise PermanentFailure("not-made-yet", "This has not been made yet, or has no versions.")
        return found

    def content(self, book: BookRecord, asset: str, key: str, number: int) -> Any:
        """The JSON of one version. Raises PermanentFailure("no-such-version")."""
        return self._json(self._version(self.versions(book, asset, key), number))

    def compare(self, book: BookRecord, asset: str, key: str, before: int, after: int) -> list[Difference]:
        """What it takes to come from one version to another. Raises PermanentFailure("no-such-version")."""
        had = self.versions(book, asset, key)
        return differences(*(self._json(self._version(had, number)) for number in (before, after)))

    def begin(self, book: BookRecord, asset: str, key: str, name: str, author_id: UUID) -> list[Version]:
        """Go on under a name: a new version with the content now in force. What is edited from now on belongs to the
        branch; any version of it can be put in force again later. Raises Refused("branch-exists") for a name taken,
        PermanentFailure("not-made-yet") for what has not been made."""
        with self._engine.begin() as connection:
            record = repository.lock_book(connection, book.id)
            item = records.item_of(connection, book.id, asset, key) if asset in PATCHABLE else None
            if record is None or item is None or item.state != "done" or item.blob_sha is None:
                raise PermanentFailure("not-made-yet", "This has not been made yet, or has no versions.")
            had = contents.versions_of(connection, book.id, asset, key)
            if name.casefold() in {(version.name or "").casefold() for version in had}:
                raise Refused("branch-exists", f"There is a branch “{name}” already; take another name.")
            contents.put(
                connection,
                Owned(record.owner_id, record.id, record.tier),
                contents.Item(asset, key, item.cache_key),
                item.blob_sha,
                generated_sha=item.generated_sha,
                edits_hash=item.edits,
                author=contents.Author(changes.author_of(connection, author_id), branch=name),
            )
        return self.versions(book, asset, key)

    def _json(self, version: Version) -> Any:
        return json.loads(self._objects.get(version.blob_sha))

    @staticmethod
    def _version(had: list[Version], number: int) -> Version:
        for version in had:
            if version.number == number:
                return version
        raise PermanentFailure("no-such-version", "There is no version of this number.")
