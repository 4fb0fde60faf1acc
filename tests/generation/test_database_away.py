"""PostgreSQL killed, restarted, or cut off in the middle of a commit: purchases go on, and the books still balance."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from litink.db.engine import application_url, create_databases, plain_conninfo
from litink.db.migrate import upgrade
from litink.errors import TransientFailure
from litink.generation.generate import Generator
from litink.generation.model import Made, Owned, Purpose, Task
from litink.generation.paid.budgets import imbalances
from litink.generation.paid.cashier import Cashier
from litink.generation.presence import Presence, alive
from litink.objects import Objects
from litink.platform.postgres import EmbeddedPostgres
from litink.platform.processes import wait_until_gone
from litink.settings import Settings
from tests.generation.conftest import states
from tests.generation.shop import COST, Shop, ladder, purpose, quick
from tests.generation.shop import text as as_text


class Server:
    """A PostgreSQL of our own that may be killed."""

    def __init__(self, settings: Settings) -> None:
        self._postgres = EmbeddedPostgres(settings.postgres_dir, settings.postgres_port)
        self.start()
        create_databases(settings)
        self.url = application_url(settings)

    def start(self) -> None:
        self._pid = self._postgres.start().pid

    def kill(self) -> None:
        process = psutil.Process(self._pid)
        family = [process, *process.children()]
        os.kill(self._pid, signal.SIGKILL)
        for member in family:
            assert wait_until_gone(member, 30)

    def stop(self) -> None:
        self._postgres.stop()


@pytest.fixture(scope="module")
def server(home: Path, settings: Settings) -> Iterator[Server]:
    server = Server(Settings(home=home / "fragile", postgres_port=settings.postgres_port + 20))
    upgrade(create_engine(server.url))
    yield server
    server.stop()


@pytest.fixture
def engine(server: Server) -> Iterator[Engine]:
    """In the place of the shared one, for all that is used here."""
    engine = create_engine(server.url, pool_pre_ping=True)
    yield engine
    engine.dispose()


NewCashier = Callable[..., Cashier]


@pytest.fixture
def open_cashier(objects: Objects, tmp_path: Path) -> Iterator[NewCashier]:
    opened: list[Cashier] = []

    def make(engine: Engine, shop: Shop, **changes: Any) -> Cashier:
        opened.append(Cashier(engine, objects, {"openrouter": shop}, quick(tmp_path / "journal", **changes)))
        return opened[-1]

    yield make
    for cashier in opened:
        cashier.close()


@pytest.fixture
def balanced() -> None:
    """Looked at here by each test itself, when its database is up."""


def check_books(engine: Engine) -> None:
    with engine.connect() as connection:
        assert imbalances(connection) == []


def test_killed_and_restarted_while_a_request_is_out(
    server: Server, open_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    back = threading.Thread(target=server.start)

    def fall(_: object) -> None:
        server.kill()
        back.start()

    shop = Shop(tmp_path / "shop", during=fall)
    cashier = open_cashier(engine, shop, limits={"openrouter": 2})
    assert cashier.buy(purpose(owned), ladder(prompt), as_text).value
    back.join()
    assert (len(shop.bill()), len(shop.sent)) == (1, 1)
    check_books(engine)


def test_an_answer_that_found_no_database_is_on_the_books_as_soon_as_there_is_one(
    server: Server, open_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", tells=False, during=lambda _: server.kill())
    with pytest.raises(TransientFailure) as caught:
        open_cashier(engine, shop, database=0.2).buy(purpose(owned), ladder(prompt), as_text)
    assert caught.value.code == "database-away"
    server.start()
    with engine.connect() as connection:
        assert states(connection, owned) == ["sent"]
    later = Shop(tmp_path / "shop", tells=False)
    assert open_cashier(engine, later).buy(purpose(owned), ladder(prompt), as_text).value
    assert (len(shop.bill()), later.sent) == (1, [])
    check_books(engine)


def test_what_could_not_be_written_down_is_not_sent(
    server: Server, open_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop")
    cashier = open_cashier(engine, shop, database=0.2)
    server.kill()
    try:
        with pytest.raises(TransientFailure):
            cashier.buy(purpose(owned), ladder(prompt), as_text)
        assert shop.sent == []
    finally:
        server.start()
    assert cashier.buy(purpose(owned), ladder(prompt), as_text).value


def test_killed_again_and_again_under_many_buyers(
    server: Server, open_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["ok", "job", "503", "lost"] * 6)
    cashier = open_cashier(engine, shop, limits={"openrouter": 3}, tries=9)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(cashier.buy, purpose(owned, str(n)), ladder(f"{prompt} {n}"), as_text) for n in range(24)]
        for n in (2, 8, 14):
            asked[n].result(60)
            server.kill()
            server.start()
        assert len({future.result(60).value for future in asked}) == 24
    assert shop.billed_twice() == []
    assert shop.total() == 24 * COST
    check_books(engine)


def test_an_asset_is_made_to_its_end_although_the_database_was_killed_meanwhile(
    server: Server,
    open_cashier: NewCashier,
    engine: Engine,
    owned: Owned,
    objects: Objects,
    prompt: str,
    tmp_path: Path,
) -> None:
    cashier = open_cashier(engine, Shop(tmp_path / "shop"), limits={"openrouter": 2})

    def make(what_for: Purpose) -> Made:
        if what_for.item_key == "4":
            server.kill()
            server.start()
        bought = cashier.buy(what_for, ladder(f"{prompt} {what_for.item_key}"), as_text)
        return Made(bought.value.encode(), "text/plain")

    tasks = [Task("scripts", str(n), str(n), {}, {"prompt": prompt, "n": str(n)}, make) for n in range(9)]
    outcome = Generator(engine, objects, workers=2).run(owned, "scripts", tasks, revision=1)
    assert (outcome.items_done, outcome.items_failed, outcome.cost_usd) == (9, 0, 9 * COST)
    check_books(engine)


def test_a_generator_whose_lock_was_lost_takes_it_again_or_gives_way(
    server: Server, engine: Engine, owned: Owned, objects: Objects
) -> None:
    generator = Generator(engine, objects, workers=1)
    with generator.lock(owned, "scripts") as first:
        server.kill()
        server.start()
        first.keep()  # finds that it is lost
        first.keep()
        server.kill()
        server.start()
        with generator.lock(owned, "scripts"):
            first.keep()
            with pytest.raises(TransientFailure) as caught:
                first.keep()
    assert caught.value.code == "taken-over"


def test_who_is_at_work_shows_it_again_when_the_database_is_back(server: Server, engine: Engine, owned: Owned) -> None:
    def shown() -> bool:
        with engine.begin() as connection:
            return alive(connection, owned.book_id)

    with Presence(plain_conninfo(engine.url.render_as_string(hide_password=False))) as presence:
        presence.at(owned.book_id)
        assert shown()
        server.kill()
        server.start()
        deadline = time.monotonic() + 60
        while not shown():
            assert time.monotonic() < deadline, "the process did not show itself again"
            time.sleep(0.05)
    assert not shown()


class Cutter:
    """Stands between us and the database; cuts the line at the ``at``-th commit, before or after it got through."""

    def __init__(self, port: int, at: int, *, delivered: bool) -> None:
        self._port, self._at, self._delivered = port, at, delivered
        self._commits = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    @property
    def has_cut(self) -> bool:
        return self._commits >= self._at

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self._port)) as server:
            while True:
                for end in select.select([client, server], [], [])[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    if end is client and b"COMMIT" in data:
                        self._commits += 1
                        if self._commits == self._at:
                            if self._delivered:
                                server.sendall(data)
                                server.recv(1)  # it has been done
                            return
                    (server if end is client else client).sendall(data)


@pytest.mark.parametrize("delivered", [True, False])
def test_cut_off_in_any_commit_it_is_done_once(
    open_cashier: NewCashier,
    engine: Engine,
    new_book: Callable[..., Owned],
    prompt: str,
    tmp_path: Path,
    delivered: bool,
) -> None:
    """The client never learns whether its commit went through."""
    shop = Shop(tmp_path / "shop", ["503", "job"] * 99)
    url, at = make_url(engine.url), 1
    while True:
        owned, cutter = new_book(), Cutter(url.port or 0, at, delivered=delivered)
        through = create_engine(url.set(host="127.0.0.1", port=cutter.port), pool_pre_ping=True)
        value = open_cashier(through, shop).buy(purpose(owned), ladder(f"{prompt} {at}"), as_text).value
        assert value == f"test/first says {prompt} {at} (0)"
        through.dispose()
        cutter.close()
        with engine.connect() as connection:
            assert states(connection, owned) == ["refused", "done"]
        check_books(engine)
        if not cutter.has_cut:
            break
        at += 1
    assert at > 5
    assert shop.billed_twice() == []


def test_work_is_not_repeated_when_it_failed_for_another_reason(engine: Engine) -> None:
    from litink.db.transactions import steadfast

    done = []

    def broken(connection: Any) -> None:
        done.append(1)
        connection.execute(text("SELECT no_such_thing"))

    with pytest.raises(Exception, match="no_such_thing"):
        steadfast(engine, broken, 30.0)
    assert done == [1]
