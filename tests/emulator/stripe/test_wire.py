"""Stripe's wire as the SDK meets it: parameters, pages, expansion, idempotency, errors, keys."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe
from stripe import StripeClient

from tests.emulated import Emulator
from tests.emulator.stripe.conftest import KEY, Plans, Subscriber

FORM = {"Authorization": f"Bearer {KEY}"}


def test_what_is_made_can_be_looked_up_changed_and_emptied(client: StripeClient) -> None:
    made = client.v1.customers.create(
        {"email": "a@example.com", "name": "Alice & Söhne [1]", "metadata": {"user": "7", "0": "zero"}}
    )
    client.v1.customers.update(made.id, {"name": "", "metadata": {"user": "", "tier": "basic"}})
    found = client.v1.customers.retrieve(made.id)

    assert made.name == "Alice & Söhne [1]"
    assert (found.email, found.name) == ("a@example.com", None)
    assert found.metadata is not None
    assert found.metadata.to_dict() == {"0": "zero", "tier": "basic"}


def test_lists_come_newest_first_and_page_by_page(client: StripeClient) -> None:
    made = [client.v1.customers.create({"email": f"{number}@example.com"}).id for number in range(7)]
    first = client.v1.customers.list({"limit": 3})
    last = client.v1.customers.list({"limit": 3, "ending_before": made[0]})

    assert [one.id for one in first.data] == made[:3:-1]
    assert first.has_more
    assert [one.id for one in first.auto_paging_iter()] == made[::-1]
    assert [one.id for one in last.data] == made[3:0:-1]
    assert [one.id for one in client.v1.customers.list({"email": "4@example.com"}).data] == [made[4]]
    with pytest.raises(stripe.InvalidRequestError, match="No such object"):
        client.v1.customers.list({"starting_after": "cus_none"})


def test_expansion_puts_objects_in_the_place_of_ids(client: StripeClient, subscriber: Subscriber, plans: Plans) -> None:
    plain = subscriber.subscribe(plans.basic)
    deep = ["customer", "latest_invoice.payments.data.payment.payment_intent"]
    whole: Any = client.v1.subscriptions.retrieve(plain.id, {"expand": [*deep[:1], "latest_invoice.payments"]})

    assert isinstance(plain.customer, str)
    assert whole.customer.email == "alice@example.com"
    payment = whole.latest_invoice.payments.data[0].payment.payment_intent
    intent: Any = client.v1.payment_intents.retrieve(payment, {"expand": ["latest_charge.refunds"]})
    assert intent.latest_charge.paid
    assert intent.latest_charge.refunds.data == []
    listed: Any = client.v1.subscriptions.list({"expand": ["data.customer"]}).data[0]
    assert listed.customer.id == subscriber.customer
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.subscriptions.retrieve(plain.id, {"expand": ["status"]})
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        client.v1.subscriptions.retrieve(plain.id, {"expand": deep[1:]})


@pytest.mark.parametrize(
    ("path", "form", "code", "param"),
    [
        ("customers", {"colour": "red"}, "parameter_unknown", "colour"),
        ("customers", {"address[street]": "x"}, "parameter_unknown", "address[street]"),
        ("customers", {"balance": "much"}, "parameter_invalid_integer", "balance"),
        ("products", {}, "parameter_missing", "name"),
        ("subscriptions", {"customer": "x", "items[0][price_id]": "p"}, "parameter_unknown", "items[0][price_id]"),
        ("subscriptions", {"customer": "cus_none", "items[0][price]": "p"}, "resource_missing", "customer"),
        ("prices", {"currency": "usd", "unit_amount": "1", "recurring[interval]": "moon", "product": "x"}, None,
         "recurring[interval]"),
        ("checkout/sessions", {"mode": "setup", "success_url": "x", "line_items[][price]": "p"}, None, "mode"),
        ("customers", {"metadata[x]": "y" * 501}, None, "metadata"),
        ("customers", {"a[": "x"}, None, "a["),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_in_stripes_words(
    emulator: Emulator, http: httpx.Client, path: str, form: dict[str, str], code: str | None, param: str
) -> None:
    answer = http.post(f"{emulator.urls.stripe}/v1/{path}", data=form, headers=FORM)

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error.get("code") == code
    assert error["param"] == param
    assert answer.headers["request-id"].startswith("req_")


def test_a_key_must_be_given_and_be_the_right_one(emulator: Emulator, http: httpx.Client) -> None:
    url = f"{emulator.urls.stripe}/v1/account"
    emulator.settings(keys={"stripe": KEY})

    assert http.get(url).status_code == 401
    assert http.get(url, headers={"Authorization": "Bearer sk_test_other"}).status_code == 401
    assert http.get(url, headers=FORM).json()["object"] == "account"
    assert http.get(url, auth=(KEY, "")).status_code == 200
    other = StripeClient("sk_test_other", base_addresses={"api": emulator.urls.stripe})
    with pytest.raises(stripe.AuthenticationError):
        other.v1.customers.list()


def test_versions_of_another_shape_and_bodies_that_are_no_forms_are_refused(
    emulator: Emulator, http: httpx.Client
) -> None:
    url = f"{emulator.urls.stripe}/v1/customers"

    assert http.get(url, headers={**FORM, "Stripe-Version": "2025-03-31.basil"}).status_code == 200
    for version in ("2020-08-27", "new"):
        assert http.get(url, headers={**FORM, "Stripe-Version": version}).status_code == 400
    assert http.post(url, json={"name": "x"}, headers=FORM).status_code == 400
    assert http.post(f"{emulator.urls.stripe}/v1/nothing", headers=FORM).json()["error"]["type"] == (
        "invalid_request_error"
    )


def test_a_key_of_idempotency_answers_the_same_again(client: StripeClient) -> None:
    again: Any = {"idempotency_key": "order-1"}
    first = client.v1.customers.create({"name": "Alice"}, again)
    second = client.v1.customers.create({"name": "Alice"}, again)

    assert first.id == second.id
    assert second.last_response.headers["idempotent-replayed"] == "true"
    assert len(client.v1.customers.list().data) == 1
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.v1.customers.create({"name": "Bob"}, again)
    with pytest.raises(stripe.IdempotencyError):
        client.v1.products.create({"name": "Alice"}, again)


def test_a_declined_payment_is_declined_again_under_its_key(client: StripeClient) -> None:
    asked: Any = {"amount": 500, "currency": "usd", "payment_method": "pm_card_chargeDeclined", "confirm": True}
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            client.v1.payment_intents.create(asked, {"idempotency_key": "pay-1"})
    assert caught.value.code == "card_declined"
    assert len(client.v1.charges.list().data) == 1


def test_a_lost_answer_is_not_done_twice_by_the_sdk(emulator: Emulator) -> None:
    emulator.fault("cut", match={"provider": "stripe", "operation": "customer"}, times=1)
    patient = StripeClient(KEY, base_addresses={"api": emulator.urls.stripe}, max_network_retries=2)
    made = patient.v1.customers.create({"name": "Alice"})

    assert [one.id for one in patient.v1.customers.list().data] == [made.id]
    posts = [row for row in emulator.requests() if row["method"] == "POST"]
    assert [row["status"] for row in posts] == [200, None]


@pytest.mark.parametrize(
    ("rule", "error"),
    [
        ({"kind": "status", "status": 500}, stripe.APIError),
        ({"kind": "status", "status": 429}, stripe.RateLimitError),
        ({"kind": "status", "status": 402}, stripe.CardError),
        ({"kind": "html_200"}, stripe.APIError),
        ({"kind": "bad_json"}, stripe.APIError),
        ({"kind": "truncate"}, stripe.StripeError),
    ],
)
def test_faults_by_rule(emulator: Emulator, client: StripeClient, rule: dict[str, Any], error: type[Exception]) -> None:
    emulator.fault(rule.pop("kind"), match={"provider": "stripe", "operation": "customer"}, times=1, **rule)
    with pytest.raises(error):
        client.v1.customers.create({"name": "Alice"})

    assert client.v1.customers.list().object == "list"


def test_a_lookup_key_names_one_price_and_can_be_moved(client: StripeClient, plans: Plans) -> None:
    dearer: Any = {"product_data": {"name": "Basic 2"}, "unit_amount": 2_000, "currency": "usd", "lookup_key": "basic"}
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        client.v1.prices.create(dearer)
    moved = client.v1.prices.create({**dearer, "transfer_lookup_key": True})

    assert [one.id for one in client.v1.prices.list({"lookup_keys": ["basic"]}).data] == [moved.id]
    assert client.v1.prices.retrieve(plans.basic).lookup_key is None


def test_card_numbers_are_not_kept_in_the_log(emulator: Emulator, client: StripeClient) -> None:
    card: Any = {"number": "4242424242424242", "exp_month": 1, "exp_year": 2040, "cvc": "123"}
    made = client.v1.payment_methods.create({"type": "card", "card": card})

    assert made.card is not None
    assert made.card.last4 == "4242"
    assert "42424242" not in str(emulator.requests())
    assert "42424242" not in str(made)
