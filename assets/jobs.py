"""One job a stage. Assets run one after another in the run's own process, each with its pool of workers inside."""

from __future__ import annotations

import dagster as dg

from litink.production.graph import ASKED_FOR, EXPORTS, STAGES

stage_jobs = {
    stage: dg.define_asset_job(
        f"make_{stage}",
        selection=dg.AssetSelection.assets(*names),
        executor_def=dg.in_process_executor,
        description=f"The {stage} stage of one book: {', '.join(names)}.",
        tags={"litink/stage": stage},
    )
    for stage, names in {**STAGES, EXPORTS: tuple(ASKED_FOR)}.items()
}

report_job = dg.define_asset_job(
    "report_failed_partitions",
    selection=dg.AssetSelection.assets("failed_partitions"),
    executor_def=dg.in_process_executor,
    description="Lists the books that were left failed.",
)

costs_job = dg.define_asset_job(
    "report_costs",
    selection=dg.AssetSelection.assets("daily_costs"),
    executor_def=dg.in_process_executor,
    description="Sums up a day's costs; run a day again to make its report anew.",
)

sweep_job = dg.define_asset_job(
    "sweep_store",
    selection=dg.AssetSelection.assets("swept_store"),
    executor_def=dg.in_process_executor,
    description="Removes stored bytes that nothing refers to any more.",
)

reconcile_job = dg.define_asset_job(
    "reconcile_subscriptions",
    selection=dg.AssetSelection.assets("reconciled_subscriptions"),
    executor_def=dg.in_process_executor,
    description="Compares all subscriptions with Stripe.",
)
