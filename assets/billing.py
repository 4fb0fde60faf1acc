"""Subscriptions compared with Stripe, once a day."""

import dagster as dg

from litink.billing.services import Billing
from litink.production.studio import Studio
from litink.settings import get_settings


@dg.asset(group_name="upkeep", kinds={"postgres"})
def reconciled_subscriptions(studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Looks every customer up at Stripe, and puts right what no event told. Those who could not be looked up are
    named, and come again the next day."""
    found = Billing(studio.engine, get_settings()).reconcile()
    return dg.MaterializeResult(
        metadata={"customers": found.customers, "put right": found.news, "failed": found.failed}
    )
