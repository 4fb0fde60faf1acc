"""Credits that people are given: by their tier every month, by an invoice, a promo code, an admin. Given once each.

A grant's row says where its credits are: unused, held for calls under way, spent, revoked. Whatever changes it holds
the owner's lock (:func:`lock`), so that no number of reservations takes more than there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from litink.accounts import audit
from litink.billing.tariff import Tariff
from litink.db.schema import credit_grants, subscriptions, users

ENTITLING = ("active", "trialing", "past_due")  # states in which a subscription gives a tier (past due: for a while)
Kind = Literal["month", "subscription", "promo", "purchase", "admin"]


@dataclass(frozen=True)
class Grant:
    """As its row was when it was read."""

    id: int
    kind: Kind
    reference: str
    amount: Decimal
    unused: Decimal
    held: Decimal
    spent: Decimal
    revoked: Decimal
    expires_at: datetime | None
    note: str
    created_at: datetime


_COLUMNS = [credit_grants.c[name] for name in Grant.__dataclass_fields__]
_SOONEST_FIRST = (credit_grants.c.expires_at.asc().nulls_last(), credit_grants.c.id)


def lock(connection: Connection, owner_id: UUID) -> None:
    """Until the transaction ends nobody else changes the owner's credits."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 3))"), {"owner": str(owner_id)})


def give(
    connection: Connection,
    owner_id: UUID,
    kind: Kind,
    reference: str,
    amount: Decimal,
    *,
    at: datetime,
    expires_at: datetime | None,
    note: str = "",
) -> bool:
    """Give credits for ``reference``; False when they were given for it before."""
    values = {"owner_id": owner_id, "kind": kind, "reference": reference, "amount": amount, "unused": amount}
    statement = insert(credit_grants).values(**values, expires_at=expires_at, note=note, created_at=at)
    added = statement.on_conflict_do_nothing(index_elements=["owner_id", "reference"]).returning(credit_grants.c.id)
    return connection.execute(added).first() is not None


def give_by_hand(
    connection: Connection,
    owner_id: UUID,
    kind: Literal["admin", "purchase"],
    credits: Decimal,
    *,
    at: datetime,
    expires_at: datetime | None,
    note: str = "",
) -> None:
    """What an operator gives: as a gift, or for a payment that did not come by Stripe."""
    give(connection, owner_id, kind, f"{kind} {uuid4()}", credits, at=at, expires_at=expires_at, note=note)
    audit.write(connection, "credits.give", owner_id, {"credits": str(credits), "kind": kind})


def known(connection: Connection, owner_id: UUID) -> bool:
    """Whether there is such a person."""
    return connection.execute(select(users.c.id).where(users.c.id == owner_id)).first() is not None


def given_for(connection: Connection, owner_id: UUID, reference: str) -> bool:
    """Whether the owner was given credits for this."""
    mine = (credit_grants.c.owner_id == owner_id, credit_grants.c.reference == reference)
    return connection.execute(select(credit_grants.c.id).where(*mine)).first() is not None


def give_month(connection: Connection, owner_id: UUID, tariff: Tariff, at: datetime) -> None:
    """What the owner's tier gives this calendar month (UTC), if it was not given yet. Needs the owner's lock.

    Who subscribes is given credits for what they paid instead (:mod:`litink.billing.following`). A tier that was raised
    within the month gives what it gives more.
    """
    start, end = month_of(at)
    had = select(func.coalesce(func.sum(credit_grants.c.amount), 0)).where(
        credit_grants.c.owner_id == owner_id,
        credit_grants.c.kind == "month",
        credit_grants.c.reference.like(f"{start:%Y-%m} %"),
    )
    user = select(users.c.tier, had.scalar_subquery().label("had")).where(users.c.id == owner_id)
    tier, given = connection.execute(user).one()
    more = Decimal(tariff.monthly(tier)) - Decimal(given)
    if more > 0 and _paid_until(connection, owner_id, tier, tariff) is None:
        reference = f"{start:%Y-%m} {tier}"
        give(connection, owner_id, "month", reference, more, at=at, expires_at=end, note=f"{tier}, {start:%B %Y}")


