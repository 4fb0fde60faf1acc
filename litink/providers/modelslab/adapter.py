"""ModelsLab's API v7 on its wire: one route an operation, the key in the JSON, jobs that are fetched by POST.

Which fields a model takes stands in the catalogue. Facts from the vendor's documentation and its own SDKs (2026).
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import av
import httpx
from av.error import FFmpegError
from pydantic import SecretStr

from litink.providers.catalogue import Catalogue
from litink.providers.exchange import House, Line, converse
from litink.providers.magic import media_type
from litink.providers.modelslab.answers import Links, read
from litink.providers.wire import (
    Answer,
    AnswerLost,
    NotBilled,
    NotTaken,
    Operation,
    Pending,
    Request,
    Sending,
    Upload,
    WrongAnswer,
)

FETCH_SECONDS = 30.0
DOWNLOAD_SECONDS = 300.0
LINK_SECONDS = 3600.0  # an output that cannot be had this long after sending is gone

_ROUTES: Mapping[Operation, str] = {
    "text-to-image": "images",
    "image-to-image": "images",
    "text-to-video": "video-fusion",
    "image-to-video": "video-fusion",
    "lip-sync": "video-fusion",
    "music": "voice",
    "sound-effect": "voice",
}
_NAMES: Mapping[Operation, str] = {"music": "music-gen", "sound-effect": "sound-generation"}  # else the operation's own
# What the route delivers, and at most how many bytes of it.
_DELIVERS: Mapping[str, tuple[str, int]] = {
    "images": ("image/", 64 * 2**20),
    "video-fusion": ("video/", 512 * 2**20),
    "voice": ("audio/", 128 * 2**20),
}


class ModelsLab:
    """Pictures, moving pictures, lip-sync, music and sound effects."""

    name = "modelslab"

    def __init__(self, key: SecretStr, url: str, catalogue: Catalogue) -> None:
        self._house = House("ModelsLab", "LITINK_MODELSLAB", key)
        self._url = url
        self._catalogue = catalogue

    def send(self, request: Request, sending: Sending) -> Answer | Pending:
        body = self._body(request)
        if sending.webhook:
            body["webhook"] = sending.webhook
        if sending.track:
            body["track_id"] = sending.track
        name = _NAMES.get(request.operation, request.operation)
        try:
            heard = self._post(f"/{_ROUTES[request.operation]}/{name}", body, sending.deadline_seconds)
        except WrongAnswer as error:
            raise self._wrong(request, error.code, error.message, error.reference) from None
        if isinstance(heard, Pending):
            return heard
        answer = self._download(request, heard)
        if answer is not None:
            return answer
        if not heard.reference:
            raise AnswerLost("output-out-of-reach", f"{self._house.name} made an output that cannot be fetched.")
        return Pending(heard.reference)  # made, and not where its link says: often a matter of seconds

    def fetch(self, request: Request, reference: str) -> Answer | Pending:
        heard = self._ask(request, reference)
        if isinstance(heard, Pending):
            return heard
        return self._download(request, heard) or Pending(reference)

    def look_up(self, request: Request, reference: str, sent_at: datetime) -> Answer | Pending | NotBilled | None:
        """By the job's id only: no list of jobs is offered that would name ours (``track_id`` comes back in the
        webhook and nowhere else)."""
        if not reference:
            return None
        try:
            heard = self._ask(request, reference)
        except NotTaken:
            return None  # it knows no such job; that is no proof that it billed none
        if isinstance(heard, Pending):
            return heard
        answer = self._download(request, heard)
        if answer is None and (datetime.now(UTC) - sent_at).total_seconds() > LINK_SECONDS:
            raise self._wrong(request, "output-gone", "what it made is no longer there", reference)
        return answer or Pending(reference)

    # -- asking ----------------------------------------------------------------------------------------------------

    def _body(self, request: Request) -> dict[str, Any]:
        """The request's fields with its files in them; raises NotTaken for a field that the model does not take."""
        if request.operation not in _ROUTES:
            raise NotTaken("request-invalid", f"ModelsLab does no {request.operation}.", retryable=False)
        model = self._catalogue.named(self.name, request.operation, request.model)
        if model is not None:
            strange = sorted(field for field in (*request.body, *request.uploads) if not model.takes(field))
            if strange:
                raise NotTaken(
                    "request-invalid",
                    f"{request.model} does not take {', '.join(strange)}; see its parameters in the catalogue.",
                    retryable=False,
                )
        body: dict[str, Any] = {"model_id": request.model, **request.body}
        for field, files in request.uploads.items():
            urls = [_data_url(file) for file in files]
            if model is not None and f"{field}[]" in model.parameters:
                body[field] = urls
                continue
            for number, url in enumerate(urls, start=1):  # init_image, init_image_2, …
                name = field if number == 1 else f"{field}_{number}"
                if number > 1 and not (model and model.takes(name)):
                    raise NotTaken(
                        "request-invalid", f"{request.model} takes {number - 1} of {field} at most.", retryable=False
                    )
                body[name] = url
        return body

    def _post(self, route: str, body: Mapping[str, Any], seconds: float, *, asked_for: str = "") -> Links | Pending:
        async def say(client: httpx.AsyncClient, line: Line) -> tuple[Line, bytes]:
            response = await client.post(self._url + route, json={"key": self._house.key.get_secret_value(), **body})
            return line, response.content

        line, content = converse(self._house, seconds, say)
        return read(self._house, line, content, asked_for=asked_for)

    def _ask(self, request: Request, reference: str) -> Links | Pending:
        """How a job stands. AnswerLost stands for every reason to ask again."""
        try:
            return self._post(
                f"/{_ROUTES[request.operation]}/fetch/{reference}", {}, FETCH_SECONDS, asked_for=reference
            )
        except NotTaken as error:
            if error.code == "request-refused":
                raise NotTaken(
                    "job-unknown", f"{self._house.name} knows no job {reference}.", retryable=False
                ) from None
            raise AnswerLost(error.code, error.message, reference) from None
        except AnswerLost as error:
            raise AnswerLost(error.code, error.message, reference) from None
        except WrongAnswer as error:
            if error.code == "answer-not-understood":  # a web page of something on the way
                raise AnswerLost(error.code, error.message, reference) from None
            raise self._wrong(request, error.code, error.message, reference) from None

    # -- what was made -----------------------------------------------------------------------------------------------

    def _download(self, request: Request, links: Links) -> Answer | None:
        """The first output; None when it cannot be had just now. Raises WrongAnswer when it is no such media."""
        kind, limit = _DELIVERS[_ROUTES[request.operation]]
        for url in (links.output + links.other)[:4]:
            data = self._get(url, limit)
            if not data:
                continue
            found = media_type(data)
            if found is None or not found.startswith(kind):
                what = kind.rstrip("/")
                raise self._wrong(request, "output-not-media", f"the output is no {what}", links.reference)
            units = _units(request, data)
            if units is None:
                raise self._wrong(request, "output-not-media", "the output cannot be opened", links.reference)
            return Answer(data, found, units, None, links.reference, {"outputs": len(links.output)})
        return None

    def _get(self, url: str, limit: int) -> bytes | None:
        """The file behind a link. The key does not go along, so redirects are harmless."""

        async def say(client: httpx.AsyncClient, line: Line) -> bytes | None:
            response = await client.get(url, follow_redirects=True)
            return response.content if response.status_code == 200 else None

        try:
            return converse(self._house, DOWNLOAD_SECONDS, say, limit=limit)
        except (NotTaken, AnswerLost):
            return None

    def _wrong(self, request: Request, code: str, message: str, reference: str) -> WrongAnswer:
        text = message if message.startswith(self._house.name) else f"{self._house.name}: {message}."
        return WrongAnswer(code, text, units=_asked_units(request), reference=reference)


def _data_url(file: Upload) -> str:
    return f"data:{file.media_type};base64,{base64.b64encode(file.read()).decode('ascii')}"


def _asked_units(request: Request) -> dict[str, float]:
    """What was asked for, in the units of the price; empty where only the result tells."""
    if _ROUTES[request.operation] == "images":
        return {"pictures": float(request.body.get("samples", 1))}
    try:
        return {"seconds": float(request.body["duration"])}
    except (KeyError, TypeError, ValueError):
        return {}


def _units(request: Request, data: bytes) -> dict[str, float] | None:
    """What is billed: what was asked for, or the length of what came; None when that cannot be told."""
    asked = _asked_units(request)
    if asked:
        return asked
    try:
        with av.open(io.BytesIO(data), "r") as container:
            return {"seconds": container.duration / av.time_base} if container.duration else None
    except (FFmpegError, ValueError):
        return None
