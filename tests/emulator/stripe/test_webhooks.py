"""Events as they are posted: signed, tried again, held back, shuffled, doubled, lost, forged, told again."""

from __future__ import annotations

import stripe
from stripe import StripeClient

from tests.emulated import Emulator
from tests.emulator.stripe.conftest import DAY, JANUARY_31, Inbox, Plans, Subscriber

OF_WEBHOOKS = {"provider": "stripe", "operation": "webhook"}


def ids(events: list[stripe.Event]) -> list[str]:
    return [event.id for event in events]


def test_events_are_signed_and_come_in_order(client: StripeClient, inbox: Inbox) -> None:
    made = client.v1.customers.create({"name": "Alice"}, {"idempotency_key": "k-1"})
    client.v1.customers.update(made.id, {"name": "Alice Liddell"})
    inbox.wait(2)
    created, updated = inbox.events

    assert inbox.types() == ["customer.created", "customer.updated"]
    assert created.request is not None
    assert created.request.idempotency_key == "k-1"
    assert created.data.object["id"] == made.id
    assert updated.data.to_dict()["previous_attributes"] == {"name": "Alice"}
    assert client.v1.events.retrieve(created.id).data.object == created.data.object
    assert inbox.forged == []


def test_only_wanted_events_go_to_an_endpoint_that_is_on(
    client: StripeClient, inbox: Inbox, emulator: Emulator
) -> None:
    (endpoint,) = client.v1.webhook_endpoints.list().data
    client.v1.webhook_endpoints.update(endpoint.id, {"enabled_events": ["product.created"]})
    client.v1.customers.create({"name": "Alice"})
    client.v1.products.create({"name": "Basic"})
    inbox.wait(1)
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    client.v1.products.create({"name": "Pro"})

    assert emulator.deliver() == []
    assert inbox.types() == ["product.created"]
    assert endpoint.to_dict().get("secret") is None


def test_what_is_not_taken_is_posted_again(emulator: Emulator, client: StripeClient, inbox: Inbox) -> None:
    inbox.refuse = 1
    emulator.settings(hold_events=True)
    made = client.v1.customers.create({"name": "Alice"})
    (first,) = emulator.deliver()
    pending = client.v1.events.list({"delivery_success": False}).data
    emulator.settings(hold_events=False)
    assert (first["status"], [one.type for one in pending]) == (500, ["customer.created"])
    assert inbox.events == []
    emulator.advance(61)
    inbox.wait(1)

    assert inbox.events[0].data.object["id"] == made.id


def test_waiting_events_survive_a_kill(emulator: Emulator, client: StripeClient, inbox: Inbox) -> None:
    emulator.settings(hold_events=True)
    client.v1.customers.create({"name": "Alice"})
    emulator.kill()
    emulator.start()
    emulator.settings(hold_events=False)
    inbox.wait(1)

    assert inbox.types() == ["customer.created"]


def test_events_can_be_held_and_shuffled(
    emulator: Emulator, client: StripeClient, inbox: Inbox, subscriber: Subscriber, plans: Plans
) -> None:
    emulator.deliver()
    inbox.events.clear()
    emulator.settings(hold_events=True)
    subscriber.subscribe(plans.basic)
    subscriber.to(JANUARY_31 + 60 * DAY)
    assert inbox.events == []
    attempts = emulator.deliver("shuffled", seed=5)

    made = ids(list(client.v1.events.list({"limit": 100}).auto_paging_iter()))[::-1]
    posted = ids(inbox.events)
    assert len(posted) == len(attempts) > 20
    assert posted != sorted(posted, key=made.index)
    assert set(posted) <= set(made)
    assert emulator.deliver() == []


def test_events_can_be_told_again(emulator: Emulator, client: StripeClient, inbox: Inbox) -> None:
    client.v1.customers.create({"name": "Alice"})
    client.v1.customers.create({"name": "Bob"})
    inbox.wait(2)
    first, second = ids(inbox.events)
    emulator.redeliver([first])
    emulator.redeliver(order="reversed")

    assert ids(inbox.events) == [first, second, first, second, first]


def test_rules_double_drop_delay_and_forge(emulator: Emulator, client: StripeClient, inbox: Inbox) -> None:
    emulator.fault("webhook_double", match={**OF_WEBHOOKS, "model": "product.created"})
    emulator.fault("webhook_drop", match={**OF_WEBHOOKS, "model": "customer.created"})
    emulator.fault("webhook_delay", match={**OF_WEBHOOKS, "model": "price.created"}, seconds=500)
    emulator.fault("webhook_forge", match={**OF_WEBHOOKS, "model": "product.updated"})
    client.v1.customers.create({"name": "Alice"})
    product = client.v1.products.create({"name": "Basic"})
    client.v1.prices.create({"product": product.id, "unit_amount": 100, "currency": "usd"})
    client.v1.products.update(product.id, {"name": "Basic 2"})
    inbox.wait(3)
    assert inbox.types() == ["product.created", "product.created", "product.updated"]
    assert len(inbox.forged) == 1
    emulator.advance(501)
    inbox.wait(4)

    assert inbox.types()[3] == "price.created"
    assert len(client.v1.events.list({"type": "customer.created"}).data) == 1


def test_the_same_chance_falls_on_the_same_events(emulator: Emulator, client: StripeClient, inbox: Inbox) -> None:
    def lost() -> list[bool]:
        emulator.clear_faults()
        emulator.fault("webhook_drop", match={**OF_WEBHOOKS, "probability": 0.5}, seed=3)
        emulator.settings(hold_events=True)
        made = [client.v1.customers.create({"name": str(number)}).id for number in range(12)]
        emulator.deliver()
        came = {event.data.object["id"] for event in inbox.events}
        return [name not in came for name in made]

    first, second = lost(), lost()
    assert first == second
    assert 0 < sum(first) < 12
