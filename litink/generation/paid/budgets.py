"""Budgets: what may, will and did go out for a book and for a user's month. Caps hold however many reserve at once.

A budget's row is one payment's after the other: reserving and settling lock it. Locks are always taken in the order
payment, book, user.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, case, delete, exists, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from litink.db.schema import books, budgets, payments
from litink.errors import PermanentFailure
from litink.generation.paid.payments import OPEN, Payment
from litink.generation.paid.policy import Policy

Scope = Literal["book", "user"]
ALWAYS = ""  # the period of a book's budget, and of a user's cap that holds every month


@dataclass(frozen=True)
class Budget:
    """How a budget stands. ``cap_usd``: None where nothing limits it."""

    scope: Scope
    id: UUID
    period: str
    cap_usd: Decimal | None
    reserved_usd: Decimal
    spent_usd: Decimal

    @property
    def left_usd(self) -> Decimal | None:
        """What may still be reserved; below zero after a call that cost more than was reserved for it."""
        return None if self.cap_usd is None else self.cap_usd - self.reserved_usd - self.spent_usd


def budget(connection: Connection, scope: Scope, of: UUID, period: str, default: Decimal | None) -> Budget:
    """A book's budget (period ALWAYS) or a user's of a month ("2026-11"); ``default`` where no cap was set for it."""
    rows = {
        row.period: row
        for row in connection.execute(
            select(budgets).where(budgets.c.scope == scope, budgets.c.id == of, budgets.c.period.in_((period, ALWAYS)))
        )
    }
    here, always = rows.get(period), rows.get(ALWAYS)
    cap = next((row.cap_usd for row in (here, always) if row is not None and row.cap_usd is not None), default)
    if here is None:
        return Budget(scope, of, period, cap, Decimal(0), Decimal(0))
    return Budget(scope, of, period, cap, here.reserved_usd, here.spent_usd)


def set_cap(connection: Connection, scope: Scope, of: UUID, cap_usd: Decimal | None, period: str = ALWAYS) -> None:
    """Give a book or user a cap of its own; None: the installation's default again."""
    connection.execute(
        insert(budgets)
        .values(scope=scope, id=of, period=period, cap_usd=cap_usd)
        .on_conflict_do_update(
            index_elements=["scope", "id", "period"], set_={"cap_usd": cap_usd, "updated_at": func.now()}
        )
    )


def reserve(connection: Connection, payment: Payment, policy: Policy) -> None:
    """Set a payment's estimate aside, for its book and its user, or neither.

    Raises PermanentFailure("cap-reached"), whereupon the transaction must not be committed.
    """
    _reserve(connection, "book", payment.book_id, ALWAYS, payment.estimated_usd, policy.book_cap_usd)
    _reserve(connection, "user", payment.owner_id, payment.period, payment.estimated_usd, policy.user_cap_usd)


def _reserve(
    connection: Connection, scope: Scope, of: UUID, period: str, amount: Decimal, default: Decimal | None
) -> None:
    always = budgets.alias()
    lasting = (
        select(always.c.cap_usd)
        .where(always.c.scope == scope, always.c.id == of, always.c.period == ALWAYS)
        .scalar_subquery()
    )
    cap = func.coalesce(budgets.c.cap_usd, lasting, literal(default, budgets.c.cap_usd.type))
    reserve = (
        update(budgets)
        .where(budgets.c.scope == scope, budgets.c.id == of, budgets.c.period == period)
        .where(or_(cap.is_(None), budgets.c.reserved_usd + budgets.c.spent_usd + amount <= cap))
        .values(reserved_usd=budgets.c.reserved_usd + amount, updated_at=func.now())
        .returning(budgets.c.id)
    )
    if connection.execute(reserve).first():
        return
    fresh = insert(budgets).values(scope=scope, id=of, period=period)
    connection.execute(fresh.on_conflict_do_nothing(index_elements=["scope", "id", "period"]))
    if connection.execute(reserve).first() is None:
        raise _reached(budget(connection, scope, of, period, default), amount)


def _reached(found: Budget, amount: Decimal) -> PermanentFailure:
    whose = "this book" if found.scope == "book" else "this account, this month"
    return PermanentFailure(
        "cap-reached",
        f"The spending cap for {whose} is reached: of ${found.cap_usd:.2f}, ${found.spent_usd:.4f} are spent and "
        f"${found.reserved_usd:.4f} set aside for calls under way; this call may cost ${amount:.4f}. "
        "Raise the cap to go on.",
    )


def settle(connection: Connection, payment: Payment, cost_usd: Decimal) -> None:
    """Put a payment's real cost (0: it was not billed) in the place of what was set aside for it.

    The cost may be higher than that: then the cap may be overdrawn, and nothing more is reserved.
    """
    for scope, of, period in (("book", payment.book_id, ALWAYS), ("user", payment.owner_id, payment.period)):
        connection.execute(
            update(budgets)
            .where(budgets.c.scope == scope, budgets.c.id == of, budgets.c.period == period)
            .values(
                reserved_usd=budgets.c.reserved_usd - payment.estimated_usd,
                spent_usd=budgets.c.spent_usd + cost_usd,
                updated_at=func.now(),
            )
        )


def stray(before: datetime) -> ColumnElement[bool]:
    """Caps of books that were deleted, of which nothing was spent, untouched since ``before``.

    What was spent on a deleted book stays, as do the payments that it is the sum of.
    """
    unused = (budgets.c.spent_usd == 0) & (budgets.c.reserved_usd == 0) & (budgets.c.updated_at < before)
    return (budgets.c.scope == "book") & unused & ~exists(select(books.c.id).where(books.c.id == budgets.c.id))


def forget_stray(connection: Connection, before: datetime, *, dry_run: bool = False) -> int:
    """Remove such rows, or only count them; how many there are."""
    if dry_run:
        return connection.execute(select(func.count()).select_from(budgets).where(stray(before))).scalar_one()
    return connection.execute(delete(budgets).where(stray(before))).rowcount


def imbalances(connection: Connection) -> list[tuple[str, UUID, str]]:
    """The budgets (scope, id, period) that do not equal the sums over their payments. There must never be one."""
    month = func.to_char(func.timezone("UTC", payments.c.created_at), "YYYY-MM")
    is_open = payments.c.state.in_(OPEN)
    sums = [
        func.sum(case((is_open, payments.c.estimated_usd), else_=0)).label("reserved_usd"),
        func.sum(func.coalesce(payments.c.cost_usd, 0)).label("spent_usd"),
    ]
    book = select(literal("book").label("scope"), payments.c.book_id.label("id"), literal("").label("period"), *sums)
    user = select(literal("user"), payments.c.owner_id, month, *sums)
    due = book.group_by(payments.c.book_id).union_all(user.group_by(payments.c.owner_id, text("3"))).subquery()
    same = (due.c.scope == budgets.c.scope) & (due.c.id == budgets.c.id) & (due.c.period == budgets.c.period)
    query = (
        select(
            func.coalesce(due.c.scope, budgets.c.scope),
            func.coalesce(due.c.id, budgets.c.id),
            func.coalesce(due.c.period, budgets.c.period),
        )
        .select_from(due.outerjoin(budgets, same, full=True))
        .where(
            or_(
                func.coalesce(due.c.reserved_usd, 0) != func.coalesce(budgets.c.reserved_usd, 0),
                func.coalesce(due.c.spent_usd, 0) != func.coalesce(budgets.c.spent_usd, 0),
            )
        )
    )
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]
