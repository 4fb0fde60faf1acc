"""Names by which the service may be called, and other sites that may call it. Knows no route.

A page of somebody else's whose name is made to lead here (DNS rebinding) passes for one of ours by every check of
origins; it still says its own name as the host. Addresses in numbers cannot be made to lead elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from litink.settings import Settings


@dataclass(frozen=True)
class Hosts:
    names: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Hosts:
        public = urlsplit(settings.public_url or "").hostname
        named = {name.lower() for name in (*settings.allowed_hosts, settings.host, public) if name}
        return cls(frozenset({"localhost", *named}))

    def take(self, host: str | None) -> bool:
        """Whether a request with this Host header is for us."""
        try:
            name = urlsplit(f"//{host or ''}").hostname or ""
        except ValueError:
            return False
        if name in self.names or name.endswith(".localhost"):
            return True
        try:
            return bool(ip_address(name))
        except ValueError:
            return False


def cross_origin(origins: Sequence[str]) -> dict[str, Any]:
    """What pages of these sites may do: call with tokens of their own. Cookies never go along."""
    return {
        "allow_origins": list(origins),
        "allow_methods": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        "allow_headers": [
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "Last-Event-ID",
            "X-Request-ID",
        ],
        "expose_headers": ["ETag", "Retry-After", "Content-Range", "Idempotency-Replayed", "X-Request-ID"],
        "max_age": 600,
    }
