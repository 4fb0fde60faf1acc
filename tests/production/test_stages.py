"""Which stage is due, and what happens when runs end well, badly or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select, text

from litink.db.schema import books
from litink.generation.model import Outcome, Owned
from litink.generation.records import record_asset
from litink.library import repository
from litink.production import stages
from litink.production.graph import STAGES
from litink.production.turns import next_up
from litink.providers.catalogue import load

REASON = {"code": "broken", "message": "It broke."}


class Desk:
    """One book, seen as the sensor and the runs see it."""

    def __init__(self, engine: Engine, owned: Owned) -> None:
        self.engine, self.owned = engine, owned

    def due(self) -> list[tuple[str, int]]:
        with self.engine.begin() as connection:
            found = stages.due(connection)
        return [(item.stage, item.attempt) for item in found if item.book_id == self.owned.book_id]

    def launch(self, stage: str) -> stages.Due:
        with self.engine.begin() as connection:
            item = next(
                item for item in stages.due(connection) if (item.book_id, item.stage) == (self.owned.book_id, stage)
            )
            assert stages.launched(connection, item)
        return item

    def finish(self, stage: str, revision: int = 1) -> None:
        with self.engine.begin() as connection:
            for name in STAGES[stage]:
                outcome = Outcome(asset=name, items_total=1, items_done=1)
                record_asset(connection, self.owned, outcome, state="done", revision=revision, run_id=None)
            stages.settle_asset(connection, self.owned, stage, revision)

    def fail(self, stage: str) -> None:
        with self.engine.begin() as connection:
            stages.fail_stage(connection, self.owned, stage, 1, REASON)

    def lose(self, stage: str) -> None:
        with self.engine.begin() as connection:
            run = next(r for r in stages.quiet(connection, -60) if (r.book_id, r.stage) == (self.owned.book_id, stage))
            stages.lose(connection, run)

    def book(self) -> repository.BookRecord:
        with self.engine.begin() as connection:
            record = repository.get_book(connection, self.owned.book_id)
        assert record is not None
        return record


@pytest.fixture
def desk(engine: Engine, owned: Owned) -> Desk:
    return Desk(engine, owned)


def test_a_book_goes_through_its_stages_pictures_and_voices_side_by_side(desk: Desk) -> None:
    assert desk.due() == [("text", 1)]
    desk.launch("text")
    assert desk.due() == []
    desk.finish("text")
    assert desk.due() == [("pictures", 1), ("voices", 1)]
    desk.launch("pictures")
    desk.launch("voices")
    desk.finish("voices")
    assert desk.due() == []
    desk.finish("pictures")
    assert desk.due() == [("film", 1)]
    desk.launch("film")
    assert desk.book().state == "working"
    desk.finish("film")
    assert desk.due() == []
    assert desk.book().state == "ready"


def test_a_stage_is_handed_over_once(desk: Desk, engine: Engine) -> None:
    item = desk.launch("text")
    with engine.begin() as connection:
        assert not stages.launched(connection, item)


def test_failed_pictures_do_not_fail_the_film(desk: Desk) -> None:
    desk.launch("text")
    desk.finish("text")
    desk.launch("pictures")
    desk.launch("voices")
    desk.fail("pictures")
    desk.finish("voices")
    assert desk.due() == [("film", 1)]
    assert desk.book().state == "working"


def test_failed_text_fails_the_book_with_its_reason(desk: Desk) -> None:
    desk.launch("text")
    desk.fail("text")
    assert desk.due() == []
    assert (desk.book().state, desk.book().problem) == ("failed", REASON)


def test_a_lost_run_is_launched_again_three_times_then_the_book_says_so(desk: Desk) -> None:
    for attempt in (1, 2, 3):
        assert desk.due() == [("text", attempt)]
        desk.launch("text")
        desk.lose("text")
    assert desk.due() == []
    book = desk.book()
    assert book.state == "failed"
    assert book.problem is not None
    assert "3 times" in book.problem["message"]


def test_a_reopened_book_starts_anew_and_late_news_of_the_old_work_change_nothing(desk: Desk, engine: Engine) -> None:
    desk.launch("text")
    with engine.begin() as connection:
        repository.reopen(connection, desk.owned.book_id)
    desk.fail("text")
    assert desk.book().state == "queued"
    assert desk.due() == [("text", 1)]


def test_the_end_of_the_old_work_does_not_end_a_reopened_book(desk: Desk, engine: Engine) -> None:
    for stage in STAGES:
        if stage != "film":
            desk.launch(stage)
            desk.finish(stage)
    desk.launch("film")
    with engine.begin() as connection:
        repository.reopen(connection, desk.owned.book_id)
    desk.finish("film")
    assert (desk.book().state, desk.book().revision) == ("queued", 2)
    assert desk.due() == [("text", 1)]


def test_a_book_reopened_in_the_very_moment_its_work_ends_is_worked_on(desk: Desk, engine: Engine) -> None:
    for stage in STAGES:
        desk.launch(stage)
        if stage != "film":
            desk.finish(stage)
    ending = threading.Thread(target=desk.finish, args=("film",))
    with engine.begin() as reopening:
        repository.reopen(reopening, desk.owned.book_id)
        ending.start()
        with engine.connect() as watching:
            me = reopening.execute(select(func.pg_backend_pid())).scalar_one()
            query = text("SELECT count(*) FROM pg_stat_activity WHERE :me = ANY(pg_blocking_pids(pid))")
            while not watching.execute(query, {"me": me}).scalar():  # the end waits for the reopening, or is over
                assert ending.is_alive()
                watching.rollback()
    ending.join()
    assert (desk.book().state, desk.book().revision) == ("queued", 2)


def test_old_work_that_is_lost_too_often_does_not_fail_a_reopened_book(desk: Desk, engine: Engine) -> None:
    for _ in range(2):
        desk.launch("text")
        desk.lose("text")
    desk.launch("text")
    with engine.begin() as connection:
        repository.reopen(connection, desk.owned.book_id)
    desk.lose("text")
    assert desk.book().state == "queued"


def test_what_an_older_revision_reached_does_not_hide_what_a_newer_one_did(desk: Desk, engine: Engine) -> None:
    with engine.begin() as connection:
        for revision, done in ((2, 7), (1, 3)):
            outcome = Outcome(asset="scripts", items_total=9, items_done=done)
            record_asset(connection, desk.owned, outcome, state="running", revision=revision, run_id=None)
        known = repository.assets_of(connection, desk.owned.book_id)["scripts"]
    assert (known.revision, known.items_done) == (2, 7)


def test_only_a_book_at_rest_is_started_again_on_request(desk: Desk, engine: Engine) -> None:
    desk.launch("text")
    with engine.begin() as connection:
        assert repository.reopen(connection, desk.owned.book_id, at_rest=True) is None
    desk.fail("text")
    with engine.begin() as connection:
        again = repository.reopen(connection, desk.owned.book_id, at_rest=True)
    assert again is not None
    assert (again.state, again.revision, again.problem) == ("queued", 2, None)


def test_a_stage_is_done_only_when_all_its_assets_are(desk: Desk, engine: Engine) -> None:
    desk.launch("text")
    first, *_ = STAGES["text"]
    with engine.begin() as connection:
        record_asset(connection, desk.owned, Outcome(asset=first), state="done", revision=1, run_id=None)
        stages.settle_asset(connection, desk.owned, "text", 1)
    assert desk.due() == []


def test_better_tiers_go_first(engine: Engine, new_book: Callable[..., Owned]) -> None:
    from litink.db.schema import users

    waiting, paying = new_book("waiting"), new_book("paying")
    with engine.begin() as connection:
        free = connection.execute(
            users.insert().values(name="free-reader", tier="free").returning(users.c.id)
        ).scalar_one()
        connection.execute(books.update().where(books.c.id == waiting.book_id).values(owner_id=free))
        turns = next_up(stages.due(connection), [], 10_000, load().tiers, datetime.now(UTC))
    order = [item.book_id for item in turns]
    assert order.index(paying.book_id) < order.index(waiting.book_id)
