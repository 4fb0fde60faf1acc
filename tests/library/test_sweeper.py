"""The sweeper removes what nobody refers to, long after anybody did, and never what somebody does."""

from __future__ import annotations

import hashlib
import os
import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from obstore.store import LocalStore
from sqlalchemy import Engine, delete, insert, select, text, update

from litink.db.schema import artefacts, blobs, books, budgets, metadata, versions
from litink.generation import records, results
from litink.generation.generate import Generator
from litink.generation.model import Made, Owned, Task
from litink.library.references import COMPARED, referring
from litink.library.sweeper import Keeping, Sweeper, Swept
from litink.objects import Objects

LONG_AGO = datetime.now(UTC) - timedelta(days=1000)


class Shop:
    """An object store in a folder of its own, whose contents can be made old, and its sweeper."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder
        self.objects = Objects(LocalStore(folder), folder.parent)

    def sweeper(self, now: datetime | None = None) -> Sweeper:
        now = now or datetime.now(UTC)
        week = now - timedelta(days=7)
        return Sweeper(
            self.engine,
            self.objects,
            Keeping(week, now - timedelta(days=90), now - timedelta(days=365), now - timedelta(days=730)),
        )

    def sweep(self) -> Swept:
        return self.sweeper().sweep()

    def path(self, sha: str) -> Path:
        return self.folder / sha[:2] / sha

    def age(self, sha: str, days: float = 30) -> None:
        """As if it had been stored, and recorded, so long ago."""
        then = datetime.now(UTC) - timedelta(days=days)
        if self.path(sha).exists():
            os.utime(self.path(sha), (then.timestamp(), then.timestamp()))
        with self.engine.begin() as connection:
            connection.execute(update(blobs).where(blobs.c.sha == sha).values(created_at=then))

    def bytes(self, data: bytes | None = None, *, recorded: bool = True, days: float = 30) -> str:
        data = data if data is not None else uuid4().bytes
        sha = self.objects.put(data)
        if recorded:
            with self.engine.begin() as connection:
                results.record_blob(connection, sha, len(data), "application/octet-stream")
        self.age(sha, days)
        return sha

    def known(self, sha: str) -> bool:
        with self.engine.connect() as connection:
            return results.blob_of(connection, sha) is not None


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    (tmp_path / "objects").mkdir()
    return Shop(engine, tmp_path / "objects")


def result(shop: Shop, sha: str, *, days: float, cost: str = "0") -> str:
    key = hashlib.sha256(uuid4().bytes).hexdigest()
    with shop.engine.begin() as connection:
        connection.execute(
            insert(artefacts).values(
                cache_key=key,
                asset="audio",
                blob_sha=sha,
                meta={},
                recipe={},
                cost_usd=Decimal(cost),
                created_at=datetime.now(UTC) - timedelta(days=days),
            )
        )
    return key


def task(data: bytes, key: str = "one") -> Task:
    digest = hashlib.sha256(data).hexdigest()
    return Task("audio", key, key, {"engine": "test"}, {"of": digest}, lambda _: Made(data, "audio/flac"))


def test_every_column_that_names_bytes_is_known_to_the_sweeper() -> None:
    named = {column for table in metadata.sorted_tables for column in table.c if column.name.endswith("sha")}
    named.discard(blobs.c.sha)
    assert named == {*referring(), *COMPARED}


def test_what_nothing_refers_to_goes_after_the_grace(shop: Shop) -> None:
    old, young = shop.bytes(), shop.bytes(days=6)
    lost, found_late = shop.bytes(recorded=False), shop.bytes(recorded=False, days=6)
    swept = shop.sweep()
    assert not shop.objects.has(old)
    assert not shop.known(old)
    assert not shop.objects.has(lost)
    assert shop.objects.has(young)
    assert shop.known(young)
    assert shop.objects.has(found_late)
    assert swept.counts["unrecorded"] == 1
    assert swept.bytes["unrecorded"] == 16


def test_what_something_refers_to_stays_however_old(shop: Shop, owned: Owned) -> None:
    generator = Generator(shop.engine, shop.objects, 2)
    generator.run(owned, "audio", [task(b"first words")], revision=1)
    generator.run(owned, "audio", [task(b"other words")], revision=1)  # the first are a version now
    source = shop.bytes(recorded=False)
    with shop.engine.begin() as connection:
        connection.execute(update(books).where(books.c.id == owned.book_id).values(source_sha=source))
    shas = [hashlib.sha256(data).hexdigest() for data in (b"first words", b"other words")]
    for sha in shas:
        shop.age(sha, 2000)
    shop.sweep()
    assert all(shop.objects.has(sha) for sha in (*shas, source))
    assert all(shop.known(sha) for sha in shas)


def test_known_results_are_kept_by_what_they_cost(shop: Shop) -> None:
    shas = [shop.bytes() for _ in range(4)]
    free_old, free_young = result(shop, shas[0], days=91), result(shop, shas[1], days=89)
    paid_old, paid_young = result(shop, shas[2], days=366, cost="0.04"), result(shop, shas[3], days=364, cost="0.04")
    shop.sweep()
    with shop.engine.connect() as connection:
        left = set(results.artefacts_for(connection, [free_old, free_young, paid_old, paid_young]))
    assert left == {free_young, paid_young}
    assert [shop.objects.has(sha) for sha in shas] == [False, True, False, True]


def test_a_dry_run_tells_what_a_sweep_does_and_changes_nothing(shop: Shop) -> None:
    result(shop, shop.bytes(), days=91)
    shop.bytes(recorded=False)
    shop.sweep()  # whatever other tests left
    sha, lost = shop.bytes(b"x" * 1000), shop.bytes(b"y" * 50, recorded=False)
    key = result(shop, sha, days=91)
    told = shop.sweeper().sweep(dry_run=True)
    assert shop.objects.has(sha)
    assert shop.objects.has(lost)
    assert shop.known(sha)
    assert (told.counts["artefacts"], told.bytes["blobs"], told.bytes["unrecorded"]) == (1, 1000, 50)
    done = shop.sweep()
    assert done == told
    with shop.engine.connect() as connection:
        assert not results.artefacts_for(connection, [key])
    assert shop.sweep() == Swept()


def test_what_is_stored_again_is_young_again(shop: Shop) -> None:
    lost = shop.bytes(b"again", recorded=False)
    assert shop.objects.put(b"again") == lost
    assert shop.sweep().counts["unrecorded"] == 0
    assert shop.objects.get(lost) == b"again"


def test_bytes_that_are_stored_again_while_they_are_set_aside_are_not_lost(shop: Shop) -> None:
    sha, before = shop.bytes(b"set aside", recorded=False), datetime.now(UTC) - timedelta(days=7)
    stop = threading.Event()

    def store() -> None:
        while not stop.is_set():
            shop.objects.put(b"set aside")
            shop.age(sha)

    thread = threading.Thread(target=store)
    thread.start()
    for _ in range(300):
        shop.objects.discard(sha, before)
    stop.set()
    thread.join()
    shop.objects.put(b"set aside")
    shop.objects.discard(sha, before)
    assert shop.objects.get(sha) == b"set aside"


def test_files_that_kills_left_go_and_what_was_set_aside_comes_back(shop: Shop) -> None:
    sha = shop.bytes(b"half removed")
    shop.path(sha).rename(shop.path(sha).with_name(f"{sha}.going"))
    staged = shop.folder / sha[:2] / f"{sha}#1"
    staged.write_bytes(b"half wr")
    os.utime(staged, (LONG_AGO.timestamp(), LONG_AGO.timestamp()))
    with shop.engine.begin() as connection:
        connection.execute(update(blobs).where(blobs.c.sha == sha).values(created_at=datetime.now(UTC)))
    swept = shop.sweep()
    assert swept.counts["leftovers"] == 1
    assert swept.bytes["leftovers"] == 7
    assert not staged.exists()
    assert shop.objects.get(sha) == b"half removed"


def test_a_reference_in_the_making_holds_the_sweeper_off(shop: Shop, owned: Owned) -> None:
    """Somebody has entered bytes and not yet what refers to them: his transaction is still open."""
    sha = shop.bytes(b"about to be used")
    cache_key = result(shop, sha, days=400)
    with shop.engine.connect() as writer:
        with writer.begin():
            results.record_blob(writer, sha, 16, "audio/flac")
            assert results.hold_artefacts(writer, [cache_key]) == 1
            shop.sweep()
            writer.execute(
                insert(versions).values(
                    owner_id=owned.owner_id,
                    book_id=owned.book_id,
                    asset="audio",
                    key="x",
                    number=1,
                    blob_sha=sha,
                    cache_key=cache_key,
                    author="generated",
                )
            )
        assert results.artefacts_for(writer, [cache_key])
    shop.sweep()
    assert shop.objects.has(sha)
    assert shop.known(sha)


def test_sweeping_beside_generators_loses_nothing(shop: Shop, new_book: Callable[..., Owned]) -> None:
    """Books are made of contents that were forgotten long ago, just while these are swept away."""
    contents = [f"shared {number}".encode() for number in range(8)]
    shas = [hashlib.sha256(data).hexdigest() for data in contents]
    failures = list[BaseException]()

    def caught(act: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                act()
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def sweep() -> None:
        for _ in range(3):
            shop.sweep()

    def work(owned: Owned) -> None:
        tasks = [task(data, key=f"k{n}") for n, data in enumerate(contents)]
        outcome = Generator(shop.engine, shop.objects, 2).run(owned, "audio", tasks, revision=1)
        assert outcome.items_done == len(contents), outcome.failures

    for _ in range(12):
        made = [new_book() for _ in range(2)]
        acts = [caught(sweep), *(caught(partial(work, owned)) for owned in made)]
        for act in acts:
            act.join()
        assert not failures, failures
        for owned in made:
            with shop.engine.connect() as connection:
                items_made = records.items_of(connection, owned.book_id, "audio")
            assert [shop.objects.get(item.blob_sha or "") for item in items_made] == contents
        with shop.engine.begin() as connection:
            connection.execute(delete(books).where(books.c.id.in_([owned.book_id for owned in made])))
            connection.execute(update(artefacts).where(artefacts.c.blob_sha.in_(shas)).values(created_at=LONG_AGO))
        for sha in shas:
            shop.age(sha)


def test_caps_of_deleted_books_go(shop: Shop, owned: Owned) -> None:
    gone = uuid4()
    with shop.engine.begin() as connection:
        for book_id in (gone, owned.book_id):
            connection.execute(
                insert(budgets).values(scope="book", id=book_id, period="", cap_usd=5, updated_at=LONG_AGO)
            )
    shop.sweep()
    with shop.engine.connect() as connection:
        assert connection.execute(
            select(budgets.c.id).where(budgets.c.id.in_([gone, owned.book_id]))
        ).scalars().all() == [owned.book_id]


def test_a_hundred_thousand_rows_take_little_memory(shop: Shop) -> None:
    """What is in use is never gathered, what goes is a batch at a time."""
    numbers = "FROM generate_series(1, 100000) n"
    sha, when = "encode(sha256(n::text::bytea), 'hex')", "now() - interval '30 days'"
    with shop.engine.begin() as connection:
        connection.execute(
            text(f"INSERT INTO blobs (sha, bytes, media_type, created_at) SELECT {sha}, 1, 'x', {when} {numbers}")
        )
        connection.execute(text("ANALYZE blobs"))  # else foreign keys go by plans from when there were few
        connection.execute(
            text(
                "INSERT INTO artefacts (cache_key, asset, blob_sha, meta, recipe, cost_usd, created_at) "
                f"SELECT {sha}, 'many', {sha}, '{{}}', '{{}}', 0, {when} {numbers} WHERE n > 2000"
            )
        )
    tracemalloc.start()
    swept = shop.sweep()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with shop.engine.begin() as connection:
        connection.execute(delete(artefacts).where(artefacts.c.asset == "many"))
        connection.execute(text(f"DELETE FROM blobs WHERE sha IN (SELECT {sha} {numbers})"))
    assert swept.counts["blobs"] >= 2000
    assert peak < 20 * 1024 * 1024
