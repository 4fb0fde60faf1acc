"""Content hashes and cache keys. Equal key means equal content: nothing is made or paid for twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel


def canonical(value: Any) -> bytes:
    """JSON with one spelling per value: sorted keys, no blanks, UTF-8. Raises TypeError for what JSON cannot hold."""
    return _ENCODER.encode(value).encode(errors="surrogatepass")


def _plain(odd: Any) -> Any:
    if isinstance(odd, BaseModel):
        return odd.model_dump(mode="json")
    if isinstance(odd, Mapping):
        return dict(odd)
    if isinstance(odd, tuple | set | frozenset):
        return sorted(odd) if isinstance(odd, set | frozenset) else list(odd)
    raise TypeError(f"{type(odd).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain)


def content_hash(value: Any) -> str:
    """SHA-256 of a value's canonical form, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def cache_key(asset: str, recipe: Mapping[str, Any], inputs: Mapping[str, str]) -> str:
    """The name of a result before it exists: what makes it (recipe) and what it is made from (inputs' hashes)."""
    return content_hash({"asset": asset, "recipe": recipe, "inputs": inputs})


def data_version(manifest: Iterable[tuple[str, str]]) -> str:
    """The version of an asset's content: a hash over its items' keys and content hashes, in any order."""
    lines = sorted(f"{key}\t{sha}" for key, sha in manifest)
    return hashlib.sha256("\n".join(lines).encode(errors="surrogatepass")).hexdigest()
