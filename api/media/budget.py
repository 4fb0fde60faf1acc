"""Routes of what a book will, may and did cost: the price beforehand, its cap, what is spent and set aside."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, ValidationError

from api.backend import AnyBackend, OwnBook, Owner
from api.problems import documented, from_validation
from litink.generation.paid import budgets
from litink.generation.paid.budgets import ALWAYS, Budget, Scope
from litink.production.context import Production
from litink.production.costs.estimate import AssetEstimate, total
from litink.production.costs.pricing import quote

router = APIRouter(prefix="/books/{book_id}", tags=["media"], responses=documented(404))


class BudgetView(BaseModel):
    """USD. ``left_usd`` is below zero after a call that cost more than was set aside for it."""

    cap_usd: Decimal | None = Field(description="null: no limit")
    reserved_usd: Decimal = Field(description="for calls under way")
    spent_usd: Decimal
    left_usd: Decimal | None

    @classmethod
    def of(cls, found: Budget) -> BudgetView:
        return cls(
            cap_usd=found.cap_usd,
            reserved_usd=found.reserved_usd,
            spent_usd=found.spent_usd,
            left_usd=found.left_usd,
        )


class Budgets(BaseModel):
    book: BudgetView
    month: BudgetView = Field(description="of the book's owner, this calendar month (UTC)")


class Cap(BaseModel):
    cap_usd: Decimal | None = Field(ge=0, le=100_000, description="null: the installation's default again")


@router.get(
    "/budget",
    operation_id="media-budget",
    summary="What a book may and did cost",
)
def budget(backend: AnyBackend, book: OwnBook, owner: Owner) -> Budgets:
    month = datetime.now(UTC).strftime("%Y-%m")
    defaults: dict[Scope, Decimal | None] = {
        "book": backend.settings.book_cap_usd,
        "user": backend.settings.user_cap_usd,
    }
    with backend.engine.begin() as connection:
        return Budgets(
            book=BudgetView.of(budgets.budget(connection, "book", book.id, ALWAYS, defaults["book"])),
            month=BudgetView.of(budgets.budget(connection, "user", owner, month, defaults["user"])),
        )


@router.put(
    "/budget",
    operation_id="media-cap-book",
    summary="Cap what a book may cost",
    responses=documented(422),
)
def cap_book(backend: AnyBackend, book: OwnBook, owner: Owner, cap: Cap) -> Budgets:
    """Enforced before each paid call, however many run at once. A lower cap than was spent stops further calls."""
    with backend.engine.begin() as connection:
        budgets.set_cap(connection, "book", book.id, cap.cap_usd)
    return budget(backend, book, owner)


class AssetPrice(BaseModel):
    """USD and units, at least and at most."""

    asset: str
    models: list[str] = Field(description="first choice first; the others stand in for it")
    unit: str = Field(description="what it is billed by: tokens, pictures, seconds, characters")
    units_least: float
    units_most: float
    usd_least: Decimal
    usd_most: Decimal

    @classmethod
    def of(cls, found: AssetEstimate) -> AssetPrice:
        return cls(
            asset=found.asset,
            models=list(found.models),
            unit=found.unit,
            units_least=round(found.units[0], 1),
            units_most=round(found.units[1], 1),
            usd_least=found.usd[0],
            usd_most=found.usd[1],
        )


class Estimate(BaseModel):
    chapters: int
    words: int
    counted: bool = Field(description="true: counted in scripts and scenes; false: reckoned from words")
    usd_least: Decimal
    usd_most: Decimal
    assets: list[AssetPrice] = Field(description="what is paid for; empty where local engines do everything")


@router.get("/estimate", operation_id="media-estimate", summary="What a book will cost", responses=documented(422))
def price(
    backend: AnyBackend,
    book: OwnBook,
    chapters: Annotated[str | None, Query(description="`all`, `3`, `1-3`, `2,5-7`; as handed in without it")] = None,
) -> Estimate:
    """By asset, at least and at most, with the tier's models at today's prices. What is known already costs nothing
    and is not taken off."""
    production = Production(backend.engine, backend.objects, backend.engines, book.id)
    try:
        found = quote(production, chapters)
    except ValidationError as error:
        raise from_validation([{**one, "loc": ("query", "chapters")} for one in error.errors()]) from None
    least, most = total(found.assets)
    return Estimate(
        chapters=found.shape.chapters,
        words=found.shape.words,
        counted=found.shape.exact,
        usd_least=least,
        usd_most=most,
        assets=[AssetPrice.of(one) for one in found.assets],
    )
