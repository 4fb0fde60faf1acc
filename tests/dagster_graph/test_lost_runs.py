"""Runs whose process died are due again; those that are only slow to begin are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import dagster as dg
import pytest
from sqlalchemy import Engine, text, update

from assets.materialise import REVISION_TAG
from litink.db.engine import plain_conninfo
from litink.db.schema import stage_runs
from litink.generation.model import Owned
from litink.generation.presence import Presence
from litink.library import repository
from litink.production import stages
from sensors.work import TAG_ATTEMPT, TAG_BOOK, TAG_STAGE, blame, close_lost_runs

GRACE = 60.0


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def handed_over(engine: Engine, owned: Owned) -> None:
    """The book's first stage was handed over ten minutes ago, and nothing was heard since."""
    with engine.begin() as connection:
        item = next(item for item in stages.due(connection) if item.book_id == owned.book_id)
        stages.launched(connection, item)
        long_ago = text("now() - interval '10 minutes'")
        connection.execute(update(stage_runs).where(stage_runs.c.book_id == owned.book_id).values(updated_at=long_ago))


def run_of(instance: dg.DagsterInstance, owned: Owned, status: dg.DagsterRunStatus) -> str:
    return instance.add_run(dg.DagsterRun("make_text", str(uuid4()), status=status, tags=tags_of(owned))).run_id


def tags_of(owned: Owned) -> dict[str, str]:
    """Of the run that makes the book's text at its first attempt."""
    return {TAG_BOOK: str(owned.book_id), TAG_STAGE: "text", REVISION_TAG: "1", TAG_ATTEMPT: "1"}


def state(engine: Engine, owned: Owned) -> str | None:
    with engine.connect() as connection:
        return stages.state_of(connection, owned.book_id, "text", 1, 1)


def book_state(engine: Engine, owned: Owned) -> str:
    with engine.connect() as connection:
        record = repository.get_book(connection, owned.book_id)
        assert record is not None
        return record.state


@pytest.mark.usefixtures("handed_over")
@pytest.mark.parametrize("status", [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
def test_a_run_that_dagster_has_just_launched_gets_its_time(
    engine: Engine, owned: Owned, instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    """It waited ten minutes in the queue; its process is only coming up."""
    run = run_of(instance, owned, status)
    close_lost_runs(instance, engine, GRACE)
    assert state(engine, owned) == "launched"
    assert not instance.get_run_by_id(run).is_finished  # type: ignore[union-attr]


@pytest.mark.usefixtures("handed_over")
def test_a_run_that_shows_no_life_for_longer_is_lost_and_reported(
    engine: Engine, owned: Owned, instance: dg.DagsterInstance
) -> None:
    run = run_of(instance, owned, dg.DagsterRunStatus.STARTED)
    close_lost_runs(instance, engine, 0.0)
    assert state(engine, owned) == "lost"
    assert instance.get_run_by_id(run).status is dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]


@pytest.mark.usefixtures("handed_over")
def test_a_run_that_ended_without_a_word_is_not_waited_for(
    engine: Engine, owned: Owned, instance: dg.DagsterInstance
) -> None:
    run_of(instance, owned, dg.DagsterRunStatus.FAILURE)
    close_lost_runs(instance, engine, 1.0)
    assert state(engine, owned) == "lost"


@pytest.mark.usefixtures("handed_over")
def test_a_database_that_has_only_just_come_up_judges_nobody(
    engine: Engine, owned: Owned, instance: dg.DagsterInstance
) -> None:
    """All locks fell with it; those at work need a moment to take them again."""
    run_of(instance, owned, dg.DagsterRunStatus.FAILURE)
    with engine.connect() as connection:
        up = connection.execute(text("SELECT extract(epoch FROM now() - pg_postmaster_start_time())")).scalar_one()
        long_ago = text("now() - interval '10 days'")
        connection.execute(update(stage_runs).where(stage_runs.c.book_id == owned.book_id).values(updated_at=long_ago))
        connection.commit()
    close_lost_runs(instance, engine, float(up) + GRACE)
    assert state(engine, owned) == "launched"


@pytest.mark.usefixtures("handed_over")
def test_a_lost_run_does_not_fail_its_book(engine: Engine, owned: Owned, instance: dg.DagsterInstance) -> None:
    """Its stage has two more attempts; that Dagster calls the run failed is no word about the book."""
    run_of(instance, owned, dg.DagsterRunStatus.STARTED)
    close_lost_runs(instance, engine, 0.0)
    blame(engine, tags_of(owned), "It failed.")
    assert book_state(engine, owned) != "failed"
    with engine.begin() as connection:
        again = next(item for item in stages.due(connection) if item.book_id == owned.book_id)
        assert (again.stage, again.attempt) == ("text", 2)
        stages.launched(connection, again)
    blame(engine, tags_of(owned), "It failed.")
    assert book_state(engine, owned) != "failed"
    with engine.connect() as connection:
        assert stages.state_of(connection, owned.book_id, "text", 1, 2) == "launched"


@pytest.mark.usefixtures("handed_over")
def test_a_run_that_failed_outside_its_assets_fails_its_book(engine: Engine, owned: Owned) -> None:
    blame(engine, tags_of(owned), "It failed.")
    assert book_state(engine, owned) == "failed"


@pytest.mark.usefixtures("handed_over")
def test_a_process_at_work_is_a_sign_of_life(engine: Engine, owned: Owned, instance: dg.DagsterInstance) -> None:
    run_of(instance, owned, dg.DagsterRunStatus.STARTED)
    with Presence(plain_conninfo(engine.url.render_as_string(hide_password=False))) as presence:
        presence.at(owned.book_id)
        close_lost_runs(instance, engine, 0.0)
        assert state(engine, owned) == "launched"
    close_lost_runs(instance, engine, 0.0)
    assert state(engine, owned) == "lost"
