"""POST /embeddings: vectors of hashed words, so that texts that share words are near."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from emulator.core.calls import Endpoint, Order, Refusal
from emulator.core.faults import Met
from emulator.core.fingerprint import fingerprint
from emulator.core.hub import Hub
from emulator.core.money import Charge
from emulator.core.replies import Reply, json_reply
from emulator.core.words import tokens
from emulator.openrouter.dialect import PROVIDER, authenticate, error_body, invalid
from emulator.openrouter.generations import Cached, Generation, check_credit, new_id
from emulator.openrouter.models import Routing, chosen

_WORD = re.compile(r"\w+")
_PLACES = 8  # of a vector that one word touches


class Embed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    model: str
    input: str | list[str] | list[int] | list[list[int]]
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(default=None, ge=1)
    user: str | None = None
    provider: Routing = Routing()

    @property
    def texts(self) -> list[str]:
        if isinstance(self.input, str):
            return [self.input]
        if self.input and isinstance(self.input[0], int):
            return [_numbers(self.input)]
        return [text if isinstance(text, str) else _numbers(text) for text in self.input]


def _numbers(tokens_given: object) -> str:
    """A text that came as tokens: each is a word."""
    return " ".join(map(str, tokens_given)) if isinstance(tokens_given, list) else str(tokens_given)


def vector(text: str, dimensions: int) -> NDArray[np.float32]:
    """A unit vector: each word of ``text`` adds a few signed places of its own hash, little words less; common
    endings fall off."""
    found = np.zeros(dimensions, dtype=np.float32)
    for word in _WORD.findall(text.lower()):
        for number, weight in _marks(word):
            found[number % dimensions] += weight
    length = float(np.linalg.norm(found))
    if length == 0.0:
        found[0], length = 1.0, 1.0
    return found / np.float32(length)


@lru_cache(maxsize=50_000)
def _marks(word: str) -> tuple[tuple[int, float], ...]:
    """The places of a word in any vector, before they are brought into its size, and what they add."""
    stem = re.sub(r"(ing|ed|es|s)$", "", word) if len(word) > 4 else word
    weight = 1.0 if len(stem) > 3 else 0.25
    numbers = np.frombuffer(hashlib.shake_128(stem.encode()).digest(4 * _PLACES), dtype="<u4")
    return tuple((int(number >> 1), weight if number & 1 else -weight) for number in numbers)


async def _read(hub: Hub, request: Request, body: bytes) -> Order:
    key = authenticate(hub, request)
    try:
        asked = Embed.model_validate_json(body)
    except ValidationError as error:
        raise invalid(error) from None
    model = chosen(asked.model, embedding=True)
    asked.provider.refuse(model, ())
    texts = asked.texts
    if not texts or any(not text for text in texts):
        raise Refusal(400, "bad_request", "input: must not be empty")
    if len(texts) > 2_048:
        raise Refusal(400, "bad_request", "input: at most 2048 texts in one request")
    counts = [tokens(text) for text in texts]
    if max(counts) > model.context_length:
        message = f"This model's maximum context length is {model.context_length} tokens; you asked for {max(counts)}."
        raise Refusal(400, "bad_request", message)
    dimensions = asked.dimensions or model.dimensions or 0
    if dimensions != model.dimensions and (model.fixed_dimensions or dimensions > (model.dimensions or 0)):
        raise Refusal(400, "bad_request", f"{model.id} does not give {dimensions} dimensions")
    check_credit(hub)

    cached = Cached(hub, request, body, key)
    await cached.look()
    print_ = fingerprint(PROVIDER, "embedding", asked.model_dump(mode="json", exclude_unset=True))
    generation = Generation(new_id(), model, sum(counts), 0, False, cached.hit, cached.headers())

    def commit(met: Met) -> Charge:
        generation.meets(met)
        generation.remember(hub, "stop", "embedding")
        return generation.charge

    async def work(kind: str | None) -> Reply:
        cached.good = kind not in {"error_200", "empty_output", "wrong_schema"}
        if kind == "error_200":
            return json_reply(error_body(Refusal(502, "", "Provider returned error")))
        kept = texts[: len(texts) // 2] if kind == "wrong_schema" else [] if kind == "empty_output" else texts
        answer: dict[str, Any] = {
            "id": generation.id,
            "object": "list",
            "data": [
                {"object": "embedding", "index": index, "embedding": _coded(vector(text, dimensions), asked)}
                for index, text in enumerate(kept)
            ],
            "model": model.id,
            "provider": model.provider,
            "usage": generation.usage(),
        }
        return json_reply(answer, headers={"X-Generation-Id": generation.id, **generation.headers})

    cached.begin()
    return Order(
        model=model.id,
        fingerprint=print_,
        work=work,
        charge=generation.charge,
        commit=commit,
        reference=generation.id,
        seconds=0.0 if cached.hit else None,
        settled=cached.end,
    )


def _coded(found: NDArray[np.float32], asked: Embed) -> str | list[float]:
    if asked.encoding_format == "base64":
        return base64.b64encode(found.astype("<f4").tobytes()).decode()
    return [round(float(number), 8) for number in found]


ENDPOINT = Endpoint("embedding", _read, paid=True)
