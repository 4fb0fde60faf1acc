"""Circuit breakers: a provider's model that fails again and again is left alone for a while, by all processes at once.

Closed → (so many failures in a row) → open → (after a pause) → one trial → closed, or open again for twice as long.
Only what says something about the model's health counts: an answer closes; answers that are wrong, lost or could not
be asked for are failures; being throttled, or refused for what was asked, is neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, case, delete, func, literal, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from litink.accounts import audit
from litink.db.schema import breakers
from litink.errors import LitinkError
from litink.generation.paid.policy import Policy

Health = Literal["well", "ill", "unclear"]


class BreakerOpen(LitinkError):
    """The model is left alone for now."""

    def __init__(self, model: str) -> None:
        super().__init__("resting", f"{model} failed too often and is left alone for a while")


def admit(connection: Connection, provider: str, model: str, token: str, seconds: float) -> None:
    """Let a call through, or raise BreakerOpen.

    When it is time for a trial, this call is it: no other is let through for ``seconds``, or until it is known how
    this one ended (:func:`record`).
    """
    row = connection.execute(select(breakers).where(_of(provider, model))).first()
    if row is None or row.opened_at is None:
        return
    now = func.clock_timestamp()
    trial = connection.execute(
        update(breakers)
        .where(_of(provider, model), breakers.c.retry_at <= now)
        .where(or_(breakers.c.trial_until.is_(None), breakers.c.trial_until <= now, breakers.c.trial == token))
        .values(trial=token, trial_until=_in(seconds), updated_at=now)
        .returning(breakers.c.model)
    ).first()
    closed = select(breakers.c.opened_at).where(_of(provider, model), breakers.c.opened_at.is_not(None))
    if trial is None and connection.execute(closed).first():
        raise BreakerOpen(model)


def extend(connection: Connection, provider: str, model: str, token: str, seconds: float) -> None:
    """The trial is a job now and takes longer."""
    connection.execute(
        update(breakers)
        .where(_of(provider, model), breakers.c.trial == token)
        .values(trial_until=_in(seconds), updated_at=func.clock_timestamp())
    )


def record(connection: Connection, provider: str, model: str, token: str, health: Health, policy: Policy) -> None:
    """How a call ended."""
    mine = breakers.c.trial == token
    if health == "well":
        connection.execute(delete(breakers).where(_of(provider, model)))
    elif health == "unclear":
        connection.execute(update(breakers).where(_of(provider, model), mine).values(trial=None, trial_until=None))
    else:
        connection.execute(
            insert(breakers)
            .values(provider=provider, model=model, failures=0)
            .on_conflict_do_nothing(index_elements=["provider", "model"])
        )
        failures = breakers.c.failures + 1
        open_ = failures >= policy.breaker_failures
        doublings = func.least(failures - policy.breaker_failures, 30)
        pause = func.least(policy.breaker_pause * func.power(2.0, doublings), policy.breaker_pause_at_most)
        retry_at = func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, pause)
        connection.execute(
            update(breakers)
            .where(_of(provider, model))
            .values(
                failures=failures,
                opened_at=case((open_, func.coalesce(breakers.c.opened_at, func.clock_timestamp())), else_=null()),
                retry_at=case((open_, retry_at), else_=null()),
                trial=case((mine, null()), else_=breakers.c.trial),
                trial_until=case((mine, null()), else_=breakers.c.trial_until),
                updated_at=func.clock_timestamp(),
            )
        )


def _of(provider: str, model: str):  # type: ignore[no-untyped-def]
    return (breakers.c.provider == provider) & (breakers.c.model == model)


def _in(seconds: float):  # type: ignore[no-untyped-def]
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, literal(seconds))


@dataclass(frozen=True)
class Patient:
    """A model that failed lately. ``open``: it is left alone until ``retry_at``."""

    provider: str
    model: str
    failures: int
    open: bool
    retry_at: datetime | None


def patients(connection: Connection) -> list[Patient]:
    """The models that failed last time they were asked, those left alone first."""
    query = select(breakers).order_by(breakers.c.opened_at.is_(None), breakers.c.provider, breakers.c.model)
    return [
        Patient(row.provider, row.model, row.failures, row.opened_at is not None, row.retry_at)
        for row in connection.execute(query)
    ]


def close(connection: Connection, provider: str, model: str) -> bool:
    """Trust the model again at once; False when it was not distrusted."""
    trusted = bool(connection.execute(delete(breakers).where(_of(provider, model))).rowcount)
    if trusted:
        audit.write(connection, "model.trust", f"{provider}/{model}")
    return trusted
