"""People with tiers of their own, payments in their name, and books of credits that must balance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select

from litink.billing import audit
from litink.billing.tariff import Tariff
from litink.db.schema import (
    budgets,
    credit_charges,
    credit_grants,
    credit_parts,
    generation_starts,
    ledger,
    stripe_customers,
    subscriptions,
    users,
)
from litink.db.schema import payments as payments_table
from litink.generation.model import Owned
from litink.generation.paid import payments
from litink.generation.paid.payments import Payment
from litink.settings import Settings
from tests.billing.subscriber import Subscriber, stripe_shop, subscriber_at
from tests.emulated import Emulator
from tests.generation.shop import quick
from tests.generation.test_budgets import draft

NewUser = Callable[..., UUID]
TARIFF = Tariff.from_settings(Settings(_env_file=None))
POLICY = replace(quick(Path("/nowhere")), tariff=TARIFF)
OWNED = (
    credit_parts,
    credit_charges,
    ledger,
    payments_table,
    credit_grants,
    subscriptions,
    stripe_customers,
    generation_starts,
)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def new_user(engine: Engine) -> Iterator[NewUser]:
    """Somebody with a tier. In the end credits equal their charges, and these their payments and the ledger; then all
    that they had is removed, since many a payment here has no other books."""
    made: list[UUID] = []

    def make(tier: str = "free") -> UUID:
        with engine.begin() as connection:
            added = insert(users).values(name=f"user-{uuid4().hex}", tier=tier).returning(users.c.id)
            made.append(UUID(str(connection.execute(added).scalar_one())))
        return made[-1]

    yield make
    with engine.begin() as connection:
        assert audit.imbalances(connection) == []
        books = select(payments_table.c.book_id).where(payments_table.c.owner_id.in_(made))
        connection.execute(delete(budgets).where(budgets.c.id.in_(books) | budgets.c.id.in_(made)))
        for table in OWNED:
            connection.execute(delete(table).where(table.c.owner_id.in_(made)))


@pytest.fixture
def user(new_user: NewUser) -> UUID:
    """On the free tier: 300 credits a month."""
    return new_user()


@pytest.fixture
def alice(engine: Engine, emulator: Emulator, settings: Settings, user: UUID) -> Iterator[Subscriber]:
    """On the free tier, with a clock of her own; Stripe's events reach our API when they are told to go."""
    with stripe_shop(engine, emulator, settings) as (owner, own, _):
        yield subscriber_at(engine, emulator, owner, own, user)


def paying(user: UUID, tier: str = "free") -> Owned:
    return Owned(user, uuid4(), tier)


def intended(connection: Connection, user: UUID, usd: str | Decimal, tier: str = "free") -> Payment:
    """A payment's row alone, without reservations."""
    payment = payments.intend(connection, draft(paying(user, tier), Decimal(usd)))
    assert payment is not None
    return payment
