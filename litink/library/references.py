"""Who refers to stored bytes, and which known results are in use. Whatever is named here is never swept away."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, bindparam, exists, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from litink.db.schema import artefacts, blobs, books, items, metadata, passages, payments, versions
from litink.generation.paid.payments import OPEN

# Columns that name bytes without a foreign key.
PLAIN: tuple[Column[Any], ...] = (books.c.source_sha, books.c.cover_sha)
# Columns that hold a hash to be compared, from which no bytes are ever read.
COMPARED: tuple[Column[Any], ...] = (passages.c.source_sha,)

_UPLOADS: ColumnElement[Any] = literal_column("'$.uploads.*[*].sha'::jsonpath")


def referring() -> tuple[Column[Any], ...]:
    """Every column that refers to stored bytes: all foreign keys to ``blobs``, and :data:`PLAIN`."""
    keys = tuple(
        key.parent for table in metadata.sorted_tables for key in table.foreign_keys if key.column is blobs.c.sha
    )
    return (*keys, *PLAIN)


def unreferenced(sha: ColumnElement[str], *, without: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Nothing refers to these bytes. ``without``: known results that do not count."""
    return and_(*(~_refers(column, sha, without) for column in referring()), ~_uploaded(sha))


def _refers(column: Column[Any], sha: ColumnElement[str], without: ColumnElement[bool] | None) -> ColumnElement[bool]:
    query = _names(column, sha)
    if without is not None and column.table is artefacts:
        query = query.where(~without)
    return exists(query)


def _uploaded(sha: ColumnElement[str]) -> ColumnElement[bool]:
    """The bytes went along with a request that a provider may still be asked about."""
    files = func.jsonb_path_query_array(payments.c.request, _UPLOADS, type_=JSONB)
    query: Select[Any] = select(literal_column("1")).select_from(payments).where(payments.c.state.in_(OPEN))
    return exists(query.where(payments.c.request.is_not(None), files.op("?", is_comparison=True)(sha)))


def idle() -> ColumnElement[bool]:
    """A known result that no item and no version has, neither by its key nor by its content; older than it is kept.

    To be executed with ``free_before`` and ``paid_before``: from when on it is kept, by whether it was paid for.
    """
    old = or_(
        and_(artefacts.c.cost_usd == 0, artefacts.c.created_at < bindparam("free_before")),
        and_(artefacts.c.cost_usd > 0, artefacts.c.created_at < bindparam("paid_before")),
    )
    by_key = (items.c.cache_key, versions.c.cache_key)
    by_content = (items.c.blob_sha, items.c.generated_sha, versions.c.blob_sha)
    used = [
        *(_names(column, artefacts.c.cache_key) for column in by_key),
        *(_names(column, artefacts.c.blob_sha) for column in by_content),
    ]
    return and_(old, *(~exists(query) for query in used))


def _names(column: Column[Any], value: ColumnElement[str]) -> Select[Any]:
    return select(literal_column("1")).select_from(column.table).where(column == value)
