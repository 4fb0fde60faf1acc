"""A browser's session in cookies: never seen by scripts, never sent from another site's page."""

from __future__ import annotations

from fastapi import Request, Response

from api.backend import ACCESS_COOKIE
from api.links import API
from litink.accounts import access_tokens, sessions
from litink.accounts.entrance import Admitted
from litink.settings import Settings

REFRESH_COOKIE = "litink_refresh"
_REFRESH_PATH = f"{API}/auth"  # it goes nowhere else


def put(request: Request, response: Response, settings: Settings, admitted: Admitted) -> None:
    secure = _secure(request, settings)
    access, refresh = int(access_tokens.LIVES.total_seconds()), int(sessions.LIVES.total_seconds())
    for name, value, path, age in (
        (ACCESS_COOKIE, admitted.access, "/", access),
        (REFRESH_COOKIE, admitted.refresh, _REFRESH_PATH, refresh),
    ):
        response.set_cookie(name, value, max_age=age, path=path, secure=secure, httponly=True, samesite="strict")


def clear(request: Request, response: Response, settings: Settings) -> None:
    secure = _secure(request, settings)
    for name, path in ((ACCESS_COOKIE, "/"), (REFRESH_COOKIE, _REFRESH_PATH)):
        response.delete_cookie(name, path=path, secure=secure, httponly=True, samesite="strict")


def _secure(request: Request, settings: Settings) -> bool:
    """Only over TLS, unless the installation is tried on a machine of one's own."""
    return request.url.scheme == "https" or (settings.public_url or "").startswith("https://")
