"""Every operation, called by those whom it is not for. The list is the OpenAPI document's: a new route is in it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import jwt
import pytest
from sqlalchemy import Engine

from litink.accounts.access_tokens import AccessTokens
from litink.db.schema import voice_clones
from litink.objects import Objects
from litink.settings import Settings
from tests.accounts import rows
from tests.accounts.operations import Operation, operations
from tests.accounts.visitors import Visitor
from tests.made_books import Maker

ALL = operations()
SECURED = [o for o in ALL if o.secured]

# Whoever asks, these answer. Every other operation wants to know who it is.
PUBLIC = {
    "auth-register",
    "auth-verify",
    "auth-verify-again",
    "auth-login",
    "auth-refresh",
    "auth-logout",
    "auth-forgot-password",
    "auth-reset-password",
    "system-live",
    "system-ready",
    "system-metrics",
    "webhooks-take",  # both believe a signature alone
    "webhooks-stripe",
}

# What the names in addresses stand for, where nothing is found out by them before the book or the person is.
ANYTHING = {
    "key": "c1",
    "number": "1",
    "asset": "audio",
    "chapter": "c1",
    "code": "WELCOME",
    "voice": "local:af_heart",
    "plan_id": "01a20376-0d2c-708b-93e2-3b2413f78fd0",
    "backfill_id": "01a20376-0d2c-708b-93e2-3b2413f78fd0",
    "payment_id": "1",
    "provider": "openrouter",
    "model": "a/b",
    "day": "2026-01-01",
}


@dataclass
class House:
    """Mara owns things; the others want them."""

    address: str
    mara: Visitor
    ids: Mapping[str, str]
    strangers: Mapping[str, httpx.Client]  # by what is wrong with them
    tobit: Visitor


@pytest.fixture(scope="module")
def scene(house: str, multi: Settings, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    mara, tobit = (Visitor(house).signed_up().become(engine, tier="premium") for _ in range(2))
    folder: Path = tmp_path_factory.mktemp("matrix")
    book = Maker(engine, Objects.from_settings(multi), folder, owner=mara.id).finished()
    token = mara.post("/account/tokens", {"name": "t", "scopes": ["read"]}).json()
    session = mara.http.get("/account/sessions").json()[0]["id"]
    ids = {
        **ANYTHING,
        "book_id": str(book.id),
        "session_id": session,
        "token_id": token["id"],
        "user_id": str(mara.id),
        "voice_id": str(rows.add(engine, voice_clones, mara.id, book.id)),
    }

    def client(token: str | None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=f"{house}/api/v1", headers=headers, timeout=60)

    revoked, suspended = (Visitor(house).signed_up() for _ in range(2))
    revoked.post("/auth/logout", {"refresh_token": revoked.refresh_token})
    suspended.become(engine, state="suspended")
    deleted = mara.post("/account/tokens", {"name": "d", "scopes": ["read", "write"]}).json()
    mara.http.delete(f"/account/tokens/{deleted['id']}")
    strangers = {
        "anonymous": client(None),
        "garbage": client("x.y.z"),
        "expired": client(_expired(mara, multi)),
        "logged out": revoked.http,
        "suspended": suspended.http,
        "deleted token": client(deleted["token"]),
    }
    yield House(house, mara, ids, strangers, tobit)
    mara.http.close()


def _expired(visitor: Visitor, settings: Settings) -> str:
    tokens = AccessTokens(settings)
    token = str(visitor.http.headers["Authorization"]).removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode({**claims, "exp": int(time.time()) - 1}, tokens._key, algorithm="HS256")


def refused(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"


def test_every_operation_wants_to_know_who_it_is_but_those_that_are_meant_for_all() -> None:
    assert {o.id for o in ALL if not o.secured} == PUBLIC


@pytest.mark.parametrize("operation", SECURED, ids=str)
def test_nobody_gets_in_without_a_token_that_is_good(scene: House, operation: Operation) -> None:
    for who, http in scene.strangers.items():
        answer = operation.call(http, scene.ids)
        assert answer.status_code == 401, f"{who}: {answer.status_code}"
        refused(answer, 401)


@pytest.mark.parametrize("operation", [o for o in SECURED if "{" in o.path or o.tag == "admin"], ids=str)
def test_another_persons_things_are_not_there(scene: House, engine: Engine, operation: Operation) -> None:
    before = rows.count(engine, scene.mara.id)
    refused(operation.call(scene.tobit.http, scene.ids), 403 if operation.tag == "admin" else 404)
    assert rows.count(engine, scene.mara.id) == before


@pytest.mark.parametrize("operation", [o for o in SECURED if o.writes], ids=str)
def test_an_address_that_is_not_confirmed_writes_nothing(house: str, scene: House, operation: Operation) -> None:
    global _unconfirmed
    if _unconfirmed is None:
        _unconfirmed = Visitor(house).register()
        assert _unconfirmed.login().status_code == 200
    refused(operation.call(_unconfirmed.http, scene.ids), 403)


_unconfirmed: Visitor | None = None


@pytest.fixture(scope="module")
def clients(scene: House) -> Mapping[str, httpx.Client]:
    """Programs of Mara's, by what their tokens are for."""
    scopes = ("read", "write", "spend")
    return {scope: scene.mara.with_token(scope) for scope in scopes} | {"all": scene.mara.with_token(*scopes)}


