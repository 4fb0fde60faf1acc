"""How OpenRouter speaks of errors and keys: `{"error": {code, message, metadata?}}`, Bearer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ValidationError
from starlette.requests import Request

from emulator.core.calls import Refusal
from emulator.core.faults import Rule
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply

PROVIDER: Literal["openrouter"] = "openrouter"

# What it says with each status (its documentation's list of error codes).
MESSAGES = {
    400: "Bad Request",
    401: "User not found.",
    402: "Insufficient credits. Add more using https://openrouter.ai/settings/credits",
    403: "Your input was flagged by moderation.",
    404: "No endpoints found for this model.",
    408: "Your request timed out.",
    413: "Request entity too large.",
    422: "Unprocessable entity.",
    429: "Rate limit exceeded. Please retry shortly.",
    500: "Internal Server Error",
    502: "Provider returned error",
    503: "There is no available model provider that meets your routing requirements.",
    504: "Gateway timeout.",
    524: "The provider timed out.",
    529: "Provider is overloaded.",
}


def error_body(refusal: Refusal) -> dict[str, Any]:
    error: dict[str, Any] = {"code": refusal.status, "message": refusal.message, **refusal.extra}
    return {"error": error, "user_id": "user_emulated"}


class OpenRouter:
    provider = PROVIDER

    def error(self, refusal: Refusal) -> Reply:
        headers = {} if refusal.retry_after is None else {"Retry-After": f"{refusal.retry_after:g}"}
        return json_reply(error_body(refusal), refusal.status, headers)

    def busy(self, operation: str, limit: int) -> Refusal:
        return Refusal(429, "rate_limited", f"Rate limit exceeded: {limit} at once.", retry_after=1)

    def fault(self, rule: Rule) -> Refusal:
        status = rule.status or 502
        extra: dict[str, Any] = {}
        if rule.availability:
            extra["availability"] = rule.availability.model_dump(exclude_none=True)
        if status == 403:
            extra["metadata"] = {"reasons": ["emulated"], "flagged_input": "…", "provider_name": "Emulated"}
        elif status in {502, 529}:
            extra["metadata"] = {"provider_name": "Emulated", "raw": "upstream error"}
        message = rule.message or MESSAGES.get(status, "Error")
        return Refusal(status, rule.code or "", message, retry_after=rule.retry_after, extra=extra)


def authenticate(hub: Hub, request: Request) -> str:
    """The key of the call; Refusal 401 without a good one."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Refusal(401, "unauthorized", "No auth credentials found")
    if not hub.settings.accepts(PROVIDER, key):
        raise Refusal(401, "unauthorized", "User not found.")
    return key


def invalid(error: ValidationError) -> Refusal:
    """The first thing that is wrong with a body, as a 400."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    issues = [{"path": list(e["loc"]), "message": e["msg"]} for e in error.errors(include_url=False)]
    message = f"{path}: {first['msg']}" if path else first["msg"]
    return Refusal(400, "bad_request", message, extra={"metadata": {"issues": issues}})
