"""Routes of those who run the installation: promo codes, credits given by hand, whether the books balance."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from api.backend import AnyBackend, Operator
from api.billing.schemas import BooksOfCredits, Gift, Given, NewPromoCode, PromoCodes, PromoCodeView
from api.idempotency import IdempotencyKey, once
from api.problems import documented, not_found
from litink.billing import audit, grants, inbox, promo, statement
from litink.generation.keys import content_hash

router = APIRouter(prefix="/admin", tags=["admin"])


@router.get("/promo-codes", operation_id="admin-promo-codes", summary="Promo codes, newest first")
def codes(backend: AnyBackend, _: Operator) -> PromoCodes:
    with backend.engine.begin() as connection:
        found = promo.all_of_them(connection)
    return PromoCodes(codes=[PromoCodeView.of(one, backend.billing.clock()) for one in found])


@router.post(
    "/promo-codes",
    operation_id="admin-make-promo-code",
    summary="Make a promo code",
    status_code=201,
    response_model=PromoCodeView,
    responses=documented(409, 422),
)
def make(backend: AnyBackend, operator: Operator, wanted: NewPromoCode, key: IdempotencyKey = None) -> JSONResponse:
    """Each person may redeem it once."""

    def act() -> PromoCodeView:
        with backend.engine.begin() as connection:
            made = promo.make(connection, by=str(operator), **wanted.model_dump())
        return PromoCodeView.of(made, backend.billing.clock())

    return once(backend.engine, operator, key, "admin-make-promo-code", content_hash(wanted), act, status=201)


@router.delete(
    "/promo-codes/{code}",
    operation_id="admin-end-promo-code",
    summary="End a promo code",
    status_code=204,
    response_class=Response,
    responses=documented(404),
)
def end(backend: AnyBackend, _: Operator, code: str) -> Response:
    """Nobody may redeem it from now on; what was redeemed stays."""
    with backend.engine.begin() as connection:
        if not promo.end(connection, code, backend.billing.clock()):
            raise not_found("There is no such code.", "no-such-code")
    return Response(status_code=204)


@router.post(
    "/credits",
    operation_id="admin-give-credits",
    summary="Give somebody credits",
    status_code=201,
    response_model=Given,
    responses=documented(404, 409, 422),
)
def give(backend: AnyBackend, operator: Operator, gift: Gift, key: IdempotencyKey = None) -> JSONResponse:
    """As a gift, or for a payment that did not come by Stripe."""
    billing = backend.billing
    billing.require()

    def act() -> Given:
        with backend.engine.begin() as connection:
            if not grants.known(connection, gift.user_id):
                raise not_found("There is no such user.", "no-such-user")
            now, lapses = billing.clock(), gift.expires_at
            grants.give_by_hand(
                connection, gift.user_id, gift.kind, gift.credits, at=now, expires_at=lapses, note=gift.note
            )
            stands = statement.balance(connection, gift.user_id, billing.tariff, now)
        return Given(user_id=gift.user_id, available=stands.available)

    return once(backend.engine, operator, key, "admin-give-credits", content_hash(gift), act, status=201)


@router.get("/billing", operation_id="admin-billing", summary="Whether the books of credits balance")
def books(backend: AnyBackend, _: Operator) -> BooksOfCredits:
    """Grants against charges, charges against payments and the ledger; and how far Stripe's events are."""
    with backend.engine.begin() as connection:
        wrong = audit.imbalances(connection)
        events = dict(inbox.counts(connection))
    told = [f"{what} (user {owner}, number {number})" for what, owner, number in wrong]
    return BooksOfCredits(balanced=not told, imbalances=told, events=events)
