"""The fields of ModelsLab's bodies: their types, and which of them a model takes. Wrong ones are Refusals (422)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from emulator.core.calls import Refusal
from emulator.modelslab.models import Model

COMMON = frozenset({"key", "model_id", "webhook", "track_id"})
_FILE = re.compile(r"data:[a-z]+/[a-z0-9.+-]+;base64,|[A-Za-z0-9+/\s]{64,}={0,2}\s*$", re.IGNORECASE)


def check(body: Mapping[str, Any], model: Model) -> None:
    """Refusal 422 for the first field that is missing, unknown or of a wrong kind."""
    for name in model.required:
        if body.get(name) in (None, "", []):
            raise _wrong(name, "is required")
    unknown = [name for name in body if name not in COMMON | {*model.required, *model.optional}]
    if unknown:
        raise _wrong(unknown[0], f"is not known by the model {model.id}")
    for name, value in body.items():
        if value is not None or name in model.required:
            CHECKS[name](name, value, model)


def _wrong(name: str, reason: str) -> Refusal:
    return Refusal(422, "", f"The {name} field {reason}.", param=name)


def _text(name: str, value: Any, model: Model) -> None:
    if not isinstance(value, str):
        raise _wrong(name, "must be a string")
    if len(value) > model.characters:
        raise _wrong(name, f"may not be longer than {model.characters} characters")


def _pixels(name: str, value: Any, model: Model) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value % 8 or not 256 <= value <= 2048:
        raise _wrong(name, "must be a whole number of pixels, 256 to 2048 and divisible by 8")


def _whole(low: int, high: int) -> Callable[[str, Any, Model], None]:
    def check_whole(name: str, value: Any, model: Model) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise _wrong(name, f"must be a whole number from {low} to {high}")

    return check_whole


def _flag(name: str, value: Any, model: Model) -> None:
    if not isinstance(value, bool):
        raise _wrong(name, "must be true or false")


def _part(name: str, value: Any, model: Model) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise _wrong(name, "must be a number from 0 to 1")


def _ratio(name: str, value: Any, model: Model) -> None:
    known = tuple(model.sizes) or ("16:9", "9:16", "1:1", "4:3", "3:4")
    if value not in known:
        raise _wrong(name, f"must be one of {', '.join(known)}")


def _resolution(name: str, value: Any, model: Model) -> None:
    if not isinstance(value, str) or value.lower() not in {"480p", "720p", "1080p"}:
        raise _wrong(name, "must be 480p, 720p or 1080p")


def _duration(name: str, value: Any, model: Model) -> None:
    if not isinstance(value, str) or not value.isdigit():
        raise _wrong(name, "must be a string of digits")
    if model.durations and int(value) not in model.durations:
        raise _wrong(name, f"must be one of {', '.join(map(str, model.durations))}")
    if not model.durations and not model.between[0] <= int(value) <= model.between[1]:
        raise _wrong(name, f"must be {model.between[0]} to {model.between[1]}")


def _file(name: str, value: Any, model: Model) -> None:
    if not isinstance(value, str) or not (_is_link(value) or _FILE.match(value)):
        raise _wrong(name, "must be a link or a file in base64")


def _files(name: str, value: Any, model: Model) -> None:
    values = value if isinstance(value, list) else [value]
    if model.listed and not isinstance(value, list):
        raise _wrong(name, "must be a list")
    if len(values) > model.references:
        raise _wrong(name, f"may name {model.references} pictures at most")
    for one in values:
        _file(name, one, model)


def _link(name: str, value: Any, model: Model) -> None:
    if not isinstance(value, str) or not _is_link(value):
        raise _wrong(name, "must be a link")


def _track(name: str, value: Any, model: Model) -> None:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise _wrong(name, "must be a string or a whole number")


def _is_link(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


CHECKS: Mapping[str, Callable[[str, Any, Model], None]] = {
    "key": _text,
    "model_id": _text,
    "prompt": _text,
    "negative_prompt": _text,
    "voice_id": _text,
    "width": _pixels,
    "height": _pixels,
    "samples": _whole(1, 4),
    "seed": _whole(0, 2**32 - 1),
    "strength": _part,
    "aspect_ratio": _ratio,
    "resolution": _resolution,
    "duration": _duration,
    "generate_audio": _flag,
    "enhance_prompt": _flag,
    "camera_fixed": _flag,
    "init_image": _files,
    "init_image_2": _file,
    "mask_image": _file,
    "init_video": _file,
    "init_audio": _file,
    "webhook": _link,
    "track_id": _track,
}
