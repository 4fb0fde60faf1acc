"""Route of the audit log: who did what to whom."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.backend import AnyBackend, Operator
from api.pagination import Cursor, Limit, Page, cut
from api.problems import documented
from litink.accounts import audit
from litink.accounts.acting import Via
from litink.accounts.audit import Action

router = APIRouter(prefix="/admin", tags=["admin"], responses=documented(401, 403))


class AuditEntry(BaseModel):
    id: UUID
    created_at: datetime
    actor_id: UUID | None = Field(description="who did it; null: the installation, or somebody who is not known")
    via: Via = Field(description="how they came in; `mail`: by a mailed link; `anybody`: not signed in")
    action: Action
    target_kind: str = Field(examples=["user"])
    target_id: str
    details: dict[str, Any]
    request_id: str | None
    network: str | None = Field(description="where it came from; null also when the person is gone")


@router.get("/audit", operation_id="admin-audit", summary="Who did what to whom", responses=documented(422))
def entries(
    backend: AnyBackend,
    _: Operator,
    cursor: Cursor,
    limit: Limit = 50,
    actor: Annotated[UUID | None, Query(description="by whom")] = None,
    target: Annotated[str | None, Query(max_length=300, description="to whom or what: an id")] = None,
    action: Action | None = None,
    since: Annotated[AwareDatetime | None, Query(description="included")] = None,
    until: Annotated[AwareDatetime | None, Query(description="not included")] = None,
) -> Page[AuditEntry]:
    """Newest first."""
    with backend.engine.begin() as connection:
        found = audit.entries(
            connection,
            actor=actor,
            target=target,
            action=action,
            since=since,
            until=until,
            before=cursor,
            limit=limit + 1,
        )
    page, following = cut(found, limit, lambda entry: entry.id)
    return Page(items=[AuditEntry(**asdict(entry)) for entry in page], next=following)
