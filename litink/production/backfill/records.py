"""The tables of backfills: all SQL about them, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case, func, insert, literal, or_, select, text, update

from litink.db.schema import backfill_books, backfills, books, items, ledger, plans, users
from litink.production.backfill.model import Backfill, BackfillBook, BackfillState
from litink.production.plan.recorded import Outdated, books_of
from litink.providers.catalogue import Task

_UNDER_WAY = ("queued", "working")
_UNSETTLED = ("begun", "failed")  # their plan is, or may still be, carried out

_spent = (
    select(func.coalesce(func.sum(ledger.c.cost_usd), 0))
    .where(
        ledger.c.book_id == backfill_books.c.book_id,
        ledger.c.asset == backfills.c.asset,
        ledger.c.paid,
        ledger.c.created_at >= backfill_books.c.begun_at,
    )
    .correlate(backfill_books, backfills)
    .scalar_subquery()
)
_failed = (
    select(func.count())
    .where(items.c.book_id == backfill_books.c.book_id, items.c.asset == backfills.c.asset, items.c.state == "failed")
    .correlate(backfill_books, backfills)
    .scalar_subquery()
)
_open = backfill_books.c.state.in_(_UNSETTLED)
_cost = case((_open, _spent), else_=backfill_books.c.cost_usd)
_held = case((_open, func.greatest(_spent, backfill_books.c.usd_most)), else_=backfill_books.c.cost_usd)
_joined = backfill_books.join(backfills, backfills.c.id == backfill_books.c.backfill_id).outerjoin(
    plans, plans.c.id == backfill_books.c.plan_id
)


@dataclass(frozen=True)
class Order:
    """A backfill as whoever carries it out needs it."""

    id: UUID
    user_id: UUID
    asset: str
    models: Mapping[Task, str]
    budget_usd: Decimal
    state: BackfillState


@dataclass(frozen=True)
class Turn:
    """A book whose turn has come, or whose plan is not known to be carried out."""

    backfill_id: UUID
    book_id: UUID
    planned_anew: bool
    plan_id: UUID | None
    state: str
    plan_state: str | None  # None: there is no such plan any more
    book_state: str | None  # None: there is no such book any more
    problem: Mapping[str, str] | None  # of the book
    items_failed: int  # of the asset
    cost_usd: Decimal  # since it was begun


def put(
    connection: Connection,
    user_id: UUID,
    asset: str,
    models: Mapping[Task, str],
    tier: str | None,
    budget_usd: Decimal,
    groups: Sequence[Outdated],
) -> UUID:
    """A new backfill with every book that has items of the groups."""
    row = {"user_id": user_id, "asset": asset, "models": dict(models), "tier": tier, "budget_usd": budget_usd}
    backfill_id: UUID = connection.execute(
        insert(backfills).values(**row, state="active").returning(backfills.c.id)
    ).scalar_one()
    chosen = books_of(asset, groups).subquery()
    of_this = select(literal(backfill_id), chosen.c.book_id, chosen.c.number)
    connection.execute(insert(backfill_books).from_select(["backfill_id", "book_id", "items"], of_this))
    return backfill_id


def count_books(connection: Connection, asset: str, groups: Sequence[Outdated]) -> int:
    """How many books have items of the groups."""
    return connection.execute(select(func.count()).select_from(books_of(asset, groups).subquery())).scalar_one()


def listed(connection: Connection, backfill_id: UUID | None = None, *, limit: int = 100) -> list[Backfill]:
    """Backfills with how far they are, the newest first; or the one."""
    query = select(backfills, users.c.name.label("started_by")).join(users, users.c.id == backfills.c.user_id)
    if backfill_id is not None:
        query = query.where(backfills.c.id == backfill_id)
    rows = connection.execute(query.order_by(backfills.c.id.desc()).limit(limit)).mappings().all()
    found = []
    for row in rows:
        sums = _sums(connection, row["id"])
        values = {name: row[name] for name in Backfill.model_fields if name in row}
        found.append(
            Backfill(
                **values,
                cost_usd=sum((one[2] for one in sums), Decimal(0)),
                held_usd=sum((one[3] for one in sums), Decimal(0)),
                books={one[0]: one[1] for one in sums},
            )
        )
    return found


def held(connection: Connection, backfill_id: UUID) -> Decimal:
    """What the books of a backfill cost, and may still cost at most."""
    return sum((one[3] for one in _sums(connection, backfill_id)), Decimal(0))


def _sums(connection: Connection, backfill_id: UUID) -> Sequence[Any]:
    query = (
        select(backfill_books.c.state, func.count(), func.sum(_cost), func.sum(_held))
        .select_from(_joined)
        .where(backfill_books.c.backfill_id == backfill_id)
        .group_by(backfill_books.c.state)
    )
    return connection.execute(query).all()


def books_in(
    connection: Connection, backfill_id: UUID, *, after: UUID | None = None, limit: int = 100
) -> list[BackfillBook]:
    """A backfill's books in the order of their turns, behind ``after``."""
    shown = [backfill_books.c[name] for name in BackfillBook.model_fields if name != "cost_usd"]
    query = select(*shown, _cost.label("cost_usd")).select_from(_joined)
    query = query.where(backfill_books.c.backfill_id == backfill_id)
    if after is not None:
        query = query.where(backfill_books.c.book_id > after)
    rows = connection.execute(query.order_by(backfill_books.c.book_id).limit(limit)).mappings()
    return [BackfillBook(**row) for row in rows]


