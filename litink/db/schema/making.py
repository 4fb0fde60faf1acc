"""What is made of books: bytes by hash, items with their versions, assets, and the runs that make them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
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
from sqlalchemy.dialects.postgresql import JSONB

from litink.db.schema.columns import book, created, metadata, owner, updated

blobs = Table(
    "blobs",
    metadata,
    Column("sha", String(64), primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    created(),
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
    created(),
    Index("ix_artefacts_blob_sha", "blob_sha"),
)

items = Table(
    "items",
    metadata,
    owner(),
    book(),
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
    Column("error", JSONB(none_as_null=True)),  # {code, message}
    Column("version", Integer, nullable=False, server_default="0"),
    updated(),
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
    owner(),
    book(),
    Column("asset", String(40), nullable=False),
    Column("key", String(120), nullable=False),
    Column("number", Integer, nullable=False),
    Column("blob_sha", String(64), ForeignKey("blobs.sha"), nullable=False),
    Column("cache_key", String(64), nullable=False),
    Column("author", Text, nullable=False),  # "generated", or who edited
    Column("name", Text),  # of the branch that it belongs to
    Column("edit", Integer),  # edits.number of the edit that made it
    created(),
    PrimaryKeyConstraint("book_id", "asset", "key", "number"),
    Index("ix_versions_blob_sha", "blob_sha"),
    Index("ix_versions_cache_key", "cache_key"),
)

assets = Table(
    "assets",
    metadata,
    # The state of one asset of one book, as people are shown it.
    owner(),
    book(),
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
    Column("error", JSONB(none_as_null=True)),
    Column("run_id", String(40)),
    updated(),
    PrimaryKeyConstraint("book_id", "asset"),
    CheckConstraint("state in ('running','done','failed')", name="state"),
)

exports = Table(
    "exports",
    metadata,
    # Outputs that somebody asked for besides the film and audiobook; the item of this key is what came of it.
    owner(),
    book(),
    Column("key", String(40), nullable=False),
    Column("wanted", JSONB, nullable=False),  # litink.production.exports.model.Order
    created(),
    updated(),
    PrimaryKeyConstraint("book_id", "key"),
)

stage_runs = Table(
    "stage_runs",
    metadata,
    # Which stage of which revision was handed to the orchestrator, and how that went.
    owner(),
    book(),
    Column("stage", String(40), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("run_id", String(40)),
    Column("error", JSONB(none_as_null=True)),
    created(),
    updated(),
    PrimaryKeyConstraint("book_id", "stage", "revision", "attempt"),
    CheckConstraint("state in ('launched','done','failed','lost')", name="state"),
)
