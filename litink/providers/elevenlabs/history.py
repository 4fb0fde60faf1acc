"""What an account has made, as ElevenLabs remembers it: finds the speech of a call whose answer was lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elevenlabs import SpeechHistoryItemResponse
from elevenlabs.client import AsyncElevenLabs

from litink.providers.elevenlabs.line import ONCE, ElevenLine
from litink.providers.elevenlabs.sound import alignment_of
from litink.providers.exchange import Line
from litink.providers.wire import AnswerLost, NotBilled, NotTaken, WrongAnswer

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

    def search(
        self, *, voice: str, model: str, text: str, reference: str, sent_at: datetime, now: datetime
    ) -> Remembered | NotBilled | None:
        """The call's speech. NotBilled when the history is kept and does not have it although it must by now; None
        when it cannot tell. Raises AnswerLost when it is too early to say, or ElevenLabs does not answer.

        Without ``reference`` it is the call of that voice, model and text nearest to ``sent_at``. Another call of the
        same voice, model and text at the same minute would have made the same speech.
        """
        sent = sent_at.timestamp()

        async def say(sdk: AsyncElevenLabs, line: Line) -> Remembered | NotBilled | None:
            item = await self._find(sdk, voice, model, text, reference, sent)
            if item is not None:
                return await self._remembered(sdk, item)
            if now.timestamp() - sent < SETTLED_SECONDS + SETTLED_SECONDS_A_CHARACTER * len(text):
                raise AnswerLost("not-on-record", "ElevenLabs has no record of the call yet.", reference)
            if reference:
                return None  # it was there when it answered: that it is not on record proves nothing
            anything = await sdk.history.list(page_size=1, request_options=ONCE)
            return NotBilled() if anything.history else None

        try:
            return self._line.ask(LOOK_SECONDS, say)
        except (NotTaken, WrongAnswer) as error:
            raise AnswerLost(error.code, error.message, reference) from None

    async def _find(
        self, sdk: AsyncElevenLabs, voice: str, model: str, text: str, reference: str, sent: float
    ) -> SpeechHistoryItemResponse | None:
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
            found += [item for item in page.history if _is(item, voice, model, text, reference)]
            after = page.last_history_item_id
            if not page.has_more or after is None:
                break
        return min(found, key=lambda item: abs(item.date_unix - sent)) if found else None

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


def _is(item: SpeechHistoryItemResponse, voice: str, model: str, text: str, reference: str) -> bool:
    if reference:
        return bool(item.request_id == reference)
    return bool((item.voice_id, item.model_id, item.text) == (voice, model, text))
