"""How people come in: sessions, tokens, proofs, and log-ins that failed. Of every secret only its hash is kept."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, Index, Integer, String, Table, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from litink.db.schema.columns import created, metadata, owner

sessions = Table(
    "sessions",
    metadata,
    # A log-in, and everything that was refreshed from it.
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()")),
    owner(),
    Column("agent", Text, nullable=False),  # what the client called itself
    Column("network", Text, nullable=False),  # where the log-in came from
    created(),
    Column("used_at", DateTime(timezone=True), nullable=False, server_default=func.now()),  # the last refresh
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("why", String(10)),
    Index("ix_sessions_owner_id_id", "owner_id", "id"),
    # reused: a refresh token came a second time, so somebody has stolen it
    CheckConstraint("why in ('logout','revoked','reused','password','suspended')", name="why"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    # Each is taken once, for the next one; one that comes again ends its session.
    Column("hash", String(64), primary_key=True),
    owner(),
    Column("session_id", UUID(as_uuid=True), ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
    created(),
    Column("used_at", DateTime(timezone=True)),
    Index("ix_refresh_tokens_session_id", "session_id"),
)

proofs = Table(
    "proofs",
    metadata,
    # What was mailed to somebody, so that they can show that they read that address. Each is taken once.
    Column("hash", String(64), primary_key=True),
    owner(),
    Column("purpose", String(8), nullable=False),
    Column("email", Text, nullable=False),
    created(),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("ix_proofs_owner_id", "owner_id"),
    CheckConstraint("purpose in ('verify','reset','change')", name="purpose"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()")),
    owner(),
    Column("hash", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(String(8)), nullable=False),
    created(),
    Column("used_at", DateTime(timezone=True)),  # to the minute
    Column("expires_at", DateTime(timezone=True)),  # null: never
    Index("ix_api_tokens_owner_id_id", "owner_id", "id"),
    CheckConstraint("scopes <@ array['read','write','spend']::varchar[]", name="scopes"),
)

login_failures = Table(
    "login_failures",
    metadata,
    # Log-ins in a row that failed, by whom they were tried for and from where; also of addresses that nobody has.
    Column("key", String(64), primary_key=True),  # a keyed hash: no address can be read out of it
    Column("failures", Integer, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),  # no further try before
    Index("ix_login_failures_until", "until"),
)
