"""Slots: over all processes no more calls at once than the provider allows; slots of the dead come free."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine

from litink.db.engine import plain_conninfo
from litink.errors import PermanentFailure
from litink.generation.paid.bell import Bell
from litink.generation.paid.slots import SLOTS_CHANNEL, Slots, _key
from tests.generation.shop import quick

NEVER = threading.Event()


@pytest.fixture
def conninfo(engine: Engine) -> str:
    return plain_conninfo(engine.url.render_as_string(hide_password=False))


@pytest.fixture
def provider() -> str:
    return f"p{uuid4().hex[:8]}"


@pytest.fixture
def slots(conninfo: str) -> Iterator[Callable[..., Slots]]:
    """Makes slots as another process would have them."""
    with ExitStack() as open_:

        def make(limits: dict[str, int]) -> Slots:
            bell = Bell(conninfo, (SLOTS_CHANNEL,))
            made = Slots(conninfo, quick(Path("/nowhere"), limits=limits), bell)
            open_.callback(made.close)
            open_.callback(bell.close)
            return made

        yield make


class Counter:
    """How many are inside at once, and were at most."""

    def __init__(self) -> None:
        self.inside = self.most = self.served = 0
        self._lock = threading.Lock()

    def enter(self) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def leave(self) -> None:
        with self._lock:
            self.inside -= 1
            self.served += 1


def test_no_more_at_once_than_allowed_over_all_processes(slots: Callable[..., Slots], provider: str) -> None:
    processes, counter = [slots({provider: 3}) for _ in range(3)], Counter()
    full = threading.Barrier(3)

    def call(n: int) -> None:
        with processes[n % 3].hold(provider, "chat", NEVER):
            counter.enter()
            if n < 3:
                full.wait(30)  # as many as are allowed are inside together
            counter.leave()

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(call, range(24)))
    assert (counter.most, counter.served) == (3, 24)


def test_an_operation_with_a_limit_of_its_own_does_not_wait_for_the_others(
    slots: Callable[..., Slots], provider: str
) -> None:
    here = slots({provider: 1, f"{provider}/speech": 1})
    with here.hold(provider, "chat", NEVER), here.hold(provider, "speech", NEVER), here.hold("free", "chat", NEVER):
        stop = threading.Event()
        stop.set()
        with pytest.raises(PermanentFailure, match="stopped"), here.hold(provider, "music", stop):
            pass


def test_a_wait_ends_when_the_run_is_stopped(slots: Callable[..., Slots], provider: str) -> None:
    first, second, stop = slots({provider: 1}), slots({provider: 1}), threading.Event()

    def wait() -> None:
        with second.hold(provider, "chat", stop):
            pass

    with ThreadPoolExecutor(1) as pool, first.hold(provider, "chat", NEVER):
        waiting = pool.submit(wait)
        stop.set()
        assert isinstance(waiting.exception(30), PermanentFailure)
    with first.hold(provider, "chat", NEVER):
        pass


def test_the_slot_of_a_killed_process_comes_free(slots: Callable[..., Slots], provider: str, conninfo: str) -> None:
    program = """
import sys, threading, time
from pathlib import Path
from litink.generation.paid.bell import Bell
from litink.generation.paid.slots import SLOTS_CHANNEL, Slots
from tests.generation.shop import quick
conninfo, provider = sys.argv[1:]
slots = Slots(conninfo, quick(Path("/nowhere"), limits={provider: 1}), Bell(conninfo, (SLOTS_CHANNEL,)))
with slots.hold(provider, "chat", threading.Event()):
    print("mine", flush=True)
    time.sleep(600)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program, conninfo, provider],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "mine\n"
    with ThreadPoolExecutor(1) as pool:

        def take() -> str:
            with slots({provider: 1}).hold(provider, "chat", NEVER):
                return "taken"

        taking = pool.submit(take)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert taking.result(30) == "taken"


def holders(conninfo: str, provider: str) -> list[int]:
    """The server processes that hold a slot of the provider."""
    with psycopg.connect(conninfo) as connection:
        query = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s::bigint & 4294967295 AND granted"
        return [row[0] for row in connection.execute(query, (_key(provider),))]


def test_a_slot_whose_connection_broke_is_taken_again(
    slots: Callable[..., Slots], provider: str, conninfo: str
) -> None:
    here = slots({provider: 2})
    with here.hold(provider, "chat", NEVER):
        (lost,) = holders(conninfo, provider)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(%s, 10000)", (lost,))
        here.restore()
        (again,) = holders(conninfo, provider)
        assert again != lost
    assert holders(conninfo, provider) == []
