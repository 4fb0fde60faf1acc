"""Three years of a subscriber who changes their mind, in seconds, against an independent reckoning."""

from __future__ import annotations

import calendar
import random
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from stripe import StripeClient

from tests.emulator.stripe.conftest import DAY, Plans, Subscriber, change

HOUR = 3_600


@pytest.mark.parametrize("seed", range(3))
def test_three_years_of_a_subscriber_end_as_reckoned(
    client: StripeClient, subscriber: Subscriber, plans: Plans, seed: int
) -> None:
    """An independent model: what each month costs, by the plan that held when it began, and by the second between."""
    dice = random.Random(seed)
    prices = {plans.basic: 1_800, plans.pro: 7_900}
    plan = plans.basic
    made = subscriber.subscribe(plan)
    total, months = prices[plan], 36
    starts = []
    for month in range(months + 1):
        year, index = divmod(2026 * 12 + month, 12)
        day = min(31, calendar.monthrange(year, index + 1)[1])
        starts.append(int(datetime(year, index + 1, day, 12, tzinfo=UTC).timestamp()))
    for start, end in pairwise(starts):
        if dice.random() < 0.4:
            moment = start + 2 * HOUR + dice.randrange(20 * DAY)
            subscriber.to(moment)
            other = plans.pro if plan == plans.basic else plans.basic
            change(client, made, other, proration_behavior="always_invoice")
            left = end - moment
            total += sum(sign * int(prices[one] * left / (end - start) + 0.5) for sign, one in ((-1, plan), (1, other)))
            plan = other
        subscriber.to(end + 2 * HOUR)
        total += prices[plan]

    found = subscriber.invoices()
    balance = client.v1.customers.retrieve(subscriber.customer).balance or 0
    assert sum(one.total for one in found) == total
    assert sum(one.amount_paid for one in found) + balance == total
    assert all(one.status == "paid" for one in found)
    assert sum(one.billing_reason == "subscription_cycle" for one in found) == months
