"""SQL about API tokens: made by a person for a program, with a name and no more than what it needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, literal, or_, select, update

from litink.accounts import secrets
from litink.accounts.model import Scope
from litink.db.schema import api_tokens
from litink.errors import Refused

PREFIX = "lk"
MOST = 50  # that a person has
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class ApiToken:
    id: UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


_COLUMNS = [api_tokens.c[name] for name in ApiToken.__dataclass_fields__]


def make(
    connection: Connection, person: UUID, name: str, scopes: Iterable[Scope], lives: timedelta | None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is not kept. Raises Refused("too-many-tokens")."""
    count = select(func.count()).select_from(api_tokens).where(api_tokens.c.owner_id == person)
    if connection.execute(count).scalar_one() >= MOST:
        raise Refused("too-many-tokens", f"You have {MOST} tokens; delete one that is not used any more.")
    secret = secrets.new_token(PREFIX)
    row = connection.execute(
        insert(api_tokens)
        .values(
            owner_id=person,
            hash=secrets.kept(secret),
            name=name,
            scopes=sorted(set(scopes)),
            expires_at=None if lives is None else func.now() + lives,
        )
        .returning(*_COLUMNS)
    ).mappings()
    return ApiToken(**row.one()), secret


def all_of(connection: Connection, person: UUID) -> list[ApiToken]:
    query = select(*_COLUMNS).where(api_tokens.c.owner_id == person).order_by(api_tokens.c.id.desc())
    return [ApiToken(**row) for row in connection.execute(query).mappings()]


def remove(connection: Connection, person: UUID, token: UUID) -> bool:
    query = delete(api_tokens).where(api_tokens.c.owner_id == person, api_tokens.c.id == token)
    return bool(connection.execute(query).rowcount)


def remove_all(connection: Connection, person: UUID) -> None:
    connection.execute(delete(api_tokens).where(api_tokens.c.owner_id == person))


def touch(connection: Connection, token: UUID) -> None:
    """Note that it is used, to the minute: not every read is to become a write."""
    stale = or_(api_tokens.c.used_at.is_(None), api_tokens.c.used_at < func.now() - literal(_MINUTE))
    connection.execute(update(api_tokens).where(api_tokens.c.id == token, stale).values(used_at=func.now()))
