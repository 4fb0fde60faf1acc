"""People, and the answers to requests that they may send twice."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, PrimaryKeyConstraint, String, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID

from litink.db.schema.columns import created, metadata, owner

users = Table(
    "users",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("gen_random_uuid()")),
    # What tells people apart: "local", an e-mail address, or an outside issuer with its own id of the person.
    Column("name", Text, nullable=False, unique=True),
    Column("tier", String(20), nullable=False),
    Column("email", Text, unique=True),  # litink.accounts.emails.normalised; null: none is known
    Column("verified_at", DateTime(timezone=True)),  # when its mail was seen to arrive
    Column("password_hash", Text),  # null: there is no way in by password
    Column("role", String(10), nullable=False, server_default="user"),
    Column("state", String(9), nullable=False, server_default="active"),
    created(),
    CheckConstraint("role in ('user','creator','author','superadmin')", name="role"),
    # leaving: being deleted; deleted: nobody any more, an id under which the accounts of payments stand
    CheckConstraint("state in ('active','suspended','leaving','deleted')", name="state"),
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
    Column("body", JSONB(none_as_null=True)),
    created(),
    PrimaryKeyConstraint("owner_id", "operation", "key"),
)
