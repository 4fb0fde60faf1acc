"""People, and the answers to requests that they may send twice."""

from __future__ import annotations

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from litink.db.schema.columns import created, metadata, owner

users = Table(
    "users",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("gen_random_uuid()")),
    Column("name", Text, nullable=False, unique=True),
    Column("tier", String(20), nullable=False),
    created(),
)

idempotency = Table(
    "idempotency",
    metadata,
    # The answer to a request that a client may send twice.
    owner(),
    Column("key", String(255), nullable=False),
    Column("operation", String(80), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer),  # null while the first request is under way
    Column("body", JSONB),
    created(),
    PrimaryKeyConstraint("owner_id", "operation", "key"),
)
