"""Routes of one person's billing: credits and what became of them, plans, subscribing, redeeming."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api.backend import SPENDS, AnyBackend, Owner
from api.billing.schemas import (
    Address,
    BillingView,
    Choice,
    Credits,
    MovementView,
    Plan,
    Plans,
    Redeemed,
    Redemption,
    SubscriptionView,
)
from api.idempotency import IdempotencyKey, once
from api.pagination import Cursor, Limit, Page, cut
from api.problems import documented
from litink.billing import promo, statement
from litink.billing.subscribing import subscription_of
from litink.generation.keys import content_hash
from litink.library import repository

router = APIRouter(prefix="/billing", tags=["billing"])


@router.get("", operation_id="billing-get", summary="What you have and pay")
def overview(backend: AnyBackend, owner: Owner) -> BillingView:
    """Where users do not pay (`enabled` is false) there are no credits, and nothing is refused for want of them."""
    billing = backend.billing
    with backend.operators_engine.begin() as connection:
        credits = statement.balance(connection, owner, billing.tariff, billing.clock()) if billing.on else None
        subscribed = subscription_of(connection, owner)
        tier = repository.tier_of(connection, owner)
    return BillingView(
        enabled=billing.on,
        sells=billing.sells,
        detail=billing.stands,
        tier=tier,
        credits=Credits.of(credits) if credits else None,
        subscription=SubscriptionView.of(subscribed) if subscribed else None,
    )


@router.get("/history", operation_id="billing-history", summary="Credits that came and went", responses=documented(422))
def history(backend: AnyBackend, owner: Owner, cursor: Cursor, limit: Limit = 50) -> Page[MovementView]:
    """The newest first."""
    with backend.operators_engine.begin() as connection:
        found = statement.history(connection, owner, before=cursor, limit=limit + 1)
    page, following = cut(found, limit, lambda movement: movement.key)
    return Page(items=[MovementView.of(one) for one in page], next=following)


@router.get("/plans", operation_id="billing-plans", summary="What there is to subscribe to")
def plans(backend: AnyBackend, owner: Owner) -> Plans:
    """The cheapest first; prices without taxes."""
    with backend.operators_engine.begin() as connection:
        mine = repository.tier_of(connection, owner)
    tariff = backend.billing.tariff
    tiers = sorted(tariff.tiers.values(), key=lambda tier: tariff.rank(tier.name))
    return Plans(plans=[Plan.of(tier, yours=tier.name == mine) for tier in tiers])


@router.post(
    "/checkout",
    operation_id="billing-checkout",
    dependencies=[SPENDS],
    summary="Subscribe",
    response_model=Address,
    responses=documented(409, 422),
)
def checkout(backend: AnyBackend, owner: Owner, choice: Choice, key: IdempotencyKey = None) -> JSONResponse:
    """The address of a page to pay on. Nothing is given before Stripe says that it was paid."""

    def act() -> Address:
        return Address(url=backend.billing.subscribing.checkout(owner, choice.tier))

    return once(backend.engine, owner, key, "billing-checkout", content_hash(choice), act, status=200)


@router.post(
    "/portal",
    operation_id="billing-portal",
    dependencies=[SPENDS],
    summary="Manage cards and invoices",
    responses=documented(409, 422),
)
def portal(backend: AnyBackend, owner: Owner) -> Address:
    """The address of a page of Stripe's, which is theirs for minutes."""
    return Address(url=backend.billing.subscribing.portal(owner))


@router.post(
    "/change",
    operation_id="billing-change",
    dependencies=[SPENDS],
    summary="Change to another subscription",
    response_model=SubscriptionView,
    responses=documented(409, 422),
)
def change(backend: AnyBackend, owner: Owner, choice: Choice, key: IdempotencyKey = None) -> JSONResponse:
    """To a dearer one at once: the difference for the rest of the period is paid now. To a cheaper one when the
    period ends; to the one you have: a change or end that was to come is forgotten."""

    def act() -> SubscriptionView:
        return SubscriptionView.of(backend.billing.subscribing.change(owner, choice.tier))

    return once(backend.engine, owner, key, "billing-change", content_hash(choice), act, status=200)


@router.post(
    "/cancel",
    operation_id="billing-cancel",
    dependencies=[SPENDS],
    summary="End your subscription",
    responses=documented(409, 422),
)
def cancel(backend: AnyBackend, owner: Owner) -> SubscriptionView:
    """When the period ends that is paid for; until then everything stays as it is."""
    return SubscriptionView.of(backend.billing.subscribing.cancel(owner))


@router.post(
    "/reactivate",
    operation_id="billing-reactivate",
    dependencies=[SPENDS],
    summary="Go on with your subscription",
    responses=documented(409, 422),
)
def reactivate(backend: AnyBackend, owner: Owner) -> SubscriptionView:
    """Takes a cancellation, or a change to a cheaper one, back before it has come."""
    return SubscriptionView.of(backend.billing.subscribing.reactivate(owner))


@router.post(
    "/redeem",
    operation_id="billing-redeem",
    dependencies=[SPENDS],
    summary="Redeem a promo code",
    response_model=Redeemed,
    responses=documented(409, 422),
)
def redeem(backend: AnyBackend, owner: Owner, redemption: Redemption, key: IdempotencyKey = None) -> JSONResponse:
    """Each code once."""
    billing = backend.billing
    billing.require()

    def act() -> Redeemed:
        with backend.operators_engine.begin() as connection:
            given = promo.redeem(connection, owner, redemption.code, billing.clock())
        return Redeemed(code=given.code, credits=given.credits, expires_at=given.expires_at)

    return once(backend.engine, owner, key, "billing-redeem", content_hash(redemption), act, status=200)
