"""Billing of one installation, put together from its settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy import Engine

from litink.billing.following import Follower
from litink.billing.inbox import Worker
from litink.billing.reconcile import Reconciled, reconcile
from litink.billing.subscribing import Subscribing
from litink.billing.tariff import Tariff
from litink.errors import LitinkError, Refused
from litink.providers.stripe import Stripe
from litink.settings import Settings

SINGLE_OWNER = (
    "This installation has a single owner, who pays the providers directly: nothing costs credits here. To have users "
    "pay, set Stripe's key (LITINK_STRIPE_API_KEY)."
)
NO_STRIPE = "Subscriptions cannot be paid here: no Stripe key is set. Credits come from tiers, promo codes and admins."


def stands(settings: Settings) -> str:
    """How users of an installation pay, in a sentence."""
    if not settings.bills:
        return SINGLE_OWNER
    return "Users pay with credits; subscriptions are paid at Stripe." if settings.stripe_api_key else NO_STRIPE


def trouble(settings: Settings) -> str | None:
    """What is wrong with how subscriptions are set up, asking Stripe for nothing that changes anything; None: nothing,
    or nobody pays here."""
    if not settings.bills or settings.stripe_api_key is None:
        return None
    stripe, tariff = Stripe(settings.stripe_api_key, settings.stripe_url), Tariff.from_settings(settings)
    try:
        stripe.check()
        sold = [tier.name for tier in tariff.tiers.values() if tier.monthly_usd]
        there = stripe.prices(sold)
        missing = [name for name in sold if name not in there]
    except LitinkError as error:
        return error.message
    if missing:
        return f"Stripe has no prices for {', '.join(missing)}: `litink sell` makes them."
    if settings.stripe_webhook_secret is None:
        return "Stripe's events cannot be believed: set LITINK_STRIPE_WEBHOOK_SECRET."
    return None


class Billing:
    """``clock``: the time that credits, periods and grace are counted by."""

    def __init__(
        self, engine: Engine, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine = engine
        self._settings = settings
        self.clock = clock

    @property
    def on(self) -> bool:
        """Whether users pay with credits."""
        return self._settings.bills

    @property
    def sells(self) -> bool:
        """Whether there is a Stripe to subscribe at."""
        return self.on and self._settings.stripe_api_key is not None

    @property
    def stands(self) -> str:
        """How users pay here, in a sentence."""
        return stands(self._settings)

    @cached_property
    def tariff(self) -> Tariff:
        return Tariff.from_settings(self._settings)

    @cached_property
    def stripe(self) -> Stripe:
        """Raises Refused("billing-off", "no-stripe")."""
        self.require()
        if self._settings.stripe_api_key is None:
            raise Refused("no-stripe", NO_STRIPE)
        return Stripe(self._settings.stripe_api_key, self._settings.stripe_url)

    @cached_property
    def follower(self) -> Follower:
        return Follower(self._engine, self.stripe, self.tariff, self.clock)

    @property
    def worker(self) -> Worker:
        return Worker(self._engine, self.stripe, self.follower)

    @property
    def subscribing(self) -> Subscribing:
        site = self._settings.public_url or f"http://{self._settings.host}:{self._settings.api_port}"
        return Subscribing(self._engine, self.stripe, self.tariff, self.follower, site)

    def reconcile(self) -> Reconciled:
        """See :mod:`litink.billing.reconcile`."""
        return reconcile(self._engine, self.stripe, self.follower)

    def require(self) -> None:
        """Raises Refused("billing-off") where users do not pay."""
        if not self.on:
            raise Refused("billing-off", SINGLE_OWNER)
