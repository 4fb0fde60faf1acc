"""One exchange with a paid provider: a connection of its own, a deadline for the whole, and what the network did, in
terms of money. What a provider's answer means is known in its own package.

Every exchange opens a new connection: a request on a kept one may meet a server that is just closing it, and then
nobody knows whether it was taken. Redirects are not followed: the key goes where the settings say and nowhere else.
Proxies and certificates of the environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE) hold, as for any program.
"""

from __future__ import annotations

import asyncio
import email.utils
import re
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from litink.aside import finished
from litink.providers.wire import AnswerLost, NotTaken, WrongAnswer

CONNECT_SECONDS = 10.0
MESSAGE_CHARACTERS = 300  # at most, of what a provider says
ANSWER_BYTES = 64 * 1024 * 1024  # at most, of an answer that is held in memory
_KEY_WINDOW = 8  # so many characters in a row of a key give it away

_T = TypeVar("_T")


@dataclass(frozen=True)
class House:
    """A provider as its messages name it. The key appears nowhere but in requests."""

    name: str  # for people: "OpenRouter"
    setting: str  # what its settings begin with: "LITINK_OPENROUTER"
    key: SecretStr
    reference_header: str = ""  # the header that names a call

    def clean(self, text: object) -> str:
        """What a provider says, fit for a message: one line, cut, without anything of the key."""
        line = re.sub(r"[\s\x00-\x1f\x7f]+", " ", str(text or "")).strip()
        key = self.key.get_secret_value()
        width = min(_KEY_WINDOW, len(key))
        windows = {key[at : at + width] for at in range(len(key) - width + 1)} if width else set()
        hidden = [False] * len(line)
        for at in range(len(line) - width + 1):
            if line[at : at + width] in windows:
                hidden[at : at + width] = [True] * width
        shown = "".join("\0" if hides else letter for letter, hides in zip(line, hidden, strict=True))
        shown = re.sub("\0+", "[key]", shown)
        return shown if len(shown) <= MESSAGE_CHARACTERS else shown[: MESSAGE_CHARACTERS - 1] + "…"


class _TooLarge(Exception):
    """The answer is larger than anything that was asked for."""


@dataclass
class Line:
    """What was seen of an exchange, also when it broke off."""

    limit: int
    sent: bool = False  # the first byte of the request may have left
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    async def on_request(self, request: httpx.Request) -> None:
        request.extensions["trace"] = self._trace

    async def on_response(self, response: httpx.Response) -> None:
        self.status, self.headers = response.status_code, response.headers
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Limited(response.stream, self.limit)

    async def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        # A proxy's CONNECT is not yet the request.
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sent = True


class _Limited(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, limit: int) -> None:
        self._stream, self._left = stream, limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._left -= len(chunk)
            if self._left < 0:
                raise _TooLarge
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


def converse(
    house: House,
    seconds: float,
    say: Callable[[httpx.AsyncClient, Line], Awaitable[_T]],
    *,
    limit: int = ANSWER_BYTES,
) -> _T:
    """Runs ``say`` with a client of its own and returns what it returned; the whole lasts at most ``seconds``.

    Raises NotTaken where the request surely did not get out or its status says that it was turned away, AnswerLost
    where it may have got out and no whole answer came, WrongAnswer for an answer above ``limit`` bytes. Errors that
    ``say`` raises itself pass through.
    """
    line = Line(limit)

    async def bounded() -> _T:
        client = httpx.AsyncClient(
            verify=_certificates(),
            timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)),
            follow_redirects=False,
            event_hooks={"request": [line.on_request], "response": [line.on_response]},
        )
        async with asyncio.timeout(seconds), client:
            return await say(client, line)

    try:
        return finished(bounded())
    except _TooLarge:
        raise WrongAnswer(
            "answer-too-large",
            f"{house.name} sent more than {limit // 2**20} MB.",
            reference=_reference(house, line),
        ) from None
    except httpx.LocalProtocolError:
        raise NotTaken(
            "request-invalid",
            f"The request to {house.name} cannot be sent. Check {house.setting}_API_KEY: it may hold a line break.",
            retryable=False,
        ) from None
    except (TimeoutError, httpx.RequestError, httpx.StreamError, ssl.SSLError, OSError) as error:
        if not line.sent:
            raise NotTaken(
                "provider-unreachable",
                f"{house.name} cannot be reached ({type(error).__name__}). "
                f"Check the network and {house.setting}_URL; it is tried again.",
                retryable=True,
            ) from None
        if line.status is not None and 400 <= line.status < 500:
            raise turned_away(house, line.status, line=line) from None
        what = f"within {seconds:g} s" if isinstance(error, (TimeoutError, httpx.TimeoutException)) else "whole"
        raise AnswerLost(
            "answer-lost", f"{house.name} was asked and did not answer {what}.", _reference(house, line)
        ) from None


def turned_away(
    house: House,
    status: int,
    message: str = "",
    *,
    line: Line,
    shaped: bool = False,
    retryable: bool | None = None,
    retry_after: float | None = None,
) -> NotTaken | AnswerLost:
    """What an error status means for money. ``shaped``: the body is an error as this provider writes them, so that it
    comes from the provider and not from something on the way; ``retryable`` where the provider said so.

    A status below 500 (but 408) is given before any work. 503 and 529 say that no work was begun, when it is the
    provider who says it. Of all others nobody knows.
    """
    said = f": {house.clean(message)}" if message else "."
    after = retry_after if retry_after is not None else seconds_to_wait(line.headers.get("retry-after"))

    def refused(code: str, sentence: str, again: bool, *, throttled: bool = False) -> NotTaken:
        return NotTaken(
            code,
            sentence,
            retryable=again if retryable is None else retryable,
            retry_after=after,
            throttled=throttled,
        )

    if status < 400:
        return refused(
            "wrong-address", f"{house.name} points elsewhere ({status}). Check {house.setting}_URL{said}", False
        )
    if status == 401:
        return refused(
            "provider-key-refused", f"{house.name} refuses the key. Put a valid {house.setting}_API_KEY{said}", False
        )
    if status == 402:
        return refused("provider-credit-used-up", f"{house.name} has no credit left. Add some there{said}", False)
    if status == 403:
        return refused("provider-forbids", f"{house.name} forbids this request (403){said}", False)
    if status == 429:
        return refused("provider-throttles", f"{house.name} is asked too often{said}", True, throttled=True)
    if status in (503, 529) and shaped:
        return refused("provider-busy", f"{house.name} has no free place now ({status}){said}", True)
    if status < 500 and status != 408:
        return refused("request-refused", f"{house.name} refuses the request ({status}){said}", False)
    return AnswerLost("answer-lost", f"{house.name} broke off ({status}){said}", _reference(house, line))


def seconds_to_wait(value: object) -> float | None:
    """Retry-After: seconds or a date (RFC 9110, section 10.2.3); never negative."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return max(0.0, float(value))
    if not isinstance(value, str):
        return None
    if re.fullmatch(r"\s*\d{1,9}(\.\d+)?\s*", value):
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def _reference(house: House, line: Line) -> str:
    return line.headers.get(house.reference_header, "") if house.reference_header else ""


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()
