"""The fault campaign at work: servers that are killed, workers that make books, runs that are started again."""

from __future__ import annotations

import collections
import multiprocessing
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from _campaign_faults import FAULTS
from _campaign_operator import SETTLED_SECONDS, Operator
from _campaign_worker import work
from _report import ROOT
from sqlalchemy import Engine, select, update

from litink.db.engine import application_url, create_databases, engine_for
from litink.db.migrate import upgrade
from litink.db.schema import items, users
from litink.db.transactions import steadfast
from litink.errors import LitinkError
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.objects import Objects
from litink.platform.postgres import EmbeddedPostgres
from litink.settings import Settings
from tests.emulated import Emulator

WORKERS = 3  # at once, unless told otherwise
ATTEMPTS = 8  # a run is started this often before its book is given up
WRITTEN = ("passages", "characters", "plot_overview", "scripts", "scenes")
ASSETS = (*WRITTEN, "character_images", "scene_images", "motion", "audio")
DATABASE_SECONDS = 60.0  # it comes back at once, on a busy machine not quite
PROCESSES = multiprocessing.get_context("forkserver")  # a real process a run, without its imports each time
PROCESSES.set_forkserver_preload(
    ["_campaign_worker", *(f"litink.providers.{name}" for name in ("openrouter", "modelslab", "elevenlabs"))]
)
LOGS = ROOT / ".litink" / "campaign"  # what the workers said, for whoever wonders why a run ended as it did


@dataclass
class Run:
    """One book and what happened to it."""

    number: int
    kind: str
    book_id: UUID
    kills: int = 0
    attempts: int = 0
    finished: bool = False  # every item done
    reasons: collections.Counter[str] = field(default_factory=collections.Counter)  # of items that failed for good


