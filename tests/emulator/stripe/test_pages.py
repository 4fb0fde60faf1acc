"""What the hosted pages do, by their forms alone; a browser fills them in elsewhere."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe
from stripe import StripeClient

from tests.emulated import Emulator
from tests.emulator.stripe.conftest import DAY, JANUARY_31, Inbox, Plans, Subscriber

GOOD = {"number": "4242 4242 4242 4242", "expiry": "12/40", "cvc": "123"}
WHO = {"email": "alice@example.com", "name": "Alice"}
PAGES: Any = {"success_url": "https://books.example/?s={CHECKOUT_SESSION_ID}", "mode": "payment"}


def poster(**more: Any) -> Any:
    """A session for something that is bought once."""
    data = {"currency": "usd", "unit_amount": 700, "product_data": {"name": "A poster"}}
    return {**PAGES, "line_items": [{"price_data": data, "quantity": 2}], **more}


def test_something_is_bought_once(client: StripeClient, http: httpx.Client) -> None:
    session = client.v1.checkout.sessions.create(poster(payment_intent_data={"metadata": {"order": "9"}}))
    answer = http.post(str(session.url), data={**WHO, **GOOD})
    done: Any = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "line_items"]})

    assert (answer.status_code, answer.headers["location"]) == (303, f"https://books.example/?s={session.id}")
    assert (done.payment_status, done.amount_total, done.payment_intent.amount_received) == ("paid", 1_400, 1_400)
    assert done.payment_intent.metadata.order == "9"
    assert done.customer is None
    assert done.customer_details.email == "alice@example.com"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "4111 1111 1111 1111"}, "card number is incorrect"),
        ({"number": "4000 0000 0000 0002"}, "Your card was declined."),
        ({"expiry": "01/20"}, "expiration date is in the past"),
        ({"expiry": "soon"}, "Invalid"),
        ({"cvc": "x"}, "Invalid cvc"),
        ({"name": "<script>" * 1_000}, "too long"),
    ],
)
def test_a_form_that_is_filled_in_wrongly_is_shown_again(
    client: StripeClient, http: httpx.Client, wrong: dict[str, str], said: str
) -> None:
    session = client.v1.checkout.sessions.create(poster())
    answer = http.post(str(session.url), data={**WHO, **GOOD, **wrong})

    assert said in answer.text
    assert "<script>" not in answer.text
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert client.v1.payment_intents.list().data == []


def test_a_session_expires_and_can_be_expired(
    emulator: Emulator, client: StripeClient, http: httpx.Client, inbox: Inbox
) -> None:
    early, late = (client.v1.checkout.sessions.create(poster()) for _ in range(2))
    client.v1.checkout.sessions.expire(early.id)
    emulator.advance(DAY + 1)
    inbox.wait(2, "checkout.session.expired")

    assert client.v1.checkout.sessions.retrieve(late.id).status == "expired"
    assert "can no longer be paid" in http.post(str(late.url), data={**WHO, **GOOD}).text
    with pytest.raises(stripe.InvalidRequestError, match="open"):
        client.v1.checkout.sessions.expire(early.id)


def test_an_open_invoice_is_paid_on_its_page(
    client: StripeClient, subscriber: Subscriber, plans: Plans, http: httpx.Client
) -> None:
    made = subscriber.subscribe(plans.basic)
    subscriber.card("chargeCustomerFail")
    subscriber.to(JANUARY_31 + 29 * DAY)
    url = str(subscriber.invoices()[-1].hosted_invoice_url)
    assert client.v1.subscriptions.retrieve(made.id).status == "past_due"
    assert "insufficient funds" in http.post(url, data={**GOOD, "number": "4000000000009995"}).text
    assert "This invoice is paid" in http.post(url, data=GOOD).text

    assert client.v1.subscriptions.retrieve(made.id).status == "active"


def test_the_portal_does_what_its_configuration_allows(
    client: StripeClient, subscriber: Subscriber, plans: Plans, http: httpx.Client
) -> None:
    made = subscriber.subscribe(plans.pro)
    product = client.v1.prices.retrieve(plans.basic).product
    features: Any = {
        "payment_method_update": {"enabled": False},
        "subscription_cancel": {"enabled": False},
        "subscription_update": {
            "enabled": True,
            "default_allowed_updates": ["price"],
            "products": [{"product": product, "prices": [plans.basic]}],
            "schedule_at_period_end": {"conditions": [{"type": "decreasing_item_amount"}]},
        },
    }
    configuration = client.v1.billing_portal.configurations.create({"features": features}).id
    asked: Any = {"customer": subscriber.customer, "configuration": configuration}
    url = client.v1.billing_portal.sessions.create(asked).url
    own = {"subscription": made.id}

    assert "not allowed" in http.post(url, data={**own, "do": "cancel"}).text
    assert "cannot be changed" in http.post(url, data=GOOD).text
    assert "not offered" in http.post(url, data={**own, "do": "switch", "price": plans.yearly}).text
    assert "Changes to Basic" in http.post(url, data={**own, "do": "switch", "price": plans.basic}).text
    assert client.v1.subscriptions.retrieve(made.id)["items"].data[0].price.id == plans.pro
    subscriber.to(JANUARY_31 + 30 * DAY)
    assert client.v1.subscriptions.retrieve(made.id)["items"].data[0].price.id == plans.basic
    assert [one.total for one in subscriber.invoices()] == [7_900, 1_800]


def test_what_is_not_there_says_so(emulator: Emulator, http: httpx.Client) -> None:
    for page in ("checkout/cs_test_none", "invoice/in_none", "portal/bps_none"):
        answer = http.get(f"{emulator.urls.stripe}/pages/{page}")
        assert answer.status_code == 404
        assert "No such" in answer.text
