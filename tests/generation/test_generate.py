"""The generator: each item once, whatever happens in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select

from litink.db.schema import items, ledger, versions
from litink.errors import Exhausted, PermanentFailure, TransientFailure
from litink.generation import records
from litink.generation.generate import Generator
from litink.generation.model import Call, Made, Owned, Purpose, StandIn, Task
from litink.library import repository
from litink.objects import Objects, sha256_of


class Salt:
    """Results are shared by all books, so each test makes its own."""

    value = ""


@pytest.fixture(autouse=True)
def fresh_salt() -> None:
    Salt.value = uuid4().hex


def task(key: str, text: str = "", make: Callable[[Purpose], Made] | None = None) -> Task:
    def default(_: Purpose) -> Made:
        calls = (Call("test", "t-1", {"n": 1}, Decimal("0.01"), True),)
        return Made(f"{key}: {text}".encode(), "text/plain", {"length": len(text)}, calls)

    return Task(
        "scripts", key, f"item {key}", {"model": "t-1", "salt": Salt.value}, {"text": text or key}, make or default
    )


@pytest.fixture
def generator(engine: Engine, objects: Objects) -> Generator:
    return Generator(engine, objects, workers=3)


def states(engine: Engine, owned: Owned) -> dict[str, str]:
    with engine.connect() as connection:
        return {item.key: item.state for item in records.items_of(connection, owned.book_id, "scripts")}


def spent(engine: Engine, book_id: UUID) -> tuple[int, Decimal]:
    query = select(func.count(), func.coalesce(func.sum(ledger.c.cost_usd), 0)).where(ledger.c.book_id == book_id)
    with engine.connect() as connection:
        row = connection.execute(query).one()
    return row[0], Decimal(row[1])


def test_a_second_run_makes_and_pays_nothing(generator: Generator, engine: Engine, owned: Owned) -> None:
    tasks = [task("a"), task("b"), task("c")]
    first = generator.run(owned, "scripts", tasks, revision=1)
    second = generator.run(owned, "scripts", tasks, revision=1)
    assert (first.calls, first.items_done, first.cost_usd) == (3, 3, Decimal("0.03"))
    assert (second.calls, second.items_done, second.cache_hits, second.cost_usd) == (0, 3, 3, Decimal(0))
    assert second.data_version == first.data_version
    assert spent(engine, owned.book_id) == (3, Decimal("0.03"))


def test_only_what_changed_is_made_again_and_gets_a_new_version(
    generator: Generator, engine: Engine, owned: Owned
) -> None:
    before = generator.run(owned, "scripts", [task("a", "1"), task("b", "1")], revision=1)
    after = generator.run(owned, "scripts", [task("a", "1"), task("b", "2")], revision=2)
    assert (after.calls, after.cache_hits) == (1, 1)
    assert after.data_version != before.data_version
    with engine.connect() as connection:
        numbers = connection.execute(
            select(versions.c.key, versions.c.number)
            .where(versions.c.book_id == owned.book_id)
            .order_by(*versions.c[2:5])
        ).all()
    assert [tuple(row) for row in numbers] == [("a", 1), ("b", 1), ("b", 2)]


def test_a_result_is_shared_between_books(
    generator: Generator, owned: Owned, another_book: Owned, objects: Objects
) -> None:
    generator.run(owned, "scripts", [task("a", "the same words")], revision=1)
    elsewhere = generator.run(another_book, "scripts", [task("z", "other"), task("a", "the same words")], revision=1)
    assert (elsewhere.calls, elsewhere.cache_hits, elsewhere.items_done) == (1, 1, 2)


def test_items_of_one_content_are_made_once_and_share_it(generator: Generator, engine: Engine, owned: Owned) -> None:
    outcome = generator.run(owned, "scripts", [task("a", "Yes."), task("b", "No."), task("c", "Yes.")], revision=1)
    assert (outcome.calls, outcome.cache_hits, outcome.items_done) == (2, 1, 3)
    with engine.connect() as connection:
        made = {item.key: item.blob_sha for item in records.items_of(connection, owned.book_id, "scripts")}
    assert made["a"] == made["c"] != made["b"]


def test_items_that_are_no_longer_wanted_vanish(generator: Generator, engine: Engine, owned: Owned) -> None:
    generator.run(owned, "scripts", [task("a"), task("b")], revision=1)
    generator.run(owned, "scripts", [task("b")], revision=2)
    assert states(engine, owned) == {"b": "done"}


def test_a_failed_item_stops_no_other_and_is_tried_again_next_time(
    generator: Generator, engine: Engine, owned: Owned
) -> None:
    def refuse(_: Purpose) -> Made:
        raise PermanentFailure("too-odd", "This cannot be said aloud.")

    outcome = generator.run(owned, "scripts", [task("a"), task("b", make=refuse), task("c")], revision=1)
    assert (outcome.items_done, outcome.items_failed) == (2, 1)
    assert (outcome.failures[0].key, outcome.failures[0].code) == ("b", "too-odd")
    assert states(engine, owned) == {"a": "done", "b": "failed", "c": "done"}
    again = generator.run(owned, "scripts", [task("a"), task("b"), task("c")], revision=1)
    assert (again.calls, again.items_failed) == (1, 0)


def test_a_passing_fault_is_tried_again_a_lasting_one_is_not(generator: Generator, owned: Owned) -> None:
    calls = {"busy": 0, "broken": 0}

    def busy(_: Purpose) -> Made:
        calls["busy"] += 1
        if calls["busy"] == 1:
            raise TransientFailure("busy", "Try later.")
        return Made(b"at last", "text/plain")

    def broken(_: Purpose) -> Made:
        calls["broken"] += 1
        raise PermanentFailure("broken", "Never.")

    outcome = generator.run(owned, "scripts", [task("a", make=busy), task("b", make=broken)], revision=1)
    assert calls == {"busy": 2, "broken": 1}
    assert (outcome.items_done, outcome.items_failed) == (1, 1)


def test_nothing_empty_counts_as_done(generator: Generator, engine: Engine, owned: Owned) -> None:
    outcome = generator.run(owned, "scripts", [task("a", make=lambda _: Made(b"", "text/plain"))], revision=1)
    assert outcome.failures[0].code == "empty-result"
    assert states(engine, owned) == {"a": "failed"}


def test_an_unexpected_error_tells_nothing_of_its_inside(generator: Generator, owned: Owned) -> None:
    def explode(_: Purpose) -> Made:
        raise RuntimeError("key=sk-secret")

    outcome = generator.run(owned, "scripts", [task("a", make=explode)], revision=1)
    assert outcome.failures[0].code == "internal"
    assert "sk-secret" not in outcome.failures[0].message


def test_a_record_is_not_trusted_when_its_bytes_are_gone(
    generator: Generator, engine: Engine, owned: Owned, objects: Objects
) -> None:
    generator.run(owned, "scripts", [task("a", "precious")], revision=1)
    with engine.connect() as connection:
        sha = connection.execute(select(items.c.blob_sha).where(items.c.book_id == owned.book_id)).scalar_one()
    objects.delete(sha)
    again = generator.run(owned, "scripts", [task("a", "precious")], revision=1)
    assert again.calls == 1
    assert objects.get(sha) == b"a: precious"


def test_two_tasks_with_one_key_are_a_mistake_of_ours(generator: Generator, owned: Owned) -> None:
    with pytest.raises(ValueError, match="one key"):
        generator.run(owned, "scripts", [task("a"), task("a")], revision=1)


def test_a_book_deleted_meanwhile_ends_the_work_and_leaves_no_bytes(
    generator: Generator, engine: Engine, owned: Owned, objects: Objects
) -> None:
    from litink.db.schema import books

    def delete_the_book(_: Purpose) -> Made:
        with engine.begin() as connection:
            connection.execute(books.delete().where(books.c.id == owned.book_id))
        return Made(b"too late", "text/plain")

    with pytest.raises(PermanentFailure) as caught:
        generator.run(owned, "scripts", [task("a", make=delete_the_book)], revision=1)
    assert caught.value.code == "book-deleted"
    assert not objects.has(sha256_of(b"too late"))


def test_a_book_that_changes_meanwhile_stops_the_run_and_what_was_under_way_is_kept(
    engine: Engine, objects: Objects, owned: Owned
) -> None:
    begun: list[str] = []

    def correcting(_: Purpose) -> Made:
        begun.append("a")
        with engine.begin() as connection:
            repository.reopen(connection, owned.book_id)
        return Made(b"a", "text/plain")

    def plain(key: str) -> Callable[[Purpose], Made]:
        def make(_: Purpose) -> Made:
            begun.append(key)
            return Made(key.encode(), "text/plain")

        return make

    tasks = [task("a", make=correcting), *(task(key, make=plain(key)) for key in "bcdef")]
    generator = Generator(engine, objects, workers=1)
    with pytest.raises(PermanentFailure) as stopped:
        generator.run(owned, "scripts", tasks, revision=1)
    assert stopped.value.code == "book-changed"
    assert begun == ["a", "b"]  # with one worker, one more stands ready
    with pytest.raises(PermanentFailure):  # late, with what was drawn up before
        generator.run(owned, "scripts", [task("g", make=plain("g"))], revision=1)
    assert "g" not in states(engine, owned)
    outcome = generator.run(owned, "scripts", tasks, revision=2)
    assert (outcome.items_done, outcome.cache_hits) == (6, 2)
    assert begun == [*"abcdef"]


WORKER = """
import sys, time
from pathlib import Path
from uuid import UUID, uuid4
from obstore.store import LocalStore
from litink.db.engine import engine_for
from litink.generation.generate import Generator
from litink.generation.model import Call, Made, Owned, Purpose, Task
from litink.objects import Objects, sha256_of

