"""An installation with accounts: the real application, a real socket, the application's own role in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete

from api.app import create_app
from litink.db.schema import login_failures
from litink.objects import Objects
from litink.settings import Settings
from tests.accounts.visitors import Visitor
from tests.made_books import Maker
from tests.served import serving

SECRET = "3q0fZ8-kPz7TgEwRvX1nLbYd5mUcHs2JtAo9WiQ4"


@pytest.fixture(scope="session")
def multi(settings: Settings) -> Settings:
    return Settings(
        _env_file=None,
        home=settings.home,
        postgres_port=settings.postgres_port,
        accounts="multi",
        development=True,
        secret_key=SECRET,
    )


@pytest.fixture(scope="session")
def house(multi: Settings, engine: Engine) -> Iterator[str]:
    """Its address."""
    with serving(create_app(multi)) as address:
        yield address


@pytest.fixture(autouse=True)
def nobody_waits(engine: Engine) -> None:
    """All tests come from one network."""
    with engine.begin() as connection:
        connection.execute(delete(login_failures))


@pytest.fixture
def visitor(house: str) -> Callable[[], Visitor]:
    """Somebody new, with a confirmed address, logged in."""
    return lambda: Visitor(house).signed_up()


@pytest.fixture
def maker_of(engine: Engine, settings: Settings, tmp_path: Path) -> Callable[[Visitor], Maker]:
    return lambda who: Maker(engine, Objects.from_settings(settings), tmp_path, owner=who.id)
