"""SQL about books, their sections, their owners and the state of their assets. Every query starts from the owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Connection,
    RowMapping,
    Uuid,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from litink.books.model import Book, Section
from litink.db.schema import assets, books, events, plans, sections, users
from litink.generation.model import Owned
from litink.generation.records import record_event

WORK_CHANNEL = "litink_work"  # told when a book may have work to launch
LOCAL_USER = "local"
LOCAL_TIER = "professional"
STRANGERS_TIER = "free"


@dataclass(frozen=True)
class BookRecord:
    id: UUID
    owner_id: UUID
    tier: str
    title: str
    author: str
    language: str
    format: str
    filename: str
    source_sha: str
    source_bytes: int
    cover_sha: str | None
    word_count: int
    options: Mapping[str, Any]
    revision: int
    state: str
    problem: Mapping[str, str] | None
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class SectionRecord:
    position: int
    key: str
    kind: str
    number: int | None
    title: str
    path: Sequence[str]
    word_count: int


@dataclass(frozen=True)
class AssetRecord:
    asset: str
    state: str
    revision: int
    items_total: int
    items_done: int
    items_failed: int
    items_waiting: int
    calls: int
    cache_hits: int
    cost_usd: Decimal
    seconds: Decimal
    engine_seconds: Decimal
    data_version: str | None
    error: Mapping[str, str] | None
    run_id: str | None
    updated_at: datetime


@dataclass(frozen=True)
class Event:
    id: int
    kind: str
    data: Mapping[str, Any]
    created_at: datetime


# Whoever reads somebody else's published book sees nothing of its owner, nor of the owner's subscription.
_BOOK = [*books.c, func.coalesce(users.c.tier, STRANGERS_TIER).label("tier")]


def _books() -> Any:
    return select(*_BOOK).outerjoin(users, users.c.id == books.c.owner_id)


def local_user(connection: Connection) -> UUID:
    """The one owner of an installation without accounts; made on first need."""
    connection.execute(
        insert(users).values(name=LOCAL_USER, tier=LOCAL_TIER).on_conflict_do_nothing(index_elements=["name"])
    )
    found: UUID = connection.execute(select(users.c.id).where(users.c.name == LOCAL_USER)).scalar_one()
    return found


def tier_of(connection: Connection, owner_id: UUID) -> str:
    """An owner's subscription."""
    tier: str = connection.execute(select(users.c.tier).where(users.c.id == owner_id)).scalar_one()
    return tier


def add_book(
    connection: Connection,
    *,
    owner_id: UUID,
    book: Book,
    filename: str,
    source_sha: str,
    source_bytes: int,
    cover_sha: str | None,
    options: Mapping[str, Any],
    state: str = "queued",
) -> UUID:
    """A new book with its sections; ``state`` is "queued" or "unstarted"."""
    book_id: UUID = connection.execute(
        insert(books)
        .values(
            owner_id=owner_id,
            title=book.title,
            author=book.author,
            language=book.language,
            format=book.format,
            filename=filename,
            source_sha=source_sha,
            source_bytes=source_bytes,
            cover_sha=cover_sha,
            word_count=book.word_count,
            options=dict(options),
            state=state,
        )
        .returning(books.c.id)
    ).scalar_one()
    put_book(connection, owner_id, book_id, book)
    return book_id


def put_source(
    connection: Connection, book_id: UUID, filename: str, source_sha: str, source_bytes: int, cover_sha: str | None
) -> None:
    """The book has another file from now on."""
    connection.execute(
        update(books)
        .where(books.c.id == book_id)
        .values(filename=filename, source_sha=source_sha, source_bytes=source_bytes, cover_sha=cover_sha)
    )


def put_book(connection: Connection, owner_id: UUID, book_id: UUID, book: Book) -> None:
    """Make the rows equal the book as it now stands: its description and its sections."""
    described = {
        "title": book.title,
        "author": book.author,
        "language": book.language,
        "format": book.format,
        "word_count": book.word_count,
    }
    changed = or_(*(books.c[name] != value for name, value in described.items()))
    connection.execute(update(books).where(books.c.id == book_id, changed).values(described))
    wanted = [_section(position, section) for position, section in enumerate(book.sections)]
    if wanted != sections_of(connection, book_id):
        connection.execute(delete(sections).where(sections.c.book_id == book_id))
        rows = [{"owner_id": owner_id, "book_id": book_id, **asdict(section)} for section in wanted]
        if rows:
            connection.execute(insert(sections), rows)


