"""Submitting a job: what is asked, what it costs, what it will deliver."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any, TypeVar

import cv2
import numpy as np
from starlette.requests import Request

from emulator.core.calls import Endpoint, Order, Refusal
from emulator.core.faults import Met
from emulator.core.fingerprint import fingerprint
from emulator.core.hub import Hub
from emulator.core.money import Charge, usd
from emulator.core.replies import Reply, json_reply
from emulator.media.film import FRAMES_A_SECOND, length_of, size_of
from emulator.modelslab import jobs, webhooks
from emulator.modelslab.dialect import PROVIDER, authenticate
from emulator.modelslab.fields import COMMON, check
from emulator.modelslab.files import Recipe, given, offer, short
from emulator.modelslab.models import ROUTES, Model, models

T = TypeVar("T")

_SHORT_SIDE = {"480p": 480, "720p": 720, "1080p": 1080}
_FATES: dict[str | None, jobs.Fate] = {
    "stuck_processing": "stuck",
    "failed": "failed",
    "empty_output": "empty",
    "wrong_schema": "wrong",
}


def endpoint(operation: str) -> Endpoint:
    return Endpoint(operation, _reader(operation), paid=True, busy=lambda hub: jobs.busy(hub, operation))


def _reader(operation: str) -> Callable[[Hub, Request, bytes], Awaitable[Order]]:
    async def read(hub: Hub, request: Request, raw: bytes) -> Order:
        body = _object(raw)
        authenticate(hub, body)
        model = _model(operation, body)
        check(body, model)
        recipes, units = await _wanted(hub, model, body)
        return _order(hub, request, model, body, recipes, units)

    return read


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refusal(400, "", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Refusal(400, "", "The body must be a JSON object.")
    return body


def _model(operation: str, body: dict[str, Any]) -> Model:
    name = body.get("model_id")
    if not isinstance(name, str) or not name:
        raise Refusal(422, "", "The model_id field is required.", param="model_id")
    model = models().get((operation, name))
    if model is None:
        raise Refusal(404, "", f"Model {name} was not found for {operation}.", param="model_id")
    return model


async def _wanted(hub: Hub, model: Model, body: dict[str, Any]) -> tuple[list[Recipe], dict[str, float]]:
    """The files to deliver, and the units to bill."""
    seed = hashlib.sha256(json.dumps(_kept(body), sort_keys=True).encode()).hexdigest()[:16]
    prompt = str(body.get("prompt", ""))
    match model.operation:
        case "text-to-image" | "image-to-image" | "inpaint":
            first = await _first_picture(hub, body) if model.operation != "text-to-image" else None
            width, height = _picture_size(model, body, first)
            count = int(body.get("samples") or 1)
            looks = [seed if number == 0 else f"{seed} {number}" for number in range(count)]
            recipes = [Recipe(kind="picture", seed=s, width=width, height=height, jpeg=model.jpeg) for s in looks]
            return recipes, {"pictures": count}
        case "lip-sync":
            width, height = _film_read(size_of, await given(hub, "init_video", body["init_video"]), "init_video")
            seconds = _film_read(length_of, await given(hub, "init_audio", body["init_audio"]), "init_audio")
            seconds = round(max(1, round(seconds * FRAMES_A_SECOND)) / FRAMES_A_SECOND, 6)  # what will be delivered
            recipe = Recipe(kind="film", seed=seed, width=width, height=height, seconds=seconds, sounding=True)
            return [recipe], {"seconds": seconds}
        case "text-to-video" | "image-to-video":
            first = await _first_picture(hub, body) if model.operation == "image-to-video" else None
            if body.get("init_audio"):
                _film_read(length_of, await given(hub, "init_audio", body["init_audio"]), "init_audio")
            width, height = _film_size(body, first)
            seconds = int(body.get("duration") or model.durations[-1 if 8 in model.durations else 0])
            # Veo sounds unless told not to; what cannot be told, does not.
            sounding = bool(body.get("generate_audio", "generate_audio" in model.optional) or body.get("init_audio"))
            recipe = Recipe(kind="film", seed=seed, width=width, height=height, seconds=seconds, sounding=sounding)
            return [recipe], {"seconds": seconds}
        case "speech":
            return [Recipe(kind="speech", seed=str(body["voice_id"]), text=prompt)], {"characters": len(prompt)}
        case "music" | "sound-effect":
            seconds = int(body.get("duration") or min(10, model.between[1]))
            kind = "music" if model.operation == "music" else "noise"
            return [Recipe(kind=kind, seed=seed, seconds=seconds)], {"seconds": seconds}


def _order(
    hub: Hub, request: Request, model: Model, body: dict[str, Any], recipes: list[Recipe], units: dict[str, float]
) -> Order:
    operation = model.operation
    seconds = hub.settings.seconds(operation)
    number = jobs.new_job_id(hub)
    taken: list[jobs.Job] = []

    def commit(met: Met) -> None:
        kind = met.answer.rule.kind if met.answer else None
        now = hub.state.now()
        job = jobs.Job(
            id=number,
            operation=operation,
            area=ROUTES[operation].split("/")[1],
            base=f"{request.url.scheme}://{request.url.netloc}",
            begun=now,
            ready=now + seconds,
            fate=_FATES.get(kind, "ok"),
            files=tuple(offer(hub, recipe, now + seconds) for recipe in recipes),
            meta={name: short(value) for name, value in _kept(body).items()},
            track_id=body.get("track_id"),
        )
        jobs.save(hub, job)
        taken.append(job)
        if body.get("webhook"):
            webhooks.plan(hub, job, body["webhook"], [fault.rule for fault in met.webhooks])

    async def work(kind: str | None) -> Reply:
        job = taken[0]
        if kind == "error_200":
            return json_reply({"status": "error", "message": "Something went wrong. Please try again."})
        if not _answered_at_once(hub, job, kind, seconds):
            return json_reply(job.accepted(hub.state.now()))
        return json_reply(job.delivered(hub.state.now()))

    at_once = jobs.waits(hub, operation, seconds)
    return Order(
        model=model.id,
        fingerprint=fingerprint(PROVIDER, operation, body),
        work=work,
        charge=Charge(units, usd(model.price * Decimal(str(units[model.unit])))),
        commit=commit,
        reference=str(number),
        track=str(body.get("track_id") or ""),
        seconds=seconds if at_once else 0.0,
    )


def _answered_at_once(hub: Hub, job: jobs.Job, kind: str | None, seconds: float) -> bool:
    if kind in {"processing", "stuck_processing", "failed"}:
        return False
    return jobs.waits(hub, job.operation, seconds)


def _kept(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in COMMON - {"model_id"}}


async def _first_picture(hub: Hub, body: dict[str, Any]) -> tuple[int, int]:
    """Width and height of the first picture given; every one of them must be a picture."""
    values = body["init_image"] if isinstance(body["init_image"], list) else [body["init_image"]]
    named = [("init_image", value) for value in values]
    named += [(name, body[name]) for name in ("init_image_2", "mask_image") if body.get(name)]
    sizes: list[tuple[int, int]] = []
    for name, value in named:
        data = await given(hub, name, value)
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_COLOR_4) if data else None
        if picture is None:
            raise Refusal(422, "", f"The {name} is not a picture.", param=name)
        sizes.append((picture.shape[1] * 4, picture.shape[0] * 4))
    return sizes[0]


def _picture_size(model: Model, body: dict[str, Any], first: tuple[int, int] | None) -> tuple[int, int]:
    if body.get("width") or body.get("height"):
        return body.get("width") or 1024, body.get("height") or 1024
    if body.get("aspect_ratio"):
        return model.sizes[body["aspect_ratio"]]
    if first is None:
        return model.sizes.get("1:1", (1024, 1024))
    ratio = first[0] / first[1]
    if model.sizes:
        return min(model.sizes.values(), key=lambda size: abs(size[0] / size[1] - ratio))
    return max(256, min(2048, round(1024 * ratio**0.5 / 8) * 8)), max(256, min(2048, round(1024 / ratio**0.5 / 8) * 8))


def _film_size(body: dict[str, Any], first: tuple[int, int] | None) -> tuple[int, int]:
    side = _SHORT_SIDE[str(body.get("resolution") or "720p").lower()]
    across, down = map(int, str(body["aspect_ratio"]).split(":")) if body.get("aspect_ratio") else first or (16, 9)
    ratio = across / down
    long = round(side * max(ratio, 1 / ratio) / 2) * 2
    return (long, side) if ratio >= 1 else (side, long)


def _film_read(measure: Callable[[bytes], T], data: bytes, field: str) -> T:
    try:
        return measure(data)
    except ValueError as error:
        raise Refusal(422, "", f"The {field} cannot be read: {error}.", param=field) from None
