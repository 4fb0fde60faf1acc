"""Backfills as acts: see what one would come to, start it, look how far it is, hold it up. Carried out next door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, Engine

from litink.accounts import audit
from litink.accounts.audit import Action
from litink.errors import LitinkError, Refused
from litink.production.backfill import records
from litink.production.backfill.forecast import Found, forecast
from litink.production.backfill.model import Backfill, BackfillBook, BackfillOptions, BackfillState, Forecast
from litink.production.backfill.records import Order
from litink.production.engines import Engines

_ENDED = ("done", "cancelled")


@dataclass(frozen=True)
class Backfills:
    """The backfills of one installation."""

    engine: Engine
    engines: Engines

    def forecast(self, options: BackfillOptions) -> Forecast:
        """What a backfill would redo. Changes nothing. Raises Refused for options that make no sense."""
        with self.engine.begin() as connection:
            return self._found(connection, options).forecast

    def start(self, options: BackfillOptions, user_id: UUID) -> Backfill:
        """Enter a backfill: from now on its books are redone, one after another, for the budget at most.

        Raises Refused "nothing-to-redo"; "no-budget" where no price can be told and no budget is given; and for
        options that make no sense.
        """
        with self.engine.begin() as connection:
            found = self._found(connection, options)
            if not found.groups:
                raise Refused("nothing-to-redo", f"No item of {options.asset} would be bought otherwise now.")
            budget = found.forecast.usd_most if options.budget_usd is None else options.budget_usd
            if budget is None:
                raise Refused("no-budget", "Nothing like it was ever bought, so no price can be told: give a budget.")
            backfill_id = records.put(
                connection,
                user_id,
                options.asset,
                found.forecast.models,
                options.tier,
                budget,
                found.groups,
            )
            audit.write(connection, "backfill.start", backfill_id, {"asset": options.asset, "budget_usd": str(budget)})
            return _must_be(records.listed(connection, backfill_id))

    def all(self) -> Sequence[Backfill]:
        """The newest first."""
        with self.engine.begin() as connection:
            return records.listed(connection)

    def get(self, backfill_id: UUID) -> Backfill:
        """Raises LitinkError("no-such-backfill")."""
        with self.engine.begin() as connection:
            return _must_be(records.listed(connection, backfill_id))

    def books(self, backfill_id: UUID, *, after: UUID | None = None, limit: int = 100) -> Sequence[BackfillBook]:
        """In the order of their turns. Raises LitinkError("no-such-backfill")."""
        with self.engine.begin() as connection:
            _must_be(records.listed(connection, backfill_id))
            return records.books_in(connection, backfill_id, after=after, limit=limit)

    def pause(self, backfill_id: UUID) -> Backfill:
        """No more books are begun; those that were are finished. Raises as :meth:`resume`."""
        return self._turn_to(backfill_id, "paused", "backfill.pause")

    def cancel(self, backfill_id: UUID) -> Backfill:
        """As :meth:`pause`, for good."""
        return self._turn_to(backfill_id, "cancelled", "backfill.cancel")

    def resume(self, backfill_id: UUID, budget_usd: Decimal | None = None) -> Backfill:
        """Go on where it was paused or stopped, with another budget for the whole of it if one is given.

        Raises LitinkError "no-such-backfill", "backfill-ended" (it is done or cancelled).
        """
        return self._turn_to(backfill_id, "active", "backfill.resume", budget_usd)

    def _turn_to(
        self, backfill_id: UUID, state: BackfillState, action: Action, budget_usd: Decimal | None = None
    ) -> Backfill:
        with self.engine.begin() as connection:
            order = _must_be_there(records.hold(connection, backfill_id))
            if order.state in _ENDED and order.state != state:
                raise LitinkError("backfill-ended", f"The backfill is {order.state}; start another one.")
            if budget_usd is not None:
                records.set_budget(connection, backfill_id, budget_usd)
            records.set_state(connection, backfill_id, state)
            if order.state != state or budget_usd is not None:
                budget = None if budget_usd is None else str(budget_usd)
                audit.write(connection, action, backfill_id, {"was": order.state, "budget_usd": budget})
            return _must_be(records.listed(connection, backfill_id))

    def _found(self, connection: Connection, options: BackfillOptions) -> Found:
        return forecast(connection, self.engines, options)


def _must_be(found: Sequence[Backfill]) -> Backfill:
    if not found:
        raise _unknown()
    return found[0]


def _must_be_there(order: Order | None) -> Order:
    if order is None:
        raise _unknown()
    return order


def _unknown() -> LitinkError:
    return LitinkError("no-such-backfill", "There is no such backfill; `litink backfill --status` lists them.")
