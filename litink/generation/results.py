"""Stored bytes and known results: the tables of blobs and artefacts. All SQL that enters and finds them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from litink.db.schema import artefacts, blobs
from litink.generation.model import Task


@dataclass(frozen=True)
class Blob:
    """Stored bytes: where they are (their SHA-256), how many, and what they are."""

    sha: str
    bytes: int
    media_type: str


@dataclass(frozen=True)
class Artefact:
    cache_key: str
    blob_sha: str
    meta: Mapping[str, Any]


def blob_of(connection: Connection, sha: str) -> Blob | None:
    row = connection.execute(select(blobs.c.sha, blobs.c.bytes, blobs.c.media_type).where(blobs.c.sha == sha)).first()
    return Blob(row.sha, row.bytes, row.media_type) if row else None


def artefacts_for(connection: Connection, keys: Sequence[str]) -> dict[str, Artefact]:
    query = select(artefacts.c.cache_key, artefacts.c.blob_sha, artefacts.c.meta).where(artefacts.c.cache_key.in_(keys))
    return {row["cache_key"]: Artefact(**row) for row in connection.execute(query).mappings()}


def known_of(connection: Connection, keys: Collection[str]) -> set[str]:
    """Those of the cache keys that there is a result for."""
    query = select(artefacts.c.cache_key).where(artefacts.c.cache_key == any_(literal(list(keys), ARRAY(Text))))
    return set(connection.execute(query).scalars())


def record_blob(connection: Connection, sha: str, size: int, media_type: str) -> None:
    """Enter stored bytes. The row stays until the transaction ends, by when something refers to it."""
    fresh = insert(blobs).values(sha=sha, bytes=size, media_type=media_type)
    held = select(blobs.c.sha).where(blobs.c.sha == sha).with_for_update(read=True, key_share=True)
    while True:
        connection.execute(fresh.on_conflict_do_nothing(index_elements=["sha"]))
        if connection.execute(held).first():
            return  # else somebody has just swept it away


def hold_artefacts(connection: Connection, keys: Collection[str]) -> int:
    """Keep known results from being swept away until the transaction ends; how many of them are there still."""
    query = select(artefacts.c.cache_key).where(artefacts.c.cache_key.in_(keys)).order_by(artefacts.c.cache_key)
    return len(connection.execute(query.with_for_update(read=True, key_share=True)).all())


def record_artefact(connection: Connection, task: Task, sha: str, meta: Mapping[str, Any], cost_usd: Decimal) -> None:
    connection.execute(
        insert(artefacts)
        .values(
            cache_key=task.cache_key,
            asset=task.asset,
            blob_sha=sha,
            meta=dict(meta),
            recipe=dict(task.recipe),
            cost_usd=cost_usd,
        )
        .on_conflict_do_update(index_elements=["cache_key"], set_={"blob_sha": sha, "meta": dict(meta)})
    )
