"""Books that were deleted leave Dagster too: their partition, their runs and what those recorded."""

from __future__ import annotations

from uuid import UUID

import dagster as dg
from sqlalchemy import Engine

from litink.db.engine import application_url, engine_for
from litink.library import repository
from litink.library.shelf import Shelf
from litink.objects import Objects
from litink.production.engines import Engines
from litink.production.leaving import Leaving
from litink.settings import get_settings
from partitions import books

PARTITION_TAG = "dagster/partition"
_AT_ONCE = 20  # books a tick
_RUNS = 200  # a page


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    target=None,
    description="Takes deleted books out of Dagster, and finishes deletions of books and people that were cut off.",
)
def forget_deleted_books(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    settings = get_settings()
    engine = engine_for(application_url(settings))
    objects = Objects.from_settings(settings)
    finished = Shelf(engine, objects).finish_removals()
    left = Leaving(engine, objects, Engines(settings), settings).finish_all()
    forgotten = forget(context.instance, engine)
    people = f"{sum(one.finished for one in left)} of {len(left)} people"
    return dg.SkipReason(f"{finished} deletions finished, {forgotten} books forgotten, {people} gone")


def forget(instance: dg.DagsterInstance, engine: Engine) -> int:
    """Remove partitions of which there is no book, with their runs; how many.

    A book whose run is not over yet waits for the next time: the run ends as soon as it finds the book gone. The
    partition goes last, so that what is cut off is found again.
    """
    keys = instance.get_dynamic_partitions(books.name or "")
    with engine.begin() as connection:
        gone = repository.unknown(connection, [UUID(key) for key in keys])
    return sum(_forget_book(instance, str(book_id)) for book_id in gone[:_AT_ONCE])


def _forget_book(instance: dg.DagsterInstance, key: str) -> bool:
    mine = dg.RunsFilter(tags={PARTITION_TAG: key})
    while runs := instance.get_runs(mine, limit=_RUNS):
        over = [run for run in runs if run.is_finished]
        for run in over:
            instance.compute_log_manager.delete_logs(prefix=[run.run_id])
            instance.delete_run(run.run_id)
        if len(over) < len(runs):
            return False
    instance.delete_dynamic_partition(books.name or "", key)
    return True
