"""What accounts cost a reader: a book's status for somebody who is logged in, against the least that could be served.

Both services run as `litink up` starts the API, on the same embedded PostgreSQL; rounds alternate, figures are medians
of rounds and of the ratios of neighbouring ones. The clients are a process of their own. Then 200 clients listen at
once, half of them to all of their books, half to one, and something happens to it.

    python benchmarks/accounts.py [--write] [--json] [--quick] [--rounds 11] [--connections 8]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from _report import ROOT, Goal, finish, options, table

sys.path.insert(0, str(ROOT))

import httpx
import psutil
from sqlalchemy import Engine

from litink.db.engine import application_url, create_databases, engine_for, plain_conninfo
from litink.db.migrate import upgrade
from litink.generation import records
from litink.library import repository
from litink.library.repository import BookRecord
from litink.objects import Objects
from litink.platform.postgres import EmbeddedPostgres
from litink.settings import Settings
from tests.accounts.visitors import Visitor
from tests.made_books import Maker

DOCUMENT = ROOT / "docs" / "accounts.md"
GOALS = {
    "throughput_ratio": Goal(">=", 0.5),
    "p99_ratio": Goal("<=", 3.0),
    "listeners_mb": Goal("<=", 300.0),
    "listeners_told": Goal(">=", 200.0),  # all of them
}
LISTENERS = 200
LOAD = [sys.executable, str(Path(__file__).parent / "_load.py")]
# As the supervisor starts the API: litink/platform/supervisor.py.
UVICORN = [
    sys.executable,
    "-m",
    "uvicorn",
    "--host",
    "127.0.0.1",
    "--no-access-log",
    "--timeout-graceful-shutdown",
    "3",
]
BARE_PORT, API_PORT = 22_981, 22_982


@dataclass(frozen=True)
class House:
    engine: Engine
    api: psutil.Process
    who: Visitor
    finished: BookRecord
    in_work: BookRecord


def main() -> None:
    chosen = options(__doc__ or "", DOCUMENT, rounds=11, connections=8)
    rounds, seconds = (3, 2.0) if chosen.quick else (chosen.rounds, 5.0)
    with _house() as house:
        _pair(house, chosen.connections, 1.0, 0)  # fills caches and pools
        pairs = [_pair(house, chosen.connections, seconds, turn) for turn in range(rounds)]
        grown, told, told_seconds = _listeners(house)
    bare, ours = [pair[0] for pair in pairs], [pair[1] for pair in pairs]

    def middle(side: list[dict[str, Any]], name: str) -> float:
        return median(one[name] for one in side)

    def ratio(name: str) -> float:
        return median(b[name] / a[name] for a, b in pairs)

    figures = {
        "a_second": middle(ours, "a_second"),
        "bare_a_second": middle(bare, "a_second"),
        "throughput_ratio": ratio("a_second"),
        "p99_ms": 1000 * middle(ours, "p99"),
        "bare_p99_ms": 1000 * middle(bare, "p99"),
        "p99_ratio": ratio("p99"),
        "client_busy": max(one["busy"] for one in bare + ours),
        "listeners_mb": grown,
        "listeners_told": float(told),
        "listeners_told_seconds": told_seconds,
    }
    rows = [
        ("requests a second", f"{figures['bare_a_second']:.0f}", f"{figures['a_second']:.0f}"),
        ("median ms", f"{1000 * middle(bare, 'median'):.1f}", f"{1000 * middle(ours, 'median'):.1f}"),
        ("99th percentile ms", f"{figures['bare_p99_ms']:.1f}", f"{figures['p99_ms']:.1f}"),
        ("throughput, of the bare one's", "1", f"{figures['throughput_ratio']:.2f} (goal: ≥ 0.5)"),
        ("99th percentile, of the bare one's", "1", f"{figures['p99_ratio']:.2f} (goal: ≤ 3)"),
        (f"{LISTENERS} listeners: the process grows by", "", f"{grown:.0f} MB (goal: ≤ 300)"),
        ("of them told of an event; the last after", "", f"{told} (goal: all); {told_seconds:.2f} s"),
    ]
    finish(chosen, DOCUMENT, table(("", "bare", "a book's status"), rows), figures, GOALS)


@contextmanager
def _house() -> Iterator[House]:
    with tempfile.TemporaryDirectory(prefix="litink-accounts-") as name, ExitStack() as stack:
        Path(name).chmod(0o755)
        settings = Settings(_env_file=None, home=Path(name), postgres_port=22_950)
        stack.enter_context(EmbeddedPostgres(settings.postgres_dir, settings.postgres_port).shared())
        create_databases(settings)
        url = application_url(settings)
        upgrade(engine_for(url))
        accounts = {
            "LITINK_HOME": name,
            "LITINK_ACCOUNTS": "multi",
            "LITINK_DEVELOPMENT": "true",
            "LITINK_SECRET_KEY": "3q0fZ8-kPz7TgEwRvX1nLbYd5mUcHs2JtAo9WiQ4",
            "LITINK_BURST_LIMIT": "100000000",
        }
        api = stack.enter_context(_served(["api.app:create_app", "--factory"], API_PORT, accounts))
        bare = {"BARE_DATABASE": plain_conninfo(url)}
        stack.enter_context(_served(["--app-dir", str(Path(__file__).parent), "_bare:app"], BARE_PORT, bare))
        who = Visitor(f"http://127.0.0.1:{API_PORT}").signed_up()
        maker = Maker(engine_for(url), Objects.from_settings(settings), Path(name), owner=who.id)
        yield House(engine_for(url), api, who, maker.finished(), maker.add())


@contextmanager
def _served(application: list[str], port: int, environment: dict[str, str]) -> Iterator[psutil.Process]:
    running = subprocess.Popen(
        [*UVICORN, *application, "--port", str(port)], cwd=ROOT, env=os.environ | environment, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.TransportError:
                if running.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield psutil.Process(running.pid)
    finally:
        running.terminate()
        running.wait()


def _headers(house: House) -> str:
    return f"Authorization: {house.who.http.headers['Authorization']}\n\n"


def _pair(house: House, connections: int, seconds: float, turn: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A round of the bare service and one of ours; which of them is first changes with the turn."""
    house.who.take(house.who.refresh())

    def bare() -> dict[str, Any]:
        return _asked(BARE_PORT, f"/books/{house.finished.id}", "\n", connections, seconds)

    def ours() -> dict[str, Any]:
        return _asked(API_PORT, f"/api/v1/books/{house.finished.id}/status", _headers(house), connections, seconds)

    if turn % 2:
        second, first = ours(), bare()
    else:
        first, second = bare(), ours()
    return first, second


