"""Sessions: short access, rotation, theft, ending them; cookies; waits after failures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import httpx
import jwt
import pytest
from sqlalchemy import Engine, update

from litink.accounts.access_tokens import AccessTokens, Claims
from litink.accounts.errors import TooManyTries
from litink.accounts.lockout import ADDRESS, PAIR, Lockout, network_of
from litink.db.schema import login_failures, sessions
from litink.settings import Settings
from tests.accounts.visitors import Visitor
from tests.api.test_api_books import problem

NewVisitor = Callable[[], Visitor]


class TestRefresh:
    def test_each_token_is_taken_once_for_the_next(self, visitor: NewVisitor) -> None:
        mara = visitor()
        for _ in range(3):
            mara.take(mara.refresh())
            assert mara.http.get("/account").status_code == 200

    def test_a_token_that_comes_again_ends_the_session(self, visitor: NewVisitor) -> None:
        mara = visitor()
        stolen = mara.refresh_token
        mara.take(mara.refresh())
        problem(mara.refresh(stolen), 401, "not-signed-in")
        problem(mara.refresh(), 401, "not-signed-in")  # the rightful one is out too: nobody can tell who is who
        problem(mara.http.get("/account"), 401, "not-signed-in")

    def test_of_many_at_once_one_gets_the_next_pair(self, visitor: NewVisitor) -> None:
        mara = visitor()
        statuses: list[int] = []

        def ask() -> None:
            with httpx.Client(base_url=mara.http.base_url, timeout=60) as http:
                answer = http.post("/auth/refresh", json={"refresh_token": mara.refresh_token})
                statuses.append(answer.status_code)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [200] + [401] * 7

    def test_an_expired_session_is_over(self, visitor: NewVisitor, engine: Engine) -> None:
        mara = visitor()
        with engine.begin() as connection:
            connection.execute(
                update(sessions).where(sessions.c.owner_id == mara.id).values(expires_at=sessions.c.created_at)
            )
        problem(mara.refresh(), 401, "not-signed-in")


class TestEnding:
    def test_here(self, visitor: NewVisitor) -> None:
        mara = visitor()
        elsewhere = Visitor(mara.address, email=mara.email)
        elsewhere.login()
        assert mara.post("/auth/logout", {"refresh_token": mara.refresh_token}).status_code == 204
        problem(mara.http.get("/books"), 401, "not-signed-in")
        assert elsewhere.http.get("/books").status_code == 200

    def test_everywhere(self, visitor: NewVisitor) -> None:
        mara = visitor()
        elsewhere = Visitor(mara.address, email=mara.email)
        elsewhere.login()
        assert mara.post("/auth/logout-everywhere").status_code == 204
        for who in (mara, elsewhere):
            problem(who.http.get("/books"), 401, "not-signed-in")
            problem(who.refresh(), 401, "not-signed-in")

    def test_one_of_them_from_the_list(self, visitor: NewVisitor) -> None:
        mara = visitor()
        elsewhere = Visitor(mara.address, email=mara.email)
        elsewhere.login()
        listed = mara.http.get("/account/sessions").json()
        assert [session["this"] for session in listed] == [False, True]
        assert mara.http.delete(f"/account/sessions/{listed[0]['id']}").status_code == 204
        problem(elsewhere.http.get("/books"), 401, "not-signed-in")
        problem(mara.http.delete(f"/account/sessions/{listed[0]['id']}"), 404, "no-such-session")

    def test_a_new_password_ends_the_others(self, visitor: NewVisitor) -> None:
        mara = visitor()
        elsewhere = Visitor(mara.address, email=mara.email)
        elsewhere.login()
        wrong = {"password": "not the password", "new_password": "another fine word"}
        problem(mara.http.put("/account/password", json=wrong), 403, "wrong-password")
        right = {"password": mara.password, "new_password": "another fine word"}
        assert mara.http.put("/account/password", json=right).status_code == 204
        assert mara.http.get("/books").status_code == 200
        problem(elsewhere.http.get("/books"), 401, "not-signed-in")
        problem(elsewhere.login(), 401, "wrong-login")
        mara.password = "another fine word"
        assert mara.login().status_code == 200


class TestEmail:
    def test_it_changes_when_the_new_one_is_confirmed_and_the_old_one_is_told(self, visitor: NewVisitor) -> None:
        mara = visitor()
        new = Visitor(mara.address)
        asked = {"password": mara.password, "email": new.email}
        assert mara.http.put("/account/email", json=asked).status_code == 202
        assert mara.http.get("/account").json()["email"] == mara.email
        assert new.post("/auth/verify", {"token": new.proof()}).status_code == 200
        assert mara.http.get("/account").json()["email"] == new.email
        assert new.email in mara.mails()[0]
        assert new.login().status_code == 200
        problem(Visitor(mara.address, email=mara.email).login(), 401, "wrong-login")

    def test_an_address_that_somebody_has_is_told_alike_and_never_taken(self, visitor: NewVisitor) -> None:
        mara, tobit = visitor(), visitor()
        asked = {"password": mara.password, "email": tobit.email}
        assert mara.http.put("/account/email", json=asked).status_code == 202
        assert not any("#confirm=" in mail and "Your account is to have" in mail for mail in tobit.mails())


class TestAccessTokens:
    def claims(self, visitor: Visitor) -> dict[str, object]:
        token = str(visitor.http.headers["Authorization"]).removeprefix("Bearer ")
        claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
        return claims

    def test_they_live_for_a_quarter_of_an_hour(self, visitor: NewVisitor) -> None:
        claims = self.claims(visitor())
        assert int(str(claims["exp"])) - int(str(claims["iat"])) == 900
        assert set(claims) == {"iss", "aud", "sub", "sid", "iat", "exp"}  # nothing about the person

    @pytest.mark.filterwarnings("ignore:The HMAC key")
    @pytest.mark.parametrize(
        ("changed", "algorithm"),
        [
            ({"exp": 1_700_000_000}, "HS256"),
            ({"aud": "elsewhere"}, "HS256"),
            ({"iss": "elsewhere"}, "HS256"),
            ({"sid": None}, "HS256"),
            ({"sub": "00000000-0000-0000-0000-000000000000"}, "HS256"),
            ({}, "HS384"),
            ({}, "none"),
        ],
    )
    def test_any_other_is_refused(
        self, visitor: NewVisitor, multi: Settings, changed: dict[str, object], algorithm: str
    ) -> None:
        mara = visitor()
        claims = {name: v for name, v in (self.claims(mara) | changed).items() if v is not None}
        key = AccessTokens(multi)._key
        forged = jwt.encode(claims, key if algorithm != "none" else None, algorithm=algorithm)
        headers = {"Authorization": f"Bearer {forged}"}
        problem(httpx.get(f"{mara.address}/api/v1/books", headers=headers), 401, "not-signed-in")

    def test_another_installations_secret_signs_nothing_here(self, visitor: NewVisitor, multi: Settings) -> None:
        mara = visitor()
        other = AccessTokens(multi.model_copy(update={"secret_key": None}))
        claims = self.claims(mara)
        forged = other.sign(Claims(UUID(str(claims["sub"])), UUID(str(claims["sid"]))))
        headers = {"Authorization": f"Bearer {forged}"}
        answer = httpx.get(f"{mara.address}/api/v1/books", headers=headers)
        problem(answer, 401, "not-signed-in")
        assert answer.headers["www-authenticate"] == "Bearer"


class TestCookies:
    def test_a_browsers_session_is_in_cookies_that_no_script_sees(self, visitor: NewVisitor) -> None:
        mara = visitor()
        browser = Visitor(mara.address, email=mara.email)
        answer = browser.login(cookies=True)
        assert answer.json()["access_token"] is answer.json()["refresh_token"] is None
        for cookie in answer.headers.get_list("set-cookie"):
            assert "HttpOnly" in cookie
            assert "SameSite=strict" in cookie
        assert browser.http.get("/books").status_code == 200
        problem(
            browser.http.post("/books/text", json={}, headers={"Origin": "https://evil.example"}), 403, "foreign-origin"
        )
        first = browser.http.cookies["litink_refresh"]
        assert browser.http.post("/auth/refresh").status_code == 200
        assert browser.http.cookies["litink_refresh"] != first
        assert browser.http.post("/auth/logout").status_code == 204
        problem(browser.http.get("/books"), 401, "not-signed-in")


class TestLockout:
    def test_waits_grow_and_say_how_long(self, visitor: NewVisitor) -> None:
        mara = visitor()
        guess = Visitor(mara.address, email=mara.email, password="not the password")
        for _ in range(PAIR.free):
            problem(guess.login(), 401, "wrong-login")
        problem(guess.login(), 401, "wrong-login")  # this one costs a wait
        answer = guess.login()
        problem(answer, 429, "too-many-tries")
        assert 1 <= int(answer.headers["retry-after"]) <= 3
        problem(mara.login(), 429, "too-many-tries")  # the right password is not tried either

    def test_an_address_that_nobody_has_is_held_up_alike(self, house: str) -> None:
        guess = Visitor(house, password="not the password")
        codes = [guess.login().json()["code"] for _ in range(PAIR.free + 2)]
        assert codes == ["wrong-login"] * (PAIR.free + 1) + ["too-many-tries"]

    def test_a_log_in_forgets_the_failures(self, visitor: NewVisitor) -> None:
        mara = visitor()
        guess = Visitor(mara.address, email=mara.email, password="not the password")
        for _ in range(3):
            for _ in range(PAIR.free - 1):
                problem(guess.login(), 401, "wrong-login")
            assert mara.login().status_code == 200

    def test_many_at_once_count_as_many(self, engine: Engine) -> None:
        lockout, refused = Lockout("x"), []

        def attempt() -> None:
            try:
                with engine.begin() as connection:
                    lockout.begin(connection, "crowd@example.org", "192.0.2.1", known=False)
            except TooManyTries:
                refused.append(1)

        threads = [threading.Thread(target=attempt) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(refused) == 20 - (PAIR.free + 1)

    def test_strangers_from_everywhere_never_lock_a_known_person_out(self, engine: Engine) -> None:
        lockout = Lockout("x")
        for stranger in range(ADDRESS.free + 1):
            with engine.begin() as connection:
                lockout.begin(connection, "mara@example.org", f"198.51.100.{stranger}", known=False)
        with pytest.raises(TooManyTries) as held, engine.begin() as connection:
            lockout.begin(connection, "mara@example.org", "203.0.113.9", known=False)
        assert held.value.seconds <= ADDRESS.longest + 1
        with engine.begin() as connection:
            lockout.begin(connection, "mara@example.org", "192.0.2.77", known=True)

    def test_a_count_that_rested_begins_anew(self, engine: Engine) -> None:
        lockout = Lockout("x")
        for _ in range(PAIR.free + 1):
            with engine.begin() as connection:
                lockout.begin(connection, "old@example.org", "192.0.2.5", known=False)
        with engine.begin() as connection:
            connection.execute(update(login_failures).values(until=login_failures.c.until - timedelta(hours=2)))
        for _ in range(PAIR.free):
            with engine.begin() as connection:
                lockout.begin(connection, "old@example.org", "192.0.2.5", known=False)

    def test_networks(self) -> None:
        assert network_of("192.0.2.1") == network_of("::ffff:192.0.2.1") == "192.0.2.1"
        assert network_of("2001:db8::1") == network_of("2001:db8::ffff") == "2001:db8::/64"
        assert network_of("") == "unknown"

    def test_waits_double_up_to_a_quarter_of_an_hour(self) -> None:
        assert [PAIR.wait(n) for n in (1, 5, 6, 7, 8, 15, 16, 10_000)] == [0, 0, 1, 2, 4, 512, 900, 900]
