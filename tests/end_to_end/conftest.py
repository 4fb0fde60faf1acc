"""Whole-product tests: the command line as a person runs it, with a home folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select

from litink.db.engine import application_url, engine_for
from litink.db.schema import books, ledger
from litink.platform.postgres import EmbeddedPostgres
from litink.platform.supervisor import database
from litink.settings import Settings

LITINK = Path(sys.executable).with_name("litink")

STORY = """\
The Lamp

By Somebody

Chapter One

The old lighthouse stood on the rocks at night, and the rain came in from the sea. Anna climbed the last stair with \
her lantern.

“Is anybody here?” asked Anna. She was a young girl with red hair and a green coat.

“Only me,” said Tobias, an old man with a white beard. “Shut the door, the wind is in a temper.”

Chapter Two

In the morning the sun shone on the harbour. A boat lay at the quay with its sails down, and the gulls were quiet.

“You kept it burning,” said Anna.

“We kept it burning,” said Tobias.
"""


@dataclass(frozen=True)
class Home:
    """A home folder and the means to run the command line in it."""

    folder: Path
    settings: Settings
    environment: dict[str, str]

    def run(self, *arguments: str, timeout: float = 800) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(LITINK), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def json(self, *arguments: str) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(LITINK), *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def engine(self) -> Engine:
        """The database of this home; it must be running."""
        return engine_for(application_url(self.settings))

    def calls(self, book_id: str | None = None) -> list[tuple[str, str, int]]:
        """(asset, cache key, how often it was made), for a book or for everything ever made here."""
        with database(self.settings):
            query = select(ledger.c.asset, ledger.c.cache_key, func.count())
            if book_id is not None:
                query = query.where(ledger.c.book_id == UUID(book_id))
            query = query.group_by(ledger.c.asset, ledger.c.cache_key)
            engine = self.engine()
            with engine.connect() as connection:
                rows = [(row[0], row[1], row[2]) for row in connection.execute(query)]
            engine.dispose()
        return rows

    def made_twice(self, book_id: str) -> list[tuple[str, str, int]]:
        """What was made more than once for a book."""
        return [row for row in self.calls(book_id) if row[2] > 1]

    def shelf(self) -> list[str]:
        """The states of the books of this home."""
        with database(self.settings):
            engine = self.engine()
            with engine.connect() as connection:
                states = [str(row[0]) for row in connection.execute(select(books.c.state))]
            engine.dispose()
        return states


@pytest.fixture(scope="module")
def platform_home() -> Iterator[Home]:
    with tempfile.TemporaryDirectory(prefix="litink-home-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database server's account must reach its data
        worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw") or 0)
        ports = {
            "LITINK_POSTGRES_PORT": str(22_000 + 50 * worker),
            "LITINK_API_PORT": str(22_600 + 50 * worker),
            "LITINK_DAGSTER_PORT": str(23_200 + 50 * worker),
            "LITINK_CODE_SERVER_PORT": str(23_800 + 50 * worker),
        }
        environment = {**os.environ, "LITINK_HOME": name, **ports}
        settings = Settings(home=folder, postgres_port=22_000 + 50 * worker)
        yield Home(folder, settings, environment)
        EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).stop()


@pytest.fixture(scope="module")
def story(platform_home: Home) -> Path:
    path = platform_home.folder / "the-lamp.txt"
    path.write_text(STORY, encoding="utf-8")
    return path
