"""Recipes as all books' items have them recorded: which are not today's any more. SQL alone; no book is opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Text,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from litink.db.schema import books, items, users
from litink.production.engines import Engines
from litink.production.graph import FAMILIES
from litink.production.names import AMBIENCE, TITLE, card_key
from litink.production.plan.recipes import purchase_of
from litink.production.preferences import preferring
from litink.providers.catalogue import Task

_BATCH = 1000
# Spelled out and not bound, so that what is grouped by is what is asked for.
_models = func.coalesce(
    books.c.options.op("->", return_type=JSONB)(literal_column("'models'")), literal_column("'{}'::jsonb"), type_=JSONB
)


@dataclass(frozen=True)
class Outdated:
    """Finished items of one asset with one recipe that is not what their owners' tier would have today."""

    asset: str
    tier: str
    models: Mapping[Task, str]  # that their books prefer
    recipe: Mapping[str, Any]
    items: int
    books: int
    cost_usd: Decimal  # what they cost when they were made


def outdated(
    connection: Connection,
    engines: Engines,
    asset: str,
    *,
    tier: str | None = None,
    models: Mapping[Task, str] | None = None,
) -> Iterator[Outdated]:
    """Groups of items whose recorded purchase is none of today's: another model, version of the prompt or parameters
    apart from those of a single item (a voice), or made here where a provider is paid by now.

    ``models``: what if these were asked first. What a book has no more, or not yet, no recipe tells.
    """
    each = _by_book(asset)
    query = (
        select(
            users.c.tier,
            _models.label("models"),
            each.c.recipe,
            func.sum(each.c.number).label("items"),
            func.count().label("books"),
            func.sum(each.c.cost_usd).label("cost_usd"),
        )
        .join_from(each, books, books.c.id == each.c.book_id)
        .join(users, users.c.id == books.c.owner_id)
        .where(books.c.state != "deleting")
        .group_by(users.c.tier, _models, each.c.recipe)
    )
    if tier is not None:
        query = query.where(users.c.tier == tier)
    for row in connection.execute(query.execution_options(yield_per=_BATCH)):
        wishes = {**(row.models or {}), **(models or {})}
        if not _current(preferring(engines, wishes), row.tier, asset, row.recipe):
            yield Outdated(asset, row.tier, row.models or {}, row.recipe, int(row.items), row.books, row.cost_usd)


def books_of(asset: str, groups: Iterable[Outdated]) -> Select[tuple[UUID, int]]:
    """The books that have items of these groups of an asset, with how many; for whoever asks the database."""
    wanted: list[dict[str, Any]] = [
        {"tier": one.tier, "models": dict(one.models.items()), "recipe": dict(one.recipe)} for one in groups
    ]
    group = (
        func.jsonb_to_recordset(bindparam("groups", wanted, JSONB))
        .table_valued(column("tier", Text), column("models", JSONB), column("recipe", JSONB), name="g")
        .render_derived(with_types=True)
    )
    each = _by_book(asset)
    return (
        select(each.c.book_id, func.sum(each.c.number).label("number"))
        .join_from(each, books, books.c.id == each.c.book_id)
        .join(users, users.c.id == books.c.owner_id)
        .join(group, and_(group.c.tier == users.c.tier, group.c.models == _models, group.c.recipe == each.c.recipe))
        .where(books.c.state != "deleting")
        .group_by(each.c.book_id)
    )


def _by_book(asset: str) -> Subquery:
    """Items of an asset summed up by book and recipe, before anything is joined: of millions of rows, thousands."""
    return (
        select(
            items.c.book_id, items.c.recipe, func.count().label("number"), func.sum(items.c.cost_usd).label("cost_usd")
        )
        .where(_bought(asset))
        .group_by(items.c.book_id, items.c.recipe)
        .subquery("each")
    )


def _bought(asset: str) -> ColumnElement[bool]:
    """Finished items of an asset, without those that are always made here."""
    cards = or_(items.c.key == TITLE, items.c.key.startswith(card_key(""), autoescape=True))
    ambience = items.c.key.startswith(AMBIENCE, autoescape=True)
    return and_(items.c.asset == asset, items.c.state == "done", ~cards, ~ambience)


def _current(engines: Engines, tier: str, asset: str, recipe: Mapping[str, Any]) -> bool:
    """Whether a recorded recipe buys what would be bought today, leaving the voice aside."""
    today = [
        purchase
        for work in FAMILIES[asset].done_by
        if engines.ladder(tier, work) and (purchase := purchase_of(_recipe(engines, tier, work)))
    ]
    recorded = purchase_of(recipe)
    if asset == "lipsync" and recorded is None:
        return True  # mouths of pictures that were drawn here, which nobody would be paid for
    return recorded is None if not today else any(_general(recorded) == _general(purchase) for purchase in today)


def _recipe(engines: Engines, tier: str, work: Task) -> Mapping[str, Any]:
    match work:
        case "portrait" | "scene_image" | "cover":
            return engines.picture_recipe(work, tier)
        case "motion":
            return engines.animator_recipe(tier) or {}
        case "lipsync":
            return engines.lipsync_recipe(tier) or {}
        case "music":
            return engines.composer_recipe(tier) or {}
        case "speech":
            return engines.voice_recipe(engines.narrator(tier), tier)
        case "embedding":
            return engines.embedder_recipe(tier)
        case "cast" | "plot" | "script" | "scenes":
            return engines.writer_recipe(work, tier)
        case _:
            return {}


def _general(purchase: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A purchase without what differs from item to item."""
    if purchase is None:
        return None
    parameters = {name: value for name, value in purchase.get("parameters", {}).items() if name != "voice"}
    return {**{name: value for name, value in purchase.items() if name != "style"}, "parameters": parameters}
