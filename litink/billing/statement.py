"""How somebody's credits stand, and what came and went: read only, but for the month's credits, which are due then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, case, false, func, literal, null, select, true, tuple_, union_all

from litink.billing import grants
from litink.billing.grants import Grant
from litink.billing.tariff import Tariff
from litink.db.schema import credit_charges, credit_grants, payments

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    came: bool
    kind: str
    id: int
    credits: Decimal
    note: str
    book_id: UUID | None
    expires_at: datetime | None

    @property
    def key(self) -> UUID:
        """Its place in the history: greater is later."""
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        return UUID(int=(micros << 64) + (int(self.came) << 63) + self.id)


def _place(key: UUID) -> tuple[datetime, bool, int]:
    """The key's (at, came, id). Raises OverflowError for what is no key."""
    at = _EPOCH + timedelta(microseconds=key.int >> 64)
    return at, bool(key.int >> 63 & 1), key.int & (2**63 - 1)


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


def history(connection: Connection, owner_id: UUID, *, before: UUID | None = None, limit: int = 50) -> list[Movement]:
    """What came and went, the newest first; ``before``: the key of the last one seen."""
    grant, charge = credit_grants.c, credit_charges.c
    given = select(
        grant.created_at.label("at"),
        true().label("came"),
        grant.kind.label("kind"),
        grant.id.label("id"),
        (grant.amount - grant.revoked).label("credits"),
        grant.note.label("note"),
        null().cast(payments.c.book_id.type).label("book_id"),
        grant.expires_at.label("expires_at"),
    ).where(grant.owner_id == owner_id)
    amount = func.coalesce(charge.charged, charge.reserved)
    kind = case((charge.charged.is_(None), "held"), else_="charge")
    taken = (
        select(
            charge.created_at,
            false(),
            kind,
            charge.payment_id,
            -amount,
            payments.c.asset,
            payments.c.book_id,
            null(),
        )
        .join(payments, payments.c.id == charge.payment_id)
        .where(charge.owner_id == owner_id, amount > 0)
    )
    every = union_all(given, taken).subquery()
    query = select(every).order_by(every.c.at.desc(), every.c.came.desc(), every.c.id.desc())
    if before is not None:
        try:
            place = [literal(part) for part in _place(before)]
        except OverflowError:
            return []
        query = query.where(tuple_(every.c.at, every.c.came, every.c.id) < tuple_(*place))
    return [Movement(**row) for row in connection.execute(query.limit(limit)).mappings()]
