"""``litink sweep``: what nobody needs any more is removed, or only counted."""

from __future__ import annotations

from rich.table import Table

from litink.cli.output import print_json, results
from litink.db.engine import application_url, engine_for
from litink.library.sweeper import WHAT, Sweeper
from litink.objects import Objects
from litink.platform.supervisor import database
from litink.settings import get_settings


def run_sweep(*, dry_run: bool, as_json: bool) -> None:
    settings = get_settings()
    with database(settings):
        engine = engine_for(application_url(settings))
        swept = Sweeper.from_settings(engine, Objects.from_settings(settings), settings).sweep(dry_run=dry_run)
    if as_json:
        kinds = {kind: {"count": swept.counts[kind], "bytes": swept.bytes[kind]} for kind in WHAT}
        print_json({"dry_run": dry_run, "bytes": swept.total_bytes, **kinds})
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("would go" if dry_run else "gone")
    table.add_column("how many", justify="right")
    table.add_column("bytes", justify="right")
    for kind, told in WHAT.items():
        table.add_row(told, str(swept.counts[kind]), f"{swept.bytes[kind]:,}")
    results.print(table)
