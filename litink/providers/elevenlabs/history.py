"""What an account has made, as ElevenLabs remembers it: finds the speech of a call whose answer was lost."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from elevenlabs import SpeechHistoryItemResponse
from elevenlabs.client import AsyncElevenLabs

from litink.providers.elevenlabs.line import ONCE, ElevenLine
from litink.providers.elevenlabs.sound import alignment_of
from litink.providers.exchange import Line
from litink.providers.wire import AnswerLost, NotBilled, NotTaken, Traces, WrongAnswer

_T = TypeVar("_T")
LOOK_SECONDS = 60.0
SKEW_SECONDS = 60.0  # their clock may differ from ours
WINDOW_SECONDS = 900.0  # what came later than this after sending is somebody else's
# A call that is not in the history so long after it was sent was not made: the time to speak its text, amply.
SETTLED_SECONDS = 30.0
SETTLED_SECONDS_A_CHARACTER = 0.02
_PAGE = 100
_PAGES = 10


@dataclass(frozen=True)
class Remembered:
    data: bytes
    output_format: str
    credits: float | None
    reference: str  # the id of the call
    alignment: dict[str, list[Any]] | None
    normalized_alignment: dict[str, list[Any]] | None


class History:
    def __init__(self, line: ElevenLine) -> None:
        self._line = line

    def recall(
        self, *, voice: str, model: str, text: str, reference: str, sent_at: datetime, now: datetime
    ) -> Remembered | None:
        """The speech of the call with this id; None when it is not on record, although it must be by now. Raises
        AnswerLost when it is too early to say, or ElevenLabs does not answer."""
        sent = sent_at.timestamp()

        async def say(sdk: AsyncElevenLabs, line: Line) -> Remembered | None:
            items = await self._listed(sdk, voice, model, sent)
            item = next((item for item in items if item.request_id == reference), None)
            if item is not None:
                return await self._remembered(sdk, item)
            if not _settled(text, sent, now):
                raise _too_early(reference)
            return None  # it was there when it answered: that it is not on record proves nothing

        return self._ask(say, reference)

    def trace(
        self, *, voice: str, model: str, text: str, sent_at: datetime, now: datetime
    ) -> Traces | NotBilled | None:
        """The calls of that voice, model and text around ``sent_at``: any of them may be another payment's. NotBilled
        when the history is kept and has none although it must by now; None when it cannot tell. Raises AnswerLost when
        it is too early to say, or ElevenLabs does not answer."""
        sent = sent_at.timestamp()

        async def say(sdk: AsyncElevenLabs, line: Line) -> Traces | NotBilled | None:
            listed = await self._listed(sdk, voice, model, sent)
            began = sent + _ahead(line.headers)
            found = sorted((item for item in listed if item.text == text), key=lambda item: abs(item.date_unix - began))
            settled = _settled(text, sent, now)
            if found:
                # Dates are whole seconds. What has no id cannot be asked for by it.
                likely = [item for item in found if item.request_id and item.date_unix + 1 > began]
                return Traces(
                    references=tuple(item.request_id for item in likely if item.request_id),
                    doubtful=tuple(item.request_id or "" for item in found if item not in likely),
                    otherwise=NotBilled() if settled else _too_early(""),
                    alike=lambda other: (
                        (other.address.get("voice_id"), other.model, other.body.get("text")) == (voice, model, text)
                    ),
                    seconds=WINDOW_SECONDS,
                )
            if not settled:
                raise _too_early("")
            anything = await sdk.history.list(page_size=1, request_options=ONCE)
            return NotBilled() if anything.history else None

        return self._ask(say, "")

    def _ask(self, say: Callable[[AsyncElevenLabs, Line], Awaitable[_T]], reference: str) -> _T:
        try:
            return self._line.ask(LOOK_SECONDS, say)
        except (NotTaken, WrongAnswer) as error:
            raise AnswerLost(error.code, error.message, reference) from None

    async def _listed(
        self, sdk: AsyncElevenLabs, voice: str, model: str, sent: float
    ) -> list[SpeechHistoryItemResponse]:
        """What that voice and model spoke around then."""
        found: list[SpeechHistoryItemResponse] = []
        after: str | None = None
        for _ in range(_PAGES):
            page = await sdk.history.list(
                page_size=_PAGE,
                start_after_history_item_id=after,
                voice_id=voice,
                model_id=model,
                date_after_unix=int(sent - SKEW_SECONDS),
                date_before_unix=int(sent + WINDOW_SECONDS),
                request_options=ONCE,
            )
            found += [item for item in page.history if (item.voice_id, item.model_id) == (voice, model)]
            after = page.last_history_item_id
            if not page.has_more or after is None:
                break
        return found

    async def _remembered(self, sdk: AsyncElevenLabs, item: SpeechHistoryItemResponse) -> Remembered:
        if item.alignments is None:  # lists may come without
            whole: SpeechHistoryItemResponse = await sdk.history.get(item.history_item_id, request_options=ONCE)
            item = whole
        data = b"".join([chunk async for chunk in sdk.history.get_audio(item.history_item_id, request_options=ONCE)])
        alignments = item.alignments
        credits = item.character_count_change_to - item.character_count_change_from
        return Remembered(
            data=data,
            output_format=item.output_format or "",
            credits=float(credits) if credits >= 0 else None,
            reference=item.request_id or "",
            alignment=alignment_of(getattr(alignments, "alignment", None)),
            normalized_alignment=alignment_of(getattr(alignments, "normalized_alignment", None)),
        )


def _settled(text: str, sent: float, now: datetime) -> bool:
    """Whether a call that was made must be on record by now."""
    return now.timestamp() - sent >= SETTLED_SECONDS + SETTLED_SECONDS_A_CHARACTER * len(text)


def _too_early(reference: str) -> AnswerLost:
    return AnswerLost("not-on-record", "ElevenLabs has no record of the call yet.", reference)


def _ahead(headers: Mapping[str, str]) -> float:
    """Seconds that their clock is ahead of ours, by the date of an answer that has just come; 0 where it has none."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp() - time.time()
    except ValueError:
        return 0.0
