"""The daily cost report, partitioned by day."""

from datetime import date

import dagster as dg

from litink.production.costs.model import CostDay
from litink.production.studio import Studio
from partitions import days

NO_ALERT = "no_cost_alert"
MARGINS_IN_BAND = "margins_in_band"


@dg.asset(
    group_name="reports",
    kinds={"polars", "parquet"},
    partitions_def=days,
    check_specs=[
        dg.AssetCheckSpec(
            NO_ALERT, asset="daily_costs", description="No ladder falls back, no cost jumps, none fails."
        ),
        dg.AssetCheckSpec(MARGINS_IN_BAND, asset="daily_costs", description="Every tier's margin is in its band."),
    ],
)
def daily_costs(context: dg.AssetExecutionContext, studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """A day's ledger as Parquet, with sums by book, asset, provider, model, tier and user; can be made again."""
    from litink.production.costs.reckoning import make_day  # polars: not for every run of every book to load

    report = make_day(studio.engine, studio.objects, date.fromisoformat(context.partition_key))
    outside = [margin for margin in report.margins if margin.in_band is False]
    return dg.MaterializeResult(
        data_version=dg.DataVersion(report.blob_sha),
        metadata={
            "cost_usd": float(report.cost_usd),
            "calls": report.calls,
            "paid_calls": report.paid_calls,
            **{f"by_{name}": _table(report, name) for name in report.tables},
            "margins": dg.MetadataValue.md(
                "| tier | calls | cost $ | charged $ | margin | paid for $ | margin |\n"
                "| --- | --- | --- | --- | --- | --- | --- |\n"
                + "\n".join(
                    f"| {m.tier} | {m.calls} | {m.cost_usd} | {m.charged_usd} | {_share(m.margin)} | {m.paid_usd} | "
                    f"{_share(m.paid_margin)} |"
                    for m in report.margins
                )
            ),
        },
        check_results=[
            dg.AssetCheckResult(
                check_name=NO_ALERT,
                passed=not report.alerts,
                severity=dg.AssetCheckSeverity.WARN,
                description=" ".join(alert.message for alert in report.alerts) or None,
            ),
            dg.AssetCheckResult(
                check_name=MARGINS_IN_BAND,
                passed=not outside,
                severity=dg.AssetCheckSeverity.WARN,
                description=", ".join(f"{margin.tier} {margin.margin:.0%}" for margin in outside) or None,
            ),
        ],
    )


def _share(part: float | None) -> str:
    return "–" if part is None else f"{part:.0%}"


def _table(report: CostDay, name: str, most: int = 20) -> dg.MetadataValue:
    lines = [
        f"| {row['key'] or '–'} | {row['calls']} | {row['paid_calls']} | {row['cost_usd']} |"
        for row in report.tables[name][:most]
    ]
    return dg.MetadataValue.md("\n".join([f"| {name} | calls | paid | cost $ |", "| --- | --- | --- | --- |", *lines]))
