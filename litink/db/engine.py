"""Connections to our database: one pooled engine a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import psycopg
from sqlalchemy import Engine, create_engine

from litink.errors import LitinkError
from litink.settings import Settings

APPLICATION_DATABASE = "litink"
DAGSTER_DATABASE = "dagster"


def embedded_url(settings: Settings, database: str, driver: str) -> str:
    """URL of a database of the embedded server, from the files its launcher keeps.

    Raises LitinkError("database-down") when it has never been started here.
    """
    try:
        password = (settings.postgres_dir / "password").read_text().strip()
        port = int((settings.postgres_dir / "port").read_text())
    except (OSError, ValueError):
        raise LitinkError(
            "database-down", "The embedded database is not running; start the platform with `litink up`."
        ) from None
    return f"{driver}://postgres:{password}@127.0.0.1:{port}/{database}"


def application_url(settings: Settings) -> str:
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return embedded_url(settings, APPLICATION_DATABASE, "postgresql+psycopg")


def dagster_url(settings: Settings) -> str:
    """Dagster's own database. The driver is named because SQLAlchemy 2.1 maps the bare scheme to psycopg 3,
    with which dagster-postgres cannot listen for notifications."""
    if settings.dagster_database_url is not None:
        return settings.dagster_database_url.get_secret_value()
    return embedded_url(settings, DAGSTER_DATABASE, "postgresql+psycopg2")


@lru_cache(maxsize=4)
def engine_for(url: str) -> Engine:
    return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, future=True)


def plain_conninfo(url: str) -> str:
    """The URL as psycopg itself takes it, for LISTEN and advisory locks outside the pool."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def create_databases(settings: Settings) -> None:
    """Make both databases of the embedded server if they are not there."""
    url = plain_conninfo(embedded_url(settings, "postgres", "postgresql+psycopg"))
    with psycopg.connect(url, autocommit=True) as connection:
        for name in (APPLICATION_DATABASE, DAGSTER_DATABASE):
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{name}"')


MIGRATIONS = Path(__file__).parent / "migrations"
