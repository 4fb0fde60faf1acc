"""The inbox of Stripe's events: each is kept once and answered at once; a worker follows them up later."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, Update, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.billing.entitlement import moment
from litink.billing.following import Follower
from litink.db.schema import stripe_events
from litink.errors import LitinkError, TransientFailure
from litink.providers.stripe import Event, Stripe

TRIES = 12  # of a look-up that fails in passing: about a day
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=6)
KEPT = timedelta(days=90)

log = logging.getLogger(__name__)


def receive(connection: Connection, event: Event) -> bool:
    """Keep an event; False when it came before."""
    statement = insert(stripe_events).values(
        id=event.id,
        type=event.type,
        kind=event.kind,
        about=event.about,
        customer=event.customer,
        happened_at=moment(event.created),
    )
    return connection.execute(statement.on_conflict_do_nothing().returning(stripe_events.c.id)).first() is not None


@dataclass
class Worked:
    """How many events were followed up, put off, given up."""

    done: int = 0
    put_off: int = 0
    failed: int = 0


class Worker:
    def __init__(self, engine: Engine, stripe: Stripe, follower: Follower) -> None:
        self._engine = engine
        self._stripe = stripe
        self._follower = follower

    def work(self, most: int = 200) -> Worked:
        """Follow up what waits; all events of a customer by one look-up. May run in several processes at once."""
        worked = Worked()
        for _ in range(most):
            with self._engine.begin() as connection:
                row = connection.execute(_next()).first()
                if row is None:
                    break
                try:
                    customer = row.customer or self._customer_of(row.kind, row.about)
                    mine = _mine(connection, row.id, customer)
                    if customer is not None:
                        self._follower.follow(customer)
                    connection.execute(_these(mine).values(state="done", problem=None))
                    worked.done += len(mine)
                except LitinkError as error:
                    lost = not isinstance(error, TransientFailure) or row.tries + 1 >= TRIES
                    wait = min(_FIRST_WAIT * 2**row.tries, _LONGEST_WAIT)
                    changes = {"tries": row.tries + 1, "problem": error.message, "next_try_at": func.now() + wait}
                    connection.execute(_these([row.id]).values(changes | ({"state": "failed"} if lost else {})))
                    worked.failed += lost
                    worked.put_off += not lost
                    log.warning("event %s (%s): %s", row.id, row.type, error.message)
        return worked

    def _customer_of(self, kind: str, about: str) -> str | None:
        """Whom an event is about that does not say so: that is a dispute, or nobody."""
        return self._stripe.customer_of_dispute(about) if kind == "dispute" else None


def counts(connection: Connection) -> Mapping[str, int]:
    """How many events there are by state."""
    query = select(stripe_events.c.state, func.count()).group_by(stripe_events.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def forget_old(connection: Connection, at: datetime) -> int:
    """Remove events that were followed up long ago; Stripe sends none again that is so old."""
    old = delete(stripe_events).where(stripe_events.c.state == "done", stripe_events.c.created_at < at - KEPT)
    return connection.execute(old).rowcount


def _next() -> Select[Any]:
    waits = (stripe_events.c.state == "waiting", stripe_events.c.next_try_at <= func.now())
    query = select(stripe_events).where(*waits).order_by(stripe_events.c.next_try_at, stripe_events.c.id)
    return query.limit(1).with_for_update(skip_locked=True)


def _mine(connection: Connection, event: str, customer: str | None) -> list[str]:
    """The event and all others that wait for the same customer by now: the look-up that follows answers them all."""
    same: ColumnElement[bool] = stripe_events.c.id == event
    if customer is not None:
        same |= (stripe_events.c.customer == customer) & (stripe_events.c.state == "waiting")
    query = select(stripe_events.c.id).where(same).with_for_update(skip_locked=True)
    return list(connection.execute(query).scalars())


def _these(ids: list[str]) -> Update:
    return update(stripe_events).where(stripe_events.c.id.in_(ids))
