"""One's own account on the page: plan, credits, sessions, password, data, leaving."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from api.app import create_app
from litink.billing.services import Billing
from litink.settings import Settings
from tests.accounts.conftest import house, multi, nobody_waits, visitor
from tests.accounts.visitors import PASSWORD, Visitor
from tests.billing.subscriber import stripe_shop
from tests.browser.test_door import axe_finds_nothing, context, log_in, shop, tab
from tests.browser.test_stripe_pages import fill_in as pay
from tests.emulated import Emulator
from tests.served import serving

__all__ = ["context", "house", "multi", "nobody_waits", "shop", "tab", "visitor"]  # fixtures

pytestmark = pytest.mark.browser


def own_account(tab: Page, who: Visitor, password: str = PASSWORD) -> None:
    tab.goto("/")
    log_in(tab, who, password)
    tab.get_by_role("link", name=who.email).click()
    expect(tab.get_by_role("heading", name="Your account")).to_be_visible()


def test_a_password_is_changed_and_whoever_else_was_in_is_out(tab: Page, visitor: Callable[[], Visitor]) -> None:
    who = visitor()  # who is logged in somewhere else with that
    own_account(tab, who)
    expect(tab.get_by_role("button", name="Log out python-httpx")).to_be_visible()
    tab.get_by_label("The one that you have").fill("not the lamp on the point")
    tab.get_by_label("A new one").fill("a lamp on the pier")
    tab.get_by_role("button", name="Change the password").click()
    expect(tab.get_by_role("status").filter(has_text="password")).to_contain_text("not your password")
    tab.get_by_label("The one that you have").fill(PASSWORD)
    tab.get_by_role("button", name="Change the password").click()
    expect(tab.get_by_role("status").filter(has_text="The password is changed")).to_be_visible()
    expect(tab.get_by_role("button", name="Log out python-httpx")).to_have_count(0)
    expect(tab.get_by_text("This one")).to_be_visible()
    assert who.http.get("/account").status_code == 401
    assert Visitor(who.address, who.email, "a lamp on the pier").login().is_success


def test_one_session_is_ended_and_then_all(tab: Page, visitor: Callable[[], Visitor]) -> None:
    who = visitor()
    own_account(tab, who)
    tab.get_by_role("button", name="Log out python-httpx").click()
    expect(tab.get_by_role("button", name="Log out python-httpx")).to_have_count(0)
    assert who.http.get("/account").status_code == 401
    again = Visitor(who.address, who.email)
    assert again.login().is_success
    tab.get_by_role("button", name="Log out everywhere").click()
    expect(tab.get_by_role("heading", name="Log in")).to_be_visible()
    assert again.http.get("/account").status_code == 401


def test_all_that_is_known_is_taken_along_and_then_gone(tab: Page, visitor: Callable[[], Visitor]) -> None:
    who = visitor()
    own_account(tab, who)
    with tab.expect_download() as taken:
        tab.get_by_role("link", name="Download everything").click()
    assert taken.value.suggested_filename.endswith(".zip")
    tab.get_by_role("button", name="Delete the account").click()
    asked = tab.get_by_role("dialog", name="Delete your account?")
    asked.get_by_label("Your password").fill("not the lamp on the point")
    asked.get_by_role("button", name="Delete everything").click()
    expect(asked.get_by_role("alert")).to_contain_text("not your password")
    axe_finds_nothing(tab)
    asked.get_by_label("Your password").fill(PASSWORD)
    asked.get_by_role("button", name="Delete everything").click()
    expect(tab.get_by_role("heading", name="Your account is gone")).to_be_visible()
    tab.get_by_role("link", name="To the beginning").click()
    log_in(tab, who)
    expect(tab.get_by_text("password is wrong")).to_be_visible()


@pytest.fixture(params=[("light", 1280), ("dark", 390)], ids=lambda param: param[0])
def customer(browser: Browser, shop: str, request: pytest.FixtureRequest) -> Iterator[tuple[Page, Visitor]]:
    scheme, width = request.param
    page = browser.new_page(base_url=shop, color_scheme=scheme, viewport={"width": width, "height": 900})
    yield page, Visitor(shop).signed_up()
    page.close()


def test_what_one_has_and_may_have_is_shown(customer: tuple[Page, Visitor]) -> None:
    page, who = customer
    own_account(page, who)
    expect(page.get_by_text("You have Free and 300 credits. More come on")).to_be_visible()
    expect(page.get_by_role("listitem", name="Free")).to_contain_text("Yours")
    expect(page.get_by_role("listitem", name="Professional")).to_contain_text("voices of your own")
    page.get_by_label("Promo code").fill("NO-SUCH-CODE")
    page.get_by_role("button", name="Redeem").click()
    expect(page.get_by_role("status").filter(has_text="code")).to_be_visible()
    axe_finds_nothing(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_plan_is_paid_for_changed_ended_and_kept(
    browser: Browser, engine: Engine, emulator: Emulator, multi: Settings
) -> None:
    with stripe_shop(engine, emulator, multi) as (_, own, _):
        keys = ("stripe_api_key", "stripe_url", "stripe_webhook_secret")
        settings = multi.model_copy(update={key: getattr(own, key) for key in keys})
        with serving(create_app(settings)) as address:
            who, page = Visitor(address).signed_up(), browser.new_page(base_url=address)
            back = {"location": f"{address}/?checkout=done"}  # Stripe knows another port of ours
            page.route("**/?checkout=done", lambda route: route.fulfill(status=302, headers=back))
            own_account(page, who)
            page.get_by_role("listitem", name="Basic").get_by_role("button", name="Subscribe").click()
            pay(page, "4242 4242 4242 4242")
            page.get_by_role("button", name="Subscribe").click()
            expect(page.get_by_text("Your payment is being looked up.")).to_be_visible()
            emulator.deliver()
            Billing(engine, own).worker.work()
            expect(page.get_by_text("Thank you. Your subscription: basic.")).to_be_visible()

            page.get_by_role("link", name=who.email).click()
            expect(page.get_by_role("listitem", name="Basic")).to_contain_text("Yours")
            expect(page.get_by_text("Paid until")).to_be_visible()
            page.get_by_role("button", name="Change to Standard").click()
            asked = page.get_by_role("dialog", name="Change to Standard?")
            expect(asked).to_contain_text("is paid now")
            axe_finds_nothing(page)
            asked.get_by_role("button", name="Change", exact=True).click()
            emulator.deliver()
            Billing(engine, own).worker.work()
            page.reload()
            expect(page.get_by_role("listitem", name="Standard")).to_contain_text("Yours")
            page.get_by_role("button", name="Change to Basic").click()
            expect(page.get_by_role("dialog", name="Change to Basic?")).to_contain_text("When the month ends")
            page.get_by_role("button", name="Leave it").click()

            page.get_by_role("button", name="End the subscription").click()
            page.get_by_role("button", name="End it").click()
            expect(page.get_by_text("Your subscription ends on")).to_be_visible()
            page.get_by_role("button", name="Go on with it").click()
            expect(page.get_by_text("Paid until")).to_be_visible()
            page.get_by_role("button", name="Cards and invoices").click()
            page.wait_for_url(f"{own.stripe_url}/**")
            page.close()


def test_where_nobody_pays_there_is_nothing_to_subscribe_to(tab: Page, visitor: Callable[[], Visitor]) -> None:
    own_account(tab, visitor())
    expect(tab.get_by_role("heading", name="Plan and credits")).to_be_visible()
    expect(tab.get_by_role("button", name="Subscribe")).to_have_count(0)
    axe_finds_nothing(tab)