def _section(position: int, section: Section) -> SectionRecord:
    return SectionRecord(
        position=position,
        key=section.key,
        kind=section.kind.value,
        number=section.number,
        title=section.title,
        path=list(section.path),
        word_count=section.word_count,
    )


def get_book(connection: Connection, book_id: UUID, *, owner_id: UUID | None = None) -> BookRecord | None:
    """A book, of this owner where one is named; None for a strange, unknown or vanishing one."""
    query = _books().where(books.c.id == book_id, books.c.state != "deleting")
    if owner_id is not None:
        query = query.where(books.c.owner_id == owner_id)
    row = connection.execute(query).mappings().first()
    return _record(row) if row else None


def get_readable(connection: Connection, book_id: UUID, reader: UUID) -> BookRecord | None:
    """A book of the reader's own, or one that is published."""
    query = _books().where(books.c.id == book_id, books.c.state != "deleting")
    query = query.where(or_(books.c.owner_id == reader, books.c.published_at.is_not(None)))
    row = connection.execute(query).mappings().first()
    return _record(row) if row else None


def list_published(connection: Connection, *, before: UUID | None, limit: int) -> list[BookRecord]:
    """Everybody's published books, newest first, older than ``before``."""
    query = _books().where(books.c.published_at.is_not(None), books.c.state != "deleting")
    if before is not None:
        query = query.where(books.c.id < before)
    return [_record(row) for row in connection.execute(query.order_by(books.c.id.desc()).limit(limit)).mappings()]


def set_published(connection: Connection, book_id: UUID, *, published: bool) -> None:
    """Let every signed-in person read the book, or nobody but its owner; since when stays as it was first."""
    since = func.coalesce(books.c.published_at, func.now()) if published else None
    connection.execute(update(books).where(books.c.id == book_id).values(published_at=since))


def owned(book: BookRecord) -> Owned:
    """Whose book it is."""
    return Owned(book.owner_id, book.id, book.tier)


def lock_book(connection: Connection, book_id: UUID) -> BookRecord | None:
    """The book, which nobody else changes until the transaction ends; None when it is gone.

    Whoever lets the book's state or revision decide something looks at it like this. Rows about the book can still be
    written: only the lock on the row's key would hold them up.
    """
    query = _books().where(books.c.id == book_id, books.c.state != "deleting")
    row = connection.execute(query.with_for_update(of=books, key_share=True)).mappings().first()
    return _record(row) if row else None


