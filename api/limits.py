"""Limits at the door: generations an hour, counted in the database; bursts, counted here. What they are is litink's.

Both are told in headers (draft-ietf-httpapi-ratelimit-headers): ``RateLimit-Policy``, ``RateLimit``. Only where many
people share an installation.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from math import ceil
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.backend import AnyBackend, Backend, Owner
from api.problems import ApiProblem, document, rate_headers
from litink.billing.limits import Standing, start_generation, take_back
from litink.library import repository

T = TypeVar("T")
_HEADERS = "litink.rate_limits"  # in the request's scope: headers that its answer will have
_MOST_CLIENTS = 50_000  # remembered at once; those longest unseen are forgotten first
_MINUTE = 60.0


class Meter:
    """Counts a request that starts generation, for the one who sent it."""

    def __init__(self, request: Request, backend: Backend, owner: UUID) -> None:
        self._request = request
        self._backend = backend
        self._owner = owner

    def counted(self, act: Callable[[], T]) -> T:
        """What ``act`` gives. One that fails does not count. Raises LimitReached("generations")."""
        if self._backend.settings.accounts == "single":
            return act()
        billing, engine = self._backend.billing, self._backend.operators_engine
        with engine.begin() as connection:
            tier = repository.tier_of(connection, self._owner)
            number, standing = start_generation(connection, self._owner, tier, billing.tariff, billing.clock())
        try:
            made = act()
        except BaseException:
            if number is not None:
                with engine.begin() as connection:
                    take_back(connection, number)
            raise
        self._request.scope[_HEADERS] = _told(standing)
        return made


def _meter(request: Request, backend: AnyBackend, owner: Owner) -> Meter:
    return Meter(request, backend, owner)


Metered = Annotated[Meter, Depends(_meter)]


def _told(standing: Standing) -> dict[str, str]:
    if standing.quota is None:
        return {}
    seconds = max(0, ceil((standing.frees_at - datetime.now(UTC)).total_seconds()))
    return rate_headers("generations", standing.quota, 3_600, standing.left, seconds)


class Bursts:
    """Answers 429 to a client, known by their address, who asks more often than ``per_minute``: a bucket that holds
    that many requests and fills again evenly (the generic cell rate algorithm, ITU-T I.371)."""

    def __init__(self, app: ASGIApp, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self.app = app
        self._most = per_minute
        self._apart = _MINUTE / per_minute  # seconds
        self._now = now
        self._full_at = OrderedDict[str, float]()  # when each client's bucket will be full again

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self.app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else ""
        wait, left = self._take(client)
        if wait > 0:
            seconds = ceil(wait)
            message = f"Too many requests at once: {self._most} a minute are answered. Try again in {seconds} s."
            headers = {**rate_headers("burst", self._most, 60, 0, seconds), "Retry-After": str(seconds)}
            problem = ApiProblem(429, "burst-limit", message, headers=headers)
            await document(problem, str(scope.get("litink.request_id", "")))(scope, receive, send)
            return

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = scope.get(_HEADERS) or rate_headers("burst", self._most, 60, left, ceil(self._apart))
                answer = MutableHeaders(scope=message)
                for name, value in headers.items():
                    answer.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_told)

    def _take(self, client: str) -> tuple[float, int]:
        """Seconds until there is room (0: now, and a request is taken), and how many requests there is room for."""
        now = self._now()
        full_at = max(self._full_at.pop(client, now), now)
        wait = full_at + self._apart - now - _MINUTE
        if wait <= 1e-9:
            full_at, wait = full_at + self._apart, 0.0
        self._full_at[client] = full_at
        if len(self._full_at) > _MOST_CLIENTS:
            self._full_at.popitem(last=False)
        return wait, int((_MINUTE - (full_at - now)) / self._apart + 1e-9)
