"""What `stripe trigger` of Stripe's command line sends, call by call: a host without a path, forms, pm_card_ names."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from stripe import StripeClient

from tests.emulated import Emulator
from tests.emulator.stripe.conftest import KEY

COMMAND = shutil.which("stripe")
PRICE = {"product": "{product}", "unit_amount": "1500", "currency": "usd", "recurring[interval]": "month"}
CARD = {"type": "card", "card[token]": "tok_visa"}
FAILING = {"type": "card", "card[token]": "tok_chargeCustomerFail"}
DEFAULT = {"invoice_settings[default_payment_method]": "{payment_method}"}
SUBSCRIPTION = {"customer": "{customer}", "items[0][price]": "{price}"}
SESSION = {"success_url": "https://example.com/", "cancel_url": "https://example.com/", "mode": "payment"}
DISPUTED = {"amount": "100", "currency": "usd", "payment_method_types[0]": "card", "confirm": "true"}
Step = tuple[str, dict[str, str]]


def subscribing(card: dict[str, str]) -> list[Step]:
    return [
        ("payment_methods", card),
        ("customers", {"name": "Alice", "description": "(created by Stripe CLI)"}),
        ("payment_methods/{payment_method}/attach", {"customer": "{customer}"}),
        ("customers/{customer}", DEFAULT),
        ("products", {"name": "myproduct"}),
        ("prices", PRICE),
        ("subscriptions", SUBSCRIPTION),
    ]


TRIGGERS: dict[str, list[Step]] = {
    "checkout.session.completed": [
        ("products", {"name": "myproduct"}),
        ("prices", {"product": "{product}", "unit_amount": "1500", "currency": "usd"}),
        ("checkout/sessions", {**SESSION, "line_items[0][price]": "{price}", "line_items[0][quantity]": "2"}),
        ("payment_methods", {**CARD, "billing_details[email]": "stripe@example.com"}),
        ("payment_pages/{checkout.session}/confirm", {"payment_method": "{payment_method}", "expected_amount": "3000"}),
    ],
    "customer.subscription.created": subscribing(CARD),
    "invoice.payment_failed": subscribing(FAILING),
    "charge.dispute.created": [("payment_intents", {**DISPUTED, "payment_method": "pm_card_createDispute"})],
}


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_calls_of_a_trigger_make_its_event(
    emulator: Emulator, client: StripeClient, http: httpx.Client, name: str
) -> None:
    known: dict[str, str] = {}

    def put_in(text: str) -> str:
        for kind, made in known.items():
            text = text.replace(f"{{{kind}}}", made)
        return text

    for path, form in TRIGGERS[name]:
        body = {key: put_in(value) for key, value in form.items()}
        answer = http.post(
            f"{emulator.urls.server}/v1/{put_in(path)}", data=body, headers={"Authorization": f"Bearer {KEY}"}
        )
        assert answer.status_code == 200, answer.text
        made: Any = answer.json()
        known[made["object"]] = made["id"]

    assert len(client.v1.events.list({"type": name}).data) == 1


@pytest.mark.skipif(COMMAND is None, reason="Stripe's command line is not installed: npm install -g @stripe/cli")
@pytest.mark.parametrize("name", TRIGGERS)
def test_the_command_line_itself(emulator: Emulator, client: StripeClient, tmp_path: Path, name: str) -> None:
    done = subprocess.run(
        [str(COMMAND), "trigger", name, "--api-base", emulator.urls.server, "--api-key", KEY],
        env={**os.environ, "HOME": str(tmp_path), "STRIPE_CLI_TELEMETRY_OPTOUT": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert "Trigger succeeded" in done.stdout + done.stderr, done.stdout + done.stderr
    assert len(client.v1.events.list({"type": name}).data) == 1