url, store, owner, book, tally, salt, stuck = sys.argv[1:]
def make(key):
    def run(_):
        with open(tally, "a") as file:
            file.write(key + "\\n")
        if key == stuck:
            print("stuck", flush=True)
            time.sleep(600)
        return Made(key.encode() * 10, "text/plain", {}, (Call("test", "t", {"n": 1}),))
    return run
recipe = {"model": "t", "salt": salt}
tasks = [Task("scripts", f"{n:02d}", str(n), recipe, {"n": str(n)}, make(f"{n:02d}")) for n in range(12)]
generator = Generator(engine_for(url), Objects(LocalStore(store), Path(store)), 1)
outcome = generator.run(Owned(UUID(owner), UUID(book), "free"), "scripts", tasks, revision=1)
print(outcome.items_done, outcome.calls, flush=True)
"""


def test_work_killed_in_the_middle_repeats_no_finished_item(engine: Engine, owned: Owned, tmp_path: Path) -> None:
    tally, store = tmp_path / "tally", tmp_path / "store"
    store.mkdir()
    url = engine.url.render_as_string(hide_password=False)
    command = [
        sys.executable,
        "-c",
        WORKER,
        url,
        str(store),
        str(owned.owner_id),
        str(owned.book_id),
        str(tally),
        Salt.value,
    ]

    killed = subprocess.Popen([*command, "07"], stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "stuck\n"
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    done_before = [key for key, state in states(engine, owned).items() if state == "done"]
    assert len(done_before) >= 6

    finished = subprocess.run([*command, "none"], stdout=subprocess.PIPE, text=True, check=True, timeout=60)
    assert finished.stdout == f"12 {12 - len(done_before)}\n"
    made = tally.read_text().split()
    assert all(made.count(key) == 1 for key in done_before)


def nobody_can(_: Purpose) -> Made:
    raise Exhausted("providers-failed", "No provider gave a usable answer.")


def with_stand_in(key: str, make: Callable[[Purpose], Made], text: str = "") -> Task:
    def draw() -> Task:
        return replace(task(key, text), recipe={"by": "hand", "salt": Salt.value})

    return replace(task(key, text, make), stand_in=StandIn(draw, lambda error: {"why": error.message}))


def test_a_stand_in_makes_what_nobody_else_can_and_it_is_known_as_its_own(
    generator: Generator, engine: Engine, owned: Owned, another_book: Owned
) -> None:
    tasks = [with_stand_in("a", nobody_can, "Yes."), with_stand_in("b", nobody_can, "Yes."), task("c")]
    outcome = generator.run(owned, "scripts", tasks, revision=1)
    assert (outcome.items_done, outcome.items_stood_in, outcome.failures) == (3, 2, [])
    with engine.connect() as connection:
        made = {item.key: item for item in records.items_of(connection, owned.book_id, "scripts")}
    for key in ("a", "b"):
        assert made[key].meta == {"length": 4, "why": "No provider gave a usable answer."}
        assert made[key].recipe == {"by": "hand", "salt": Salt.value}
        assert made[key].cache_key == tasks[0].stand_in.draw().cache_key != tasks[0].cache_key  # type: ignore[union-attr]
    assert "why" not in made["c"].meta

    # Whoever asks for the stand-in's own work gets it, without the excuse; nobody else does.
    generator.run(another_book, "scripts", [replace(task("a", "Yes."), recipe=made["a"].recipe)], revision=1)
    with engine.connect() as connection:
        [taken] = records.items_of(connection, another_book.book_id, "scripts")
    assert (taken.blob_sha, taken.meta) == (made["a"].blob_sha, {"length": 4})

    # It stays where its own kind may not be bought, and gives way where it may.
    kept = generator.run(owned, "scripts", [task("a", "Yes."), task("c")], revision=1, permitted=lambda _: False)
    assert (kept.items_waiting, kept.calls) == (1, 0)
    again = generator.run(owned, "scripts", [task("a", "Yes."), task("c")], revision=1)
    assert (again.calls, again.items_stood_in) == (1, 0)
    with engine.connect() as connection:
        back = {item.key: item for item in records.items_of(connection, owned.book_id, "scripts")}["a"]
    assert (back.cache_key, back.meta) == (tasks[0].cache_key, {"length": 4})


@pytest.mark.parametrize("code", ["cap-reached", "payment-held", "stopped"])
def test_nobody_stands_in_for_what_may_not_or_not_yet_be_bought(
    generator: Generator, engine: Engine, owned: Owned, code: str
) -> None:
    def refused(_: Purpose) -> Made:
        raise PermanentFailure(code, "Not now.")

    outcome = generator.run(owned, "scripts", [with_stand_in("a", refused)], revision=1)
    assert [failure.code for failure in outcome.failures] == [code]
    assert states(engine, owned) == {"a": "failed"}
