"""Opening an account, confirming it, getting back in: and that none of it tells who has one."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from api.app import create_app
from litink.accounts.emails import masked, normalised
from litink.db.schema import proofs, users
from litink.errors import Refused
from litink.settings import Settings
from tests.accounts.visitors import PASSWORD, Visitor
from tests.api.test_api_books import problem
from tests.served import serving

NewVisitor = Callable[[], Visitor]


def test_from_sign_up_to_a_book_of_ones_own(house: str) -> None:
    mara = Visitor(house).register()
    assert mara.login().status_code == 200
    assert mara.http.get("/books").json()["items"] == []  # reading is allowed
    problem(mara.post("/books/text", {"title": "A", "text": "# One\n\nWords."}), 403, "unverified")
    mara.verify()
    made = mara.post("/books/text", {"title": "A", "text": "# One\n\nWords enough for a chapter."})
    assert made.status_code == 201, made.text
    assert [book["title"] for book in mara.http.get("/books").json()["items"]] == ["A"]
    me = mara.http.get("/account").json()
    assert (me["email"], me["role"], me["tier"], me["via"]) == (mara.email, "user", "free", "session")


def test_a_proof_is_taken_once(house: str) -> None:
    mara = Visitor(house).register()
    token = mara.proof()
    assert mara.post("/auth/verify", {"token": token}).status_code == 200
    problem(mara.post("/auth/verify", {"token": token}), 422, "bad-proof")


def test_an_old_proof_proves_nothing(house: str, engine: Engine) -> None:
    mara = Visitor(house).register()
    with engine.begin() as connection:
        connection.execute(update(proofs).values(expires_at=proofs.c.created_at))
    problem(mara.post("/auth/verify", {"token": mara.proof()}), 422, "bad-proof")
    assert mara.post("/auth/verify/again", {"email": mara.email}).status_code == 202
    mara.verify()


def test_an_address_is_one_whatever_its_case(house: str) -> None:
    mara = Visitor(house).signed_up()
    again = Visitor(house, email=mara.email.upper(), password="quite another word")
    assert again.post("/auth/register", {"email": again.email, "password": again.password}).status_code == 202
    problem(again.login(), 401, "wrong-login")
    assert Visitor(house, email=mara.email.upper()).login().status_code == 200
    assert "have an account already" in mara.mails()[0]


def test_answers_are_the_same_whether_or_not_somebody_has_the_address(house: str, visitor: NewVisitor) -> None:
    known, unknown = visitor().email, "nobody-at-all@example.org"
    http = httpx.Client(base_url=f"{house}/api/v1")
    for path, more in (
        ("register", {"password": PASSWORD}),
        ("password/forgot", {}),
        ("verify/again", {}),
        ("login", {"password": "not the password"}),
    ):
        answers = [http.post(f"/auth/{path}", json={"email": email, **more}) for email in (known, unknown)]
        bodies = [{**answer.json(), "request_id": ""} for answer in answers]
        assert answers[0].status_code == answers[1].status_code
        assert bodies[0] == bodies[1], path


def test_a_wrong_password_takes_as_long_as_an_unknown_address(house: str, visitor: NewVisitor) -> None:
    known = visitor().email
    http = httpx.Client(base_url=f"{house}/api/v1")
    seconds: dict[str, list[float]] = {"known": [], "unknown": []}
    for turn in range(4):
        for who, email in (("known", known), ("unknown", f"nobody-{turn}@example.org")):
            started = time.perf_counter()
            http.post("/auth/login", json={"email": email, "password": "not the password"})
            seconds[who].append(time.perf_counter() - started)
    quickest = {who: min(taken) for who, taken in seconds.items()}
    # Without a hash to compare it would take a tenth.
    assert quickest["unknown"] > quickest["known"] / 2, statistics.quantiles(seconds["unknown"])


def test_whoever_claims_an_address_first_is_not_let_in_when_its_owner_confirms(house: str) -> None:
    """Somebody opens an account with another's address and waits for the owner to sign up and confirm."""
    squatter = Visitor(house, password="the squatter's word").register()
    owner = Visitor(house, email=squatter.email, password="the owner's own word").register()
    owner.verify()
    problem(squatter.login(), 401, "wrong-login")
    problem(owner.login(), 401, "wrong-login")  # it cannot be told which of the two has read the mail
    owner.post("/auth/password/forgot", {"email": owner.email})
    reset = owner.post("/auth/password/reset", {"token": owner.proof("reset"), "password": owner.password})
    assert reset.status_code == 200, reset.text
    assert owner.login().status_code == 200
    problem(squatter.login(), 401, "wrong-login")


