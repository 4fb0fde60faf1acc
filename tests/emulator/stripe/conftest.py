"""The official SDK, unpatched, with another base address; two plans; a webhook inbox on a real socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stripe
from stripe import StripeClient

from tests.emulated import Emulator

KEY = "sk_test_emulated_1234567890"
JANUARY_31 = 1_769_860_800  # 2026-01-31 12:00 UTC
DAY = 86_400


@pytest.fixture
def client(emulator: Emulator) -> StripeClient:
    return StripeClient(KEY, base_addresses={"api": emulator.urls.stripe}, max_network_retries=0)


@dataclass(frozen=True)
class Plans:
    """Prices by the month, and one by the year."""

    basic: str
    pro: str
    yearly: str


@pytest.fixture
def plans(client: StripeClient) -> Plans:
    def price(name: str, cents: int, interval: Any) -> str:
        product = client.v1.products.create({"name": name})
        asked: Any = {"product": product.id, "unit_amount": cents, "currency": "usd", "lookup_key": name.lower()}
        return client.v1.prices.create({**asked, "recurring": {"interval": interval}}).id

    return Plans(price("Basic", 1_800, "month"), price("Pro", 7_900, "month"), price("Yearly", 18_000, "year"))


@dataclass
class Subscriber:
    """A customer on a clock of their own."""

    client: StripeClient
    clock: str
    customer: str
    now: int

    def subscribe(self, price: str, **more: Any) -> stripe.Subscription:
        asked: Any = {"customer": self.customer, "items": [{"price": price}], **more}
        return self.client.v1.subscriptions.create(asked)

    def to(self, moment: int) -> None:
        """Let time pass up to ``moment``, month by month."""
        while self.now < moment:
            self.now = min(moment, self.now + 28 * DAY)
            self.client.v1.test_helpers.test_clocks.advance(self.clock, {"frozen_time": self.now})

    def card(self, name: str) -> None:
        """Pay with another card from now on."""
        method = self.client.v1.payment_methods.attach(f"pm_card_{name}", {"customer": self.customer})
        self.client.v1.customers.update(self.customer, {"invoice_settings": {"default_payment_method": method.id}})

    def invoices(self) -> list[stripe.Invoice]:
        """The oldest first."""
        found = self.client.v1.invoices.list({"customer": self.customer, "limit": 100})
        return list(found.auto_paging_iter())[::-1]

    def events(self, *names: str) -> list[stripe.Event]:
        """Those of these names, the oldest first."""
        return list(self.client.v1.events.list({"limit": 100, "types": list(names)}).auto_paging_iter())[::-1]


def subscriber_at(client: StripeClient, moment: int, card: str | None = "visa") -> Subscriber:
    clock = client.v1.test_helpers.test_clocks.create({"frozen_time": moment})
    customer = client.v1.customers.create({"email": "alice@example.com", "test_clock": clock.id})
    made = Subscriber(client, clock.id, customer.id, moment)
    if card is not None:
        made.card(card)
    return made


@pytest.fixture
def subscriber(client: StripeClient) -> Subscriber:
    return subscriber_at(client, JANUARY_31)


def period_end(subscription: stripe.Subscription) -> int:
    return subscription["items"].data[0].current_period_end


def change(client: StripeClient, subscription: stripe.Subscription, price: str, **more: Any) -> stripe.Subscription:
    """Another price for its one item."""
    item = subscription["items"].data[0].id
    return client.v1.subscriptions.update(subscription.id, {"items": [{"id": item, "price": price}], **more})


@dataclass
class Inbox:
    """Events that were posted, and bodies whose signature does not hold. ``refuse``: how many to answer with 500."""

    url: str = ""
    secret: str = ""
    refuse: int = 0
    events: list[stripe.Event] = field(default_factory=list)
    forged: list[bytes] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)

    def take(self, body: bytes, signature: str | None) -> int:
        with self.came:
            try:
                event = stripe.Webhook.construct_event(body, signature, self.secret)
            except stripe.SignatureVerificationError:
                self.forged.append(body)
                self.came.notify_all()
                return 400
            if self.refuse:
                self.refuse -= 1
                return 500
            self.events.append(event)
            self.came.notify_all()
            return 200

    def types(self) -> list[str]:
        return [event.type for event in self.events]

    def wait(self, count: int, name: str | None = None) -> None:
        """Until so many events came, of this name if one is given."""

        def enough() -> bool:
            return sum(name in (None, event.type) for event in self.events) >= count

        with self.came:
            assert self.came.wait_for(enough, 20), self.types()


@pytest.fixture
def inbox(client: StripeClient) -> Iterator[Inbox]:
    """A webhook endpoint for every event."""
    box = Inbox()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = box.take(body, self.headers.get("stripe-signature"))
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    box.url = f"http://127.0.0.1:{server.server_port}/webhooks"
    endpoint = client.v1.webhook_endpoints.create({"url": box.url, "enabled_events": ["*"]})
    assert endpoint.secret
    box.secret = endpoint.secret
    yield box
    server.shutdown()
    server.server_close()
