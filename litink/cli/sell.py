"""``litink sell``: the catalogue's subscriptions become prices at Stripe."""

from __future__ import annotations

from litink.billing.services import NO_STRIPE
from litink.billing.subscribing import sell
from litink.billing.tariff import Tariff
from litink.cli.output import print_json, results
from litink.errors import Refused
from litink.providers.stripe import Stripe
from litink.settings import get_settings


def run_sell(*, as_json: bool) -> None:
    """Raises Refused("no-stripe"), and what Stripe refuses."""
    settings = get_settings()
    if settings.stripe_api_key is None:
        raise Refused("no-stripe", NO_STRIPE)
    done = sell(Stripe(settings.stripe_api_key, settings.stripe_url), Tariff.from_settings(settings))
    if as_json:
        print_json(done)
        return
    for tier, what in done.items():
        results.print(f"{tier}: {what}", markup=False)
