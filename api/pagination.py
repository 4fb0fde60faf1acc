"""Pages of a long list: opaque cursors over a key that only grows. Knows nothing about what is listed."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from api.problems import ApiProblem, FieldProblem

_T = TypeVar("_T")
_VERSION = b"\x01"


class Page(BaseModel, Generic[_T]):
    """``next`` is the cursor of the following page; null at the end."""

    items: list[_T]
    next: str | None = Field(default=None, examples=["AQGQ3n4Gc3C6jMkF9v2f4Gc"])


def cut(found: Sequence[_T], limit: int, key: Callable[[_T], UUID]) -> tuple[Sequence[_T], str | None]:
    """The page of what was looked up with one more than ``limit``, and the cursor of the following one: None where
    that one more was not found."""
    page = found[:limit]
    return page, _cursor_after(key(page[-1])) if len(found) > limit else None


def _cursor_after(key: UUID) -> str:
    return base64.urlsafe_b64encode(_VERSION + key.bytes).decode().rstrip("=")


def _cursor(cursor: Annotated[str | None, Query(description="`next` of the page before")] = None) -> UUID | None:
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if raw[:1] != _VERSION:
            raise ValueError
        return UUID(bytes=raw[1:])
    except (ValueError, binascii.Error):
        field = FieldProblem(location="query", field="cursor", detail="not a cursor of this list")
        raise ApiProblem(
            422, "bad-cursor", "This cursor is none of this list's; start without one.", errors=[field]
        ) from None


Cursor = Annotated[UUID | None, Depends(_cursor)]
Limit = Annotated[int, Query(ge=1, le=100, description="how many at most")]
