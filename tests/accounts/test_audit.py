"""Who did what to whom: each act leaves one entry, with it or not at all; who sees it; that it stays as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine, Select, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from litink.accounts import audit
from litink.accounts.audit import ACTIONS, Entry
from litink.accounts.operators import People
from litink.billing import grants
from litink.db.schema import (
    api_tokens,
    backfills,
    books,
    breakers,
    credit_grants,
    payments,
    promo_codes,
    sessions,
    users,
)
from litink.db.schema import audit as log
from litink.generation.model import Owned, Purpose
from litink.generation.paid import settlement
from litink.generation.paid.payments import Draft
from litink.generation.paid.policy import Policy
from litink.generation.paid.settlement import Verdict
from litink.library import repository
from litink.objects import Objects
from litink.production.backfill import records
from litink.providers.catalogue import catalogue
from litink.providers.wire import Request
from litink.settings import Settings
from tests.accounts.visitors import Visitor
from tests.api.paying import paying
from tests.emulated import Emulator
from tests.made_books import Maker

NewVisitor = Callable[[], Visitor]
POLICY = Policy(journal=Path("/nowhere"))
NEW = "a boat with nobody in it"


@dataclass
class Scene:
    """An operator, somebody to whom things are done, and what an act needs besides."""

    engine: Engine
    settings: Settings
    emulator: Emulator
    operator: Visitor
    mara: Visitor
    maker: Maker
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def owned(self) -> Owned:
        return repository.owned(self.maker.add())

    def one(self, statement: Any) -> Any:
        with self.engine.begin() as connection:
            return connection.execute(statement).scalar_one()

    def person(self, name: str | None) -> UUID | None:
        if name == "local":
            return UUID(str(self.one(select(users.c.id).where(users.c.name == "local"))))
        return UUID(str(self.kept[name])) if name else None

    def admin(self, method: str, path: str, body: object = None) -> httpx.Response:
        return self.operator.http.request(method, f"/admin/{path}", json=body)


# -- the acts: what is made ready, what is done (giving the target), and what stays as it was when it is not ---------


@dataclass(frozen=True)
class Act:
    do: Callable[[Scene], object]
    state: Callable[[Scene], Select[Any]]
    ready: Callable[[Scene], object] = lambda scene: None
    target: Callable[[Scene], object] = lambda scene: scene.kept["mara"]
    actor: str | None = "mara"
    via: str = "session"


def of_mara(column: str) -> Callable[[Scene], Select[Any]]:
    return lambda scene: select(users.c[column]).where(users.c.id == scene.kept["mara"])


def counted(*what: Any) -> Callable[[Scene], Select[Any]]:
    return lambda scene: select(func.count()).where(*(one(scene) if callable(one) else one for one in what))


def user(path: str, method: str = "POST", body: object = None) -> Callable[[Scene], object]:
    return lambda scene: scene.admin(method, f"users/{scene.kept['mara']}/{path}", body)


def keep(name: str, value: Callable[[Scene], object]) -> Callable[[Scene], object]:
    return lambda scene: scene.kept.setdefault(name, value(scene))


def forgotten(scene: Scene) -> None:
    scene.mara.post("/auth/password/forgot", {"email": scene.mara.email})
    scene.kept["proof"] = scene.mara.proof("reset")


def moving(scene: Scene) -> None:
    other = Visitor(scene.mara.address)
    scene.mara.http.put("/account/email", json={"password": scene.mara.password, "email": other.email})
    scene.kept["proof"] = other.proof("confirm")


def used_up(scene: Scene) -> None:
    scene.kept["old"] = scene.mara.refresh_token
    scene.mara.take(scene.mara.refresh())


def elsewhere(scene: Scene) -> None:
    """The log-ins so far were from another network."""
    theirs = update(sessions).where(sessions.c.owner_id == scene.kept["mara"])
    with scene.engine.begin() as connection:
        connection.execute(theirs.values(network="198.51.100.7"))


def token(scene: Scene) -> object:
    return scene.mara.post("/account/tokens", {"name": "n", "scopes": ["read"]}).json().get("id")


def give(scene: Scene) -> None:
    now = datetime.now(UTC)
    with scene.engine.begin() as connection:
        grants.give_by_hand(connection, scene.kept["mara"], "admin", Decimal(5), at=now, expires_at=None, note="sorry")


def held(scene: Scene) -> int:
    """A payment whose answer was lost."""
    model = catalogue().models["flux"]
    request = Request("modelslab", "text-to-image", model.name, {"prompt": uuid4().hex})
    purpose = Purpose(scene.owned, "scene_images", "shot-1", "c" * 64, None)
    with scene.engine.begin() as connection:
        payment = settlement.open_payment(
            connection, Draft.of(purpose, 0, model, request, Decimal("0.05"), 60.0), POLICY
        )
        assert payment is not None
        settlement.settle(connection, payment, Verdict("unknown"), POLICY)
    return payment.id


def backfill(scene: Scene) -> UUID:
    with scene.engine.begin() as connection:
        return records.put(connection, scene.operator.id, "scene_images", {}, None, Decimal(1), [])


def start(scene: Scene) -> None:
    """In an installation of one person, whose books could be bought otherwise."""
    scene.maker.finished()
    with paying(scene.settings, scene.emulator) as api:
        answer = api.post("/admin/backfills", json={"asset": "scene_images", "budget_usd": "0.5"})
        if answer.is_success:
            scene.kept["backfill"] = answer.json()["id"]


def ill(scene: Scene) -> None:
    with scene.engine.begin() as connection:
        breakers_row = {"provider": "openrouter", "model": "meta/llama", "failures": 5}
        connection.execute(insert(breakers).values(breakers_row))


def author(scene: Scene) -> object:
    scene.mara.become(scene.engine, role="author")
    return scene.maker.add().id


def create(scene: Scene) -> None:
    People(scene.engine).create_operator(scene.kept["email"], NEW)


def state_of(scene: Scene) -> Select[Any]:
    return select(backfills.c.state).where(backfills.c.id == scene.kept["backfill"])


def code(scene: Scene) -> Any:
    return promo_codes.c.code == scene.kept["code"]


def made_code(scene: Scene) -> None:
    scene.admin("POST", "promo-codes", {"code": scene.kept["code"], "credits": 5})


def published(scene: Scene) -> Select[Any]:
    return select(books.c.published_at.is_(None)).where(books.c.id == scene.kept["book"])


OPERATORS: dict[str, Any] = {"actor": "operator"}
BACKFILL: dict[str, Any] = {"target": lambda s: s.kept["backfill"], "state": state_of}
CODE: dict[str, Any] = {"target": lambda s: s.kept["code"]}
BOOK: dict[str, Any] = {"target": lambda s: s.kept["book"], "state": published}

ACTS: dict[str, Act] = {
    "user.role": Act(user("role", "PUT", {"role": "author"}), of_mara("role"), **OPERATORS),
    "user.tier": Act(user("tier", "PUT", {"tier": "premium"}), of_mara("tier"), **OPERATORS),
    "user.suspend": Act(user("suspend"), of_mara("state"), **OPERATORS),
    "user.restore": Act(user("restore"), of_mara("state"), ready=user("suspend"), **OPERATORS),
    "user.delete": Act(lambda s: s.admin("DELETE", f"users/{s.kept['mara']}"), of_mara("state"), **OPERATORS),
    "admin.create": Act(
        create,
        lambda s: select(func.count()).where(users.c.email == s.kept["email"]),
        ready=keep("email", lambda s: f"{uuid4().hex}@example.org"),
        target=lambda s: s.one(select(users.c.id).where(users.c.email == s.kept["email"])),
        actor=None,
        via="system",
    ),
    "promo.make": Act(made_code, counted(code), ready=keep("code", lambda s: uuid4().hex.upper()), **OPERATORS, **CODE),
    "promo.end": Act(
        lambda s: s.admin("DELETE", f"promo-codes/{s.kept['code']}"),
        counted(code, promo_codes.c.ended_at.is_(None)),
        ready=lambda s: (s.kept.update(code=uuid4().hex.upper()), made_code(s)),
        **OPERATORS,
        **CODE,
    ),
    "credits.give": Act(give, counted(lambda s: credit_grants.c.owner_id == s.kept["mara"]), actor=None, via="system"),
    "payment.resolve": Act(
        lambda s: s.admin("POST", f"payments/{s.kept['payment']}/resolve", {"billed": True, "cost_usd": "0.04"}),
        lambda s: select(payments.c.state).where(payments.c.id == s.kept["payment"]),
        ready=keep("payment", held),
        target=lambda s: s.kept["payment"],
        **OPERATORS,
    ),
    "model.trust": Act(
        lambda s: s.admin("DELETE", "models/health/openrouter/meta/llama"),
        counted(breakers.c.model == "meta/llama"),
        ready=ill,
        target=lambda s: "openrouter/meta/llama",
        **OPERATORS,
    ),
    "backfill.start": Act(
        start,
        lambda s: select(func.count()).select_from(backfills),
        target=lambda s: s.kept["backfill"],
        actor="local",
        via="local",
    ),
    "backfill.pause": Act(
        lambda s: s.admin("POST", f"backfills/{s.kept['backfill']}/pause"),
        ready=keep("backfill", backfill),
        **OPERATORS,
        **BACKFILL,
    ),
    "backfill.resume": Act(
        lambda s: s.admin("POST", f"backfills/{s.kept['backfill']}/resume"),
        ready=lambda s: (keep("backfill", backfill)(s), s.admin("POST", f"backfills/{s.kept['backfill']}/pause")),
        **OPERATORS,
        **BACKFILL,
    ),
    "backfill.cancel": Act(
        lambda s: s.admin("POST", f"backfills/{s.kept['backfill']}/cancel"),
        ready=keep("backfill", backfill),
        **OPERATORS,
        **BACKFILL,
    ),
    "password.change": Act(
        lambda s: s.mara.http.put("/account/password", json={"password": s.mara.password, "new_password": NEW}),
        of_mara("password_hash"),
    ),
    "password.reset": Act(
        lambda s: s.mara.post("/auth/password/reset", {"token": s.kept["proof"], "password": NEW}),
        of_mara("password_hash"),
        ready=forgotten,
        via="mail",
    ),
    "email.change": Act(
        lambda s: s.mara.post("/auth/verify", {"token": s.kept["proof"]}), of_mara("email"), ready=moving, via="mail"
    ),
    "session.network": Act(
        lambda s: s.mara.login(cookies=True),
        counted(lambda s: sessions.c.owner_id == s.kept["mara"]),
        ready=elsewhere,
    ),
    "session.reuse": Act(
        lambda s: s.mara.refresh(s.kept["old"]),
        counted(lambda s: sessions.c.owner_id == s.kept["mara"], sessions.c.ended_at.is_(None)),
        ready=used_up,
        actor=None,
        via="anybody",
    ),
    "token.make": Act(token, counted(lambda s: api_tokens.c.owner_id == s.kept["mara"])),
    "token.delete": Act(
        lambda s: s.mara.http.delete(f"/account/tokens/{s.kept['token']}"),
        counted(lambda s: api_tokens.c.owner_id == s.kept["mara"]),
        ready=keep("token", token),
    ),
    "book.publish": Act(lambda s: s.mara.post(f"/books/{s.kept['book']}/publish"), ready=keep("book", author), **BOOK),
    "book.unpublish": Act(
        lambda s: s.mara.http.delete(f"/books/{s.kept['book']}/publish"),
        ready=lambda s: (keep("book", author)(s), s.mara.post(f"/books/{s.kept['book']}/publish")),
        **BOOK,
    ),
}


@pytest.fixture(scope="module")
def operator(house: str, engine: Engine) -> Visitor:
    return Visitor(house).signed_up().become(engine, role="superadmin")


@pytest.fixture
def scene(
    engine: Engine,
    settings: Settings,
    emulator: Emulator,
    operator: Visitor,
    visitor: NewVisitor,
    tmp_path: Path,
) -> Iterator[Scene]:
    mara = visitor().become(engine, tier="basic")
    me = mara.id
    maker = Maker(engine, Objects.from_settings(settings), tmp_path, owner=me)
    found = Scene(engine, settings, emulator, operator, mara, maker, {"mara": me})
    found.kept["operator"] = operator.id
    yield found
    with engine.begin() as connection:
        for table in (backfills, breakers, promo_codes):
            connection.execute(delete(table))
        connection.execute(update(books).where(books.c.owner_id == me).values(published_at=None))


def entries(engine: Engine, **asked: Any) -> list[Entry]:
    with engine.connect() as connection:
        return audit.entries(connection, **asked)


@contextmanager
def full(engine: Engine) -> Iterator[None]:
    """Nothing can be written down meanwhile."""
    refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$"
    with engine.begin() as connection:
        connection.execute(text(refuse))
        connection.execute(text("CREATE TRIGGER full_up BEFORE INSERT ON audit EXECUTE FUNCTION refuse()"))
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP TRIGGER full_up ON audit"))
            connection.execute(text("DROP FUNCTION refuse()"))


def test_every_action_is_tried_here() -> None:
    assert set(ACTS) == set(ACTIONS)


@pytest.mark.parametrize("name", ACTIONS)
def test_an_act_leaves_one_entry_and_is_not_done_where_it_cannot_be_written_down(scene: Scene, name: str) -> None:
    if name.startswith("token."):
        scene.mara.become(scene.engine, tier="premium")
    act = ACTS[name]
    act.ready(scene)
    before = len(entries(scene.engine, action=name, limit=1000))
    was = scene.one(act.state(scene))
    with full(scene.engine), suppress(DBAPIError):
        act.do(scene)
    assert scene.one(act.state(scene)) == was
    act.do(scene)  # of the try nothing was left half done
    assert scene.one(act.state(scene)) != was
    found = entries(scene.engine, action=name, limit=1000)
    assert len(found) == before + 1
    assert found[0].target_id == str(act.target(scene))
    assert found[0].actor_id == scene.person(act.actor)
    assert found[0].via == act.via
    assert (found[0].network == "127.0.0.1") is (found[0].request_id is not None) is (act.via != "system")


def test_what_changes_nothing_leaves_no_entry(scene: Scene) -> None:
    mara = scene.kept["mara"]
    for _ in range(2):
        scene.admin("PUT", f"users/{mara}/role", {"role": "author"})
        scene.admin("POST", f"users/{mara}/restore")
        scene.admin("DELETE", "promo-codes/NOWHERE")
        scene.admin("DELETE", "models/health/openrouter/nobody")
    assert [entry.action for entry in entries(scene.engine, target=str(mara))] == ["user.role", "session.network"]


class TestReading:
    def test_operators_find_entries_by_who_whom_what_and_when(self, scene: Scene) -> None:
        mara, start = str(scene.kept["mara"]), datetime.now(UTC) - timedelta(minutes=5)
        scene.admin("PUT", f"users/{mara}/role", {"role": "author"})
        scene.admin("PUT", f"users/{mara}/tier", {"tier": "premium"})

        def found(**asked: str) -> list[str]:
            answer = scene.operator.http.get("/admin/audit", params=asked)
            assert answer.status_code == 200, answer.text
            return [entry["action"] for entry in answer.json()["items"]]

        assert found(target=mara) == ["user.tier", "user.role", "session.network"]
        assert found(target=mara, actor=mara) == ["session.network"]
        assert found(target=mara, action="user.role") == ["user.role"]
        assert found(target=mara, since=start.isoformat())
        assert not found(target=mara, until=start.isoformat())
        (entry, *_) = scene.operator.http.get("/admin/audit", params={"target": mara}).json()["items"]
        assert entry["details"] == {"was": "basic", "now": "premium"}
        assert scene.mara.http.get("/admin/audit").status_code == 403

    def test_pages_follow_each_other(self, scene: Scene) -> None:
        mara = str(scene.kept["mara"])
        for role in ("author", "user", "creator"):
            scene.admin("PUT", f"users/{mara}/role", {"role": role})
        seen, cursor = [], None
        while True:
            asked = {"target": mara, "limit": "2"} | ({"cursor": cursor} if cursor else {})
            page = scene.operator.http.get("/admin/audit", params=asked).json()
            seen += [entry["details"].get("now") for entry in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == ["creator", "user", "author", None]

    def test_people_see_what_they_did_and_what_was_done_to_them(self, scene: Scene, visitor: NewVisitor) -> None:
        mara, tobit = scene.mara, visitor()
        scene.admin("PUT", f"users/{scene.kept['mara']}/tier", {"tier": "premium"})
        mara.http.put("/account/password", json={"password": mara.password, "new_password": NEW})
        used_up(scene)
        tobit.refresh(scene.kept["old"])  # somebody has a copy
        mara.password = NEW
        mara.login()
        seen = mara.http.get("/account/activity").json()["items"]
        assert [(entry["action"], entry["by"], entry["network"]) for entry in seen] == [
            ("session.reuse", "somebody", "127.0.0.1"),
            ("password.change", "you", "127.0.0.1"),
            ("user.tier", "operator", None),
            ("session.network", "you", "127.0.0.1"),
        ]
        assert [entry["action"] for entry in tobit.http.get("/account/activity").json()["items"]] == ["session.network"]
        assert str(scene.kept["operator"]) not in json.dumps(seen)

    def test_whoever_leaves_is_an_id_from_nowhere(self, scene: Scene) -> None:
        mara = str(scene.kept["mara"])
        scene.admin("PUT", f"users/{mara}/tier", {"tier": "premium"})
        assert scene.mara.http.request("DELETE", "/account", json={"password": scene.mara.password}).is_success
        assert [(entry.action, entry.network) for entry in entries(scene.engine, target=mara)] == [
            ("user.delete", None),
            ("user.tier", "127.0.0.1"),  # the operator's
            ("session.network", None),
        ]

    def test_on_the_command_line(self, scene: Scene) -> None:
        def litink(*arguments: str) -> subprocess.CompletedProcess[str]:
            environment = {**os.environ, "LITINK_HOME": str(scene.settings.home)}
            command = [sys.executable, "-m", "litink", "admin", *arguments]
            return subprocess.run(
                command, input=f"{NEW}\n", env=environment, capture_output=True, text=True, check=False
            )

        email = f"{uuid4().hex}@example.org"
        made = json.loads(litink("create", email, "--json").stdout)
        done = litink("audit", "--target", made["id"], "--json")
        (entry,) = json.loads(done.stdout)
        assert (entry["action"], entry["actor_id"], entry["via"]) == ("admin.create", None, "cli")
        assert email not in done.stdout
        assert "admin.create" in litink("audit", "--action", "admin.create").stdout
        assert litink("audit", "--action", "user.rule").returncode == 2
        assert litink("audit", "--actor", "mara").returncode == 2


class TestEntries:
    """Stay as they are."""

    @pytest.fixture
    def entry(self, engine: Engine) -> UUID:
        return self.add(engine, timedelta())

    def add(self, engine: Engine, age: timedelta, **values: object) -> UUID:
        given = {"via": "cli", "action": "user.role", "target_kind": "user", "target_id": str(uuid4())} | values
        with engine.begin() as connection:
            made = insert(log).values(created_at=func.now() - age, network="192.0.2.1", **given)
            found: UUID = connection.execute(made.returning(log.c.id)).scalar_one()
            return found

    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE audit SET action = 'user.tier'",
            "UPDATE audit SET network = '192.0.2.9'",
            "UPDATE audit SET network = NULL, details = '{}', actor_id = uuidv7()",
            "UPDATE audit SET created_at = created_at - interval '1 year'",
            "DELETE FROM audit",
            "TRUNCATE audit",
            "SET LOCAL litink.audit_upkeep = 'on'; DELETE FROM audit WHERE created_at > now() - interval '29 days'",
        ],
    )
    @pytest.mark.usefixtures("entry")
    def test_are_neither_changed_nor_deleted_even_by_the_tables_owner(self, engine: Engine, change: str) -> None:
        before = entries(engine, limit=10_000)
        with pytest.raises(DBAPIError, match="kept as they are"), engine.begin() as connection:
            connection.exec_driver_sql(change)
        assert entries(engine, limit=10_000) == before

    def test_go_when_they_are_old(self, engine: Engine) -> None:
        old, young = (self.add(engine, timedelta(days=days)) for days in (731, 729))
        before = datetime.now(UTC) - timedelta(days=730)
        with engine.begin() as connection:
            count = audit.remove_old(connection, before, dry_run=True)
            assert count == 1
            assert audit.remove_old(connection, before, dry_run=False) == count
        left = {entry.id for entry in entries(engine, limit=10_000)}
        assert young in left
        assert old not in left

    def test_of_the_last_month_stay_whatever_is_asked(self, engine: Engine) -> None:
        young = self.add(engine, timedelta(days=29))
        with engine.begin() as connection:
            audit.remove_old(connection, datetime.now(UTC), dry_run=False)
        assert young in {entry.id for entry in entries(engine, limit=10_000)}

    def test_outlive_a_person_without_saying_where_they_were(self, engine: Engine) -> None:
        gone, operator = uuid4(), uuid4()
        theirs = self.add(engine, timedelta(), actor_id=gone, target_id=str(gone))
        strangers = self.add(engine, timedelta(), target_id=str(gone))
        operators = self.add(engine, timedelta(), actor_id=operator, target_id=str(gone))
        with engine.begin() as connection:
            audit.forget(connection, gone)
        networks = {entry.id: entry.network for entry in entries(engine, target=str(gone))}
        assert networks == {theirs: None, strangers: None, operators: "192.0.2.1"}
