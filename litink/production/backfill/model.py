"""The values of backfills: what is asked for, what it would come to, how far one is. No decisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from litink.books.model import Frozen
from litink.providers.catalogue import Task

BackfillState = Literal["active", "paused", "stopped", "done", "cancelled"]
BookState = Literal["waiting", "begun", "done", "failed", "skipped"]


class BackfillOptions(Frozen):
    """What is to be redone in all books: the items of an asset that were bought otherwise than they would be now."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    asset: str
    changes: Mapping[str, str] = Field(
        default_factory=dict,
        alias="with",
        description="models by what they do, such as `image.model`; `default`: the tier's own. Only those that make "
        "the asset are changed, and kept with every book that is redone. Without any: what the tiers have by now",
        examples=[{"image.model": "imagen-4"}],
    )
    tier: str | None = Field(default=None, description="only books of owners with this subscription; null: of all")
    budget_usd: Decimal | None = Field(
        default=None, ge=0, le=1_000_000, description="the most that it may cost; null: what the forecast says at most"
    )


class ForecastPart(Frozen):
    """Items of one subscription that one model made (null: this machine)."""

    tier: str
    made_by: str | None
    items: int
    cost_usd: Decimal = Field(description="what they cost when they were made")
    usd_least: Decimal | None = Field(description="what redoing them costs; null where nothing like it was ever bought")
    usd_most: Decimal | None


class Forecast(Frozen):
    """What a backfill would redo, by the recorded recipes alone. The prices are reckoned from what items were billed by
    so far; each book's own plan says them exactly, and only that is spent."""

    asset: str
    models: Mapping[Task, str] = Field(description="that are asked first, by what they do")
    tier: str | None
    items: int
    books: int
    parts: tuple[ForecastPart, ...]
    usd_least: Decimal | None
    usd_most: Decimal | None


class Backfill(Frozen):
    """How far a backfill is."""

    id: UUID
    asset: str
    models: Mapping[Task, str] = Field(description="that are asked first, by what they do")
    tier: str | None
    budget_usd: Decimal
    state: BackfillState = Field(description="`stopped`: the next book's price does not fit in what is left")
    why: str | None = Field(description="it stopped")
    started_by: str
    cost_usd: Decimal = Field(description="so far, of all its books")
    held_usd: Decimal = Field(description="cost, and what books that were begun may still cost at most")
    books: Mapping[BookState, int] = Field(description="how many are in which state; waiting ones are left to do")
    created_at: datetime
    updated_at: datetime


class BackfillBook(Frozen):
    """A book of a backfill."""

    book_id: UUID
    items: int = Field(description="out of date when the backfill was started")
    state: BookState
    plan_id: UUID | None
    usd_most: Decimal = Field(description="of its plan")
    cost_usd: Decimal
    why: str | None = Field(description="it was skipped, failed or needed nothing")
