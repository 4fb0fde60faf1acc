"""The customer's portal: switch plan, cancel, take the cancellation back, another card, invoices."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from emulator.stripe import altering, portals, scheduling, standing, subscribing
from emulator.stripe.dialect import invalid
from emulator.stripe.items import new_item, period_of
from emulator.stripe.lines import named
from emulator.stripe.page_parts import Answer, Form, card_form, card_from, money
from emulator.stripe.payment_methods import attached
from emulator.stripe.shop import Object, Shop


def portal(shop: Shop, session: Object, form: Form) -> Answer:
    configuration = shop.get("billing_portal.configuration", session["configuration"])
    customer = shop.get("customer", session["customer"])
    features = configuration["features"]
    if form:
        _done(shop, customer, configuration, form)
    live = [one for one in shop.all("subscription", customer=customer["id"]) if one["status"] in standing.LIVE]
    offers = portals.offered(shop, configuration)
    body = "".join(_subscription(shop, one, features, offers) for one in live) or "<p>There is no subscription.</p>"
    if features["payment_method_update"]["enabled"]:
        body += f"<h2>Payment method</h2>{_card(shop, customer)}{card_form('Save card')}"
    if features["invoice_history"]["enabled"]:
        body += f"<h2>Invoices</h2><table>{_invoices(shop, customer)}</table>"
    back = session["return_url"]
    link = f'<p><a href="{escape(back)}">Return</a></p>' if back else ""
    headline = configuration["business_profile"]["headline"]
    return f"<h1>{escape(headline or 'Your billing')}</h1>{body}{link}"


def _subscription(shop: Shop, one: Object, features: Object, offers: list[Object]) -> str:
    price = one["items"]["data"][0]["price"]
    name, end = escape(named(shop, price)), _day(period_of(one)[1])
    hidden = f'<input type="hidden" name="subscription" value="{one["id"]}">'
    stays = not one["cancel_at_period_end"]
    coming = f"Renews on {end}." if stays else f"Ends on {end}."
    schedule = one["schedule"] and shop.find("subscription_schedule", one["schedule"])
    if schedule and schedule["phases"][-1]["start_date"] >= period_of(one)[1]:
        later = shop.get("price", schedule["phases"][-1]["items"][0]["price"])
        coming = f"Changes to {escape(named(shop, later))} on {end}."
    text = f"<h2>{name}</h2><p>{_each(price)}. Status: {one['status']}. {coming}</p>"
    others = [offer for offer in offers if offer["id"] != price["id"] and offer["currency"] == price["currency"]]
    if others and stays:
        options = "".join(
            f'<option value="{offer["id"]}">{escape(named(shop, offer))}, {_each(offer)}</option>' for offer in others
        )
        label = f'<label>Switch {name} to <select name="price">{options}</select></label>'
        text += f'<form method="post">{hidden}{label}<button name="do" value="switch">Switch plan</button></form>'
    if features["subscription_cancel"]["enabled"]:
        what, word = ("cancel", "Cancel plan") if stays else ("keep", "Keep plan")
        text += f'<form method="post">{hidden}<button name="do" value="{what}">{word}</button></form>'
    return text


def _each(price: Object) -> str:
    return f"{money(price['unit_amount'], price['currency'])} per {price['recurring']['interval']}"


def _day(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%-d %B %Y}"


def _card(shop: Shop, customer: Object) -> str:
    name = customer["invoice_settings"]["default_payment_method"]
    for method in shop.all("payment_method", customer=customer["id"])[::-1]:
        if name in (None, method["id"]):
            return f"<p>{method['card']['brand'].title()} ending in {method['card']['last4']}</p>"
    return "<p>None yet.</p>"


def _invoices(shop: Shop, customer: Object) -> str:
    rows = []
    for one in shop.all("invoice", customer=customer["id"])[::-1]:
        if one["hosted_invoice_url"] is not None:
            link = f'<a href="{escape(one["hosted_invoice_url"])}">{escape(one["number"])}</a>, {one["status"]}'
            rows.append(f"<tr><td>{link}</td><td>{money(one['total'], one['currency'])}</td></tr>")
    return "".join(rows)


def _done(shop: Shop, customer: Object, configuration: Object, form: Form) -> None:
    """Refusal for what the configuration does not allow, and for a card that is declined."""
    features = configuration["features"]
    if "number" in form:
        if not features["payment_method_update"]["enabled"]:
            raise invalid("The payment method cannot be changed here.")
        _save_card(shop, customer, form)
        return
    subscription = shop.get("subscription", form.get("subscription", ""), "subscription")
    if subscription["customer"] != customer["id"]:
        raise invalid("The subscription is another customer's.", "subscription")
    wish = form.get("do")
    if wish in {"cancel", "keep"} and features["subscription_cancel"]["enabled"]:
        _cancel(shop, subscription, features["subscription_cancel"], keep=wish == "keep")
    elif wish == "switch":
        offers = {one["id"]: one for one in portals.offered(shop, configuration)}
        if form.get("price") not in offers:
            raise invalid("This price is not offered here.", "price")
        _switch(shop, subscription, offers[form["price"]], features["subscription_update"])
    else:
        raise invalid("This is not allowed here.")


def _save_card(shop: Shop, customer: Object, form: Form) -> None:
    """The new card is the default of the customer and of what they subscribe to."""
    method = attached(shop, card_from(shop, form), customer)
    settings = {**customer["invoice_settings"], "default_payment_method": method["id"]}
    shop.change(customer, "customer.updated", invoice_settings=settings)
    for one in shop.all("subscription", customer=customer["id"]):
        if one["status"] in standing.LIVE and one["default_payment_method"] is not None:
            shop.change(one, "customer.subscription.updated", default_payment_method=method["id"])


def _cancel(shop: Shop, subscription: Object, feature: Object, *, keep: bool) -> None:
    if keep or feature["mode"] == "at_period_end":
        subscribing.ends_with_period(shop, subscription, planned=not keep)
    else:
        prorate = feature["proration_behavior"] != "none"
        subscribing.canceled(
            shop, subscription, prorate=prorate, bill=feature["proration_behavior"] == "always_invoice"
        )


def _switch(shop: Shop, subscription: Object, price: Object, feature: Object) -> None:
    old = subscription["items"]["data"][0]
    later = {one["type"] for one in feature["schedule_at_period_end"]["conditions"]}
    if "decreasing_item_amount" in later and price["unit_amount"] < old["price"]["unit_amount"]:
        scheduling.at_period_end(shop, subscription, price)
        return
    item = new_item(price, old["quantity"], old["metadata"], old["id"])
    refusal = altering.altered(
        shop,
        subscription,
        [item, *subscription["items"]["data"][1:]],
        proration=feature["proration_behavior"],
        payment="error_if_incomplete",
    )
    if refusal is not None:
        raise refusal
