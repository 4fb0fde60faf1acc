"""What operators do with people, and how the first one comes to be; API tokens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import Engine, func, select, update

from litink.db.schema import api_tokens, users
from litink.settings import Settings
from tests.accounts.visitors import Visitor
from tests.api.test_api_books import problem

NewVisitor = Callable[[], Visitor]


class TestOperators:
    @pytest.fixture
    def operator(self, visitor: NewVisitor, engine: Engine) -> Visitor:
        return visitor().become(engine, role="superadmin")

    def test_find_people_page_by_page(self, operator: Visitor, visitor: NewVisitor) -> None:
        mara = visitor()
        assert [
            p["email"] for p in operator.http.get("/admin/users", params={"search": mara.email}).json()["items"]
        ] == [mara.email]
        seen: list[str] = []
        cursor = None
        while True:
            page = operator.http.get(
                "/admin/users", params={"limit": 3} | ({"cursor": cursor} if cursor else {})
            ).json()
            seen += [person["id"] for person in page["items"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen))
        assert str(mara.id) in seen

    def test_roles_and_subscriptions_hold_at_once(self, operator: Visitor, visitor: NewVisitor) -> None:
        mara = visitor()
        at = f"/admin/users/{mara.id}"
        problem(mara.post("/account/tokens", {"name": "n", "scopes": ["read"]}), 403, "tier-without-tokens")
        assert operator.http.put(f"{at}/tier", json={"tier": "premium"}).json()["tier"] == "premium"
        assert mara.post("/account/tokens", {"name": "n", "scopes": ["read"]}).status_code == 201
        assert operator.http.put(f"{at}/role", json={"role": "author"}).json()["role"] == "author"
        assert mara.http.get("/account").json()["role"] == "author"
        problem(operator.http.put(f"{at}/tier", json={"tier": "golden"}), 422, "no-such-tier")
        problem(operator.http.put(f"{at}/role", json={"role": "emperor"}), 422, "invalid-request")

    def test_whom_they_shut_out_is_out_at_once_and_may_come_back(self, operator: Visitor, visitor: NewVisitor) -> None:
        mara = visitor()
        at = f"/admin/users/{mara.id}"
        assert operator.post(f"{at}/suspend").json()["state"] == "suspended"
        problem(mara.http.get("/books"), 401, "not-signed-in")
        problem(mara.refresh(), 401, "not-signed-in")
        problem(mara.login(), 403, "suspended")
        assert operator.post(f"{at}/restore").json()["state"] == "active"
        assert mara.login().status_code == 200

    def test_the_last_one_stays(self, operator: Visitor, engine: Engine) -> None:
        me = operator.id
        with engine.begin() as connection:
            others = update(users).where(users.c.role == "superadmin", users.c.id != me)
            connection.execute(others.values(role="user"))
        problem(operator.http.put(f"/admin/users/{me}/role", json={"role": "user"}), 409, "last-operator")
        problem(operator.post(f"/admin/users/{me}/suspend"), 409, "last-operator")

    def test_unknown_people_are_told(self, operator: Visitor) -> None:
        nobody = "/admin/users/01a20376-0d2c-708b-93e2-3b2413f78fd0"
        problem(operator.http.get(nobody), 404, "no-such-user")
        problem(operator.http.put(f"{nobody}/role", json={"role": "author"}), 404, "no-such-user")


class TestTheFirstOperator:
    def create(self, settings: Settings, email: str, password: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "LITINK_HOME": str(settings.home)}
        return subprocess.run(
            [sys.executable, "-m", "litink", "admin", "create", email, "--json"],
            input=f"{password}\n",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_is_made_on_the_command_line_and_logs_in(self, settings: Settings, house: str) -> None:
        root = Visitor(house)
        done = self.create(settings, root.email, root.password)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["role"] == "superadmin"
        assert root.password not in done.stdout + done.stderr
        assert root.login().status_code == 200
        assert root.http.get("/admin/users").status_code == 200

    def test_a_weak_password_is_refused(self, settings: Settings, house: str) -> None:
        done = self.create(settings, Visitor(house).email, "short")
        assert done.returncode == 2
        assert "10 to 256 characters" in done.stderr

    def test_nobody_has_a_password_before(self, engine: Engine) -> None:
        query = select(func.count()).where(users.c.name == "local", users.c.password_hash.is_not(None))
        with engine.connect() as connection:
            assert connection.execute(query).scalar_one() == 0


class TestApiTokens:
    @pytest.fixture
    def mara(self, visitor: NewVisitor, engine: Engine) -> Visitor:
        return visitor().become(engine, tier="premium")

    def test_a_program_reads_with_one(self, mara: Visitor) -> None:
        program = mara.with_token("read")
        me = program.get("/account").json()
        assert (me["via"], me["scopes"], me["email"]) == ("token", ["read"], mara.email)
        (listed,) = mara.http.get("/account/tokens").json()
        assert listed["used_at"]
        assert "token" not in listed

    def test_its_secret_is_shown_once_and_not_kept(self, mara: Visitor, engine: Engine) -> None:
        made = mara.post("/account/tokens", {"name": "n", "scopes": ["read"]}).json()
        with engine.connect() as connection:
            rows = connection.execute(select(api_tokens).where(api_tokens.c.owner_id == mara.id)).all()
        assert made["token"] not in str(rows)

    def test_it_ends_when_deleted_expired_or_when_the_subscription_falls(self, mara: Visitor, engine: Engine) -> None:
        deleted, expired, fallen = (mara.with_token("read") for _ in range(3))
        newest = [token["id"] for token in mara.http.get("/account/tokens").json()]
        assert mara.http.delete(f"/account/tokens/{newest[2]}").status_code == 204
        with engine.begin() as connection:
            old = update(api_tokens).where(api_tokens.c.id == newest[1])
            connection.execute(old.values(expires_at=api_tokens.c.created_at))
        problem(deleted.get("/books"), 401, "not-signed-in")
        problem(expired.get("/books"), 401, "not-signed-in")
        assert fallen.get("/books").status_code == 200
        mara.become(engine, tier="free")
        problem(fallen.get("/books"), 401, "not-signed-in")

    def test_a_new_password_by_mail_ends_them(self, mara: Visitor) -> None:
        program = mara.with_token("read")
        mara.post("/auth/password/forgot", {"email": mara.email})
        mara.post("/auth/password/reset", {"token": mara.proof("reset"), "password": "a boat with nobody in it"})
        problem(program.get("/books"), 401, "not-signed-in")

    def test_a_write_with_one_is_its_owners(self, mara: Visitor) -> None:
        program = mara.with_token("read", "write", "spend")
        made = program.post("/books/text", json={"title": "By a program", "text": "# One\n\nWords enough for it."})
        assert made.status_code == 201, made.text
        assert mara.http.get(f"/books/{made.json()['id']}").status_code == 200


def test_two_people_hand_in_and_list_their_own(visitor: NewVisitor) -> None:
    mara, tobit = visitor(), visitor()
    for who in (mara, tobit):
        key = {"Idempotency-Key": "the-same-key"}
        body = {"title": f"Of {who.email}", "text": "# One\n\nWords enough for a chapter."}
        answer = who.http.post("/books/text", json=body, headers=key)
        assert answer.status_code == 201, answer.text
    for who in (mara, tobit):
        assert [book["title"] for book in who.http.get("/books").json()["items"]] == [f"Of {who.email}"]


def test_another_persons_events_are_not_heard(visitor: NewVisitor) -> None:
    mara, tobit = visitor(), visitor()
    with (
        httpx.Client(base_url=tobit.http.base_url, headers=tobit.http.headers, timeout=30) as http,
        http.stream("GET", "/events") as stream,
    ):
        lines = stream.iter_lines()
        next(lines)
        mara.post("/books/text", {"title": "Mara's", "text": "# One\n\nWords enough for a chapter."})
        tobit.post("/books/text", {"title": "Tobit's", "text": "# One\n\nWords enough for a chapter."})
        told = next(line for line in lines if line.startswith("data:"))
    assert "Tobit's" in told