class Campaign:
    def __init__(self, home: Path, seed: int) -> None:
        self.home, self.seed = home, seed
        self.database_kills = self.api_kills = 0
        self.stop = threading.Event()

    @contextmanager
    def opened(self) -> Iterator[Campaign]:
        """Database, emulator and API are up; two threads kill them now and then."""
        self.settings = Settings(home=self.home, postgres_port=23_000)  # the first free one from here
        self.postgres = EmbeddedPostgres(self.settings.postgres_dir, self.settings.postgres_port)
        self.server = self.postgres.start()
        create_databases(self.settings)
        upgrade(engine_for(application_url(self.settings)))
        (self.home / "emulator").mkdir()
        self.emulator = Emulator(self.home / "emulator")
        self.emulator.settings(latency={"chat": 0.02, "picture": 0.05, "voice": 0.02, "video": 0.2})
        self.api_port = _free_port()
        self.api = self._start_api()
        self.objects = Objects.from_settings(self.settings)
        self.operator = Operator(self.engine, self.objects, self.emulator)
        try:
            yield self
        finally:
            self.stop.set()
            self.api.kill()
            self.api.wait()
            self.emulator.close()
            self.postgres.stop()

    @property
    def engine(self) -> Engine:
        """Waits while PostgreSQL is being started: where it listens is not known then."""
        while True:
            try:
                return engine_for(application_url(self.settings))
            except LitinkError:
                if self.stop.wait(0.2):
                    raise

    def environment(self) -> dict[str, str]:
        urls = self.emulator.urls
        return os.environ | {
            "LITINK_HOME": str(self.home),
            "LITINK_OPENROUTER_API_KEY": "sk-or-campaign",
            "LITINK_MODELSLAB_API_KEY": "ml-campaign",
            "LITINK_ELEVENLABS_API_KEY": "el-campaign",
            "LITINK_OPENROUTER_URL": urls.openrouter,
            "LITINK_MODELSLAB_URL": urls.modelslab,
            "LITINK_ELEVENLABS_URL": urls.elevenlabs,
            "LITINK_PUBLIC_URL": f"http://127.0.0.1:{self.api_port}",
            "LITINK_CHAT_TIMEOUT_SECONDS": "4",
            "LITINK_PICTURE_TIMEOUT_SECONDS": "4",
            "LITINK_VOICE_TIMEOUT_SECONDS": "4",
            "LITINK_VIDEO_TIMEOUT_SECONDS": "4",
        }

    def _start_api(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory", "--port", str(self.api_port)],
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    # -- what goes wrong by itself ---------------------------------------------------------------------------------

    def kill_servers(self, every: float) -> None:
        """PostgreSQL and the API by turns, each up again at once."""
        while not self.stop.wait(every):
            os.kill(self.server.pid, signal.SIGKILL)
            self.server = self.postgres.start()
            self.database_kills += 1
            if self.stop.wait(every):
                return
            self.api.kill()
            self.api.wait()
            self.api = self._start_api()
            self.api_kills += 1

    # -- one run -----------------------------------------------------------------------------------------------------

    def make(self, number: int, kind: str) -> Run:
        """A new book, from the shelf to its end, with a fault and perhaps a few kills on the way."""
        dice = random.Random(f"{self.seed}/{number}")
        run = Run(number, kind, self._new_book(number))
        for rule in FAULTS[kind]:
            self.emulator.fault(
                **{"times": dice.randint(1, 3), "seed": number, **rule, "match": self._some(rule, dice)}
            )
        for run.attempts in range(1, ATTEMPTS + 1):
            killed = self._attempt(run, dice)
            waiting = self.operator.decide()
            if not killed and self._settled(run):
                break
            if run.book_id in waiting:  # nobody can say yet: an operator comes again later
                self.stop.wait(SETTLED_SECONDS)
        return run

    @staticmethod
    def _some(rule: dict[str, Any], dice: random.Random) -> dict[str, Any]:
        """The rule meets some of the calls, anybody's."""
        return {**rule.get("match", {}), "probability": dice.choice((0.1, 0.3, 0.6))}

    def _attempt(self, run: Run, dice: random.Random) -> bool:
        """Start a worker; kill it at a random moment in half of the cases. True when it was killed."""
        log = LOGS / f"worker-{run.number}.log"
        worker = PROCESSES.Process(target=work, args=(run.book_id, ASSETS, self.environment(), log), daemon=True)
        worker.start()
        patience = 180.0
        if run.attempts < ATTEMPTS - 2 and dice.random() < 0.5:
            patience = dice.uniform(0.2, 6.0)
        worker.join(patience)
        if worker.exitcode is not None:
            return False
        worker.kill()
        worker.join()
        run.kills += 1
        return True

    def _new_book(self, number: int) -> UUID:
        path = self.home / "books" / str(number) / "A passage.md"
        path.parent.mkdir(parents=True)
        path.write_text(passage(number), encoding="utf-8")
        while True:
            try:
                with self.engine.begin() as connection:
                    owner = repository.local_user(connection)
                    connection.execute(update(users).where(users.c.id == owner).values(tier="premium"))
                return (
                    Shelf(self.engine, self.objects)
                    .add(path, filename=path.name, owner_id=owner, options=MakeOptions(motion="clips"))
                    .id
                )
            except Exception as error:
                if self.stop.is_set():
                    raise
                print(f"  the database is away: {type(error).__name__}", file=sys.stderr)
                time.sleep(0.5)

    def decide_the_rest(self) -> None:
        """What is held at the end, once nothing can be under way any more."""
        time.sleep(SETTLED_SECONDS)
        self.operator.decide()

    def _settled(self, run: Run) -> bool:
        """Whether every item of the book is done; the reasons of those that are not."""
        query = select(items.c.asset, items.c.state, items.c.error).where(items.c.book_id == run.book_id)
        found = steadfast(self.engine, lambda connection: connection.execute(query).all(), DATABASE_SECONDS)
        run.reasons = collections.Counter(
            (row.error or {}).get("code", row.state) for row in found if row.state != "done"
        )
        run.finished = not run.reasons and {row.asset for row in found} >= set(ASSETS) - {"motion"}
        return run.finished


def passage(number: int) -> str:
    """A passage of the sample book in words of its own: every sentence carries the run's number. Headings are the same,
    so that cards, which are drawn here for nothing, are known after the first run."""
    source = (ROOT / "examples/what-the-sea-owes").rglob("*.md")
    text = next(path for path in sorted(source)).read_text(encoding="utf-8")
    paragraphs = [p for p in text.split("\n\n") if p and not p.startswith("#")][4:8]
    marked = [re.sub(r"(?<=\w)([.!?])(?=[\s”]|$)", rf" {number}\1", p) for p in paragraphs]
    return "# On the Point\n\n" + "\n\n".join(marked) + "\n"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
