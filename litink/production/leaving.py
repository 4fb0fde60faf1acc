"""A person leaves: everything of theirs goes, here and at the providers, and a receipt says what went and what stays.

It is done in steps that may be cut off anywhere: first nobody gets in as them any more, then books, voices and the
customer at Stripe go, each as often as it takes, and at last, in one transaction, all rows. Whoever calls
:meth:`Leaving.finish_all` later goes on with what was cut off, or could not be told to somebody outside.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, delete, func, or_, select, update

from litink.accounts import audit, people
from litink.accounts.mail import outbox
from litink.billing.services import Billing
from litink.db.schema import (
    api_tokens,
    books,
    credit_charges,
    credit_grants,
    credit_parts,
    ledger,
    metadata,
    payments,
    proofs,
    refresh_tokens,
    sessions,
    stripe_customers,
    users,
    voice_clones,
)
from litink.errors import LitinkError, Refused
from litink.library import repository
from litink.library.shelf import Shelf
from litink.objects import Objects
from litink.production.cloning import Cloning
from litink.production.engines import Engines
from litink.settings import Settings

log = logging.getLogger(__name__)

# What was paid, and for how much: an installation's accounts have to balance when people have left. These rows hold
# amounts, times, models and keys of items, under an id that leads to nobody any more.
KEPT: tuple[Table, ...] = (ledger, payments, credit_grants, credit_charges, credit_parts)

# All other tables with an owner; those that refer to others first.
THEIRS = tuple(table for table in reversed(metadata.sorted_tables) if "owner_id" in table.c and table not in KEPT)


@dataclass(frozen=True)
class Receipt:
    """``deleted``: how many of what are gone; ``kept``: rows of the accounts that stay. Not ``finished``: somebody
    outside could not be told (``waits_for``); it goes on by itself."""

    person: UUID
    at: datetime
    finished: bool
    deleted: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    waits_for: str | None = None

    @property
    def told(self) -> str:
        """In a sentence."""
        gone = ", ".join(f"{count} × {what.replace('_', ' ')}" for what, count in self.deleted.items() if count)
        stays = ", ".join(f"{count} × {what.replace('_', ' ')}" for what, count in self.kept.items() if count)
        kept = f"What the accounts of payments need stays, under a number that is nobody's: {stays}. " if stays else ""
        return f"Deleted on {self.at:%-d %B %Y at %H:%M} UTC: {gone or 'an empty account'}. {kept}".strip()


class Leaving:
    """``engine``: connections that see all rows."""

    def __init__(self, engine: Engine, objects: Objects, engines: Engines, settings: Settings) -> None:
        self._engine = engine
        self._objects = objects
        self._engines = engines
        self._settings = settings

    def leave(self, person: UUID) -> Receipt:
        """Delete somebody. From now on nobody gets in as them; what is left to do is done as far as it can be now.

        Raises LitinkError("no-such-user", "last-operator"), Refused("local-user").
        """
        with self._engine.begin() as connection:
            people.leave_an_operator(connection, without=person)
            query = select(users.c.name, users.c.state).where(users.c.id == person).with_for_update()
            known = connection.execute(query).first()
            if known is None or known.state == "deleted":
                raise LitinkError("no-such-user", "There is no such person.")
            if known.name == repository.LOCAL_USER:
                raise Refused("local-user", "The local user stays; delete their books instead.")
            connection.execute(update(users).where(users.c.id == person).values(state="leaving"))
            if known.state != "leaving":
                audit.write(connection, "user.delete", person)
            _remove_rows(connection, person, (refresh_tokens, sessions, api_tokens, proofs))
        return self._finish(person)

    def finish_all(self) -> list[Receipt]:
        """Go on with everybody who is not gone yet, and with books that came while their owner left."""
        late = select(books.c.id).where(books.c.owner_id == users.c.id).exists()
        query = select(users.c.id).where(or_(users.c.state == "leaving", (users.c.state == "deleted") & late))
        with self._engine.begin() as connection:
            found = connection.execute(query).scalars().all()
        return [self._finish(person) for person in found]

    def _finish(self, person: UUID) -> Receipt:
        deleted: dict[str, int] = {}
        try:
            deleted["books"] = self._remove_books(person)
            deleted["voices"] = self._remove_voices(person)
            deleted["customers_at_stripe"] = self._remove_customers(person)
        except LitinkError as error:
            log.warning("the deletion of person %s waits: %s", person, error.message)
            return Receipt(person, datetime.now(UTC), finished=False, deleted=deleted, waits_for=error.message)
        with self._engine.begin() as connection:
            email = connection.execute(select(users.c.email).where(users.c.id == person).with_for_update()).scalar()
            deleted |= _remove_rows(connection, person, THEIRS)
            audit.forget(connection, person)
            connection.execute(update(credit_grants).where(credit_grants.c.owner_id == person).values(note=""))
            kept = {table.name: _count(connection, table, person) for table in KEPT}
            gone = {"name": f"deleted {person}", "email": None, "verified_at": None, "password_hash": None}
            connection.execute(
                update(users).where(users.c.id == person).values(**gone, role="user", tier="free", state="deleted")
            )
            receipt = Receipt(person, datetime.now(UTC), True, deleted, {k: v for k, v in kept.items() if v})
            if email:
                outbox.put(connection, person, email, "deleted", {"what": receipt.told})
        log.info("person %s is deleted", person)
        return receipt

    def _remove_books(self, person: UUID) -> int:
        shelf = Shelf(self._engine, self._objects)
        with self._engine.begin() as connection:
            ids = connection.execute(select(books.c.id).where(books.c.owner_id == person)).scalars().all()
            mine = [book for one in ids if (book := repository.get_book(connection, one)) is not None]
        for book in mine:
            shelf.remove(book)
        shelf.finish_removals()
        return len(mine)

    def _remove_voices(self, person: UUID) -> int:
        cloning = Cloning(self._engine, self._engines)
        mine = self._names(voice_clones, person)
        for voice in mine:
            cloning.remove(person, voice)
        return len(mine)

    def _remove_customers(self, person: UUID) -> int:
        """At Stripe that ends what they subscribe to, at once and without a refund."""
        mine = self._names(stripe_customers, person)
        billing = Billing(self._engine, self._settings)
        for customer in mine:
            billing.stripe.forget(customer)
        return len(mine)

    def _names(self, table: Table, person: UUID) -> list[Any]:
        with self._engine.begin() as connection:
            return list(connection.execute(select(table.c.id).where(table.c.owner_id == person)).scalars())


def _remove_rows(connection: Connection, person: UUID, tables: Iterable[Table]) -> dict[str, int]:
    """Their rows in these tables; how many there were, by table."""
    found = {table.name: _count(connection, table, person) for table in tables}
    for table in tables:
        connection.execute(delete(table).where(table.c.owner_id == person))
    return {name: count for name, count in found.items() if count}


def _count(connection: Connection, table: Table, person: UUID) -> int:
    query = select(func.count()).select_from(table).where(table.c.owner_id == person)
    return int(connection.execute(query).scalar_one())
