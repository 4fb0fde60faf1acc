"""The life of an invoice: drafted, finalized, paid or not, tried again."""

from __future__ import annotations

from typing import Literal

from emulator.core.calls import Refusal
from emulator.stripe import standing
from emulator.stripe.dialect import invalid
from emulator.stripe.drafting import summed
from emulator.stripe.payment_methods import chosen
from emulator.stripe.payments import attempt, may_confirm, new_intent
from emulator.stripe.shop import Object, Shop

Payment = Literal["allow_incomplete", "default_incomplete", "error_if_incomplete"]
HOUR, DAY = 3_600, 86_400


def finalize(shop: Shop, invoice: Object) -> None:
    """Draft → open, and at once paid where nothing is due. Refusal 400 for one that is no draft."""
    if invoice["status"] != "draft":
        raise invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    customer = shop.get("customer", invoice["customer"])
    summed(shop, invoice, customer)
    left = customer["balance"] + invoice["total"] - invoice["amount_due"]
    number = customer["next_invoice_sequence"]
    shop.change(customer, next_invoice_sequence=number + 1)
    if left != customer["balance"]:
        shop.change(customer, "customer.updated", balance=left)
    shop.change(
        invoice,
        status="open",
        number=f"{customer['invoice_prefix']}-{number:04d}",
        ending_balance=left,
        effective_at=shop.now,
        automatically_finalizes_at=None,
        hosted_invoice_url=f"{shop.base}/stripe/pages/invoice/{invoice['id']}",
        status_transitions={**invoice["status_transitions"], "finalized_at": shop.now},
    )
    shop.emit("invoice.finalized", invoice)
    if invoice["amount_due"] == 0:
        _paid(shop, invoice)


def advance(shop: Shop, invoice: Object) -> None:
    """What happens to it by itself: finalized after an hour, then charged, then tried again."""
    if invoice["status"] == "draft":
        finalize(shop, invoice)
    if invoice["status"] == "open" and invoice["collection_method"] == "charge_automatically":
        pay(shop, invoice, automatic=True)


def pay(
    shop: Shop,
    invoice: Object,
    *,
    method: Object | None = None,
    present: bool = False,
    authenticated: bool = False,
    automatic: bool = False,
) -> Refusal | None:
    """Try to collect an open invoice; None when it is paid, or waits for the customer's authentication."""
    customer = shop.get("customer", invoice["customer"])
    subscription = standing.subscription_of(shop, invoice)
    default = subscription["default_payment_method"] if subscription else None
    method = method or chosen(shop, customer, invoice["default_payment_method"], default)
    if invoice["attempt_count"] == 0 or automatic:
        shop.change(invoice, attempt_count=invoice["attempt_count"] + 1)
    shop.change(invoice, attempted=True, next_payment_attempt=None)
    if method is None:
        message = "This customer has no attached payment source or default payment method."
        refusal = Refusal(400, "resource_missing", f"{message} Please consider adding a default payment method.")
        _unpaid(shop, invoice, refusal)
        return refusal
    intent = intent_of(shop, invoice)
    may_confirm(intent)
    declined = attempt(shop, intent, method, present=present, authenticated=authenticated, saved=True)
    settled(shop, invoice, intent, refusal=declined)
    return declined


def collected(
    shop: Shop,
    subscription: Object,
    invoice: Object,
    payment: Payment,
    method: Object | None = None,
    *,
    present: bool,
    authenticated: bool = False,
) -> Refusal | None:
    """Finalize a subscription's invoice and collect it at once; raises the refusal where it must be paid."""
    finalize(shop, invoice)
    if invoice["status"] != "open" or subscription["collection_method"] != "charge_automatically":
        return None
    if payment == "default_incomplete":
        intent_of(shop, invoice)
        return None
    refusal = pay(shop, invoice, method=method, present=present, authenticated=authenticated)
    if refusal is not None and payment == "error_if_incomplete":
        raise refusal
    return refusal


