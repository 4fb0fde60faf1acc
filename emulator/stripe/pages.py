"""The hosted pages, plain forms that a browser can fill in: checkout, an open invoice, the customer's portal."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib import resources
from string import Template
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from emulator.core.calls import Refusal
from emulator.core.hub import Hub
from emulator.stripe import customers, invoicing, portal_page, selling
from emulator.stripe.page_parts import Answer, Form, card_form, card_from, money, rows
from emulator.stripe.params import validated
from emulator.stripe.payment_methods import attached, card_of
from emulator.stripe.shop import Caller, Object, Shop

Page = Callable[[Shop, Object, Form], Answer]
_PAGE = Template(resources.files("emulator.stripe").joinpath("page.html").read_text("utf-8"))
_MAX_FORM = 64 * 1024


def routes(hub: Hub) -> list[Route]:
    return [
        _route(hub, "checkout", "checkout.session", "Checkout", _checkout),
        _route(hub, "invoice", "invoice", "Invoice", _invoice),
        _route(hub, "portal", "billing_portal.session", "Billing", portal_page.portal),
    ]


def _route(hub: Hub, name: str, kind: str, title: str, page: Page) -> Route:
    async def serve(request: Request) -> Response:
        text = "" if request.method == "GET" else (await request.body())[:_MAX_FORM].decode("utf-8", "replace")
        form, key, error = dict(parse_qsl(text)), request.path_params["id"], ""
        if form:
            try:
                return _shown(title, _run(hub, request, kind, key, page, form))
            except Refusal as refusal:  # nothing of it was kept: the form is shown again
                error = f'<p class="error" role="alert">{escape(refusal.message)}</p>'
        try:
            return _shown(title, _run(hub, request, kind, key, page, {}), error)
        except Refusal as refusal:
            return _shown(title, f"<h1>{title}</h1><p>{escape(refusal.message)}</p>", status=404)

    return Route(f"/stripe/pages/{name}/{{id}}", serve, methods=["GET", "POST"])


def _run(hub: Hub, request: Request, kind: str, name: str, page: Page, form: Form) -> Answer:
    with hub.state.transaction():
        shop = Shop(hub, Caller(str(request.base_url).rstrip("/")))
        return page(shop, shop.get(kind, name), form)


def _shown(title: str, answer: Answer, error: str = "", status: int = 200) -> Response:
    if isinstance(answer, RedirectResponse):
        return answer
    html = _PAGE.substitute(title=title, body=error + answer)
    return HTMLResponse(html, status, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


_CHALLENGE = (
    "<h1>Confirm that it is you</h1><p>Your bank asks for your consent to this payment.</p>"
    '<form method="post"><button name="bank" value="complete">Complete authentication</button>'
    '<button name="bank" value="fail">Fail authentication</button></form>'
)
_FAILED = "We are unable to authenticate your payment method. Please choose a different payment method and try again."


def _challenged(shop: Shop, thing: Object, form: Form) -> tuple[Object, bool] | None:
    """The card, and whether its bank said yes; None when its bank is to be asked first."""
    kept = thing.get("_challenged")
    if "bank" in form and kept:
        shop.change(thing, _challenged=None)
        return shop.get("payment_method", kept), form["bank"] == "complete"
    method = card_from(shop, form)
    if card_of(method).authenticate is None:
        return method, False
    shop.change(thing, _challenged=method["id"])
    return None


def _checkout(shop: Shop, session: Object, form: Form) -> Answer:
    selling.is_open(session)
    if form:
        return _pay(shop, session, form)
    every = session["_lines"]
    lines = [
        (f"{one['quantity']} × {one['description']}", money(one["amount_total"], one["currency"])) for one in every
    ]
    verb = "Subscribe" if session["mode"] == "subscription" else "Pay"
    known = session["customer_email"] or (session["customer_details"] or {}).get("email") or ""
    back = f'<p><a href="{escape(session["cancel_url"])}">Back</a></p>' if session["cancel_url"] else ""
    total = money(session["amount_total"], session["currency"])
    return f"<h1>{verb}</h1>{rows([*lines, ('Due today', total)])}{card_form(verb, email=known)}{back}"


def _pay(shop: Shop, session: Object, form: Form) -> Answer:
    chosen = _challenged(shop, session, form)
    if chosen is None:
        shop.change(session, _filled={"email": form.get("email"), "name": form.get("name")})
        return _CHALLENGE
    method, said_yes = chosen
    if "bank" in form and not said_yes:
        raise Refusal(402, "payment_intent_authentication_failure", _FAILED)
    filled = session.get("_filled") if "bank" in form else form
    who = {name: (filled or {}).get(name) or None for name in ("email", "name")}
    validated(customers.Create, who)
    selling.completed(shop, session, method, email=who["email"], name=who["name"], authenticated=said_yes)
    return RedirectResponse(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)


def _invoice(shop: Shop, invoice: Object, form: Form) -> Answer:
    if invoice["status"] == "open" and form:
        chosen = _challenged(shop, invoice, form)
        if chosen is None:
            return _CHALLENGE
        method, said_yes = chosen
        if "bank" in form and not said_yes:
            raise Refusal(402, "payment_intent_authentication_failure", _FAILED)
        attached(shop, method, shop.get("customer", invoice["customer"]))
        refusal = invoicing.pay(shop, invoice, method=method, present=True, authenticated=said_yes)
        if refusal is not None:
            raise refusal
    lines = [(one["description"] or "", money(one["amount"], one["currency"])) for one in invoice["lines"]["data"]]
    table = rows([*lines, ("Due", money(invoice["amount_remaining"], invoice["currency"]))])
    pay = card_form("Pay") if invoice["status"] == "open" else f"<p>This invoice is {invoice['status']}.</p>"
    return f"<h1>Invoice {escape(invoice['number'] or '')}</h1>{table}{pay}"
