"""SQL about people. Runs on the connection of the tables' owner; every statement names the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.accounts.model import Account, Role
from litink.db.schema import users
from litink.errors import LitinkError


@dataclass(frozen=True)
class Known:
    """What a log-in needs of a person."""

    id: UUID
    email: str
    password_hash: str | None
    verified: bool
    active: bool


def by_email(connection: Connection, email: str, *, lock: bool = False) -> Known | None:
    """The person with this normalised address; with ``lock`` nobody else changes them until the transaction ends."""
    query = select(users.c.id, users.c.email, users.c.password_hash, users.c.verified_at, users.c.state)
    query = query.where(users.c.email == email)
    row = connection.execute(query.with_for_update() if lock else query).first()
    if row is None:
        return None
    return Known(row.id, row.email, row.password_hash, row.verified_at is not None, row.state == "active")


def add(
    connection: Connection,
    *,
    name: str,
    email: str | None,
    tier: str,
    role: Role = "user",
    password_hash: str | None = None,
    verified: bool = False,
) -> UUID | None:
    """A new person; None when the name or the address is somebody's."""
    values: dict[str, Any] = {
        "name": name,
        "email": email,
        "tier": tier,
        "role": role,
        "password_hash": password_hash,
        "verified_at": func.now() if verified else None,
    }
    return connection.execute(
        insert(users).values(values).on_conflict_do_nothing().returning(users.c.id)
    ).scalar_one_or_none()


def by_name(connection: Connection, name: str) -> UUID | None:
    return connection.execute(select(users.c.id).where(users.c.name == name)).scalar_one_or_none()


def password_of(connection: Connection, person: UUID) -> tuple[str | None, str | None]:
    """A person's address and password hash."""
    row = connection.execute(select(users.c.email, users.c.password_hash).where(users.c.id == person)).one()
    return row.email, row.password_hash


def set_password(connection: Connection, person: UUID, password_hash: str | None) -> None:
    connection.execute(update(users).where(users.c.id == person).values(password_hash=password_hash))


def set_verified(connection: Connection, person: UUID) -> None:
    verified = func.coalesce(users.c.verified_at, func.now())
    connection.execute(update(users).where(users.c.id == person).values(verified_at=verified))


def set_email(connection: Connection, person: UUID, email: str) -> bool:
    """False, and nothing is changed, when the address has become somebody else's."""
    taken = select(users.c.id).where(users.c.id != person, (users.c.email == email) | (users.c.name == email))
    if connection.execute(taken).first():
        return False
    values = {"name": email, "email": email, "verified_at": func.now()}
    connection.execute(update(users).where(users.c.id == person).values(values))
    return True


_ACCOUNT = (
    users.c.id,
    users.c.email,
    users.c.role,
    users.c.tier,
    users.c.state,
    users.c.verified_at,
    users.c.password_hash.is_not(None).label("has_password"),
    users.c.created_at,
)


THERE = users.c.state.in_(("active", "suspended"))  # whoever leaves, or has left, is not found any more


def account(connection: Connection, person: UUID, *, lock: bool = False) -> Account | None:
    """With ``lock`` nobody else changes them until the transaction ends."""
    query = select(*_ACCOUNT).where(users.c.id == person, THERE)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return _account(row) if row else None


def accounts(connection: Connection, *, after: UUID | None, limit: int, search: str = "") -> list[Account]:
    """People in the order of their ids, after this one; ``search``: whose address has these letters in it."""
    query: Select[Any] = select(*_ACCOUNT).where(THERE).order_by(users.c.id).limit(limit)
    if after is not None:
        query = query.where(users.c.id > after)
    if search:
        query = query.where(users.c.name.icontains(search, autoescape=True))
    return [_account(row) for row in connection.execute(query).mappings()]


def change(connection: Connection, person: UUID, values: dict[str, str]) -> Account | None:
    """Set role, tier or state. None when there is no such person."""
    changed = connection.execute(update(users).where(users.c.id == person, THERE).values(values))
    return account(connection, person) if changed.rowcount else None


def leave_an_operator(connection: Connection, without: UUID) -> None:
    """Raises LitinkError("last-operator") where this is the only active superadmin; they all stay as they are until the
    transaction ends."""
    query = select(users.c.id).where(users.c.role == "superadmin", users.c.state == "active")
    found = connection.execute(query.order_by(users.c.id).with_for_update()).scalars()
    if set(found) == {without}:
        raise LitinkError("last-operator", "This is the last superadmin; make another one first.")


def _account(row: RowMapping) -> Account:
    return Account(**row)