def active(connection: Connection) -> list[Order]:
    """What is to be carried out, the oldest first."""
    query = select(*_order()).where(backfills.c.state == "active").order_by(backfills.c.id)
    return [Order(**row) for row in connection.execute(query).mappings()]


def hold(connection: Connection, backfill_id: UUID) -> Order | None:
    """A backfill that nobody else changes until the transaction ends."""
    query = select(*_order()).where(backfills.c.id == backfill_id).with_for_update()
    row = connection.execute(query).mappings().first()
    return Order(**row) if row else None


def _order() -> list[Any]:
    return [backfills.c[name] for name in Order.__dataclass_fields__]


def set_state(connection: Connection, backfill_id: UUID, state: BackfillState, why: str | None = None) -> None:
    row = update(backfills).where(backfills.c.id == backfill_id)
    connection.execute(row.values(state=state, why=why, updated_at=func.now()))


def set_budget(connection: Connection, backfill_id: UUID, budget_usd: Decimal) -> None:
    connection.execute(update(backfills).where(backfills.c.id == backfill_id).values(budget_usd=budget_usd))


def unsettled(connection: Connection) -> list[Turn]:
    """Books of all backfills of which something is to be found out: how their plan stands."""
    found_out = and_(backfill_books.c.state == "failed", or_(plans.c.id.is_(None), plans.c.state == "done"))
    query = _turns().where(or_(backfill_books.c.state == "begun", found_out))
    return [Turn(**row) for row in connection.execute(query).mappings()]


def next_waiting(connection: Connection, backfill_id: UUID) -> Turn | None:
    """The book whose turn it is: books that are being worked on are passed over."""
    at_rest = or_(books.c.id.is_(None), books.c.state.not_in(_UNDER_WAY))
    query = _turns().where(backfill_books.c.backfill_id == backfill_id, backfill_books.c.state == "waiting", at_rest)
    row = connection.execute(query.order_by(backfill_books.c.book_id).limit(1)).mappings().first()
    return Turn(**row) if row else None


def _turns() -> Any:
    own = ("backfill_id", "book_id", "planned_anew", "plan_id", "state")
    return select(
        *(backfill_books.c[name] for name in own),
        plans.c.state.label("plan_state"),
        books.c.state.label("book_state"),
        books.c.problem,
        _failed.label("items_failed"),
        _cost.label("cost_usd"),
    ).select_from(_joined.outerjoin(books, books.c.id == backfill_books.c.book_id))


def how_many(connection: Connection, backfill_id: UUID, state: str) -> int:
    query = select(func.count()).where(backfill_books.c.backfill_id == backfill_id, backfill_books.c.state == state)
    return connection.execute(query.select_from(backfill_books)).scalar_one()


def set_book(connection: Connection, turn: Turn, state: str, **values: Any) -> None:
    """How a book of a backfill stands now."""
    row = update(backfill_books).where(
        backfill_books.c.backfill_id == turn.backfill_id, backfill_books.c.book_id == turn.book_id
    )
    connection.execute(row.values(state=state, **values))


def begin(connection: Connection, turn: Turn, plan_id: UUID, usd_most: Decimal) -> None:
    """The book's plan is about to be applied: what it costs from now on, at most so much, is the backfill's."""
    set_book(connection, turn, "begun", plan_id=plan_id, usd_most=usd_most, begun_at=func.clock_timestamp(), why=None)


def take_turn(connection: Connection) -> bool:
    """Whether nobody else carries out backfills; so it stays until the transaction ends."""
    mine: bool = connection.execute(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended('litink/backfills', 2))")
    ).scalar_one()
    return mine
