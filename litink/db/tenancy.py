"""What the application's role may see: row-level security and rights, for every table that the schema has.

The API of an installation with accounts works as ``litink_app``, which owns no table, is no superuser and does not
bypass row-level security. Dagster, the command line and operators' routes use the connection of the tables' owner.
A new table needs nothing here when it carries ``owner_id``: its rows are then their owner's alone. One that carries
none is not seen by the application's role at all, unless it is named below.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

from sqlalchemy import Connection, Table, text

from litink.db.schema import metadata

APPLICATION_ROLE = "litink_app"
_MARK = ("users", "own")  # the policy whose comment tells what was laid over the tables last

_ME = "(SELECT nullif(current_setting('app.user_id', true), '')::uuid)"  # a sub-select: evaluated once a query
_MINE = f"owner_id = {_ME}"
_PUBLISHED = "EXISTS (SELECT FROM books b WHERE b.id = book_id AND b.published_at IS NOT NULL)"

# Rows that everybody may read where their book is published. Nobody writes but the owner.
READABLE = {"sections", "passages", "events", "items", "assets"}
# Bytes and results by content: whoever knows a hash learns nothing; they are served by an item of one's own book.
SHARED = {"blobs", "artefacts"}
# Written once: what was spent cannot be taken back.
KEPT = {"ledger", "payments"}
# People's secrets, and what the installation keeps for itself though it is about somebody.
CLOSED = {"sessions", "refresh_tokens", "proofs", "api_tokens", "login_failures", "mails"}
# What people have and may: nobody's own connection gives them credits, or takes a count of theirs away.
CLOSED |= {"credit_grants", "credit_charges", "credit_parts", "stripe_customers", "subscriptions", "generation_starts"}

Kind = Literal["users", "books", "budgets", "readable", "private", "shared", "closed"]


def kind_of(table: Table) -> Kind:
    """How a table is protected."""
    match table.name:
        case "users" | "books" | "budgets" as name:
            return name
        case name if name in SHARED:
            return "shared"
        case name if name in CLOSED or "owner_id" not in table.c:
            return "closed"
        case name:
            return "readable" if name in READABLE else "private"


def secure(connection: Connection) -> bool:
    """Make policies and rights be as they should; touches nothing when they are. To be called in a transaction.

    False when there is no application's role and this connection may not make it: nothing is protected then, and the
    installation can only be one person's.
    """
    if not _role_is_there(connection):
        return False
    me = str(connection.execute(text("SELECT quote_ident(current_user)")).scalar_one())
    wanted = list(_statements(me))
    mark = hashlib.sha256("\n".join(wanted).encode()).hexdigest()
    if _laid(connection) == mark:
        return True
    for statement in (*_cleared(connection), *wanted):
        connection.exec_driver_sql(statement)
    table, policy = _MARK
    connection.exec_driver_sql(f"COMMENT ON POLICY {policy} ON {table} IS '{mark}'")
    return True


def _role_is_there(connection: Connection) -> bool:
    known = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :name)")
    if connection.execute(known, {"name": APPLICATION_ROLE}).scalar_one():
        return True
    may = text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if not connection.execute(may).scalar_one():
        return False
    connection.exec_driver_sql(f"CREATE ROLE {APPLICATION_ROLE} NOLOGIN")
    return True


def _laid(connection: Connection) -> str | None:
    query = text(
        "SELECT obj_description(oid, 'pg_policy') FROM pg_policy "
        "WHERE polname = :policy AND polrelid = to_regclass(:of)"
    )
    table, policy = _MARK
    found: str | None = connection.execute(query, {"policy": policy, "of": table}).scalar()
    return found


def _cleared(connection: Connection) -> Iterator[str]:
    query = text("SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()")
    for table, policy in connection.execute(query).all():
        yield f'DROP POLICY "{policy}" ON "{table}"'
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APPLICATION_ROLE}"


def _statements(operator: str) -> Iterator[str]:
    """Everything that is to hold, in SQL. ``operator``: the role that owns the tables, quoted."""
    yield f"GRANT USAGE ON SCHEMA public TO {APPLICATION_ROLE}"
    for table in metadata.sorted_tables:
        kind = kind_of(table)
        if kind == "shared":  # no DELETE: whoever sees only his own rows cannot know who else needs the bytes
            yield f"GRANT SELECT, INSERT, UPDATE ON {table.name} TO {APPLICATION_ROLE}"
            continue
        yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY"
        # Forced, it would hold for the owner too, where that is no superuser.
        yield f"CREATE POLICY operators ON {table.name} TO {operator} USING (true) WITH CHECK (true)"
        if kind != "closed":
            yield from _opened(table.name, kind)


def _opened(table: str, kind: Kind) -> Iterator[str]:
    to = f"TO {APPLICATION_ROLE}"

    def policy(name: str, rule: str, command: str = "ALL") -> str:
        return f"CREATE POLICY {name} ON {table} FOR {command} {to} USING ({rule})"

    match kind:
        case "users":
            # Neither address nor password: those who need them work on the owner's connection.
            yield f"GRANT SELECT (id, name, tier, role, state, created_at) ON users {to}"
            yield policy("own", f"id = {_ME}", "SELECT")
            return
        case "budgets":
            mine = f"SELECT b.id FROM books b WHERE b.owner_id = {_ME}"  # noqa: S608  (a constant)
            yield policy("own", f"(scope = 'user' AND id = {_ME}) OR (scope = 'book' AND id IN ({mine}))")
        case "books" | "readable":
            # One rule for reading: of two, PostgreSQL would look first whether the book is published, row by row.
            published = "published_at IS NOT NULL" if kind == "books" else _PUBLISHED
            yield policy("own", f"{_MINE} OR {published}", "SELECT")
            yield f"CREATE POLICY own_new ON {table} FOR INSERT {to} WITH CHECK ({_MINE})"
            yield policy("own_changed", _MINE, "UPDATE")
            yield policy("own_removed", _MINE, "DELETE")
        case _:
            yield policy("own", _MINE)
    rights = "SELECT, INSERT" if table in KEPT else "SELECT, INSERT, UPDATE, DELETE"
    yield f"GRANT {rights} ON {table} {to}"
