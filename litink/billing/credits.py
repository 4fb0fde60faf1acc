"""Credits paid for calls to providers: set aside before a call, settled at what it really cost, released if nothing.

A charge belongs to a payment and is written in the same transaction. What is held counts against its grants until the
payment has ended; of a payment that is held for a person, until it is decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.billing import grants
from litink.billing.tariff import Tariff, credits_of, shown
from litink.db.schema import credit_charges, credit_grants, credit_parts
from litink.errors import PermanentFailure

_NONE = Decimal(0)


def reserve(
    connection: Connection, owner_id: UUID, tier: str, payment_id: int, most_usd: Decimal, tariff: Tariff, at: datetime
) -> None:
    """Set aside what a call may cost at most, from the credits that lapse first. Once a payment.

    Raises PermanentFailure("credits-short"), whereupon the transaction must not be committed.
    """
    factor = tariff.factor(tier)
    price = credits_of(most_usd, factor)
    grants.lock(connection, owner_id)
    grants.give_month(connection, owner_id, tariff, at)
    parts = _cover(connection, owner_id, price, at)
    if sum(parts.values(), _NONE) < price:
        raise _short(connection, owner_id, price, sum(parts.values(), _NONE), tariff, at)
    connection.execute(
        insert(credit_charges).values(
            payment_id=payment_id, owner_id=owner_id, factor=factor, reserved=price, created_at=at
        )
    )
    for grant, amount in parts.items():
        grants.move(connection, grant, unused=-amount, held=amount)
    _write(connection, payment_id, owner_id, parts)


def settle(connection: Connection, payment_id: int, cost_usd: Decimal, at: datetime) -> None:
    """Charge what the call really cost (0: it was not billed), and release the rest. Nothing for a payment that was
    made while users did not pay; settled once.

    A call that cost more than was set aside takes the difference from other credits; what there is not is the house's
    loss, and stands on the charge as ``uncovered``: no one's credits fall below zero.
    """
    query = select(credit_charges).where(credit_charges.c.payment_id == payment_id, credit_charges.c.charged.is_(None))
    charge = connection.execute(query).first()
    if charge is None:
        return
    owner_id: UUID = charge.owner_id
    grants.lock(connection, owner_id)
    price = credits_of(cost_usd, charge.factor)
    held = _parts(connection, payment_id)
    due, spent = price, dict[int, Decimal]()
    for grant in grants.in_order(connection, held):
        spent[grant] = min(due, held[grant])
        due -= spent[grant]
        grants.move(connection, grant, unused=held[grant] - spent[grant], held=-held[grant], spent=spent[grant])
    grants.take_back(connection, owner_id)
    for grant, amount in _cover(connection, owner_id, due, at).items():
        spent[grant] = spent.get(grant, _NONE) + amount
        due -= amount
        grants.move(connection, grant, unused=-amount, spent=amount)
    connection.execute(delete(credit_parts).where(credit_parts.c.payment_id == payment_id))
    _write(connection, payment_id, owner_id, {grant: amount for grant, amount in spent.items() if amount})
    connection.execute(
        update(credit_charges)
        .where(credit_charges.c.payment_id == payment_id)
        .values(charged=price - due, uncovered=due, settled_at=at)
    )


def _cover(connection: Connection, owner_id: UUID, credits: Decimal, at: datetime) -> dict[int, Decimal]:
    """From which grants so many credits would be taken; fewer where there are not so many."""
    parts = dict[int, Decimal]()
    for grant in grants.available(connection, owner_id, at) if credits else ():
        if not credits:
            break
        parts[grant.id] = min(credits, grant.unused)
        credits -= parts[grant.id]
    return parts


def _parts(connection: Connection, payment_id: int) -> dict[int, Decimal]:
    query = select(credit_parts.c.grant_id, credit_parts.c.amount).where(credit_parts.c.payment_id == payment_id)
    return {row.grant_id: row.amount for row in connection.execute(query)}


def _write(connection: Connection, payment_id: int, owner_id: UUID, parts: Mapping[int, Decimal]) -> None:
    rows = [
        {"payment_id": payment_id, "owner_id": owner_id, "grant_id": grant, "amount": amount}
        for grant, amount in parts.items()
    ]
    if rows:
        connection.execute(insert(credit_parts), rows)


def _short(
    connection: Connection, owner_id: UUID, price: Decimal, have: Decimal, tariff: Tariff, at: datetime
) -> PermanentFailure:
    held = connection.execute(
        select(func.coalesce(func.sum(credit_grants.c.held), 0)).where(credit_grants.c.owner_id == owner_id)
    ).scalar_one()
    aside = f", and {shown(held)} more set aside for calls under way" if held else ""
    return PermanentFailure(
        "credits-short",
        f"This may cost {shown(price)} credits; you have {shown(have)}{aside}: {shown(price - have)} are missing. "
        "Choose a larger subscription, redeem a promo code, or wait for "
        f"{grants.next_at(connection, owner_id, tariff, at):%-d %B}, when more come.",
    )
