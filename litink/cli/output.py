"""What commands print: results on stdout, everything else on stderr. Progress bars; no decisions."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from litink.errors import LitinkError

errors = Console(stderr=True, highlight=False)
results = Console(highlight=False)


def complain(error: LitinkError) -> None:
    """One line, as it is: markup in a file's name is not ours to interpret."""
    errors.print(f"litink: {error.message}", markup=False, style="red", soft_wrap=True)


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


class AssetProgress:
    """A bar an asset, with the item that was made last beside it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def update(self, data: Mapping[str, Any]) -> None:
        """``data`` is what the event stream says about an asset."""
        name, state = str(data["asset"]), data["state"]
        if name not in self._bars:
            self._bars[name] = self._progress.add_task(name, total=data["total"] or 1, item="")
        item = {"done": "[green]✓[/green]", "failed": "[red]failed[/red]"}.get(state, "")
        if state == "running" and data.get("item"):
            item = "[dim]" + str(data["item"]).replace("[", "(")[:60] + "[/dim]"
        if data.get("failed"):
            item = f"[yellow]{data['failed']} failed[/yellow] {item}"
        self._progress.update(
            self._bars[name], total=max(data["total"], 1), completed=data["done"] + data["failed"], item=item
        )


@contextmanager
def asset_progress(*, quiet: bool = False) -> Iterator[AssetProgress]:
    columns = (
        SpinnerColumn(finished_text=" "),
        TextColumn("{task.description:<17}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[item]}"),
    )
    with Progress(*columns, console=errors, disable=quiet) as progress:
        yield AssetProgress(progress)


@contextmanager
def page_progress(*, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A bar that appears with the first scanned page: call it with the numbers of pages read and to be read."""
    columns = (TextColumn("recognising pages"), BarColumn(bar_width=28), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, disable=quiet, transient=True) as progress:
        bars: list[TaskID] = []

        def tell(done: int, total: int) -> None:
            if not bars:
                bars.append(progress.add_task("", total=total))
            progress.update(bars[0], completed=done, total=total)

        yield tell
