"""``litink export``: an output that the book has not been made into, or everything of it as one archive, as a file."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.markup import escape

from litink.cli.books import book_named
from litink.cli.make import POLL_SECONDS, started
from litink.cli.options import first_problem
from litink.cli.output import AssetProgress, asset_progress, print_json, results
from litink.errors import LitinkError, Refused
from litink.library import repository
from litink.library.intake import plain_name
from litink.library.repository import BookRecord
from litink.media.files import whole
from litink.platform.supervisor import database, find_running
from litink.production.archive import archive
from litink.production.exports.desk import Desk, Export
from litink.production.exports.model import ORDER
from litink.production.studio import Studio
from litink.settings import Settings, get_settings

EVERYTHING = "everything"


def export_to_file(
    named: str, kind: str, chapter: int | None, given: Mapping[str, Any], out: Path | None, *, as_json: bool
) -> None:
    """Raises Refused("no-such-book", "bad-option", "no-such-chapter", "book-not-ready"), and what the desk refuses."""
    settings = get_settings()
    with database(settings), Studio.opened(settings) as studio:
        with studio.engine.begin() as connection:
            owner = repository.local_user(connection)
        book = book_named(studio.engine, owner, named)
        if kind == EVERYTHING:
            if given or chapter is not None:
                raise Refused("bad-option", "An archive of everything takes no other option than --out.")
            path = _target(out, book.title, ".zip")
            _write(path, archive(studio.production(book.id)))
            told: dict[str, Any] = {"kind": kind}
        else:
            export = _made(studio, settings, book, {"kind": kind, **_chapter(studio, book, chapter), **given}, as_json)
            path = _target(out, str(export.meta["title"]), f".{export.order.container}")
            assert export.item is not None
            with studio.objects.as_file(export.item.blob_sha or "") as source, whole(path) as beside:
                shutil.copyfile(source, beside)
            told = {"kind": kind, "key": export.key, "seconds": export.meta["seconds"]}
    if as_json:
        print_json({"book_id": str(book.id), "title": book.title, **told, "file": str(path)})
    else:
        results.print(f"\n[bold]{escape(book.title)}[/bold]  {escape(str(path))}")


def _chapter(studio: Studio, book: BookRecord, number: int | None) -> dict[str, str]:
    if number is None:
        return {}
    with studio.engine.begin() as connection:
        found = [section.key for section in repository.sections_of(connection, book.id) if section.number == number]
    if not found:
        raise Refused("no-such-chapter", f"The book has no chapter {number}.")
    return {"chapter": found[0]}


def _made(studio: Studio, settings: Settings, book: BookRecord, asked: Mapping[str, Any], quiet: bool) -> Export:
    """Have it made, by the platform if it is up, else by a process of our own."""
    with first_problem():
        order = ORDER.validate_python(asked)
    if book.state != "ready":
        raise Refused("book-not-ready", f"“{book.title}” is not ready (it is {book.state}); make it first.")
    desk = Desk(studio.engine, studio.engines)
    with studio.engine.begin() as connection:
        last_event = repository.last_event_id(connection, book.id)
    key = desk.order(book, order).key
    log = settings.home / "logs" / "export.log"
    runner = started(settings, log, str(book.id), "exports") if find_running(settings) is None else None
    try:
        with asset_progress(quiet=quiet) as progress:
            while True:
                ended = runner is not None and runner.poll() is not None
                last_event = _tell(studio, book, last_event, progress)
                export = desk.get(book, key)
                if export.state == "failed":
                    problem = export.problem or {"code": "failed", "message": "The export could not be made."}
                    raise LitinkError(problem["code"], problem["message"])
                if export.state == "done" and (runner is None or ended):
                    return export
                if ended:
                    raise LitinkError("work-ended", f"The work ended without a result; see {log}.")
                time.sleep(POLL_SECONDS)
    finally:
        if runner is not None and runner.poll() is None:
            runner.terminate()
            runner.wait()


def _tell(studio: Studio, book: BookRecord, last_event: int, progress: AssetProgress) -> int:
    with studio.engine.begin() as connection:
        for event in repository.events_after(connection, book.id, last_event):
            last_event = event.id
            if event.kind == "asset":
                progress.update(event.data)
    return last_event


def _target(out: Path | None, title: str, suffix: str) -> Path:
    if out is not None and not out.is_dir():
        return out
    return (out or Path()) / (plain_name(title) + suffix)


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    with whole(path) as beside, beside.open("wb") as file:
        for piece in pieces:
            file.write(piece)
