"""Handing in on the page: several files in an order of one's own, and articles by their web address."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from api.app import create_app
from litink.settings import Settings
from tests.books.webpages import PAGES, load
from tests.served import serving
from tests.websites import answer, site

pytestmark = pytest.mark.browser


def test_several_files_are_put_in_order_and_become_one_book(page: Page, tmp_path: Path) -> None:
    for name in ("10-end", "2-middle", "1-start"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n" + f"The {name} stood in the grey water alone. " * 20)
    page.goto("/")
    page.get_by_label("Choose a file").set_input_files(sorted(tmp_path.iterdir()))
    names = page.locator(".order .name")
    expect(names).to_have_text(["1-start.md", "2-middle.md", "10-end.md"])
    page.get_by_label("Move 10-end.md up").click()
    expect(page.get_by_label("Move 10-end.md up")).to_be_focused()
    page.get_by_label("Move 10-end.md up").press("Enter")
    expect(names).to_have_text(["10-end.md", "1-start.md", "2-middle.md"])
    page.locator(".order li").nth(2).drag_to(page.locator(".order li").nth(1))
    expect(names).to_have_text(["10-end.md", "2-middle.md", "1-start.md"])
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_label("Leave out 2-middle.md").click()
    page.get_by_label("Title").fill("Two Piers")
    page.get_by_role("button", name="Make one book of 2 files").click()
    expect(page.get_by_role("status").filter(has_text="“Two Piers” is on the shelf: 2 chapters")).to_be_visible()
    expect(page.locator(".order")).to_have_count(0)
    page.get_by_role("link", name="“Two Piers”").click()
    page.get_by_role("tab", name="Text").click()
    expect(page.get_by_text("The 10-end stood in the grey water alone.").first).to_be_visible()


def test_several_files_may_also_be_a_book_each(page: Page, tmp_path: Path) -> None:
    for name in ("Alpha", "Beta"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n" + f"The {name} stood in the grey water alone. " * 20)
    page.goto("/")
    page.get_by_label("Choose a file").set_input_files(sorted(tmp_path.iterdir()))
    page.get_by_role("button", name="A book for each").click()
    expect(page.locator(".card", has_text="Alpha").first).to_be_visible()
    expect(page.locator(".card", has_text="Beta").first).to_be_visible()


@pytest.mark.refused(422)
def test_a_web_address_that_may_not_be_read_says_why(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Or an article by its web address").fill("http://127.0.0.1/secret")
    page.get_by_role("button", name="Read this page").click()
    expect(page.get_by_role("alert")).to_contain_text("was not taken. The address does not lead to the public")
    expect(page.get_by_label("Or an article by its web address")).to_have_value("http://127.0.0.1/secret")


def test_an_article_is_taken_by_its_web_address(browser: Browser, settings: Settings, engine: Engine) -> None:
    allowing = settings.model_copy(update={"fetch_allow": (ip_network("127.0.0.0/8"),)})
    article = next(load(path).html for path in PAGES if path.stem == "news")
    with site({"/lamp": answer(article)}) as served, serving(create_app(allowing)) as address:
        page = browser.new_page(base_url=address)
        page.goto("/")
        page.get_by_label("Or an article by its web address").fill(served.url("/lamp"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="“Harbour lamp relit after a decade")).to_be_visible()
        expect(page.get_by_label("Or an article by its web address")).to_have_value("")
        page.close()
