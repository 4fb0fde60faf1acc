"""What makes two requests the same request: a hash of everything that decides the answer, and of nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

# They differ between two sendings of one request: the key, where to say that it is done, and the caller's own number.
_LEFT_OUT = frozenset({"key", "webhook", "track_id"})


def fingerprint(provider: str, operation: str, body: Any, address: Mapping[str, str] | None = None) -> str:
    """SHA-256 (hex) of the canonical request; ``address`` is what stands in the route or the query."""
    if isinstance(body, Mapping):
        body = {name: value for name, value in body.items() if name not in _LEFT_OUT}
    whole = {"provider": provider, "operation": operation, "body": body, "address": dict(address or {})}
    canonical = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def without_key(body: Any) -> Any:
    """``body`` as it may be shown: without the key, and without files in base64."""
    if isinstance(body, Mapping):
        return {name: without_key(value) for name, value in body.items() if name != "key"}
    if isinstance(body, list):
        return [without_key(value) for value in body]
    if isinstance(body, str) and len(body) > 4_000:
        return f"{body[:200]}… ({len(body)} characters)"
    return body
