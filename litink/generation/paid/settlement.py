"""What is known of a payment goes on the books: state, budgets, credits, breaker, ledger, in one transaction, once.

Locks are taken in the order book, payment, budgets, credits, breaker, by everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.accounts import audit
from litink.billing import credits
from litink.db.schema import books, ledger, payments
from litink.errors import Refused
from litink.generation.backfilled import backfilled
from litink.generation.paid import breakers, budgets, claims
from litink.generation.paid.breakers import Health
from litink.generation.paid.payments import Draft, Payment, by_token, change, find, get, intend, named, nudge
from litink.generation.paid.plain import plain
from litink.generation.paid.policy import Policy
from litink.generation.results import record_blob

Outcome = Literal["done", "wrong", "refused", "unknown"]


@dataclass(frozen=True)
class Kept:
    """An answer whose bytes are in the object store."""

    sha: str
    bytes: int
    media_type: str
    meta: Mapping[str, object]


@dataclass(frozen=True)
class Verdict:
    """How a payment ended. ``cost_usd`` is 0 unless it was billed. ``run_id``: the run that found out."""

    outcome: Outcome
    cost_usd: Decimal = Decimal(0)
    units: Mapping[str, float] = field(default_factory=dict)
    reference: str = ""
    kept: Kept | None = None
    error: Mapping[str, str] | None = None
    health: Health = "unclear"
    run_id: str | None = None
    resolved_by: str | None = None


def open_payment(connection: Connection, draft: Draft, policy: Policy) -> Payment | None:
    """Write a payment down before its request goes out, with its reservations. None when the request stands already.

    Raises PermanentFailure("cap-reached", "credits-short") and BreakerOpen; nothing is written then. Safe to do
    twice with one draft.
    """
    known = by_token(connection, draft.token)
    if known:
        return known
    payment = intend(connection, draft)
    if payment is None:
        return None
    budgets.reserve(connection, payment, policy)
    if policy.tariff is not None and not backfilled(connection, payment.book_id):  # which is the operator's wish
        who = (payment.owner_id, payment.tier, payment.id)
        credits.reserve(connection, *who, payment.estimated_usd, policy.tariff, datetime.now(UTC))
    breakers.admit(connection, payment.provider, payment.model, payment.token, draft.seconds)
    return payment


def settle(connection: Connection, payment: Payment, verdict: Verdict, policy: Policy) -> Payment:
    """Enter how a payment ended; returns how it stands, which is something else if somebody entered it before.

    A payment held as unknown may still be settled as anything else.
    """
    book = connection.execute(
        select(books.c.state).where(books.c.id == payment.book_id).with_for_update(read=True, key_share=True)
    ).scalar()
    now = get(connection, payment.id, lock=True)
    if not now.open or now.state == verdict.outcome:
        return now
    kept = verdict.kept if book not in (None, "deleting") else None  # nobody is left to use the answer
    if kept:
        record_blob(connection, kept.sha, kept.bytes, kept.media_type)
    billed = verdict.outcome in ("done", "wrong")
    values: dict[str, object] = {
        "state": "lapsed" if verdict.outcome == "done" and kept is None else verdict.outcome,
        "units": plain(verdict.units),
        "reference": plain(verdict.reference) or now.reference,
        "error": plain(verdict.error) or now.error,
        "run_id": verdict.run_id or now.run_id,
    }
    if kept:
        values |= {"answer_sha": kept.sha, "media_type": plain(kept.media_type), "meta": plain(kept.meta)}
    if book in (None, "deleting"):
        values["request"] = None  # a deleted book's words are not kept, whatever becomes of the payment
    if verdict.outcome != "unknown":
        values |= {
            "cost_usd": verdict.cost_usd if billed else Decimal(0),
            "request": None,
            "settled_at": func.clock_timestamp(),
            "resolved_by": verdict.resolved_by,
        }
        budgets.settle(connection, now, verdict.cost_usd if billed else Decimal(0))
        credits.settle(connection, now.id, verdict.cost_usd if billed else Decimal(0), datetime.now(UTC))
    settled = change(connection, now.id, values)
    if verdict.resolved_by is None:
        breakers.record(connection, now.provider, now.model, now.token, verdict.health, policy)
    else:
        details = {"outcome": verdict.outcome, "cost_usd": str(verdict.cost_usd)}
        audit.write(connection, "payment.resolve", now.id, details)
    _enter(connection, settled, verdict.outcome)
    nudge(connection, now.id)
    return settled


def _enter(connection: Connection, payment: Payment, outcome: Outcome) -> None:
    """The payment's row in the ledger.

    An unknown one costs nothing yet. When it is resolved its row moves to that day: no day's costs change afterwards.
    """
    cost = payment.cost_usd or Decimal(0)
    statement = insert(ledger).values(
        owner_id=payment.owner_id,
        book_id=payment.book_id,
        tier=payment.tier,
        asset=payment.asset,
        item_key=payment.item_key,
        cache_key=payment.cache_key,
        provider=payment.provider,
        operation=payment.operation,
        model=payment.model,
        rung=payment.rung,
        units=dict(payment.units),
        estimated_usd=payment.estimated_usd,
        cost_usd=cost,
        seconds=select(func.extract("epoch", func.clock_timestamp() - payments.c.created_at))
        .where(payments.c.id == payment.id)
        .scalar_subquery(),
        outcome=outcome,
        paid=True,
        run_id=payment.run_id,
        payment_id=payment.id,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["payment_id"],
            set_={
                "outcome": outcome,
                "cost_usd": cost,
                "units": dict(payment.units),
                "run_id": payment.run_id,
                "created_at": func.now(),
            },
        )
    )


def resolve(connection: Connection, payment_id: int, verdict: Verdict, policy: Policy) -> Payment:
    """A person's verdict about a payment that is held. The same verdict of the same person twice is one.

    Raises Refused("not-held"), Refused("call-taken") when another payment stands for the call of that reference.
    """
    known = find(connection, payment_id)
    if known is not None and verdict.reference:
        claims.lock(connection, known.provider)
        other = named(connection, known.provider, verdict.reference, known.id)
        if other is not None:
            raise Refused("call-taken", f"The call of that reference is on the books already, as payment {other.id}.")
    if known is None:
        raise Refused("not-held", "There is no such payment.")
    if known.state != "unknown":
        if (known.state, known.resolved_by, known.cost_usd) == (verdict.outcome, verdict.resolved_by, verdict.cost_usd):
            return known
        raise Refused("not-held", f"This payment is not held: it is {known.state} by now.")
    return settle(connection, known, verdict, policy)


def discredit(connection: Connection, payment: Payment, error: Mapping[str, str]) -> None:
    """A kept answer turned out not to be what was asked. It stays paid: its cost was counted and keeps its day."""
    moved = connection.execute(
        update(payments)
        .where(payments.c.id == payment.id, payments.c.state == "done")
        .values(state="wrong", error=plain(error))
    )
    if moved.rowcount:
        connection.execute(update(ledger).where(ledger.c.payment_id == payment.id).values(outcome="wrong"))
        nudge(connection, payment.id)
