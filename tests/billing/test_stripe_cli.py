"""Events that the official Stripe command line triggers: taken, followed up, and worth nothing to anybody."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select

from litink.billing import inbox
from litink.db.schema import stripe_events
from tests.billing.subscriber import KEY, Subscriber

COMMAND = shutil.which("stripe")
EVENTS = (
    "checkout.session.completed",
    "customer.subscription.created",
    "customer.subscription.updated",
    "customer.subscription.deleted",
    "invoice.paid",
    "invoice.payment_failed",
    "charge.refunded",
    "charge.dispute.created",
)


@pytest.mark.skipif(COMMAND is None, reason="Stripe's command line is not installed: npm install -g @stripe/cli")
@pytest.mark.parametrize("name", EVENTS)
def test_what_the_command_line_triggers_is_followed_up(
    alice: Subscriber, engine: Engine, tmp_path: Path, name: str
) -> None:
    with engine.begin() as connection:
        connection.execute(delete(stripe_events))
    done = subprocess.run(
        [str(COMMAND), "trigger", name, "--api-base", alice.emulator.urls.server, "--api-key", KEY],
        env={**os.environ, "HOME": str(tmp_path), "STRIPE_CLI_TELEMETRY_OPTOUT": "1"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Trigger succeeded" in done.stdout + done.stderr, done.stdout + done.stderr
    assert {attempt["status"] for attempt in alice.emulator.deliver()} == {204}
    with engine.connect() as connection:
        assert name in connection.execute(select(stripe_events.c.type)).scalars().all()
    worked = alice.billing.worker.work()
    assert (worked.failed, worked.put_off) == (0, 0)
    with engine.connect() as connection:
        assert set(inbox.counts(connection)) == {"done"}
    assert alice.billing.reconcile().failed == []
    assert (alice.tier(), alice.credits()) == ("free", 300)
