"""Values from outside, made fit for JSON columns: what a provider says must never keep its answer from being kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """The value as JSON that PostgreSQL takes: no NUL, no lone surrogates, no NaN or infinity, nothing unheard of."""
    match value:
        case None | bool() | int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case str():
            return value.replace("\x00", "").encode("utf-8", "replace").decode()
        case Mapping():
            return {plain(str(key)): plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
    return plain(str(value))
