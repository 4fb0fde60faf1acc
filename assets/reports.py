"""Reports over all books."""

import dagster as dg

from litink.production.reports import failed_books
from litink.production.studio import Studio

NONE_FAILED = "no_book_left_failed"


@dg.asset(
    group_name="reports",
    kinds={"postgres"},
    check_specs=[
        dg.AssetCheckSpec(NONE_FAILED, asset="failed_partitions", description="Every book is ready or under way.")
    ],
)
def failed_partitions(studio: dg.ResourceParam[Studio]) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Books whose work stopped with a failure, and items that failed in books that are ready."""
    rows = failed_books(studio.engine)
    table = "\n".join(f"| {row.title} | {row.asset} | {row.items_failed} | {row.message} |" for row in rows)
    return dg.MaterializeResult(
        metadata={
            "failed": len(rows),
            "table": dg.MetadataValue.md(f"| book | asset | items | why |\n| --- | --- | --- | --- |\n{table}"),
        },
        check_results=[
            dg.AssetCheckResult(check_name=NONE_FAILED, passed=not rows, severity=dg.AssetCheckSeverity.WARN)
        ],
    )
