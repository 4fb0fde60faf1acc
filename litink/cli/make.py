"""``litink make``: one book, the whole asset graph, no servers; results as files in a folder."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError
from rich.markup import escape

from litink.books.works import Part
from litink.cli.output import AssetProgress, asset_progress, print_json, results
from litink.cli.price import accept
from litink.cli.sources import named_source, results_folder
from litink.db.engine import application_url, engine_for
from litink.errors import LitinkError, Refused
from litink.generation.paid import budgets
from litink.library import repository
from litink.library.options import MakeOptions
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.objects import Objects, sha256_of_file
from litink.platform.supervisor import database, find_running, instance_environment
from litink.production.context import Production
from litink.production.engines import Engines
from litink.production.export import export_book
from litink.production.plan.model import PlanOptions
from litink.production.studio import Studio
from litink.settings import CHECKOUT, Settings, get_settings

POLL_SECONDS = 0.25


def make_book(
    named: Sequence[str],
    *,
    title: str,
    author: str,
    out: Path | None,
    chapters: str,
    ratio: str,
    style: str,
    minutes: int | None,
    directive: str,
    motion: str,
    lipsync: bool,
    music: str,
    local_fallback: bool,
    cap: Decimal | None,
    yes: bool,
    as_json: bool,
) -> None:
    started = time.monotonic()
    try:
        options = MakeOptions.model_validate(
            {
                "chapters": chapters,
                "ratio": ratio,
                "style": style,
                "minutes": minutes,
                "directive": directive,
                "motion": motion,
                "lipsync": lipsync,
                "music": music,
                "local_fallback": local_fallback,
            }
        )
    except ValidationError as error:
        raise Refused("bad-option", str(error.errors()[0]["msg"]).removeprefix("Value error, ")) from None
    settings = get_settings()
    with named_source(named, settings, title=title, author=author) as source, database(settings):
        record = _on_the_shelf(source, options, settings)
        _set_going(record, settings, cap, ask=None if yes else not as_json)
        folder = out or results_folder(named, record.title)
        with asset_progress(quiet=as_json) as progress:
            _work(record, settings, progress)
        with Studio.opened(settings) as studio:
            exported = export_book(studio.production(record.id), folder)
            waiting = _waiting(studio, record)
    report = {"book_id": str(record.id), "title": record.title, "folder": str(folder), **exported}
    report["items_waiting"] = waiting
    report["seconds"] = round(time.monotonic() - started, 2)
    if as_json:
        print_json(report)
        return
    results.print(f"\n[bold]{escape(record.title)}[/bold]  {report['seconds']} s")
    for name in ("film", "audiobook", "captions", "storyboard", "book", "costs"):
        results.print(f"  {name:<11}{escape(str(report[name]))}")
    if waiting:
        things = "item is" if waiting == 1 else "items are"
        results.print(
            f"\n{waiting} {things} out of date or missing and would be paid for. What and for how much: "
            f"litink plan {record.id}"
        )


def _waiting(studio: Studio, record: BookRecord) -> int:
    """How many items would have to be bought: what a plan is there for."""
    with studio.engine.begin() as connection:
        book = repository.get_book(connection, record.id)
    plan = studio.planner.plan(book, PlanOptions()) if book else None
    return sum(1 for item in plan.draft.items if item.model) if plan else 0


def _on_the_shelf(source: Part, options: MakeOptions, settings: Settings) -> BookRecord:
    """The book of this source with these options: the one made before, or a new one that waits to be set going."""
    engine = engine_for(application_url(settings))
    with engine.begin() as connection:
        owner = repository.local_user(connection)
        known = repository.find_book(connection, owner, sha256_of_file(source.path), options.model_dump(mode="json"))
    if known is not None:
        return known
    shelf = Shelf(engine, Objects.from_settings(settings))
    return shelf.add(source.path, filename=source.name, owner_id=owner, options=options, wait=True)


def _set_going(record: BookRecord, settings: Settings, cap: Decimal | None, *, ask: bool | None) -> None:
    """Have the book made, for ``cap`` USD at most. What was never begun is not begun without a cap before its price is
    accepted; ``ask``: whether a person may be asked, None: it is accepted already."""
    engine = engine_for(application_url(settings))
    if record.state == "unstarted" and cap is None and ask is not None:
        with Engines.opened(settings) as engines:
            accept(Production(engine, Objects.from_settings(settings), engines, record.id), ask=ask)
    with engine.begin() as connection:
        if cap is not None:
            budgets.set_cap(connection, "book", record.id, cap)
        if record.state == "unstarted":
            repository.start(connection, record.id)
        elif record.state != "queued":
            repository.reopen(connection, record.id)


def started(settings: Settings, log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A process that makes a book without servers; what it says goes to ``log``."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "assets.runner", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=CHECKOUT,
            env=instance_environment(settings),
        )


def _work(record: BookRecord, settings: Settings, progress: AssetProgress) -> None:
    """Have the book made, by the platform if it is up, else by a process of our own; tell how far it is."""
    engine = engine_for(application_url(settings))
    runner = None
    log = settings.home / "logs" / "make.log"
    if find_running(settings) is None:
        runner = started(settings, log, str(record.id))
    with engine.begin() as connection:
        last_event = repository.last_event_id(connection, record.id)
    try:
        while True:
            ended = runner is not None and runner.poll() is not None
            with engine.begin() as connection:
                book = repository.get_book(connection, record.id)
                for event in repository.events_after(connection, record.id, last_event):
                    last_event = event.id
                    if event.kind == "asset":
                        progress.update(event.data)
            if book is None:
                raise LitinkError("book-deleted", "The book was deleted meanwhile.")
            if book.state in ("ready", "failed") and (runner is None or ended):
                break
            if ended:
                raise LitinkError("work-ended", f"The work ended without a result; see {log}.")
            time.sleep(POLL_SECONDS)
    finally:
        if runner is not None and runner.poll() is None:
            runner.terminate()
            runner.wait()
    if book.state == "failed":
        problem = book.problem or {"code": "failed", "message": "The book could not be made."}
        raise LitinkError(problem["code"], problem["message"])
