"""Every table of ours. Dagster's tables live in a database of their own.

Each row that belongs to a person carries ``owner_id``. Bytes live in the object store under their SHA-256; a
column named ``…_sha`` points there.
"""

from __future__ import annotations

from pgvector.sqlalchemy import Vector
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, UUID

EMBEDDING_DIMENSIONS = 384

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _created() -> Column[object]:
    return Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now())


def _updated() -> Column[object]:
    return Column("updated_at", DateTime(timezone=True), nullable=False, server_default=func.now())


def _owner() -> Column[object]:
    return Column("owner_id", UUID(as_uuid=True), ForeignKey("users.id"), nullable=False)


def _book() -> Column[object]:
    return Column("book_id", UUID(as_uuid=True), ForeignKey("books.id", ondelete="CASCADE"), nullable=False)


users = Table(
    "users",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("gen_random_uuid()")),
    Column("name", Text, nullable=False, unique=True),
    Column("tier", String(20), nullable=False),
    _created(),
)

books = Table(
    "books",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()")),
    _owner(),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("language", String(35), nullable=False),
    Column("format", String(8), nullable=False),
    Column("filename", Text, nullable=False),
    Column("source_sha", String(64), nullable=False),
    Column("source_bytes", BigInteger, nullable=False),
    Column("cover_sha", String(64)),
    Column("word_count", Integer, nullable=False),
    Column("options", JSONB, nullable=False),  # what to make: chapters, ratio, style
    Column("revision", Integer, nullable=False, server_default="1"),  # rises with every change of source or options
    Column("state", String(12), nullable=False),
    Column("problem", JSONB),  # {code, message} when something went wrong that a person should know
    _created(),
    _updated(),
    CheckConstraint("state in ('unstarted','queued','working','ready','failed','deleting')", name="state"),
    Index("ix_books_owner_id_id", "owner_id", "id"),
    Index("ix_books_source_sha", "source_sha"),
    Index("ix_books_cover_sha", "cover_sha", postgresql_where=text("cover_sha is not null")),
)

