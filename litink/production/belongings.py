"""Everything that is known about a person as one ZIP: their books with all that was made of them, and every row."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Column, Engine, Table, select

from litink.accounts import audit
from litink.db.schema import books, metadata, users
from litink.errors import PermanentFailure
from litink.objects import Objects
from litink.production.archive import pack
from litink.production.context import Production
from litink.production.engines import Engines
from litink.production.packing import Packing, as_json, safe

_ROWS = 500  # fetched at once

# What opens something, or is another form of what is there in words.
_LEFT_OUT = {"hash", "password_hash", "token", "embedding"}

_README = """\
Everything that this installation of LitinkAI knows about you, as of {at}.

account.json        who you are here
books/…             each book: what was made of it, the file that was handed in, and manifest.json, which says where
                    each file comes from
activity.jsonl      what you did that is put on record, and what was done to you
tables/….jsonl      the rows about you as they are kept, one JSON object a line: what was done, spent, sent, allowed

Left out: passwords and tokens, of which only hashes are kept, and numbers that are computed from the texts for search.
"""


def belongings(engine: Engine, objects: Objects, engines: Engines, person: UUID) -> Iterator[bytes]:
    """The ZIP in pieces. ``engine``: connections that see all rows."""
    with Packing() as packing:
        readme = _README.format(at=datetime.now(UTC).isoformat(timespec="seconds"))
        yield from packing.add("README.txt", [readme.encode()])
        yield from packing.add("account.json", _rows(engine, users, users.c.id, person))
        with engine.begin() as connection:
            query = select(books.c.id, books.c.title).where(books.c.owner_id == person, books.c.state != "deleting")
            mine = connection.execute(query.order_by(books.c.id)).all()
        for book_id, title in mine:
            folder = f"books/{safe(title)} {book_id}/"
            try:
                yield from pack(packing, Production(engine, objects, engines, book_id), folder)
            except PermanentFailure as failure:  # one file that is lost must not keep all the others from them
                yield from packing.add(f"{folder}INCOMPLETE.txt", [failure.message.encode()])
        yield from packing.add("activity.jsonl", _activity(engine, person))
        for table in metadata.sorted_tables:
            if "owner_id" in table.c:
                yield from packing.add(f"tables/{table.name}.jsonl", _rows(engine, table, table.c.owner_id, person))
        yield packing.close()


def _activity(engine: Engine, person: UUID) -> Iterator[bytes]:
    """Page by page, the newest first; who else acted is not told."""
    before: UUID | None = None
    while True:
        with engine.begin() as connection:
            page = audit.concerning(connection, person, before=before, limit=_ROWS)
        for entry in page:
            mine = entry.actor_id == person
            told = {
                "at": entry.created_at,
                "action": entry.action,
                "you": mine,
                "details": entry.details,
                "network": entry.network if mine else None,
            }
            yield as_json(told) + b"\n"
        if len(page) < _ROWS:
            return
        before = page[-1].id


def _rows(engine: Engine, table: Table, owner: Column[UUID], person: UUID) -> Iterator[bytes]:
    told = [column for column in table.c if column.name not in _LEFT_OUT and column.computed is None]
    query = select(*told).where(owner == person).order_by(*table.primary_key)
    with engine.begin() as connection:
        for row in connection.execution_options(yield_per=_ROWS).execute(query).mappings():
            yield as_json(dict(row)) + b"\n"
