"""Gives the books of backfills their turns. The decisions are litink.production.backfill's."""

from __future__ import annotations

import dagster as dg

from litink.db.engine import application_url, engine_for
from litink.objects import Objects
from litink.production.backfill.driver import Driver
from litink.production.engines import Engines
from litink.production.plan.planner import Planner
from litink.settings import get_settings


@dg.sensor(
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Begins the next books of backfills, each with a plan within the budget, and closes those that are "
    "done. Launches no run itself: a plan that is applied makes its book due.",
)
def drive_backfills(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    settings = get_settings()
    engine = engine_for(application_url(settings))
    planner = Planner(engine, Objects.from_settings(settings), Engines(settings))  # for recipes and prices only
    moved = Driver(engine, planner).step()
    return dg.SkipReason(f"{moved} books of backfills came further" if moved else "no book's turn has come")
