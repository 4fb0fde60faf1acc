"""People who take everything with them, and people who leave: what is gone, what stays, and what they are told."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, delete, func, select, update

from litink.accounts.mail import outbox
from litink.db.schema import books, items, stripe_customers, subscriptions, users, voice_clones
from litink.errors import LitinkError
from litink.library import repository
from litink.objects import Objects
from litink.production.engines import Engines
from litink.production.leaving import KEPT, Leaving
from litink.settings import Settings
from tests.accounts import rows
from tests.accounts.visitors import PASSWORD, Visitor
from tests.billing.conftest import new_user, user  # noqa: F401  (fixtures)
from tests.billing.subscriber import Subscriber, stripe_shop, subscriber_at
from tests.emulated import Emulator
from tests.made_books import Maker

Makers = Callable[[Visitor], Maker]
KEPT_NAMES = {table.name for table in KEPT}


def leave(visitor: Visitor, password: str = PASSWORD) -> httpx.Response:
    return visitor.http.request("DELETE", "/account", json={"password": password})


def there(engine: Engine, objects: Objects, book: UUID) -> set[str]:
    """The hashes of a book's content."""
    with engine.connect() as connection:
        return set(connection.execute(select(items.c.blob_sha).where(items.c.book_id == book)).scalars()) - {None}


@pytest.fixture
def leaving(engine: Engine, settings: Settings) -> Iterator[Leaving]:
    with Engines.opened(settings, lambda: pytest.fail("nothing is bought")) as engines:
        yield Leaving(engine, Objects.from_settings(settings), engines, settings)


class TestTakingEverything:
    def test_the_archive_has_each_book_and_each_row_and_nothing_that_opens_anything(
        self, visitor: Callable[[], Visitor], maker_of: Makers, engine: Engine
    ) -> None:
        mara, tobit = visitor().become(engine, tier="premium"), visitor()
        book = maker_of(mara).finished()
        other = maker_of(tobit).finished(title="Tobit's own")
        token = mara.post("/account/tokens", {"name": "my program", "scopes": ["read"]}).json()["token"]
        with rows.filled(engine, mara.id, other.id):
            answer = mara.http.get("/account/export")
        assert answer.headers["content-type"] == "application/zip"
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert archive.testzip() is None
        names = archive.namelist()
        assert json.loads(archive.read("account.json"))["email"] == mara.email
        folder = f"books/{book.title} {book.id}/"
        film = mara.http.get(f"/books/{book.id}/film").content
        assert archive.read(f"{folder}film/film.mp4") == film
        assert folder + "manifest.json" in names
        assert {f"tables/{table.name}.jsonl" for table in rows.OWNED} <= set(names)
        every = {name: archive.read(name) for name in names}
        assert b"token.make" in every["activity.jsonl"]
        assert b"my program" in every["tables/api_tokens.jsonl"]
        assert all(every[f"tables/{table.name}.jsonl"] for table in rows.OWNED)
        for name, data in every.items():
            for secret in (token, mara.refresh_token, "$argon2", "Tobit's own", tobit.email):
                assert secret.encode() not in data, (name, secret)

    def test_no_token_takes_or_deletes_everything(self, visitor: Callable[[], Visitor], engine: Engine) -> None:
        mara = visitor().become(engine, tier="premium")
        with mara.with_token("read", "write", "spend") as program:
            for answer in (program.get("/account/export"), program.request("DELETE", "/account", json={})):
                assert (answer.status_code, answer.json()["code"]) == (403, "session-needed")


