"""What the clock sets going."""

from __future__ import annotations

import dagster as dg

from assets.jobs import costs_job, report_job, sweep_job

failed_partitions_daily = dg.ScheduleDefinition(
    name="failed_partitions_daily",
    job=report_job,
    cron_schedule="15 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every morning: which books were left failed, and why.",
)

costs_daily = dg.build_schedule_from_partitioned_job(
    costs_job,
    name="costs_daily",
    hour_of_day=0,
    minute_of_hour=30,
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night: what the day before cost, by everything, with alerts.",
)

sweep_daily = dg.ScheduleDefinition(
    name="sweep_daily",
    job=sweep_job,
    cron_schedule="45 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night: removes stored bytes that nothing refers to any more.",
)
