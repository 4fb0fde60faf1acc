"""The fault campaign: many books through emulated providers while everything fails; then the books are balanced.

Three workers at once make paid artefacts of a passage of the sample book, each time with other words, so that nothing
is known beforehand. Every run meets a fault of some kind; runs, the API (which takes the webhooks) and PostgreSQL are
killed with SIGKILL in between. A run that died is started again, as the platform would. Payments that nobody knows the
end of are decided as an operator does: by the provider's own account.

Then: no request billed twice, no item lost, nothing done that is not whole, ledger equal to the bill to the last place.

    python benchmarks/faults.py [--runs 300] [--seed 1] [--write] [--json] [--quick]
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import io
import json
import multiprocessing
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import av
import cv2
import numpy as np
from _campaign_worker import work
from _report import ROOT, Goal, finish, options, table

sys.path.insert(0, str(ROOT))

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import OperationalError

from emulator.core.fingerprint import without_key
from litink.db.engine import application_url, create_databases, engine_for
from litink.db.migrate import upgrade
from litink.db.schema import blobs, items, ledger, payments, users
from litink.db.transactions import steadfast
from litink.errors import LitinkError
from litink.generation.paid.budgets import imbalances
from litink.generation.paid.cashier import Cashier, Policy
from litink.generation.paid.payments import Payment
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.shelf import Shelf
from litink.objects import Objects
from litink.platform.postgres import EmbeddedPostgres
from litink.settings import Settings
from tests.emulated import Emulator

DOCUMENT = ROOT / "docs/faults.md"
WORKERS = 3
ATTEMPTS = 8  # a run is started this often before its book is given up
WRITTEN = ("passages", "characters", "plot_overview", "scripts", "scenes")
ASSETS = (*WRITTEN, "character_images", "scene_images", "motion", "audio")
QUICK_RUNS = 9
DATABASE_SECONDS = 60.0  # it comes back at once, on a busy machine not quite
RECENT_REQUESTS = 1_000  # enough to hold those of the runs under way
PROCESSES = multiprocessing.get_context("forkserver")  # a real process a run, without its imports each time
PROCESSES.set_forkserver_preload(["_campaign_worker"])
LOGS = ROOT / ".litink" / "campaign"  # what the workers said, for whoever wonders why a run ended as it did

# Every kind of fault, as rules for the emulator. None: nothing but kills.
FAULTS: dict[str, tuple[dict[str, Any], ...]] = {
    "kills alone": (),
    "500, 502, 503 before the work": tuple({"kind": "status", "status": s} for s in (500, 502, 503)),
    "429 with Retry-After": ({"kind": "status", "status": 429, "retry_after": 0.2},),
    "401, 402, 403": tuple({"kind": "status", "status": s} for s in (401, 402, 403)),
    "422 and 400": tuple({"kind": "status", "status": s} for s in (422, 400)),
    "524, 529, 408": tuple({"kind": "status", "status": s} for s in (524, 529, 408)),
    "an error after the bill": ({"kind": "status", "status": 500, "when": "after_bill"},),
    "cut before the bill": ({"kind": "cut", "when": "before_bill"},),
    "cut after the bill": ({"kind": "cut", "when": "after_bill"},),
    "cut in the body": ({"kind": "truncate"},),
    "no answer": ({"kind": "hang"},),
    "slow": ({"kind": "delay", "seconds": 1.5},),
    "a web page with 200": ({"kind": "html_200"},),
    "half a JSON text": ({"kind": "bad_json"},),
    "another schema": ({"kind": "wrong_schema"},),
    "an error with 200": ({"kind": "error_200"},),
    "finish_reason error": ({"kind": "finish_error", "match": {"operation": "chat"}},),
    "nothing in it": ({"kind": "empty_output"},),
    "jobs": ({"kind": "processing", "match": {"provider": "modelslab"}},),
    "jobs that fail": ({"kind": "failed", "match": {"provider": "modelslab"}},),
    "jobs that never end": ({"kind": "stuck_processing", "match": {"provider": "modelslab"}},),
    "webhooks dropped, doubled, late, forged": tuple(
        {"kind": kind, "match": {"provider": "modelslab"}, **({"seconds": 1.0} if kind == "webhook_delay" else {})}
        for kind in ("webhook_drop", "webhook_double", "webhook_delay", "webhook_forge")
    ),
}


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
        self.deciding = threading.Lock()
        self.database_kills = self.api_kills = self.decided = 0
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
        return engine_for(application_url(self.settings))

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
            self.decide_held()
            if not killed and self._settled(run):
                break
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
        path = self.home / f"book-{number}.md"
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

    def _settled(self, run: Run) -> bool:
        """Whether every item of the book is done; the reasons of those that are not."""
        query = select(items.c.asset, items.c.state, items.c.error).where(items.c.book_id == run.book_id)
        found = steadfast(self.engine, lambda connection: connection.execute(query).all(), DATABASE_SECONDS)
        run.reasons = collections.Counter(
            (row.error or {}).get("code", row.state) for row in found if row.state != "done"
        )
        run.finished = not run.reasons and {row.asset for row in found} >= set(ASSETS) - {"motion"}
        return run.finished

    # -- what an operator does -------------------------------------------------------------------------------------

    def decide_held(self) -> None:
        """Look every held call up in the provider's own account, and say what it shows."""
        with self.deciding:
            try:
                with Cashier(self.engine, self.objects, {}, Policy(journal=self.home / "none")) as cashier:
                    for payment in cashier.held(limit=1000):
                        billed = sum((Decimal(row["amount_usd"]) for row in self._account(payment)), Decimal(0))
                        cashier.resolve(payment.id, billed=billed > 0, cost_usd=billed, by="campaign")
                        self.decided += 1
            except (LitinkError, OperationalError):
                return  # the database is away: the next time

    def _account(self, payment: Payment) -> list[dict[str, Any]]:
        """The rows of the provider's account about this call: by our own number, else by what was asked."""
        rows = [row for row in self.emulator.bill().charges if row["provider"] == payment.provider]
        if payment.provider == "modelslab":
            return [row for row in rows if row["track"] == payment.token]
        kept = payment.request or {}
        asked, voice = text_of(kept.get("body", {})), kept.get("address", {}).get("voice_id", "")
        fingerprints = {
            request["fingerprint"]
            for request in self.emulator.requests(RECENT_REQUESTS)
            if (request["provider"], request["model"]) == (payment.provider, kept.get("model"))
            and voice in request["path"]
            and text_of(json.loads(request["body"])) == asked
        }
        return [row for row in rows if row["fingerprint"] in fingerprints]


