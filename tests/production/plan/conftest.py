"""Stories made by the emulated providers, stage after stage as the sensor has it, and what is billed for them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, delete, func, select

from litink.db.schema import breakers, ledger
from litink.errors import LitinkError
from litink.generation.model import Outcome
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.production import stages
from litink.production.graph import STAGES
from litink.production.plan.model import PlanOptions
from litink.production.plan.planner import Planner
from litink.production.plan.records import PlanRecord
from litink.production.studio import Studio
from litink.settings import Settings
from tests.emulated import Emulator

STORY = """\
Chapter One

Rain fell on the forest at night. Martha held up her lantern, and its light fell on {word}.

“Who is there, {word}?” asked Martha of {word}.

“Only the fox {word},” said old Tobias of {word}, who had a white beard. He shut the door of the hut.

Chapter Two

In the morning the kitchen of {word} was warm, and the kettle sang on the stove.

“It will come back to {word},” said Martha, and she put out a bowl of milk for {word}.

The fox looked in at the window of the kitchen and went away again, and {word} was quiet.
"""

Open = Callable[..., AbstractContextManager[Studio]]
KEYS = {f"{name}_api_key": f"key-of-{name}" for name in ("openrouter", "modelslab", "elevenlabs")}


@pytest.fixture(scope="module")
def providers() -> Iterator[Emulator]:
    """Emulated providers of this module's own, so that their bill is its books' alone."""
    with tempfile.TemporaryDirectory(prefix="litink-providers-") as name:
        emulator = Emulator(Path(name))
        yield emulator
        emulator.close()


@pytest.fixture(autouse=True)
def _healthy(engine: Engine, providers: Emulator) -> Iterator[None]:
    yield
    providers.clear_faults()
    with engine.begin() as connection:
        connection.execute(delete(breakers))


@pytest.fixture(scope="module")
def wired(settings: Settings, providers: Emulator) -> dict[str, Any]:
    """Settings with the keys of all providers."""
    urls = {f"{name}_url": getattr(providers.urls, name) for name in ("openrouter", "modelslab", "elevenlabs")}
    return {"home": settings.home, "postgres_port": settings.postgres_port, **KEYS, **urls}


@pytest.fixture(scope="module")
def opened(engine: Engine, wired: dict[str, Any]) -> Open:
    """A studio with the keys of all providers; settings by name change that."""

    @contextmanager
    def open_(**changes: Any) -> Iterator[Studio]:
        with Studio.opened(Settings(_env_file=None, **(wired | changes))) as studio:
            yield studio

    return open_


class Story:
    """A book on the shelf and what is done to it; ``work`` is the sensor and its runs."""

    def __init__(self, studio: Studio, folder: Path, *, owner: UUID | None = None, **options: Any) -> None:
        path = folder / f"{uuid4().hex}.txt"
        path.write_text(STORY.format(word=uuid4().hex), encoding="utf-8")
        with studio.engine.begin() as connection:
            self.owner = owner or repository.local_user(connection)
        shelf = Shelf(studio.engine, studio.objects)
        self.studio, self.shelf = studio, shelf
        self.id: UUID = shelf.add(
            path, filename=path.name, owner_id=self.owner, options=MakeOptions(ratio="1:1", **options)
        ).id

    @property
    def record(self) -> BookRecord:
        with self.studio.engine.connect() as connection:
            record = repository.get_book(connection, self.id)
        assert record is not None
        return record

    @property
    def planner(self) -> Planner:
        return self.studio.planner

    def plan(self, **options: Any) -> PlanRecord:
        return self.planner.plan(self.record, PlanOptions(**options))

    def apply(self, plan: PlanRecord) -> PlanRecord:
        return self.planner.apply(self.record, plan.id, self.owner)

    def work(self, *, film: bool = False) -> dict[str, Outcome]:
        """Run what is due until nothing is: outcomes by asset. Without ``film`` its stage is begun and left."""
        return work(self.studio, self.id, film=film)

    def contents(self) -> dict[tuple[str, str], str | None]:
        production = self.studio.production(self.id)
        return {
            (asset, item.key): item.blob_sha
            for names in STAGES.values()
            for asset in names
            for item in production.items(asset)
        }

    def keys(self) -> dict[tuple[str, str], str]:
        production = self.studio.production(self.id)
        return {
            (asset, item.key): item.cache_key
            for names in STAGES.values()
            for asset in names
            for item in production.items(asset)
        }

    def spent(self) -> dict[str, Decimal]:
        """By asset, from the ledger."""
        query = (
            select(ledger.c.asset, func.sum(ledger.c.cost_usd))
            .where(ledger.c.book_id == self.id, ledger.c.paid)
            .group_by(ledger.c.asset)
        )
        with self.studio.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}


def work(studio: Studio, book_id: UUID, *, film: bool) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    while True:
        with studio.engine.begin() as connection:
            due = [one for one in stages.due(connection, limit=10_000) if one.book_id == book_id]
            launched = [one for one in due if stages.launched(connection, one)]
        if not launched:
            return outcomes
        for one in launched:
            if one.stage == "film" and not film:
                continue
            try:
                for asset in STAGES[one.stage]:
                    production, outcomes[asset] = studio.materialise(book_id, asset, revision=one.revision)
                    studio.settle(production, asset)
            except LitinkError:
                continue  # the stage is marked as failed


@pytest.fixture
def story(opened: Open, tmp_path: Path) -> Iterator[Story]:
    """A story that was made once, by providers."""
    with opened() as studio:
        made = Story(studio, tmp_path)
        made.work()
        yield made
