"""What the clock sets going."""

from __future__ import annotations

import dagster as dg

from assets.jobs import report_job

failed_partitions_daily = dg.ScheduleDefinition(
    name="failed_partitions_daily",
    job=report_job,
    cron_schedule="15 5 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every morning: which books were left failed, and why.",
)
