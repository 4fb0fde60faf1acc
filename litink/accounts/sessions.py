"""SQL about sessions and the refresh tokens that carry them on. A token that comes twice ends its session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import Connection, delete, exists, func, insert, select, update

from litink.accounts import secrets
from litink.accounts.model import Client
from litink.db.schema import refresh_tokens, sessions, users

LIVES = timedelta(days=30)  # without a refresh
REMEMBERED = timedelta(days=90)  # after its end: from where somebody has logged in before
MOST = 50  # sessions that are kept of a person; the oldest gives way

Why = Literal["logout", "revoked", "reused", "password", "suspended"]


@dataclass(frozen=True)
class Session:
    id: UUID
    agent: str
    network: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Refreshed:
    """What a refresh token was good for."""

    found: Literal["fresh", "reused", "unknown"]
    person: UUID | None = None
    session: UUID | None = None
    token: str = ""


def begin(connection: Connection, person: UUID, client: Client) -> tuple[UUID, str]:
    """A new session and its first refresh token."""
    old = sessions.c
    gone = delete(sessions).where(
        old.owner_id == person, func.coalesce(old.ended_at, old.expires_at) < func.now() - REMEMBERED
    )
    connection.execute(gone)
    newest = select(old.id).where(old.owner_id == person).order_by(old.id.desc()).limit(MOST - 1)
    connection.execute(delete(sessions).where(old.owner_id == person, old.id.not_in(newest)))
    session: UUID = connection.execute(
        insert(sessions)
        .values(owner_id=person, agent=client.agent[:200], network=client.network, expires_at=func.now() + LIVES)
        .returning(sessions.c.id)
    ).scalar_one()
    return session, _issue(connection, person, session)


def _issue(connection: Connection, person: UUID, session: UUID) -> str:
    token = secrets.new_token("lr")
    values = {"hash": secrets.kept(token), "owner_id": person, "session_id": session}
    connection.execute(insert(refresh_tokens).values(values))
    return token


def refresh(connection: Connection, token: str) -> Refreshed:
    """Take a refresh token for the next one, under a lock on its row. One that was taken before ends the session."""
    query = (
        select(refresh_tokens.c.hash, refresh_tokens.c.used_at, sessions.c.id, sessions.c.owner_id)
        .join(sessions, sessions.c.id == refresh_tokens.c.session_id)
        .join(users, users.c.id == sessions.c.owner_id)
        .where(
            refresh_tokens.c.hash == secrets.kept(token),
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > func.now(),
            users.c.state == "active",
        )
        .with_for_update(of=refresh_tokens)
    )
    row = connection.execute(query).first()
    if row is None:
        return Refreshed("unknown")
    if row.used_at is not None:
        end(connection, row.owner_id, row.id, "reused")
        return Refreshed("reused", row.owner_id, row.id)
    connection.execute(update(refresh_tokens).where(refresh_tokens.c.hash == row.hash).values(used_at=func.now()))
    connection.execute(
        update(sessions).where(sessions.c.id == row.id).values(used_at=func.now(), expires_at=func.now() + LIVES)
    )
    return Refreshed("fresh", row.owner_id, row.id, _issue(connection, row.owner_id, row.id))


def of_token(connection: Connection, token: str) -> tuple[UUID, UUID] | None:
    """The person and session of a refresh token, used or not."""
    query = select(refresh_tokens.c.owner_id, refresh_tokens.c.session_id)
    row = connection.execute(query.where(refresh_tokens.c.hash == secrets.kept(token))).first()
    return (row.owner_id, row.session_id) if row else None


def open_of(connection: Connection, person: UUID) -> list[Session]:
    """A person's sessions that go on, the newest first."""
    columns = [sessions.c[name] for name in Session.__dataclass_fields__]
    query = select(*columns).where(
        sessions.c.owner_id == person, sessions.c.ended_at.is_(None), sessions.c.expires_at > func.now()
    )
    return [Session(**row) for row in connection.execute(query.order_by(sessions.c.id.desc())).mappings()]


def end(connection: Connection, person: UUID, session: UUID, why: Why) -> bool:
    """End one session; False when the person has none of this id that goes on."""
    query = update(sessions).where(
        sessions.c.id == session, sessions.c.owner_id == person, sessions.c.ended_at.is_(None)
    )
    return bool(connection.execute(query.values(ended_at=func.now(), why=why)).rowcount)


def end_all(connection: Connection, person: UUID, why: Why, *, but: UUID | None = None) -> int:
    query = update(sessions).where(sessions.c.owner_id == person, sessions.c.ended_at.is_(None))
    if but is not None:
        query = query.where(sessions.c.id != but)
    return connection.execute(query.values(ended_at=func.now(), why=why)).rowcount


def known_from(connection: Connection, email: str, network: str) -> bool:
    """Whether the person of this address has logged in from this network before."""
    query = (
        select(sessions.c.id)
        .join(users, users.c.id == sessions.c.owner_id)
        .where(users.c.email == email, sessions.c.network == network)
    )
    return bool(connection.execute(select(exists(query))).scalar())
