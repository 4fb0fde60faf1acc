"""A deleted book leaves nothing behind but what it cost; also when its deletion is killed half way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import dagster as dg
import pytest
from obstore.store import LocalStore
from sqlalchemy import Engine, delete, func, insert, select

from litink.db.schema import edits, items, ledger, metadata, payments, plans, versions, webhooks
from litink.library import repository
from litink.library.repository import BookRecord
from litink.library.shelf import Shelf
from litink.objects import Objects
from partitions import books as partitions
from sensors.deleted import PARTITION_TAG, forget
from tests.made_books import TEXT, Maker

STAYS = {"ledger", "payments", "budgets", "backfill_books"}  # accounts


@pytest.fixture(autouse=True)
def accounts_as_before(engine: Engine) -> Iterator[None]:
    """Payments entered by hand here have no budget; they must not stand in other tests' accounts."""
    with engine.connect() as connection:
        last = connection.execute(select(func.coalesce(func.max(payments.c.id), 0))).scalar_one()
    yield
    with engine.begin() as connection:
        connection.execute(delete(ledger).where(ledger.c.payment_id > last))
        connection.execute(delete(payments).where(payments.c.id > last))


@pytest.fixture
def maker(engine: Engine, tmp_path: Path) -> Maker:
    (tmp_path / "objects").mkdir()
    return Maker(engine, Objects(LocalStore(tmp_path / "objects"), tmp_path), tmp_path)


def stored(maker: Maker) -> set[str]:
    return {path.name for path in (maker.folder / "objects").rglob("*") if path.is_file()}


def orphans(maker: Maker) -> set[str]:
    """Stored bytes that no book has: what is left in the database is of books of other tests."""
    with maker.engine.connect() as connection:
        shared = {sha for table in (items, versions) for sha in connection.execute(select(table.c.blob_sha)).scalars()}
    return stored(maker) - shared


def paid(maker: Maker, book: BookRecord, state: str, answer: bytes | None) -> None:
    """A payment for the book, with what may tell of it."""
    token = uuid4().hex
    with maker.engine.begin() as connection:
        sha = maker.objects.put(answer) if answer else None
        if sha and answer:
            connection.execute(
                insert(metadata.tables["blobs"]).values(sha=sha, bytes=len(answer), media_type="audio/mpeg")
            )
        connection.execute(
            insert(payments).values(
                owner_id=book.owner_id,
                book_id=book.id,
                tier=book.tier,
                asset="audio",
                item_key="x",
                cache_key="0" * 64,
                provider="elevenlabs",
                operation="speech",
                model="v3",
                request={"body": {"text": "The lamp went out"}},
                fingerprint=uuid4().hex * 2,
                token=token,
                state=state,
                deadline_at=book.created_at,
                estimated_usd=1,
                cost_usd=1,
                answer_sha=sha,
                meta={"text": "The lamp went out"},
            )
        )
        connection.execute(insert(webhooks).values(provider="elevenlabs", token=token, body={"text": "The lamp"}))


def everything(maker: Maker) -> BookRecord:
    """A finished book with edits, plans and payments besides."""
    book = maker.finished(title=f"The Lamp {uuid4().hex}", text=f"{TEXT}\n\n{uuid4().hex} was heard.\n")
    paid(maker, book, "done", uuid4().bytes)
    paid(maker, book, "unknown", None)
    mine = {"owner_id": book.owner_id, "book_id": book.id}
    with maker.engine.begin() as connection:
        connection.execute(
            insert(edits).values(
                **mine, number=1, asset="audio", key="x", edit={}, summary="s", state="in_force", author="local"
            )
        )
        connection.execute(
            insert(plans).values(
                **mine, revision=1, fingerprint="0", options={}, draft={}, usd_least=0, usd_most=0, state="open"
            )
        )
    return book


def left(engine: Engine, book_id: UUID) -> dict[str, int]:
    """Rows that name the book, by table."""
    found = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            columns = [
                c for c in table.c if c.name == "book_id" or (table.name in ("books", "budgets") and c.name == "id")
            ]
            rows = sum(len(connection.execute(select(column).where(column == book_id)).all()) for column in columns)
            if rows:
                found[table.name] = rows
    return found


