"""``litink demo``: the platform, the sample book through the REST API, its progress, its film."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
from rich.markup import escape

from litink.cli.output import AssetProgress, asset_progress, errors, print_json, results
from litink.cli.platform import announce, starting, stop_signals, watch
from litink.errors import LitinkError
from litink.objects import sha256_of_file
from litink.platform.supervisor import Addresses, Supervisor, find_running
from litink.settings import CHECKOUT, get_settings

SAMPLE = CHECKOUT / "examples" / "what-the-sea-owes.epub"
RESULTS = {"film": "film.mp4", "audiobook": "audiobook.m4b", "captions.vtt": "captions.vtt"}


def run_demo(*, stop_after: bool, with_emulator: bool, as_json: bool) -> None:
    started = time.monotonic()
    settings = get_settings()
    if settings.accounts != "single":
        raise LitinkError("accounts-on", "The demo is one person's: unset LITINK_ACCOUNTS, or sign up and use the API.")
    with ExitStack() as stack:
        stopping = stack.enter_context(stop_signals())
        addresses = find_running(settings)
        supervisor = None
        if addresses is not None and with_emulator and not addresses.emulator:
            raise LitinkError(
                "already-running", "The platform is up with its own providers; stop it first with `litink down`."
            )
        if addresses is None:
            supervisor = Supervisor(settings, emulated=with_emulator)
            addresses = stack.enter_context(supervisor.opened(lambda what: None if as_json else starting(what)))
        with httpx.Client(base_url=f"{addresses.api}/api/v1", timeout=60) as api:
            book = _upload(api, SAMPLE, for_nothing=addresses.emulator is not None)
            with asset_progress(quiet=as_json) as progress:
                _follow(addresses, book["id"], progress, stopping)
            if stopping.is_set():
                return
            assets = _checked(api.get(f"/books/{book['id']}/status")).json()["assets"]
            cost = _checked(api.get(f"/books/{book['id']}/costs")).json()["cost_usd"]
            folder = settings.home / "demo"
            files = {
                name: _download(api, book["id"], path, folder / file)
                for path, file in RESULTS.items()
                for name in [path.removesuffix(".vtt")]
            }
        report = {
            **files,
            "api": f"{addresses.api}/docs",
            "page": f"{addresses.api}/",
            "dagster": addresses.dagster,
            "cost_usd": cost,
            **({"bill": f"{addresses.emulator}/_emulator"} if addresses.emulator else {}),
            "seconds": round(time.monotonic() - started, 2),
            "engine_seconds": {asset["asset"]: asset["engine_seconds"] for asset in assets},
        }
        if as_json:
            print_json(report)
        else:
            results.print(f"\n[bold]{escape(book['title'])}[/bold]  made in {report['seconds']} s")
            for name, path in files.items():
                results.print(f"  {name:<10}{escape(path)}")
            if addresses.emulator:
                results.print(
                    f"  bill      {report['bill']}  (${cost:.2f}; nothing was paid, the providers are emulated)"
                )
            announce(addresses)
        if supervisor is not None and not stop_after:
            errors.print("Ctrl-C stops everything.", style="dim")
            watch(supervisor, stopping)


def _upload(api: httpx.Client, path: Path, *, for_nothing: bool) -> dict[str, Any]:
    """Hand the book in once: a second demo finds it again, and starts it again if it had failed.

    Raises LitinkError("book-unstarted") where it would cost real money: nobody has seen the price.
    """
    terms = {"start": "at_once"} if for_nothing else {}
    key = f"demo-{sha256_of_file(path)[:32]}{'-emulated' if for_nothing else ''}"
    for attempt in ("", "-again"):
        with path.open("rb") as file:
            answer = api.post(
                "/books",
                files={"file": (path.name, file)},
                data=terms,
                headers={"Idempotency-Key": key + attempt},
            )
        book: dict[str, Any] = _checked(answer).json()
        known = api.get(f"/books/{book['id']}")
        if known.status_code != httpx.codes.NOT_FOUND:  # else it was deleted since
            break
    state = _checked(known).json()["state"]
    if state == "unstarted":
        raise LitinkError(
            "book-unstarted",
            "Providers' keys are set, so the sample book costs money: it is on the shelf. See its price on the page "
            "(`litink up`) and start it there, or use `litink demo --with-emulator`, which costs nothing.",
        )
    if state == "failed":
        _checked(api.post(f"/books/{book['id']}/retry"))
    return book


def _follow(addresses: Addresses, book_id: str, progress: AssetProgress, stopping: threading.Event) -> None:
    """Show what the event stream tells until the book is ready. Raises LitinkError with the reason when it fails."""
    with httpx.Client(base_url=f"{addresses.api}/api/v1", timeout=httpx.Timeout(10, read=2)) as api:
        last = ""
        while not stopping.is_set():
            try:
                for event_id, kind, data in _events(api, book_id, last):
                    last = event_id
                    if kind == "asset":
                        progress.update(data)
                    if stopping.is_set():
                        return
            except httpx.ReadTimeout:  # nothing new: look whether somebody wants to stop
                pass
            book = _checked(api.get(f"/books/{book_id}")).json()
            if book["state"] == "failed":
                raise LitinkError(book["problem"]["code"], book["problem"]["message"])
            if book["state"] == "ready":
                return


def _events(api: httpx.Client, book_id: str, last: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    headers = {"Last-Event-ID": last} if last else {}
    with api.stream("GET", f"/books/{book_id}/events", headers=headers) as stream:
        fields: dict[str, str] = {}
        for line in stream.iter_lines():
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif "data" in fields:
                yield fields.get("id", last), fields.get("event", "message"), json.loads(fields["data"])
                fields = {}


def _download(api: httpx.Client, book_id: str, path: str, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    with api.stream("GET", f"/books/{book_id}/{path}") as answer, beside.open("wb") as file:
        if not answer.is_success:
            answer.read()
        for piece in _checked(answer).iter_bytes():
            file.write(piece)
    beside.replace(target)
    return str(target)


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        problem = answer.json()
        raise LitinkError(
            str(problem.get("type", "")).rsplit("/", 1)[-1] or "failed", problem.get("detail") or problem["title"]
        )
    except (ValueError, KeyError):
        raise LitinkError("api-failed", f"The API answered {answer.status_code}.") from None
