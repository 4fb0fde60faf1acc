"""Where providers are paid: a cap when handing in, the price before the making, and a button to go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from api.app import create_app
from litink.settings import Settings
from tests.books.makers import prose
from tests.served import serving

pytestmark = pytest.mark.browser

KEYS = {name: f"key-of-{name}" for name in ("openrouter_api_key", "modelslab_api_key", "elevenlabs_api_key")}


@pytest.fixture(scope="module")
def paying(settings: Settings, engine: Engine) -> Iterator[str]:
    own = Settings(_env_file=None, home=settings.home, postgres_port=settings.postgres_port, **KEYS)  # type: ignore[arg-type]
    with serving(create_app(own)) as url:
        yield url


@pytest.fixture
def paid_page(browser: Browser, paying: str) -> Iterator[Page]:
    page = browser.new_page(base_url=paying)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


def hand_in(page: Page, folder: Path, title: str) -> None:
    file = folder / "book.md"
    file.write_text(f"# {title}\n\n{prose(200, uuid4().hex)}")
    page.get_by_label("Choose a file").set_input_files(file)
    page.get_by_role("link", name=f"“{title}”").click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()


def test_a_book_waits_until_its_price_was_seen(paid_page: Page, tmp_path: Path) -> None:
    page = paid_page
    page.goto("/")
    expect(page.get_by_text("What they cost to make is told before anything is spent.")).to_be_visible()
    hand_in(page, tmp_path, "Priced")
    expect(page.get_by_text("Making it will cost $")).to_be_visible()
    expect(page.locator(".pill", has_text="Waits for your word")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_label("Spending cap, USD").fill("1.50")
    page.get_by_role("button", name="Make this book").click()
    expect(page.get_by_label("Progress")).to_contain_text("Waiting to begin")
    expect(page.get_by_role("button", name="Make this book")).to_have_count(0)


def test_a_cap_at_the_handing_in_lets_it_begin_at_once(paid_page: Page, tmp_path: Path) -> None:
    page = paid_page
    page.goto("/")
    page.get_by_text("Options").click()
    page.get_by_label("Spending cap, USD").fill("2")
    page.get_by_label("Motion").select_option("clips")
    page.get_by_label("Lips").select_option("A provider moves them, once a scene, at a price")
    page.get_by_label("Under the voices").select_option("Music, composed for each mood, at a price")
    page.get_by_label("When no model can be had").select_option("Write it on this machine, and say so")
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/books") and answer.status == 201) as sent:
        hand_in(page, tmp_path, "Capped")
    assert sent.value.json()["options"]["local_fallback"] is True
    assert sent.value.json()["options"]["lipsync"] is True
    assert sent.value.json()["options"]["music"] == "composed"
    expect(page.get_by_label("Progress")).to_contain_text("Waiting to begin")


def test_where_nothing_is_paid_nothing_is_asked_about_money(page: Page, tmp_path: Path) -> None:
    page.goto("/")
    expect(page.get_by_text("drawn and filmed on this machine")).to_be_visible()
    page.get_by_text("Options").click()
    expect(page.get_by_label("Chapters")).to_be_visible()
    expect(page.get_by_label("Spending cap, USD")).to_have_count(0)
    expect(page.get_by_label("Motion")).to_have_count(0)
