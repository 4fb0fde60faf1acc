"""The audit log: who did what to whom. Written in the transaction of the act itself: neither is without the other.

Entries name people by their ids and hold nothing else about them but the network that a request came from, which
:func:`forget` takes away. So they may stay when a person goes. Details are small and hold no secret, address or text
that somebody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, text, update

from litink.accounts.acting import Actor, Via, acting
from litink.db.schema import audit

Action = Literal[
    "admin.create",
    "backfill.cancel",
    "backfill.pause",
    "backfill.resume",
    "backfill.start",
    "book.publish",
    "book.unpublish",
    "credits.give",
    "email.change",
    "model.trust",
    "password.change",
    "password.reset",
    "payment.resolve",
    "promo.end",
    "promo.make",
    "session.network",
    "session.reuse",
    "token.delete",
    "token.make",
    "user.delete",
    "user.restore",
    "user.role",
    "user.suspend",
    "user.tier",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
# What an action is done to, where that is no person.
_OTHERS = ("backfill", "book", "model", "payment", "promo")

_RECENT = 30  # days; the trigger lets nothing younger go


@dataclass(frozen=True)
class Entry:
    """``target_id``: of a person, book or backfill its UUID, of a payment its number, of a model provider/model."""

    id: UUID
    created_at: datetime
    actor_id: UUID | None
    via: Via
    action: Action
    target_kind: str
    target_id: str
    details: dict[str, Any]
    request_id: str | None
    network: str | None


_COLUMNS = [audit.c[name] for name in Entry.__dataclass_fields__]


def write(
    connection: Connection,
    action: Action,
    target: UUID | str | int,
    details: Mapping[str, str | int | bool | None] | None = None,
    *,
    by: Actor | None = None,
) -> None:
    """Add an entry. ``by``: whoever is acting, unless it is known better here."""
    actor, kind = by or acting.get(), action.partition(".")[0]
    connection.execute(
        insert(audit).values(
            actor_id=actor.id,
            via=actor.via,
            action=action,
            target_kind=kind if kind in _OTHERS else "user",
            target_id=str(target),
            details=dict(details or {}),
            request_id=actor.request_id,
            network=actor.network,
        )
    )


def entries(
    connection: Connection,
    *,
    actor: UUID | None = None,
    target: str | None = None,
    action: Action | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[Entry]:
    """The newest first; ``before``: the last one seen. ``since`` is included, ``until`` is not."""
    asked: list[ColumnElement[bool]] = []
    for column, value in ((audit.c.actor_id, actor), (audit.c.target_id, target), (audit.c.action, action)):
        if value is not None:
            asked.append(column == value)
    if since is not None:
        asked.append(audit.c.created_at >= since)
    if until is not None:
        asked.append(audit.c.created_at < until)
    return _found(connection, asked, before, limit)


def concerning(connection: Connection, person: UUID, *, before: UUID | None = None, limit: int = 50) -> list[Entry]:
    """What a person did and what was done to them, the newest first."""
    return _found(connection, [or_(audit.c.actor_id == person, _to(person))], before, limit)


def forget(connection: Connection, person: UUID) -> None:
    """Take away where a person's requests came from, and those of strangers who tried to come in as them."""
    theirs = or_(audit.c.actor_id == person, and_(audit.c.actor_id.is_(None), _to(person)))
    connection.execute(update(audit).where(theirs, audit.c.network.is_not(None)).values(network=None))


def remove_old(connection: Connection, before: datetime, *, dry_run: bool) -> int:
    """Remove entries from before this moment, or count them; none that is younger than thirty days."""
    old = and_(audit.c.created_at < before, audit.c.created_at < func.now() - func.make_interval(0, 0, 0, _RECENT))
    if dry_run:
        return connection.execute(select(func.count()).select_from(audit).where(old)).scalar_one()
    connection.execute(text("SET LOCAL litink.audit_upkeep = 'on'"))  # told to the trigger, until the transaction ends
    return connection.execute(delete(audit).where(old)).rowcount


def _to(person: UUID) -> ColumnElement[bool]:
    return and_(audit.c.target_kind == "user", audit.c.target_id == str(person))


def _found(connection: Connection, asked: list[ColumnElement[bool]], before: UUID | None, limit: int) -> list[Entry]:
    query = select(*_COLUMNS).where(*asked).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.id < before)
    return [Entry(**row) for row in connection.execute(query).mappings()]