sections = Table(
    "sections",
    metadata,
    _owner(),
    _book(),
    Column("position", Integer, nullable=False),
    Column("key", String(40), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("number", Integer),
    Column("title", Text, nullable=False),
    Column("path", JSONB, nullable=False),
    Column("word_count", Integer, nullable=False),
    PrimaryKeyConstraint("book_id", "key"),
    UniqueConstraint("book_id", "position"),
)

corrections = Table(
    "corrections",
    metadata,
    # What a person corrected of the book's division, in this order; repeated whenever the file is read.
    _owner(),
    _book(),
    Column("number", Integer, nullable=False),  # 1-based within the book, never given twice
    Column("correction", JSONB, nullable=False),  # litink.books.corrections.Correction
    Column("summary", Text, nullable=False),  # what it did, in words that hold when its section is gone
    Column("state", String(8), nullable=False),
    Column("author", Text, nullable=False),
    _created(),
    _updated(),
    PrimaryKeyConstraint("book_id", "number"),
    # undone: may be redone, as long as nothing else is corrected; dropped: for good
    CheckConstraint("state in ('in_force','undone','dropped')", name="state"),
)

edits = Table(
    "edits",
    metadata,
    # What people changed of what was understood and made of a book; on top of whatever is generated.
    _owner(),
    _book(),
    Column("number", Integer, nullable=False),  # 1-based within the book, never given twice
    Column("asset", String(40), nullable=False),  # with key: the item that it patches
    Column("key", String(120), nullable=False),
    Column("edit", JSONB, nullable=False),  # litink.story.edits.Edit
    Column("summary", Text, nullable=False),  # what it did, in words that hold when its target is gone
    Column("state", String(8), nullable=False),
    Column("author", Text, nullable=False),
    _created(),
    _updated(),
    PrimaryKeyConstraint("book_id", "number"),
    CheckConstraint("state in ('in_force','undone','dropped')", name="state"),  # as of corrections
)

passages = Table(
    "passages",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _owner(),
    _book(),
    Column("chapter", String(40), nullable=False),  # sections.key
    Column("source_sha", String(64), nullable=False),  # the item's content that this row came from
    Column("ordinal", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("stems", TSVECTOR, Computed("to_tsvector('english', text)", persisted=True), nullable=False),
    Column("embedding", Vector(EMBEDDING_DIMENSIONS), nullable=False),
    UniqueConstraint("book_id", "chapter", "ordinal"),
    Index("ix_passages_stems", "stems", postgresql_using="gin"),
    Index(
        "ix_passages_embedding",
        "embedding",
        postgresql_using="hnsw",
        postgresql_ops={"embedding": "vector_cosine_ops"},
    ),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha", String(64), primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    _created(),
)

artefacts = Table(
    "artefacts",
    metadata,
    # What was made once for a recipe and its inputs; holds across books, versions and restarts.
    Column("cache_key", String(64), primary_key=True),
    Column("asset", String(40), nullable=False),
    Column("blob_sha", String(64), ForeignKey("blobs.sha"), nullable=False),
    Column("meta", JSONB, nullable=False),
    Column("recipe", JSONB, nullable=False),
    Column("cost_usd", Numeric(14, 8), nullable=False),
    _created(),
    Index("ix_artefacts_blob_sha", "blob_sha"),
)

items = Table(
    "items",
    metadata,
    _owner(),
    _book(),
    Column("asset", String(40), nullable=False),
    Column("key", String(120), nullable=False),
    Column("position", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("cache_key", String(64), nullable=False),
    Column("inputs", JSONB, nullable=False),  # name -> content hash: why an item is stale
    Column("recipe", JSONB, nullable=False),
    Column("state", String(8), nullable=False),
    Column("blob_sha", String(64), ForeignKey("blobs.sha")),  # what is in force: generated, with the edits on top
    Column("generated_sha", String(64), ForeignKey("blobs.sha")),  # without them; null where that is the same
    Column("edits", String(64), nullable=False, server_default=""),  # hash of the edits on top
    Column("meta", JSONB, nullable=False, server_default="{}"),
    Column("cost_usd", Numeric(14, 8), nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", JSONB),  # {code, message}
    Column("version", Integer, nullable=False, server_default="0"),
    _updated(),
    PrimaryKeyConstraint("book_id", "asset", "key"),
    CheckConstraint("state in ('pending','running','done','failed')", name="state"),
    Index("ix_items_blob_sha", "blob_sha"),
    Index("ix_items_generated_sha", "generated_sha", postgresql_where=text("generated_sha is not null")),
    Index("ix_items_cache_key", "cache_key"),
)
versions = Table(
    "versions",
    metadata,
    # Every content an item has had, numbered; never changed.
    _owner(),
    _book(),
    Column("asset", String(40), nullable=False),
    Column("key", String(120), nullable=False),
    Column("number", Integer, nullable=False),
    Column("blob_sha", String(64), ForeignKey("blobs.sha"), nullable=False),
    Column("cache_key", String(64), nullable=False),
    Column("author", Text, nullable=False),  # "generated", or who edited
    Column("name", Text),  # of the branch that it belongs to
    Column("edit", Integer),  # edits.number of the edit that made it
    _created(),
    PrimaryKeyConstraint("book_id", "asset", "key", "number"),
    Index("ix_versions_blob_sha", "blob_sha"),
    Index("ix_versions_cache_key", "cache_key"),
)

assets = Table(
    "assets",
    metadata,
    # The state of one asset of one book, as people are shown it.
    _owner(),
    _book(),
    Column("asset", String(40), nullable=False),
    Column("state", String(8), nullable=False),
    Column("revision", Integer, nullable=False),  # the book's revision that this state is about
    Column("items_total", Integer, nullable=False, server_default="0"),
    Column("items_done", Integer, nullable=False, server_default="0"),
    Column("items_failed", Integer, nullable=False, server_default="0"),
    Column("items_waiting", Integer, nullable=False, server_default="0"),  # not to be bought before a plan says so
    Column("calls", Integer, nullable=False, server_default="0"),
    Column("cache_hits", Integer, nullable=False, server_default="0"),
    Column("cost_usd", Numeric(14, 8), nullable=False, server_default="0"),
    Column("seconds", Numeric(12, 3), nullable=False, server_default="0"),
    Column("engine_seconds", Numeric(12, 3), nullable=False, server_default="0"),  # at least one call under way
    Column("data_version", String(64)),
    Column("error", JSONB),
    Column("run_id", String(40)),
    _updated(),
    PrimaryKeyConstraint("book_id", "asset"),
    CheckConstraint("state in ('running','done','failed')", name="state"),
)

exports = Table(
    "exports",
    metadata,
    # Outputs that somebody asked for besides the film and audiobook; the item of this key is what came of it.
    _owner(),
    _book(),
    Column("key", String(40), nullable=False),
    Column("wanted", JSONB, nullable=False),  # litink.production.exports.model.Order
    _created(),
    _updated(),
    PrimaryKeyConstraint("book_id", "key"),
)

plans = Table(
    "plans",
    metadata,
    # What was to be redone of a book, at what price; applied, it is the leave to spend that.
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()")),
    _owner(),
    _book(),
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
    _created(),
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
    _created(),
    _updated(),
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

stage_runs = Table(
    "stage_runs",
    metadata,
    # Which stage of which revision was handed to the orchestrator, and how that went.
    _owner(),
    _book(),
    Column("stage", String(40), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("run_id", String(40)),
    Column("error", JSONB),
    _created(),
    _updated(),
    PrimaryKeyConstraint("book_id", "stage", "revision", "attempt"),
    CheckConstraint("state in ('launched','done','failed','lost')", name="state"),
)

ledger = Table(
    "ledger",
    metadata,
    # One row a call to an engine or provider, paid or not; never deleted with the book.
    Column("id", BigInteger, Identity(), primary_key=True),
    _owner(),
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
    _created(),
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
    _owner(),
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
    Column("request", JSONB),  # as it went out, without keys
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
    Column("error", JSONB),  # {code, message}
    Column("resolved_by", Text),  # who decided about an answer that never came
    _created(),
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
    _updated(),
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
    _updated(),
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
    _created(),
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
    _created(),
)

events = Table(
    "events",
    metadata,
    # What happened to a book, for those who watch; the id is the resume point of an event stream.
    Column("id", BigInteger, Identity(), primary_key=True),
    _owner(),
    _book(),
    Column("kind", String(20), nullable=False),
    Column("data", JSONB, nullable=False),
    _created(),
    Index("ix_events_book_id_id", "book_id", "id"),
)

idempotency = Table(
    "idempotency",
    metadata,
    # The answer to a request that a client may send twice.
    _owner(),
    Column("key", String(255), nullable=False),
    Column("operation", String(80), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer),  # null while the first request is under way
    Column("body", JSONB),
    _created(),
    PrimaryKeyConstraint("owner_id", "operation", "key"),
)
