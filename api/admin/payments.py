"""Routes of paid calls: payments that nobody knows the end of, and the health of models."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.backend import AnyBackend, Backend, Operator
from api.problems import documented, not_found
from litink.generation.paid import breakers
from litink.generation.paid.cashier import Cashier
from litink.generation.paid.payments import Payment
from litink.generation.paid.policy import Policy

router = APIRouter(tags=["admin"])


class HeldPayment(BaseModel):
    """A call whose answer was lost, and of which the provider cannot say what became."""

    id: int
    book_id: str
    asset: str
    item_key: str
    provider: str
    operation: str
    model: str
    reference: str = Field(description="the provider's id of the call, where one was seen")
    estimated_usd: Decimal = Field(description="set aside until it is decided")
    sent_at: datetime
    problem: str

    @classmethod
    def of(cls, payment: Payment) -> HeldPayment:
        return cls(
            id=payment.id,
            book_id=str(payment.book_id),
            asset=payment.asset,
            item_key=payment.item_key,
            provider=payment.provider,
            operation=payment.operation,
            model=payment.model,
            reference=payment.reference,
            estimated_usd=payment.estimated_usd,
            sent_at=payment.created_at,
            problem=(payment.error or {}).get("message", ""),
        )


class HeldPayments(BaseModel):
    payments: list[HeldPayment]


class Decision(BaseModel):
    billed: bool = Field(description="what the provider's own account says")
    cost_usd: Decimal = Field(default=Decimal(0), ge=0, description="what was billed; 0 when nothing was")
    reference: str = Field(
        default="",
        max_length=200,
        description="the provider's id of the call that was billed, where its account shows one",
    )


class Decided(BaseModel):
    id: int
    state: str = Field(description='"wrong": billed and lost; "refused": not billed, may be sent again')
    cost_usd: Decimal
    resolved_by: str


@router.get("/admin/payments/held", operation_id="admin-held-payments", summary="Calls whose answer was lost")
def held(backend: AnyBackend, _: Operator, after: Annotated[int, Query(ge=0)] = 0) -> HeldPayments:
    """Look each up in the provider's own account, then decide; until then nothing like it is sent."""
    with _cashier(backend) as cashier:
        return HeldPayments(payments=[HeldPayment.of(payment) for payment in cashier.held(after=after)])


@router.post(
    "/admin/payments/{payment_id}/resolve",
    operation_id="admin-resolve-payment",
    summary="Decide about a held payment",
    responses=documented(422),
)
def resolve(backend: AnyBackend, operator: Operator, payment_id: int, decision: Decision) -> Decided:
    """Billed: the cost counts, and making the item again is a new call. Not billed: the same call may go out again.
    The item is made when its book is worked on again."""
    with _cashier(backend) as cashier:
        payment = cashier.resolve(
            payment_id,
            billed=decision.billed,
            cost_usd=decision.cost_usd,
            reference=decision.reference,
            by=str(operator),
        )
    return Decided(
        id=payment.id,
        state=payment.state,
        cost_usd=payment.cost_usd or Decimal(0),
        resolved_by=payment.resolved_by or "",
    )


def _cashier(backend: Backend) -> Cashier:
    return Cashier(backend.engine, backend.objects, {}, Policy.from_settings(backend.settings))


class ModelHealth(BaseModel):
    provider: str
    model: str
    failures: int = Field(description="in a row")
    resting: bool = Field(description="it is left alone until retry_at")
    retry_at: datetime | None


class Health(BaseModel):
    models: list[ModelHealth] = Field(description="those that failed last; all others are well")


@router.get("/admin/models/health", operation_id="admin-model-health", summary="Models that fail")
def health(backend: AnyBackend, _: Operator) -> Health:
    with backend.engine.begin() as connection:
        found = breakers.patients(connection)
    return Health(
        models=[
            ModelHealth(provider=p.provider, model=p.model, failures=p.failures, resting=p.open, retry_at=p.retry_at)
            for p in found
        ]
    )


@router.delete(
    "/admin/models/health/{provider}/{model:path}",
    operation_id="admin-trust-model",
    summary="Ask a model again at once",
    status_code=204,
    responses=documented(404),
)
def trust(backend: AnyBackend, _: Operator, provider: str, model: str) -> None:
    with backend.engine.begin() as connection:
        if not breakers.close(connection, provider, model):
            raise not_found("No failures are known of this model.")
