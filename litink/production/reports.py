"""Questions about all books at once, for those who run the platform."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, or_, select

from litink.db.schema import assets, books


@dataclass(frozen=True)
class FailedAsset:
    book_id: UUID
    title: str
    asset: str
    items_failed: int
    message: str


def failed_books(engine: Engine) -> list[FailedAsset]:
    """Assets that failed, or stand with failed items, oldest book first."""
    query = (
        select(books.c.id, books.c.title, assets.c.asset, assets.c.items_failed, assets.c.error)
        .join(assets, assets.c.book_id == books.c.id)
        .where(or_(assets.c.state == "failed", assets.c.items_failed > 0), books.c.state != "deleting")
        .order_by(books.c.id, assets.c.asset)
    )
    with engine.begin() as connection:
        return [
            FailedAsset(
                row["id"],
                row["title"],
                row["asset"],
                row["items_failed"],
                (row["error"] or {}).get("message", "some items failed"),
            )
            for row in connection.execute(query).mappings()
        ]
