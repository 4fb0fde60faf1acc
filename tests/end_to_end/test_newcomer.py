"""Somebody new, by the API alone: signing up, subscribing, a paid film; on an installation of many people."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from stripe import StripeClient

from litink.platform.postgres import EmbeddedPostgres
from litink.platform.supervisor import find_running
from litink.settings import Settings
from tests.accounts.visitors import Visitor
from tests.emulated import Emulator
from tests.end_to_end.conftest import STORY, Home
from tests.end_to_end.test_platform import until

pytestmark = [pytest.mark.engines, pytest.mark.timeout(900)]

STRIPE_KEY = "sk_test_51Newcomer0Key"
CARD = {"email": "anna@example.org", "number": "4242424242424242", "expiry": "12/40", "cvc": "123"}


@pytest.fixture
def house(emulator: Emulator) -> Iterator[str]:
    """The address of a running platform of many people, who pay at Stripe for what providers are paid for."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0)
    first = 26_800 + 50 * worker
    api = f"http://127.0.0.1:{first + 1}"
    stripe = StripeClient(STRIPE_KEY, base_addresses={"api": emulator.urls.stripe})
    endpoint: Any = {"url": f"{api}/api/v1/webhooks/stripe", "enabled_events": ["*"]}
    with tempfile.TemporaryDirectory(prefix="litink-home-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database server's account must reach its data
        environment = {
            **os.environ,
            "LITINK_HOME": name,
            "LITINK_POSTGRES_PORT": str(first),
            "LITINK_API_PORT": str(first + 1),
            "LITINK_DAGSTER_PORT": str(first + 2),
            "LITINK_CODE_SERVER_PORT": str(first + 3),
            "LITINK_ACCOUNTS": "multi",
            "LITINK_SECRET_KEY": "q7fT2mXz-Kp9VwRb4LcYd8HsJnGe3UoA6iE",
            "LITINK_DEVELOPMENT": "true",
            "LITINK_STRIPE_API_KEY": STRIPE_KEY,
            "LITINK_STRIPE_URL": emulator.urls.stripe,
            "LITINK_STRIPE_WEBHOOK_SECRET": str(stripe.v1.webhook_endpoints.create(endpoint).secret),
        }
        for provider in ("openrouter", "modelslab", "elevenlabs"):
            environment[f"LITINK_{provider.upper()}_API_KEY"] = "emulated"
            environment[f"LITINK_{provider.upper()}_URL"] = getattr(emulator.urls, provider)
        home = Home(folder, Settings(_env_file=None, home=folder, postgres_port=first), environment)
        assert home.json("sell")["basic"] == "made"
        platform = home.start("up")
        try:
            until(lambda: find_running(home.settings) if platform.poll() is None else None, "the platform")
            yield api
        finally:
            platform.send_signal(signal.SIGTERM)
            platform.wait(60)
            EmbeddedPostgres(home.settings.postgres_dir, home.settings.postgres_port).stop()


def test_from_signing_up_to_a_paid_film(house: str, emulator: Emulator) -> None:
    anna = Visitor(house).register()
    assert "unverified" in anna.login().text or anna.post("/books/text", {}).status_code == httpx.codes.FORBIDDEN
    anna.verify().login()
    assert anna.http.get("/billing").json()["tier"] == "free"

    page = anna.post("/billing/checkout", {"tier": "basic"}).json()["url"]
    assert httpx.post(page, data=CARD).status_code == httpx.codes.SEE_OTHER
    until(lambda: anna.http.get("/billing").json()["subscription"], "the subscription")
    bought = anna.http.get("/billing").json()
    assert (bought["tier"], bought["subscription"]["status"]) == ("basic", "active")

    file = {"file": ("the-lamp.txt", STORY.encode())}
    handed_in = anna.http.post("/books", files=file, data={"chapters": "1", "ratio": "1:1"})
    assert handed_in.json()["state"] == "unstarted", handed_in.text  # it costs money, so it waits for her word
    book = f"/books/{handed_in.json()['id']}"
    price = anna.http.get(f"{book}/estimate").json()
    assert emulator.bill().rows == []
    assert anna.post(f"{book}/start", {"cap_usd": price["usd_most"]}).is_success

    def over() -> dict[str, Any] | None:
        found: dict[str, Any] = anna.http.get(book).json()
        return None if found["state"] in ("queued", "working") else found

    ended = until(over, "the film")
    assert ended["state"] == "ready", ended["problem"]

    film = anna.http.get(f"{book}/film")
    assert film.headers["content-type"] == "video/mp4"
    assert film.content[4:8] == b"ftyp"
    assert anna.http.get(f"{book}/results").json()["film"]["missing"] == []
    cost = Decimal(str(anna.http.get(f"{book}/costs").json()["cost_usd"]))
    assert cost == emulator.bill().total > 0
    left = Decimal(anna.http.get("/billing").json()["credits"]["available"])
    charged = Decimal(bought["credits"]["available"]) - left
    assert charged == pytest.approx(cost * 100 * 2, rel=Decimal("0.000001"))  # a credit is a cent, the factor 2

    tobias = Visitor(house).signed_up()
    assert tobias.http.get(book).status_code == httpx.codes.NOT_FOUND
    assert tobias.http.get(f"{book}/film").status_code == httpx.codes.NOT_FOUND
