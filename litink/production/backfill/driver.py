"""Carries backfills out: gives books their turn, each with a plan that is applied, and finds out what became of them.

All that is known is in rows, and every act may be repeated: whoever is killed in the middle of one is followed by
another who goes on. A book is begun (its plan's upper price is set aside) before its plan is applied; a plan is applied
once however often that is tried, and nothing is bought but by it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from litink.errors import LitinkError, TransientFailure
from litink.library import repository
from litink.library.repository import BookRecord
from litink.production import stages
from litink.production.backfill import records
from litink.production.backfill.records import Order, Turn
from litink.production.plan.model import PlanOptions
from litink.production.plan.planner import Planner
from litink.production.plan.records import PlanRecord

BEGUN = 4  # books of a backfill at a time: enough that one is always ready to run

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Driver:
    """One at a time over all processes; who comes second does nothing."""

    engine: Engine
    planner: Planner

    def step(self, seconds: float = 20.0) -> int:
        """Do what can be done now, for about so long at most; how many books came further.

        Raises TransientFailure and the database's errors: the next step goes on from there.
        """
        until = time.monotonic() + seconds
        with self.engine.begin() as turn:
            if not records.take_turn(turn):
                return 0
            moved = self._settle()
            with self.engine.begin() as connection:
                orders = records.active(connection)
            for order in orders:
                while time.monotonic() < until and self._advance(order):
                    moved += 1
            return moved

    # -- what became of books that were begun ----------------------------------------------------------------------

    def _settle(self) -> int:
        with self.engine.begin() as connection:
            turns = records.unsettled(connection)
        return sum(self._settled(turn) for turn in turns)

    def _settled(self, turn: Turn) -> bool:
        if turn.book_state in (None, "deleting"):
            return self._close(turn, "done", cost_usd=turn.cost_usd, why="The book was deleted.")
        if turn.plan_state == "done":
            why = f"Items that could not be made: {turn.items_failed}." if turn.items_failed else None
            return self._close(turn, "done", cost_usd=turn.cost_usd, why=why)
        if turn.plan_state == "applied":
            if turn.book_state != "failed":
                return False
            why = (turn.problem or {}).get("message", "The book failed.")
            return self._close(turn, "failed", why=why)
        with self.engine.begin() as connection:  # somebody was killed before the plan was applied
            order = records.hold(connection, turn.backfill_id)
            if order is None or order.state != "active":
                _give_back(connection, turn)
                return True
        return self._apply(order, turn)

    def _close(self, turn: Turn, state: str, **values: object) -> bool:
        with self.engine.begin() as connection:
            records.set_book(connection, turn, state, **values)
        return True

    # -- the next book ---------------------------------------------------------------------------------------------

    def _advance(self, order: Order) -> bool:
        """Give the next book its turn; False when none can have it now."""
        with self.engine.begin() as connection:
            begun = records.how_many(connection, order.id, "begun")
            turn = records.next_waiting(connection, order.id) if begun < BEGUN else None
            if turn is None:
                held = records.hold(connection, order.id)
                if not begun and held and held.state == "active" and not _left(connection, order):
                    records.set_state(connection, order.id, "done")
                return False
            book = repository.get_book(connection, turn.book_id)
            why = _why_not(connection, book)
        if book is None or why:
            return self._close(turn, "skipped", why=why)
        plan = self._planned(order, turn, book)
        if plan is None:
            return True
        if not any(item.asset == order.asset for item in plan.draft.items):
            return self._close(turn, "done", why="Nothing of it is out of date by now.")
        return self._begin(order, turn, plan)

    def _planned(self, order: Order, turn: Turn, book: BookRecord) -> PlanRecord | None:
        """The book's plan; None where there can be none: the book is skipped."""
        changes = {f"{task}.model": model for task, model in order.models.items()}
        try:
            return self.planner.plan(book, PlanOptions(assets=(order.asset,), changes=changes))
        except (TransientFailure, DBAPIError):
            raise
        except Exception as error:  # one book must not hold up all others
            self._close(turn, "skipped", why=_reason(error, turn))
        return None

    def _begin(self, order: Order, turn: Turn, plan: PlanRecord) -> bool:
        """Set the plan's upper price aside, then apply it; False when it does not fit, or nobody wants it any more."""
        with self.engine.begin() as connection:
            now = records.hold(connection, order.id)
            if now is None or now.state != "active":
                return False
            left = now.budget_usd - records.held(connection, order.id)
            if plan.usd_most > left:
                if not records.how_many(connection, order.id, "begun"):  # else something may be left over
                    records.set_state(connection, order.id, "stopped", _too_dear(plan.usd_most, left))
                return False
            records.begin(connection, turn, plan.id, plan.usd_most)
        return self._apply(order, turn, plan)

    def _apply(self, order: Order, turn: Turn, plan: PlanRecord | None = None) -> bool:
        """Have the book's plan carried out. One that changed meanwhile is planned anew once."""
        plan_id = plan.id if plan else turn.plan_id
        with self.engine.begin() as connection:
            book = repository.get_book(connection, turn.book_id)
        try:
            if book is None or plan_id is None:
                raise LitinkError("no-such-book", "The book was deleted.")
            self.planner.apply(book, plan_id, order.user_id)
        except (TransientFailure, DBAPIError):
            raise
        except Exception as error:
            if turn.planned_anew:
                return self._close(turn, "skipped", why=_reason(error, turn), plan_id=None, usd_most=0)
            with self.engine.begin() as connection:
                _give_back(connection, turn, planned_anew=True)
        return True


def _left(connection: Connection, order: Order) -> bool:
    return records.how_many(connection, order.id, "waiting") > 0


def _give_back(connection: Connection, turn: Turn, **values: object) -> None:
    """The book's turn will come again."""
    records.set_book(connection, turn, "waiting", plan_id=None, usd_most=0, begun_at=None, **values)


def _why_not(connection: Connection, book: BookRecord | None) -> str | None:
    """Why a book is left alone. The first making needs no plan: nothing could hold it to a price."""
    if book is None:
        return "The book was deleted."
    if book.state == "unstarted" or not stages.made_once(connection, book.id):
        return "It was never made to its end: that is for its owner to have done."
    return None


def _reason(error: Exception, turn: Turn) -> str:
    """What a person is told."""
    if isinstance(error, LitinkError):
        return error.message
    log.error("a book of a backfill cannot be planned: %s", turn.book_id, exc_info=error)
    return f"It could not be planned: an unexpected {type(error).__name__}."


def _too_dear(usd_most: Decimal, left: Decimal) -> str:
    return f"The next book may cost ${usd_most:.2f}, and ${max(left, Decimal(0)):.2f} are left of the budget."
