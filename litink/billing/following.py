"""Our rows follow Stripe: a customer is looked up whole, and what is found becomes their tier and credits.

Nothing is taken from an event but whom to look up, so it does not matter in which order events come, how often, or
whether one is lost: the next look-up finds all that is true by then. Whatever follows from it is written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.dialects.postgresql import insert

from litink.accounts import audit, people
from litink.billing import grants
from litink.billing.entitlement import Entitlement, Standing, entitlement, moment, share_reversed, tier_of
from litink.billing.tariff import Tariff
from litink.db.schema import credit_grants, stripe_customers, subscriptions, users
from litink.providers.stripe import Stripe, Subscription


@dataclass(frozen=True)
class Seen:
    """What Stripe knows of a customer; ``later``: by subscription, the price that it turns to. ``tiers``: by price."""

    customer: str
    subscriptions: list[Subscription]
    entitlements: list[Entitlement]
    later: dict[str, str]
    tiers: dict[str, str]

    @property
    def user(self) -> UUID | None:
        """For whom we made the subscriptions; None where we made none of them."""
        for one in self.subscriptions:
            try:
                return UUID(one.user or "")
            except ValueError:
                continue
        return None


class Follower:
    """``clock``: the time that grace and expiry are counted by."""

    def __init__(
        self, engine: Engine, stripe: Stripe, tariff: Tariff, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine = engine
        self._stripe = stripe
        self._tariff = tariff
        self._clock = clock

    def follow(self, customer: str) -> bool:
        """Look a customer up and write what is found; whether anything was news. One look-up of a customer at a time.

        Raises TransientFailure, PermanentFailure: nothing is written then.
        """
        with self._engine.begin() as connection:
            _lock(connection, customer)
            seen = self._look(customer)
            return self._write(connection, seen)

    def forget_lapsed(self) -> int:
        """Take the tier from those whose time to pay, or whose subscription, is over; how many that were.

        Time alone does that: no event tells it.
        """
        with self._engine.begin() as connection:
            owners = select(subscriptions.c.owner_id).where(subscriptions.c.status.in_(grants.ENTITLING)).distinct()
            return sum(self._set_tier(connection, owner) for owner in connection.execute(owners).scalars().all())

    # -- looking ---------------------------------------------------------------------------------------------------

    def _look(self, customer: str) -> Seen:
        found = list(self._stripe.subscriptions(customer))
        invoices = list(self._stripe.invoices(customer))
        charges = {one.payment: one for one in self._stripe.charges(customer) if one.payment}
        disputed = {one.id: self._stripe.disputed_cents(one.id) for one in charges.values() if one.disputed}
        later = {
            one.id: price
            for one in found
            if one.schedule and (price := self._stripe.price_after(one.schedule, one.period_end))
        }
        prices = {one.price: one.price_key for one in found}
        named = {line.price for invoice in invoices for line in invoice.lines if line.price} | set(later.values())
        for name in named - prices.keys():
            known = self._stripe.price(name)
            prices[name] = known.key if known else None
        tiers = {name: key for name, key in prices.items() if key in self._tariff.tiers and key}
        paid = [
            entitlement(one, tiers, self._tariff, share_reversed(one, charges, disputed))
            for one in invoices
            if one.subscription
        ]
        return Seen(customer, found, paid, later, tiers)

    # -- writing ---------------------------------------------------------------------------------------------------

    def _write(self, connection: Connection, seen: Seen) -> bool:
        owner = self._owner(connection, seen)
        if owner is None:
            return False  # a customer of somebody else's, in the same account
        at = self._clock()
        for one in seen.subscriptions:
            _upsert(connection, owner, one, seen)
        grants.lock(connection, owner)
        news = [self._grant(connection, owner, one, at) for one in seen.entitlements]
        now = {"synced_at": at}
        connection.execute(update(stripe_customers).where(stripe_customers.c.id == seen.customer).values(now))
        return self._set_tier(connection, owner) or any(news)

    def _owner(self, connection: Connection, seen: Seen) -> UUID | None:
        """Whose customer it is: as known, else as the subscription says that we made for them."""
        query = select(stripe_customers.c.owner_id).where(stripe_customers.c.id == seen.customer)
        known: UUID | None = connection.execute(query).scalar()
        if known is not None or seen.user is None:
            return known
        exists = connection.execute(select(users.c.id).where(users.c.id == seen.user, people.THERE))
        if exists.first() is None:
            return None
        know_customer(connection, seen.user, seen.customer)
        return seen.user

    def _grant(self, connection: Connection, owner: UUID, paid: Entitlement, at: datetime) -> bool:
        """The credits of a paid invoice, or what is left to take of them after its money went back."""
        lapses = paid.period_end + self._tariff.grace
        note = f"subscription until {paid.period_end:%-d %B %Y}"
        news = paid.credits > 0 and grants.give(
            connection, owner, "subscription", paid.invoice, paid.credits, at=at, expires_at=lapses, note=note
        )
        back = (paid.credits * paid.share_reversed).to_integral_value(ROUND_DOWN)
        mine = (credit_grants.c.owner_id == owner, credit_grants.c.reference == paid.invoice)
        known = connection.execute(select(credit_grants.c.to_revoke).where(*mine)).scalar()
        if known is None or known == back:
            return news
        grants.revoke(connection, owner, paid.invoice, Decimal(back))
        return True

    def _set_tier(self, connection: Connection, owner: UUID) -> bool:
        """Whether it is another one than before. Someone who never subscribed keeps what an admin gave."""
        query = select(*(subscriptions.c[name] for name in Standing.__dataclass_fields__))
        rows = connection.execute(query.where(subscriptions.c.owner_id == owner)).mappings().all()
        if not rows:
            return False
        tier = tier_of([Standing(**row) for row in rows], self._tariff, self._clock())
        had = select(users.c.tier).where(users.c.id == owner).with_for_update()
        was = connection.execute(had).scalar_one()
        if was == tier:
            return False
        connection.execute(update(users).where(users.c.id == owner).values(tier=tier))
        audit.write(connection, "user.tier", owner, {"was": was, "now": tier})
        return True


def know_customer(connection: Connection, owner: UUID, customer: str) -> None:
    """Remember who somebody is at Stripe."""
    connection.execute(insert(stripe_customers).values(id=customer, owner_id=owner).on_conflict_do_nothing())


def _lock(connection: Connection, customer: str) -> None:
    """Until the transaction ends nobody else looks this customer up: an older look never follows a newer one."""
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 4))"), {"name": customer})


def _upsert(connection: Connection, owner: UUID, one: Subscription, seen: Seen) -> None:
    values = {
        "owner_id": owner,
        "customer": seen.customer,
        "tier": seen.tiers.get(one.price),
        "status": one.status,
        "period_start": moment(one.period_start),
        "period_end": moment(one.period_end),
        "cancel_at": None if one.cancel_at is None else moment(one.cancel_at),
        "next_tier": seen.tiers.get(seen.later.get(one.id, "")),
        "reversed": _reversed(one, seen.entitlements),
        "updated_at": text("now()"),
    }
    statement = insert(subscriptions).values(id=one.id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def _reversed(one: Subscription, paid: Iterable[Entitlement]) -> bool:
    """Whether the money of an invoice of the period that runs went back, all of it."""
    start = moment(one.period_start)
    mine = [invoice for invoice in paid if invoice.subscription == one.id and invoice.period_end > start]
    return any(invoice.share_reversed == 1 for invoice in mine)
