"""What OpenRouter answers with status 200, read and weighed: an answer, or one that is billed and useless."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from litink.providers.exchange import House
from litink.providers.wire import Answer, Request, WrongAnswer


@dataclass(frozen=True)
class Usage:
    """What a call was billed by. ``cost_usd`` is as on the wire, without a float in between; None where unsaid."""

    units: Mapping[str, float]
    cost_usd: Decimal | None


def read(house: House, request: Request, body: bytes, reference: str) -> Answer:
    """The answer in a body; raises WrongAnswer as :func:`understood` does."""
    try:
        # OpenRouter sends blank lines ahead of the JSON while it waits for the model.
        content = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise WrongAnswer(
            "answer-not-json", f"{house.name} sent something other than JSON.", reference=reference
        ) from None
    if not isinstance(content, dict):
        raise WrongAnswer("answer-not-json", f"{house.name} sent JSON of another shape.", reference=reference)
    return understood(house, request, content, reference)


def understood(house: House, request: Request, content: Mapping[str, Any], reference: str) -> Answer:
    """The answer in what was sent; raises WrongAnswer with what it cost, as far as it says."""
    usage = usage_of(content.get("usage"))
    reference = reference or _text(content.get("id"))

    def wrong(code: str, message: str) -> WrongAnswer:
        return WrongAnswer(code, message, units=usage.units, cost_usd=usage.cost_usd, reference=reference)

    error = content.get("error")
    if error:
        said = error.get("message") if isinstance(error, dict) else error
        raise wrong("answer-failed", f"{house.name} failed while answering: {house.clean(said)}")
    if request.operation == "embedding":
        vectors = _vectors(content.get("data"), _inputs(request))
        if vectors is None:
            raise wrong("answer-incomplete", f"{house.name} did not send one vector of one length for every text.")
        return Answer(
            data=vectors.astype("<f4").tobytes(),
            media_type="application/octet-stream",
            units=usage.units,
            cost_usd=usage.cost_usd,
            reference=reference,
            meta={"vectors": vectors.shape[0], "dimensions": vectors.shape[1], "model": _text(content.get("model"))},
        )
    return _chat(house, request, content, usage, reference)


def usage_of(usage: object) -> Usage:
    """Tokens and cost of ``usage``. With a key of one's own at the maker (BYOK), what the maker takes is cost too."""
    if not isinstance(usage, dict):
        return Usage({}, None)
    units = {
        name: float(usage[field])
        for name, field in (("tokens_in", "prompt_tokens"), ("tokens_out", "completion_tokens"))
        if isinstance(usage.get(field), int) and usage[field] >= 0
    }
    cost = money(usage.get("cost"))
    details = usage.get("cost_details")
    if cost is not None and usage.get("is_byok") and isinstance(details, dict):
        cost += money(details.get("upstream_inference_cost")) or 0
    return Usage(units, cost)


def money(value: object) -> Decimal | None:
    """A number of the wire as USD, None for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    amount = Decimal(value)
    return amount if amount.is_finite() and amount >= 0 else None


def text_answer(request: Request, text: str, usage: Usage, reference: str, meta: Mapping[str, Any]) -> Answer:
    """A chat's answer; whether it holds to the form that was asked for is for the caller to check. Raises WrongAnswer
    for none at all."""
    if not text.strip():
        raise WrongAnswer(
            "answer-empty",
            "The model answered with nothing.",
            units=usage.units,
            cost_usd=usage.cost_usd,
            reference=reference,
        )
    return Answer(
        data=text.encode("utf-8", "replace"),
        media_type="text/plain" if request.body.get("response_format") is None else "application/json",
        units=usage.units,
        cost_usd=usage.cost_usd,
        reference=reference,
        meta=meta,
    )


def _chat(house: House, request: Request, content: Mapping[str, Any], usage: Usage, reference: str) -> Answer:
    def wrong(code: str, message: str) -> WrongAnswer:
        return WrongAnswer(code, message, units=usage.units, cost_usd=usage.cost_usd, reference=reference)

    choices = content.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        raise wrong("answer-empty", f"{house.name} sent no answer in its answer.")
    reason = _text(choice.get("finish_reason"))
    if choice.get("error") or reason == "error":
        error = choice.get("error")
        said = error.get("message") if isinstance(error, dict) else error
        raise wrong("answer-failed", f"{house.name} failed while answering: {house.clean(said or 'no reason given')}")
    message = choice.get("message")
    if not isinstance(message, dict):
        raise wrong("answer-empty", f"{house.name} sent no message in its answer.")
    if message.get("refusal"):
        raise wrong("answer-refused", f"The model refused: {house.clean(message['refusal'])}")
    if reason == "length":
        raise wrong("answer-cut-short", "The model used up all tokens of its answer before it came to an end.")
    if reason != "stop":
        raise wrong("answer-unfinished", f"The model ended for another reason than being done ({house.clean(reason)}).")
    text = message.get("content")
    meta = {"finish_reason": reason, "model": _text(content.get("model")), "provider": _text(content.get("provider"))}
    return text_answer(request, text if isinstance(text, str) else "", usage, reference, meta)


def _inputs(request: Request) -> int:
    texts = request.body.get("input")
    return len(texts) if isinstance(texts, (list, tuple)) else 1


def _vectors(data: object, count: int) -> npt.NDArray[np.float32] | None:
    """Shape (count, n), in the order of the texts; None when it is not exactly that."""
    if not isinstance(data, list) or len(data) != count:
        return None
    rows: dict[int, npt.NDArray[np.float32]] = {}
    for entry in data:
        row = _vector(entry.get("embedding")) if isinstance(entry, dict) else None
        index = entry.get("index") if isinstance(entry, dict) else None
        if row is None or not isinstance(index, int):
            return None
        rows[index] = row
    if set(rows) != set(range(count)) or len({row.size for row in rows.values()}) != 1:
        return None
    return np.stack([rows[index] for index in range(count)])


def _vector(value: object) -> npt.NDArray[np.float32] | None:
    """Base64 of little-endian float32, or a list of numbers: OpenRouter passes on what the maker sends."""
    try:
        if isinstance(value, str):
            row = np.frombuffer(base64.b64decode(value, validate=True), dtype="<f4").astype(np.float32)
        elif isinstance(value, list):
            row = np.array([float(number) for number in value], dtype=np.float32)
        else:
            return None
    except (binascii.Error, ValueError, TypeError):
        return None
    return row if row.size and bool(np.isfinite(row).all()) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
