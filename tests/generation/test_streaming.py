"""Buying while listening: what is heard is what is bought, once, whoever goes away or dies meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from litink.generation.model import Owned
from litink.generation.paid.cashier import Bought, Cashier, Delta
from litink.providers.wire import Answer, AnswerLost, Hear, Pending, Request, Sending, WrongAnswer
from tests.generation.conftest import NewCashier, budget, failed, states, the_payment
from tests.generation.shop import COST, Shop, ladder, purpose, text


class StreamingShop(Shop):
    """Says its answers word by word. A word of its plan may be "breaks": billed, and cut off in the middle."""

    def __init__(
        self, folder: Path, plan: Sequence[str] = (), *, between: Callable[[], object] = lambda: None, **more: object
    ) -> None:
        super().__init__(folder, ["ok" if what == "breaks" else what for what in plan], **more)  # type: ignore[arg-type]
        self._breaks = [what == "breaks" for what in plan]
        self._between = between  # called after the first word

    def stream(self, request: Request, sending: Sending, hear: Hear) -> Answer | Pending:
        breaks = self._breaks.pop(0) if self._breaks else False
        try:
            got = self.send(request, sending)
        except WrongAnswer:
            hear(b"Nonsense")
            raise
        assert isinstance(got, Answer)
        for number, word in enumerate(got.data.decode().split(" ")):
            hear(f"{' ' if number else ''}{word}".encode())
            if number == 0:
                self._between()
            if breaks and number == 1:
                raise AnswerLost("cut", "The line went dead.", got.reference)
        return got


def heard(stream: Iterator[Delta | Bought[str]]) -> tuple[list[Delta], Bought[str]]:
    pieces = list(stream)
    bought = pieces[-1]
    assert isinstance(bought, Bought)
    return [piece for piece in pieces if isinstance(piece, Delta)], bought


def last_attempt(deltas: Sequence[Delta]) -> str:
    return b"".join(delta.data for delta in deltas if delta.attempt == deltas[-1].attempt).decode()


@pytest.fixture
def shop(tmp_path: Path) -> StreamingShop:
    return StreamingShop(tmp_path / "shop")


def test_what_is_heard_is_what_is_bought_and_on_the_books(
    cashier: Cashier, shop: Shop, engine: Engine, owned: Owned, prompt: str
) -> None:
    deltas, bought = heard(cashier.stream(purpose(owned), ladder(prompt), text))
    assert len(deltas) > 2
    assert last_attempt(deltas) == bought.value == f"test/first says {prompt} (0)"
    assert the_payment(engine, owned).state == "done"
    assert budget(engine, owned) == (0, COST)
    assert len(shop.bill()) == 1


def test_what_was_bought_before_is_not_streamed_again_however_it_came(
    cashier: Cashier, shop: Shop, owned: Owned, prompt: str
) -> None:
    bought = cashier.buy(purpose(owned), ladder(prompt), text)
    deltas, again = heard(cashier.stream(purpose(owned), ladder(prompt), text))
    assert deltas == []
    assert again.value == bought.value
    assert len(shop.bill()) == 1


def test_the_answer_is_heard_before_it_is_whole(
    new_cashier: NewCashier, tmp_path: Path, engine: Engine, owned: Owned, prompt: str
) -> None:
    go_on = threading.Event()
    cashier = new_cashier(StreamingShop(tmp_path / "slow", between=lambda: go_on.wait(20)))
    stream = cashier.stream(purpose(owned), ladder(prompt), text)
    first = next(stream)
    assert isinstance(first, Delta)
    assert the_payment(engine, owned).state == "sent"  # still under way
    go_on.set()
    assert heard(stream)[1].value.startswith(first.data.decode())


def test_a_listener_who_goes_away_does_not_stop_the_collecting(
    new_cashier: NewCashier, tmp_path: Path, engine: Engine, owned: Owned, prompt: str
) -> None:
    go_on = threading.Event()
    shop = StreamingShop(tmp_path / "slow", between=lambda: go_on.wait(20))
    cashier = new_cashier(shop)
    stream = cashier.stream(purpose(owned), ladder(prompt), text)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    go_on.set()
    assert cashier.buy(purpose(owned), ladder(prompt), text).value  # waits for the one under way
    assert len(shop.bill()) == 1
    assert the_payment(engine, owned).state == "done"


def test_a_stream_that_nobody_listens_to_is_bought_all_the_same(
    cashier: Cashier, shop: Shop, owned: Owned, prompt: str
) -> None:
    cashier.stream(purpose(owned), ladder(prompt), text)
    cashier.buy(purpose(owned), ladder(prompt), text)
    assert len(shop.bill()) == 1


def test_a_stream_that_breaks_off_is_looked_up_and_not_sent_again(
    new_cashier: NewCashier, tmp_path: Path, engine: Engine, owned: Owned, prompt: str
) -> None:
    shop = StreamingShop(tmp_path / "cut", ["breaks"])
    deltas, bought = heard(new_cashier(shop).stream(purpose(owned), ladder(prompt), text))
    assert bought.value == f"test/first says {prompt} (0)"
    assert bought.value.startswith(last_attempt(deltas))
    assert len(last_attempt(deltas)) < len(bought.value)
    assert shop.looked_up
    assert len(shop.bill()) == 1
    assert the_payment(engine, owned).state == "done"


def test_a_stream_that_breaks_off_and_cannot_be_found_is_held(
    new_cashier: NewCashier, tmp_path: Path, engine: Engine, owned: Owned, prompt: str
) -> None:
    shop = StreamingShop(tmp_path / "cut", ["breaks"], tells=False)
    stream = new_cashier(shop).stream(purpose(owned), ladder(prompt, ("first", "second")), text)
    with failed("payment-held"):
        list(stream)
    assert the_payment(engine, owned).state == "unknown"
    assert len(shop.sent) == 1


def test_pieces_of_a_useless_answer_are_told_from_those_of_the_next(
    new_cashier: NewCashier, tmp_path: Path, engine: Engine, owned: Owned, prompt: str
) -> None:
    shop = StreamingShop(tmp_path / "wrong", ["wrong"])
    deltas, bought = heard(new_cashier(shop).stream(purpose(owned), ladder(prompt, ("first", "second")), text))
    assert deltas[0].data == b"Nonsense"
    assert deltas[0].attempt < deltas[1].attempt
    assert last_attempt(deltas) == bought.value == f"test/second says {prompt} (0)"
    with engine.connect() as connection:
        assert states(connection, owned) == ["wrong", "done"]


def test_a_provider_that_cannot_stream_answers_as_a_whole(
    new_cashier: NewCashier, tmp_path: Path, owned: Owned, prompt: str
) -> None:
    deltas, bought = heard(new_cashier(Shop(tmp_path / "whole")).stream(purpose(owned), ladder(prompt), text))
    assert deltas == []
    assert bought.value


def test_closing_the_cashier_ends_what_still_waits(
    new_cashier: NewCashier, tmp_path: Path, owned: Owned, prompt: str
) -> None:
    cashier = new_cashier(StreamingShop(tmp_path / "busy", ["503"] * 3), retry_base=60.0)
    stream = cashier.stream(purpose(owned), ladder(prompt), text)
    cashier.close()  # at once, and not after two minutes of waiting to try again
    with failed("stopped"):
        list(stream)


def test_a_lost_answer_is_looked_for_without_a_slot(
    new_cashier: NewCashier, tmp_path: Path, owned: Owned, prompt: str
) -> None:
    """One call may run at once. While the first one's answer is looked for, the second gets its turn."""
    looking, second_is_done = threading.Event(), threading.Event()

    class Late(StreamingShop):
        def look_up(self, *arguments: object) -> object:  # type: ignore[override]
            looking.set()
            assert second_is_done.wait(20)
            return super().look_up(*arguments)  # type: ignore[arg-type]

    cashier = new_cashier(Late(tmp_path / "late", ["breaks"]), limits={"openrouter": 1})
    stream = cashier.stream(purpose(owned, "c1"), ladder(prompt), text)
    assert looking.wait(20)
    cashier.buy(purpose(owned, "c2"), ladder(f"{prompt} too"), text)
    second_is_done.set()
    assert heard(stream)[1].value == f"test/first says {prompt} (0)"
