"""Whose rows a connection may see: the person of the request, told to PostgreSQL at the start of every transaction.

What a person may see is litink.db.tenancy's business; who they are is found out above.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from litink.errors import PermanentFailure

_OPTION = "litink_person"
_POWERS = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_TELL = "SELECT set_config('app.user_id', %s, true)"  # until the transaction ends: nothing is left for the next

# The person whom this request, or task, is for; None: nobody, who sees nothing.
person: ContextVar[UUID | None] = ContextVar("litink_person", default=None)
# This request is an operator's, or the installation's own: it goes through the owner's connection.
operating: ContextVar[bool] = ContextVar("litink_operating", default=False)


@lru_cache(maxsize=4)
def tenants_engine(url: str) -> Engine:
    """Connections as the application's role. Without a person (:func:`bound`) they see no row of anybody.

    Connecting raises PermanentFailure("tenants-role") for a role that policies do not hold for.
    """
    engine = create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)

    @event.listens_for(engine, "connect")
    def check(connection: DBAPIConnection, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(_POWERS)
        row = cursor.fetchone()
        cursor.close()
        connection.rollback()
        if row is None or row[0]:
            raise PermanentFailure(
                "tenants-role", "LITINK_TENANTS_DATABASE_URL names a role that row-level security does not hold for."
            )

    @event.listens_for(engine, "begin")
    def tell(connection: Connection) -> None:
        who = connection.get_execution_options().get(_OPTION)
        cursor = connection.connection.cursor()
        cursor.execute(_TELL, ("" if who is None else str(who),))
        cursor.close()

    return engine


def bound(engine: Engine, who: UUID | None) -> Engine:
    """The same pool, for one person. It holds in whatever thread the engine is used."""
    return engine.execution_options(**{_OPTION: who})
