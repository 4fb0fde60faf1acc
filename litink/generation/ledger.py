"""The ledger: one row a call to an engine or provider. Local engines' are entered here, paid ones by the cashier.

What an item, an asset or a book cost is read from here and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, case, func, select, text
from sqlalchemy.dialects.postgresql import insert

from litink.db.schema import artefacts, ledger, payments, versions
from litink.generation.model import Call, Owned, Task


def record_call(
    connection: Connection, owned: Owned, task: Task, call: Call, seconds: float, run_id: str | None = None
) -> None:
    """Enter a call that went well."""
    connection.execute(
        insert(ledger).values(
            owner_id=owned.owner_id,
            book_id=owned.book_id,
            tier=owned.tier,
            asset=task.asset,
            item_key=task.key,
            cache_key=task.cache_key,
            provider=call.provider,
            model=call.model,
            units=dict(call.units),
            cost_usd=call.cost_usd,
            seconds=round(seconds, 3),
            outcome="done",
            paid=call.paid,
            run_id=run_id,
        )
    )


def cost_of_item(connection: Connection, owned: Owned, task: Task) -> Decimal:
    """What was spent on an item since its last content was recorded: by all runs, for useless calls too."""
    recorded = select(func.max(versions.c.created_at)).where(
        versions.c.book_id == owned.book_id, versions.c.asset == task.asset, versions.c.key == task.key
    )
    since = func.coalesce(recorded.scalar_subquery(), text("'-infinity'::timestamptz"))
    query = select(func.coalesce(func.sum(ledger.c.cost_usd), 0)).where(
        ledger.c.book_id == owned.book_id,
        ledger.c.asset == task.asset,
        ledger.c.item_key == task.key,
        ledger.c.created_at > since,
    )
    return Decimal(connection.execute(query).scalar_one())


def calls_of(connection: Connection, book_id: UUID, asset: str, cache_key: str) -> list[dict[str, Any]]:
    """The calls that were made for a content of a book, the oldest first; of paid ones the request's hash."""
    query = (
        select(
            *(ledger.c[name] for name in ("provider", "model", "units", "cost_usd", "seconds", "outcome", "paid")),
            (ledger.c.rung > 0).label("fallback"),
            ledger.c.run_id,
            payments.c.fingerprint.label("request_sha256"),
            ledger.c.created_at.label("at"),
        )
        .outerjoin(payments, payments.c.id == ledger.c.payment_id)
        .where(ledger.c.book_id == book_id, ledger.c.asset == asset, ledger.c.cache_key == cache_key)
        .order_by(ledger.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def recipes_bought(
    connection: Connection, book_id: UUID, of: Collection[str]
) -> dict[tuple[str, str], list[Mapping[str, Any] | None]]:
    """By which recipes items of these assets of a book were ever paid for, by asset and key; None: nobody knows any
    more, or it came to nothing."""
    query = (
        select(ledger.c.asset, ledger.c.item_key, artefacts.c.recipe)
        .outerjoin(artefacts, artefacts.c.cache_key == ledger.c.cache_key)
        .where(ledger.c.book_id == book_id, ledger.c.asset.in_(of), ledger.c.paid, ledger.c.outcome == "done")
        .distinct()
    )
    found: dict[tuple[str, str], list[Mapping[str, Any] | None]] = {}
    for asset, key, recipe in connection.execute(query):
        found.setdefault((asset, key), []).append(recipe)
    return found


def spent_by_run(connection: Connection, run_id: str, book_id: UUID, asset: str) -> tuple[int, Decimal]:
    """Calls that a run made for an asset of a book, and what they cost together."""
    query = select(func.count(), func.coalesce(func.sum(ledger.c.cost_usd), 0)).where(
        ledger.c.run_id == run_id, ledger.c.book_id == book_id, ledger.c.asset == asset
    )
    calls, cost = connection.execute(query).one()
    return calls, Decimal(cost)


def tempo(connection: Connection, book_id: UUID, latest: int = 2000) -> dict[tuple[str, str | None], float]:
    """Median seconds that an item takes, by asset and model (None: made here), from the book's own calls and the
    ``latest`` ones of all books."""
    columns = (ledger.c.id, ledger.c.book_id, ledger.c.asset, ledger.c.item_key, ledger.c.model, ledger.c.paid)
    chosen = select(*columns, ledger.c.seconds).where(ledger.c.outcome == "done")
    own = chosen.where(ledger.c.book_id == book_id)
    recent = chosen.order_by(ledger.c.id.desc()).limit(latest)
    calls = own.union(recent).subquery()
    model = case((calls.c.paid, calls.c.model))
    each = (
        select(calls.c.asset, model.label("model"), func.sum(calls.c.seconds).label("seconds"))
        .group_by(calls.c.book_id, calls.c.asset, calls.c.item_key, model)
        .subquery()
    )
    median = func.percentile_cont(0.5).within_group(each.c.seconds)
    query = select(each.c.asset, each.c.model, median).group_by(each.c.asset, each.c.model)
    return {(row[0], row[1]): float(row[2]) for row in connection.execute(query)}


def units_an_item(connection: Connection, asset: str, latest: int = 2000) -> dict[str, float]:
    """What an item of an asset is billed by in the mean (tokens_in, characters, …), from the ``latest`` paid calls."""
    chosen = (
        select(ledger.c.book_id, ledger.c.item_key, ledger.c.units)
        .where(ledger.c.asset == asset, ledger.c.paid, ledger.c.outcome == "done")
        .order_by(ledger.c.id.desc())
        .limit(latest)
    )
    sums: Counter[str] = Counter()
    items = set[tuple[UUID, str]]()
    for row in connection.execute(chosen):
        items.add((row.book_id, row.item_key))
        sums.update({name: value for name, value in row.units.items() if isinstance(value, int | float)})
    return {name: total / len(items) for name, total in sums.items()}


def spent_since(connection: Connection, book_id: UUID, asset: str, since: datetime) -> Decimal:
    """What was paid for an asset of a book since then."""
    query = select(func.coalesce(func.sum(ledger.c.cost_usd), 0)).where(
        ledger.c.book_id == book_id, ledger.c.asset == asset, ledger.c.paid, ledger.c.created_at >= since
    )
    return Decimal(connection.execute(query).scalar_one())


def costs_of(connection: Connection, book_id: UUID) -> list[dict[str, Any]]:
    """Calls, units and cost by asset, provider and model."""
    query = (
        select(
            ledger.c.asset,
            ledger.c.provider,
            ledger.c.model,
            ledger.c.paid,
            func.count().label("calls"),
            func.sum(ledger.c.cost_usd).label("cost_usd"),
            func.sum(ledger.c.seconds).label("seconds"),
        )
        .where(ledger.c.book_id == book_id)
        .group_by(ledger.c.asset, ledger.c.provider, ledger.c.model, ledger.c.paid)
        .order_by(ledger.c.asset, ledger.c.provider, ledger.c.model)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
