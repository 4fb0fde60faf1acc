"""A generation: what OpenRouter remembers of a call, its usage and headers; and the cache of repeats."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from emulator.core.calls import Refusal
from emulator.core.faults import Met
from emulator.core.hub import Hub
from emulator.core.money import FREE, Charge
from emulator.openrouter.models import Model

CACHE_SECONDS = 300


# OpenRouter bills nothing for an answer that ends in an error (its zero completion insurance).
_INSURED = frozenset({"error_200", "finish_error"})


@dataclass
class Generation:
    """One call with its cost. ``cached``: answered from the cache, for nothing. ``insured``: ended in an error."""

    id: str
    model: Model
    tokens_in: int
    tokens_out: int
    streamed: bool
    cached: bool
    headers: dict[str, str]
    insured: bool = False

    def meets(self, met: Met) -> None:
        """Nothing is billed for an error, unless its rule says ``after_bill`` in so many words."""
        rule = met.answer.rule if met.answer else None
        self.insured = rule is not None and rule.kind in _INSURED and rule.when != "after_bill"

    @property
    def charge(self) -> Charge:
        if self.cached:
            return Charge({}, FREE.amount_usd, "cached")
        units = {"tokens_in": self.tokens_in, "tokens_out": self.tokens_out}
        if self.insured:
            return Charge(units, FREE.amount_usd, "insured")
        return Charge(units, self.model.price(self.tokens_in, self.tokens_out))

    def usage(self) -> dict[str, Any]:
        tokens_in, tokens_out = (0, 0) if self.cached or self.insured else (self.tokens_in, self.tokens_out)
        cost_in, cost_out = self.model.cost(tokens_in, tokens_out)
        return {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
            "cost": float(self.charge.amount_usd),
            "is_byok": False,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "cost_details": {
                "upstream_inference_cost": None,
                "upstream_inference_prompt_cost": float(cost_in),
                "upstream_inference_completions_cost": float(cost_out),
            },
            "completion_tokens_details": {"reasoning_tokens": 0},
        }

    def remember(self, hub: Hub, finish_reason: str, api_type: str, content: dict[str, Any] | None = None) -> None:
        """Write it down for GET /generation; its ``content`` too, where the account keeps that."""
        if content is not None and hub.settings.keep_content:
            hub.state.put("content", self.id, content)
        cost = float(self.charge.amount_usd)
        hub.state.put(
            "generation",
            self.id,
            {
                "id": self.id,
                "upstream_id": None,
                "total_cost": cost,
                "usage": cost,
                "cache_discount": None,
                "upstream_inference_cost": None,
                "created_at": datetime.fromtimestamp(hub.state.now(), UTC).isoformat(),
                "model": self.model.id,
                "app_id": None,
                "streamed": self.streamed,
                "cancelled": False,
                "provider_name": self.model.provider,
                "latency": 0,
                "moderation_latency": None,
                "generation_time": round(hub.settings.seconds(api_type) * 1000),
                "finish_reason": "error" if self.insured else finish_reason,
                "native_finish_reason": "error" if self.insured else finish_reason,
                "tokens_prompt": self.tokens_in,
                "tokens_completion": 0 if self.insured else self.tokens_out,
                "native_tokens_prompt": self.tokens_in,
                "native_tokens_completion": 0 if self.insured else self.tokens_out,
                "native_tokens_reasoning": 0,
                "native_tokens_cached": 0,
                "num_search_results": None,
                "origin": "",
                "is_byok": False,
                "api_type": "completions" if api_type == "chat" else "embeddings",
            },
        )


def new_id() -> str:
    return f"gen-{secrets.token_hex(12)}"


def check_credit(hub: Hub) -> None:
    """Refusal 402 when the key has spent what it may."""
    if spent(hub) >= hub.settings.credit_limit_usd:
        raise Refusal(402, "insufficient_credits", "Insufficient credits. This key has reached its limit.")


def spent(hub: Hub) -> float:
    """USD on this provider's bill."""
    rows = hub.state.rows("SELECT total(amount_usd) AS usd FROM bill WHERE provider = 'openrouter'")
    return round(float(rows[0]["usd"]), 8)


class Cached:
    """One request that asks for OpenRouter's cache: a byte-identical repeat is free for CACHE_SECONDS.

    ``hit`` is known once :meth:`look` returned. The answer itself is made anew: the same request, the same content.
    """

    def __init__(self, hub: Hub, request: Request, body: bytes, key: str) -> None:
        self._hub = hub
        self.asked = request.headers.get("x-openrouter-cache", "").lower() == "true"
        whole = f"{request.url.path}\n{hashlib.sha256(key.encode()).hexdigest()}\n".encode() + body
        self._name = hashlib.sha256(whole).hexdigest()
        self._seconds = _lifetime(request.headers.get("x-openrouter-cache-ttl"))
        self.hit = False
        self.good = False
        self._cooking: asyncio.Event | None = None

    async def look(self) -> None:
        """Find out whether it is known, waiting for the first call of this request when one is under way."""
        if not self.asked:
            return
        while self._hub.settings.cache_waits and (first := self._hub.cooking.get(self._name)):
            await first.wait()
        entry = self._hub.state.get("cache", self._name)
        self.hit = entry is not None and entry["until"] > self._hub.state.now()

    def begin(self) -> None:
        """The call is under way. Nothing may be awaited between the end of :meth:`look` and this."""
        if self.asked and not self.hit and self._name not in self._hub.cooking:
            self._cooking = self._hub.cooking[self._name] = asyncio.Event()

    def end(self) -> None:
        """The call is over; repeats are free from now on if it was answered well (``good``). May be called again."""
        if self.good and self.asked and not self.hit:
            self._hub.state.put("cache", self._name, {"until": self._hub.state.now() + self._seconds})
        self.good = False
        if self._cooking is not None:
            del self._hub.cooking[self._name]
            self._cooking.set()
            self._cooking = None

    def headers(self) -> dict[str, str]:
        if not self.asked:
            return {}
        return {
            "X-OpenRouter-Cache-Status": "HIT" if self.hit else "MISS",
            "X-OpenRouter-Cache-TTL": str(self._seconds),
        }


def _lifetime(header: str | None) -> int:
    if header is None:
        return CACHE_SECONDS
    if not header.isdigit() or not 1 <= int(header) <= 86_400:
        raise Refusal(400, "bad_request", "X-OpenRouter-Cache-TTL must be 1 to 86400 seconds.")
    return int(header)
