"""What routes work with: database, objects, engines; and the gates: who asks, which book is theirs. No route or SQL."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Annotated, ParamSpec, TypeVar
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Engine

from api.hub import Hub
from api.problems import not_found
from litink.accounts.acting import acting, as_person
from litink.accounts.entrance import Entrance
from litink.accounts.errors import Denied, not_signed_in
from litink.accounts.identify import Doorman
from litink.accounts.model import Identity, Scope
from litink.accounts.operators import People
from litink.accounts.own import OwnAccount
from litink.billing.services import Billing
from litink.db import tenant
from litink.db.engine import application_url, engine_for, plain_conninfo, tenants_url
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
from litink.production.leaving import Leaving
from litink.production.plan.planner import Planner
from litink.providers.base import Voice
from litink.settings import Settings

Found = TypeVar("Found")
P = ParamSpec("P")
_SWIFT = 3  # threads: docs/accounts.md


class Backend:
    """One a process. Connects when first needed: the service starts, and says it is alive, without a database."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engines = Engines(settings, lambda: cashier_of(settings, self.operators_engine, self.objects))
        self._doorman = Doorman(settings)
        self.hub = Hub(self.conninfo)
        self._owners: dict[str, UUID] = {}
        self._swift = ThreadPoolExecutor(_SWIFT, "swift")

    async def swiftly(self, act: Callable[P, Found], *args: P.args, **named: P.kwargs) -> Found:
        """Have ``act`` done in one of the few threads that are kept for what takes a millisecond and is asked by
        everybody all the time. With many, they mostly hand the interpreter to each other."""
        work = partial(contextvars.copy_context().run, act, *args, **named)
        return await asyncio.get_running_loop().run_in_executor(self._swift, work)

    def conninfo(self) -> str:
        """For listening, outside the pools."""
        return plain_conninfo(application_url(self.settings))

    @property
    def operators_engine(self) -> Engine:
        """Connections that see everybody's rows. Looked up each time: the embedded server may move to another port.

        Raises LitinkError("database-down").
        """
        return engine_for(application_url(self.settings))

    @property
    def engine(self) -> Engine:
        """Connections for the person who asks: with accounts, PostgreSQL itself shows them their own rows alone.

        Raises LitinkError("database-down").
        """
        if self.settings.accounts == "single" or tenant.operating.get():
            return self.operators_engine
        return tenant.bound(tenant.tenants_engine(tenants_url(self.settings)), tenant.person.get())

    @cached_property
    def objects(self) -> Objects:
        return Objects.from_settings(self.settings)

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.engine, self.objects, Allowances.from_settings(self.settings), self.operators_engine)

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
        return Billing(self.operators_engine, self.settings)

    @property
    def story_editor(self) -> StoryEditor:
        return StoryEditor(self.engine, self.objects, lambda book: {v.id: v.name for v in self.voices(book)})

    def voices(self, book: BookRecord) -> Sequence[Voice]:
        """Those that people may choose for a book."""
        return offered(self.engine, self.engines, book)

    @property
    def cloning(self) -> Cloning:
        return Cloning(self.engine, self.engines)

    @property
    def branches(self) -> Branches:
        return Branches(self.engine, self.objects)

    @property
    def people(self) -> People:
        return People(self.operators_engine)

    @property
    def entrance(self) -> Entrance:
        """Raises the problem "no-accounts" where there is one local user."""
        if self.settings.accounts == "single":
            raise not_found("This installation has one local user and no log-in.", "no-accounts")
        return Entrance(self.operators_engine, self.settings)

    def account(self, identity: Identity) -> OwnAccount:
        return OwnAccount(self.operators_engine, self.settings, identity)

    @property
    def leaving(self) -> Leaving:
        return Leaving(self.operators_engine, self.objects, self.engines, self.settings)

    def identify(self, token: str | None) -> Identity:
        """Whose request this is; without accounts, always the one local user's. Raises Denied("not-signed-in")."""
        if self.settings.accounts == "single":
            return Identity(self._local_user(), "superadmin", repository.LOCAL_TIER, "local", verified=True)
        if token is None:
            raise not_signed_in()
        return self._doorman.identify(self.operators_engine, token)

    def _local_user(self) -> UUID:
        engine = self.operators_engine
        url = str(engine.url)
        if url not in self._owners:
            with engine.begin() as connection:
                self._owners[url] = repository.local_user(connection)
        return self._owners[url]


