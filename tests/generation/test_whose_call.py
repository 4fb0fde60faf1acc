"""A lost answer is looked for in the history of a provider that has calls just like it: none is anybody else's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, func, select

from litink.db.schema import ledger, payments
from litink.errors import Refused
from litink.generation.model import Owned
from litink.generation.paid.cashier import Cashier, Offer
from litink.objects import Objects
from litink.providers.catalogue import load
from litink.providers.elevenlabs import ElevenLabs
from litink.providers.wire import Answer, NotBilled, Pending, Request, Traces
from tests.emulated import Emulator
from tests.generation.conftest import NewCashier, failed, states
from tests.generation.shop import Shop, ladder, purpose, quick, text

CATALOGUE = load()
VOICE = CATALOGUE.models["eleven-multilingual-v2"]
GEORGE = "JBFqnCBsd6RMkjVDRZzb"  # a voice that every account has

NewDesk = Callable[..., Cashier]


@pytest.fixture
def new_desk(engine: Engine, objects: Objects, emulator: Emulator, tmp_path: Path) -> Iterator[NewDesk]:
    opened: list[Cashier] = []

    def make(name: str = "journal", **changes: Any) -> Cashier:
        adapter = ElevenLabs(SecretStr("el-key"), emulator.urls.elevenlabs, CATALOGUE)
        cashier = Cashier(engine, objects, {"elevenlabs": adapter}, quick(tmp_path / name, **changes))
        opened.append(cashier)
        return cashier

    yield make
    for cashier in opened:
        cashier.close()


@pytest.fixture
def desk(new_desk: NewDesk) -> Cashier:
    return new_desk()


def line(words: str, before: str = "") -> list[Offer]:
    """A line of speech; what was said before it makes it another request, and cannot be seen in the history."""

    def build(variation: int) -> Request:
        body: dict[str, Any] = {"text": words, "seed": variation} | ({"previous_text": before} if before else {})
        return Request("elevenlabs", "speech", VOICE.name, body, address={"voice_id": GEORGE})

    return [Offer(VOICE, build, {"characters": float(len(words))})]


def sound(answer: Answer) -> bytes:
    return answer.data


def spent(engine: Engine, *books: Owned) -> Decimal:
    query = select(func.coalesce(func.sum(ledger.c.cost_usd), 0)).where(
        ledger.c.book_id.in_([b.book_id for b in books])
    )
    with engine.connect() as connection:
        return Decimal(connection.execute(query).scalar_one())


def references(engine: Engine, *books: Owned) -> list[str]:
    query = select(payments.c.reference).where(
        payments.c.book_id.in_([b.book_id for b in books]), payments.c.reference != ""
    )
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def on_the_bill(emulator: Emulator) -> list[str]:
    return [row["reference"] for row in emulator.bill().charges]


def test_a_lost_line_is_found_in_the_history(
    desk: Cashier, emulator: Emulator, engine: Engine, owned: Owned, prompt: str
) -> None:
    emulator.fault("cut", match={"operation": "speech"}, times=1)
    assert desk.buy(purpose(owned), line(prompt), sound).value
    assert references(engine, owned) == on_the_bill(emulator)
    assert spent(engine, owned) == emulator.bill().total


def test_the_same_words_that_another_request_paid_for_are_not_taken_for_the_lost_ones(
    desk: Cashier, emulator: Emulator, engine: Engine, owned: Owned, another_book: Owned, prompt: str
) -> None:
    assert desk.buy(purpose(owned), line(prompt, "She asked."), sound).value
    emulator.fault("cut", match={"operation": "speech"}, when="before_bill", times=1)
    with failed("payment-held"):  # too early for the history to deny it
        desk.buy(purpose(another_book), line(prompt, "He asked."), sound)
    with engine.connect() as connection:
        assert states(connection, another_book) == ["unknown"]
    assert references(engine, owned, another_book) == on_the_bill(emulator)
    assert spent(engine, owned, another_book) == emulator.bill().total


def test_the_lost_line_is_found_beside_the_same_words_of_another_request(
    desk: Cashier, emulator: Emulator, engine: Engine, owned: Owned, another_book: Owned, prompt: str
) -> None:
    assert desk.buy(purpose(owned), line(prompt, "She asked."), sound).value
    emulator.fault("cut", match={"operation": "speech"}, times=1)
    assert desk.buy(purpose(another_book), line(prompt, "He asked."), sound).value
    assert sorted(references(engine, owned, another_book)) == sorted(on_the_bill(emulator))
    assert spent(engine, owned, another_book) == emulator.bill().total


def test_a_call_decided_by_hand_is_no_other_request_s_when_its_id_was_given(
    desk: Cashier, emulator: Emulator, engine: Engine, owned: Owned, another_book: Owned, prompt: str
) -> None:
    """Its history cannot be heard when it is looked up; a person finds it in the account, and says which it was."""
    emulator.fault("cut", match={"operation": "speech"}, times=1)
    emulator.fault("status", status=500, match={"operation": "history"}, times=2)
    with failed("payment-held"):
        desk.buy(purpose(owned), line(prompt, "She asked."), sound)
    (held,) = [payment for payment in desk.held(limit=1000) if payment.book_id == owned.book_id]
    (charge,) = emulator.bill().charges
    cost = Decimal(charge["amount_usd"])
    decided = desk.resolve(held.id, billed=True, cost_usd=cost, reference=charge["reference"], by="ida@example.org")
    assert (decided.state, decided.reference) == ("wrong", charge["reference"])
    emulator.fault("cut", match={"operation": "speech"}, when="before_bill", times=1)
    with failed("payment-held"):
        desk.buy(purpose(another_book), line(prompt, "He asked."), sound)
    assert spent(engine, owned, another_book) == emulator.bill().total
    (other,) = [payment for payment in desk.held(limit=1000) if payment.book_id == another_book.book_id]
    with pytest.raises(Refused, match=f"payment {held.id}"):
        desk.resolve(other.id, billed=True, cost_usd=cost, reference=charge["reference"], by="ida@example.org")


def test_a_call_decided_by_hand_without_its_id_is_no_other_request_s_either(
    desk: Cashier, emulator: Emulator, engine: Engine, owned: Owned, another_book: Owned, prompt: str
) -> None:
    emulator.fault("cut", match={"operation": "speech"}, times=1)
    emulator.fault("status", status=500, match={"operation": "history"}, times=2)
    with failed("payment-held"):
        desk.buy(purpose(owned), line(prompt, "She asked."), sound)
    (held,) = [payment for payment in desk.held(limit=1000) if payment.book_id == owned.book_id]
    cost = Decimal(emulator.bill().charges[0]["amount_usd"])
    desk.resolve(held.id, billed=True, cost_usd=cost, by="ida@example.org")
    emulator.fault("cut", match={"operation": "speech"}, when="before_bill", times=1)
    with failed("payment-held"):
        desk.buy(purpose(another_book), line(prompt, "He asked."), sound)
    assert spent(engine, owned, another_book) == emulator.bill().total


def test_a_call_of_a_request_that_is_still_out_is_not_taken(
    new_desk: NewDesk, emulator: Emulator, engine: Engine, owned: Owned, another_book: Owned, prompt: str
) -> None:
    """The first is billed at once and answered late; the second, for the same words, is lost meanwhile."""
    emulator.fault("delay", seconds=4, when="after_bill", match={"operation": "speech", "nth": 1})
    emulator.fault("cut", when="before_bill", match={"operation": "speech", "nth": 2})
    first, second = new_desk(timeout=20.0), new_desk("elsewhere")
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(first.buy, purpose(owned), line(prompt, "She asked."), sound)
        _until(lambda: bool(emulator.bill().charges))
        with failed("payment-held"):
            second.buy(purpose(another_book), line(prompt, "He asked."), sound)
        assert not slow.done()
        assert slow.result(30).value
    assert references(engine, owned, another_book) == on_the_bill(emulator)
    assert spent(engine, owned, another_book) == emulator.bill().total


class Historian(Shop):
    """Has calls on record that look like the lost one."""

    def __init__(self, folder: Path, plan: list[str], traces: Traces, *, tells: bool = True) -> None:
        super().__init__(folder, plan, tells=tells)
        self._traces = traces

    def look_up(  # type: ignore[override]
        self, request: Request, reference: str, sent_at: datetime
    ) -> Answer | Pending | NotBilled | Traces | None:
        return super().look_up(request, reference, sent_at) if reference else self._traces


def test_a_call_of_before_that_nobody_stands_for_is_left_to_a_person(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    """Clocks may be wrong: it may be the lost one, and then sending again would be paid twice."""
    traces = Traces((), ("of-before",), NotBilled(), lambda _: True, 900.0)
    shop = Historian(tmp_path / "shop", ["odd"], traces)
    with failed("payment-held"):
        new_cashier(shop).buy(purpose(owned), ladder(prompt, [prompt]), text)
    assert len(shop.sent) == 1
    assert references(engine, owned) == []


def test_where_all_like_it_are_other_payments_nothing_was_billed(
    new_cashier: NewCashier, engine: Engine, owned: Owned, another_book: Owned, prompt: str, tmp_path: Path
) -> None:
    """The request may go out again, and does."""
    cashier = new_cashier(Shop(tmp_path / "first"))
    cashier.buy(purpose(another_book), ladder(f"{prompt} too"), text)
    (taken,) = references(engine, another_book)
    shop = Historian(tmp_path / "shop", ["lost-free"], Traces((taken,), (), NotBilled(), lambda _: True, 900.0))
    assert new_cashier(shop).buy(purpose(owned), ladder(prompt, [prompt]), text).value
    with engine.connect() as connection:
        assert states(connection, owned) == ["refused", "done"]
    assert taken not in references(engine, owned)


def test_a_call_that_is_found_stays_ours_when_it_cannot_be_had_at_once(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    traces = Traces(("call-1",), (), NotBilled(), lambda _: True, 900.0)
    shop = Historian(tmp_path / "shop", ["odd"], traces, tells=False)
    with failed("payment-held"):
        new_cashier(shop).buy(purpose(owned), ladder(prompt, [prompt]), text)
    assert references(engine, owned) == ["call-1"]


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        Event().wait(0.02)
