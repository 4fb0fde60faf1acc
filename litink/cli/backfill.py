"""``litink backfill``: redo an asset of many books with another model; see how far that is, hold it up, go on."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import get_args
from uuid import UUID

from rich.markup import escape
from rich.table import Table

from litink.cli.options import changes_of, first_problem
from litink.cli.output import print_json, results
from litink.errors import Refused
from litink.library import repository
from litink.platform.supervisor import database
from litink.production.backfill.acts import Backfills
from litink.production.backfill.model import Backfill, BackfillOptions, BookState, Forecast
from litink.production.studio import Studio
from litink.settings import get_settings

_BOOKS: tuple[BookState, ...] = get_args(BookState)


def run_backfill(
    *,
    asset: str | None,
    changes: Sequence[str],
    tier: str | None,
    budget: Decimal | None,
    dry_run: bool,
    status: bool,
    pause: str | None,
    resume: str | None,
    cancel: str | None,
    as_json: bool,
) -> None:
    asked = [bool(one) for one in (asset, status, pause, resume, cancel)]
    if sum(asked) != 1:
        raise Refused("bad-option", "Say one thing: --asset NAME, --status, --pause ID, --resume ID or --cancel ID.")
    settings = get_settings()
    with database(settings), Studio.opened(settings) as studio:
        backfills = Backfills(studio.engine, studio.engines)
        if status:
            _show_all(list(backfills.all()), as_json)
        elif pause:
            _show_all([backfills.pause(_id(pause))], as_json)
        elif resume:
            _show_all([backfills.resume(_id(resume), budget)], as_json)
        elif cancel:
            _show_all([backfills.cancel(_id(cancel))], as_json)
        elif dry_run:
            _show_forecast(backfills.forecast(_options(asset, changes, tier, budget)), as_json)
        else:
            with studio.engine.begin() as connection:
                user = repository.local_user(connection)
            _show_all([backfills.start(_options(asset, changes, tier, budget), user)], as_json)
            if not as_json:
                results.print("A running platform works on it, behind everything else; `litink up` starts one.")


def _options(asset: str | None, changes: Sequence[str], tier: str | None, budget: Decimal | None) -> BackfillOptions:
    with first_problem():
        return BackfillOptions(asset=asset or "", changes=changes_of(changes), tier=tier, budget_usd=budget)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Refused("bad-option", f"“{text}” is no backfill's id; `litink backfill --status` lists them.") from None


def _show_forecast(forecast: Forecast, as_json: bool) -> None:
    if as_json:
        print_json(forecast.model_dump(mode="json"))
        return
    if not forecast.items:
        results.print(f"Nothing to redo: every item of {forecast.asset} is what would be bought now.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("tier", "made by"):
        table.add_column(name)
    for name in ("items", "cost USD", "redone USD"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in forecast.parts:
        price = _range(one.usd_least, one.usd_most)
        table.add_row(one.tier, escape(one.made_by or "this machine"), str(one.items), f"${one.cost_usd:.2f}", price)
    results.print(table)
    results.print(
        f"\n[bold]{forecast.items} items of {forecast.books} books, about "
        f"{_range(forecast.usd_least, forecast.usd_most)}[/bold]"
    )
    results.print("Nothing was changed. The same without --dry-run starts it; each book's plan says its price exactly.")


def _show_all(found: Sequence[Backfill], as_json: bool) -> None:
    if as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    if not found:
        results.print("There are no backfills.")
    for one in found:
        models = ", ".join(f"{task}: {model}" for task, model in one.models.items()) or "the tiers' own models"
        books = ", ".join(f"{one.books[state]} {state}" for state in _BOOKS if one.books.get(state))
        results.print(f"[bold]{one.id}[/bold]  {one.state}  {one.asset}  {one.tier or 'all tiers'}")
        results.print(f"  {escape(models)}")
        results.print(f"  books: {books or 'none'}")
        results.print(
            f"  ${one.cost_usd:.2f} so far, ${one.held_usd:.2f} with what was begun, of ${one.budget_usd:.2f}"
        )
        if one.why:
            results.print(f"  {escape(one.why)}")


def _range(least: Decimal | None, most: Decimal | None) -> str:
    return "not known" if least is None or most is None else f"${least:.2f} to ${most:.2f}"
