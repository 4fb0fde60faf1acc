"""Route of one's own activity: what one did that the audit log tells of, and what was done to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.backend import AnyBackend, Themselves
from api.pagination import Cursor, Limit, Page, cut
from api.problems import documented
from litink.accounts.audit import Action, Entry

router = APIRouter(prefix="/account", tags=["account"], responses=documented(401, 403))

By = Literal["you", "operator", "somebody", "installation"]


class Activity(BaseModel):
    id: UUID
    at: datetime
    action: Action
    by: By = Field(description='"somebody": who had a copy of your token; "installation": also what follows a payment')
    target_kind: str
    target_id: str
    details: dict[str, Any]
    network: str | None = Field(description="where it came from; null: not known, or not your business")

    @classmethod
    def of(cls, entry: Entry, me: UUID) -> Activity:
        by = _by(entry, me)
        return cls(
            id=entry.id,
            at=entry.created_at,
            action=entry.action,
            by=by,
            target_kind=entry.target_kind,
            target_id=entry.target_id,
            details=entry.details,
            network=None if by == "operator" else entry.network,
        )


def _by(entry: Entry, me: UUID) -> By:
    if entry.actor_id is not None:
        return "you" if entry.actor_id == me else "operator"
    return "somebody" if entry.via == "anybody" else "installation"


@router.get(
    "/activity",
    operation_id="account-activity",
    summary="What you did and what was done to you",
    responses=documented(422),
)
def activity(backend: AnyBackend, me: Themselves, cursor: Cursor, limit: Limit = 50) -> Page[Activity]:
    """Newest first: log-ins from new networks, changes of how you come in, tokens, published books, and what those who
    run the installation did with your account."""
    found = backend.account(me).activity(before=cursor, limit=limit + 1)
    page, following = cut(found, limit, lambda entry: entry.id)
    return Page(items=[Activity.of(entry, me.id) for entry in page], next=following)
