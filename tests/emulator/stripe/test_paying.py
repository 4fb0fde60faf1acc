"""Cards, payments, refunds, disputes."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from stripe import StripeClient

from tests.emulated import Emulator
from tests.emulator.stripe.conftest import Plans, Subscriber


def pay(client: StripeClient, card: str = "visa", amount: int = 2_000, **more: Any) -> stripe.PaymentIntent:
    method = f"pm_card_{card}"
    asked: Any = {"amount": amount, "currency": "usd", "payment_method": method, "confirm": True, **more}
    return client.v1.payment_intents.create(asked)


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("chargeDeclined", "card_declined", "generic_decline"),
        ("chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
    ],
)
def test_cards_are_declined_as_their_number_says(client: StripeClient, card: str, code: str, decline_code: str) -> None:
    with pytest.raises(stripe.CardError) as caught:
        pay(client, card)

    error: Any = caught.value.error
    assert (caught.value.http_status, error.code, error.decline_code) == (402, code, decline_code)
    assert error.payment_intent.status == "requires_payment_method"
    assert client.v1.charges.retrieve(error.charge).status == "failed"


def test_a_payment_can_be_refunded_in_parts_but_not_beyond(client: StripeClient) -> None:
    intent = pay(client)
    refund = client.v1.refunds.create
    refund({"payment_intent": intent.id, "amount": 500})
    assert not client.v1.charges.retrieve(str(intent.latest_charge)).refunded
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        refund({"payment_intent": intent.id, "amount": 1_501})
    refund({"charge": str(intent.latest_charge), "reason": "requested_by_customer"})

    charge = client.v1.charges.retrieve(str(intent.latest_charge))
    assert (charge.amount_refunded, charge.refunded) == (2_000, True)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        refund({"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"
    assert [one.amount for one in client.v1.refunds.list({"payment_intent": intent.id}).data] == [1_500, 500]
    told = client.v1.events.list({"type": "charge.refunded"}).data
    assert [one.data.object["amount_refunded"] for one in told] == [2_000, 500]


def test_a_charge_leads_back_to_its_invoice_and_subscription(
    client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    made = subscriber.subscribe(plans.basic)
    charge = client.v1.charges.list({"customer": subscriber.customer}).data[0]
    payment: Any = {"type": "payment_intent", "payment_intent": str(charge.payment_intent)}
    (found,) = client.v1.invoice_payments.list({"payment": payment}).data

    assert found.status == "paid"
    assert found.invoice == made.latest_invoice


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_a_bank_takes_a_charge_back(emulator: Emulator, client: StripeClient, outcome: str) -> None:
    intent = pay(client)
    dispute = emulator.dispute(str(intent.latest_charge), reason="subscription_canceled")
    assert client.v1.charges.retrieve(str(intent.latest_charge)).disputed
    with pytest.raises(stripe.InvalidRequestError, match="charged back"):
        client.v1.refunds.create({"payment_intent": intent.id})
    said: Any = {"evidence": {"uncategorized_text": "They read all of it."}, "submit": True}
    assert client.v1.disputes.update(dispute["id"], said).status == "under_review"
    emulator.decide(dispute["id"], outcome)

    over = client.v1.disputes.retrieve(dispute["id"])
    assert (over.status, over.reason, over.amount) == (outcome, "subscription_canceled", 2_000)
    names = [one.type for one in client.v1.events.list({"limit": 5}).data]
    assert ("charge.dispute.closed" in names, "charge.dispute.funds_reinstated" in names) == (True, outcome == "won")


def test_a_card_that_is_disputed_at_once(client: StripeClient) -> None:
    intent = pay(client, "createDispute")

    (dispute,) = client.v1.disputes.list({"payment_intent": intent.id}).data
    assert (intent.status, dispute.status, dispute.reason) == ("succeeded", "needs_response", "fraudulent")
    assert client.v1.disputes.close(dispute.id).status == "lost"


def test_a_payment_is_captured_later_or_given_up(client: StripeClient) -> None:
    held, dropped = pay(client, capture_method="manual"), pay(client, capture_method="manual")
    assert held.status == "requires_capture"
    done = client.v1.payment_intents.capture(held.id, {"amount_to_capture": 1_500})
    client.v1.payment_intents.cancel(dropped.id, {"cancellation_reason": "abandoned"})

    assert (done.status, done.amount_received) == ("succeeded", 1_500)
    assert client.v1.payment_intents.retrieve(dropped.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of succeeded"):
        client.v1.payment_intents.cancel(held.id)


def test_a_card_may_ask_for_authentication(client: StripeClient, subscriber: Subscriber, plans: Plans) -> None:
    assert pay(client, "authenticationRequired").status == "requires_action"
    with pytest.raises(stripe.CardError) as caught:
        pay(client, "authenticationRequired", off_session=True)
    assert caught.value.code == "authentication_required"
    subscriber.card("authenticationRequired")
    made = subscriber.subscribe(plans.basic)
    assert made.status == "incomplete"
    assert len(subscriber.events("invoice.payment_action_required")) == 1


def test_a_declined_card_is_not_attached_and_one_that_fails_later_is(client: StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Alice"}).id
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach("pm_card_chargeDeclined", {"customer": customer})
    kept = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})

    assert [one.id for one in client.v1.customers.payment_methods.list(customer).data] == [kept.id]
    assert client.v1.payment_methods.detach(kept.id).customer is None
    assert client.v1.customers.payment_methods.list(customer).data == []


def test_an_invoice_by_hand(client: StripeClient, subscriber: Subscriber) -> None:
    client.v1.invoice_items.create({"customer": subscriber.customer, "amount": 700, "description": "A poster"})
    asked: Any = {"customer": subscriber.customer, "pending_invoice_items_behavior": "include"}
    draft = client.v1.invoices.create(asked)
    opened = client.v1.invoices.finalize_invoice(str(draft.id))
    paid = client.v1.invoices.pay(str(draft.id))
    other = client.v1.invoices.create({"customer": subscriber.customer})
    client.v1.invoices.delete(str(other.id))

    assert (draft.status, opened.status, paid.status) == ("draft", "open", "paid")
    assert (draft.total, paid.amount_paid) == (700, 700)
    assert [one.id for one in subscriber.invoices()] == [draft.id]
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        client.v1.invoices.pay(str(draft.id))
    with pytest.raises(stripe.InvalidRequestError, match="open invoice"):
        client.v1.invoices.void_invoice(str(draft.id))


def test_less_than_half_a_dollar_is_owed_not_charged(client: StripeClient, subscriber: Subscriber) -> None:
    client.v1.invoice_items.create({"customer": subscriber.customer, "amount": 30})
    asked: Any = {"customer": subscriber.customer, "pending_invoice_items_behavior": "include"}
    draft = client.v1.invoices.create(asked)
    client.v1.invoices.finalize_invoice(str(draft.id))

    assert client.v1.customers.retrieve(subscriber.customer).balance == 30
    assert subscriber.invoices()[0].status == "paid"
    assert client.v1.charges.list({"customer": subscriber.customer}).data == []
