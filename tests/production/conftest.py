"""Studios with the keys of all paid providers, which are emulated."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete

from litink.db.schema import breakers
from litink.errors import LitinkError
from litink.generation.model import Outcome
from litink.production.graph import FAMILIES
from litink.production.studio import Studio
from litink.settings import Settings
from tests.emulated import Emulator

Open = Callable[..., AbstractContextManager[Studio]]
NAMES = ("openrouter", "modelslab", "elevenlabs")


@pytest.fixture(scope="module")
def providers() -> Iterator[Emulator]:
    """Emulated providers of this module's own, so that their bill is its books' alone."""
    with tempfile.TemporaryDirectory(prefix="litink-providers-") as name:
        emulator = Emulator(Path(name))
        yield emulator
        emulator.close()


@pytest.fixture
def healthy(engine: Engine, providers: Emulator) -> Iterator[None]:
    """Leaves no fault and no broken circuit behind."""
    yield
    providers.clear_faults()
    with engine.begin() as connection:
        connection.execute(delete(breakers))


@pytest.fixture(scope="module")
def wired(settings: Settings, providers: Emulator) -> dict[str, Any]:
    """Settings with the keys of all providers."""
    keys = {f"{name}_api_key": f"key-of-{name}" for name in NAMES}
    urls = {f"{name}_url": getattr(providers.urls, name) for name in NAMES}
    return {"home": settings.home, "postgres_port": settings.postgres_port, **keys, **urls}


@pytest.fixture(scope="module")
def opened(engine: Engine, wired: dict[str, Any]) -> Open:
    """A studio with the keys of all providers; settings by name change that."""

    @contextmanager
    def open_(**changes: Any) -> Iterator[Studio]:
        with Studio.opened(Settings(_env_file=None, **(wired | changes))) as studio:
            yield studio

    return open_


def make(studio: Studio, book: UUID) -> dict[str, Outcome | LitinkError]:
    """Every asset in turn, as the runs do it; one that fails as a whole stands with its reason."""
    made: dict[str, Outcome | LitinkError] = {}
    for name in FAMILIES:
        try:
            made[name] = studio.materialise(book, name)[1]
        except LitinkError as error:
            made[name] = error
    return made
