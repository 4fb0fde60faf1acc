"""Queries that are asked all the time: compiled once, sent by the driver itself on connections of the same pools.

SQLAlchemy's work around a statement (half a millisecond) is more than PostgreSQL's own for a row by its key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import psycopg
from sqlalchemy import Engine, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import OperationalError

from litink.db import tenant


class Prepared:
    """A query whose parameters are given by name; values come as the driver has them."""

    def __init__(self, query: Select[Any]) -> None:
        compiled = query.compile(dialect=PGDialect_psycopg())  # type: ignore[no-untyped-call]
        self._text, self._fixed = compiled.string, compiled.params

    def rows(self, engine: Engine, **asked: object) -> Sequence[tuple[Any, ...]]:
        """In a transaction of its own, as the engine's person. Raises sqlalchemy.exc.OperationalError."""
        pooled = engine.raw_connection()
        connection = cast("psycopg.Connection[tuple[Any, ...]]", pooled.driver_connection)
        try:
            with tenant.single(engine, connection):
                cursor = connection.execute(self._text, {**self._fixed, **asked})
            return cursor.fetchall()
        except psycopg.OperationalError as error:
            raise OperationalError(self._text, None, error) from error
        finally:
            if connection.broken:
                pooled.invalidate()
            pooled.close()
