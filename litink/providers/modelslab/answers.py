"""What ModelsLab answers: a job under way, links to what it made, or one of its many ways to say no."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litink.providers.exchange import House, Line, turned_away
from litink.providers.wire import AnswerLost, Pending, WrongAnswer

_WORKING = frozenset({"processing", "queued", "pending"})
_FAILED = frozenset({"error", "failed"})

# Errors come with status 200 and no code: their words are all there is. Only these say that nothing was begun; any
# other counts as billed, for what is not surely free is not sent again.
_REFUSALS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (401, ("invalid api key", "invalid key", "api key is", "unauthorized", "unauthenticated")),
    (402, ("credit", "balance", "wallet", "subscription", "subscribe", "upgrade your plan", "payment")),
    (429, ("rate limit", "too many requests", "parallel", "queue limit", "concurren")),
    (400, ("required", "invalid model", "model not found", "must be", "not supported", "unsupported", "nsfw")),
)
_PASSING = ("try again", "went wrong", "server error", "timeout", "timed out")  # of asking, not of the job
_UNKNOWN = ("not found", "no such", "does not exist", "invalid id", "invalid request id")  # of a job that is fetched


@dataclass(frozen=True)
class Links:
    """Where a finished job's outputs lie, for a while; ``other`` are the same files elsewhere."""

    reference: str
    output: tuple[str, ...]
    other: tuple[str, ...]
    meta: Mapping[str, Any]


def read(house: House, line: Line, body: bytes, *, asked_for: str = "") -> Links | Pending:
    """What a response says; ``asked_for`` is the job's id where it was fetched, "" where it was sent.

    Raises NotTaken, AnswerLost or WrongAnswer, see :mod:`litink.providers.wire`.
    """
    content = _object(body)
    status = line.status or 0
    said = message_of(content)
    if status >= 300:
        shaped = "status" in content or bool(said)
        raise turned_away(house, status, said, line=line, shaped=shaped, retry_after=_seconds(content))
    state = str(content.get("status", "")).lower()
    reference = asked_for or _id(content.get("id")) or _id(content.get("request_id"))
    if state == "success":
        links = Links(
            reference, _urls(content.get("output")), _urls(content.get("proxy_links")), _dict(content.get("meta"))
        )
        if not links.output and not links.other:
            raise WrongAnswer("output-missing", f"{house.name} reports success without an output.", reference=reference)
        return links
    if state in _WORKING:
        if not reference:
            raise AnswerLost("answer-lost", f"{house.name} has taken a job and does not say which.")
        return Pending(reference, _seconds(content, "eta") or 2.0)
    if state in _FAILED:
        refusal = _refusal(content, said)
        if asked_for and any(phrase in said.lower() for phrase in _UNKNOWN):
            refusal = 404
        elif reference and (not asked_for or refusal == 400):
            refusal = None  # the job was begun, and failed
        if asked_for and state == "error" and any(phrase in said.lower() for phrase in _PASSING):
            raise AnswerLost("not-told", f"{house.name} did not say how a job stands: {house.clean(said)}", reference)
        if refusal is not None:
            raise turned_away(house, refusal, said, line=line, shaped=True, retry_after=_seconds(content))
        raise WrongAnswer(
            "answer-failed", f"{house.name} failed: {house.clean(said or 'no reason given')}", reference=reference
        )
    raise WrongAnswer(
        "answer-not-understood", f"{house.name} sent something that is no answer of its API.", reference=reference
    )


def message_of(content: Mapping[str, Any]) -> str:
    """Its error message: ``message``, ``messege`` or ``error``; validation errors are objects."""
    for field in ("message", "messege", "error"):
        value = content.get(field)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, (dict, list)) and value:
            return json.dumps(value, ensure_ascii=False)
    return ""


def _refusal(content: Mapping[str, Any], said: str) -> int | None:
    """The HTTP status that an error with status 200 should have had, if it turned the request away."""
    if isinstance(content.get("message"), dict):  # field -> what is wrong with it
        return 400
    words = said.lower()
    return next((status for status, phrases in _REFUSALS if any(phrase in words for phrase in phrases)), None)


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _id(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return ""
    text = str(value)
    return text if text.replace("-", "").replace("_", "").isalnum() and len(text) <= 100 else ""


def _urls(value: object) -> tuple[str, ...]:
    links = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(link for link in links if isinstance(link, str) and link.startswith(("http://", "https://")))


def _seconds(content: Mapping[str, Any], field: str = "retry_after") -> float | None:
    value = content.get(field)
    try:
        number = float(value) if isinstance(value, (int, float, str)) else -1.0
    except ValueError:
        return None
    return number if 0 <= number < 86_400 else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
