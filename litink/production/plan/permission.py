"""What a run may buy: the first making, which its owner started, and after it what an accepted plan covers.

What costs nothing is always permitted. What was begun with leave may be finished (the generator sees to that), so a
run that was killed ends where it would have ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from litink.generation import ledger
from litink.generation.model import Task
from litink.generation.records import ItemRecord
from litink.production import stages
from litink.production.context import Production
from litink.production.names import chapter_of
from litink.production.plan import records
from litink.production.plan.prices import Prices
from litink.production.plan.recipes import bought_from
from litink.production.plan.records import PlanRecord

Permitted = Callable[[Task], bool]


def permission(production: Production, asset: str) -> Permitted:
    """Whether an item of the asset may be made in a run of the book's present revision."""
    book = production.record
    with production.engine.begin() as connection:
        if book.state != "unstarted" and not stages.made_once(connection, book.id):
            return lambda _: True
        applied = records.in_force(connection, book.id) if book.state != "unstarted" else ()
        spent = {
            plan.id: ledger.spent_since(connection, book.id, asset, plan.applied_at)
            for plan in applied
            if plan.applied_at
        }
    leaves = [_Leave(plan, asset, spent[plan.id], book.revision) for plan in applied]
    if not leaves:
        return lambda task: bought_from(task.recipe) is None
    items = {item.key: item for item in production.items(asset)}
    return _Permission(leaves, Prices(production), items)


class _Leave:
    """What one plan allows of one asset: the items that it names and those that may come behind them, up to its price.

    A book that was changed since then has another revision: then only what is exactly as it was planned.
    """

    def __init__(self, plan: PlanRecord, asset: str, spent: Decimal, revision: int) -> None:
        mine = [item for item in plan.draft.items if item.asset == asset and item.model is not None]
        self._current = plan.applied_revision == revision
        self._keys = {item.cache_key for item in mine if item.cache_key}
        self._prices = {item.key: item.usd_most for item in mine}
        self._chapters = {one.chapter for one in plan.draft.following if one.asset == asset}
        self._left = sum((one.usd_most for one in plan.draft.assets if one.asset == asset), Decimal(0)) - spent

    def covers(self, task: Task, usd_most: Decimal) -> bool:
        """Whether the plan allows the item and its price is not used up; if so, the item's share of it is taken.

        ``usd_most`` is that of an item that the plan does not name."""
        most = self._prices.get(task.key, usd_most)
        if not self._named(task) or most > self._left:
            return False
        self._left -= most
        return True

    def _named(self, task: Task) -> bool:
        if task.cache_key in self._keys:
            return True
        if not self._current:
            return False
        return task.key in self._prices or None in self._chapters or chapter_of(task.asset, task.key) in self._chapters


class _Permission:
    def __init__(self, leaves: Sequence[_Leave], prices: Prices, items: Mapping[str, ItemRecord]) -> None:
        self._leaves, self._prices, self._items = leaves, prices, items
        self._granted: set[str] = set()  # cache keys: what is the same is bought once

    def __call__(self, task: Task) -> bool:
        if bought_from(task.recipe) is None or task.cache_key in self._granted:
            return True
        _, most = self._prices.of(task, self._items.get(task.key))
        if not any(leave.covers(task, most) for leave in self._leaves):
            return False
        self._granted.add(task.cache_key)
        return True
