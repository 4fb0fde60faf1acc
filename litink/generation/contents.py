"""What is in force of an item, and every content that it has had: numbered versions with their authors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from litink.db.schema import items, versions
from litink.generation.model import Owned

GENERATED = "generated"


class Item(NamedTuple):
    """An item's name, and the cache key of what was generated for it."""

    asset: str
    key: str
    cache_key: str


@dataclass(frozen=True)
class Author:
    """Whose doing a content is: the generator's, or a person's by an edit. ``branch`` is the name of the branch that
    it begins or goes on; "" for none, None for that of the version before."""

    name: str = GENERATED
    edit: int | None = None
    branch: str | None = None


@dataclass(frozen=True)
class Version:
    """A content that an item has had. ``name`` is its branch, ``edit`` the number of the edit that made it."""

    number: int
    blob_sha: str
    cache_key: str
    author: str
    name: str | None
    edit: int | None
    created_at: datetime


def put(
    connection: Connection,
    owned: Owned,
    item: Item,
    sha: str,
    *,
    generated_sha: str | None,
    edits_hash: str,
    author: Author,
    **values: Any,
) -> None:
    """Put a content in an item's place, with other values of its row. A new content is a new version; so is the same
    one on another branch."""
    before = versions_of(connection, owned.book_id, item.asset, item.key, limit=1)
    last = before[0] if before else None
    number = last.number if last else 0
    if last is None or last.blob_sha != sha or author.branch not in (None, last.name or ""):
        number = add_version(connection, owned, item, sha, author, last)
    connection.execute(
        update(items)
        .where(items.c.book_id == owned.book_id, items.c.asset == item.asset, items.c.key == item.key)
        .values(
            blob_sha=sha,
            generated_sha=None if generated_sha == sha else generated_sha,
            edits=edits_hash,
            version=number,
            updated_at=func.now(),
            **values,
        )
    )


def versions_of(
    connection: Connection, book_id: UUID, asset: str, key: str, *, limit: int | None = None
) -> list[Version]:
    """The contents that an item has had, the newest first."""
    query = (
        select(*(versions.c[name] for name in Version.__dataclass_fields__))
        .where(versions.c.book_id == book_id, versions.c.asset == asset, versions.c.key == key)
        .order_by(versions.c.number.desc())
        .limit(limit)
    )
    return [Version(**row) for row in connection.execute(query).mappings()]


def versions_of_book(connection: Connection, book_id: UUID) -> dict[tuple[str, str], list[Version]]:
    """The contents that the items of a book have had, by asset and key, the oldest first."""
    query = (
        select(versions.c.asset, versions.c.key, *(versions.c[name] for name in Version.__dataclass_fields__))
        .where(versions.c.book_id == book_id)
        .order_by(versions.c.number)
    )
    found: dict[tuple[str, str], list[Version]] = {}
    for asset, key, *row in connection.execute(query):
        found.setdefault((asset, key), []).append(Version(*row))
    return found


def add_version(
    connection: Connection, owned: Owned, item: Item, sha: str, author: Author, last: Version | None
) -> int:
    """Number a content behind the ``last`` one; returns the number."""
    number = last.number + 1 if last else 1
    inherited = last.name if last else None
    connection.execute(
        insert(versions).values(
            owner_id=owned.owner_id,
            book_id=owned.book_id,
            asset=item.asset,
            key=item.key,
            number=number,
            blob_sha=sha,
            cache_key=item.cache_key,
            author=author.name,
            name=inherited if author.branch is None else author.branch or None,
            edit=author.edit,
        )
    )
    return number
