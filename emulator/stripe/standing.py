"""How a subscription stands after an invoice was paid, or was not: active, past due, ended."""

from __future__ import annotations

from emulator.stripe.shop import Object, Shop

LIVE = frozenset({"active", "trialing", "past_due", "unpaid", "paused", "incomplete"})


def subscription_of(shop: Shop, invoice: Object) -> Object | None:
    parent = invoice["parent"]
    return parent and shop.find("subscription", parent["subscription_details"]["subscription"])


def after_paid(shop: Shop, invoice: Object) -> None:
    """The latest invoice is what counts: once it is paid, the subscription is in order."""
    customer = shop.get("customer", invoice["customer"])
    open_ones = [one for one in shop.all("invoice", customer=customer["id"], status="open") if one["attempted"]]
    shop.change(customer, "customer.updated", delinquent=bool(open_ones))
    subscription = subscription_of(shop, invoice)
    if subscription is None or subscription["latest_invoice"] != invoice["id"]:
        return
    if subscription["status"] in {"incomplete", "past_due", "unpaid", "paused"}:
        shop.change(subscription, "customer.subscription.updated", status="active")


def after_failed(shop: Shop, invoice: Object) -> None:
    """The first invoice leaves it incomplete; a later one makes it past due."""
    subscription = subscription_of(shop, invoice)
    if subscription is None or invoice["billing_reason"] == "subscription_create":
        return
    shop.change(shop.get("customer", invoice["customer"]), "customer.updated", delinquent=True)
    if subscription["status"] in {"active", "trialing"} and subscription["latest_invoice"] == invoice["id"]:
        shop.change(subscription, "customer.subscription.updated", status="past_due")


def after_last_retry(shop: Shop, invoice: Object) -> None:
    """What the account's settings say: cancel it, leave it unpaid, or leave it past due."""
    subscription = subscription_of(shop, invoice)
    if subscription is None or subscription["status"] != "past_due":
        return
    match shop.hub.settings.after_retries:
        case "cancel":
            ended(shop, subscription, "payment_failed")
        case "unpaid":
            shop.change(subscription, "customer.subscription.updated", status="unpaid")


def ended(shop: Shop, subscription: Object, reason: str) -> None:
    """Cancel now. What is still owed stays open, but is no longer collected."""
    for invoice in shop.all("invoice", customer=subscription["customer"]):
        mine = invoice["parent"] and invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
        if mine and invoice["status"] in {"draft", "open"}:
            shop.change(invoice, auto_advance=False, next_payment_attempt=None, automatically_finalizes_at=None)
    schedule = subscription["schedule"] and shop.find("subscription_schedule", subscription["schedule"])
    if schedule and schedule["status"] == "active":
        shop.change(schedule, status="canceled", canceled_at=shop.now, current_phase=None)
        shop.emit("subscription_schedule.canceled", schedule)
    details = {**subscription["cancellation_details"], "reason": reason}
    shop.change(
        subscription,
        status="canceled",
        canceled_at=subscription["canceled_at"] or shop.now,
        ended_at=shop.now,
        cancellation_details=details,
    )
    shop.emit("customer.subscription.deleted", subscription)