def next_at(connection: Connection, owner_id: UUID, tariff: Tariff, at: datetime) -> datetime:
    """When more credits come by themselves: with the next month, or with the next payment of a subscription."""
    tier = connection.execute(select(users.c.tier).where(users.c.id == owner_id)).scalar_one()
    return _paid_until(connection, owner_id, tier, tariff) or month_of(at)[1]


def _paid_until(connection: Connection, owner_id: UUID, tier: str, tariff: Tariff) -> datetime | None:
    """The end of the period of the subscription that gives the owner the tier, and credits by its invoices; None where
    the tier comes from elsewhere."""
    mine = (subscriptions.c.owner_id == owner_id, subscriptions.c.status.in_(ENTITLING))
    query = select(func.max(subscriptions.c.period_end)).where(*mine)
    return None if tier == tariff.free else connection.execute(query).scalar_one()


def month_of(at: datetime) -> tuple[datetime, datetime]:
    """The beginning of a moment's calendar month in UTC, and that of the next."""
    start = at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = start.replace(year=start.year + 1, month=1) if start.month == 12 else start.replace(month=start.month + 1)
    return start, end


def usable(at: datetime) -> ColumnElement[bool]:
    """Grants that have credits which may be taken at this moment."""
    return (credit_grants.c.unused > 0) & or_(credit_grants.c.expires_at.is_(None), credit_grants.c.expires_at > at)


def available(connection: Connection, owner_id: UUID, at: datetime) -> list[Grant]:
    """The owner's usable grants, those that lapse first first."""
    query = select(*_COLUMNS).where(credit_grants.c.owner_id == owner_id, usable(at)).order_by(*_SOONEST_FIRST)
    return [Grant(**row) for row in connection.execute(query).mappings()]


def all_of(connection: Connection, owner_id: UUID) -> list[Grant]:
    """Every grant of the owner's, the newest first."""
    query = select(*_COLUMNS).where(credit_grants.c.owner_id == owner_id)
    ordered = query.order_by(credit_grants.c.created_at.desc(), credit_grants.c.id.desc())
    return [Grant(**row) for row in connection.execute(ordered).mappings()]


def in_order(connection: Connection, ids: Mapping[int, Decimal]) -> list[int]:
    """These grants, those that lapse first first."""
    query = select(credit_grants.c.id).where(credit_grants.c.id.in_(ids)).order_by(*_SOONEST_FIRST)
    return list(connection.execute(query).scalars())


def move(
    connection: Connection, grant_id: int, *, unused: Decimal, held: Decimal = Decimal(0), spent: Decimal = Decimal(0)
) -> None:
    """Move credits of a grant by these differences, which sum up to nothing. Needs the owner's lock."""
    grant = credit_grants.c
    connection.execute(
        update(credit_grants)
        .where(grant.id == grant_id)
        .values(unused=grant.unused + unused, held=grant.held + held, spent=grant.spent + spent)
    )


def revoke(connection: Connection, owner_id: UUID, reference: str, credits: Decimal) -> None:
    """Take back so many credits of a grant, as far as they are not spent; fewer than before: give the rest back.

    What is held for calls under way is taken when it is released. Needs the owner's lock.
    """
    here = (credit_grants.c.owner_id == owner_id, credit_grants.c.reference == reference)
    back = func.greatest(credit_grants.c.revoked - credits, 0)
    changes = {"to_revoke": credits, "revoked": credit_grants.c.revoked - back, "unused": credit_grants.c.unused + back}
    connection.execute(update(credit_grants).where(*here).values(changes))
    take_back(connection, owner_id)


def take_back(connection: Connection, owner_id: UUID) -> None:
    """Revoke what is unused by now of grants that are to be revoked. Needs the owner's lock."""
    grant = credit_grants.c
    now = func.least(grant.unused, grant.to_revoke - grant.revoked)
    connection.execute(
        update(credit_grants)
        .where(grant.owner_id == owner_id, grant.to_revoke > grant.revoked, grant.unused > 0)
        .values(unused=grant.unused - now, revoked=grant.revoked + now)
    )
