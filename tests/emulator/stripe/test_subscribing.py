"""Subscriptions on a test clock: renewals, other plans, endings, trials, cards that fail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from tests.emulated import Emulator
from tests.emulator.stripe.conftest import DAY, JANUARY_31, Inbox, Plans, Subscriber, change, period_end, subscriber_at

HOUR = 3_600


def date(moment: int | None) -> str:
    assert moment is not None
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d}"


def test_the_first_invoice_is_paid_at_once(subscriber: Subscriber, plans: Plans) -> None:
    made = subscriber.subscribe(plans.basic)
    (invoice,) = subscriber.invoices()

    assert made.status == "active"
    assert date(period_end(made)) == "2026-02-28"
    assert (invoice.status, invoice.total, invoice.billing_reason) == ("paid", 1_800, "subscription_create")
    assert invoice.parent is not None
    assert invoice.parent.subscription_details is not None
    assert invoice.parent.subscription_details.subscription == made.id
    names = [event.type for event in subscriber.events("*") if event.type.split(".")[0] in {"customer", "invoice"}]
    assert names[-6:] == [
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]


def test_renewals_come_at_the_end_of_each_month(client: StripeClient, subscriber: Subscriber, plans: Plans) -> None:
    made = subscriber.subscribe(plans.basic)
    subscriber.to(JANUARY_31 + 28 * DAY)  # the moment of the first renewal: drafted, and charged an hour later
    draft = subscriber.invoices()[-1]
    assert (draft.status, draft.billing_reason) == ("draft", "subscription_cycle")
    subscriber.to(JANUARY_31 + 28 * DAY + HOUR)
    assert subscriber.invoices()[-1].status == "paid"
    subscriber.to(JANUARY_31 + 370 * DAY)

    found = subscriber.invoices()
    assert [date(one.lines.data[0].period.start) for one in found[:5]] == [
        "2026-01-31",
        "2026-02-28",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
    ]
    assert [one.status for one in found] == ["paid"] * 13
    assert client.v1.subscriptions.retrieve(made.id).status == "active"
    assert len({one.number for one in found}) == 13


def test_an_upgrade_takes_the_rest_of_the_month_into_account(
    client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    made = subscriber.subscribe(plans.basic)
    subscriber.to(JANUARY_31 + 14 * DAY)  # half of the 28 days
    item = made["items"].data[0].id
    details: Any = {"items": [{"id": item, "price": plans.pro}], "proration_behavior": "always_invoice"}
    preview = client.v1.invoices.create_preview({"subscription": made.id, "subscription_details": details})
    changed = change(client, made, plans.pro, proration_behavior="always_invoice")
    invoice = subscriber.invoices()[-1]

    assert [line.amount for line in invoice.lines.data] == [-900, 3_950]
    assert (invoice.total, invoice.status, invoice.billing_reason) == (3_050, "paid", "subscription_update")
    assert preview.total == invoice.total
    assert period_end(changed) == period_end(made)
    subscriber.to(JANUARY_31 + 30 * DAY)
    assert subscriber.invoices()[-1].total == 7_900
    (event,) = [
        one for one in subscriber.events("customer.subscription.updated") if "items" in one.data.previous_attributes
    ][:1]
    assert event.data.previous_attributes["items"]["data"][0]["price"]["id"] == plans.basic


def test_a_downgrade_in_the_middle_leaves_a_credit_that_is_used_up(
    client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    made = subscriber.subscribe(plans.pro)
    subscriber.to(JANUARY_31 + 14 * DAY)
    change(client, made, plans.basic, proration_behavior="always_invoice")

    assert subscriber.invoices()[-1].total == -3_050
    assert client.v1.customers.retrieve(subscriber.customer).balance == -3_050
    subscriber.to(JANUARY_31 + 95 * DAY)
    assert [one.amount_due for one in subscriber.invoices()[2:]] == [0, 550, 1_800]
    assert client.v1.customers.retrieve(subscriber.customer).balance == 0


def test_prorations_wait_for_the_renewal_unless_told(
    client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    made = subscriber.subscribe(plans.basic)
    subscriber.to(JANUARY_31 + 14 * DAY)
    change(client, made, plans.pro)
    assert len(subscriber.invoices()) == 1
    subscriber.to(JANUARY_31 + 29 * DAY)

    assert sorted(line.amount for line in subscriber.invoices()[-1].lines.data) == [-900, 3_950, 7_900]


def test_another_interval_begins_a_new_period(client: StripeClient, subscriber: Subscriber, plans: Plans) -> None:
    made = subscriber.subscribe(plans.basic)
    subscriber.to(JANUARY_31 + 14 * DAY)
    changed = change(client, made, plans.yearly)

    assert period_end(changed) == JANUARY_31 + (14 + 365) * DAY
    assert subscriber.invoices()[-1].total == 18_000 - 900


def test_a_downgrade_by_schedule_comes_with_the_next_period(
    client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    made = subscriber.subscribe(plans.pro)
    schedule = client.v1.subscription_schedules.create({"from_subscription": made.id})
    (now,) = schedule.phases
    phases: Any = [
        {"start_date": now.start_date, "end_date": now.end_date, "items": [{"price": plans.pro}]},
        {"start_date": now.end_date, "items": [{"price": plans.basic}], "duration": {"interval": "month"}},
    ]
    client.v1.subscription_schedules.update(schedule.id, {"phases": phases, "end_behavior": "release"})
    before = client.v1.subscriptions.retrieve(made.id)
    subscriber.to(JANUARY_31 + 100 * DAY)
    after = client.v1.subscriptions.retrieve(made.id)

    assert before["items"].data[0].price.id == plans.pro
    assert before.schedule == schedule.id
    assert after["items"].data[0].price.id == plans.basic
    assert after.schedule is None
    assert client.v1.subscription_schedules.retrieve(schedule.id).status == "completed"
    assert [one.total for one in subscriber.invoices()] == [7_900, 1_800, 1_800, 1_800]


def test_a_cancellation_can_be_planned_and_taken_back(
    client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    made = subscriber.subscribe(plans.basic)
    planned = client.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    assert (planned.status, planned.cancel_at) == ("active", period_end(made))
    client.v1.subscriptions.update(made.id, {"cancel_at_period_end": False})
    subscriber.to(JANUARY_31 + 29 * DAY)
    assert client.v1.subscriptions.retrieve(made.id).status == "active"
    client.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    subscriber.to(JANUARY_31 + 100 * DAY)

    over = client.v1.subscriptions.retrieve(made.id)
    assert (over.status, date(over.ended_at)) == ("canceled", "2026-03-31")
    assert len(subscriber.invoices()) == 2
    assert len(subscriber.events("customer.subscription.deleted")) == 1
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        client.v1.subscriptions.update(made.id, {"cancel_at_period_end": False})


def test_a_planned_end_moves_with_the_period(client: StripeClient, subscriber: Subscriber, plans: Plans) -> None:
    made = subscriber.subscribe(plans.basic)
    client.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    changed = change(client, made, plans.yearly)

    assert changed.cancel_at == period_end(changed) > period_end(made)


def test_a_cancellation_now_can_give_back_the_rest(client: StripeClient, subscriber: Subscriber, plans: Plans) -> None:
    made = subscriber.subscribe(plans.pro)
    subscriber.to(JANUARY_31 + 14 * DAY)
    over = client.v1.subscriptions.cancel(made.id, {"prorate": True, "invoice_now": True})

    assert over.status == "canceled"
    assert subscriber.invoices()[-1].total == -3_950
    assert client.v1.subscriptions.list({"customer": subscriber.customer}).data == []
    assert [one.id for one in client.v1.subscriptions.list({"status": "all"}).data] == [made.id]
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        client.v1.subscriptions.cancel(made.id)


def test_a_failing_card_is_tried_again_and_then_the_subscription_ends(
    client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    made = subscriber.subscribe(plans.basic)
    subscriber.card("chargeCustomerFail")
    subscriber.to(JANUARY_31 + 29 * DAY)
    late = client.v1.subscriptions.retrieve(made.id)
    invoice = subscriber.invoices()[-1]

    assert late.status == "past_due"
    assert (invoice.status, invoice.attempt_count) == ("open", 1)
    assert invoice.next_payment_attempt == JANUARY_31 + 31 * DAY + HOUR
    assert client.v1.customers.retrieve(subscriber.customer).delinquent
    subscriber.to(JANUARY_31 + 50 * DAY)
    over = client.v1.subscriptions.retrieve(made.id)
    assert over.status == "canceled"
    assert over.cancellation_details is not None
    assert over.cancellation_details.reason == "payment_failed"
    assert date(over.ended_at) == date(JANUARY_31 + (28 + 3 + 5 + 7) * DAY)
    assert len(subscriber.events("invoice.payment_failed")) == 4


@pytest.mark.parametrize("outcome", ["unpaid", "past_due"])
def test_the_account_may_leave_it_unpaid_instead(
    emulator: Emulator, client: StripeClient, subscriber: Subscriber, plans: Plans, outcome: str
) -> None:
    emulator.settings(retry_days=[1], after_retries=outcome)
    made = subscriber.subscribe(plans.basic)
    subscriber.card("chargeCustomerFail")
    subscriber.to(JANUARY_31 + 40 * DAY)

    assert client.v1.subscriptions.retrieve(made.id).status == outcome


def test_a_new_card_in_time_saves_it(client: StripeClient, subscriber: Subscriber, plans: Plans) -> None:
    made = subscriber.subscribe(plans.basic)
    subscriber.card("chargeCustomerFail")
    subscriber.to(JANUARY_31 + 29 * DAY)
    invoice = subscriber.invoices()[-1]
    with pytest.raises(stripe.CardError):
        client.v1.invoices.pay(str(invoice.id))
    subscriber.card("visa")
    subscriber.to(JANUARY_31 + 40 * DAY)

    assert client.v1.subscriptions.retrieve(made.id).status == "active"
    assert client.v1.invoices.retrieve(str(invoice.id)).status == "paid"
    assert not client.v1.customers.retrieve(subscriber.customer).delinquent


def test_a_first_payment_that_fails_leaves_it_incomplete_for_a_day(
    client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    subscriber.card("chargeCustomerFail")
    made = subscriber.subscribe(plans.basic)
    with pytest.raises(stripe.CardError):
        subscriber.subscribe(plans.basic, payment_behavior="error_if_incomplete")

    assert made.status == "incomplete"
    assert len(client.v1.subscriptions.list({"customer": subscriber.customer}).data) == 1
    subscriber.to(JANUARY_31 + 2 * DAY)
    assert client.v1.subscriptions.retrieve(made.id).status == "incomplete_expired"
    assert subscriber.invoices()[0].status == "void"


def test_it_is_paid_by_confirming_its_intent(client: StripeClient, subscriber: Subscriber, plans: Plans) -> None:
    made: Any = subscriber.subscribe(
        plans.basic, payment_behavior="default_incomplete", expand=["latest_invoice.confirmation_secret"]
    )
    secret = made.latest_invoice.confirmation_secret.client_secret
    client.v1.payment_intents.confirm(secret.split("_secret_")[0], {"payment_method": "pm_card_visa"})

    assert made.status == "incomplete"
    assert client.v1.subscriptions.retrieve(made.id).status == "active"
    assert subscriber.invoices()[0].status == "paid"


def test_a_customer_without_a_card_cannot_subscribe(client: StripeClient, plans: Plans) -> None:
    poor = subscriber_at(client, JANUARY_31, card=None)
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        poor.subscribe(plans.basic)
    assert poor.invoices() == []


def test_a_trial_costs_nothing_until_it_ends(client: StripeClient, subscriber: Subscriber, plans: Plans) -> None:
    made = subscriber.subscribe(plans.basic, trial_period_days=7)
    assert made.status == "trialing"
    subscriber.to(JANUARY_31 + 8 * DAY)

    assert client.v1.subscriptions.retrieve(made.id).status == "active"
    assert [one.total for one in subscriber.invoices()] == [0, 1_800]
    assert period_end(client.v1.subscriptions.retrieve(made.id)) == JANUARY_31 + 35 * DAY


def test_a_clock_can_be_put_forward_by_two_periods_at_most(
    client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    subscriber.subscribe(plans.basic)
    advance = client.v1.test_helpers.test_clocks.advance
    with pytest.raises(stripe.InvalidRequestError, match="intervals"):
        advance(subscriber.clock, {"frozen_time": JANUARY_31 + 70 * DAY})
    with pytest.raises(stripe.InvalidRequestError, match="after the current"):
        advance(subscriber.clock, {"frozen_time": JANUARY_31})
    assert advance(subscriber.clock, {"frozen_time": JANUARY_31 + DAY}).status == "advancing"
    ready = client.v1.test_helpers.test_clocks.retrieve(subscriber.clock)
    assert (ready.status, ready.frozen_time) == ("ready", JANUARY_31 + DAY)


def test_without_a_test_clock_the_emulators_own_clock_renews(
    emulator: Emulator, client: StripeClient, plans: Plans, inbox: Inbox
) -> None:
    card: Any = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = client.v1.customers.create(card)
    client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": plans.basic}]})
    emulator.advance(65 * DAY)
    inbox.wait(3, "invoice.paid")

    assert [one.total for one in client.v1.invoices.list({"customer": customer.id}).data] == [1_800] * 3
