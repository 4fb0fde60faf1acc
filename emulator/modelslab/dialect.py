"""How ModelsLab speaks of errors: `{"status": "error", "message": …}`; its own refusals come with HTTP 200 or 4xx."""

from __future__ import annotations

from typing import Any, Literal

from emulator.core.calls import Refusal
from emulator.core.faults import Rule
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply

PROVIDER: Literal["modelslab"] = "modelslab"

MESSAGES = {
    401: "Invalid API Key",
    402: "You have run out of credits.",
    403: "This prompt was flagged by moderation.",
    404: "Not found.",
    429: "Rate limit exceeded.",
    500: "Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    524: "A timeout occurred",
}


class ModelsLab:
    provider = PROVIDER

    def error(self, refusal: Refusal) -> Reply:
        body: dict[str, Any] = {"status": "error", "message": refusal.message, **refusal.extra}
        if refusal.retry_after is not None:
            body["retry_after"] = refusal.retry_after
        return json_reply(body, refusal.status)

    def busy(self, operation: str, limit: int) -> Refusal:
        return Refusal(429, "", f"Rate limit exceeded. Maximum {limit} queued requests allowed.", retry_after=1)

    def fault(self, rule: Rule) -> Refusal:
        status = rule.status or 500
        message = rule.message or MESSAGES.get(status, "Something went wrong. Please try again.")
        return Refusal(status, rule.code or "", message, retry_after=rule.retry_after)


def authenticate(hub: Hub, body: dict[str, Any]) -> None:
    """Refusal 401 unless ``key`` in the body is good."""
    key = body.get("key")
    if not isinstance(key, str) or not hub.settings.accepts(PROVIDER, key):
        raise Refusal(401, "", MESSAGES[401])
