"""Engines that buy from the emulated providers, through a real cashier, for a book of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from sqlalchemy import Engine, delete, select

from litink.db.schema import breakers, payments
from litink.generation.model import Owned, Purpose
from litink.objects import Objects
from litink.production.credits import Credits
from litink.production.engines import Engines, cashier_of
from litink.settings import Settings
from tests.emulated import Emulator


@dataclass
class Desk:
    """Who works for one item, and what came of it. ``word`` makes a request one that nobody has sent before."""

    engine: Engine
    engines: Engines
    owned: Owned
    credits: Credits = field(default_factory=Credits)
    word: str = field(default_factory=lambda: uuid4().hex)

    @property
    def purpose(self) -> Purpose:
        return Purpose(self.owned, "tests", "item", uuid4().hex, run_id=None)

    def states(self) -> list[tuple[str, str]]:
        """(model, state) of the book's payments, in the order in which they were begun."""
        query = select(payments.c.model, payments.c.state).where(payments.c.book_id == self.owned.book_id)
        with self.engine.connect() as connection:
            return [(row[0], row[1]) for row in connection.execute(query.order_by(payments.c.id))]


@pytest.fixture
def desk(settings: Settings, engine: Engine, objects: Objects, owned: Owned, emulator: Emulator) -> Iterator[Desk]:
    keys = {f"{name}_api_key": f"key-of-{name}" for name in ("openrouter", "modelslab", "elevenlabs")}
    urls = {f"{name}_url": getattr(emulator.urls, name) for name in ("openrouter", "modelslab", "elevenlabs")}
    changes = {"home": settings.home, "postgres_port": settings.postgres_port, **keys, **urls}
    own = Settings(_env_file=None, **changes)  # type: ignore[call-arg, arg-type]
    with Engines.opened(own, lambda: cashier_of(own, engine, objects)) as engines:
        yield Desk(engine, engines, owned)
    emulator.clear_faults()
    with engine.begin() as connection:
        connection.execute(delete(breakers))
