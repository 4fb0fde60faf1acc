"""What is to be redone of a book, or of many, within a price."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
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

from litink.db.schema.columns import book, created, metadata, owner, updated

plans = Table(
    "plans",
    metadata,
    # What was to be redone of a book, at what price; applied, it is the leave to spend that.
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()")),
    owner(),
    book(),
    Column("revision", Integer, nullable=False),  # the book's when it was made
    Column("fingerprint", String(64), nullable=False),  # of everything that it rests on
    Column("options", JSONB, nullable=False),  # litink.production.plan.model.PlanOptions
    Column("draft", JSONB, nullable=False),  # litink.production.plan.model.Draft
    Column("usd_least", Numeric(14, 8), nullable=False),
    Column("usd_most", Numeric(14, 8), nullable=False),
    Column("state", String(8), nullable=False),
    Column("why", Text),  # it was refused
    Column("applied_revision", Integer),  # the book's that carries it out
    Column("applied_by", Text),
    created(),
    Column("applied_at", DateTime(timezone=True)),
    Index("ix_plans_book_id_id", "book_id", "id"),
    CheckConstraint("state in ('open','applied','done','refused','expired')", name="state"),
)

backfills = Table(
    "backfills",
    metadata,
    # What is to be redone over many books, because a model changed, and how far that is.
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()")),
    Column("user_id", UUID(as_uuid=True), ForeignKey("users.id"), nullable=False),  # who started it
    Column("asset", String(40), nullable=False),
    Column("models", JSONB, nullable=False),  # task -> the catalogue's model that is asked first
    Column("tier", String(20)),  # null: of all
    Column("budget_usd", Numeric(14, 8), nullable=False),
    Column("state", String(9), nullable=False),
    Column("why", Text),  # it stopped
    created(),
    updated(),
    # stopped: by itself, as the budget was used up
    CheckConstraint("state in ('active','paused','stopped','done','cancelled')", name="state"),
)

backfill_books = Table(
    "backfill_books",
    metadata,
    # A book of a backfill: its turn comes once, with one plan.
    Column("backfill_id", UUID(as_uuid=True), ForeignKey("backfills.id", ondelete="CASCADE"), nullable=False),
    Column("book_id", UUID(as_uuid=True), nullable=False),  # no reference: what was spent outlives the book
    Column("items", Integer, nullable=False),  # out of date when the backfill was started
    Column("state", String(8), nullable=False, server_default="waiting"),
    Column("planned_anew", Boolean, nullable=False, server_default="false"),  # it changed once between plan and word
    Column("plan_id", UUID(as_uuid=True)),
    Column("usd_most", Numeric(14, 8), nullable=False, server_default="0"),  # of the plan
    Column("cost_usd", Numeric(14, 8), nullable=False, server_default="0"),  # once the plan is carried out
    Column("why", Text),  # it was skipped, or failed
    Column("begun_at", DateTime(timezone=True)),  # what was spent on its asset since then is the backfill's
    PrimaryKeyConstraint("backfill_id", "book_id"),
    Index("ix_backfill_books_plan_id", "plan_id"),
    CheckConstraint("state in ('waiting','begun','done','failed','skipped')", name="state"),
)
