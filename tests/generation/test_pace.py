"""How little time is lost between calls: the provider's places are never held longer than it works, jobs are looked at
when they end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from litink.generation.model import Owned
from litink.generation.paid.policy import Policy
from litink.providers.wire import Answer, Pending, Request
from tests.generation.conftest import NewCashier
from tests.generation.shop import Shop, ladder, purpose, text

POLICY = Policy(Path("/nowhere"))
SECONDS = st.floats(0, 1_800)


def test_the_next_call_goes_out_while_an_answer_is_checked(
    new_cashier: NewCashier, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    """With one place at the provider."""
    second_is_out = threading.Event()

    def note(request: Request) -> None:
        if request.body["prompt"] == f"{prompt} 2":
            second_is_out.set()

    def slowly(answer: Answer) -> str:
        assert second_is_out.wait(30), "the place was held while the answer was checked"
        return text(answer)

    cashier = new_cashier(Shop(tmp_path / "shop", during=note), limits={"openrouter": 1})
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cashier.buy, purpose(owned, "c1"), ladder(f"{prompt} 1"), slowly)
        second = pool.submit(cashier.buy, purpose(owned, "c2"), ladder(f"{prompt} 2"), text)
        assert (bool(first.result().value), bool(second.result().value)) == (True, True)


def test_a_place_is_held_as_long_as_a_job_is_worked_on(
    new_cashier: NewCashier, owned: Owned, prompt: str, tmp_path: Path
) -> None:
    lock, under_way, most = threading.Lock(), set[str](), 0

    class Watched(Shop):
        def fetch(self, request: Request, reference: str) -> Answer | Pending:
            nonlocal most
            with lock:
                under_way.add(reference)
                most = max(most, len(under_way))
            told = super().fetch(request, reference)
            with lock:
                if isinstance(told, Answer):
                    under_way.discard(reference)
            return told

    cashier = new_cashier(Watched(tmp_path / "shop", ["job"] * 4), limits={"openrouter": 1})
    with ThreadPoolExecutor(4) as pool:
        bought = [pool.submit(cashier.buy, purpose(owned, f"c{n}"), ladder(f"{prompt} {n}"), text) for n in range(4)]
        assert all(one.result().value for one in bought)
    assert most == 1


@given(takes=SECONDS)
def test_a_job_whose_provider_tells_the_truth_is_looked_at_soon_after_its_end(takes: float) -> None:
    at, looks = 0.0, 0
    while at < takes:
        at += POLICY.pause_before_look(takes - at, at)
        looks += 1
    assert at - takes <= max(POLICY.poll_at_least, 0.02 * takes)
    assert looks <= 10 + takes / POLICY.poll_at_most


@given(takes=SECONDS, told=st.floats(0, 2))
def test_a_provider_that_always_says_soon_is_not_asked_all_the_time(takes: float, told: float) -> None:
    at, looks = 0.0, 0
    while at < takes:
        at += POLICY.pause_before_look(told, at)
        looks += 1
    assert looks <= 400  # of 3,600 half seconds


@given(told=st.floats(0, 1e9), waited=st.floats(0, 1e9))
def test_a_pause_is_never_shorter_or_longer_than_the_policy_says(told: float, waited: float) -> None:
    assert POLICY.poll_at_least <= POLICY.pause_before_look(told, waited) <= POLICY.poll_at_most
