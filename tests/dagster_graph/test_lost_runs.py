"""Runs whose process died are due again; those that are only slow to begin are left alone."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import dagster as dg
import pytest
from sqlalchemy import Engine, text, update

from assets.materialise import REVISION_TAG
from litink.db.schema import stage_runs
from litink.generation.model import Owned
from litink.production import stages
from sensors.work import TAG_ATTEMPT, TAG_BOOK, TAG_STAGE, close_lost_runs

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
    tags = {TAG_BOOK: str(owned.book_id), TAG_STAGE: "text", REVISION_TAG: "1", TAG_ATTEMPT: "1"}
    return instance.add_run(dg.DagsterRun("make_text", str(uuid4()), status=status, tags=tags)).run_id


def state(engine: Engine, owned: Owned) -> str | None:
    with engine.connect() as connection:
        return stages.state_of(connection, owned.book_id, "text", 1, 1)


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
    close_lost_runs(instance, engine, GRACE)
    assert state(engine, owned) == "lost"


@pytest.mark.usefixtures("handed_over")
def test_a_generator_at_work_is_a_sign_of_life(engine: Engine, owned: Owned, instance: dg.DagsterInstance) -> None:
    run_of(instance, owned, dg.DagsterRunStatus.STARTED)
    with engine.connect() as at_work:
        lock = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:book, 1))")
        at_work.execute(lock, {"book": str(owned.book_id)})
        close_lost_runs(instance, engine, 0.0)
        assert state(engine, owned) == "launched"
