"""Stripe's adapter against the emulated Stripe: pages, look-ups, events, and what faults become."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from stripe import StripeClient

from litink.errors import LitinkError, PermanentFailure, Refused, TransientFailure
from litink.providers.stripe import Stripe, verified
from tests.emulated import Emulator

KEY = "sk_test_51Planted0Secret0Key"
CARD = {"email": "alice@example.com", "number": "4242424242424242", "expiry": "12/40", "cvc": "123"}


@pytest.fixture
def adapter(emulator: Emulator) -> Stripe:
    return Stripe(SecretStr(KEY), emulator.urls.stripe)


@pytest.fixture
def owner(emulator: Emulator) -> StripeClient:
    """The account's owner, who sets up what is sold."""
    return StripeClient(KEY, base_addresses={"api": emulator.urls.stripe})


@pytest.fixture
def price(owner: StripeClient) -> str:
    product: Any = {"product_data": {"name": "Basic"}, "unit_amount": 1_800, "currency": "usd", "lookup_key": "basic"}
    return owner.v1.prices.create({**product, "recurring": {"interval": "month"}}).id


def opened(adapter: Stripe, price: str, key: str = "checkout-7-1") -> Any:
    return adapter.open_checkout(
        "user-7",
        price,
        success_url="https://books.example/done?session={CHECKOUT_SESSION_ID}",
        cancel_url="https://books.example/prices",
        idempotency_key=key,
        email="alice@example.com",
    )


def bought(adapter: Stripe, price: str) -> Any:
    session = opened(adapter, price)
    assert httpx.post(session.url, data=CARD).status_code == 303
    done = adapter.checkout(session.id)
    assert done is not None
    return done


def test_a_checkout_becomes_a_subscription_of_the_user(adapter: Stripe, price: str) -> None:
    assert {key: (found.id, found.cents) for key, found in adapter.prices(["basic", "none"]).items()} == {
        "basic": (price, 1_800)
    }
    done = bought(adapter, price)
    found = adapter.subscription(done.subscription)

    assert (done.status, done.payment_status, done.user, done.url) == ("complete", "paid", "user-7", None)
    assert found is not None
    assert (found.user, found.status, found.price_key, found.customer) == ("user-7", "active", "basic", done.customer)
    assert found.period_end - found.period_start >= 28 * 86_400
    invoice = adapter.invoice(str(found.latest_invoice))
    assert invoice is not None
    assert (invoice.status, invoice.amount_paid, invoice.subscription) == ("paid", 1_800, found.id)
    assert adapter.subscription("sub_none") is None
    assert adapter.open_portal(done.customer, return_url="https://books.example", idempotency_key="p").startswith(
        "http"
    )


def test_asking_again_with_the_same_key_makes_nothing_new(emulator: Emulator, adapter: Stripe, price: str) -> None:
    emulator.fault("cut", match={"provider": "stripe", "operation": "checkout-session"}, times=1)
    with pytest.raises(TransientFailure):
        opened(adapter, price)
    again = opened(adapter, price)

    posts = [row for row in emulator.requests() if row["operation"] == "checkout-session"]
    assert len(posts) == 2
    assert opened(adapter, price).id == again.id
    with pytest.raises(PermanentFailure) as caught:
        adapter.open_checkout("user-8", price, success_url="x", cancel_url="x", idempotency_key="checkout-7-1")
    assert caught.value.code == "payments-key-reused"


def test_what_was_missed_can_be_looked_up(emulator: Emulator, adapter: Stripe, owner: StripeClient, price: str) -> None:
    done = bought(adapter, price)
    for number in range(120):
        owner.v1.customers.create({"name": str(number)})
    events = list(adapter.events(["customer.created", "checkout.session.completed"], since=0))
    charge = owner.v1.charges.list().data[0]
    invoice = adapter.invoice_of_payment(str(charge.payment_intent))

    assert len(events) == 122
    assert [(one.kind, one.about, one.customer) for one in events if one.type.startswith("checkout")] == [
        ("checkout.session", done.id, done.customer)
    ]
    assert invoice is not None
    assert invoice.subscription == done.subscription
    assert [one.id for one in adapter.subscriptions()] == [done.subscription]
    assert adapter.invoice_of_payment("pi_none") is None


@pytest.mark.parametrize(
    ("rule", "kind", "code"),
    [
        ({"kind": "status", "status": 500}, TransientFailure, "payments-unreachable"),
        ({"kind": "status", "status": 429}, TransientFailure, "payments-busy"),
        ({"kind": "status", "status": 400}, PermanentFailure, "payments-refused"),
        ({"kind": "html_200"}, TransientFailure, "payments-unreachable"),
        ({"kind": "bad_json"}, TransientFailure, "payments-unreachable"),
        ({"kind": "truncate"}, TransientFailure, "payments-unreachable"),
        ({"kind": "wrong_schema"}, TransientFailure, "payments-wrong-answer"),
        ({"kind": "empty_output"}, TransientFailure, "payments-wrong-answer"),
    ],
)
def test_faults_say_whether_to_come_again(
    emulator: Emulator, adapter: Stripe, price: str, rule: dict[str, Any], kind: type[LitinkError], code: str
) -> None:
    done = bought(adapter, price)
    asked = dict(rule)
    emulator.fault(asked.pop("kind"), match={"provider": "stripe", "operation": "subscription"}, **asked)
    before = len(emulator.requests())
    for ask in (lambda: adapter.subscription(done.subscription), lambda: list(adapter.subscriptions())):
        with pytest.raises(kind) as caught:
            ask()
        assert caught.value.code == code
    assert len(emulator.requests()) == before + 2


def test_a_wrong_key_is_said_without_showing_it(emulator: Emulator, adapter: Stripe) -> None:
    assert adapter.check().startswith("acct_")
    emulator.settings(keys={"stripe": "sk_test_another_key"})
    with pytest.raises(PermanentFailure) as caught:
        adapter.check()

    assert caught.value.code == "payments-key"
    assert KEY[:8] not in str(caught.value)


@pytest.fixture
def taken() -> Any:
    """An address that takes events, and what came: body and signature."""
    came: list[tuple[bytes, str]] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            came.append((body, self.headers["stripe-signature"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", came
    server.shutdown()
    server.server_close()


def test_only_signed_events_are_believed(emulator: Emulator, adapter: Stripe, owner: StripeClient, taken: Any) -> None:
    url, came = taken
    emulator.settings(hold_events=True)
    endpoint = owner.v1.webhook_endpoints.create({"url": url, "enabled_events": ["customer.created"]})
    secret = SecretStr(str(endpoint.secret))
    customer = owner.v1.customers.create({"name": "Alice"})
    emulator.fault("webhook_forge", match={"provider": "stripe", "operation": "webhook"})
    emulator.deliver()
    (forged, wrong), (body, signature) = came
    event = verified(body, signature, secret)

    assert (event.type, event.kind, event.about, event.customer) == (
        "customer.created",
        "customer",
        customer.id,
        customer.id,
    )
    bad: list[Callable[[], Any]] = [
        lambda: verified(forged, wrong, secret),
        lambda: verified(body.replace(b"Alice", b"Mabel"), signature, secret),
        lambda: verified(body, signature.replace("t=", "t=1"), secret),
        lambda: verified(body, "", secret),
        lambda: verified(body, "t=x,v1=y", secret),
        lambda: verified(b"\xff", signature, secret),
        lambda: verified(b"[]", signature, secret),
    ]
    for one in bad:
        with pytest.raises(Refused) as caught:
            one()
        assert "whsec" not in str(caught.value)