def _asked(port: int, path: str, headers: str, connections: int, seconds: float) -> dict[str, Any]:
    command = [*LOAD, "ask", f"127.0.0.1:{port}", path, str(connections), str(seconds)]
    answer: dict[str, Any] = json.loads(
        subprocess.run(command, input=headers, capture_output=True, text=True, check=True).stdout
    )
    assert set(answer["statuses"]) == {"200"}, answer
    return answer


def _listeners(house: House) -> tuple[float, int, float]:
    """MB that the API's process grows by while all listen, how many hear of an event, and after how many seconds."""
    with house.engine.connect() as connection:
        past = repository.last_event_id(connection, house.in_work.id)
    paths = f"/api/v1/events,/api/v1/books/{house.in_work.id}/events?after={past}"
    before = house.api.memory_info().rss
    command = [*LOAD, "listen", f"127.0.0.1:{API_PORT}", paths, str(LISTENERS)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as clients:
        assert clients.stdin is not None
        assert clients.stdout is not None
        print(_headers(house), end="", file=clients.stdin, flush=True)
        assert clients.stdout.readline() == "listening\n"
        print(file=clients.stdin, flush=True)
        with house.engine.begin() as connection:
            data = {"asset": "audio", "state": "running"}
            records.record_event(connection, repository.owned(house.in_work), "asset", data)
        told, seconds = clients.stdout.readline().split()
        grown = house.api.memory_info().rss - before
        print(file=clients.stdin, flush=True)
    return grown / 1e6, int(told), float(seconds)


if __name__ == "__main__":
    main()
