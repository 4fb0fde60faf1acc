"""Subscribing at an emulated Stripe: tier and credits are what was paid for, whatever becomes of the events."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, select

from litink.billing import audit, credits, inbox
from litink.billing.subscribing import subscription_of
from litink.db.schema import stripe_events
from litink.errors import Refused
from litink.generation.paid import settlement
from litink.generation.paid.settlement import Verdict
from tests.billing.conftest import POLICY, TARIFF, intended
from tests.billing.subscriber import DAY, FORM, Subscriber

HOUR = 3_600
GRACE = 7 * DAY


def refused(code: str):  # type: ignore[no-untyped-def]
    return pytest.raises(Refused, check=lambda error: error.code == code)


def of_tier(alice: Subscriber) -> Decimal:
    """Credits of subscriptions, as far as they can be spent now."""
    return sum((one.unused for one in alice.balance().grants if one.kind == "subscription"), Decimal(0))


def test_nothing_is_given_for_coming_back_from_the_page_only_for_what_stripe_says(alice: Subscriber) -> None:
    assert (alice.tier(), alice.credits()) == ("free", 300)
    alice.pays("basic")
    assert (alice.tier(), alice.credits()) == ("free", 300)
    alice.emulator.deliver()
    assert alice.tier() == "free"  # the events are kept; nobody has followed them up yet
    assert alice.received() > 0
    alice.follows_up()
    assert (alice.tier(), alice.credits()) == ("basic", 1_800)
    with alice.engine.connect() as connection:
        found = subscription_of(connection, alice.user)
    assert found is not None
    assert (found.tier, found.status, found.cancel_at, found.next_tier) == ("basic", "active", None, None)


def test_each_month_that_is_paid_gives_its_credits_and_old_ones_lapse_after_the_grace(alice: Subscriber) -> None:
    alice.subscribes("basic")
    end = alice.period_end()
    alice.to(end + 2 * HOUR)
    alice.settles()
    assert of_tier(alice) == 3_000
    alice.to(end + GRACE)
    assert of_tier(alice) == 1_500
    assert alice.balance().next_at == datetime.fromtimestamp(alice.period_end(), UTC)


def test_a_dearer_tier_comes_at_once_with_the_credits_of_the_time_that_is_left(alice: Subscriber) -> None:
    alice.subscribes("basic")
    start, end = alice.now, alice.period_end()
    alice.to(start + 10 * DAY)
    alice.billing.subscribing.change(alice.user, "premium")
    assert alice.tier() == "premium"  # Stripe was asked, and said that it is paid
    left = Decimal(end - alice.now) / (end - start)
    difference = Decimal(7_900 - 1_800) * left  # cents
    paid = alice.charges()[0].amount
    assert abs(paid - difference) <= 1
    more = (13_100 - 1_500) * left
    assert 0 <= 1_500 + more - of_tier(alice) < 10  # by the cents of the invoice, in whole credits
    before = of_tier(alice)
    alice.settles()
    assert of_tier(alice) == before


def test_a_declined_card_changes_nothing(alice: Subscriber) -> None:
    alice.subscribes("basic")
    alice.card("chargeCustomerFail")
    with refused("payments-declined"):
        alice.billing.subscribing.change(alice.user, "premium")
    alice.settles()
    assert (alice.tier(), of_tier(alice)) == ("basic", 1_500)


def test_a_cheaper_tier_comes_when_the_period_ends_and_can_be_taken_back(alice: Subscriber) -> None:
    alice.subscribes("standard")
    end = alice.period_end()
    now = alice.billing.subscribing.change(alice.user, "basic")
    assert (now.tier, now.next_tier, alice.tier()) == ("standard", "basic", "standard")
    assert alice.billing.subscribing.reactivate(alice.user).next_tier is None
    alice.billing.subscribing.change(alice.user, "basic")
    assert alice.billing.subscribing.change(alice.user, "standard").next_tier is None
    alice.billing.subscribing.change(alice.user, "basic")
    alice.to(end - HOUR)
    alice.settles()
    assert alice.tier() == "standard"
    alice.to(end + 2 * HOUR)
    alice.settles()
    assert alice.tier() == "basic"
    assert of_tier(alice) == 4_800 + 1_500
    assert [charge.amount for charge in alice.charges()] == [1_800, 2_900]


def test_what_is_cancelled_ends_with_its_period_unless_it_is_taken_back(alice: Subscriber) -> None:
    alice.subscribes("basic")
    end = alice.period_end()
    gone = alice.billing.subscribing.cancel(alice.user)
    assert gone.cancel_at == datetime.fromtimestamp(end, UTC)
    assert alice.billing.subscribing.reactivate(alice.user).cancel_at is None
    with refused("not-cancelled"):
        alice.billing.subscribing.reactivate(alice.user)
    alice.billing.subscribing.change(alice.user, "premium")
    alice.billing.subscribing.change(alice.user, "basic")
    alice.billing.subscribing.cancel(alice.user)  # in the place of the change
    alice.to(end - 1)
    alice.settles()
    assert alice.tier() == "premium"
    alice.to(end + HOUR)
    assert alice.tier() == "premium"
    alice.follows_up()  # no event has come, and yet its time is over
    assert alice.tier() == "free"
    alice.settles()
    assert alice.tier() == "free"
    with refused("not-subscribed"):
        alice.billing.subscribing.cancel(alice.user)
    alice.subscribes("basic")  # anew
    assert alice.tier() == "basic"


def test_who_is_subscribed_changes_and_does_not_subscribe_twice(alice: Subscriber) -> None:
    with refused("not-subscribed"):
        alice.billing.subscribing.change(alice.user, "basic")
    alice.subscribes("basic")
    with refused("already-subscribed"):
        alice.billing.subscribing.checkout(alice.user, "premium")
    with refused("same-tier"):
        alice.billing.subscribing.change(alice.user, "basic")
    for tier in ("free", "golden"):
        with refused("no-such-tier"):
            alice.billing.subscribing.change(alice.user, tier)
    assert alice.billing.subscribing.portal(alice.user).startswith("http")


def test_a_failed_payment_leaves_the_tier_for_the_grace_and_takes_it_then(alice: Subscriber) -> None:
    alice.subscribes("standard")
    alice.card("chargeCustomerFail")
    end = alice.period_end()
    alice.to(end + 2 * HOUR)
    alice.settles()
    assert (alice.tier(), of_tier(alice)) == ("standard", 4_800)  # the former month's, which can still be spent
    for act in (alice.billing.subscribing.change, alice.billing.subscribing.checkout):
        with refused("payment-due"):
            act(alice.user, "premium")
    alice.now = end + GRACE - 1
    alice.follows_up()
    assert alice.tier() == "standard"
    alice.now = end + GRACE
    alice.follows_up()
    assert (alice.tier(), of_tier(alice)) == ("free", 0)


def test_a_payment_that_succeeds_late_gives_everything_back(alice: Subscriber) -> None:
    alice.emulator.settings(retry_days=[9, 9, 9])
    alice.subscribes("standard")
    alice.card("chargeCustomerFail")
    end = alice.period_end()
    alice.to(end + 8 * DAY)
    alice.settles()
    assert alice.tier() == "free"
    alice.card("visa")
    alice.to(end + 11 * DAY)
    alice.settles()
    assert (alice.tier(), of_tier(alice)) == ("standard", 4_800)


def spend(alice: Subscriber, usd: str) -> None:
    with alice.engine.begin() as connection:
        payment = intended(connection, alice.user, usd)
        credits.reserve(connection, alice.user, "free", payment.id, Decimal(usd), TARIFF, alice.billing.clock())
    with alice.engine.begin() as connection:
        settlement.settle(connection, payment, Verdict("wrong", Decimal(usd)), POLICY)


def test_a_refund_takes_the_unspent_credits_and_the_tier(alice: Subscriber) -> None:
    alice.subscribes("basic")
    spend(alice, "2")  # 400 credits
    charge = alice.charges()[0].id
    alice.stripe.v1.refunds.create({"charge": charge, "amount": 900})
    alice.settles()
    assert (alice.tier(), of_tier(alice)) == ("basic", 350)  # half of the money: half of the 1,500 credits
    alice.stripe.v1.refunds.create({"charge": charge})
    alice.settles()
    assert (alice.tier(), of_tier(alice)) == ("free", 0)
    with alice.engine.connect() as connection:
        assert audit.imbalances(connection) == []
    alice.to(alice.period_end() + 2 * HOUR)  # who pays again has it again
    alice.settles()
    assert (alice.tier(), of_tier(alice)) == ("basic", 1_500)


def test_a_dispute_takes_them_at_once_and_gives_them_back_when_it_is_won(alice: Subscriber) -> None:
    alice.subscribes("basic")
    dispute = alice.emulator.dispute(alice.charges()[0].id)
    alice.settles()
    assert (alice.tier(), of_tier(alice)) == ("free", 0)
    alice.emulator.decide(dispute["id"], "won")
    alice.settles()
    assert (alice.tier(), of_tier(alice)) == ("basic", 1_500)


def test_an_event_counts_once_however_often_it_comes(alice: Subscriber) -> None:
    alice.subscribes("basic")
    kept = alice.received()
    for seed in range(3):
        alice.emulator.redeliver(order="shuffled", seed=seed)
        alice.follows_up()
    assert (alice.received(), alice.tier(), of_tier(alice)) == (kept, "basic", 1_500)


def test_while_stripe_is_away_events_wait_and_are_followed_up_later(alice: Subscriber) -> None:
    alice.pays("basic")
    alice.emulator.fault("status", match={"provider": "stripe", "operation": "invoice"}, status=500)
    alice.emulator.deliver()
    worked = alice.billing.worker.work()
    assert worked.put_off > 1
    assert (worked.failed, alice.tier()) == (0, "free")
    alice.emulator.clear_faults()
    alice.stripe.v1.customers.update(alice.customer, {"name": "Alice"})
    alice.settles()  # one look answers this event and all that were put off
    assert alice.tier() == "basic"
    with alice.engine.connect() as connection:
        states = select(stripe_events.c.state).where(stripe_events.c.customer == alice.customer)
        assert set(connection.execute(states).scalars()) == {"done"}
        assert inbox.counts(connection)["done"] >= 1


def test_the_daily_comparison_puts_right_what_no_event_told(alice: Subscriber) -> None:
    alice.pays("premium")
    assert alice.customer in alice.billing.reconcile().news
    assert (alice.tier(), of_tier(alice)) == ("premium", 13_100)
    again = alice.billing.reconcile()
    assert alice.customer not in again.news
    alice.emulator.fault("status", match={"provider": "stripe", "operation": "charge"}, status=500, times=1)
    assert alice.billing.reconcile().failed == [alice.customer]


def test_a_subscription_of_another_product_in_the_same_account_is_let_be(alice: Subscriber) -> None:
    stranger = alice.stripe.v1.customers.create({"name": "Mallory"})
    method = alice.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": stranger.id})
    data: Any = {"product_data": {"name": "Tea"}, "unit_amount": 500, "currency": "usd"}
    price = alice.stripe.v1.prices.create({**data, "recurring": {"interval": "month"}})
    wish: Any = {"customer": stranger.id, "items": [{"price": price.id}], "default_payment_method": method.id}
    for metadata in ({}, {"user": "nobody"}, {"user": "00000000-0000-0000-0000-000000000000"}):
        alice.stripe.v1.subscriptions.create({**wish, "metadata": metadata})
    alice.settles()
    assert stranger.id not in alice.billing.reconcile().news
    assert alice.tier() == "free"


def test_forged_and_stale_events_are_refused(alice: Subscriber) -> None:
    alice.emulator.fault("webhook_forge", match={"provider": "stripe", "operation": "webhook"})
    alice.pays("basic")
    attempts = alice.emulator.deliver()
    assert {attempt["status"] for attempt in attempts} == {204, 400}
    kept = alice.received()
    alice.follows_up()
    assert (alice.tier(), alice.received()) == ("basic", kept)


def test_a_first_payment_that_is_declined_gives_nothing(alice: Subscriber) -> None:
    url = alice.billing.subscribing.checkout(alice.user, "basic")
    answer = httpx.post(url, data={**FORM, "number": "4000000000000002"})
    assert answer.status_code != 303
    alice.settles()
    assert (alice.tier(), alice.credits()) == ("free", 300)


def test_prices_are_made_once_and_anew_when_the_catalogue_changes(alice: Subscriber, engine: Engine) -> None:
    from litink.billing.subscribing import sell

    alice.subscribes("basic")
    assert set(sell(alice.billing.stripe, TARIFF).values()) == {"as it was"}
    dearer = TARIFF.tiers["basic"].model_copy(update={"monthly_usd": Decimal(20)})
    tariff = type(TARIFF)({**TARIFF.tiers, "basic": dearer})
    assert sell(alice.billing.stripe, tariff)["basic"] == "changed"
    alice.to(alice.period_end() + 2 * HOUR)
    alice.settles()
    assert (alice.tier(), of_tier(alice)) == ("basic", 3_000)  # the old price, which has no lookup key any more
    assert [charge.amount for charge in alice.charges()] == [1_800, 1_800]
