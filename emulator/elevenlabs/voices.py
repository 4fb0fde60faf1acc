"""Voices: those that everybody has, those that were cloned, and cloning."""

from __future__ import annotations

import json
import secrets
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from emulator.core.calls import Endpoint, Order, Refusal
from emulator.core.faults import Met
from emulator.core.fingerprint import fingerprint
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply
from emulator.elevenlabs.dialect import PROVIDER, authenticate, invalid, no_query
from emulator.media.film import length_of

# Some of the default voices, by their public ids: name, gender, age, accent, use.
_PREMADE = {
    "21m00Tcm4TlvDq8ikWAM": ("Rachel", "female", "young", "american", "narration"),
    "EXAVITQu4vr4xnSDxMaL": ("Sarah", "female", "young", "american", "narration"),
    "FGY2WhTYpPnrIDTdsKH5": ("Laura", "female", "young", "american", "social_media"),
    "XB0fDUnXU5powFXDhCwa": ("Charlotte", "female", "young", "swedish", "characters"),
    "Xb7hH8MSUJpSbSDYk0k2": ("Alice", "female", "middle_aged", "british", "narration"),
    "XrExE9yKIg1WjnnlVkGX": ("Matilda", "female", "middle_aged", "american", "narration"),
    "cgSgspJ2msm6clMCkdW9": ("Jessica", "female", "young", "american", "conversational"),
    "pFZP5JQG7iQjIQuC4Bku": ("Lily", "female", "middle_aged", "british", "narration"),
    "CwhRBWXzGAHq8TQ4Fs17": ("Roger", "male", "middle_aged", "american", "social_media"),
    "IKne3meq5aSn9XLyUdCD": ("Charlie", "male", "young", "australian", "conversational"),
    "JBFqnCBsd6RMkjVDRZzb": ("George", "male", "middle_aged", "british", "narration"),
    "N2lVS1w4EtoT3dr4eOWO": ("Callum", "male", "middle_aged", "american", "characters"),
    "TX3LPaxmHKxFdv7VOQHJ": ("Liam", "male", "young", "american", "narration"),
    "bIHbv24MWmeRgasZH58o": ("Will", "male", "young", "american", "social_media"),
    "cjVigY5qzO86Huf0OWal": ("Eric", "male", "middle_aged", "american", "conversational"),
    "iP95p4xoKVk53GoZ742B": ("Chris", "male", "middle_aged", "american", "conversational"),
    "nPczCjzI2devNBz1zQrb": ("Brian", "male", "middle_aged", "american", "narration"),
    "onwK4e9ZLuTAKqWW03F9": ("Daniel", "male", "middle_aged", "british", "news"),
    "pqHfZKP75CvOlQylNhV4": ("Bill", "male", "old", "american", "narration"),
    "SAz9YHcvj6GT2YYXdXww": ("River", "neutral", "middle_aged", "american", "social_media"),
}
_CLONING = frozenset({"starter", "creator", "pro", "scale"})  # plans that may


def known(hub: Hub, voice_id: str) -> dict[str, Any]:
    """The voice; Refusal 404 when there is none of that id."""
    if voice_id in _PREMADE:
        return _premade(voice_id)
    cloned = hub.state.get("voice", voice_id)
    if cloned is None:
        raise Refusal(404, "voice_not_found", f"A voice with voice_id {voice_id} was not found.", param="voice_id")
    return cloned


def cloned_count(hub: Hub) -> int:
    return len(hub.state.all("voice"))


def _premade(voice_id: str) -> dict[str, Any]:
    name, gender, age, accent, use = _PREMADE[voice_id]
    labels = {"gender": gender, "age": age, "accent": accent, "use_case": use}
    return _voice(voice_id, name, "premade", labels, "", owner=False)


def _voice(
    voice_id: str, name: str, category: str, labels: dict[str, str], description: str, *, owner: bool
) -> dict[str, Any]:
    return {
        "voice_id": voice_id,
        "name": name,
        "samples": None,
        "category": category,
        "labels": labels,
        "description": description,
        "preview_url": None,
        "available_for_tiers": [],
        "settings": None,
        "is_owner": owner,
        "is_legacy": False,
        "is_mixed": False,
    }


async def _list(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    no_query(request, "show_legacy")

    async def work(kind: str | None) -> Reply:
        return json_reply({"voices": [*map(_premade, _PREMADE), *hub.state.all("voice")]})

    return Order(model="", fingerprint="voices", work=work)


class _Search(BaseModel):
    """The query of GET /v2/voices."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    next_page_token: Annotated[str, Field(pattern=r"^\d+$")] | None = None
    page_size: Annotated[int, Field(ge=1, le=100)] = 10
    search: str | None = None
    sort: Literal["created_at_unix", "name"] = "name"
    sort_direction: Literal["asc", "desc"] = "asc"
    voice_type: Literal["personal", "community", "default", "workspace", "non-default", "saved"] | None = None
    category: Literal["premade", "cloned", "generated", "professional"] | None = None
    include_total_count: bool = True


async def _search(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    try:
        asked = _Search.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise invalid(error, "query") from None

    async def work(kind: str | None) -> Reply:
        own = asked.voice_type in {"personal", "workspace", "non-default"}
        voices = [] if own else [_premade(name) for name in _PREMADE]
        voices += [] if asked.voice_type in {"default", "community"} else hub.state.all("voice")
        found = [
            voice for voice in voices if asked.category in (None, voice["category"]) and _said(voice, asked.search)
        ]
        found.sort(key=lambda voice: voice["name"], reverse=asked.sort_direction == "desc")
        start = int(asked.next_page_token or 0)
        end = start + asked.page_size
        answer = {
            "voices": found[start:end],
            "has_more": end < len(found),
            "total_count": len(found),
            "next_page_token": str(end) if end < len(found) else None,
        }
        return json_reply(answer)

    return Order(model="", fingerprint="voices", work=work)


def _said(voice: dict[str, Any], search: str | None) -> bool:
    text = f"{voice['name']} {voice['description']} {' '.join(voice['labels'].values())}"
    return search is None or search.lower() in text.lower()


async def _get(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    no_query(request, "with_settings")
    voice = known(hub, request.path_params["voice_id"])

    async def work(kind: str | None) -> Reply:
        return json_reply(voice)

    return Order(model="", fingerprint=voice["voice_id"], work=work)


async def _delete(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    voice = known(hub, request.path_params["voice_id"])
    if voice["category"] != "cloned":
        raise Refusal(400, "voice_cannot_be_deleted", "A voice that everybody has cannot be deleted.")

    async def work(kind: str | None) -> Reply:
        hub.state.drop("voice", voice["voice_id"])
        return json_reply({"status": "ok"})

    return Order(model="", fingerprint=voice["voice_id"], work=work)


async def _add(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    if hub.settings.plan not in _CLONING:
        message = "Your subscription does not include instant voice cloning."
        raise Refusal(403, "can_not_use_instant_voice_cloning", message)
    form, sounds = await _form(request, body)
    unknown = sorted(set(form) - {"name", "description", "labels", "remove_background_noise"})
    name = form.get("name", "")
    if unknown or not name or not sounds:
        wrong = unknown[0] if unknown else "name" if not name else "files"
        detail = [{"type": "missing" if not unknown else "extra_forbidden", "loc": ["body", wrong], "msg": "Invalid"}]
        raise Refusal(422, "invalid_parameters", "The request is not valid.", extra={"detail": detail})
    labels = _labels(form.get("labels", ""))
    for sound in sounds:
        try:
            length_of(sound)
        except ValueError:
            raise Refusal(400, "invalid_content", "An uploaded file is not sound.", param="files") from None
    voice_id = secrets.token_urlsafe(15)

    def commit(met: Met) -> None:
        voice = _voice(voice_id, name, "cloned", labels, form.get("description", ""), owner=True)
        hub.state.put("voice", voice_id, voice)

    async def work(kind: str | None) -> Reply:
        return json_reply({"voice_id": voice_id, "requires_verification": False})

    mark = fingerprint(PROVIDER, "add-voice", {"name": name, "files": [len(sound) for sound in sounds]})
    return Order(model="", fingerprint=mark, work=work, commit=commit, reference=voice_id)


async def _form(request: Request, body: bytes) -> tuple[dict[str, str], list[bytes]]:
    async def stream() -> Any:
        yield body

    try:
        form = await MultiPartParser(request.headers, stream()).parse()
    except (MultiPartException, KeyError):
        raise Refusal(422, "invalid_parameters", "The body is not a form with files.") from None
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    sounds = [await value.read() for name, value in form.multi_items() if not isinstance(value, str)]
    return texts, sounds


def _labels(text: str) -> dict[str, str]:
    try:
        labels = json.loads(text or "null") or {}
    except ValueError:
        labels = None
    if not isinstance(labels, dict):
        raise Refusal(400, "invalid_labels", "labels must be a JSON object.", param="labels")
    return labels


LIST = Endpoint("voices", _list)
SEARCH = Endpoint("voices", _search)
GET = Endpoint("voices", _get)
DELETE = Endpoint("voices", _delete)
ADD = Endpoint("add-voice", _add)
