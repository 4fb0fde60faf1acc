"""What is around every request: its id and origin, limits, HEAD, security headers, the last resort for errors.

No routes.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.hosts import Hosts
from api.problems import ApiProblem, document, from_http
from litink.accounts.acting import Actor, acting
from litink.accounts.lockout import network_of

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
_API_POLICY = "default-src 'none'; frame-ancestors 'none'"
_SEALS = [  # no route has these for itself
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),  # for what does not know frame-ancestors
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]

log = logging.getLogger(__name__)


class Envelope:
    """The outermost layer. Takes X-Request-ID from the client where it is well formed and always answers with one."""

    def __init__(self, app: ASGIApp, max_body_bytes: int, hosts: Hosts, origins: Sequence[str]) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes
        self.hosts = hosts
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        wished = headers.get("x-request-id", "")
        request_id = wished if _REQUEST_ID.fullmatch(wished) else uuid.uuid4().hex
        scope["litink.request_id"] = request_id
        acting.set(Actor(None, "anybody", request_id, network_of((scope.get("client") or ("",))[0])))
        started = False

        async def send_sealed(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _seal(MutableHeaders(scope=message), request_id)
            await send(message)

        async def answer(problem: ApiProblem) -> None:
            await document(problem, request_id)(scope, receive, send_sealed)

        refusal = self._refusal(scope, headers)
        if refusal:
            await answer(refusal)
            return
        try:
            await self.app(scope, _limited(receive, self.max_body_bytes), send_sealed)
        except Exception as error:
            log.error("%s %s failed (request %s)", scope["method"], scope["path"], request_id, exc_info=error)
            if not started:
                await answer(
                    ApiProblem(500, "internal", "Something went wrong here; the request id helps to find out what.")
                )

    def _refusal(self, scope: Scope, headers: Headers) -> ApiProblem | None:
        if not self.hosts.take(headers.get("host")):
            return ApiProblem(421, "unknown-host", "Nothing is served here by this name; see LITINK_ALLOWED_HOSTS.")
        if scope["method"] not in _SAFE and _foreign(headers) and headers.get("origin") not in self.origins:
            return ApiProblem(403, "foreign-origin", "Another site's page may not change anything here.")
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self.max_body_bytes:
            return from_http(HTTPException(413))
        return None


class HeadAsGet:
    """Answers HEAD with the headers of GET: FastAPI's GET routes refuse it. The GET is cut off before its body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        with anyio.CancelScope() as cut:

            async def send_start(message: Message) -> None:
                if message["type"] == "http.response.start":
                    await send(message)
                    await send({"type": "http.response.body", "body": b""})
                    cut.cancel()

            await self.app({**scope, "method": "GET"}, receive, send_start)


def _seal(headers: MutableHeaders, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    headers.raw.extend(_SEALS)
    headers.setdefault("Content-Security-Policy", _API_POLICY)
    headers.setdefault("Cache-Control", "no-store")


def _foreign(headers: Headers) -> bool:
    """Whether a browser sends this on behalf of another site, maybe with the cookies of somebody who is signed in."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _limited(receive: Receive, max_bytes: int) -> Receive:
    """Stops a body that turns out longer than allowed, whatever its header said."""
    seen = 0

    async def receive_limited() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > max_bytes:
                raise HTTPException(413)
        return message

    return receive_limited