async def _backend(request: Request) -> Backend:
    found: Backend = request.app.state.backend
    return found


AnyBackend = Annotated[Backend, Depends(_backend)]

ACCESS_COOKIE = "litink_access"

_SAFE = {"GET", "HEAD", "OPTIONS"}
_BEARER = HTTPBearer(auto_error=False, scheme_name="bearer", description="an access token, or an API token")
_COOKIE = APIKeyCookie(name=ACCESS_COOKIE, auto_error=False, scheme_name="cookie", description="a browser's session")


@dataclass(frozen=True)
class Visit:
    """A request at the door, with what it brought to be known by."""

    backend: Backend
    token: str | None
    reads: bool

    def identity(self) -> Identity:
        """Raises Denied: "not-signed-in", "unverified", "scope-missing"."""
        identity = self.backend.identify(self.token)
        if not self.reads and not identity.verified:
            raise Denied(
                "unverified", "Confirm your e-mail address first; the link is in the mail that was sent to it."
            )
        _needs(identity, "read" if self.reads else "write")
        return identity

    def entered(self) -> Identity:
        """Lets them in within the caller's own thread, for routes that are asked so often that a turn of a thread
        counts; all others depend on :data:`Person`."""
        return _let_in(self.identity())


async def _visit(
    request: Request,
    backend: AnyBackend,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    cookie: Annotated[str | None, Security(_COOKIE)],
) -> Visit:
    return Visit(backend, bearer.credentials if bearer else cookie, request.method in _SAFE)


AnyVisit = Annotated[Visit, Depends(_visit)]


def _let_in(identity: Identity) -> Identity:
    tenant.person.set(identity.id)
    acting.set(as_person(identity.id, identity.via))
    return identity


async def _person(visit: AnyVisit) -> Identity:
    """Who asks. Asynchronous, so that what is set holds for the rest of the request and its threads."""
    return _let_in(await run_in_threadpool(visit.identity))


def _needs(identity: Identity, scope: Scope) -> None:
    if scope not in identity.scopes:
        raise Denied("scope-missing", f"This token was made without “{scope}”.")


Person = Annotated[Identity, Depends(_person)]


async def _owner(person: Person) -> UUID:
    return person.id


Owner = Annotated[UUID, Depends(_owner)]


async def _spends(person: Person) -> None:
    _needs(person, "spend")


SPENDS = Depends(_spends)  # on every route that may cost money: a token needs leave for it


async def _operator(person: Person) -> UUID:
    """Raises Denied("operators-only")."""
    if not person.operates:
        raise Denied("operators-only", "Only those who run this installation may do this.")
    tenant.operating.set(True)
    return person.id


Operator = Annotated[UUID, Depends(_operator)]  # who may see and do what concerns all books and people


async def _signed_in(person: Person) -> Identity:
    """Raises Denied("session-needed")."""
    if person.via != "session":
        raise Denied("session-needed", "Log in with your password for this; nothing else does.")
    return person


SignedIn = Annotated[Identity, Depends(_signed_in)]  # how somebody comes in is not changed with a token


async def _themselves(person: Person) -> Identity:
    """Raises Denied("session-needed")."""
    if person.via == "token":
        raise Denied("session-needed", "No token does this: log in, or come from your issuer.")
    return person


Themselves = Annotated[Identity, Depends(_themselves)]  # what concerns all that somebody has is no program's business


def _book(book_id: UUID, backend: AnyBackend, owner: Owner) -> BookRecord:
    with backend.engine.begin() as connection:
        return there(repository.get_book(connection, book_id, owner_id=owner))


def _readable_book(book_id: UUID, backend: AnyBackend, owner: Owner) -> BookRecord:
    with backend.engine.begin() as connection:
        return there(repository.get_readable(connection, book_id, owner))


def there(book: Found | None) -> Found:
    """Raises the problem "no-such-book" for None."""
    if book is None:
        raise not_found("There is no such book.", "no-such-book")
    return book


OwnBook = Annotated[BookRecord, Depends(_book)]
ReadableBook = Annotated[BookRecord, Depends(_readable_book)]  # one's own, or one that is published
