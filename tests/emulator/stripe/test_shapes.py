"""Every field that the SDK's types promise is in the answers, so that code written by them does not fall over."""

from __future__ import annotations

from typing import Any, ClassVar, get_args, get_origin

from stripe import StripeClient, StripeObject

from tests.emulated import Emulator
from tests.emulator.stripe.conftest import Plans, Subscriber

# Promised by the types, but of features that are not played.
NOT_PLAYED = {"total_count", "billing_schedules", "pause_schedules"}


def missing(thing: StripeObject) -> set[str]:
    """Fields that the class of ``thing`` declares as always there, and that are not; also in what it holds."""
    promised = {
        name
        for parent in type(thing).__mro__
        for name, kind in getattr(parent, "__annotations__", {}).items()
        if not name.startswith("_") and type(None) not in get_args(kind) and get_origin(kind) is not ClassVar
    }
    here = thing.to_dict(recursive=False)
    found = {f"{type(thing).__name__}.{name}" for name in promised - here.keys() - NOT_PLAYED}
    for value in here.values():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, StripeObject):
                found |= missing(one)
    return found


def test_answers_hold_what_the_types_promise(
    emulator: Emulator, client: StripeClient, subscriber: Subscriber, plans: Plans
) -> None:
    v1 = client.v1
    made: Any = subscriber.subscribe(plans.basic)
    charge = v1.charges.list().data[0]
    v1.refunds.create({"charge": charge.id, "amount": 100})
    emulator.dispute(charge.id)
    line: Any = [{"price": plans.basic, "quantity": 1}]
    v1.checkout.sessions.create({"mode": "subscription", "line_items": line, "success_url": "https://x.example"})
    v1.invoice_items.create({"customer": subscriber.customer, "amount": 100})
    every: list[StripeObject] = [
        v1.billing_portal.sessions.create({"customer": subscriber.customer}),
        v1.subscription_schedules.create({"from_subscription": made.id}),
        v1.webhook_endpoints.create({"url": "https://x.example", "enabled_events": ["*"]}),
    ]
    lists: list[Any] = [
        v1.customers, v1.products, v1.prices, v1.subscriptions, v1.invoices, v1.charges, v1.payment_intents, v1.refunds,
        v1.disputes, v1.events, v1.payment_methods, v1.invoice_items, v1.invoice_payments, v1.checkout.sessions,
        v1.billing_portal.configurations, v1.test_helpers.test_clocks,
    ]  # fmt: skip
    for service in lists:
        data = service.list().data
        assert data, service
        every.extend(data)

    assert set().union(*(missing(one) for one in every)) == set()
