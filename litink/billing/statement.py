"""How somebody's credits stand, and what came and went: read only, but for the month's credits, which are due then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, case, func, literal, null, select, tuple_, union_all

from litink.billing import grants
from litink.billing.grants import Grant
from litink.billing.tariff import Tariff
from litink.db.schema import credit_charges, credit_grants, payments


@dataclass(frozen=True)
class Balance:
    """``available`` may be spent now; ``held`` is set aside for calls under way. ``grants``: those that can be spent,
    the one that lapses first first. ``next_at``: when more come by themselves."""

    available: Decimal
    held: Decimal
    grants: tuple[Grant, ...]
    next_at: datetime


@dataclass(frozen=True)
class Movement:
    """Credits that came (``credits`` above zero) or went. ``kind``: a grant's, "charge", or "held" while it is open."""

    at: datetime
    kind: str
    id: int
    credits: Decimal
    note: str
    book_id: UUID | None
    expires_at: datetime | None


def balance(connection: Connection, owner_id: UUID, tariff: Tariff, at: datetime) -> Balance:
    """Gives the month's credits if they are due."""
    grants.lock(connection, owner_id)
    grants.give_month(connection, owner_id, tariff, at)
    usable = tuple(grants.available(connection, owner_id, at))
    held = select(func.coalesce(func.sum(credit_grants.c.held), 0)).where(credit_grants.c.owner_id == owner_id)
    return Balance(
        sum((one.unused for one in usable), Decimal(0)),
        connection.execute(held).scalar_one(),
        usable,
        grants.next_at(connection, owner_id, tariff, at),
    )


def history(
    connection: Connection, owner_id: UUID, *, before: tuple[datetime, str, int] | None = None, limit: int = 50
) -> list[Movement]:
    """What came and went, the newest first; ``before``: (at, kind, id) of the last one seen."""
    grant, charge = credit_grants.c, credit_charges.c
    given = select(
        grant.created_at.label("at"),
        grant.kind.label("kind"),
        grant.id.label("id"),
        (grant.amount - grant.revoked).label("credits"),
        grant.note.label("note"),
        null().cast(payments.c.book_id.type).label("book_id"),
        grant.expires_at.label("expires_at"),
    ).where(grant.owner_id == owner_id)
    kind = case((charge.charged.is_(None), "held"), else_="charge")
    taken = (
        select(
            charge.created_at,
            kind,
            charge.payment_id,
            -func.coalesce(charge.charged, charge.reserved),
            payments.c.asset,
            payments.c.book_id,
            null(),
        )
        .join(payments, payments.c.id == charge.payment_id)
        .where(charge.owner_id == owner_id, func.coalesce(charge.charged, charge.reserved) > 0)
    )
    all_of_it = union_all(given, taken).subquery()
    key = tuple_(all_of_it.c.at, all_of_it.c.kind, all_of_it.c.id)
    query = select(all_of_it).order_by(all_of_it.c.at.desc(), all_of_it.c.kind.desc(), all_of_it.c.id.desc())
    if before is not None:
        query = query.where(key < tuple_(*(literal(part) for part in before)))
    return [Movement(**row) for row in connection.execute(query.limit(limit)).mappings()]
