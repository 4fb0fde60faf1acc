"""What was bought from providers: payments, ledger, budgets, and how the providers are."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from litink.db.schema.columns import created, metadata, owner, updated

ledger = Table(
    "ledger",
    metadata,
    # One row a call to an engine or provider, paid or not; never deleted with the book.
    Column("id", BigInteger, Identity(), primary_key=True),
    owner(),
    Column("book_id", UUID(as_uuid=True), nullable=False),
    Column("tier", String(20), nullable=False),
    Column("asset", String(40), nullable=False),
    Column("item_key", String(120), nullable=False),
    Column("cache_key", String(64), nullable=False),
    Column("provider", String(40), nullable=False),
    Column("model", Text, nullable=False),
    Column("units", JSONB, nullable=False),
    Column("cost_usd", Numeric(14, 8), nullable=False),
    Column("seconds", Numeric(12, 3), nullable=False),
    Column("outcome", String(8), nullable=False),
    Column("paid", Boolean, nullable=False),
    Column("operation", String(20), nullable=False, server_default=""),
    Column("estimated_usd", Numeric(14, 8), nullable=False, server_default="0"),  # what was reserved for it
    Column("run_id", String(40)),
    Column("payment_id", BigInteger, ForeignKey("payments.id"), unique=True),
    Column("rung", Integer, nullable=False, server_default="0"),  # of its ladder; above 0 a fallback
    created(),
    Index("ix_ledger_book_id", "book_id"),
    Index("ix_ledger_run_id", "run_id"),
    Index("ix_ledger_created_at", "created_at"),
    CheckConstraint("outcome in ('done','failed','wrong','refused','unknown')", name="outcome"),
)

payments = Table(
    "payments",
    metadata,
    # One row an intent to call a paid provider, written before the request goes out: what is known of it so far.
    # Never deleted; ``request`` only stays while somebody may have to ask the provider about it.
    Column("id", BigInteger, Identity(), primary_key=True),
    owner(),
    Column("book_id", UUID(as_uuid=True), nullable=False),  # no reference: it outlives the book
    Column("tier", String(20), nullable=False),
    Column("asset", String(40), nullable=False),
    Column("item_key", String(120), nullable=False),
    Column("cache_key", String(64), nullable=False),
    Column("run_id", String(40)),
    Column("provider", String(40), nullable=False),
    Column("operation", String(20), nullable=False),
    Column("model", Text, nullable=False),
    Column("rung", Integer, nullable=False, server_default="0"),  # of its ladder; above 0 a fallback
    Column("request", JSONB(none_as_null=True)),  # as it went out, without keys
    Column("fingerprint", String(64), nullable=False),  # of the request as it goes over the wire
    Column("token", String(43), nullable=False, unique=True),  # unguessable; names the payment in a webhook's address
    Column("state", String(8), nullable=False),
    Column("deadline_at", DateTime(timezone=True), nullable=False),  # sent: surely over by then; accepted: waited for
    Column("reference", Text, nullable=False, server_default=""),  # the provider's id of the call
    Column("estimated_usd", Numeric(14, 8), nullable=False),  # reserved, at most
    Column("cost_usd", Numeric(14, 8)),
    Column("units", JSONB, nullable=False, server_default="{}"),
    Column("answer_sha", String(64), ForeignKey("blobs.sha")),  # the answer as it came, so that it need not come again
    Column("media_type", Text),
    Column("meta", JSONB, nullable=False, server_default="{}"),
    Column("error", JSONB(none_as_null=True)),  # {code, message}
    Column("resolved_by", Text),  # who decided about an answer that never came
    created(),
    Column("settled_at", DateTime(timezone=True)),
    Index("ix_payments_book_id", "book_id"),
    Index("ix_payments_owner_id", "owner_id"),
    Index("ix_payments_answer_sha", "answer_sha"),
    Index("ix_payments_open", "created_at", postgresql_where=text("state in ('sent','accepted','unknown')")),
    # At most once: a request can only be written down again when it is known that nothing was billed for it.
    Index("ix_payments_at_most_once", "fingerprint", unique=True, postgresql_where=text("state <> 'refused'")),
    # sent: out, nothing heard; accepted: a job of the provider's, to be asked for; unknown: for a person to decide;
    # done: the answer is kept; wrong: billed and useless; refused: not billed; lapsed: paid, its answer no longer kept
    CheckConstraint("state in ('sent','accepted','done','wrong','refused','unknown','lapsed')", name="state"),
)

budgets = Table(
    "budgets",
    metadata,
    # Running sums of what may, will and did go out, so that a cap holds however many reserve at once.
    Column("scope", String(4), nullable=False),
    Column("id", UUID(as_uuid=True), nullable=False),  # of the book or the user
    Column("period", String(7), nullable=False),  # "2026-11" for a user; "" for a book, whose cap is for good
    Column("cap_usd", Numeric(14, 8)),  # null: the installation's default
    Column("reserved_usd", Numeric(16, 8), nullable=False, server_default="0"),
    Column("spent_usd", Numeric(16, 8), nullable=False, server_default="0"),
    updated(),
    PrimaryKeyConstraint("scope", "id", "period"),
    CheckConstraint("scope in ('book','user')", name="scope"),
    CheckConstraint("reserved_usd >= 0 and spent_usd >= 0", name="sums"),
)

breakers = Table(
    "breakers",
    metadata,
    # The health of a provider's model, shared by all processes. No row: the last call went well.
    Column("provider", String(40), nullable=False),
    Column("model", Text, nullable=False),
    Column("failures", Integer, nullable=False),  # in a row
    Column("opened_at", DateTime(timezone=True)),  # null while closed
    Column("retry_at", DateTime(timezone=True)),  # when one trial may go through
    Column("trial", String(43)),  # payments.token of the one call that may find out
    Column("trial_until", DateTime(timezone=True)),  # a trial not heard of by then is void
    updated(),
    PrimaryKeyConstraint("provider", "model"),
)

webhooks = Table(
    "webhooks",
    metadata,
    # What providers told without being asked: hints to look, kept to explain afterwards.
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("provider", String(40), nullable=False),
    Column("token", String(43), nullable=False),
    Column("body", JSONB, nullable=False),
    created(),
    Index("ix_webhooks_token", "token"),
)

cost_days = Table(
    "cost_days",
    metadata,
    # A day's costs as reported; made again, the row is replaced.
    Column("day", Date, primary_key=True),
    Column("blob_sha", String(64), ForeignKey("blobs.sha"), nullable=False),  # the day's ledger as Parquet
    Column("figures", JSONB, nullable=False),
    Column("alerts", JSONB, nullable=False),
    created(),
)
