"""``litink up``, ``down`` and ``status``."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from types import FrameType
from typing import Any

from rich.markup import escape
from rich.table import Table

from litink.cli.output import errors, print_json, results
from litink.db.engine import application_url, engine_for
from litink.errors import LitinkError
from litink.library import repository
from litink.platform.supervisor import READY_SECONDS, Addresses, Supervisor, find_running, stop_running
from litink.settings import Settings, get_settings


def start(*, detach: bool) -> None:
    settings = get_settings()
    if detach:
        announce(_start_detached(settings))
        return
    supervisor = Supervisor(settings)
    with stop_signals() as stopping, supervisor.opened(starting) as addresses:
        announce(addresses)
        errors.print("Ctrl-C stops everything.", style="dim")
        watch(supervisor, stopping)
        errors.print("Stopping…", style="dim")


def stop() -> None:
    if stop_running(get_settings()):
        errors.print("Stopped.")
    else:
        errors.print("The platform is not running.")


def show_status(*, as_json: bool) -> None:
    settings = get_settings()
    addresses = find_running(settings)
    books = _books(settings) if addresses else []
    if as_json:
        print_json(
            {
                "running": addresses is not None,
                "api": addresses.api if addresses else None,
                "dagster": addresses.dagster if addresses else None,
                "books": [{key: book[key] for key in ("id", "title", "state")} for book in books],
            }
        )
        return
    if addresses is None:
        results.print("The platform is not running; start it with [bold]litink up[/bold].")
        return
    announce(addresses)
    table = Table("book", "author", "state", box=None, header_style="dim")
    for book in books:
        table.add_row(escape(book["title"]), escape(book["author"]), book["state"])
    results.print(table)


def _books(settings: Settings) -> list[dict[str, Any]]:
    """The newest books of this machine's own person, whoever else has some here."""
    with engine_for(application_url(settings)).begin() as connection:
        found = repository.list_books(connection, repository.local_user(connection), before=None, limit=20)
    return [{"id": str(book.id), "title": book.title, "author": book.author, "state": book.state} for book in found]


class stop_signals:
    """While open, SIGINT and SIGTERM set an event instead of ending the process; a second one ends it at once."""

    def __enter__(self) -> threading.Event:
        self._event = threading.Event()
        self._before = {name: signal.signal(name, self._stop) for name in (signal.SIGINT, signal.SIGTERM)}
        return self._event

    def __exit__(self, *_: object) -> None:
        for name, handler in self._before.items():
            signal.signal(name, handler)

    def _stop(self, number: int, _: FrameType | None) -> None:
        if self._event.is_set():
            raise KeyboardInterrupt
        self._event.set()


def starting(what: str) -> None:
    errors.print(f"starting {what} …", style="dim")


def announce(addresses: Addresses) -> None:
    results.print(f"Page        {addresses.api}/")
    results.print(f"API         {addresses.api}/docs")
    results.print(f"Dagster UI  {addresses.dagster}")


def watch(supervisor: Supervisor, stopping: threading.Event) -> None:
    """Keep the platform alive until somebody asks it to stop."""
    while not stopping.wait(1.0):
        supervisor.keep_alive()


def _start_detached(settings: Settings) -> Addresses:
    log = settings.home / "logs" / "platform.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "litink", "up"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        addresses = find_running(settings)
        if addresses and addresses.pid == child.pid:
            return addresses
        time.sleep(0.1)
    raise LitinkError("start-failed", f"The platform did not start; see {log}.")
