"""The page in a real browser: Debian's Chromium through Playwright, against the real application on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from sqlalchemy import Engine

from api.app import create_app
from litink.library.repository import BookRecord
from litink.objects import Objects
from litink.settings import Settings
from tests.made_books import Maker
from tests.served import serving

expect.set_options(timeout=30_000)  # milliseconds; two cores that are busy with films


@pytest.fixture(scope="session")
def address(settings: Settings, engine: Engine) -> Iterator[str]:
    with serving(create_app(settings)) as url:
        yield url


@pytest.fixture
def maker(engine: Engine, settings: Settings, tmp_path: Path) -> Maker:
    return Maker(engine, Objects.from_settings(settings), tmp_path)


@pytest.fixture(scope="session")
def finished(engine: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> BookRecord:
    return Maker(engine, Objects.from_settings(settings), tmp_path_factory.mktemp("made")).finished()


@pytest.fixture
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page. A test fails when the console logs an error other than the status in ``@refused(status)``."""
    marker = request.node.get_closest_marker("refused")
    refused = f"status of {marker.args[0]}" if marker else None
    context = browser.new_context(base_url=address, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Chromium logs every answer of 400 and above, also where the page expects and explains it.
        if message.type == "error" and not (refused and refused in message.text):
            errors.append(f"{message.text} {message.location}")

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors
