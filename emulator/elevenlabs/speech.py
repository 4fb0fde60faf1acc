"""Text to speech: whole and streamed, with and without timestamps."""

from __future__ import annotations

import base64
import json
import math
import secrets
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from emulator.core.calls import Endpoint, Order, Refusal
from emulator.core.faults import Met
from emulator.core.fingerprint import fingerprint
from emulator.core.hub import Hub
from emulator.core.money import Charge, usd
from emulator.core.replies import Reply, json_reply
from emulator.core.settings import PLANS
from emulator.elevenlabs import account, dictionaries, history, voices
from emulator.elevenlabs.dialect import PROVIDER, authenticate, invalid
from emulator.elevenlabs.models import MODELS, USD_A_CREDIT, Model
from emulator.elevenlabs.utterance import Utterance, part

FORMATS = (
    *(f"mp3_{form}" for form in ("22050_32", "24000_48", "44100_32", "44100_64", "44100_96", "44100_128", "44100_192")),
    *(f"pcm_{rate}" for rate in (8000, 16000, 22050, 24000, 32000, 44100, 48000)),
    *(f"wav_{rate}" for rate in (8000, 16000, 22050, 24000, 32000, 44100, 48000)),
    *(f"opus_48000_{kilobits}" for kilobits in (32, 64, 96, 128, 192)),
    "ulaw_8000",
    "alaw_8000",
)
_CHUNKS = 8  # of a stream
_NOT_SPEECH = {"error_200", "empty_output", "wrong_schema"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class VoiceSettings(_Strict):
    stability: Annotated[float, Field(ge=0, le=1)] | None = None
    similarity_boost: Annotated[float, Field(ge=0, le=1)] | None = None
    style: Annotated[float, Field(ge=0, le=1)] | None = None
    use_speaker_boost: bool | None = None
    speed: Annotated[float, Field(ge=0.7, le=1.2)] | None = None


class Speak(_Strict):
    text: Annotated[str, Field(min_length=1)]
    model_id: str = "eleven_multilingual_v2"
    language_code: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    voice_settings: VoiceSettings | None = None
    pronunciation_dictionary_locators: Annotated[list[dictionaries.Locator], Field(max_length=3)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] | None = None
    previous_text: str | None = None
    next_text: str | None = None
    previous_request_ids: Annotated[list[str], Field(max_length=3)] | None = None
    next_request_ids: Annotated[list[str], Field(max_length=3)] | None = None
    apply_text_normalization: Literal["auto", "on", "off"] | None = None
    apply_language_text_normalization: bool | None = None
    use_pvc_as_ivc: bool | None = None


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    output_format: Literal[FORMATS] = "mp3_44100_128"  # type: ignore[valid-type]
    enable_logging: bool = True
    optimize_streaming_latency: Annotated[int, Field(ge=0, le=4)] | None = None


Answer = Callable[[Hub, Utterance, str | None], Awaitable[Reply]]


def _endpoint(answer: Answer) -> Endpoint:
    async def read(hub: Hub, request: Request, body: bytes) -> Order:
        authenticate(hub, request)
        try:
            query = _Query.model_validate(dict(request.query_params))
        except ValidationError as error:
            raise invalid(error, "query") from None
        try:
            asked = Speak.model_validate_json(body)
        except ValidationError as error:
            raise invalid(error) from None
        voice = voices.known(hub, request.path_params["voice_id"])
        model = _model(asked)
        said = Utterance(
            text=asked.text,
            spoken=dictionaries.spoken(hub, asked.text, asked.pronunciation_dictionary_locators or ()),
            voice_id=voice["voice_id"],
            voice_name=voice["name"],
            voice_category=voice["category"],
            model_id=model.id,
            output_format=query.output_format,
            speed=(asked.voice_settings.speed if asked.voice_settings else None) or 1.0,
            settings=asked.voice_settings.model_dump(exclude_none=True) if asked.voice_settings else None,
        )
        credits = math.ceil(len(asked.text) * model.credits)
        used = account.used(hub)
        if used + credits > hub.settings.character_limit:
            left = max(0, hub.settings.character_limit - used)
            message = (
                f"This request exceeds your quota. You have {left} credits remaining, while {credits} are required."
            )
            raise Refusal(401, "quota_exceeded", message)
        most = _most_at_once(hub, model)
        if hub.under_way(PROVIDER, "speech") >= most:
            message = f"Too many concurrent requests. Your subscription allows {most} at once."
            raise Refusal(429, "too_many_concurrent_requests", message)
        return _order(hub, request, said, asked, query, credits, answer)

    return Endpoint("speech", read, paid=True)


def _model(asked: Speak) -> Model:
    """The model; Refusal 400 for what it does not take."""
    model = MODELS.get(asked.model_id)
    if model is None:
        raise Refusal(
            400, "model_not_found", f"A model with model ID {asked.model_id} does not exist.", param="model_id"
        )
    if len(asked.text) > model.characters:
        message = (
            f"This request's text has {len(asked.text)} characters and exceeds the character limit of "
            f"{model.characters} characters of {model.id}."
        )
        raise Refusal(400, "max_character_limit_exceeded", message, param="text")
    if asked.language_code is not None and not model.language_code:
        message = f"Model '{model.id}' does not support the language_code {asked.language_code}."
        raise Refusal(400, "unsupported_language", message, param="language_code")
    stitched = ("previous_text", "next_text", "previous_request_ids", "next_request_ids")
    used = [name for name in stitched if getattr(asked, name) is not None]
    if used and not model.stitching:
        message = f"Providing {used[0]} is not yet supported with the '{model.id}' model."
        raise Refusal(400, "unsupported_model", message, param=used[0])
    return model


def _most_at_once(hub: Hub, model: Model) -> int:
    """The limit of the plan, or the one that was set."""
    limit = hub.settings.limit("speech")
    return PLANS[hub.settings.plan][1 if model.group == "turbo" else 0] if limit is None else limit


def _order(
    hub: Hub, request: Request, said: Utterance, asked: Speak, query: _Query, credits: int, answer: Answer
) -> Order:
    request_id, item_id = secrets.token_urlsafe(15), secrets.token_urlsafe(15)
    address = {"voice_id": said.voice_id, "output_format": said.output_format, "path": request.url.path.split("/")[-1]}

    def commit(met: Met) -> None:
        kind = met.answer.rule.kind if met.answer else None
        used = account.used(hub)
        account.spend(hub, credits)
        if query.enable_logging and kind not in _NOT_SPEECH:
            item = history.entry(said, request_id, item_id, (used, used + credits), hub.state.now())
            hub.state.put("history", item_id, item)

    async def work(kind: str | None) -> Reply:
        reply = await answer(hub, said, kind)
        most = _most_at_once(hub, MODELS[said.model_id])
        return reply.with_headers(
            {
                "request-id": request_id,
                "history-item-id": item_id,
                "character-cost": str(credits),
                "current-concurrent-requests": str(hub.under_way(PROVIDER, "speech")),
                "maximum-concurrent-requests": str(most),
            }
        )

    return Order(
        model=said.model_id,
        fingerprint=fingerprint(PROVIDER, "speech", asked.model_dump(mode="json", exclude_unset=True), address),
        work=work,
        charge=Charge({"characters": len(asked.text), "credits": credits}, usd(USD_A_CREDIT * Decimal(credits))),
        commit=commit,
        reference=request_id,
        streamed=answer in (_stream, _timed_stream),
    )


def _odd(kind: str | None, media_type: str) -> Reply | None:
    """The answer where a fault concerns the content."""
    if kind == "error_200":
        return json_reply({"detail": {"status": "internal_error", "message": "Something went wrong."}})
    if kind == "wrong_schema":
        return json_reply({"audio": "", "alignments": []})
    if kind == "empty_output":
        return Reply((b"",), media_type)
    return None


async def _whole(hub: Hub, said: Utterance, kind: str | None) -> Reply:
    media_type = said.format.media_type
    return _odd(kind, media_type) or Reply((await hub.in_thread(said.sound),), media_type)


async def _stream(hub: Hub, said: Utterance, kind: str | None) -> Reply:
    media_type = said.format.media_type
    if odd := _odd(kind, media_type):
        return odd
    data = await hub.in_thread(said.sound)
    return Reply(_cut(data), media_type, streamed=True)


async def _timed(hub: Hub, said: Utterance, kind: str | None) -> Reply:
    if kind == "empty_output":
        return json_reply({"audio_base64": "", "alignment": None, "normalized_alignment": None})
    if odd := _odd(kind, "application/json"):
        return odd
    data = await hub.in_thread(said.sound)
    return json_reply(_spoken(data, said.alignment(), said.normalized_alignment()))


async def _timed_stream(hub: Hub, said: Utterance, kind: str | None) -> Reply:
    if odd := _odd(kind, "application/json"):
        return odd
    chunks = _cut(await hub.in_thread(said.sound))
    alignment, normalized = said.alignment(), said.normalized_alignment()
    lines: list[bytes] = []
    for number, chunk in enumerate(chunks):
        parts = [
            part(whole, _share(whole, number, len(chunks)), _share(whole, number + 1, len(chunks)))
            for whole in (alignment, normalized)
        ]
        lines.append(json.dumps(_spoken(chunk, *parts), ensure_ascii=False).encode() + b"\n")
    return Reply(lines, "application/json", streamed=True)


def _spoken(data: bytes, alignment: dict[str, Any], normalized: dict[str, Any]) -> dict[str, Any]:
    return {
        "audio_base64": base64.b64encode(data).decode(),
        "alignment": alignment,
        "normalized_alignment": normalized,
    }


def _cut(data: bytes) -> list[bytes]:
    size = max(1, -(-len(data) // _CHUNKS))
    return [data[start : start + size] for start in range(0, len(data), size)]


def _share(alignment: dict[str, list[Any]], number: int, count: int) -> int:
    return len(alignment["characters"]) * number // count


CONVERT = _endpoint(_whole)
STREAM = _endpoint(_stream)
TIMED = _endpoint(_timed)
TIMED_STREAM = _endpoint(_timed_stream)
