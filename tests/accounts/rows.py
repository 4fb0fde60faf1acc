"""A row of somebody's in every table that has an owner, made up from the columns; new tables enrol themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, Engine, Table, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from litink.db.schema import blobs, metadata

OWNED = [table for table in metadata.sorted_tables if "owner_id" in table.c]
_ONE_OF = re.compile(r"(\w+) in \('([^']*)'")


def count(engine: Engine, owner: UUID) -> dict[str, int]:
    """How many rows somebody has, by table."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(
                select(func.count()).select_from(table).where(table.c.owner_id == owner)
            ).scalar_one()
            for table in OWNED
        }


@contextmanager
def filled(engine: Engine, owner: UUID, book: UUID) -> Iterator[None]:
    """Whatever table has no row of this owner has one meanwhile: it balances with nothing, so it may not stay."""
    have = count(engine, owner)
    lacking = [table for table in OWNED if not have[table.name]]
    with engine.begin() as connection:
        sha = connection.execute(select(blobs.c.sha).limit(1)).scalar_one()
        for table in lacking:
            connection.execute(insert(table).values(made_up(table, owner, book, sha)))
    yield
    with engine.begin() as connection:
        for table in reversed(lacking):
            connection.execute(delete(table).where(table.c.owner_id == owner))


def add(engine: Engine, table: Table, owner: UUID, book: UUID) -> UUID:
    """One row of this owner's; its id."""
    with engine.begin() as connection:
        sha = connection.execute(select(blobs.c.sha).limit(1)).scalar_one()
        row: UUID = connection.execute(
            insert(table).values(made_up(table, owner, book, sha)).returning(table.c.id)
        ).scalar_one()
        return row


def made_up(table: Table, owner: UUID, book: UUID, sha: str) -> dict[str, Any]:
    checks = " ".join(str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint))
    chosen = dict(_ONE_OF.findall(checks))
    known: dict[str, Any] = {"owner_id": owner, "book_id": book, **chosen}
    return {
        column.name: known[column.name] if column.name in known else _value(column, sha)
        for column in table.c
        if not (column.nullable or column.server_default is not None or column.identity or column.computed)
    }


def _value(column: Column[Any], sha: str) -> Any:
    for key in column.foreign_keys:
        if key.column is blobs.c.sha:
            return sha
        return select(key.column).limit(1).scalar_subquery()
    match column.type.__visit_name__:
        case "UUID" | "uuid":
            return uuid4()
        case "string" | "VARCHAR" | "text" | "TEXT":
            return uuid4().hex[: getattr(column.type, "length", None) or 32]
        case "JSONB":
            return {}
        case "ARRAY":
            return []
        case "datetime" | "TIMESTAMP":
            return datetime.now(UTC)
        case "date":
            return date(2026, 1, 1)
        case "boolean":
            return False
        case "numeric":
            return Decimal(1)
        case "VECTOR" | "user_defined":
            return [0.5] * 384
        case _:
            return 1
