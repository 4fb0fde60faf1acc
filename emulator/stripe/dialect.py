"""How Stripe speaks of errors, keys and versions: `{"error": {type, code, message, param}}`."""

from __future__ import annotations

import base64
import re
import secrets
from typing import Any, Literal

from starlette.requests import Request

from emulator.core.calls import Refusal
from emulator.core.faults import Rule
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply

PROVIDER: Literal["stripe"] = "stripe"
VERSION = "2026-10-28.endive"  # whose shapes these are
OLDEST = "2025-03-31"  # since then the shapes are as here: periods on items, payments of invoices in a list

# By status: the type of the error, and what it says.
_KINDS = {
    401: ("invalid_request_error", "Invalid API Key provided."),
    402: ("card_error", "Your card was declined."),
    404: ("invalid_request_error", "Not found."),
    429: ("invalid_request_error", "Request rate limit exceeded."),
    500: ("api_error", "An unknown error occurred."),
    502: ("api_error", "Bad gateway."),
    503: ("api_error", "Service unavailable."),
    504: ("api_error", "Gateway timeout."),
}
_CODES = {402: "card_declined", 429: "rate_limit"}


class Stripe:
    provider = PROVIDER

    def error(self, refusal: Refusal) -> Reply:
        headers = {"Request-Id": f"req_{secrets.token_hex(7)}", "Stripe-Version": VERSION}
        if refusal.retry_after is not None:
            headers["Retry-After"] = f"{refusal.retry_after:g}"
        return json_reply({"error": error_body(refusal)}, refusal.status, headers)

    def busy(self, operation: str, limit: int) -> Refusal:
        return Refusal(429, "rate_limit", f"Too many requests at once; {limit} are allowed.")

    def fault(self, rule: Rule) -> Refusal:
        status = rule.status or 500
        message = rule.message or _kind(status)[1]
        return Refusal(status, rule.code or _CODES.get(status, ""), message, retry_after=rule.retry_after)


def _kind(status: int) -> tuple[str, str]:
    other = ("api_error" if status >= 500 else "invalid_request_error", "The request is not valid.")
    return _KINDS.get(status, other)


def error_body(refusal: Refusal) -> dict[str, Any]:
    """What stands under `error`; empty fields are left out, as Stripe does."""
    code = None if refusal.code in {"", "not_found"} else refusal.code  # what is no route has no code here
    body = {
        "code": code,
        "doc_url": f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}" if code else None,
        "message": refusal.message,
        "param": refusal.param,
        "type": _kind(refusal.status)[0],
        **refusal.extra,
    }
    return {name: value for name, value in body.items() if value is not None}


def invalid(message: str, param: str | None = None, code: str = "") -> Refusal:
    return Refusal(400, code, message, param=param)


def authenticate(hub: Hub, request: Request) -> None:
    """Refusal 401 unless a secret key comes as bearer, or as the name of basic authentication."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[0]
        except ValueError:
            given = ""
    if not given.strip():
        raise Refusal(401, "", "You did not provide an API key. Send it as `Authorization: Bearer YOUR_SECRET_KEY`.")
    if not hub.settings.accepts(PROVIDER, given):
        raise Refusal(401, "", f"Invalid API Key provided: {given[:8]}***")


def version_of(request: Request) -> str:
    """The version that the caller asked for; Refusal 400 for one whose shapes are not played."""
    asked = request.headers.get("stripe-version", VERSION)
    if not re.fullmatch(r"\d{4}-\d\d-\d\d(\.[a-z]+)?", asked):
        raise invalid(f"Invalid Stripe API version: {asked}")
    if asked < OLDEST:
        raise invalid(f"Invalid Stripe API version: {asked}. The emulator plays {OLDEST} and later.")
    return asked
