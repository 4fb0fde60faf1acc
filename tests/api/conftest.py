"""The API under test: the real application on the test database, called on a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, delete

from api.app import create_app
from litink.db.schema import breakers
from litink.library.repository import BookRecord
from litink.objects import Objects
from litink.settings import Settings
from tests.api.paying import paying
from tests.emulated import Emulator
from tests.made_books import Maker
from tests.served import serving


@pytest.fixture(scope="session")
def address(settings: Settings, engine: Engine) -> Iterator[str]:
    with serving(create_app(settings)) as url:
        yield url


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def api(address: str) -> Iterator[httpx.Client]:
    """Speaks to /api/v1."""
    with httpx.Client(base_url=f"{address}/api/v1", timeout=30) as client:
        yield client


@pytest.fixture
def maker(engine: Engine, settings: Settings, tmp_path: Path) -> Maker:
    return Maker(engine, Objects.from_settings(settings), tmp_path)


@pytest.fixture(scope="module")
def finished(engine: Engine, settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> BookRecord:
    """One finished book for all tests of a file that only look at it."""
    return Maker(engine, Objects.from_settings(settings), tmp_path_factory.mktemp("made")).finished()


@pytest.fixture
def rich(settings: Settings, engine: Engine, emulator: Emulator) -> Iterator[httpx.Client]:
    """Speaks to an API that pays emulated providers."""
    with paying(settings, emulator) as client:
        yield client
    emulator.clear_faults()
    with engine.begin() as connection:
        connection.execute(delete(breakers))
