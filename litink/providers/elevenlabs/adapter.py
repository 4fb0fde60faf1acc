"""ElevenLabs on its wire: speech with the time of every character, and looking up what a lost call made."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from elevenlabs import AudioWithTimestampsResponse
from elevenlabs.client import AsyncElevenLabs
from pydantic import SecretStr

from litink.providers.catalogue import Catalogue
from litink.providers.elevenlabs.history import History
from litink.providers.elevenlabs.line import ONCE, ElevenLine, credits_of
from litink.providers.elevenlabs.sound import alignment_of, decoded, joined, says_all, sound_type
from litink.providers.exchange import Line
from litink.providers.wire import (
    Answer,
    AnswerLost,
    Hear,
    NotBilled,
    NotTaken,
    Pending,
    Request,
    Sending,
    Traces,
    WrongAnswer,
)

_T = TypeVar("_T")
FORMAT = "mp3_44100_128"  # what ElevenLabs sends when it is not told
_ALWAYS = frozenset({"text", "output_format"})


class ElevenLabs:
    """Speech. A request's ``body`` holds the text and what the catalogue says that the model takes, its ``address``
    the ``voice_id``; the answer's meta has ``alignment`` and ``normalized_alignment`` as ElevenLabs sends them (None
    where there is none)."""

    name = "elevenlabs"

    def __init__(self, key: SecretStr, url: str, catalogue: Catalogue) -> None:
        self._line = ElevenLine.to(key, url)
        self._catalogue = catalogue

    def send(self, request: Request, sending: Sending) -> Answer:
        voice, body = self._checked(request)

        async def say(sdk: AsyncElevenLabs, line: Line) -> tuple[AudioWithTimestampsResponse, Mapping[str, str]]:
            raw = await sdk.text_to_speech.with_raw_response.convert_with_timestamps(
                voice, model_id=request.model, request_options=ONCE, **body
            )
            return raw.data, line.headers

        spoken, headers = self._asked(request, sending, say)
        return self._answer(request, decoded(getattr(spoken, "audio_base_64", None)), [spoken], headers)

    def stream(self, request: Request, sending: Sending, hear: Hear) -> Answer:
        """The sound as it is spoken. A stream that breaks off may end as if it were whole: the characters that were
        timed tell whether all of the text was said."""
        voice, body = self._checked(request)
        pieces: list[bytes] = []
        chunks: list[Any] = []

        async def say(sdk: AsyncElevenLabs, line: Line) -> Mapping[str, str]:
            asking = sdk.text_to_speech.with_raw_response.stream_with_timestamps(
                voice, model_id=request.model, request_options=ONCE, **body
            )
            async with asking as raw:
                async for chunk in raw.data:
                    chunks.append(chunk)
                    piece = decoded(getattr(chunk, "audio_base_64", None))
                    if piece:
                        pieces.append(piece)
                        hear(piece)
            return line.headers

        headers = self._asked(request, sending, say)
        answer = self._answer(request, b"".join(pieces) or None, chunks, headers)
        if not says_all(answer.meta["alignment"], str(body["text"])):
            raise AnswerLost("answer-lost", "ElevenLabs broke off in the middle of the text.", answer.reference)
        return answer

    def _asked(self, request: Request, sending: Sending, say: Callable[[AsyncElevenLabs, Line], Awaitable[_T]]) -> _T:
        try:
            return self._line.ask(sending.deadline_seconds, say)
        except WrongAnswer as error:
            raise self._wrong(request, error.code, error.message, error.reference, error.units.get("credits")) from None

    def _answer(self, request: Request, data: bytes | None, parts: Sequence[Any], headers: Mapping[str, str]) -> Answer:
        """What was sent, checked; ``parts`` hold the alignments. Raises WrongAnswer."""
        reference, credits = headers.get("request-id", ""), credits_of(headers)
        if data is None:
            raise self._wrong(request, "answer-empty", "ElevenLabs sent no sound.", reference, credits)
        media_type = sound_type(data, request.body.get("output_format", FORMAT))
        if media_type is None:
            raise self._wrong(
                request, "output-not-media", "ElevenLabs sent something other than sound.", reference, credits
            )
        try:
            meta = {
                name: joined([alignment_of(getattr(part, name, None)) for part in parts])
                for name in ("alignment", "normalized_alignment")
            }
        except ValueError as error:
            raise self._wrong(request, "alignment-broken", f"ElevenLabs: {error}.", reference, credits) from None
        return Answer(data, media_type, self._units(request, credits), None, reference, meta)

    def fetch(self, request: Request, reference: str) -> Answer:
        """Nothing here is made in the background."""
        raise NotTaken("job-unknown", "ElevenLabs has no jobs to wait for.", retryable=False)

    def look_up(
        self, request: Request, reference: str, sent_at: datetime
    ) -> Answer | Pending | NotBilled | Traces | None:
        """In the account's history: by the call's id where it is known, else by text, voice, model and time."""
        voice, body = self._checked(request)
        history, text, now = History(self._line), str(body["text"]), datetime.now(UTC)
        if not reference:
            return history.trace(voice=voice, model=request.model, text=text, sent_at=sent_at, now=now)
        found = history.recall(
            voice=voice, model=request.model, text=text, reference=reference, sent_at=sent_at, now=now
        )
        if found is None:
            return None
        media_type = sound_type(found.data, found.output_format or FORMAT)
        if media_type is None:
            raise self._wrong(
                request, "output-not-media", "ElevenLabs kept no sound of the call.", found.reference, found.credits
            )
        meta = {"alignment": found.alignment, "normalized_alignment": found.normalized_alignment}
        return Answer(found.data, media_type, self._units(request, found.credits), None, found.reference, meta)

    def _checked(self, request: Request) -> tuple[str, dict[str, Any]]:
        """Voice and body; raises NotTaken for what would only be refused, or go astray."""
        voice, body = request.address.get("voice_id", ""), dict(request.body)
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", voice):
            raise NotTaken("request-invalid", "The request names no voice of ElevenLabs.", retryable=False)
        if request.operation != "speech" or not body.get("text"):
            raise NotTaken("request-invalid", "ElevenLabs is asked for speech only, with a text.", retryable=False)
        model = self._catalogue.named(self.name, request.operation, request.model)
        strange = sorted(set(body) - _ALWAYS - (model.parameters if model else frozenset()))
        if strange:
            raise NotTaken(
                "request-invalid",
                f"{request.model} does not take {', '.join(strange)}; see its parameters in the catalogue.",
                retryable=False,
            )
        return voice, body

    def _units(self, request: Request, credits: float | None) -> dict[str, float]:
        """Characters as the price counts them. ElevenLabs tells credits: flash models take one for two characters, and
        some voices cost more."""
        model = self._catalogue.named(self.name, request.operation, request.model)
        each = float(model.credits_per_character) if model else 1.0
        return {"characters": credits / each if credits is not None else float(len(request.body["text"]))}

    def _wrong(self, request: Request, code: str, message: str, reference: str, credits: float | None) -> WrongAnswer:
        return WrongAnswer(code, message, units=self._units(request, credits), reference=reference)
