"""Connections to our database: one pooled engine a process."""

from __future__ import annotations

import secrets
import select
from functools import lru_cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError

from litink.db.tenancy import APPLICATION_ROLE
from litink.errors import LitinkError, PermanentFailure
from litink.settings import Settings

APPLICATION_DATABASE = "litink"
DAGSTER_DATABASE = "dagster"
_ALONE = "SELECT pg_advisory_lock(hashtext('litink databases'))"  # of those who start at once, one at a time makes them
_TENANTS_PASSWORD = "tenants-password"  # noqa: S105  (the name of a file beside the server's own password)


def embedded_url(settings: Settings, database: str, driver: str) -> str:
    """URL of a database of the embedded server, from the files its launcher keeps.

    Raises LitinkError("database-down") when it has never been started here.
    """
    return _embedded(settings, "postgres", "password", database, driver)


def _embedded(settings: Settings, role: str, password_file: str, database: str, driver: str) -> str:
    try:
        port = int(_kept(settings.postgres_dir / "port"))
        password = _kept(settings.postgres_dir / password_file)
    except (OSError, ValueError):
        raise LitinkError(
            "database-down", "The embedded database is not running; start the platform with `litink up`."
        ) from None
    return f"{driver}://{role}:{password}@127.0.0.1:{port}/{database}"


def _kept(path: Path) -> str:
    """What is in a small file: looked up each time, as the server may move to another port; read when it changed."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int) -> str:
    return path.read_text().strip()


def application_url(settings: Settings) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return embedded_url(settings, APPLICATION_DATABASE, "postgresql+psycopg")


def tenants_url(settings: Settings) -> str:
    """The same database as the application's role, which sees of it what the person of a request may see.

    Raises PermanentFailure("no-tenants-url") when a database of one's own has no address for that role.
    """
    if settings.tenants_database_url is not None:
        return settings.tenants_database_url.get_secret_value()
    if settings.database_url is not None:
        raise PermanentFailure(
            "no-tenants-url",
            f"Set LITINK_TENANTS_DATABASE_URL: the database's address with the role {APPLICATION_ROLE}.",
        )
    return _embedded(settings, APPLICATION_ROLE, _TENANTS_PASSWORD, APPLICATION_DATABASE, "postgresql+psycopg")


def dagster_url(settings: Settings) -> str:
    """Dagster's own database. The driver is named because SQLAlchemy 2.1 maps the bare scheme to psycopg 3,
    with which dagster-postgres cannot listen for notifications."""
    if settings.dagster_database_url is not None:
        return settings.dagster_database_url.get_secret_value()
    return embedded_url(settings, DAGSTER_DATABASE, "postgresql+psycopg2")


@lru_cache(maxsize=4)
def engine_for(url: str) -> Engine:
    return pooled(url)


def pooled(url: str) -> Engine:
    """Connections that are kept; one that the server has left meanwhile is replaced when it is asked for."""
    engine = create_engine(url, pool_size=10, max_overflow=20)
    event.listen(engine, "checkout", _still_there)
    return engine


def _still_there(connection: DBAPIConnection, _: object, __: object) -> None:
    """A server that has gone has closed the socket, which can then be read; an idle one says nothing. Asking it
    (``pool_pre_ping``) would cost every request a round trip."""
    poll = select.poll()
    try:
        poll.register(connection.fileno(), select.POLLIN)
    except psycopg.Error:
        raise DisconnectionError("the connection is closed") from None
    if poll.poll(0):
        raise DisconnectionError("the server has left")


def plain_conninfo(url: str) -> str:
    """The URL as psycopg itself takes it, for LISTEN and advisory locks outside the pool."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def create_databases(settings: Settings) -> None:
    """Make both databases of the embedded server, and the application's role, if they are not there."""
    url = plain_conninfo(embedded_url(settings, "postgres", "postgresql+psycopg"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_ALONE)
        for name in (APPLICATION_DATABASE, DAGSTER_DATABASE):
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{name}"')
        connection.execute(f'REVOKE ALL ON DATABASE "{DAGSTER_DATABASE}" FROM PUBLIC')
        _make_role(connection, settings.postgres_dir / _TENANTS_PASSWORD)


def _make_role(connection: psycopg.Connection[tuple[object, ...]], kept: Path) -> None:
    """The application's role with a password of its own, in a file that only this account reads."""
    if not kept.is_file() or not kept.read_text().strip():
        kept.touch(mode=0o600)
        kept.chmod(0o600)
        kept.write_text(secrets.token_urlsafe(32))
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APPLICATION_ROLE,)).fetchone()
    verb = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}" if known else "CREATE ROLE {} LOGIN PASSWORD {}")
    connection.execute(verb.format(sql.Identifier(APPLICATION_ROLE), sql.Literal(kept.read_text().strip())))


MIGRATIONS = Path(__file__).parent / "migrations"
