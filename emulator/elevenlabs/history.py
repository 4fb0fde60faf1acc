"""What was spoken: listed, looked up with its alignment, heard again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from emulator.core.calls import Endpoint, Order, Refusal
from emulator.core.hub import Hub
from emulator.core.replies import Reply, json_reply
from emulator.elevenlabs.dialect import authenticate, invalid, no_query
from emulator.elevenlabs.utterance import Utterance


class _Query(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    page_size: Annotated[int, Field(ge=1, le=1000)] = 100
    start_after_history_item_id: str | None = None
    voice_id: str | None = None
    model_id: str | None = None
    date_before_unix: int | None = None
    date_after_unix: int | None = None
    sort_direction: Literal["asc", "desc"] = "desc"
    search: str | None = None
    source: Literal["TTS", "STS"] | None = None


def entry(utterance: Utterance, request_id: str, item_id: str, counts: tuple[int, int], now: float) -> dict[str, Any]:
    """An item of the history; it keeps the utterance, so that it can be heard again."""
    return {
        "history_item_id": item_id,
        "request_id": request_id,
        "voice_id": utterance.voice_id,
        "voice_name": utterance.voice_name,
        "voice_category": utterance.voice_category,
        "model_id": utterance.model_id,
        "text": utterance.text,
        "date_unix": int(now),
        "character_count_change_from": counts[0],
        "character_count_change_to": counts[1],
        "content_type": utterance.format.media_type,
        "output_format": utterance.output_format,
        "state": "created",
        "settings": utterance.settings,
        "feedback": None,
        "share_link_id": None,
        "source": "TTS",
        "utterance": utterance.model_dump(),
    }


def _shown(item: dict[str, Any], *, aligned: bool) -> dict[str, Any]:
    shown = {name: value for name, value in item.items() if name != "utterance"}
    if aligned:
        utterance = Utterance.model_validate(item["utterance"])
        normal = utterance.normalized_alignment()
        shown["alignments"] = {"alignment": utterance.alignment(), "normalized_alignment": normal}
    return shown


async def _list(hub: Hub, request: Request, body: bytes) -> Order:
    authenticate(hub, request)
    try:
        asked = _Query.model_validate(dict(request.query_params))
    except ValidationError as error:
        raise invalid(error, "query") from None

    async def work(kind: str | None) -> Reply:
        items = [item for item in hub.state.all("history") if _wanted(item, asked)]
        if asked.sort_direction == "desc":
            items.reverse()
        names = [item["history_item_id"] for item in items]
        if asked.start_after_history_item_id in names:
            items = items[names.index(asked.start_after_history_item_id) + 1 :]
        page = items[: asked.page_size]
        answer = {
            "history": [_shown(item, aligned=False) for item in page],
            "last_history_item_id": page[-1]["history_item_id"] if page else None,
            "has_more": len(items) > len(page),
            "scanned_until": page[-1]["date_unix"] if page else None,
        }
        return json_reply(answer)

    return Order(model="", fingerprint="history", work=work)


def _wanted(item: dict[str, Any], asked: _Query) -> bool:
    return (
        asked.voice_id in (None, item["voice_id"])
        and asked.model_id in (None, item["model_id"])
        and asked.source in (None, item["source"])
        and (asked.search is None or asked.search.lower() in item["text"].lower())
        and (asked.date_after_unix is None or item["date_unix"] >= asked.date_after_unix)
        and (asked.date_before_unix is None or item["date_unix"] < asked.date_before_unix)
    )


def _single(operation: str, answer: Callable[[Hub, dict[str, Any]], Any]) -> Endpoint:
    async def read(hub: Hub, request: Request, body: bytes) -> Order:
        authenticate(hub, request)
        no_query(request)
        name = request.path_params["id"]
        item = hub.state.get("history", name)
        if item is None:
            raise Refusal(404, "history_item_not_found", f"History item {name} was not found.")

        async def work(kind: str | None) -> Reply:
            assert item is not None
            said = answer(hub, item)
            return said if isinstance(said, Reply) else await said

        return Order(model="", fingerprint=name, work=work)

    return Endpoint(operation, read)


def _got(hub: Hub, item: dict[str, Any]) -> Reply:
    return json_reply(_shown(item, aligned=True))


def _deleted(hub: Hub, item: dict[str, Any]) -> Reply:
    hub.state.drop("history", item["history_item_id"])
    return json_reply({"status": "ok"})


async def _heard(hub: Hub, item: dict[str, Any]) -> Reply:
    utterance = Utterance.model_validate(item["utterance"])
    return Reply((await hub.in_thread(utterance.sound),), utterance.format.media_type)


LIST = Endpoint("history", _list)
GET = _single("history", _got)
DELETE = _single("history", _deleted)
AUDIO = _single("history-audio", _heard)
