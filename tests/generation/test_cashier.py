"""Buying: one answer, paid for once, from the best model that gives one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from litink.db.schema import ledger, payments
from litink.errors import PermanentFailure
from litink.generation.model import Owned
from litink.generation.paid import budgets
from litink.generation.paid.cashier import Cashier, Policy
from litink.generation.paid.ladder import pause_before_retry
from litink.objects import Objects
from litink.providers.wire import Answer, NotTaken, WrongAnswer
from tests.generation.conftest import NewCashier, budget, failed, states
from tests.generation.shop import COST, ESTIMATE, Shop, ladder, offer, purpose, text

# -- one answer ------------------------------------------------------------------------------------------------------


def test_an_answer_is_checked_kept_and_on_the_books(
    cashier: Cashier, shop: Shop, engine: Engine, objects: Objects, owned: Owned, prompt: str
) -> None:
    bought = cashier.buy(purpose(owned), ladder(prompt), text)
    assert bought.value == f"test/first says {prompt} (0)"
    assert (bought.rung, bought.model.id, bought.answer.units["tokens_in"]) == (0, "first", 10)
    with engine.connect() as connection:
        row = connection.execute(select(payments).where(payments.c.book_id == owned.book_id)).one()
        entry = connection.execute(select(ledger).where(ledger.c.book_id == owned.book_id)).one()
    assert (row.state, row.cost_usd, row.estimated_usd, row.request) == ("done", COST, ESTIMATE, None)
    assert objects.get(row.answer_sha).decode() == bought.value
    assert (entry.outcome, entry.cost_usd, entry.estimated_usd, entry.units) == ("done", COST, ESTIMATE, row.units)
    assert (entry.provider, entry.operation, entry.model, entry.run_id) == ("openrouter", "chat", "first", "run-1")
    assert (entry.item_key, entry.tier, entry.paid, entry.payment_id) == ("c1", owned.tier, True, row.id)
    assert budget(engine, owned) == (0, COST)
    assert shop.total() == COST


def test_what_was_bought_once_is_never_bought_again(
    cashier: Cashier, shop: Shop, engine: Engine, owned: Owned, another_book: Owned, prompt: str
) -> None:
    first = cashier.buy(purpose(owned), ladder(prompt), text)
    again = cashier.buy(purpose(owned), ladder(prompt), text)
    elsewhere = cashier.buy(purpose(another_book, "z"), ladder(prompt), text)
    assert first.value == again.value == elsewhere.value
    assert again.answer.meta["finish"] == "stop"
    assert len(shop.bill()) == 1
    assert budget(engine, another_book)[1] == 0


def test_a_cost_that_the_provider_states_wins_over_the_price_list(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    class Stating(Shop):
        def _answer(self, *arguments: object) -> Answer:
            found = super()._answer(*arguments)  # type: ignore[arg-type]
            return Answer(found.data, found.media_type, found.units, Decimal("0.0301"), found.reference)

    new_cashier(Stating(tmp_path / "shop")).buy(purpose(owned), ladder(prompt), text)
    assert budget(engine, owned)[1] == Decimal("0.0301")


@pytest.mark.parametrize("nonsense", ["-1", "NaN", "Infinity", "1e9"])
def test_a_nonsensical_cost_counts_as_the_estimate(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path, nonsense: str
) -> None:
    class Confused(Shop):
        def _answer(self, *arguments: object) -> Answer:
            found = super()._answer(*arguments)  # type: ignore[arg-type]
            return Answer(found.data, found.media_type, found.units, Decimal(nonsense), found.reference)

    assert new_cashier(Confused(tmp_path / "shop")).buy(purpose(owned), ladder(prompt), text).value
    assert budget(engine, owned)[1] == ESTIMATE


# -- the ladder ------------------------------------------------------------------------------------------------------


def test_what_was_not_billed_is_sent_again_three_times_in_all(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["503", "429"])
    assert new_cashier(shop).buy(purpose(owned), ladder(prompt), text).rung == 0
    assert len(shop.sent) == 3
    with engine.connect() as connection:
        assert states(connection, owned) == ["refused", "refused", "done"]
        outcomes = connection.execute(
            select(ledger.c.outcome, ledger.c.cost_usd).where(ledger.c.book_id == owned.book_id).order_by(ledger.c.id)
        ).all()
    assert [tuple(row) for row in outcomes] == [("refused", 0), ("refused", 0), ("done", COST)]


def test_a_model_that_stays_out_of_order_is_left_for_the_next(
    new_cashier: NewCashier, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["503"] * 3)
    bought = new_cashier(shop).buy(purpose(owned), ladder(prompt, ["first", "second"]), text)
    assert (bought.rung, bought.model.id) == (1, "second")
    assert [request.model for request in shop.sent] == ["test/first"] * 3 + ["test/second"]


def test_what_a_stand_in_delivered_is_kept_too(
    new_cashier: NewCashier, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    rungs = ladder(prompt, ["first", "second"])
    new_cashier(Shop(tmp_path / "shop", ["503"] * 3)).buy(purpose(owned), rungs, text)
    again = new_cashier(shop := Shop(tmp_path / "shop")).buy(purpose(owned), rungs, text)
    assert (again.rung, again.model.id, shop.sent) == (1, "second", [])


def test_a_refusal_of_what_was_asked_is_not_sent_again(
    new_cashier: NewCashier, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["400", "400"])
    with failed("provider-refused") as caught:
        new_cashier(shop).buy(purpose(owned), ladder(prompt, ["first", "second"]), text)
    assert "first: We do not do that; second: We do not do that" in caught.value.message
    assert len(shop.sent) == 2


def test_a_wrong_answer_costs_and_is_never_a_result(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["wrong"])
    bought = new_cashier(shop).buy(purpose(owned), ladder(prompt, ["first", "second"]), text)
    assert bought.rung == 1
    with engine.connect() as connection:
        assert states(connection, owned) == ["wrong", "done"]
    assert budget(engine, owned)[1] == 2 * COST == shop.total()


def test_an_answer_that_fails_its_check_is_wrong_too(
    cashier: Cashier, shop: Shop, engine: Engine, owned: Owned, prompt: str
) -> None:
    def picky(answer: Answer) -> str:
        if answer.data.startswith(b"test/first"):
            raise WrongAnswer("too-plain", "That is too plain.")
        return text(answer)

    assert cashier.buy(purpose(owned), ladder(prompt, ["first", "second"]), picky).rung == 1
    with failed("providers-failed") as caught:
        cashier.buy(purpose(owned), ladder(prompt, ["first"]), picky)
    assert "That is too plain" in caught.value.message
    assert [request.body["seed"] for request in shop.sent] == [0, 0, 1]  # no two billed requests are alike
    assert shop.billed_twice() == []
    assert budget(engine, owned)[1] == shop.total() == 3 * COST


def test_a_model_that_takes_no_seed_is_not_asked_the_same_again(
    new_cashier: NewCashier, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    shop = Shop(tmp_path / "shop", ["wrong"])
    cashier, stubborn = new_cashier(shop), [offer(prompt, varies=False)]
    for _ in range(2):
        with failed("providers-failed"):
            cashier.buy(purpose(owned), stubborn, text)
    assert len(shop.sent) == 1


def test_a_kept_answer_that_is_not_good_enough_any_more_is_replaced(
    cashier: Cashier, shop: Shop, engine: Engine, owned: Owned, prompt: str
) -> None:
    cashier.buy(purpose(owned), ladder(prompt), text)

    def stricter(answer: Answer) -> str:
        if answer.data.endswith(b"(0)"):
            raise WrongAnswer("old-form", "That is the old form.")
        return text(answer)

    assert cashier.buy(purpose(owned), ladder(prompt), stricter).value.endswith("(1)")
    with engine.connect() as connection:
        assert states(connection, owned) == ["wrong", "done"]
    assert budget(engine, owned)[1] == shop.total() == 2 * COST


def test_a_mistake_in_a_check_loses_no_answer(cashier: Cashier, shop: Shop, owned: Owned, prompt: str) -> None:
    def broken(answer: Answer) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cashier.buy(purpose(owned), ladder(prompt), broken)
    assert cashier.buy(purpose(owned), ladder(prompt), text).value
    assert len(shop.bill()) == 1


def test_a_kept_answer_whose_bytes_are_gone_is_bought_anew_as_another_request(
    cashier: Cashier, shop: Shop, engine: Engine, objects: Objects, owned: Owned, prompt: str
) -> None:
    cashier.buy(purpose(owned), ladder(prompt), text)
    with engine.connect() as connection:
        row = connection.execute(select(payments).where(payments.c.book_id == owned.book_id)).one()
    objects.delete(row.answer_sha)
    assert cashier.buy(purpose(owned), ladder(prompt), text).value.endswith("(1)")
    with engine.connect() as connection:
        assert states(connection, owned) == ["lapsed", "done"]
    assert shop.billed_twice() == []


def test_a_long_retry_after_is_left_to_another_time(
    new_cashier: NewCashier, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    class Busy(Shop):
        def send(self, *arguments: object) -> Answer:  # type: ignore[override]
            self.sent.append(arguments[0])  # type: ignore[arg-type]
            raise NotTaken("throttled", "In an hour.", retryable=True, retry_after=3600, throttled=True)

    shop = Busy(tmp_path / "shop")
    with failed("providers-failed"):
        new_cashier(shop).buy(purpose(owned), ladder(prompt), text)
    assert len(shop.sent) == 1


def test_without_any_key_it_says_what_to_do(engine: Engine, objects: Objects, owned: Owned, tmp_path: Path) -> None:
    from tests.generation.shop import quick

    with Cashier(engine, objects, {}, quick(tmp_path / "journal")) as keyless, failed("providers-failed") as caught:
        keyless.buy(purpose(owned), ladder("anything"), text)
    assert "key" in caught.value.message


# -- caps ------------------------------------------------------------------------------------------------------------


def test_a_cap_is_kept_before_anything_is_sent(
    new_cashier: NewCashier, shop: Shop, engine: Engine, owned: Owned, prompt: str
) -> None:
    cashier = new_cashier(shop, book_cap_usd=Decimal("0.07"))
    cashier.buy(purpose(owned), ladder(prompt + " 1"), text)
    cashier.buy(purpose(owned), ladder(prompt + " 2"), text)  # 0.02 spent + 0.04 at most <= 0.07
    with failed("cap-reached") as caught:
        cashier.buy(purpose(owned), ladder(prompt + " 3"), text)
    assert "$0.07" in caught.value.message
    assert len(shop.sent) == 2
    with engine.begin() as connection:
        budgets.set_cap(connection, "book", owned.book_id, Decimal("1"))
    assert cashier.buy(purpose(owned), ladder(prompt + " 3"), text).value


def test_a_users_cap_counts_all_his_books_in_a_month(
    new_cashier: NewCashier, shop: Shop, engine: Engine, owned: Owned, another_book: Owned, prompt: str
) -> None:
    with engine.begin() as connection:
        now = budgets.budget(connection, "user", owned.owner_id, this_month(connection), None)
        budgets.set_cap(connection, "user", owned.owner_id, now.spent_usd + now.reserved_usd + Decimal("0.05"))
    try:
        cashier = new_cashier(shop)
        cashier.buy(purpose(owned), ladder(prompt + " 1"), text)
        with failed("cap-reached") as caught:
            cashier.buy(purpose(another_book), ladder(prompt + " 2"), text)
        assert "this month" in caught.value.message
    finally:
        with engine.begin() as connection:
            budgets.set_cap(connection, "user", owned.owner_id, None)


def this_month(connection: object) -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).strftime("%Y-%m")


# -- side by side ------------------------------------------------------------------------------------------------------


def test_equal_requests_at_one_moment_are_paid_once_and_all_served(
    new_cashier: NewCashier, engine: Engine, owned: Owned, another_book: Owned, prompt: str, tmp_path: Path
) -> None:
    out = threading.Barrier(2)  # the request is out until we say so
    shop = Shop(tmp_path / "shop", during=lambda request: out.wait(30))
    cashiers = [new_cashier(shop), new_cashier(shop)]
    with ThreadPoolExecutor(8) as pool:
        asked = [
            pool.submit(cashiers[n % 2].buy, purpose((owned, another_book)[n % 2], str(n)), ladder(prompt), text)
            for n in range(8)
        ]
        out.wait(30)
        values = {future.result(30).value for future in asked}
    assert len(values) == 1
    assert len(shop.bill()) == 1
    assert budget(engine, owned)[1] + budget(engine, another_book)[1] == COST


def test_a_wait_for_somebody_elses_answer_ends_when_the_run_is_stopped(
    new_cashier: NewCashier, owned: Owned, another_book: Owned, prompt: str, tmp_path: Path
) -> None:
    entered, leave, stop = threading.Event(), threading.Event(), threading.Event()
    shop = Shop(tmp_path / "shop", during=lambda request: (entered.set(), leave.wait(30)))
    cashier = new_cashier(shop)
    with ThreadPoolExecutor(2) as pool:
        paying = pool.submit(cashier.buy, purpose(owned), ladder(prompt), text)
        assert entered.wait(30)
        waiting = pool.submit(cashier.buy, purpose(another_book, stop=stop), ladder(prompt), text)
        stop.set()
        error = waiting.exception(30)
        leave.set()
        assert paying.result(30).value
    assert isinstance(error, PermanentFailure)
    assert error.code == "stopped"
    assert len(shop.bill()) == 1


def test_a_stopped_run_sends_nothing_more(
    new_cashier: NewCashier, engine: Engine, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    stop = threading.Event()
    shop = Shop(tmp_path / "shop", ["503"], during=lambda request: stop.set())
    with failed("stopped"):
        new_cashier(shop, retry_base=60.0).buy(purpose(owned, stop=stop), ladder(prompt), text)
    assert len(shop.sent) == 1
    with engine.connect() as connection:
        assert states(connection, owned) == ["refused"]


def test_waits_double_with_jitter_unless_the_provider_says_how_long() -> None:
    policy = Policy(Path("/nowhere"))
    out_of_order = NotTaken("unavailable", "Out of order.", retryable=True)
    first, second = ({pause_before_retry(n, out_of_order, policy) for _ in range(50)} for n in (1, 2))
    assert all(pause is not None and 2 <= pause <= 3 for pause in first)
    assert all(pause is not None and 4 <= pause <= 5 for pause in second)
    assert len(first) > 1  # those who wait do not all come back at once
    assert pause_before_retry(3, out_of_order, policy) is None
    told = NotTaken("throttled", "Slow down.", retryable=True, retry_after=7.5, throttled=True)
    assert pause_before_retry(1, told, policy) == 7.5
    assert pause_before_retry(1, NotTaken("refused", "No.", retryable=False), policy) is None
