"""Stripe: customers, prices, checkout, subscriptions, invoices, payments, portal, events, under `/stripe/v1`.

The same API stands under `/v1`, since the service's own command line takes a host without a path.
"""

from __future__ import annotations

from starlette.routing import BaseRoute

from emulator.core.hub import Hub
from emulator.stripe import (
    account,
    checkouts,
    clocks,
    control,
    customers,
    disputes,
    events,
    invoice_items,
    invoices,
    pages,
    payment_intents,
    payment_methods,
    portals,
    prices,
    products,
    refunds,
    schedules,
    subscriptions,
)
from emulator.stripe.serving import PREFIX, route
from emulator.stripe.webhooks import Postman

_PARTS = (
    account,
    checkouts,
    clocks,
    customers,
    disputes,
    events,
    invoice_items,
    invoices,
    payment_intents,
    payment_methods,
    portals,
    prices,
    products,
    refunds,
    schedules,
    subscriptions,
)


def routes(hub: Hub, postman: Postman) -> list[BaseRoute]:
    actions = [action for part in _PARTS for action in part.ACTIONS]
    calls = [route(hub, action, prefix) for prefix in (PREFIX, "") for action in actions]
    return [*control.routes(hub, postman), *pages.routes(hub), *calls]