def test_registering_twice_alike_is_registering_once(house: str) -> None:
    mara = Visitor(house).register().register().verify()
    assert mara.login().status_code == 200


def test_a_forgotten_password(house: str, visitor: NewVisitor) -> None:
    mara = visitor()
    assert mara.post("/auth/password/forgot", {"email": mara.email}).status_code == 202
    token = mara.proof("reset")
    weak = mara.post("/auth/password/reset", {"token": token, "password": "short"})
    problem(weak, 422, "weak-password")
    new = {"token": token, "password": "a boat with nobody in it"}
    assert mara.post("/auth/password/reset", new).status_code == 200
    problem(mara.post("/auth/password/reset", new), 422, "bad-proof")
    problem(mara.http.get("/account"), 401, "not-signed-in")  # whoever was in is out
    problem(mara.refresh(), 401, "not-signed-in")
    problem(mara.login(), 401, "wrong-login")
    mara.password = "a boat with nobody in it"
    assert mara.login().status_code == 200


def test_nobodys_letterbox_is_filled(house: str, visitor: NewVisitor) -> None:
    mara = visitor()
    for _ in range(9):
        assert mara.post("/auth/password/forgot", {"email": mara.email}).status_code == 202
    assert len([mail for mail in mara.mails() if "#reset=" in mail]) == 5


def test_no_secret_stands_in_the_database(house: str, visitor: NewVisitor, engine: Engine) -> None:
    mara = visitor()
    with engine.connect() as connection:
        row = connection.execute(select(users).where(users.c.email == mara.email)).one()
    assert row.password_hash.startswith("$argon2id$")
    assert PASSWORD not in str(row)


@pytest.mark.parametrize(
    "password", ["short", "password123", "aaaaaaaaaaaa", "1234567890", "x" * 300], ids=lambda word: word[:12]
)
def test_passwords_that_are_tried_first_are_refused(house: str, password: str) -> None:
    answer = Visitor(house).post("/auth/register", {"email": "weak@example.org", "password": password})
    assert answer.status_code == 422
    assert password not in answer.text


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "two words@example.org", "a@-x.org", "a@b..org", "a" * 300])
def test_what_is_no_address_is_refused(house: str, email: str) -> None:
    assert Visitor(house).post("/auth/register", {"email": email, "password": PASSWORD}).status_code == 422


@given(st.emails())
def test_an_address_has_one_form(email: str) -> None:
    try:
        once = normalised(email)
    except Refused:
        return
    assert normalised(once) == once == normalised(f" {once.upper()} ")
    assert masked(once).partition("@")[0] == f"{once[0]}…"  # what is logged


def test_without_accounts_there_is_nobody_to_be(settings: Settings, engine: Engine) -> None:
    with serving(create_app(settings)) as address, httpx.Client(base_url=f"{address}/api/v1") as http:
        problem(http.post("/auth/login", json={"email": "a@example.org", "password": "x"}), 404, "no-accounts")
        me = http.get("/account").json()
        assert (me["via"], me["role"], me["email"]) == ("local", "superadmin", None)
        problem(http.get("/account/sessions"), 403, "session-needed")
