"""Requests that a client may send twice: who was first, and what it was told. The rows and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Connection, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.db.schema import idempotency

KEPT = timedelta(hours=24)  # an answer is repeated for this long
GIVEN_UP = timedelta(minutes=10)  # a request that has not been answered by then died with its process


@dataclass(frozen=True)
class Claim:
    """What a request finds under its key: nothing ("first"), its own answer, its twin under way, or another request."""

    found: Literal["first", "answered", "under-way", "other-request"]
    status: int = 0
    body: Mapping[str, Any] | None = None


def claim(connection: Connection, owner_id: UUID, operation: str, key: str, fingerprint: str) -> Claim:
    """Take the key for this request, unless it is taken. ``fingerprint`` tells one request from another."""
    here = _row(owner_id, operation, key)
    table = idempotency.c
    abandoned = and_(*here, table.status.is_(None), table.created_at < func.now() - GIVEN_UP)
    expired = and_(table.owner_id == owner_id, table.created_at < func.now() - KEPT)
    connection.execute(delete(idempotency).where(or_(abandoned, expired)))
    taken = connection.execute(
        insert(idempotency)
        .values(owner_id=owner_id, operation=operation, key=key, fingerprint=fingerprint)
        .on_conflict_do_nothing()
        .returning(table.key)
    ).first()
    if taken:
        return Claim("first")
    row = connection.execute(select(table.fingerprint, table.status, table.body).where(*here)).first()
    if row is None or row.fingerprint != fingerprint:
        return Claim("other-request" if row else "under-way")
    return Claim("answered", row.status, row.body) if row.status else Claim("under-way")


def answer(
    connection: Connection, owner_id: UUID, operation: str, key: str, status: int, body: Mapping[str, Any]
) -> None:
    """Keep what the first request was told."""
    connection.execute(
        update(idempotency).where(*_row(owner_id, operation, key)).values(status=status, body=dict(body))
    )


def release(connection: Connection, owner_id: UUID, operation: str, key: str) -> None:
    """The first request came to nothing: the key may be used again."""
    connection.execute(delete(idempotency).where(*_row(owner_id, operation, key)))


def _row(owner_id: UUID, operation: str, key: str) -> tuple[Any, ...]:
    table = idempotency.c
    return (table.owner_id == owner_id, table.operation == operation, table.key == key)
