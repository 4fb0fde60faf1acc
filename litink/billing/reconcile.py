"""Once a day everything is compared with Stripe: what no event told, or told in vain, is put right then."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from sqlalchemy import Engine, select

from litink.billing.following import Follower
from litink.db.schema import stripe_customers
from litink.errors import LitinkError
from litink.providers.stripe import Stripe

log = logging.getLogger(__name__)


@dataclass
class Reconciled:
    """Customers that were looked up, those of them of whom something was not known here, and those that failed."""

    customers: int = 0
    news: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def reconcile(engine: Engine, stripe: Stripe, follower: Follower) -> Reconciled:
    """Look up every customer that Stripe or we know of. One that fails stops no other.

    Raises TransientFailure or PermanentFailure when Stripe does not even list its subscriptions.
    """
    found = Reconciled()
    customers = {one.customer for one in stripe.subscriptions()}
    with engine.begin() as connection:
        customers |= set(connection.execute(select(stripe_customers.c.id)).scalars())
    for customer in sorted(customers):
        found.customers += 1
        try:
            if follower.follow(customer):
                found.news.append(customer)
        except LitinkError as error:
            log.warning("customer %s: %s", customer, error.message)
            found.failed.append(customer)
    follower.forget_lapsed()
    return found
