"""The line to ElevenLabs through its SDK, and what its errors mean. What is asked for is known to those who ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.core.request_options import RequestOptions
from pydantic import SecretStr

from litink.providers.exchange import House, Line, converse, turned_away
from litink.providers.wire import AnswerLost, NotTaken, WrongAnswer

_T = TypeVar("_T")
ONCE: RequestOptions = {"max_retries": 0}  # the SDK tries again by itself otherwise, and pays again


@dataclass(frozen=True)
class ElevenLine:
    """Asks ElevenLabs: one exchange a call."""

    house: House
    url: str

    @classmethod
    def to(cls, key: SecretStr, url: str) -> ElevenLine:
        return cls(House("ElevenLabs", "LITINK_ELEVENLABS", key, "request-id"), url)

    def ask(self, seconds: float, say: Callable[[AsyncElevenLabs, Line], Awaitable[_T]]) -> _T:
        """What ``say`` returns. Raises NotTaken, AnswerLost, or WrongAnswer for a 200 that is not what the SDK expects
        (its units are {"credits": …} where the headers tell)."""

        async def spoken(client: httpx.AsyncClient, line: Line) -> _T:
            sdk = AsyncElevenLabs(
                base_url=self.url,
                api_key=self.house.key.get_secret_value(),
                httpx_client=client,
                timeout=seconds,
            )
            try:
                return await say(sdk, line)
            except ApiError as error:  # its own text holds headers and the whole body: never shown
                raise self._meaning(error, line) from None
            except (AttributeError, TypeError, ValueError):
                if line.status is None or not 200 <= line.status < 300:
                    raise  # a mistake of ours
                raise _odd(line, f"{self.house.name} sent JSON of another shape.") from None

        return converse(self.house, seconds, spoken)

    def _meaning(self, error: ApiError, line: Line) -> NotTaken | AnswerLost | WrongAnswer:
        status = error.status_code or 0
        if 200 <= status < 300:
            return _odd(line, f"{self.house.name} sent something other than JSON.")
        code, message = _code_and_message(error.body)
        if code == "quota_exceeded":  # with 401, which is else about the key
            status = 402
        elif status == 429 and code == "system_busy":  # not our number of calls: everybody's
            status = 503
        meaning = turned_away(self.house, status, message, line=line, shaped=bool(code or message))
        if isinstance(meaning, AnswerLost):
            meaning.reference = ""  # an error's id is in no history; what was spoken all the same is found by its text
        return meaning


def credits_of(headers: Mapping[str, str]) -> float | None:
    """What a call cost, in ElevenLabs' credits; None where it is not said."""
    try:
        credits = float(headers.get("character-cost", ""))
    except ValueError:
        return None
    return credits if 0 <= credits < 1e9 else None


def _odd(line: Line, message: str) -> WrongAnswer:
    credits = credits_of(line.headers)
    return WrongAnswer(
        "answer-not-understood",
        message,
        units={} if credits is None else {"credits": credits},
        reference=line.headers.get("request-id", ""),
    )


def _code_and_message(body: object) -> tuple[str, str]:
    """From ``{"detail": {type, code, message, status}}``, its older form without a code, or a list (422)."""
    detail: Any = body.get("detail") if isinstance(body, dict) else None
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        where = ".".join(str(part) for part in detail[0].get("loc", ()))
        return "validation", f"{where}: {detail[0].get('msg', '')}"
    if isinstance(detail, dict):
        return str(detail.get("code") or detail.get("status") or ""), str(detail.get("message") or "")
    return "", detail if isinstance(detail, str) else ""
