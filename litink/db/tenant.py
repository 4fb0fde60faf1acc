"""Whose rows a connection may see: the person of the request, told to PostgreSQL at the start of every transaction.

What a person may see is litink.db.tenancy's business; who they are is found out above.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from litink.db.engine import pooled
from litink.errors import PermanentFailure

_OPTION = "litink_person"
_POWERS = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
# Until the transaction ends: nothing is left for the next.
_BEGIN_AS = sql.SQL("BEGIN; SELECT set_config('app.user_id', {}, true)")
_BEGIN = _BEGIN_AS.format(sql.Literal(""))
_TELL = "SELECT set_config('app.user_id', %s, true)"

# The person whom this request, or task, is for; None: nobody, who sees nothing.
person: ContextVar[UUID | None] = ContextVar("litink_person", default=None)
# This request is an operator's, or the installation's own: it goes through the owner's connection.
operating: ContextVar[bool] = ContextVar("litink_operating", default=False)


@lru_cache(maxsize=4)
def tenants_engine(url: str) -> Engine:
    """Connections as the application's role. Without a person (:func:`bound`) they see no row of anybody.

    Connecting raises PermanentFailure("tenants-role") for a role that policies do not hold for.
    """
    engine = pooled(url)

    @event.listens_for(engine, "connect")
    def check(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(_POWERS)
        row = cursor.fetchone()
        cursor.close()
        connection.rollback()
        connection.autocommit = True  # transactions begin below, in one round trip with whose they are
        if row is None or row[0]:
            raise PermanentFailure(
                "tenants-role", "LITINK_TENANTS_DATABASE_URL names a role that row-level security does not hold for."
            )

    @event.listens_for(engine, "begin")
    def tell(connection: Connection) -> None:
        _begin(
            cast("psycopg.Connection[object]", connection.connection.driver_connection),
            connection.get_execution_options().get(_OPTION),
        )

    return engine


def _begin(connection: psycopg.Connection[object], who: UUID | None) -> None:
    connection.execute(_BEGIN if who is None else _BEGIN_AS.format(sql.Literal(str(who))), prepare=False)


def bound(engine: Engine, who: UUID | None) -> Engine:
    """The same pool, for one person. It holds in whatever thread the engine is used."""
    return engine.execution_options(**{_OPTION: who})


@contextmanager
def single(engine: Engine, connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Around one statement on a connection of the engine's pool: a transaction of its own in one round trip, as the
    person whom the engine is bound to, where it is. The statement's rows are fetched after it.
    """
    options = engine.get_execution_options()
    if _OPTION in options:
        with connection.pipeline():  # what is sent in one is one transaction (PostgreSQL 18, 32.5.1.3)
            connection.execute(_TELL, (str(options[_OPTION] or ""),))
            yield
    else:
        connection.autocommit = True
        try:
            yield
        finally:
            if not connection.closed:
                connection.autocommit = False
