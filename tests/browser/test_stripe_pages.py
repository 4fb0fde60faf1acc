"""The emulated Stripe's pages in a real browser: checkout with test cards, the portal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from stripe import StripeClient
from stripe.checkout import Session

from tests.emulated import Emulator

pytestmark = pytest.mark.browser


@pytest.fixture
def client(emulator: Emulator) -> StripeClient:
    return StripeClient("sk_test_browser", base_addresses={"api": emulator.urls.stripe})


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def price(client: StripeClient, name: str, cents: int) -> str:
    product: Any = {"product_data": {"name": name}, "unit_amount": cents, "currency": "usd"}
    return client.v1.prices.create({**product, "recurring": {"interval": "month"}}).id


def checkout(client: StripeClient, emulator: Emulator, wanted: str) -> Session:
    """A session that comes back to the emulator's own page, which is there."""
    back = f"{emulator.urls.control}?session={{CHECKOUT_SESSION_ID}}"
    line: Any = [{"price": wanted, "quantity": 1}]
    asked: Any = {"mode": "subscription", "line_items": line, "success_url": back, "client_reference_id": "user-7"}
    return client.v1.checkout.sessions.create(asked)


def fill_in(page: Page, number: str, *, email: bool = True) -> None:
    if email:
        page.get_by_label("Email").fill("alice@example.com")
        page.get_by_label("Name on card").fill("Alice Liddell")
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry (MM/YY)").fill("12/40")
    page.get_by_label("Security code").fill("123")


def test_a_declined_card_is_explained_and_another_one_subscribes(
    tab: Page, client: StripeClient, emulator: Emulator
) -> None:
    session = checkout(client, emulator, price(client, "Basic", 1_800))
    tab.goto(str(session.url))
    expect(tab.get_by_text("1 × Basic")).to_be_visible()
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    fill_in(tab, "4000 0000 0000 9995")
    tab.get_by_role("button", name="Subscribe").click()
    expect(tab.get_by_role("alert")).to_have_text("Your card has insufficient funds.")
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert client.v1.subscriptions.list().data == []
    fill_in(tab, "4242 4242 4242 4242")
    tab.get_by_role("button", name="Subscribe").click()
    tab.wait_for_url(f"**/_emulator?session={session.id}")

    done: Any = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "customer"]})
    assert (done.status, done.payment_status, done.client_reference_id) == ("complete", "paid", "user-7")
    assert done.subscription.status == "active"
    assert (done.customer.email, done.customer.name) == ("alice@example.com", "Alice Liddell")
    (event,) = client.v1.events.list({"type": "checkout.session.completed"}).data
    assert event.data.object["subscription"] == done.subscription.id
    tab.goto(str(session.url))
    expect(tab.get_by_text("is complete and can no longer be paid")).to_be_visible()


def test_a_bank_that_asks_can_say_no_and_yes(tab: Page, client: StripeClient, emulator: Emulator) -> None:
    session = checkout(client, emulator, price(client, "Basic", 1_800))
    tab.goto(str(session.url))
    for answer in ("Fail authentication", "Complete authentication"):
        fill_in(tab, "4000 0025 0000 3155")
        tab.get_by_role("button", name="Subscribe").click()
        tab.get_by_role("button", name=answer).click()
        if answer.startswith("Fail"):
            expect(tab.get_by_role("alert")).to_contain_text("unable to authenticate")
    tab.wait_for_url(f"**/_emulator?session={session.id}")

    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_the_portal_switches_cancels_keeps_and_takes_another_card(
    tab: Page, client: StripeClient, emulator: Emulator
) -> None:
    basic, pro = price(client, "Basic", 1_800), price(client, "Pro", 7_900)
    card: Any = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = client.v1.customers.create({"name": "Alice", **card})
    made = client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": basic}]})
    back = emulator.urls.control
    portal = client.v1.billing_portal.sessions.create({"customer": customer.id, "return_url": back})
    tab.goto(portal.url)
    expect(tab.get_by_role("heading", name="Basic")).to_be_visible()
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()
    tab.get_by_label("Switch Basic to").select_option(pro)
    tab.get_by_role("button", name="Switch plan").click()
    expect(tab.get_by_role("heading", name="Pro")).to_be_visible()
    tab.get_by_role("button", name="Cancel plan").click()
    expect(tab.get_by_text("Ends on")).to_be_visible()
    assert client.v1.subscriptions.retrieve(made.id).cancel_at_period_end
    tab.get_by_role("button", name="Keep plan").click()
    expect(tab.get_by_text("Renews on")).to_be_visible()
    fill_in(tab, "5555 5555 5555 4444", email=False)
    tab.get_by_role("button", name="Save card").click()
    expect(tab.get_by_text("Mastercard ending in 4444")).to_be_visible()

    now = client.v1.subscriptions.retrieve(made.id)
    assert (now["items"].data[0].price.id, now.cancel_at_period_end) == (pro, False)
    tab.get_by_role("link", name="Return").click()
    tab.wait_for_url(back)
