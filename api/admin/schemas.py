"""How costs and alerts look from outside. USD are text with all their places: nothing is rounded on the way."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, Field

from litink.production.costs.model import Alert, By, CostDay, Margin


class CostSum(BaseModel):
    key: str | None = Field(description="the book, asset, provider, … that the sums are of")
    calls: int
    paid_calls: int
    done: int
    wrong: int = Field(description="billed, and not what was asked")
    refused: int = Field(description="turned away, not billed")
    unknown: int = Field(description="answer lost; held until it is known whether it was billed")
    failed: int = Field(description="of local engines")
    fallbacks: int = Field(description="made by another model than the first choice")
    estimated_usd: Decimal
    cost_usd: Decimal
    seconds: float


class CostSums(BaseModel):
    start: date
    end: date = Field(description="the last day, included")
    by: By
    cost_usd: Decimal
    sums: list[CostSum] = Field(description="dearest first")


class DayMargins(BaseModel):
    day: date
    tiers: list[Margin]


class Margins(BaseModel):
    """`charged_usd`: all credits that calls were charged, at $0.01; `paid_usd`: those of them that were paid for by a
    subscription or by hand, and not given. The band holds for `margin`, of what was charged."""

    start: date
    end: date = Field(description="the last day, included")
    tiers: list[Margin] = Field(description="over all of the days")
    days: list[DayMargins] = Field(description="those with paid calls, the first one first")


class CostDayView(BaseModel):
    day: date
    made_at: datetime
    calls: int
    paid_calls: int
    cost_usd: Decimal
    margins: list[Margin] = Field(description="by tier, against the band of 40–80 %")
    alerts: list[Alert]
    tables: dict[By, list[CostSum]] = Field(description="sums by book, asset, provider, model, tier and user")

    @classmethod
    def of(cls, day: CostDay) -> CostDayView:
        return cls.model_validate(
            {
                "day": day.day,
                "made_at": day.made_at,
                "calls": day.calls,
                "paid_calls": day.paid_calls,
                "cost_usd": day.cost_usd,
                "margins": day.margins,
                "alerts": day.alerts,
                "tables": day.tables,
            }
        )


class CostDays(BaseModel):
    days: list[CostDayView] = Field(description="newest first")


class DayAlert(Alert):
    day: date


class Alerts(BaseModel):
    alerts: list[DayAlert] = Field(description="of the days asked for, newest first")
