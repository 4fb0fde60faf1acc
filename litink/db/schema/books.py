"""Books: what was handed in, how it is divided, what people corrected and edited, what is searched."""

from __future__ import annotations

from pgvector.sqlalchemy import Vector
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, UUID

from litink.db.schema.columns import book, created, metadata, owner, updated

EMBEDDING_DIMENSIONS = 384

books = Table(
    "books",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True, server_default=text("uuidv7()")),
    owner(),
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
    Column("problem", JSONB(none_as_null=True)),  # {code, message} when something went wrong that a person should know
    Column("published_at", DateTime(timezone=True)),  # since when every signed-in person may read it
    created(),
    updated(),
    CheckConstraint("state in ('unstarted','queued','working','ready','failed','deleting')", name="state"),
    Index("ix_books_owner_id_id", "owner_id", "id"),
    Index("ix_books_source_sha", "source_sha"),
    Index("ix_books_published", "id", postgresql_where=text("published_at is not null")),
    Index("ix_books_cover_sha", "cover_sha", postgresql_where=text("cover_sha is not null")),
)

sections = Table(
    "sections",
    metadata,
    owner(),
    book(),
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
    owner(),
    book(),
    Column("number", Integer, nullable=False),  # 1-based within the book, never given twice
    Column("correction", JSONB, nullable=False),  # litink.books.corrections.Correction
    Column("summary", Text, nullable=False),  # what it did, in words that hold when its section is gone
    Column("state", String(8), nullable=False),
    Column("author", Text, nullable=False),
    created(),
    updated(),
    PrimaryKeyConstraint("book_id", "number"),
    # undone: may be redone, as long as nothing else is corrected; dropped: for good
    CheckConstraint("state in ('in_force','undone','dropped')", name="state"),
)

edits = Table(
    "edits",
    metadata,
    # What people changed of what was understood and made of a book; on top of whatever is generated.
    owner(),
    book(),
    Column("number", Integer, nullable=False),  # 1-based within the book, never given twice
    Column("asset", String(40), nullable=False),  # with key: the item that it patches
    Column("key", String(120), nullable=False),
    Column("edit", JSONB, nullable=False),  # litink.story.edits.Edit
    Column("summary", Text, nullable=False),  # what it did, in words that hold when its target is gone
    Column("state", String(8), nullable=False),
    Column("author", Text, nullable=False),
    created(),
    updated(),
    PrimaryKeyConstraint("book_id", "number"),
    CheckConstraint("state in ('in_force','undone','dropped')", name="state"),  # as of corrections
)

passages = Table(
    "passages",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    owner(),
    book(),
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

events = Table(
    "events",
    metadata,
    # What happened to a book, for those who watch; the id is the resume point of an event stream.
    Column("id", BigInteger, Identity(), primary_key=True),
    owner(),
    book(),
    Column("kind", String(20), nullable=False),
    Column("data", JSONB, nullable=False),
    created(),
    Index("ix_events_book_id_id", "book_id", "id"),
)
