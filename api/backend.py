"""What routes work with: database, objects, engines, the owner; and the gates to one book. No route, no SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import Engine

from api.hub import Hub
from api.problems import not_found
from litink.billing.services import Billing
from litink.db.engine import application_url, engine_for, plain_conninfo
from litink.library import repository
from litink.library.allowances import Allowances
from litink.library.branches import Branches
from litink.library.corrections import Editor
from litink.library.editing import StoryEditor
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.objects import Objects
from litink.production.backfill.acts import Backfills
from litink.production.cloning import Cloning, offered
from litink.production.engines import Engines, cashier_of
from litink.production.exports.desk import Desk
from litink.production.plan.planner import Planner
from litink.providers.base import Voice
from litink.settings import Settings


class Backend:
    """One a process. Connects when first needed: the service starts, and says it is alive, without a database."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engines = Engines(settings, lambda: cashier_of(settings, self.engine, self.objects))
        self.hub = Hub(lambda: plain_conninfo(application_url(settings)))
        self._owners: dict[str, UUID] = {}

    @property
    def engine(self) -> Engine:
        """Looked up each time: the embedded server may move to another port. Raises LitinkError("database-down")."""
        return engine_for(application_url(self.settings))

    @cached_property
    def objects(self) -> Objects:
        return Objects.from_settings(self.settings)

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.engine, self.objects, Allowances.from_settings(self.settings))

    @property
    def editor(self) -> Editor:
        return Editor(self.engine, self.objects)

    @property
    def planner(self) -> Planner:
        return Planner(self.engine, self.objects, self.engines)

    @property
    def backfills(self) -> Backfills:
        return Backfills(self.engine, self.engines)

    @property
    def exports(self) -> Desk:
        return Desk(self.engine, self.engines)

    @property
    def billing(self) -> Billing:
        return Billing(self.engine, self.settings)

    @property
    def story_editor(self) -> StoryEditor:
        return StoryEditor(self.engine, self.objects, lambda book: {v.id: v.name for v in self.voices(book)})

    def voices(self, book: BookRecord) -> Sequence[Voice]:
        """Those that people may choose for a book."""
        with self.engine.connect() as connection:
            return offered(connection, self.engines, book)

    @property
    def cloning(self) -> Cloning:
        return Cloning(self.engine, self.engines)

    @property
    def branches(self) -> Branches:
        return Branches(self.engine, self.objects)

    def owner(self) -> UUID:
        """Whose request this is: the one local user, as long as there are no accounts."""
        engine = self.engine
        url = str(engine.url)
        if url not in self._owners:
            with engine.begin() as connection:
                self._owners[url] = repository.local_user(connection)
        return self._owners[url]


async def _backend(request: Request) -> Backend:
    found: Backend = request.app.state.backend
    return found


AnyBackend = Annotated[Backend, Depends(_backend)]


def _owner(backend: AnyBackend) -> UUID:
    return backend.owner()


Owner = Annotated[UUID, Depends(_owner)]

# Who may see and do what concerns all books: the one local user, as long as there are no accounts.
Operator = Annotated[UUID, Depends(_owner)]


def _book(book_id: UUID, backend: AnyBackend, owner: Owner) -> BookRecord:
    with backend.engine.connect() as connection:
        record = repository.get_book(connection, book_id, owner_id=owner)
    if record is None:
        raise not_found("There is no such book.", "no-such-book")
    return record


OwnBook = Annotated[BookRecord, Depends(_book)]
