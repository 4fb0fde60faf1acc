"""Lists of what people change of a book: numbered, taken back and made again in order. Corrections and edits are such.

What a change is, and what comes of it, is not known here; the tables differ only in that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy import Connection, Table, func, insert, select, update

from litink.db.schema import users
from litink.errors import LitinkError
from litink.library.repository import BookRecord

SHOWN = 5  # of what somebody else has changed meanwhile

State = Literal["in_force", "undone", "dropped"]  # undone: may be redone; dropped: undone before another was made


class Change(Protocol):
    @property
    def number(self) -> int: ...

    @property
    def summary(self) -> str: ...

    @property
    def state(self) -> State: ...


def to_undo(made: Sequence[Change]) -> int | None:
    """The number of the change that would be taken back: the last one in force."""
    return max((change.number for change in made if change.state == "in_force"), default=None)


def to_redo(made: Sequence[Change]) -> int | None:
    """The number of the change that would be made again: the one undone last."""
    return min((change.number for change in made if change.state == "undone"), default=None)


def must_undo(made: Sequence[Change], message: str) -> int:
    """Raises LitinkError("nothing-to-undo") with the message."""
    number = to_undo(made)
    if number is None:
        raise LitinkError("nothing-to-undo", message)
    return number


def must_redo(made: Sequence[Change], message: str) -> int:
    """Raises LitinkError("nothing-to-redo") with the message."""
    number = to_redo(made)
    if number is None:
        raise LitinkError("nothing-to-redo", message)
    return number


def news(made: Sequence[Change], expected: Collection[str]) -> str:
    """What was changed after the newest of the expected versions, which begin with the number of changes that there
    were; "" where that cannot be told."""
    counts = [version.partition("-")[0][:9] for version in expected]
    seen = max((int(count) for count in counts if count.isdecimal()), default=len(made))
    summaries = [change.summary for change in made[seen:] if change.state == "in_force"]
    more = f", and {len(summaries) - SHOWN} more" if len(summaries) > SHOWN else ""
    return "; ".join(summaries[-SHOWN:]) + more


def enter(
    connection: Connection,
    table: Table,
    record: BookRecord,
    made: Sequence[Change],
    rows: Sequence[Mapping[str, Any]],
    author: str,
) -> list[int]:
    """Enter changes behind the others; their numbers. What was undone before cannot be redone after them."""
    set_state(connection, table, record.id, [change.number for change in made if change.state == "undone"], "dropped")
    first = max((change.number for change in made), default=0) + 1
    common = {"owner_id": record.owner_id, "book_id": record.id, "state": "in_force", "author": author}
    connection.execute(
        insert(table), [{**common, **row, "number": number} for number, row in enumerate(rows, start=first)]
    )
    return list(range(first, first + len(rows)))


def author_of(connection: Connection, user_id: UUID) -> str:
    """The name that stands with what a user changes."""
    return str(connection.execute(select(users.c.name).where(users.c.id == user_id)).scalar_one())


def set_state(connection: Connection, table: Table, book_id: UUID, numbers: Sequence[int], state: State) -> None:
    connection.execute(
        update(table)
        .where(table.c.book_id == book_id, table.c.number.in_(numbers))
        .values(state=state, updated_at=func.now())
    )
