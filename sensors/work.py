"""From rows to runs: launches due stages, notices lost runs, gives failed books a readable reason."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import dagster as dg
import psycopg
from sqlalchemy import Connection, Engine

from assets.jobs import stage_jobs
from assets.materialise import REVISION_TAG
from litink.billing.tariff import Tariff
from litink.db.engine import application_url, engine_for, plain_conninfo
from litink.generation.model import Owned
from litink.generation.presence import alive
from litink.library import repository
from litink.library.repository import WORK_CHANNEL
from litink.production import stages
from litink.production.stages import Due, StageRun
from litink.production.turns import BEHIND_ALL, next_up, priority
from litink.providers.catalogue import Tier
from litink.settings import get_settings
from partitions import books

HOLD_SECONDS = 18.0  # a tick waits this long for news; the daemon gives up on a tick after 60 s
RECHECK_SECONDS = 5.0  # while waiting, look at the rows this often even if nobody told

TAG_BOOK, TAG_STAGE, TAG_ATTEMPT = "litink/book", "litink/stage", "litink/attempt"
TAG_BACKFILL = "litink/backfill"  # dagster.yaml limits how many of these run at once


@dg.sensor(
    jobs=list(stage_jobs.values()),
    minimum_interval_seconds=1,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Launches every stage that is due. Holds its tick until news comes, so that an upload starts at once.",
)
def launch_due_stages(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    engine = engine_for(application_url(get_settings()))
    close_lost_runs(context.instance, engine, get_settings().run_grace_seconds)
    deadline = time.monotonic() + HOLD_SECONDS
    with _listening(engine) as connection:
        while True:
            with engine.begin() as transaction:
                found = [item for item in _next_up(context.instance, transaction) if stages.launched(transaction, item)]
            left = deadline - time.monotonic()
            if found:
                return dg.SensorResult(
                    run_requests=[_request(item) for item in found],
                    dynamic_partitions_requests=[
                        books.build_add_request(sorted({str(item.book_id) for item in found}))
                    ],
                )
            if left <= 0:
                return dg.SkipReason("no stage is due")
            for _ in connection.notifies(timeout=min(left, RECHECK_SECONDS), stop_after=1):
                pass


@dg.run_failure_sensor(
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=5,
    description="A run that failed outside its assets leaves a readable reason on its book.",
)
def mark_failed_books(context: dg.RunFailureSensorContext) -> None:
    if TAG_BOOK in context.dagster_run.tags:
        message = context.failure_event.message or "The run failed."
        blame(engine_for(application_url(get_settings())), context.dagster_run.tags, message)


def blame(engine: Engine, tags: Mapping[str, str], message: str) -> None:
    """A run with these tags failed: its book fails for this reason, if the stage was still the run's."""
    with engine.begin() as connection:
        record = repository.get_book(connection, UUID(tags[TAG_BOOK]))
        if record is None:
            return
        stage, revision = tags[TAG_STAGE], int(tags[REVISION_TAG])
        if stages.state_of(connection, record.id, stage, revision, int(tags[TAG_ATTEMPT])) != "launched":
            return  # it said itself why, or it was lost and another one has its turn
        error = {"code": "run-failed", "message": message.strip().splitlines()[0][:300]}
        owned = Owned(record.owner_id, record.id, record.tier)
        stages.fail_stage(connection, owned, stage, revision, error)


def close_lost_runs(instance: dg.DagsterInstance, engine: Engine, grace: float) -> None:
    """Stages handed to runs that can no longer finish are due again. ``grace``: seconds without a sign of life.

    A run is given time to show itself from the moment when Dagster launched it, not from when it was asked for: it may
    have waited in the queue.
    """
    with engine.begin() as connection:
        suspects = stages.quiet(connection, grace)
    for suspect in suspects:
        run = _run_of(instance, suspect)
        if run is not None and run.status in (dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED):
            continue
        if run is not None and not run.is_finished and _age(instance, run) < grace:
            continue
        with engine.begin() as connection:
            if alive(connection, suspect.book_id):
                continue
            stages.lose(connection, suspect)  # first: the failure reported next is not the book's any more
        if run is not None and not run.is_finished:
            instance.report_run_failed(run, "The process of this run died.")
    _report_abandoned(instance, engine)


def _report_abandoned(instance: dg.DagsterInstance, engine: Engine) -> None:
    """Runs that Dagster still takes for running although their stage has been given up (the platform was stopped)."""
    under_way = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    for run in instance.get_runs(dg.RunsFilter(statuses=under_way), limit=100):
        if TAG_ATTEMPT not in run.tags:
            continue
        book, stage = UUID(run.tags[TAG_BOOK]), run.tags[TAG_STAGE]
        with engine.begin() as connection:
            state = stages.state_of(connection, book, stage, int(run.tags[REVISION_TAG]), int(run.tags[TAG_ATTEMPT]))
        if state in ("lost", None):
            instance.report_run_failed(run, "The platform was stopped while this run was under way.")


def _age(instance: dg.DagsterInstance, run: dg.DagsterRun) -> float:
    """Seconds since Dagster last changed the run's state."""
    record = instance.get_run_record_by_id(run.run_id)
    return (datetime.now(UTC) - record.update_timestamp).total_seconds() if record else float("inf")


def _run_of(instance: dg.DagsterInstance, stage_run: StageRun) -> dg.DagsterRun | None:
    if stage_run.run_id:
        return instance.get_run_by_id(stage_run.run_id)
    tags = {
        TAG_BOOK: str(stage_run.book_id),
        TAG_STAGE: stage_run.stage,
        REVISION_TAG: str(stage_run.revision),
        TAG_ATTEMPT: str(stage_run.attempt),
    }
    found = instance.get_runs(dg.RunsFilter(tags=tags), limit=1)
    return found[0] if found else None


def _request(item: Due) -> dg.RunRequest:
    return dg.RunRequest(
        run_key=item.run_key,
        job_name=stage_jobs[item.stage].name,
        partition_key=str(item.book_id),
        tags={
            TAG_BOOK: str(item.book_id),
            TAG_STAGE: item.stage,
            REVISION_TAG: str(item.revision),
            TAG_ATTEMPT: str(item.attempt),
            "dagster/priority": str(BEHIND_ALL if item.backfill else priority(item.tier, _tiers())),
            **({TAG_BACKFILL: str(item.backfill)} if item.backfill else {}),
        },
    )


def _next_up(instance: dg.DagsterInstance, connection: Connection) -> Sequence[Due]:
    """What there is room for, by whose turn it is."""
    queue = instance.get_concurrency_config().run_queue_config
    places = queue.max_concurrent_runs if queue else None
    due, running = stages.due(connection), stages.under_way(connection)
    if places is None or places < 0:
        places = len(due) + len(running)  # no limit is set
    return next_up(due, running, places, _tiers(), datetime.now(UTC))


def _tiers() -> Mapping[str, Tier]:
    return Tariff.from_settings(get_settings()).tiers


@contextmanager
def _listening(engine: Engine) -> Iterator[psycopg.Connection]:
    conninfo = plain_conninfo(engine.url.render_as_string(hide_password=False))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"LISTEN {WORK_CHANNEL}")
        yield connection