class TestLeaving:
    def test_everything_goes_but_what_the_accounts_of_payments_need(
        self, visitor: Callable[[], Visitor], maker_of: Makers, engine: Engine, settings: Settings
    ) -> None:
        objects = Objects.from_settings(settings)
        mara, tobit = visitor(), visitor()
        book = maker_of(mara).finished(text="# One\n\nMara alone was here.")
        shared, twin = maker_of(mara).finished(title="Both"), maker_of(tobit).finished(title="Both")
        own, common = there(engine, objects, book.id), there(engine, objects, shared.id)
        assert common == there(engine, objects, twin.id)
        with rows.filled(engine, mara.id, twin.id):
            person = mara.id
            with engine.begin() as connection:  # those that were made up are at no provider's
                for table in (subscriptions, stripe_customers, voice_clones):
                    connection.execute(delete(table).where(table.c.owner_id == person))
            receipt = leave(mara).json()
        assert (receipt["finished"], receipt["deleted"]["books"]) == (True, 2)
        assert receipt["kept"].keys() <= KEPT_NAMES
        assert "ledger" in receipt["kept"]
        left = {name: count for name, count in rows.count(engine, person).items() if count}
        assert left.keys() <= KEPT_NAMES | {"mails"}  # the receipt, until it is sent
        for sha in own - common:
            with pytest.raises(LitinkError):
                objects.get(sha)
        for sha in common:
            assert objects.get(sha)  # as Tobit's book has it too
        with engine.connect() as connection:
            known = connection.execute(select(users).where(users.c.id == person)).mappings().one()
        assert (known["email"], known["password_hash"], known["state"]) == (None, None, "deleted")
        assert mara.email not in known["name"]

    def test_who_has_left_is_told_so_once_and_may_come_back_as_somebody_new(
        self, visitor: Callable[[], Visitor], maker_of: Makers, engine: Engine
    ) -> None:
        mara = visitor()
        maker_of(mara).finished()
        person = mara.id
        assert leave(mara).is_success
        assert mara.http.get("/account").status_code == 401
        assert mara.refresh().status_code == 401
        again = Visitor(mara.address, email=mara.email)
        assert again.login().status_code == 401
        assert any("Your account is deleted" in mail for mail in mara.mails())
        again.signed_up()
        assert again.id != person
        assert again.http.get("/books").json()["items"] == []

    def test_the_receipt_is_forgotten_when_it_was_sent(self, visitor: Callable[[], Visitor], engine: Engine) -> None:
        mara = visitor()
        person = mara.id
        assert leave(mara).is_success
        with engine.begin() as connection:
            while (mail := outbox.claim(connection)) is not None:
                outbox.settle(connection, mail.id, "sent")
        assert rows.count(engine, person)["mails"] == 0

    def test_a_session_alone_deletes_nothing(self, visitor: Callable[[], Visitor]) -> None:
        mara = visitor()
        answer = leave(mara, "not the password")
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong-password")
        assert mara.http.get("/account").is_success

    def test_operators_delete_people_but_not_the_last_of_themselves(
        self, visitor: Callable[[], Visitor], engine: Engine, leaving: Leaving
    ) -> None:
        operator, mara = visitor().become(engine, role="superadmin"), visitor()
        person = mara.id
        with engine.begin() as connection:
            others = users.c.role == "superadmin", users.c.email != operator.email
            connection.execute(update(users).where(*others).values(role="user"))
        assert operator.http.delete(f"/admin/users/{person}").json()["finished"]
        assert operator.http.get(f"/admin/users/{person}").status_code == 404
        assert operator.http.delete(f"/admin/users/{person}").status_code == 404
        assert operator.http.post(f"/admin/users/{person}/restore").status_code == 404
        assert leave(operator).json()["code"] == "last-operator"
        operator.become(engine, role="user")

    def test_the_local_person_stays(self, engine: Engine, leaving: Leaving) -> None:
        with engine.begin() as connection:
            local = repository.local_user(connection)
        with pytest.raises(LitinkError) as caught:
            leaving.leave(local)
        assert caught.value.code == "local-user"


class TestAtStripe:
    @pytest.fixture
    def alice(self, engine: Engine, emulator: Emulator, settings: Settings, user: UUID) -> Iterator[Subscriber]:  # noqa: F811
        with stripe_shop(engine, emulator, settings) as (owner, own, _):
            yield subscriber_at(engine, emulator, owner, own, user)

    def test_what_they_subscribe_to_ends_and_does_not_come_back_by_an_event(
        self, engine: Engine, alice: Subscriber, settings: Settings
    ) -> None:
        alice.subscribes("basic")
        with Engines.opened(settings, lambda: pytest.fail("nothing is bought")) as engines:
            leaving = Leaving(engine, Objects.from_settings(settings), engines, alice.settings)
            receipt = leaving.leave(alice.user)
        assert (receipt.finished, receipt.deleted["customers_at_stripe"]) == (True, 1)
        assert [one.status for one in alice.stripe.v1.subscriptions.list(_all(alice.customer)).data] == ["canceled"]
        alice.settles()
        for table in (subscriptions, stripe_customers):
            assert rows.count(engine, alice.user)[table.name] == 0
        assert alice.tier() == "free"

    def test_while_stripe_is_away_nobody_gets_in_and_the_rest_is_done_later(
        self, engine: Engine, alice: Subscriber, settings: Settings
    ) -> None:
        alice.subscribes("basic")
        objects = Objects.from_settings(settings)
        away = alice.settings.model_copy(update={"stripe_url": "http://127.0.0.1:9"})
        with Engines.opened(settings, lambda: pytest.fail("nothing is bought")) as engines:
            receipt = Leaving(engine, objects, engines, away).leave(alice.user)
            assert not receipt.finished
            assert "Stripe" in (receipt.waits_for or "")
            done = Leaving(engine, objects, engines, alice.settings).finish_all()
        assert [one.finished for one in done if one.person == alice.user] == [True]
        assert Leaving(engine, objects, engines, alice.settings).finish_all() == []


def test_a_book_that_came_while_its_owner_left_goes_too(
    visitor: Callable[[], Visitor], maker_of: Makers, engine: Engine, leaving: Leaving
) -> None:
    mara = visitor()
    maker = maker_of(mara)
    assert leave(mara).is_success
    late = maker.finished()
    assert [one.deleted["books"] for one in leaving.finish_all()] == [1]
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).where(books.c.id == late.id)).scalar_one() == 0


def _all(customer: str) -> Any:
    return {"customer": customer, "status": "all"}
