"""Mail on its way out."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from litink.db.schema.columns import created, metadata, owner

mails = Table(
    "mails",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    owner(),
    Column("recipient", Text, nullable=False),
    Column("template", String(20), nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text),  # gone when it was sent: it may hold what opens an account
    Column("html", Text),
    Column("state", String(8), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("error", JSONB(none_as_null=True)),  # {code, message}
    created(),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_mails_due_at", "due_at", postgresql_where=sql("state in ('waiting','sending')")),
    Index("ix_mails_owner_id", "owner_id"),
    # sending: handed to the wire; unknown: nobody knows whether it went out, so it is not sent again
    CheckConstraint("state in ('waiting','sending','sent','failed','unknown')", name="state"),
)
