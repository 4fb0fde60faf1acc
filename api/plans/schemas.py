"""How plans and a book's options look from outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.links import book_link
from litink.library.options import MakeOptions
from litink.production.plan.model import AssetSum, Following, PlanItem, PlanOptions
from litink.production.plan.records import PlanRecord, PlanSummary


class PlanLinks(BaseModel):
    self: str
    apply: str


class PlanSummaryView(BaseModel):
    """A plan without its items. USD at least and at most, as in an estimate."""

    id: UUID
    book_id: UUID
    revision: int = Field(description="the book's when the plan was made")
    options: PlanOptions = Field(description="what was asked for")
    usd_least: Decimal
    usd_most: Decimal = Field(description="nothing beyond this is bought for it")
    state: Literal["open", "applied", "done", "refused", "expired"]
    why: str | None = Field(description="it was refused")
    applied_revision: int | None = Field(description="the book's revision that carries it out")
    applied_by: str | None
    created_at: datetime
    applied_at: datetime | None
    links: PlanLinks

    @classmethod
    def of(cls, book_id: UUID, plan: PlanSummary) -> PlanSummaryView:
        return cls(book_id=book_id, links=_links(book_id, plan.id), **_fields(plan))


class PlanView(PlanSummaryView):
    """What is out of date and in this plan; what is not named stays as it is."""

    assets: list[AssetSum] = Field(description="every asset in the order of the graph")
    items: list[PlanItem]
    following: list[Following] = Field(
        description="what may come into being behind what is made anew, such as pictures of a chapter's new scenes"
    )
    seconds: float = Field(description="expected, of all the work")

    @classmethod
    def of(cls, book_id: UUID, plan: PlanSummary) -> PlanView:
        assert isinstance(plan, PlanRecord)
        draft = plan.draft
        return cls.model_construct(
            book_id=book_id,
            links=_links(book_id, plan.id),
            **_fields(plan),
            assets=list(draft.assets),
            items=list(draft.items),
            following=list(draft.following),
            seconds=draft.seconds,
        )


class OptionsView(MakeOptions):
    """What is to be made of a book."""


class OptionChanges(BaseModel):
    model_config = ConfigDict(extra="forbid")

    changes: Mapping[str, str] = Field(
        min_length=1,
        description="as `with` of a plan",
        examples=[{"style": "narration", "image.model": "default"}],
    )


def _links(book_id: UUID, plan_id: UUID) -> PlanLinks:
    return PlanLinks(
        self=book_link(book_id, "plans", str(plan_id)), apply=book_link(book_id, "plan", str(plan_id), "apply")
    )


def _fields(plan: PlanSummary) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in PlanSummary.__dataclass_fields__}
