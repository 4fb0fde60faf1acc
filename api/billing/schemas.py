"""What billing shows and takes. Amounts of credits are decimal numbers; a credit is $0.01."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from litink.billing.grants import Grant
from litink.billing.promo import PromoCode
from litink.billing.statement import Balance, Movement
from litink.billing.subscribing import Subscribed
from litink.providers.catalogue import Tier

TierName = Annotated[str, StringConstraints(max_length=20)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class GrantView(BaseModel):
    kind: str = Field(description="month, subscription, promo, purchase, admin")
    note: str
    unused: Decimal
    amount: Decimal
    expires_at: datetime | None = Field(description="null: never")

    @classmethod
    def of(cls, found: Grant) -> GrantView:
        return cls(
            kind=found.kind, note=found.note, unused=found.unused, amount=found.amount, expires_at=found.expires_at
        )


class Credits(BaseModel):
    available: Decimal
    held: Decimal = Field(description="set aside for calls under way")
    grants: list[GrantView] = Field(description="what may be spent, what lapses first first")
    next_at: datetime = Field(description="when more come by themselves")

    @classmethod
    def of(cls, found: Balance) -> Credits:
        grants = [GrantView.of(one) for one in found.grants]
        return cls(available=found.available, held=found.held, grants=grants, next_at=found.next_at)


class SubscriptionView(BaseModel):
    tier: str | None
    status: str = Field(description="active, trialing, past_due, unpaid, paused")
    period_end: datetime
    cancel_at: datetime | None = Field(description="it ends then; null: it goes on")
    next_tier: str | None = Field(description="from the period's end on, where that is another one")

    @classmethod
    def of(cls, found: Subscribed) -> SubscriptionView:
        return cls(
            tier=found.tier,
            status=found.status,
            period_end=found.period_end,
            cancel_at=found.cancel_at,
            next_tier=found.next_tier,
        )


class BillingView(BaseModel):
    enabled: bool = Field(description="false: a single owner's installation, where nothing costs credits")
    sells: bool = Field(description="whether subscriptions can be paid here")
    detail: str = Field(description="the same in a sentence")
    tier: str
    credits: Credits | None = Field(description="null where nothing costs credits")
    subscription: SubscriptionView | None


class MovementView(BaseModel):
    at: datetime
    kind: str = Field(description="a grant's kind; `charge`; `held` while what it costs is not known yet")
    credits: Decimal = Field(description="above zero they came, below they went")
    note: str = Field(description="what for; of a charge, the asset")
    book_id: UUID | None
    expires_at: datetime | None

    @classmethod
    def of(cls, found: Movement) -> MovementView:
        return cls(
            at=found.at,
            kind=found.kind,
            credits=found.credits,
            note=found.note,
            book_id=found.book_id,
            expires_at=found.expires_at,
        )


class Plan(BaseModel):
    """null: no limit."""

    tier: str
    monthly_usd: Decimal
    credits: int = Field(description="a month")
    price_factor: Decimal = Field(description="what work costs here, in times of what its provider takes")
    generations_per_hour: int | None
    books: int | None
    films: int | None
    film_minutes: int
    resolution: int
    watermark: Literal["always", "removable", "never"]
    choice_of_models: bool
    api_tokens: bool
    voice_cloning: bool
    yours: bool

    @classmethod
    def of(cls, tier: Tier, *, yours: bool) -> Plan:
        told = {name: getattr(tier, name) for name in cls.model_fields if name not in ("tier", "yours")}
        return cls(tier=tier.name, yours=yours, **told)


class Plans(BaseModel):
    plans: list[Plan]


class Choice(BaseModel):
    tier: TierName


class Address(BaseModel):
    url: str = Field(description="a page of Stripe's; send the person there")


class Redemption(BaseModel):
    code: Code


class Redeemed(BaseModel):
    code: str
    credits: int
    expires_at: datetime | None = Field(description="null: never")


class NewPromoCode(BaseModel):
    credits: int = Field(ge=1, le=10_000_000)
    code: Code | None = Field(default=None, description="made up unless given")
    credit_days: int | None = Field(default=None, ge=1, le=3650, description="the credits lapse so long after")
    most: int | None = Field(default=None, ge=1, le=10_000_000, description="people who may redeem it; null: all")
    expires_at: datetime | None = Field(default=None, description="it can be redeemed until then")


class PromoCodeView(BaseModel):
    code: str
    credits: int
    credit_days: int | None
    most: int | None
    redeemed: int
    expires_at: datetime | None
    ended_at: datetime | None
    created_at: datetime
    open: bool

    @classmethod
    def of(cls, found: PromoCode, at: datetime) -> PromoCodeView:
        return cls(
            code=found.code,
            credits=found.credits,
            credit_days=found.credit_days,
            most=found.most,
            redeemed=found.redeemed,
            expires_at=found.expires_at,
            ended_at=found.ended_at,
            created_at=found.created_at,
            open=found.open(at),
        )


class PromoCodes(BaseModel):
    codes: list[PromoCodeView]


class Gift(BaseModel):
    user_id: UUID
    credits: Decimal = Field(gt=0, le=10_000_000, decimal_places=2)
    note: str = Field(min_length=1, max_length=200, description="what for; the person sees it")
    expires_at: datetime | None = None
    kind: Literal["admin", "purchase"] = "admin"


class Given(BaseModel):
    user_id: UUID
    available: Decimal


class BooksOfCredits(BaseModel):
    balanced: bool
    imbalances: list[str] = Field(description="there is never one")
    events: dict[str, int] = Field(description="of Stripe's, by state: waiting, done, failed")
