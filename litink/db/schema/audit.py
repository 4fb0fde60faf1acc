"""Who did what to whom. Rows are added and, once they are old, removed; a trigger refuses everything else."""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from litink.db.schema.columns import created, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()")),
    created(),
    # People are named without a key to their rows: an entry outlives whom it names, and hinders nobody's deletion.
    Column("actor_id", UUID(as_uuid=True)),  # null: the installation itself, or somebody who is not known
    Column("via", String(8), nullable=False),  # litink.accounts.acting.Via
    Column("action", String(40), nullable=False),  # litink.accounts.audit.Action
    Column("target_kind", String(12), nullable=False),
    Column("target_id", Text, nullable=False),
    Column("details", JSONB, nullable=False, server_default="{}"),
    Column("request_id", String(64)),
    Column("network", Text),  # where the request came from; the one thing that is taken away with a person
    Index("ix_audit_actor_id_id", "actor_id", "id"),
    Index("ix_audit_target_id_id", "target_id", "id"),
    Index("ix_audit_created_at", "created_at"),
)
