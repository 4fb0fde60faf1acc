"""SQL about what was mailed to somebody to show that they read an address. Each is taken once, and lives for hours."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert

from litink.accounts import secrets
from litink.db.schema import proofs

Purpose = Literal["verify", "reset", "change"]

LIVES = {"verify": timedelta(hours=24), "reset": timedelta(hours=1), "change": timedelta(hours=24)}


class Proof(NamedTuple):
    person: UUID
    purpose: Purpose
    email: str


def make(connection: Connection, person: UUID, purpose: Purpose, email: str) -> str:
    """A new proof in place of those for the same purpose before it."""
    old = delete(proofs).where(proofs.c.owner_id == person)
    connection.execute(old.where((proofs.c.purpose == purpose) | (proofs.c.expires_at < func.now())))
    token = secrets.new_token("lp")
    connection.execute(
        insert(proofs).values(
            hash=secrets.kept(token),
            owner_id=person,
            purpose=purpose,
            email=email,
            expires_at=func.now() + LIVES[purpose],
        )
    )
    return token


def take(connection: Connection, token: str, *purposes: Purpose) -> Proof | None:
    """What was proved; None when there is no such proof, or it was taken before, or is old."""
    columns = (proofs.c.owner_id, proofs.c.purpose, proofs.c.email, (proofs.c.expires_at > func.now()).label("good"))
    query = delete(proofs).where(proofs.c.hash == secrets.kept(token), proofs.c.purpose.in_(purposes))
    row = connection.execute(query.returning(*columns)).first()
    return Proof(row.owner_id, row.purpose, row.email) if row and row.good else None


def void(connection: Connection, person: UUID) -> None:
    """Whatever was mailed is good for nothing any more."""
    connection.execute(delete(proofs).where(proofs.c.owner_id == person))