def find_book(connection: Connection, owner_id: UUID, source_sha: str, options: Mapping[str, Any]) -> BookRecord | None:
    """The owner's book made from this very file with these options."""
    query = (
        _books()
        .where(books.c.owner_id == owner_id, books.c.source_sha == source_sha, books.c.options == dict(options))
        .where(books.c.state != "deleting")
        .order_by(books.c.id)
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return _record(row) if row else None


def list_books(connection: Connection, owner_id: UUID, *, before: UUID | None, limit: int) -> list[BookRecord]:
    """The owner's books, newest first (ids are time-ordered), older than ``before``."""
    query = _books().where(books.c.owner_id == owner_id, books.c.state != "deleting")
    if before is not None:
        query = query.where(books.c.id < before)
    rows = connection.execute(query.order_by(books.c.id.desc()).limit(limit)).mappings()
    return [_record(row) for row in rows]


def unknown(connection: Connection, book_ids: Sequence[UUID]) -> list[UUID]:
    """Those ids that no book has. One that is being deleted still has its."""
    asked = select(func.unnest(literal(book_ids, ARRAY(Uuid()))).label("id")).subquery()
    return list(
        connection.execute(
            select(asked.c.id).where(~exists(select(books.c.id).where(books.c.id == asked.c.id)))
        ).scalars()
    )


def titled(connection: Connection, owner_id: UUID, title: str) -> list[BookRecord]:
    """The owner's books of this title, newest first."""
    query = _books().where(books.c.owner_id == owner_id, books.c.title == title, books.c.state != "deleting")
    return [_record(row) for row in connection.execute(query.order_by(books.c.id.desc()).limit(10)).mappings()]


def sections_of(connection: Connection, book_id: UUID) -> list[SectionRecord]:
    query = (
        select(*(column for column in sections.c if column.name not in ("owner_id", "book_id")))
        .where(sections.c.book_id == book_id)
        .order_by(sections.c.position)
    )
    return [SectionRecord(**row) for row in connection.execute(query).mappings()]


def assets_of(connection: Connection, book_id: UUID) -> dict[str, AssetRecord]:
    query = select(*(column for column in assets.c if column.name not in ("owner_id", "book_id"))).where(
        assets.c.book_id == book_id
    )
    return {row["asset"]: AssetRecord(**row) for row in connection.execute(query).mappings()}


def set_state(connection: Connection, book_id: UUID, state: str, problem: Mapping[str, str] | None = None) -> None:
    connection.execute(
        update(books).where(books.c.id == book_id).values(state=state, problem=problem, updated_at=func.now())
    )


def put_options(connection: Connection, book_id: UUID, options: Mapping[str, Any]) -> None:
    """What is to be made of the book is something else from now on."""
    connection.execute(update(books).where(books.c.id == book_id).values(options=dict(options)))


def reopen(connection: Connection, book_id: UUID, *, at_rest: bool = False) -> BookRecord | None:
    """Have the book worked on as a new revision: what is up to date is kept, what is missing or failed is made.

    With ``at_rest`` only when it is ready or has failed. None when nothing was done. A book that waits for a person's
    word goes on waiting.
    """
    query = update(books).where(books.c.id == book_id, books.c.state != "deleting")
    if at_rest:
        query = query.where(books.c.state.in_(("ready", "failed")))
    state = case((books.c.state == "unstarted", "unstarted"), else_="queued")
    reopened = connection.execute(
        query.values(revision=books.c.revision + 1, state=state, problem=None, updated_at=func.now())
    )
    return _set_going(connection, book_id) if reopened.rowcount else None


def carry_plans_over(connection: Connection, book_id: UUID, revision: int) -> None:
    """Nothing but the number of the revision has changed: what was to be carried out still is."""
    held = update(plans).where(
        plans.c.book_id == book_id, plans.c.state == "applied", plans.c.applied_revision == revision - 1
    )
    connection.execute(held.values(applied_revision=revision))


def start(connection: Connection, book_id: UUID) -> BookRecord | None:
    """A person's word that a book may be made; None when it does not wait for one."""
    waiting = update(books).where(books.c.id == book_id, books.c.state == "unstarted")
    started = connection.execute(waiting.values(state="queued", updated_at=func.now()))
    return _set_going(connection, book_id) if started.rowcount else None


def _set_going(connection: Connection, book_id: UUID) -> BookRecord:
    """Tell those who watch the book, and those who work on it, of its new state."""
    record = get_book(connection, book_id)
    assert record is not None
    owned = Owned(record.owner_id, record.id, record.tier)
    record_event(connection, owned, "book", {"state": record.state, "title": record.title})
    wake_sensor(connection)
    return record


def events_after(connection: Connection, book_id: UUID, last_id: int, limit: int = 200) -> list[Event]:
    query = (
        select(events.c.id, events.c.kind, events.c.data, events.c.created_at)
        .where(events.c.book_id == book_id, events.c.id > last_id)
        .order_by(events.c.id)
        .limit(limit)
    )
    return [Event(**row) for row in connection.execute(query).mappings()]


def last_event_id(connection: Connection, book_id: UUID) -> int:
    """Where a watcher goes on who has just read the book's state; 0 before the first event."""
    return connection.execute(select(func.max(events.c.id)).where(events.c.book_id == book_id)).scalar() or 0


@dataclass(frozen=True)
class OwnedEvent(Event):
    """An event of one of an owner's books."""

    book_id: UUID


def owner_events_after(connection: Connection, owner_id: UUID, last_id: int, limit: int = 200) -> list[OwnedEvent]:
    """What happened to any of the owner's books."""
    query = (
        select(events.c.id, events.c.kind, events.c.data, events.c.created_at, events.c.book_id)
        .where(events.c.owner_id == owner_id, events.c.id > last_id)
        .order_by(events.c.id)
        .limit(limit)
    )
    return [OwnedEvent(**row) for row in connection.execute(query).mappings()]


def last_owner_event_id(connection: Connection, owner_id: UUID) -> int:
    return connection.execute(select(func.max(events.c.id)).where(events.c.owner_id == owner_id)).scalar() or 0


def wake_sensor(connection: Connection) -> None:
    """Tell the upload sensor, at commit, that there may be work."""
    connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": WORK_CHANNEL})


def _record(row: RowMapping) -> BookRecord:
    return BookRecord(**row)
