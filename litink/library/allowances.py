"""What a subscription allows on the shelf: books, their size, films, and how long a film may be. For many users only:
where one person owns the installation, nothing here is asked.

A film is counted from the moment its book is started; a book that waits for its start counts as a book alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from litink.billing.limits import LimitReached, lifting
from litink.billing.tariff import Tariff
from litink.db.schema import books, sections, users
from litink.library.options import MakeOptions
from litink.providers.catalogue import Tier
from litink.settings import Settings
from litink.story.styles import WHOLE, WORDS_A_MINUTE

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Allowances:
    tariff: Tariff

    @classmethod
    def from_settings(cls, settings: Settings) -> Allowances | None:
        """None where one person owns the installation."""
        return cls(Tariff.from_settings(settings)) if settings.accounts == "multi" else None

    def admit_book(self, connection: Connection, owner_id: UUID, size: int) -> None:
        """Before a book is added in this transaction. Raises LimitReached("upload", "books")."""
        self.admit_upload(connection, owner_id, size)
        tier = self._tier(connection, owner_id)
        if tier.books is not None and self._count(connection, owner_id) >= tier.books:
            most = tier.books
            raise LimitReached(
                "books",
                f"The subscription “{tier.name}” keeps {most} books. Delete one to make room.",
                quota=most,
                lifted_by=lifting(self.tariff, lambda one: one.books is None or one.books > most),
            )

    def admit_upload(self, connection: Connection, owner_id: UUID, size: int) -> None:
        """Raises LimitReached("upload") for a file of too many bytes."""
        tier = self._tier(connection, owner_id)
        if tier.upload_mib is not None and size > tier.upload_mib * _MIB:
            most = tier.upload_mib
            raise LimitReached(
                "upload",
                f"The subscription “{tier.name}” takes books of up to {most} MiB; this one has {size / _MIB:.1f}.",
                quota=most,
                lifted_by=lifting(self.tariff, lambda one: one.upload_mib is None or one.upload_mib * _MIB >= size),
            )

    def admit_film(self, connection: Connection, owner_id: UUID, words: int, options: MakeOptions) -> None:
        """Before a book is started in this transaction. Raises LimitReached("films", "film-length")."""
        tier = self._tier(connection, owner_id)
        if tier.films is not None and self._count(connection, owner_id, started=True) >= tier.films:
            most = tier.films
            raise LimitReached(
                "films",
                f"The subscription “{tier.name}” makes films of {most} of your books. Delete a book with a film to "
                "make room.",
                quota=most,
                lifted_by=lifting(self.tariff, lambda one: one.films is None or one.films > most),
            )
        self._admit_length(tier, words, options)

    def admit_length(self, connection: Connection, owner_id: UUID, words: int, options: MakeOptions) -> None:
        """Before a started book is made otherwise. Raises LimitReached("film-length")."""
        self._admit_length(self._tier(connection, owner_id), words, options)

    def _admit_length(self, tier: Tier, words: int, options: MakeOptions) -> None:
        minutes = _minutes(words, options)
        if minutes > tier.film_minutes:
            raise LimitReached(
                "film-length",
                f"This film would last about {minutes} minutes; the subscription “{tier.name}” has films of up to "
                f"{tier.film_minutes}. Choose fewer chapters, or a style that leaves something out, with the minutes "
                "that you want.",
                quota=tier.film_minutes,
                lifted_by=lifting(self.tariff, lambda one: one.film_minutes >= minutes),
            )

    def _tier(self, connection: Connection, owner_id: UUID) -> Tier:
        """The owner's, whose shelf nobody else changes until the transaction ends."""
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:owner, 6))"), {"owner": str(owner_id)})
        name = connection.execute(select(users.c.tier).where(users.c.id == owner_id)).scalar_one()
        return self.tariff.tiers.get(name, self.tariff.tiers[self.tariff.free])

    def _count(self, connection: Connection, owner_id: UUID, *, started: bool = False) -> int:
        gone = ("deleting", "unstarted") if started else ("deleting",)
        mine = (books.c.owner_id == owner_id, books.c.state.not_in(gone))
        return int(connection.execute(select(func.count()).select_from(books).where(*mine)).scalar_one())


def words_of(connection: Connection, book_id: UUID, options: MakeOptions) -> int:
    """The words of the chapters that are asked for."""
    query = select(sections.c.number, sections.c.word_count).where(
        sections.c.book_id == book_id, sections.c.kind == "chapter"
    )
    return sum(row.word_count for row in connection.execute(query) if options.wants(row.number))


def _minutes(words: int, options: MakeOptions) -> int:
    """About how long a film will be. One that keeps every word is as long as its words take."""
    if options.minutes is not None and options.style not in WHOLE:
        return options.minutes
    return max(1, round(words / WORDS_A_MINUTE))
