"""Faults by rule: which calls they meet, and which fault a call gets. How a fault looks on the wire is `damage.py`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveInt, model_validator

from emulator.core.settings import Provider
from emulator.core.state import State

# What the answer suffers.
AnswerKind = Literal[
    "status",  # an error with `status`, in the provider's shape
    "delay",  # `seconds` more
    "hang",  # no answer until the caller goes away, or for `seconds`
    "cut",  # the connection is closed without an answer
    "truncate",  # closed in the middle of the body
    "html_200",  # a web page with status 200
    "bad_json",  # half of a JSON text
    "wrong_schema",  # valid JSON of another shape
    "cut_stream",  # a stream that ends early as if it were whole
    "error_200",  # an error with status 200; in a stream, an error in its middle
    "finish_error",  # an answer whose finish_reason is "error"
    "empty_output",  # nothing in it
    "processing",  # a job, however quick it would be
    "stuck_processing",  # a job that never ends
    "failed",  # a job that ends as failed
]
WebhookKind = Literal["webhook_drop", "webhook_double", "webhook_delay", "webhook_forge"]
Kind = AnswerKind | WebhookKind
WEBHOOKS: frozenset[str] = frozenset(get_args(WebhookKind))

# Without `when`: what turns a request away does so before it costs anything, what loses an answer does so after.
_BEFORE: frozenset[str] = frozenset({"status", "delay"})
_OF_WORK: frozenset[str] = WEBHOOKS | {"processing", "stuck_processing", "failed"}
STATUSES = (400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 502, 503, 504, 524, 529)


class Match(BaseModel):
    """All that is given must hold. ``nth`` counts the calls that the rest matches, from 1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provider: Provider | None = None
    operation: str | None = None
    model: str | None = None
    contains: str | None = Field(default=None, description="text in the body, as it was sent")
    nth: PositiveInt | list[PositiveInt] | None = None
    probability: float | None = Field(default=None, ge=0, le=1)


class Availability(BaseModel):
    """OpenRouter's word on whether to come again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    retryable: bool
    retry_after: NonNegativeFloat | None = None


class Rule(BaseModel):
    """A fault and the calls that it meets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: Match = Match()
    kind: Kind
    when: Literal["before_bill", "after_bill"] | None = None
    status: Annotated[int, Field(description="for kind status")] | None = None
    retry_after: NonNegativeFloat | None = None
    availability: Availability | None = None
    code: str | None = Field(default=None, description="the provider's own word for the error, such as quota_exceeded")
    message: str | None = None
    seconds: NonNegativeFloat | None = Field(default=None, description="for delay, hang and webhook_delay")
    times: PositiveInt | None = Field(default=None, description="how often it fires at most; always without it")
    seed: int = 0

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.kind == "status") != (self.status is not None):
            raise ValueError("status goes with kind status, and only with it")
        if self.status is not None and self.status not in STATUSES:
            raise ValueError(f"status must be one of {', '.join(map(str, STATUSES))}")
        if self.kind in {"delay", "webhook_delay"} and self.seconds is None:
            raise ValueError(f"{self.kind} needs seconds")
        if self.when == "before_bill" and self.kind in _OF_WORK:
            raise ValueError(f"{self.kind} concerns what was made, so it comes after the bill")
        return self

    @property
    def before_bill(self) -> bool:
        return (self.when == "before_bill") if self.when else self.kind in _BEFORE


@dataclass(frozen=True)
class Fault:
    """A rule that fired."""

    rule_id: int
    rule: Rule


@dataclass(frozen=True)
class Met:
    """The faults that one call meets: at most one for its answer, any number for its webhook."""

    answer: Fault | None = None
    webhooks: tuple[Fault, ...] = ()

    @property
    def label(self) -> str | None:
        kinds = [fault.rule.kind for fault in (self.answer, *self.webhooks) if fault is not None]
        return "+".join(kinds) or None


class Faults:
    """The rules and their counts, in the state, so that `times` and `nth` hold over restarts."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, rule: Rule) -> int:
        return self._state.insert("rules", body=rule.model_dump_json(exclude_none=True))

    def remove(self, rule_id: int) -> bool:
        return self._state.execute("DELETE FROM rules WHERE id = ?", rule_id) > 0

    def clear(self) -> None:
        with self._state.transaction():
            self._state.execute("DELETE FROM rules")
            self._state.execute("DELETE FROM sightings")

    def listed(self) -> list[dict[str, Any]]:
        """Every rule with how many calls it matched and how often it fired."""
        rows = self._state.rows("SELECT * FROM rules ORDER BY id")
        return [
            {"id": row["id"], **json.loads(row["body"]), "matched": row["matched"], "fired": row["fired"]}
            for row in rows
        ]

    def meet(self, *, provider: str, operation: str, model: str, text: str, fingerprint: str) -> Met:
        """The faults for this call. Each rule that matches counts it; the first that fires decides the answer.

        Chance is drawn from the rule's seed, the request and how often this rule saw it: the same requests meet the
        same faults in whatever order they come.
        """
        answer: Fault | None = None
        webhooks: list[Fault] = []
        with self._state.transaction():
            for row in self._state.rows("SELECT * FROM rules ORDER BY id"):
                rule = Rule.model_validate_json(row["body"])
                if rule.times is not None and row["fired"] >= rule.times:
                    continue
                if not _matches(rule.match, provider, operation, model, text):
                    continue
                matched = row["matched"] + 1
                self._state.execute("UPDATE rules SET matched = ? WHERE id = ?", matched, row["id"])
                taken = answer is not None and rule.kind not in WEBHOOKS
                if taken or not self._fires(rule, row["id"], matched, fingerprint):
                    continue
                self._state.execute("UPDATE rules SET fired = fired + 1 WHERE id = ?", row["id"])
                fault = Fault(row["id"], rule)
                if rule.kind in WEBHOOKS:
                    webhooks.append(fault)
                else:
                    answer = fault
        return Met(answer, tuple(webhooks))

    def _fires(self, rule: Rule, rule_id: int, matched: int, fingerprint: str) -> bool:
        nth = rule.match.nth
        if nth is not None and matched not in (nth if isinstance(nth, Sequence) else (nth,)):
            return False
        if rule.match.probability is None:
            return True
        self._state.execute(
            "INSERT INTO sightings VALUES (?, ?, 1) ON CONFLICT (rule, fingerprint) DO UPDATE SET seen = seen + 1",
            rule_id,
            fingerprint,
        )
        seen = self._state.rows("SELECT seen FROM sightings WHERE rule = ? AND fingerprint = ?", rule_id, fingerprint)
        drawn = hashlib.sha256(f"{rule.model_dump_json()} {fingerprint} {seen[0]['seen']}".encode()).digest()
        return int.from_bytes(drawn[:8]) / 2**64 < rule.match.probability


def _matches(match: Match, provider: str, operation: str, model: str, text: str) -> bool:
    return (
        match.provider in (None, provider)
        and match.operation in (None, operation)
        and match.model in (None, model)
        and (match.contains is None or match.contains in text)
    )
