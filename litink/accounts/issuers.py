"""A trusted outside issuer of tokens (OpenID Connect, Supabase): its public keys, and what its tokens say."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from litink.accounts.access_tokens import Invalid
from litink.errors import TransientFailure

# Public keys only: a key that is known to all must never be taken for a shared secret (RFC 8725, 2.1).
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_FRESH_SECONDS = 300.0  # keys are fetched anew after so long,
_PAUSE_SECONDS = 30.0  # and for a key that is not known, but not more often than this
_MOST_BYTES = 256 * 1024


@dataclass(frozen=True)
class Outsider:
    """A person as the issuer knows them. ``email`` only where the issuer says that it was verified."""

    name: str
    email: str | None
    verified: bool


class Issuer:
    """One an installation, for as long as the process lives: it remembers the keys."""

    def __init__(self, issuer: str, jwks_url: str, audience: str) -> None:
        self.issuer = issuer
        self._url, self._audience = jwks_url, audience
        self._lock = threading.Lock()
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fetched = float("-inf")

    def read(self, token: str) -> Outsider:
        """Raises Invalid; TransientFailure("issuer-away") when its keys cannot be had."""
        try:
            header = jwt.get_unverified_header(token)
            key = self._key(str(header.get("kid", "")))
            if key is None or header.get("alg") not in _ALGORITHMS:
                raise Invalid("no key of the issuer's")
            claims = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._audience,
                issuer=self.issuer,
                leeway=30,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise Invalid(str(error)) from None
        return self._outsider(claims)

    def _outsider(self, claims: Mapping[str, Any]) -> Outsider:
        verified = claims.get("email_verified") is not False
        email = claims.get("email")
        sure = claims.get("email_verified") is True and isinstance(email, str)
        return Outsider(f"{self.issuer}|{claims['sub']}", email if sure else None, verified)

    def _key(self, kid: str) -> jwt.PyJWK | None:
        with self._lock:
            age = time.monotonic() - self._fetched
            if age > _FRESH_SECONDS or (kid not in self._keys and age > _PAUSE_SECONDS):
                self._fetch()
            return self._keys.get(kid)

    def _fetch(self) -> None:
        """Keys that were known stay when the issuer does not answer."""
        self._fetched = time.monotonic()
        try:
            answer = httpx.get(self._url, timeout=5, follow_redirects=False)
            answer.raise_for_status()
            if len(answer.content) > _MOST_BYTES:
                raise ValueError
            found = jwt.PyJWKSet.from_dict(answer.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, jwt.PyJWTError):
            if not self._keys:
                raise TransientFailure("issuer-away", "The issuer of tokens does not tell its keys now.") from None
            return
        self._keys = {key.key_id: key for key in found.keys if key.key_id and key.public_key_use in (None, "sig")}
