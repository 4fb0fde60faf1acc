"""Disputes: a bank takes a charge back. They come from test cards and from a control route, and end by it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from emulator.stripe.dialect import invalid
from emulator.stripe.listing import matching, page
from emulator.stripe.params import Asked, Dated, Metadata, Params, Text, merged
from emulator.stripe.serving import Action
from emulator.stripe.shop import Object, Shop

_DAYS_TO_ANSWER = 7
_OPEN = frozenset({"needs_response", "warning_needs_response", "under_review", "warning_under_review"})
REASONS = (
    "credit_not_processed", "duplicate", "fraudulent", "general", "product_not_received", "product_unacceptable",
    "subscription_canceled", "unrecognized",
)  # fmt: skip
Long = Annotated[str, Field(max_length=20_000)]


class Evidence(Params):
    access_activity_log: Long | None = None
    cancellation_rebuttal: Long | None = None
    customer_email_address: Text | None = None
    customer_name: Text | None = None
    product_description: Long | None = None
    refund_refusal_explanation: Long | None = None
    service_date: Text | None = None
    uncategorized_text: Long | None = None


class Update(Asked):
    evidence: Evidence | None = None
    metadata: Metadata = None
    submit: bool = False


class List(Dated):
    charge: str | None = None
    payment_intent: str | None = None


def opened(shop: Shop, charge: Object, reason: str, amount: int | None = None, *, inquiry: bool = False) -> Object:
    """A new dispute about ``charge``; an inquiry takes no money yet."""
    if not charge["paid"] or charge["disputed"]:
        raise invalid(f"Charge {charge['id']} cannot be disputed: it was not paid, or is disputed already.", "charge")
    amount = charge["amount"] - charge["amount_refunded"] if amount is None else amount
    if not 0 < amount <= charge["amount"]:
        raise invalid("The amount must be between 1 and that of the charge.", "amount")
    brand = charge["payment_method_details"]["card"]["brand"]
    card = {"brand": brand, "case_type": "inquiry" if inquiry else "chargeback", "network": brand}
    dispute = shop.new(
        "dispute",
        {
            "amount": amount,
            "balance_transactions": [],
            "charge": charge["id"],
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {**Evidence().model_dump(), "enhanced_evidence": {}},
            "evidence_details": {
                "due_by": shop.now + _DAYS_TO_ANSWER * 86_400,
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
                "submission_method": None,
                "enhanced_eligibility": {},
            },
            "is_charge_refundable": inquiry,
            "metadata": {},
            "network_reason_code": None,
            "payment_intent": charge["payment_intent"],
            "payment_method_details": {"type": "card", "card": {**card, "network_reason_code": None}},
            "reason": reason,
            "status": "warning_needs_response" if inquiry else "needs_response",
        },
    )
    shop.change(charge, disputed=True)
    shop.emit("charge.dispute.created", dispute)
    if not inquiry:
        shop.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def decided(shop: Shop, name: str, outcome: Literal["won", "lost"]) -> Object:
    """The bank's word; Refusal 400 when it was given already."""
    dispute = shop.get("dispute", name)
    if dispute["status"] not in _OPEN:
        raise invalid(f"Dispute {name} is closed already.")
    inquiry = dispute["status"].startswith("warning")
    shop.change(dispute, status="warning_closed" if inquiry else outcome, is_charge_refundable=inquiry)
    shop.emit("charge.dispute.closed", dispute)
    if outcome == "won" and not inquiry:
        shop.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def _update(shop: Shop, asked: Update, name: str) -> Object:
    dispute = shop.get("dispute", name)
    changes: dict[str, Any] = {}
    if "metadata" in asked.model_fields_set:
        changes["metadata"] = merged(dispute["metadata"], asked.metadata)
    if asked.evidence is not None:
        sent = asked.evidence.model_dump(exclude_unset=True)
        changes["evidence"] = {**dispute["evidence"], **sent}
        changes["evidence_details"] = {**dispute["evidence_details"], "has_evidence": True}
    if asked.submit:
        if dispute["status"] not in _OPEN:
            raise invalid("This dispute is closed; evidence can no longer be submitted.")
        count = dispute["evidence_details"]["submission_count"] + 1
        changes["evidence_details"] = {
            **(changes.get("evidence_details") or dispute["evidence_details"]),
            "submission_count": count,
        }
        inquiry = dispute["status"].startswith("warning")
        changes["status"] = "warning_under_review" if inquiry else "under_review"
    shop.change(dispute, "charge.dispute.updated", **changes)
    return dispute


def _close(shop: Shop, asked: Asked, name: str) -> Object:
    """Give in: the dispute is lost."""
    return decided(shop, name, "lost")


def _get(shop: Shop, asked: Asked, name: str) -> Object:
    return shop.get("dispute", name)


def _list(shop: Shop, asked: List) -> Object:
    found = matching(shop.all("dispute"), charge=asked.charge, payment_intent=asked.payment_intent)
    return page(found, asked, "/v1/disputes")


ACTIONS = [
    Action("GET", "/v1/disputes", "dispute", List, _list),
    Action("GET", "/v1/disputes/{id}", "dispute", Asked, _get),
    Action("POST", "/v1/disputes/{id}", "dispute", Update, _update),
    Action("POST", "/v1/disputes/{id}/close", "dispute", Asked, _close),
]
