"""What happened to a book since a plan of it was made, in a few sentences. Reads only."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select, union_all

from litink.db.schema import corrections, edits
from litink.library.repository import BookRecord
from litink.production.plan.model import Draft, PlanItem
from litink.production.plan.records import PlanRecord

_SHOWN = 5


def news_since(connection: Connection, book: BookRecord, plan: PlanRecord, now: Draft) -> str:
    """Sentences, each with its full stop; never empty."""
    changes = [
        select(table.c.updated_at, table.c.summary, table.c.state).where(
            table.c.book_id == book.id, table.c.updated_at > plan.created_at
        )
        for table in (corrections, edits)
    ]
    rows = connection.execute(union_all(*changes).order_by("updated_at").limit(100)).all()
    told = [row.summary if row.state == "in_force" else f"taken back: {row.summary}" for row in rows]
    said = (
        [f"{'; '.join(told[-_SHOWN:])}{f', and {len(told) - _SHOWN} more' if len(told) > _SHOWN else ''}."]
        if told
        else []
    )
    said += _items(_named(plan.draft), _named(now))
    if plan.usd_most != now.usd_most:
        said.append(f"It would cost ${now.usd_most:.2f} at most instead of ${plan.usd_most:.2f}.")
    return " ".join(said) or "What it is made from is not the same."


def _items(before: Mapping[tuple[str, str], PlanItem], after: Mapping[tuple[str, str], PlanItem]) -> list[str]:
    more = [item for name, item in after.items() if name not in before]
    less = [item for name, item in before.items() if name not in after]
    other = [item for name, item in after.items() if name in before and item.cache_key != before[name].cache_key]
    return [
        f"{len(items)} {'item' if len(items) == 1 else 'items'} {what} ({_examples(items)})."
        for items, what in (
            (more, "are out of date that were not" if len(more) != 1 else "is out of date that was not"),
            (less, "are up to date by now" if len(less) != 1 else "is up to date by now"),
            (other, "would come out otherwise"),
        )
        if items
    ]


def _examples(items: list[PlanItem]) -> str:
    names = [f"{item.asset}: {item.label}" for item in items[:3]]
    return ", ".join(names) + (", …" if len(items) > 3 else "")


def _named(draft: Draft) -> dict[tuple[str, str], PlanItem]:
    return {(item.asset, item.key): item for item in draft.items}
