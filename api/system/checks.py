"""What the service needs to do its work, each looked at by one function: None when well, a sentence when not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx
from sqlalchemy.exc import SQLAlchemyError

from api.backend import Backend
from litink.db.migrate import current, head
from litink.errors import LitinkError

_SECONDS = 2.0
_DAEMONS = "{ instance { daemonHealth { allDaemonStatuses { daemonType required healthy } } } }"


def database(backend: Backend) -> str | None:
    try:
        current(backend.operators_engine)
    except (SQLAlchemyError, LitinkError):
        return "The database does not answer."
    return None


def schema(backend: Backend) -> str | None:
    try:
        found = current(backend.operators_engine)
    except (SQLAlchemyError, LitinkError):
        return "The database does not answer."
    return None if found == head() else f"The database is at revision {found}, the code at {head()}."


def orchestrator(backend: Backend) -> str | None:
    """The heartbeats of Dagster's daemons, asked of its web server; well when no Dagster is configured."""
    address = backend.settings.dagster_address
    if address is None:
        return None
    try:
        answer = httpx.post(f"{address.rstrip('/')}/graphql", json={"query": _DAEMONS}, timeout=_SECONDS)
        daemons = answer.raise_for_status().json()["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return "Dagster does not answer."
    ill = [daemon["daemonType"] for daemon in daemons if daemon["required"] and not daemon["healthy"]]
    return f"Dagster's daemon is not well: {', '.join(sorted(ill))}." if ill else None


CHECKS: Mapping[str, Callable[[Backend], str | None]] = {
    "database": database,
    "schema": schema,
    "orchestrator": orchestrator,
}
