"""The journal: what was heard can be read again, also after a kill in the middle of writing; one holder at a time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.generation.paid.journal import Heard, Journal
from litink.providers.wire import Answer, AnswerLost, NotBilled, NotTaken, Pending, WrongAnswer

words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
units = st.dictionaries(words, st.floats(allow_nan=False, allow_infinity=False), max_size=3)
costs = st.none() | st.decimals(min_value=0, max_value=1000, places=8)
json_values = st.none() | st.booleans() | st.integers() | words | st.lists(st.floats(-1e9, 1e9), max_size=4)
heards: st.SearchStrategy[Heard] = st.one_of(
    st.builds(Answer, st.binary(max_size=200), words, units, costs, words, st.dictionaries(words, json_values)),
    st.builds(Pending, words, st.floats(0, 1e6)),
    st.just(NotBilled()),
    st.builds(AnswerLost, words, words, words),
    st.builds(lambda c, m, r, t: NotTaken(c, m, retryable=r, throttled=t), words, words, st.booleans(), st.booleans()),
    st.builds(
        lambda c, m, u, d, r: WrongAnswer(c, m, units=u, cost_usd=d, reference=r), words, words, units, costs, words
    ),
)


def facts(heard: Heard | None) -> Any:
    return (type(heard), getattr(heard, "args", None), vars(heard)) if heard is not None else None


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("journal")


@settings(deadline=None)
@given(st.lists(heards, min_size=1, max_size=3))
def test_the_last_thing_heard_is_read_as_it_was_written(folder: Path, told: list[Heard]) -> None:
    journal = Journal(folder)
    with journal.begin("t") as entry:
        for heard in told:
            entry.write(heard)
    with journal.claim("t") as entry:
        assert facts(entry.read()) == facts(told[-1])
        entry.remove()


@settings(deadline=None)
@given(heards, heards, st.data())
def test_a_record_cut_short_is_as_good_as_none(folder: Path, first: Heard, second: Heard, data: st.DataObject) -> None:
    journal = Journal(folder)
    (folder / "t").unlink(missing_ok=True)
    with journal.begin("t") as entry:
        entry.write(first)
        whole = (folder / "t").stat().st_size
        entry.write(second)
    size = (folder / "t").stat().st_size
    cut = data.draw(st.integers(0, size - 1))
    os.truncate(folder / "t", cut)
    with journal.claim("t") as entry:
        assert facts(entry.read()) == (facts(first) if cut >= whole else None)
        entry.remove()


def test_only_the_dead_are_taken_over(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from litink.generation.paid.journal import Journal\n"
        "entry = Journal(Path(sys.argv[1])).begin('t'); print('mine', flush=True); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "mine\n"
    journal = Journal(tmp_path)
    with pytest.raises(BlockingIOError):
        journal.claim("t")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with journal.claim("t") as entry:
        assert entry.read() is None
        with pytest.raises(BlockingIOError):  # nor is another thread of our own process let in
            journal.claim("t")


def test_what_was_never_under_way_here_is_told_apart_from_what_was(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Journal(tmp_path).claim("t")
    assert Journal(tmp_path).tokens(older_than=0) == []


def test_until_sending_begins_it_is_known_that_nothing_was_sent(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with journal.begin("t") as entry:
        assert entry.unsent
        entry.about_to_send()
    with journal.claim("t") as entry:
        assert (entry.unsent, entry.read()) == (False, None)
    with journal.claim("from elsewhere", create=True) as entry:
        assert (entry.unsent, entry.read()) == (False, None)


def test_costs_keep_all_their_places(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with journal.begin("t") as entry:
        entry.write(Answer(b"", "text/plain", {}, Decimal("0.00000001"), "r"))
        heard = entry.read()
    assert isinstance(heard, Answer)
    assert heard.cost_usd == Decimal("0.00000001")