def intent_of(shop: Shop, invoice: Object) -> Object:
    """The payment intent that an invoice is paid with; made when there is none."""
    for payment in shop.all("invoice_payment", invoice=invoice["id"], status="open"):
        return shop.get("payment_intent", payment["payment"]["payment_intent"])
    intent = new_intent(
        shop,
        invoice["amount_remaining"],
        invoice["currency"],
        invoice["customer"],
        description="Subscription creation"
        if invoice["billing_reason"] == "subscription_create"
        else "Subscription update"
        if invoice["parent"]
        else None,
        setup_future_usage="off_session" if invoice["parent"] else None,
        _invoice=invoice["id"],
    )
    shop.new(
        "invoice_payment",
        {
            "amount_paid": None,
            "amount_requested": invoice["amount_remaining"],
            "currency": invoice["currency"],
            "invoice": invoice["id"],
            "is_default": True,
            "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
            "status": "open",
            "status_transitions": {"canceled_at": None, "paid_at": None},
        },
    )
    return intent


def of_intent(shop: Shop, intent: Object) -> Object | None:
    return shop.find("invoice", intent["_invoice"]) if intent.get("_invoice") else None


def settled(shop: Shop, invoice: Object, intent: Object, *, refusal: Refusal | None) -> None:
    """Carry over to the invoice how its payment intent went."""
    if refusal is not None:
        _unpaid(shop, invoice, refusal)
    elif intent["status"] == "requires_action":
        shop.emit("invoice.payment_action_required", invoice)
    elif intent["status"] == "succeeded":
        for payment in shop.all("invoice_payment", invoice=invoice["id"], status="open"):
            times = {**payment["status_transitions"], "paid_at": shop.now}
            shop.change(payment, status="paid", amount_paid=intent["amount"], status_transitions=times)
            shop.emit("invoice_payment.paid", payment)
        _paid(shop, invoice)


def _paid(shop: Shop, invoice: Object) -> None:
    shop.change(
        invoice,
        status="paid",
        attempted=True,
        auto_advance=False,
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        next_payment_attempt=None,
        status_transitions={**invoice["status_transitions"], "paid_at": shop.now},
    )
    shop.emit("invoice.paid", invoice)
    shop.emit("invoice.payment_succeeded", invoice)
    standing.after_paid(shop, invoice)


def _unpaid(shop: Shop, invoice: Object, refusal: Refusal) -> None:
    """Plan the next try, of which the first invoice of a subscription has none."""
    days, count = shop.hub.settings.retry_days, invoice["attempt_count"]
    renewal = invoice["auto_advance"] and invoice["billing_reason"] != "subscription_create"
    last = count > len(days)
    if renewal and not last:
        shop.change(invoice, next_payment_attempt=shop.now + days[max(count - 1, 0)] * DAY)
    shop.emit("invoice.payment_failed", invoice)
    if refusal.code == "authentication_required":
        shop.emit("invoice.payment_action_required", invoice)
    standing.after_failed(shop, invoice)
    if renewal and last:
        standing.after_last_retry(shop, invoice)


def paid_elsewhere(shop: Shop, invoice: Object) -> None:
    """Paid in cash, say: no payment intent was needed."""
    _give_up_intent(shop, invoice)
    _paid(shop, invoice)


def closed(shop: Shop, invoice: Object, status: str, moment: str, event: str) -> None:
    """`void` or `uncollectible`: it is not collected any more. A void one gives the balance back that it used."""
    if invoice["status"] not in {"open", "uncollectible"} or invoice["status"] == status:
        raise invalid(f"You can only do this to an open invoice; this one is {invoice['status']}.")
    if status == "void":
        _give_up_intent(shop, invoice)
        customer = shop.get("customer", invoice["customer"])
        used = invoice["ending_balance"] - invoice["starting_balance"]
        shop.change(customer, "customer.updated", balance=customer["balance"] - used)
    times = {**invoice["status_transitions"], moment: shop.now}
    shop.change(invoice, status=status, auto_advance=False, next_payment_attempt=None, status_transitions=times)
    shop.emit(event, invoice)


def _give_up_intent(shop: Shop, invoice: Object) -> None:
    for payment in shop.all("invoice_payment", invoice=invoice["id"], status="open"):
        shop.change(payment, status="canceled")
        intent = shop.get("payment_intent", payment["payment"]["payment_intent"])
        shop.change(intent, status="canceled", canceled_at=shop.now, cancellation_reason="void_invoice")
        shop.emit("payment_intent.canceled", intent)