def test_nothing_is_left_but_what_it_cost(maker: Maker) -> None:
    book = everything(maker)
    before = left(maker.engine, book.id)
    assert {"items", "versions", "edits", "plans", "events", "ledger", "payments"} <= set(before)
    Shelf(maker.engine, maker.objects).remove(book)
    after = left(maker.engine, book.id)
    assert set(after) <= STAYS
    assert after["ledger"] == before["ledger"]
    assert orphans(maker) == set()
    with maker.engine.connect() as connection:
        kept = connection.execute(select(payments).where(payments.c.book_id == book.id)).all()
        assert {row.state for row in kept} == {"lapsed", "unknown"}
        assert not any((row.request and row.state == "unknown") or row.meta or row.answer_sha for row in kept)
        tokens = [row.token for row in kept]
        assert not connection.execute(select(webhooks.c.id).where(webhooks.c.token.in_(tokens))).all()
        assert connection.execute(select(ledger.c.id).where(ledger.c.book_id == book.id)).all()


def test_what_another_book_has_too_stays(maker: Maker) -> None:
    text = f"{TEXT}\n\n{uuid4().hex} was heard.\n"
    book, twin = maker.finished(text=text), maker.finished(text=text)
    with_both = stored(maker)
    Shelf(maker.engine, maker.objects).remove(book)
    assert stored(maker) == with_both
    Shelf(maker.engine, maker.objects).remove(twin)
    assert orphans(maker) == set()


_KILLED = """
import os, signal, sys
from pathlib import Path
from uuid import UUID
from obstore.store import LocalStore
from sqlalchemy import event
from litink.db.engine import engine_for
from litink.library import repository
from litink.library.shelf import Shelf
from litink.objects import Objects

url, folder, book_id, commits = sys.argv[1], Path(sys.argv[2]), UUID(sys.argv[3]), int(sys.argv[4])
engine = engine_for(url)
with engine.connect() as connection:
    book = repository.get_book(connection, book_id)
left = [commits]

@event.listens_for(engine, "commit")
def count(connection):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)

shelf = Shelf(engine, Objects(LocalStore(folder / "objects"), folder))
discard = shelf._discard
shelf._discard = lambda shas: os.kill(os.getpid(), signal.SIGKILL) if commits == 2 else discard(shas)
shelf.remove(book)
"""


@pytest.mark.parametrize("commits", [1, 2], ids=["before its rows are gone", "before its bytes are gone"])
def test_a_deletion_that_was_killed_is_finished(maker: Maker, commits: int) -> None:
    book = everything(maker)
    url = maker.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _KILLED, url, str(maker.folder), str(book.id), str(commits)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    with maker.engine.connect() as connection:
        assert repository.get_book(connection, book.id) is None  # nobody sees it any more
    shelf = Shelf(maker.engine, maker.objects)
    shelf.finish_removals()
    assert set(left(maker.engine, book.id)) <= STAYS
    if commits == 2:  # the bytes are the sweeper's, when they are old
        from tests.library.test_sweeper import Shop

        shop = Shop(maker.engine, maker.folder / "objects")
        for sha in stored(maker):
            os.utime(shop.path(sha), (0, 0))
        shop.sweep()
    assert orphans(maker) == set()


def test_dagster_forgets_a_deleted_book(maker: Maker) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        book, other = maker.finished(), maker.finished(title="Another")

        @dg.asset(name="film", partitions_def=partitions)
        def made() -> None: ...

        keys = [str(book.id), str(other.id)]
        instance.add_dynamic_partitions("books", keys)
        for key in keys:
            assert dg.materialize([made], instance=instance, partition_key=key).success
        waiting = instance.add_run(dg.DagsterRun("make_film", str(uuid4()), tags={PARTITION_TAG: keys[0]}))
        Shelf(maker.engine, maker.objects).remove(book)

        assert forget(instance, maker.engine) == 0  # a run of it is not over
        assert keys[0] in instance.get_dynamic_partitions("books")
        instance.report_run_failed(waiting)
        assert forget(instance, maker.engine) == 1
        assert instance.get_dynamic_partitions("books") == [keys[1]]
        assert {run.tags[PARTITION_TAG] for run in instance.get_runs()} == {keys[1]}
        assert instance.get_materialized_partitions(dg.AssetKey("film")) == {keys[1]}
        assert forget(instance, maker.engine) == 0
