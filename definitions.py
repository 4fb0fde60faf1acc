"""The code location: everything Dagster sees, put together in one place that production and tests share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets import billing as billing_assets
from assets import costs, media, reports, text, upkeep
from assets.jobs import costs_job, reconcile_job, report_job, stage_jobs, sweep_job
from resources import studio_resource
from sensors import backfills, billing, deleted, schedules, work


def build_defs(resource_overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    return dg.Definitions(
        assets=dg.load_assets_from_modules([text, media, reports, costs, upkeep, billing_assets]),
        jobs=[*stage_jobs.values(), report_job, costs_job, sweep_job, reconcile_job],
        sensors=[
            work.launch_due_stages,
            work.mark_failed_books,
            backfills.drive_backfills,
            deleted.forget_deleted_books,
            billing.follow_stripe,
        ],
        schedules=[
            schedules.failed_partitions_daily,
            schedules.costs_daily,
            schedules.sweep_daily,
            billing.reconcile_daily,
        ],
        resources={"studio": studio_resource, **(resource_overrides or {})},
    )


defs = build_defs()
