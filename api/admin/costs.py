"""Routes of costs over all books: sums of any days, margins, the daily reports and their files, alerts."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.admin.schemas import Alerts, CostDays, CostDayView, CostSums, DayAlert, DayMargins, Margins
from api.backend import AnyBackend, Operator
from api.problems import ApiProblem, documented, not_found
from litink.billing.revenue import flows
from litink.production.costs.days import day_report, day_reports, span
from litink.production.costs.margins import margins as margins_of
from litink.production.costs.model import By, CostDay

router = APIRouter(prefix="/admin", tags=["admin"])

LONGEST = 366  # days that one question may span

FirstDay = Annotated[date | None, Query(description="first day (UTC); a week ago by default")]
LastDay = Annotated[date | None, Query(description="last day, included; today by default")]
Days = Annotated[int, Query(ge=1, le=LONGEST, description="how many days, the newest first")]

# The table engine is heavy and seldom asked: it is loaded with the first question, not with the service.


@router.get("/costs", operation_id="admin-costs", summary="Costs by anything", responses=documented(422))
def costs(
    backend: AnyBackend,
    _: Operator,
    by: By = "provider",
    start: FirstDay = None,
    end: LastDay = None,
    paid: Annotated[bool | None, Query(description="only paid calls (true), only local engines (false)")] = None,
) -> CostSums:
    """Summed up from the ledger as it is now."""
    from litink.production.costs.frame import ledger_between, summed
    from litink.production.costs.reckoning import rows

    start, end = _days(start, end)
    with backend.engine.begin() as connection:
        frame = ledger_between(connection, span(start)[0], span(end)[1], paid=paid)
    sums = rows(summed(frame, by))
    total = sum((Decimal(row["cost_usd"]) for row in sums), Decimal(0))
    return CostSums.model_validate({"start": start, "end": end, "by": by, "cost_usd": total, "sums": sums})


@router.get("/margins", operation_id="admin-margins", summary="What is left by tier", responses=documented(422))
def margins(backend: AnyBackend, _: Operator, start: FirstDay = None, end: LastDay = None) -> Margins:
    """Credits charged against what providers took, from the books as they are now."""
    start, end = _days(start, end)
    with backend.engine.begin() as connection:
        found = flows(connection, span(start)[0], span(end)[1])
    return Margins(
        start=start,
        end=end,
        tiers=margins_of(found),
        days=[DayMargins(day=day, tiers=margins_of(of_day)) for day, of_day in groupby(found, key=lambda f: f.day)],
    )


@router.get("/costs/days", operation_id="admin-cost-days", summary="Daily cost reports", responses=documented(422))
def days(backend: AnyBackend, _: Operator, limit: Days = 31) -> CostDays:
    """As made every night; a day that has not been reported is missing."""
    with backend.engine.begin() as connection:
        return CostDays(days=[CostDayView.of(day) for day in day_reports(connection, limit=limit)])


@router.get("/costs/days/{day}", operation_id="admin-cost-day", summary="A day's report", responses=documented(404))
def one_day(backend: AnyBackend, _: Operator, day: date) -> CostDayView:
    return CostDayView.of(_reported(backend, day))


@router.get(
    "/costs/days/{day}/ledger",
    operation_id="admin-cost-ledger",
    summary="A day's ledger as a file",
    response_class=Response,
    responses={
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
            },
            "description": "One row a call.",
        },
        **documented(404, 422),
    },
)
def ledger(
    backend: AnyBackend,
    _: Operator,
    day: date,
    format_: Annotated[Literal["csv", "parquet"], Query(alias="format")] = "csv",
) -> Response:
    from litink.production.costs.reckoning import PARQUET, as_csv

    data = backend.objects.get(_reported(backend, day).blob_sha)
    headers = {"Content-Disposition": f'attachment; filename="costs-{day}.{format_}"', "Cache-Control": "private"}
    if format_ == "csv":
        return Response(as_csv(data), media_type="text/csv; charset=utf-8", headers=headers)
    return Response(data, media_type=PARQUET, headers=headers)


@router.get("/alerts", operation_id="admin-alerts", summary="What to look at", responses=documented(422))
def alerts(backend: AnyBackend, _: Operator, limit: Days = 7) -> Alerts:
    """From the daily reports: ladders that fall back, costs that jump, models that fail."""
    with backend.engine.begin() as connection:
        reports = day_reports(connection, limit=limit)
    return Alerts(
        alerts=[DayAlert(day=report.day, **alert.model_dump()) for report in reports for alert in report.alerts]
    )


def _days(start: date | None, end: date | None) -> tuple[date, date]:
    """Raises the problem "days-out-of-range"."""
    end = end or datetime.now(UTC).date()
    with suppress(OverflowError):  # the first and the last days that there are
        start = start or end - timedelta(days=6)
        if 0 <= (end - start).days < LONGEST and span(end):
            return start, end
    raise ApiProblem(422, "days-out-of-range", f"Ask for 1 to {LONGEST} days, the first one first.")


def _reported(backend: AnyBackend, day: date) -> CostDay:
    with backend.engine.begin() as connection:
        found = day_report(connection, day)
    if found is None:
        raise not_found(f"There is no report of {day}; Dagster makes it as the partition {day} of daily_costs.")
    return found
