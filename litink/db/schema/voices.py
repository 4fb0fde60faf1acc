"""Voices of people's own."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, String, Table, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from litink.db.schema.columns import created, metadata, owner, updated

voice_clones = Table(
    "voice_clones",
    metadata,
    # Voices made by a provider after recordings. The row is written before the provider is asked.
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()")),
    owner(),
    Column("name", Text, nullable=False),
    Column("gender", String(10), nullable=False),
    Column("age", String(10), nullable=False),
    Column("accent", String(2), nullable=False),
    Column("manner", Text, nullable=False),
    Column("samples", JSONB, nullable=False),  # SHA-256 of each recording; the recordings are not kept
    Column("consent", Text, nullable=False),  # the sentence that the owner confirmed
    Column("mark", String(32), nullable=False, unique=True),  # in the provider's name of it: found again by this
    Column("voice", Text, unique=True),  # Voice.id, once it is made
    Column("state", String(8), nullable=False),
    created(),
    updated(),
    UniqueConstraint("owner_id", "name"),
    # removing: the provider has not said yet that it is gone
    CheckConstraint("state in ('making','ready','removing')", name="state"),
    CheckConstraint("voice is not null or state <> 'ready'", name="voice"),
)
