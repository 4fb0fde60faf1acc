"""How exports look from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.books.schemas import Reason
from api.links import book_link
from api.media.schemas import FilmChapter, Gap
from litink.production.exports.desk import Export
from litink.production.exports.model import Order


class ExportLinks(BaseModel):
    self: str
    content: str | None = Field(description="null as long as nothing has been made")
    versions: str = Field(description="every content that it has had")


class ExportView(BaseModel):
    """An order and what has come of it. What was made of an earlier edition stands until the new one is made."""

    key: str
    label: str
    order: Order
    state: Literal["waiting", "running", "done", "failed"]
    problem: Reason | None
    seconds: float | None
    bytes: int | None
    width: int | None
    height: int | None
    version: int = Field(description="of its content; 0: none yet")
    chapters: list[FilmChapter]
    missing: list[Gap] = Field(description="what it goes without, as a film does")
    created_at: datetime
    updated_at: datetime
    links: ExportLinks

    @classmethod
    def of(cls, book_id: UUID, export: Export) -> ExportView:
        made = export.item if export.item and export.item.blob_sha else None
        meta = export.meta
        here = ("exports", export.key)
        return cls(
            key=export.key,
            label=export.label,
            order=export.order,
            state=export.state,
            problem=Reason.model_validate(export.problem) if export.problem else None,
            seconds=meta.get("seconds"),
            bytes=made.bytes if made else None,
            width=meta.get("width"),
            height=meta.get("height"),
            version=made.version if made else 0,
            chapters=[FilmChapter.model_validate(one) for one in meta.get("chapters", ())],
            missing=[Gap.model_validate(one) for one in meta.get("missing", ())],
            created_at=export.created_at,
            updated_at=export.updated_at,
            links=ExportLinks(
                self=book_link(book_id, *here),
                content=book_link(book_id, *here, "content") if made else None,
                versions=book_link(book_id, "versions", *here),
            ),
        )