class TestTokens:
    @pytest.mark.parametrize("operation", [o for o in SECURED if o.writes], ids=str)
    def test_one_that_reads_writes_nothing(
        self, scene: House, clients: Mapping[str, httpx.Client], operation: Operation
    ) -> None:
        refused(operation.call(clients["read"], scene.ids), 403)

    @pytest.mark.parametrize("operation", [o for o in SECURED if not o.writes], ids=str)
    def test_one_that_writes_reads_nothing(
        self, scene: House, clients: Mapping[str, httpx.Client], operation: Operation
    ) -> None:
        refused(operation.call(clients["write"], scene.ids), 403)

    @pytest.mark.parametrize("operation", [o for o in SECURED if o.tag in ("account", "admin")], ids=str)
    def test_none_changes_how_one_comes_in_or_opens_the_house(
        self, scene: House, engine: Engine, clients: Mapping[str, httpx.Client], operation: Operation
    ) -> None:
        scene.mara.become(engine, role="superadmin")
        try:
            answer = operation.call(clients["all"], scene.ids)
        finally:
            scene.mara.become(engine, role="user")
        if operation.id == "account-get":
            assert answer.status_code == 200
        else:
            refused(answer, 403)

    @pytest.mark.parametrize(
        "operation",
        [
            "books-create",
            "books-create-text",
            "books-create-url",
            "books-start",
            "plans-apply",
            "search-ask",
            "exports-order",
            "media-clone-voice",
            "billing-checkout",
            "billing-change",
            "billing-portal",
        ],
    )
    def test_what_may_cost_money_wants_leave_to_spend(self, scene: House, operation: str) -> None:
        http = scene.mara.with_token("read", "write")
        answer = next(o for o in SECURED if o.id == operation).call(http, scene.ids)
        refused(answer, 403)
        assert answer.json()["code"] == "scope-missing"


def test_the_owner_gets_in_everywhere(scene: House) -> None:
    """Else all the above would be no news."""
    reads = [o for o in SECURED if o.of_a_book and not o.writes and o.id != "books-events"]
    found = {o.id: o.call(scene.mara.http, scene.ids).status_code for o in reads}
    assert not {name: status for name, status in found.items() if status in (401, 403) or status >= 500}
    assert sum(status == 200 for status in found.values()) > 20, found


def test_operators_get_in_where_others_do_not(scene: House, engine: Engine) -> None:
    operator = Visitor(scene.address).signed_up().become(engine, role="superadmin")
    for operation in (o for o in SECURED if o.tag == "admin" and not o.writes):
        answer = operation.call(operator.http, scene.ids)
        assert answer.status_code in (200, 404), operation.id
    assert operator.http.get(f"/admin/users/{scene.mara.id}").json()["email"] == scene.mara.email
    refused(operator.http.get(f"/books/{scene.ids['book_id']}"), 404)  # running a house is no leave to read diaries
