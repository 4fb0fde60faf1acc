"""Whether what is made of a book just now is a backfill's: redone because an operator wanted it so."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection, ScalarSelect, select

from litink.db.schema import backfill_books, books, plans


def backfill_of_book() -> ScalarSelect[UUID]:
    """For a query over ``books``: the backfill whose plan the book's present revision carries out, or NULL."""
    return (
        select(backfill_books.c.backfill_id)
        .join(plans, plans.c.id == backfill_books.c.plan_id)
        .where(plans.c.book_id == books.c.id, plans.c.applied_revision == books.c.revision)
        .where(plans.c.state == "applied", backfill_books.c.state == "begun")
        .limit(1)
        .scalar_subquery()
    )


def backfilled(connection: Connection, book_id: UUID) -> bool:
    """Whether the book is being redone by a backfill."""
    found = connection.execute(select(backfill_of_book()).select_from(books).where(books.c.id == book_id))
    return found.scalar() is not None
