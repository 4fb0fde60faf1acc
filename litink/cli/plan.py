"""``litink plan``: what of a book is out of date, why, and what redoing it costs; with --apply, having it done."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.markup import escape
from rich.table import Table

from litink.cli.books import book_named
from litink.cli.options import changes_of, first_problem
from litink.cli.output import print_json, results
from litink.library import repository
from litink.library.repository import BookRecord
from litink.platform.supervisor import database
from litink.production.plan.model import Draft, PlanItem, PlanOptions
from litink.production.plan.records import PlanRecord
from litink.production.studio import Studio
from litink.settings import get_settings

_STATES = {
    "stale": "out of date",
    "missing": "not there",
    "may_follow": "may follow",
    "surplus": "goes away",
}
_SHOWN = 12  # reasons and items of an asset


def show_plan(
    named: str,
    *,
    changes: Sequence[str],
    assets: Sequence[str],
    chapters: str,
    items: Sequence[str],
    budget: Decimal | None,
    apply: bool,
    as_json: bool,
) -> None:
    options = _options(changes, assets, chapters, items, budget)
    settings = get_settings()
    with database(settings), Studio.opened(settings) as studio:
        with studio.engine.begin() as connection:
            owner = repository.local_user(connection)
        book = book_named(studio.engine, owner, named)
        plan = studio.planner.plan(book, options)
        if apply:
            plan = studio.planner.apply(book, plan.id, owner)
    if as_json:
        print_json(_plain(book, plan))
        return
    _show(book, plan)


def _options(
    changes: Sequence[str], assets: Sequence[str], chapters: str, items: Sequence[str], budget: Decimal | None
) -> PlanOptions:
    with first_problem():
        return PlanOptions(
            assets=tuple(assets),
            chapters=chapters,
            items=tuple(items),
            budget_usd=budget,
            changes=changes_of(changes),
        )


def _plain(book: BookRecord, plan: PlanRecord) -> dict[str, Any]:
    return {
        "book_id": str(book.id),
        "title": book.title,
        "plan_id": str(plan.id),
        "state": plan.state,
        "options": plan.options.model_dump(mode="json", by_alias=True),
        **plan.draft.model_dump(mode="json", exclude={"fingerprint"}),
    }


def _show(book: BookRecord, plan: PlanRecord) -> None:
    draft = plan.draft
    results.print(f"\n[bold]{escape(book.title)}[/bold]  plan {plan.id}  {plan.state}")
    if not draft.items and not draft.following:
        results.print("Everything is up to date.")
    table = Table(box=None, pad_edge=False)
    table.add_column("asset", no_wrap=True)
    for name in ("stays", "out of date", "not there", "may follow", "goes away", "left out", "USD", "time"):
        table.add_column(name, justify="right", no_wrap=name in ("USD", "time"))
    for one in draft.assets:
        counts = (one.fresh, one.stale, one.missing, one.may_follow, one.surplus, one.left_out)
        if any(counts[1:]) or one.usd_most:
            table.add_row(
                one.asset, *(str(n or "") for n in counts), _range(one.usd_least, one.usd_most), _time(one.seconds)
            )
    if table.row_count:
        results.print(table)
    for asset in dict.fromkeys(item.asset for item in draft.items):
        _show_items(asset, draft)
    if draft.items or draft.following:
        results.print(
            f"\n[bold]{_range(draft.usd_least, draft.usd_most)}[/bold]  about {_time(draft.seconds) or '0 s'}"
        )
    if plan.state == "open" and draft.usd_most:
        results.print("Nothing was changed. The same with --apply has it done.")
    elif plan.state == "applied":
        results.print("Accepted: a running platform works on it; `litink up` starts one.")


def _show_items(asset: str, draft: Draft) -> None:
    """Why, with the items that share the reason."""
    shared: dict[tuple[str, str], list[PlanItem]] = {}
    for item in draft.items:
        if item.asset == asset:
            shared.setdefault((item.state, "; ".join(reason.text for reason in item.reasons)), []).append(item)
    results.print(f"\n{asset}")
    for (state, why), items in list(shared.items())[:_SHOWN]:
        names = ", ".join(item.label for item in items[:3]) + (f" and {len(items) - 3} more" if len(items) > 3 else "")
        results.print(f"  {_STATES[state]}: {escape(names)}")
        results.print(f"    [dim]{escape(why)}[/dim]")
    if len(shared) > _SHOWN:
        results.print(f"  and {len(shared) - _SHOWN} more reasons; --json has them all")


def _range(least: Decimal, most: Decimal) -> str:
    if not most:
        return "free"
    places = 2 if most >= Decimal("0.10") else 4
    return f"${least:.{places}f} to ${most:.{places}f}"


def _time(seconds: float) -> str:
    if not seconds:
        return ""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
