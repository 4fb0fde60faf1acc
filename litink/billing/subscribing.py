"""What a person does about their subscription: pay, change, leave, come back. Stripe does it; our rows follow.

Nothing is given on the strength of what was asked for here, or of somebody's coming back from a page: only what Stripe
says afterwards counts (:mod:`litink.billing.following`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, select

from litink.billing.following import Follower
from litink.billing.grants import ENTITLING
from litink.billing.tariff import Tariff
from litink.db.schema import stripe_customers, subscriptions
from litink.errors import PermanentFailure, Refused
from litink.providers.catalogue import Tier
from litink.providers.stripe import Price, Stripe, Subscription


@dataclass(frozen=True)
class Subscribed:
    """Somebody's subscription as it is known here. ``next_tier``: from ``period_end`` on; ``cancel_at``: it ends."""

    id: str
    customer: str
    tier: str | None
    status: str
    period_end: datetime
    cancel_at: datetime | None
    next_tier: str | None


def subscription_of(connection: Connection, owner_id: UUID) -> Subscribed | None:
    """The one that gives the owner their tier; None where none does."""
    columns = [subscriptions.c[name] for name in Subscribed.__dataclass_fields__]
    mine = (subscriptions.c.owner_id == owner_id, subscriptions.c.status.in_((*ENTITLING, "unpaid", "paused")))
    newest = select(*columns).where(*mine).order_by(subscriptions.c.period_end.desc(), subscriptions.c.id)
    row = connection.execute(newest.limit(1)).mappings().first()
    return Subscribed(**row) if row else None


class Subscribing:
    """``site``: where people come back to from Stripe's pages."""

    def __init__(self, engine: Engine, stripe: Stripe, tariff: Tariff, follower: Follower, site: str) -> None:
        self._engine = engine
        self._stripe = stripe
        self._tariff = tariff
        self._follower = follower
        self._site = site

    def checkout(self, owner_id: UUID, tier: str, email: str | None = None) -> str:
        """The address of a page to subscribe on.

        Raises Refused("already-subscribed", "payment-due", "no-such-tier").
        """
        wanted = self._tariff.for_sale(tier)
        known = self._known(owner_id)
        if known is not None and known.status not in ("active", "trialing"):
            raise Refused("payment-due", "A payment of your subscription failed: put in another card (the portal).")
        if known is not None:
            raise Refused(
                "already-subscribed", f"You are subscribed to “{known.tier}” already; change that subscription instead."
            )
        page = self._stripe.open_checkout(
            str(owner_id),
            self._price(wanted).id,
            success_url=f"{self._site}/?checkout=done",
            cancel_url=f"{self._site}/?checkout=left",
            idempotency_key=str(uuid4()),
            customer=self._customer(owner_id),
            email=email,
        )
        assert page.url is not None  # it was opened just now
        return page.url

    def portal(self, owner_id: UUID) -> str:
        """The address of a page for cards and invoices. Raises Refused("never-subscribed")."""
        customer = self._customer(owner_id)
        if customer is None:
            raise Refused("never-subscribed", "There is nothing to manage yet: you have never subscribed.")
        return self._stripe.open_portal(customer, return_url=f"{self._site}/", idempotency_key=str(uuid4()))

    def change(self, owner_id: UUID, tier: str) -> Subscribed:
        """To a dearer tier at once, the difference for the rest of the period paid now; to a cheaper one when the
        period ends.

        Raises Refused("not-subscribed", "same-tier", "no-such-tier", "payment-due", "payments-declined").
        """
        wanted = self._tariff.for_sale(tier)
        now = self._live(owner_id)
        if now.status == "past_due":
            raise Refused("payment-due", "The last payment failed. Put in another card first, then change.")
        later = now.schedule is not None or now.cancel_at is not None
        if now.price_key == tier and not later:
            raise Refused("same-tier", f"You are subscribed to “{tier}” already.")
        price, key = self._price(wanted), str(uuid4())
        if now.price_key == tier:
            self._stripe.stay(now, idempotency_key=key)
        elif self._tariff.rank(tier) > self._tariff.rank(now.price_key):
            self._stripe.stay(now, idempotency_key=f"{key}-stay")
            self._stripe.switch(now, price.id, idempotency_key=key)
        else:
            self._stripe.switch_later(now, price.id, idempotency_key=key)
        return self._followed(owner_id, now)

    def cancel(self, owner_id: UUID) -> Subscribed:
        """End it with the period that is paid for. Raises Refused("not-subscribed")."""
        now = self._live(owner_id)
        self._stripe.leave(now, idempotency_key=str(uuid4()))
        return self._followed(owner_id, now)

    def reactivate(self, owner_id: UUID) -> Subscribed:
        """Take back a cancellation, or a wish for a cheaper tier.

        Raises Refused("not-subscribed", "not-cancelled").
        """
        now = self._live(owner_id)
        if now.cancel_at is None and now.schedule is None:
            raise Refused("not-cancelled", "Your subscription goes on as it is; there is nothing to take back.")
        self._stripe.stay(now, idempotency_key=str(uuid4()))
        return self._followed(owner_id, now)

    # -- what there is ---------------------------------------------------------------------------------------------

    def _known(self, owner_id: UUID) -> Subscribed | None:
        with self._engine.begin() as connection:
            return subscription_of(connection, owner_id)

    def _live(self, owner_id: UUID) -> Subscription:
        """As Stripe has it now: ours may be old."""
        known = self._known(owner_id)
        found = self._stripe.subscription(known.id) if known else None
        if found is None or found.status not in ENTITLING:
            raise Refused("not-subscribed", "You have no subscription that could be changed; subscribe first.")
        return found

    def _followed(self, owner_id: UUID, changed: Subscription) -> Subscribed:
        self._follower.follow(changed.customer)
        known = self._known(owner_id)
        if known is None:
            raise Refused("not-subscribed", "Your subscription has ended meanwhile.")
        return known

    def _customer(self, owner_id: UUID) -> str | None:
        query = select(stripe_customers.c.id).where(stripe_customers.c.owner_id == owner_id)
        with self._engine.begin() as connection:
            newest = query.order_by(stripe_customers.c.created_at.desc()).limit(1)
            found: str | None = connection.execute(newest).scalar()
        return found

    def _price(self, tier: Tier) -> Price:
        found = self._stripe.prices([tier.name]).get(tier.name)
        if found is None:
            raise PermanentFailure(
                "no-price", f"Stripe has no price for “{tier.name}” yet: the operator makes them with `litink sell`."
            )
        return found


def sell(stripe: Stripe, tariff: Tariff) -> dict[str, str]:
    """Make the prices that Stripe lacks, or has otherwise, for every tier that costs something; what was done, by tier.

    Who is subscribed already goes on paying what they pay.
    """
    tiers = [tier for tier in tariff.tiers.values() if tier.monthly_usd]
    known, done = stripe.prices([tier.name for tier in tiers]), dict[str, str]()
    for tier in tiers:
        cents = int(tier.monthly_usd * 100)
        there = known.get(tier.name)
        if there is not None and (there.cents, there.currency, there.key) == (cents, "usd", tier.name):
            done[tier.name] = "as it was"
            continue
        stripe.sell(tier.name, f"LitinkAI {tier.name}", cents)
        done[tier.name] = "changed" if there else "made"
    return done
