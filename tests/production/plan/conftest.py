"""Stories made by the emulated providers, stage after stage as the sensor has it, and what is billed for them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from litink.db.schema import ledger
from litink.errors import LitinkError
from litink.generation.model import Outcome
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.production import stages
from litink.production.graph import STAGES
from litink.production.names import COVER
from litink.production.plan.model import PlanOptions
from litink.production.plan.planner import Planner
from litink.production.plan.records import PlanRecord
from litink.production.studio import Studio
from tests.emulated import CHECKOUT, Emulator
from tests.production.conftest import Open

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


@pytest.fixture(autouse=True)
def _healthy(healthy: None) -> None:
    """No test suffers from the faults of another."""


class Story:
    """A book on the shelf and what is done to it; ``work`` is the sensor and its runs."""

    def __init__(
        self,
        studio: Studio,
        folder: Path,
        *,
        owner: UUID | None = None,
        word: str = "",
        title: str = "A story",
        **options: Any,
    ) -> None:
        """``word``: another one, another text; stories of one word have equal chapters. Those of one title have equal
        cards, which are drawn here once."""
        self.word = word or uuid4().hex
        path = folder / uuid4().hex / f"{title}.txt"
        path.parent.mkdir()
        path.write_text(STORY.format(word=self.word), encoding="utf-8")
        with studio.engine.begin() as connection:
            self.owner = owner or repository.local_user(connection)
        shelf = Shelf(studio.engine, studio.objects)
        self.studio, self.shelf = studio, shelf
        self.id: UUID = shelf.add(
            path, filename=path.name, owner_id=self.owner, options=MakeOptions(ratio="1:1", **options)
        ).id

    @property
    def record(self) -> BookRecord:
        return self.studio.production(self.id).record

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

    def spent(self, *, cover: bool = True) -> dict[str, Decimal]:
        """By asset, from the ledger. Without the ``cover``: what no other book can have bought before, since many begin
        in such a place at such a time."""
        query = (
            select(ledger.c.asset, func.sum(ledger.c.cost_usd))
            .where(ledger.c.book_id == self.id, ledger.c.paid)
            .group_by(ledger.c.asset)
        )
        if not cover:
            query = query.where(ledger.c.item_key != COVER)
        with self.studio.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}


def work(studio: Studio, book_id: UUID, *, film: bool) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    while True:
        with studio.engine.begin() as connection:
            due = [one for one in stages.due(connection) if one.book_id == book_id]
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


def killed_after_the_first_line(story: Story, providers: Emulator, wired: dict[str, Any]) -> None:
    """A process works on the book until a line is paid for; then it is killed, and its run found lost."""
    charges = len(providers.bill().charges)
    providers.settings(latency={"speech": 1.0})
    settings = json.dumps({name: str(value) for name, value in wired.items()})
    command = [sys.executable, "-m", "tests.production.plan.killed", settings, str(story.id)]
    process = subprocess.Popen(command, cwd=CHECKOUT, start_new_session=True)
    try:
        while len(providers.bill().charges) == charges:
            assert process.poll() is None
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        providers.settings(latency={"speech": 0.0})
    with story.studio.engine.begin() as connection:
        for run in stages.quiet(connection, 0):
            if run.book_id == story.id and run.stage != "film":
                stages.lose(connection, run)


def rest(studio: Studio, book_id: UUID) -> None:
    """As if the book's film had been made, which takes long and costs nothing."""
    with studio.engine.begin() as connection:
        record = repository.get_book(connection, book_id)
        assert record is not None
        stages._close(connection, repository.owned(record), "film", record.revision, "done", None)


@pytest.fixture(scope="module")
def studio(opened: Open) -> Iterator[Studio]:
    """With the keys of all providers; its engines are started once."""
    with opened() as studio:
        yield studio


@pytest.fixture
def story(studio: Studio, tmp_path: Path) -> Story:
    """A story that was made once, by providers."""
    made = Story(studio, tmp_path)
    made.work()
    return made


@pytest.fixture(scope="module")
def kept(studio: Studio, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The like, made once a module: to be looked at, not changed."""
    made = Story(studio, tmp_path_factory.mktemp("story"))
    made.work()
    return made
