"""A person on a Stripe clock of their own, our API that Stripe posts to, and our billing on the same clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Engine, func, select
from stripe import StripeClient

from api.app import create_app
from litink.billing import grants, statement
from litink.billing.following import know_customer
from litink.billing.services import Billing
from litink.billing.statement import Balance
from litink.billing.subscribing import sell
from litink.db.schema import stripe_events, users
from litink.settings import Settings
from tests.emulated import Emulator
from tests.served import serving

KEY = "sk_test_51Planted0Secret0Key"
DAY = 86_400
JANUARY_31 = 1_769_860_800  # 2026-01-31 12:00 UTC
FORM = {"email": "alice@example.com", "number": "4242424242424242", "expiry": "12/40", "cvc": "123"}


@dataclass
class Subscriber:
    """``now``: seconds since 1970 on their clock, and on ours."""

    engine: Engine
    emulator: Emulator
    stripe: StripeClient
    settings: Settings
    user: UUID
    clock: str
    customer: str
    now: int
    billing: Billing = field(init=False)

    def __post_init__(self) -> None:
        self.billing = Billing(self.engine, self.settings, lambda: datetime.fromtimestamp(self.now, UTC))

    # -- what they do ----------------------------------------------------------------------------------------------

    def pays(self, tier: str, number: str = "4242424242424242") -> None:
        """By a checkout page, as a browser would fill it in."""
        url = self.billing.subscribing.checkout(self.user, tier)
        assert httpx.post(url, data={**FORM, "number": number}).status_code == 303

    def subscribes(self, tier: str) -> None:
        self.pays(tier)
        self.settles()

    def card(self, name: str) -> None:
        """Pay with another card from now on, such as ``visa`` or ``chargeCustomerFail``."""
        method = self.stripe.v1.payment_methods.attach(f"pm_card_{name}", {"customer": self.customer})
        wish: Any = {"invoice_settings": {"default_payment_method": method.id}}
        self.stripe.v1.customers.update(self.customer, wish)
        for one in self.stripe.v1.subscriptions.list({"customer": self.customer}).data:
            self.stripe.v1.subscriptions.update(one.id, {"default_payment_method": method.id})

    def to(self, moment: int) -> None:
        """Let time pass up to ``moment``; events wait until they are delivered."""
        while self.now < moment:
            self.now = min(moment, self.now + 28 * DAY)
            self.stripe.v1.test_helpers.test_clocks.advance(self.clock, {"frozen_time": self.now})

    def settles(self) -> None:
        """Every event comes, in order, and is followed up; what time alone ends is ended."""
        self.emulator.deliver()
        self.follows_up()

    def follows_up(self) -> None:
        self.billing.worker.work()
        self.billing.follower.forget_lapsed()

    # -- how they stand --------------------------------------------------------------------------------------------

    def tier(self) -> str:
        with self.engine.connect() as connection:
            return str(connection.execute(select(users.c.tier).where(users.c.id == self.user)).scalar_one())

    def balance(self) -> Balance:
        with self.engine.begin() as connection:
            return statement.balance(connection, self.user, self.billing.tariff, self.billing.clock())

    def credits(self) -> Decimal:
        return self.balance().available

    def by_kind(self) -> dict[str, Decimal]:
        """What was given and not taken back, by kind of grant."""
        with self.engine.connect() as connection:
            found = grants.all_of(connection, self.user)
        kinds = {one.kind for one in found}
        return {kind: sum((g.amount - g.revoked for g in found if g.kind == kind), Decimal(0)) for kind in kinds}

    def period_end(self) -> int:
        found = self.stripe.v1.subscriptions.list({"customer": self.customer}).data[0]
        return int(found["items"].data[0].current_period_end)

    def charges(self) -> list[Any]:
        """The newest first."""
        return list(self.stripe.v1.charges.list({"customer": self.customer, "limit": 100}).data)

    def received(self) -> int:
        with self.engine.connect() as connection:
            mine = select(func.count()).select_from(stripe_events).where(stripe_events.c.customer == self.customer)
            return int(connection.execute(mine).scalar_one())


@contextmanager
def stripe_shop(engine: Engine, emulator: Emulator, settings: Settings) -> Iterator[tuple[StripeClient, Settings, str]]:
    """Stripe with our prices, events held until they are told to go, and our API at its webhook endpoint: the owner's
    client, our settings, the API's address."""
    owner = StripeClient(KEY, base_addresses={"api": emulator.urls.stripe}, max_network_retries=2)
    emulator.settings(hold_events=True)
    endpoint: Any = {"url": "http://127.0.0.1:9/", "enabled_events": ["*"]}
    made = owner.v1.webhook_endpoints.create(endpoint)
    ours: dict[str, Any] = {
        "home": settings.home,
        "postgres_port": settings.postgres_port,
        "stripe_api_key": KEY,
        "stripe_url": emulator.urls.stripe,
        "stripe_webhook_secret": made.secret,
    }
    own = Settings(_env_file=None, **ours)
    sell(Billing(engine, own).stripe, Billing(engine, own).tariff)
    emulator.deliver()  # what setting it up told
    with serving(create_app(own)) as address:
        owner.v1.webhook_endpoints.update(made.id, {"url": f"{address}/api/v1/webhooks/stripe"})
        yield owner, own, address


def subscriber_at(
    engine: Engine, emulator: Emulator, owner: StripeClient, settings: Settings, user: UUID, moment: int = JANUARY_31
) -> Subscriber:
    """``user`` as a customer on a clock that begins at ``moment``."""
    clock = owner.v1.test_helpers.test_clocks.create({"frozen_time": moment})
    customer = owner.v1.customers.create({"email": "alice@example.com", "test_clock": clock.id})
    with engine.begin() as connection:
        know_customer(connection, user, customer.id)
    return Subscriber(engine, emulator, owner, settings, user, clock.id, customer.id, moment)
