"""The values of a plan: what is asked for, the items with reasons and prices, sums by asset. No decisions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict, Field

from litink.books.model import Frozen

State = Literal["stale", "missing", "may_follow", "surplus"]
ReasonKind = Literal["recipe", "input", "edit", "upstream", "missing", "failed", "gone"]


class PlanOptions(Frozen):
    """What a plan is to be about; everything that is out of date without any of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    assets: tuple[str, ...] = Field(default=(), max_length=50, description="only these; empty: all")
    chapters: str = Field(default="all", description="only these: `all`, `3`, `1-3`, `2,5-7`")
    items: tuple[str, ...] = Field(default=(), max_length=5000, description="only these, as `asset/key`; empty: all")
    budget_usd: Decimal | None = Field(
        default=None, ge=0, le=100_000, description="as much as may be had for this, in the order of the film"
    )
    changes: Mapping[str, str] = Field(
        default_factory=dict,
        alias="with",
        description="what if: `style`, `ratio`, `directive`, `minutes`, `chapters`, `motion`, `lipsync`, `music`, "
        "`local_fallback`, or a model by what it does, such as `image.model`, `voice.model`, `script.model` (`default` "
        "for the tier's own). Kept with the book on apply",
        examples=[{"image.model": "imagen-4"}],
    )


class Reason(Frozen):
    kind: ReasonKind
    text: str = Field(description="a sentence for a person")


class PlanItem(Frozen):
    """An item that is out of date. ``stale``: something it is made from differs; ``missing``: not made, or failed;
    ``may_follow``: something before it is made anew, which may or may not change it; ``surplus``: it goes away."""

    asset: str
    key: str
    label: str
    chapter: str | None = Field(description="key of the chapter that it belongs to; null: the whole book's")
    state: State
    reasons: tuple[Reason, ...]
    model: str | None = Field(default=None, description="who is paid for it; null: it is made here at no cost")
    cache_key: str = Field(default="", description="what it would be as things stand")
    usd_least: Decimal = Decimal(0)
    usd_most: Decimal = Decimal(0)
    seconds: float = Field(default=0.0, description="expected, of its own work")


class Following(Frozen):
    """Items that may come into being once something before them is made anew: how many cannot be known yet."""

    asset: str
    chapter: str | None
    usd_most: Decimal


class AssetSum(Frozen):
    asset: str
    fresh: int = Field(description="items that stay as they are")
    stale: int
    missing: int
    may_follow: int
    surplus: int
    left_out: int = Field(description="out of date and paid for, but not part of this plan")
    usd_least: Decimal
    usd_most: Decimal
    seconds: float = Field(description="expected, with calls made side by side")


class Draft(Frozen):
    """A plan's content. What is free follows by itself and is listed; what is paid for is made once it is accepted."""

    items: tuple[PlanItem, ...] = Field(description="in the order of the assets, then of the film")
    following: tuple[Following, ...]
    assets: tuple[AssetSum, ...]
    usd_least: Decimal
    usd_most: Decimal
    seconds: float
    fingerprint: str = Field(description="of everything that the plan rests on")
