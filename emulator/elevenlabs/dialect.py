"""How ElevenLabs speaks of errors and keys: `{"detail": {type, code, message, status}}`, a list with 422."""

from __future__ import annotations

import secrets
from typing import Any, Literal

from pydantic import ValidationError
from starlette.requests import Request

from emulator.core.calls import Refusal
from emulator.core.faults import Rule
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply

PROVIDER: Literal["elevenlabs"] = "elevenlabs"

# By status: the type of the error, its usual code, and what it says.
KINDS = {
    400: ("validation_error", "invalid_parameters", "The request is not valid."),
    401: ("authentication_error", "invalid_api_key", "Invalid API key"),
    402: ("payment_required", "payment_required", "Payment is required."),
    403: ("authorization_error", "forbidden", "You may not do this."),
    404: ("not_found", "not_found", "Not found."),
    408: ("internal_error", "timeout", "The request timed out."),
    413: ("validation_error", "payload_too_large", "The request is too large."),
    422: ("validation_error", "invalid_parameters", "The request is not valid."),
    429: ("rate_limit_error", "too_many_concurrent_requests", "Too many concurrent requests."),
    500: ("internal_error", "internal_server_error", "Internal server error."),
    502: ("internal_error", "bad_gateway", "Bad gateway."),
    503: ("service_unavailable", "service_unavailable", "Service unavailable."),
}
_MESSAGES = {
    "quota_exceeded": "This request exceeds your quota.",
    "system_busy": "Our services are experiencing high traffic. Please try again shortly.",
    "too_many_concurrent_requests": "You have reached the number of requests at once that your plan allows.",
}


class ElevenLabs:
    provider = PROVIDER

    def error(self, refusal: Refusal) -> Reply:
        headers = {} if refusal.retry_after is None else {"Retry-After": f"{refusal.retry_after:g}"}
        request_id = secrets.token_hex(16)
        detail: Any = refusal.extra.get("detail")
        if detail is None:
            detail = {
                "type": KINDS.get(refusal.status, KINDS[500])[0],
                "code": refusal.code,
                "message": refusal.message,
                "status": refusal.code,
                "request_id": request_id,
                "param": refusal.param,
            }
        return json_reply({"detail": detail}, refusal.status, {"request-id": request_id, **headers})

    def busy(self, operation: str, limit: int) -> Refusal:
        message = f"You may have {limit} requests at once and have reached that."
        return Refusal(429, "too_many_concurrent_requests", message)

    def fault(self, rule: Rule) -> Refusal:
        status = rule.status or 500
        _, code, message = KINDS.get(status, KINDS[500])
        code = rule.code or code
        message = rule.message or (_MESSAGES.get(code, message) if rule.code else message)
        return Refusal(status, code, message, retry_after=rule.retry_after)


def authenticate(hub: Hub, request: Request) -> None:
    if not hub.settings.accepts(PROVIDER, request.headers.get("xi-api-key", "")):
        raise Refusal(401, "invalid_api_key", "Invalid API key")


def invalid(error: ValidationError, where: str = "body") -> Refusal:
    """What is wrong with a body or query, as FastAPI says it: a list."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    detail = [{"type": e["type"], "loc": [where, *e["loc"]], "msg": e["msg"]} for e in found]
    return Refusal(422, "invalid_parameters", "The request is not valid.", extra={"detail": detail})


def no_query(request: Request, *names: str) -> None:
    """Refusal 422 for query parameters other than ``names``."""
    unknown = sorted(set(request.query_params) - set(names))
    if unknown:
        detail = [{"type": "extra_forbidden", "loc": ["query", unknown[0]], "msg": "Extra inputs are not permitted"}]
        raise Refusal(422, "invalid_parameters", "The request is not valid.", extra={"detail": detail})
