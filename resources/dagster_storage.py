"""Dagster's storage in PostgreSQL with pooled connections; for dagster.yaml only."""

from __future__ import annotations

from dagster import _check as check
from dagster._core.storage.config import PostgresStorageConfig
from dagster._serdes import ConfigurableClassData
from dagster_postgres.storage import DagsterPostgresStorage
from dagster_postgres.utils import pg_url_from_config

STATEMENT_TIMEOUT_MS = 60_000
RECYCLE_SECONDS = 300
MAX_OVERFLOW = 10


class PooledPostgresStorage(DagsterPostgresStorage):
    """The stock storage opens a connection for every statement (some 400 for a run of 14 assets).

    The webserver has a supported way to keep connections, ``optimize_for_webserver``; here every process uses it.
    """

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: PostgresStorageConfig
    ) -> PooledPostgresStorage:
        storage = cls(
            postgres_url=check.str_param(pg_url_from_config(config_value), "postgres_url"), inst_data=inst_data
        )
        for part in (storage.run_storage, storage.event_log_storage, storage.schedule_storage):
            part.optimize_for_webserver(STATEMENT_TIMEOUT_MS, RECYCLE_SECONDS, MAX_OVERFLOW)
        return storage