def text_of(body: Any) -> str:
    """What a request asks, whatever else stands in it, as the emulator's log shows it."""
    asked = [body.get(name) for name in ("messages", "input", "text", "seed", "previous_text")]
    return json.dumps(without_key(asked), sort_keys=True)


# -- material and balance ----------------------------------------------------------------------------------------------


def passage(number: int) -> str:
    """A passage of the sample book in words of its own: every sentence carries the run's number."""
    source = (ROOT / "examples/what-the-sea-owes").rglob("*.md")
    text = next(path for path in sorted(source)).read_text(encoding="utf-8")
    paragraphs = [p for p in text.split("\n\n") if p and not p.startswith("#")][4:8]
    marked = [re.sub(r"(?<=\w)([.!?])(?=[\s”]|$)", rf" {number}\1", p) for p in paragraphs]
    return f"# Chapter {number}\n\n" + "\n\n".join(marked) + "\n"


def whole(media_type: str, data: bytes) -> bool:
    """Whether stored bytes are what they are said to be."""
    if media_type == "application/json":
        return bool(json.loads(data))
    if media_type == "application/x-npz":
        with np.load(io.BytesIO(data)) as arrays:
            return len(arrays["vectors"]) > 0
    if media_type.startswith("image/"):
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        return picture is not None and min(picture.shape[:2]) >= 200
    with av.open(io.BytesIO(data)) as container:
        return sum(1 for _ in container.decode(container.streams[0])) > 0


@dataclass(frozen=True)
class Balance:
    billed_usd: Decimal
    ledger_usd: Decimal
    twice: int  # fingerprints that were billed more than once
    lost: int  # items without a row, pending or running though nobody works on them
    false_done: int  # done items whose bytes are missing or are not what they should be
    items: int
    calls: int
    imbalances: int  # budgets that are not the sums over their payments


def balance(campaign: Campaign, runs: list[Run]) -> Balance:
    bill = campaign.emulator.bill()
    lost = false_done = count = 0
    with campaign.engine.connect() as connection:
        rows = connection.execute(
            select(items.c.asset, items.c.key, items.c.state, items.c.blob_sha, blobs.c.media_type)
            .outerjoin(blobs, blobs.c.sha == items.c.blob_sha)
            .where(items.c.book_id.in_([run.book_id for run in runs]))
        ).all()
        paid = ledger.c.paid.is_(True)
        spent = connection.execute(select(func.coalesce(func.sum(ledger.c.cost_usd), 0)).where(paid)).scalar_one()
        calls = connection.execute(select(func.count()).where(paid)).scalar_one()
        wrong_sums = len(imbalances(connection))
    for row in rows:
        count += 1
        if row.state in ("pending", "running"):
            lost += 1
        elif row.state == "done":
            stored = row.blob_sha and campaign.objects.has(row.blob_sha)
            if not stored or not whole(row.media_type, campaign.objects.get(row.blob_sha)):
                false_done += 1
    return Balance(bill.total, Decimal(spent), len(bill.twice), lost, false_done, count, calls, wrong_sums)


