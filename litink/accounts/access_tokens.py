"""Access tokens: short signed claims (JWT, RFC 7519) that save a look at the session's secret. Knows no table."""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

import jwt

from litink.settings import Settings

LIVES = timedelta(minutes=15)
_ALGORITHM = "HS256"  # the one that is signed and the one that is taken (RFC 8725, 3.1)
_AUDIENCE = "litink-api"
_NEEDED = ["exp", "iat", "iss", "aud", "sub", "sid"]


class Invalid(Exception):
    """The token is none of ours, or not any more."""


@dataclass(frozen=True)
class Claims:
    person: UUID
    session: UUID


class AccessTokens:
    """Signs and reads them with a key made from the installation's secret."""

    def __init__(self, settings: Settings) -> None:
        secret = settings.secret_key.get_secret_value() if settings.secret_key else ""
        self._key = hmac.digest(secret.encode(), b"litink access tokens", hashlib.sha256)
        self.issuer = settings.public_url or "litink"
        # The same token comes with every request of its quarter of an hour; its signature is checked at the first.
        self._verified = lru_cache(maxsize=10_000)(self._verify)

    def sign(self, claims: Claims) -> str:
        now = int(time.time())
        return jwt.encode(
            {
                "iss": self.issuer,
                "aud": _AUDIENCE,
                "sub": str(claims.person),
                "sid": str(claims.session),
                "iat": now,
                "exp": now + int(LIVES.total_seconds()),
            },
            self._key,
            algorithm=_ALGORITHM,
        )

    def read(self, token: str) -> Claims:
        """Raises Invalid."""
        try:
            claims, ends = self._verified(token)
        except (jwt.PyJWTError, ValueError) as error:
            raise Invalid(str(error)) from None
        if ends <= time.time():
            raise Invalid("Signature has expired")
        return claims

    def _verify(self, token: str) -> tuple[Claims, float]:
        found = jwt.decode(
            token,
            self._key,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=self.issuer,
            options={"require": _NEEDED},
        )
        return Claims(UUID(found["sub"]), UUID(found["sid"])), found["exp"]
