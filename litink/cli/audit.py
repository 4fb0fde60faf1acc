"""``litink admin audit``: who did what to whom."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

from rich.table import Table

from litink.accounts import audit
from litink.accounts.audit import ACTIONS, Action
from litink.cli.output import print_json, results
from litink.db.engine import application_url, engine_for
from litink.errors import Refused
from litink.platform.supervisor import database
from litink.settings import get_settings


def show_audit(
    *, actor: str | None, target: str | None, action: str | None, since: datetime | None, limit: int, as_json: bool
) -> None:
    """Raises Refused("bad-option")."""
    settings = get_settings()
    who, what = _id(actor), _action(action)
    with database(settings), engine_for(application_url(settings)).begin() as connection:
        found = audit.entries(
            connection,
            actor=who,
            target=target,
            action=what,
            since=since.replace(tzinfo=UTC) if since else None,
            limit=limit,
        )
    if as_json:
        print_json([asdict(entry) for entry in found])
        return
    table = Table(box=None, pad_edge=False)
    for name in ("when (UTC)", "who", "did", "to", "details"):
        table.add_column(name, overflow="fold")
    for entry in found:
        details = ", ".join(f"{name}: {value}" for name, value in entry.details.items())
        table.add_row(
            f"{entry.created_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            f"{entry.actor_id or '–'} ({entry.via})",
            entry.action,
            f"{entry.target_kind} {entry.target_id}",
            details,
        )
    results.print(table)


def _id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        raise Refused("bad-option", f"“{text}” is no person's id; `GET /api/v1/admin/users` lists them.") from None


def _action(text: str | None) -> Action | None:
    found = next((action for action in ACTIONS if action == text), None)
    if text is not None and found is None:
        raise Refused("bad-option", f"There is no action “{text}”; there are {', '.join(ACTIONS)}.")
    return found