def unequal(campaign: Campaign) -> list[str]:
    """Calls that ledger and bill do not agree upon, for whoever must find out why: by the provider's own reference."""
    billed = {row["reference"]: row for row in campaign.emulator.bill().charges}
    with campaign.engine.connect() as connection:
        paid = connection.execute(
            select(payments, ledger.c.cost_usd.label("entered"))
            .join(ledger, ledger.c.payment_id == payments.c.id)
            .where(ledger.c.cost_usd > 0)
        ).all()
    said = []
    for row in paid:
        charge = billed.pop(row.reference, None)
        if charge is None or Decimal(charge["amount_usd"]) != row.entered:
            told = f"{row.provider}/{row.model} {row.asset}/{row.item_key} {row.state} {row.resolved_by or ''}"
            said.append(f"payment {row.id}, {told}: {row.entered} entered, billed {charge}")
    return said + [f"billed, not entered: {charge}" for charge in billed.values()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


GOALS = {
    "billed_twice": Goal("<=", 0),
    "items_lost": Goal("<=", 0),
    "false_done": Goal("<=", 0),
    "unexplained_runs": Goal("<=", 0),
    "off_by_usd": Goal("<=", 0),
    "budgets_off": Goal("<=", 0),
}


def main() -> None:
    chosen = options(__doc__ or "", DOCUMENT, runs=300, seed=1)
    count = QUICK_RUNS if chosen.quick else chosen.runs
    kinds = list(FAULTS)
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    with tempfile.TemporaryDirectory(prefix="litink-campaign-") as name:
        Path(name).chmod(0o755)
        with Campaign(Path(name), chosen.seed).opened() as campaign:
            killer = threading.Thread(target=campaign.kill_servers, args=(6.0 if chosen.quick else 20.0,), daemon=True)
            killer.start()
            with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
                made = []
                for run in pool.map(lambda n: campaign.make(n, kinds[n % len(kinds)]), range(count)):
                    made.append(run)
                    told = "finished" if run.finished else f"ended: {dict(run.reasons)}"
                    print(f"  {run.number:4} {run.kind:45} {run.attempts} starts {told}", file=sys.stderr)
            campaign.stop.set()
            killer.join()
            campaign.decide_held()
            found = balance(campaign, made)
            if found.ledger_usd != found.billed_usd:
                print("\n".join(unequal(campaign)), file=sys.stderr)
            report(chosen, campaign, made, found)


def report(chosen: argparse.Namespace, campaign: Campaign, runs: list[Run], found: Balance) -> None:
    rows = []
    for kind in FAULTS:
        mine = [run for run in runs if run.kind == kind]
        if mine:
            reasons = sum((run.reasons for run in mine), collections.Counter[str]())
            rows.append(
                (
                    kind,
                    len(mine),
                    sum(run.attempts for run in mine),
                    sum(run.kills for run in mine),
                    sum(run.finished for run in mine),
                    ", ".join(f"{code} {n}" for code, n in reasons.most_common(3)) or "–",
                )
            )
    unexplained = sum(not run.finished and not run.reasons for run in runs)
    figures = {
        "billed_twice": found.twice,
        "items_lost": found.lost,
        "false_done": found.false_done,
        "unexplained_runs": unexplained,
        "off_by_usd": float(abs(found.billed_usd - found.ledger_usd)),
        "budgets_off": found.imbalances,
    }
    text = "\n".join(
        [
            table(("fault", "runs", "starts", "killed", "finished", "items that failed, by reason"), rows),
            "",
            f"{len(runs)} runs by {WORKERS} workers; SIGKILL of {sum(run.kills for run in runs)} runs, of PostgreSQL "
            f"{campaign.database_kills} times, of the API {campaign.api_kills} times. {found.calls} paid calls, "
            f"{found.items} items; {campaign.decided} lost answers were decided by hand.",
            "",
            table(
                ("", "measured", "goal"),
                [
                    ("requests billed twice", found.twice, 0),
                    ("items lost", found.lost, 0),
                    ("done, and not whole", found.false_done, 0),
                    ("runs without a stated reason", unexplained, 0),
                    ("budgets that are not the sum of their payments", found.imbalances, 0),
                    ("ledger / bill, USD", f"{found.ledger_usd} / {found.billed_usd}", "equal"),
                ],
            ),
        ]
    )
    finish(chosen, DOCUMENT, text, figures, GOALS)


if __name__ == "__main__":
    main()
