"""Books that commands name."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Engine

from litink.errors import Refused
from litink.library import repository
from litink.library.repository import BookRecord


def book_named(engine: Engine, owner: UUID, named: str) -> BookRecord:
    """By its id, or by its title where only one book has it. Raises Refused("no-such-book")."""
    with engine.begin() as connection:
        try:
            found = [repository.get_book(connection, UUID(named), owner_id=owner)]
        except ValueError:
            found = list(repository.titled(connection, owner, named))
    if len(found) == 1 and found[0] is not None:
        return found[0]
    if len(found) > 1:
        ids = ", ".join(str(book.id) for book in found if book)
        raise Refused("no-such-book", f"{len(found)} books are called “{named}”; name one by its id: {ids}.")
    raise Refused("no-such-book", f"There is no book “{named}”; `litink status` lists them.")
