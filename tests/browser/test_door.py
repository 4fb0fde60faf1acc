"""Coming in and going out on the page, where an installation has accounts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, Request, Route, expect
from sqlalchemy import Engine, delete, insert

from api.app import create_app
from litink.db.schema import stripe_customers, subscriptions
from litink.settings import Settings
from tests.accounts.conftest import house, multi, nobody_waits, visitor
from tests.accounts.visitors import PASSWORD, Visitor
from tests.served import serving

__all__ = ["house", "multi", "nobody_waits", "visitor"]  # fixtures

pytestmark = pytest.mark.browser

DRAFT = "https://example.org/an-article-that-was-typed"


@pytest.fixture
def context(browser: Browser, house: str) -> Iterator[BrowserContext]:
    """A browser of its own. A test fails with an error in a page's script."""
    context = browser.new_context(base_url=house, viewport={"width": 1400, "height": 900})
    context.set_default_timeout(30_000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def tab(context: BrowserContext) -> Page:
    return context.new_page()


def fill_in(tab: Page, who: Visitor, password: str = PASSWORD) -> None:
    tab.get_by_label("E-mail address").fill(who.email)
    tab.get_by_label("Password").fill(password)


def log_in(tab: Page, who: Visitor, password: str = PASSWORD) -> None:
    fill_in(tab, who, password)
    tab.get_by_role("button", name="Log in").click()


def inside(tab: Page, who: Visitor) -> None:
    expect(tab.locator("#who")).to_contain_text(who.email)
    expect(tab.get_by_role("heading", name="Your books")).to_be_visible()


def form(tab: Page, title: str) -> Locator:
    expect(tab.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
    return tab.get_by_role("dialog", name=title)


def hand_in(tab: Page, title: str) -> None:
    text = f"# {title}\n\n{uuid4().hex} " + "The pier stood in the grey water and nobody came. " * 20
    file: FilePayload = {"name": f"{title}.md", "mimeType": "text/markdown", "buffer": text.encode()}
    tab.get_by_label("Choose a file").set_input_files(file)


def runs_out(context: BrowserContext, *names: str) -> None:
    """Cookies go as they do when their time is over."""
    for name in names or ("litink_access",):
        assert name in [cookie["name"] for cookie in context.cookies()]
        context.clear_cookies(name=name)


def axe_finds_nothing(tab: Page) -> None:
    found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


def test_from_signing_up_to_a_book_on_the_shelf_and_out_again(context: BrowserContext, tab: Page, house: str) -> None:
    who = Visitor(house)
    tab.goto("/")
    form(tab, "Log in")
    expect(tab.get_by_label("E-mail address")).to_be_focused()
    tab.get_by_role("button", name="Sign up").click()
    form(tab, "Sign up")
    fill_in(tab, who)
    tab.get_by_role("button", name="Sign up").click()
    expect(form(tab, "Log in")).to_contain_text("a mail is on its way to it. Open the link")

    mail = context.new_page()
    mail.goto(f"/account#confirm={who.proof()}")
    axe_finds_nothing(mail)
    mail.get_by_role("button", name="Confirm").click()
    expect(mail.get_by_role("status")).to_have_text("The address is confirmed.")
    mail.get_by_role("link", name="Go to your books").click()
    form(mail, "Log in")
    mail.close()

    tab.get_by_role("button", name="Log in").click()  # what was typed is still there
    inside(tab, who)
    assert tab.evaluate_handle("document.cookie").json_value() == ""
    assert tab.evaluate_handle("localStorage.length + sessionStorage.length").json_value() == 0
    hand_in(tab, "The Grey Pier")
    expect(tab.locator(".card", has_text="The Grey Pier")).to_be_visible()
    axe_finds_nothing(tab)

    runs_out(context)
    tab.get_by_role("link", name="“The Grey Pier”").click()
    tab.get_by_role("tab", name="Text").click()
    expect(tab.get_by_text("nobody came").first).to_be_visible()
    assert any(cookie["name"] == "litink_access" for cookie in context.cookies())

    tab.get_by_role("button", name="Log out").click()
    form(tab, "Log in")
    expect(tab.get_by_text("The Grey Pier")).to_have_count(0)
    assert context.cookies() == []
    tab.reload()
    form(tab, "Log in")
    expect(tab.get_by_role("heading", name="Your books")).to_have_count(0)


def test_a_wrong_password_is_told_and_the_right_one_lets_in(tab: Page, visitor: Callable[[], Visitor]) -> None:
    who = visitor()
    tab.goto("/")
    log_in(tab, who, "not the lamp on the point")
    expect(form(tab, "Log in")).to_contain_text(re.compile("address or .*password", re.IGNORECASE))
    expect(tab.get_by_label("Password")).to_be_focused()
    log_in(tab, who)
    inside(tab, who)


def test_requests_side_by_side_renew_a_session_once_in_all_tabs(
    context: BrowserContext, tab: Page, visitor: Callable[[], Visitor]
) -> None:
    who, second = visitor(), context.new_page()
    tab.goto("/")
    log_in(tab, who)
    inside(tab, who)
    renewals: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/auth/refresh"):
            renewals.append(request.url)

    context.on("request", note)
    runs_out(context)
    tab.reload(wait_until="commit")
    second.goto("/", wait_until="commit")
    inside(tab, who)
    inside(second, who)
    assert len(renewals) == 1
    assert len(who.http.get("/account/sessions").json()) == 2  # a token that came twice would have ended one

    tab.get_by_role("button", name="Log out").click()
    form(tab, "Log in")
    form(second, "Log in")  # it does not go on showing somebody's books


def test_a_session_that_is_over_asks_and_goes_on_with_what_was_typed(
    context: BrowserContext, tab: Page, visitor: Callable[[], Visitor]
) -> None:
    who = visitor()
    tab.goto("/")
    log_in(tab, who)
    inside(tab, who)
    tab.get_by_label("Or an article by its web address").fill(DRAFT)
    tab.get_by_text("Options").click()
    tab.get_by_label("Directive").fill("quiet, in winter light")
    runs_out(context, "litink_access", "litink_refresh")
    hand_in(tab, "Half Way")
    expect(form(tab, "Log in")).to_contain_text("Your session is over.")
    expect(tab.get_by_label("E-mail address")).to_have_value(who.email)
    expect(tab.get_by_label("Password")).to_be_focused()
    tab.keyboard.press("Escape")
    tab.keyboard.press("Escape")
    form(tab, "Log in")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")

    expect(tab.get_by_role("link", name="“Half Way”")).to_be_visible()  # what was under way is done
    expect(tab.get_by_label("Or an article by its web address")).to_have_value(DRAFT)
    expect(tab.get_by_label("Directive")).to_have_value("quiet, in winter light")


def test_another_person_finds_nothing_of_the_one_before(
    context: BrowserContext, tab: Page, visitor: Callable[[], Visitor]
) -> None:
    first, second = visitor(), visitor()
    tab.goto("/")
    log_in(tab, first)
    inside(tab, first)
    runs_out(context, "litink_access", "litink_refresh")
    hand_in(tab, "Not Theirs")
    expect(form(tab, "Log in")).to_be_visible()
    log_in(tab, second)
    inside(tab, second)
    expect(tab.get_by_text("No books yet.")).to_be_visible()
    assert second.http.get("/books").json()["items"] == []


def test_events_go_on_after_their_stream_was_refused(tab: Page, visitor: Callable[[], Visitor]) -> None:
    who, refused = visitor(), []

    def once(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=401) if len(refused) == 1 else route.continue_()

    tab.route("**/api/v1/events", once)
    tab.goto("/")
    log_in(tab, who)
    inside(tab, who)
    expect(tab.locator("#connection")).to_be_empty()
    assert len(refused) == 2
    who.post("/books/text", {"title": "Heard Of", "text": f"# One\n\n{uuid4().hex} went home.", "start": "when_told"})
    expect(tab.locator(".card", has_text="Heard Of")).to_be_visible()


def test_a_limit_is_told_in_its_own_words(tab: Page, visitor: Callable[[], Visitor]) -> None:
    who = visitor()
    book = who.post("/books/text", {"title": "Full", "text": f"# One\n\n{uuid4().hex} went.", "start": "when_told"})
    for _ in range(9):
        assert who.post(f"/books/{book.json()['id']}/exports", {"kind": "film"}).status_code == 201
    tab.goto("/")
    log_in(tab, who)
    inside(tab, who)
    with tab.expect_response(lambda answer: answer.request.method == "POST") as refusal:
        hand_in(tab, "One Too Many")
    assert refusal.value.status == 429
    expect(tab.get_by_role("alert")).to_have_text(f"“One Too Many.md” was not taken. {refusal.value.json()['detail']}")


def test_who_has_not_confirmed_is_told_and_may_have_the_mail_again(tab: Page, house: str) -> None:
    who = Visitor(house).register()
    tab.goto("/")
    log_in(tab, who)
    note = tab.get_by_role("region", name="Messages")
    expect(note).to_contain_text(f"open the link that was mailed to {who.email}")
    axe_finds_nothing(tab)
    hand_in(tab, "Too Early")
    expect(tab.get_by_role("alert")).to_contain_text("Confirm your e-mail address first")
    note.get_by_role("button", name="Mail it again").click()
    expect(note).to_contain_text("a mail is on its way to it.")
    assert len(who.mails()) == 2
    who.verify()
    tab.evaluate_handle("dispatchEvent(new Event('focus'))")
    expect(note).to_be_hidden()


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(tab: Page, visitor: Callable[[], Visitor]) -> None:
    who = visitor()
    tab.goto("/")
    tab.get_by_role("button", name="Password forgotten?").click()
    form(tab, "A new password")
    expect(tab.get_by_label("Password", exact=True)).to_be_hidden()
    tab.get_by_label("E-mail address").fill(who.email)
    tab.get_by_role("button", name="Mail me a link").click()
    expect(form(tab, "Log in")).to_contain_text("a mail is on its way to it. The link in it sets a new password.")
    tab.goto(f"/account#reset={who.proof('reset')}")
    axe_finds_nothing(tab)
    tab.get_by_label("New password").fill("a lamp on the pier")
    tab.get_by_role("button", name="Set the password").click()
    tab.get_by_role("link", name="Go to your books").click()
    log_in(tab, who, "a lamp on the pier")
    inside(tab, who)


@pytest.fixture
def shop(multi: Settings, house: str) -> Iterator[str]:
    """An installation whose people pay with credits."""
    with serving(create_app(multi.model_copy(update={"billing": "on"}))) as address:
        yield address


@pytest.fixture
def subscribe(engine: Engine) -> Iterator[Callable[[Visitor], None]]:
    """What is known once Stripe has told of a payment."""
    customers: list[str] = []

    def paid(who: Visitor) -> None:
        customers.append(f"cus_{uuid4().hex}")
        now, month = datetime.now(UTC), timedelta(days=30)
        with engine.begin() as connection:
            connection.execute(insert(stripe_customers).values(id=customers[-1], owner_id=who.id))
            row = {"id": f"sub_{uuid4().hex}", "owner_id": who.id, "customer": customers[-1], "tier": "basic"}
            times = {"period_start": now, "period_end": now + month}
            connection.execute(insert(subscriptions).values(**row, **times, status="active"))

    yield paid
    with engine.begin() as connection:
        connection.execute(delete(subscriptions).where(subscriptions.c.customer.in_(customers)))
        connection.execute(delete(stripe_customers).where(stripe_customers.c.id.in_(customers)))


def test_after_the_checkout_the_payment_is_looked_up_until_it_is_known(
    browser: Browser, shop: str, subscribe: Callable[[Visitor], None]
) -> None:
    who, tab = Visitor(shop).signed_up(), browser.new_page(base_url=shop)
    tab.goto("/?checkout=done")
    log_in(tab, who)
    expect(tab.get_by_role("status").filter(has_text="Your payment is being looked up.")).to_be_visible()
    assert tab.url == f"{shop}/"
    expect(tab.locator("#who")).to_contain_text(f"300 credits left{who.email}")
    axe_finds_nothing(tab)
    subscribe(who)
    expect(tab.get_by_role("status").filter(has_text="Thank you. Your subscription: basic.")).to_be_visible()
    tab.goto("/?checkout=left")
    expect(tab.get_by_role("status").filter(has_text="Nothing was paid")).to_be_visible()
    tab.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
def test_every_form_is_accessible_wide_and_narrow_light_and_dark(
    browser: Browser, house: str, scheme: str, width: int
) -> None:
    page = browser.new_page(base_url=house, color_scheme=scheme, viewport={"width": width, "height": 800})  # type: ignore[arg-type]
    page.goto("/")
    for button, title in (
        ("", "Log in"),
        ("Sign up", "Sign up"),
        ("I have an account", "Log in"),
        ("Password forgotten?", "A new password"),
    ):
        if button:
            page.get_by_role("button", name=button, exact=True).click()
        form(page, title)
        axe_finds_nothing(page)
        wide = page.evaluate_handle("document.documentElement.scrollWidth").json_value()
        assert wide <= width
    page.close()


def test_where_there_is_one_local_user_nobody_is_asked(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Your books")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#who")).to_be_empty()
