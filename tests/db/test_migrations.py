"""The database that the migrations make is the one that the code's tables describe, forwards and back."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Engine, create_engine, inspect, text

from litink.db import migrate
from litink.db.schema import metadata


@pytest.fixture
def empty(engine: Engine) -> Iterator[Engine]:
    """A database of its own on the test's server."""
    name = f"migrations_{uuid4().hex[:8]}"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    other = create_engine(engine.url.set(database=name))
    yield other
    other.dispose()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE {name}"))


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        return list(compare_metadata(context, metadata))


def checks(engine: Engine) -> set[str]:
    """Check constraints, which alembic does not compare. PostgreSQL words them its own way, so by name."""
    found = inspect(engine)
    return {str(check["name"]) for table in found.get_table_names() for check in found.get_check_constraints(table)}


def test_the_migrated_database_is_what_the_tables_say(empty: Engine) -> None:
    migrate.upgrade(empty)
    assert differences(empty) == []
    declared = {
        str(constraint.name)
        for table in metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert checks(empty) == declared
    assert migrate.current(empty) == migrate.head()


def test_every_migration_can_be_taken_back_and_made_again(empty: Engine) -> None:
    migrate.upgrade(empty)
    scripts = ScriptDirectory.from_config(migrate._config())
    steps = [revision.revision for revision in scripts.walk_revisions()]
    for target in [*steps[1:], "base"]:
        with empty.begin() as connection:
            command.downgrade(migrate._config(connection), target)
    assert inspect(empty).get_table_names() == ["alembic_version"]
    migrate.upgrade(empty)
    assert differences(empty) == []


def test_a_book_shelved_before_there_were_corrections_has_its_reading_as_an_item_of_its_own(empty: Engine) -> None:
    with empty.begin() as connection:
        command.upgrade(migrate._config(connection), "0001")
        connection.execute(
            text(
                """
                WITH u AS (INSERT INTO users (name, tier) VALUES ('local', 'free') RETURNING id),
                b AS (INSERT INTO books (owner_id, title, author, language, format, filename, source_sha, source_bytes,
                                         word_count, options, state)
                      SELECT id, 't', 'a', 'en', 'txt', 't.txt', 's', 1, 1, '{}', 'ready' FROM u
                      RETURNING id, owner_id),
                o AS (INSERT INTO blobs (sha, bytes, media_type) VALUES ('sha', 1, 'application/json') RETURNING sha),
                i AS (INSERT INTO items (owner_id, book_id, asset, key, position, label, cache_key, inputs, recipe,
                                         state, blob_sha, version)
                      SELECT owner_id, id, 'chapters', 'book', 0, 'the book', 'k', '{"source": "s"}', '{"reader": 1}',
                             'done', sha, 1 FROM b, o)
                INSERT INTO versions (owner_id, book_id, asset, key, number, blob_sha, cache_key, author)
                SELECT owner_id, id, 'chapters', 'book', 1, sha, 'k', 'generated' FROM b, o
                """
            )
        )
    migrate.upgrade(empty)
    query = "SELECT position, key, cache_key, inputs, blob_sha, state FROM items ORDER BY position"
    with empty.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
        kept = connection.execute(text("SELECT count(*) FROM versions WHERE key = 'reading'")).scalar()
    assert found == [
        (0, "reading", "k", {"source": "s"}, "sha", "done"),
        (1, "book", "k", {"source": "s"}, "sha", "done"),
    ]
    assert kept == 1
