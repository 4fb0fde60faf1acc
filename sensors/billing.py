"""Follows Stripe: its events as they come, everything once a day. The decisions are litink.billing's."""

from __future__ import annotations

import dagster as dg

from assets.jobs import reconcile_job
from litink.billing import inbox
from litink.billing.services import Billing
from litink.db.engine import application_url, engine_for
from litink.settings import get_settings

_NO_STRIPE = "no Stripe key is set"


@dg.sensor(
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Follows up the events that Stripe posted, and takes the tier from those whose time to pay is over. "
    "Launches no run.",
)
def follow_stripe(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    engine = engine_for(application_url(get_settings()))
    billing = Billing(engine, get_settings())
    if not billing.sells:
        return dg.SkipReason(_NO_STRIPE)
    worked, lapsed = billing.worker.work(), billing.follower.forget_lapsed()
    with engine.begin() as connection:
        inbox.forget_old(connection, billing.clock())
    return dg.SkipReason(
        f"{worked.done} events followed up, {worked.put_off} put off, {worked.failed} given up; {lapsed} tiers lapsed"
    )


@dg.schedule(
    name="reconcile_daily",
    job=reconcile_job,
    cron_schedule="15 4 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night: compares all subscriptions with Stripe.",
)
def reconcile_daily() -> dg.RunRequest | dg.SkipReason:
    billing = Billing(engine_for(application_url(get_settings())), get_settings())
    return dg.RunRequest() if billing.sells else dg.SkipReason(_NO_STRIPE)
