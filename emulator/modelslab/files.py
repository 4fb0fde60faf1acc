"""The files that ModelsLab delivers: recipes under names that expire, made when they are asked for."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ConfigDict

from emulator.core.calls import MAX_BODY, Refusal
from emulator.core.hub import Hub
from emulator.media import mp3, pictures, sound
from emulator.media.film import SOUND_RATE, film

PREFIX = "/modelslab/files/"
_LOOKS = 4  # different films a size and length; more would cost too much to make


class Recipe(BaseModel):
    """Everything that decides the bytes of a file."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["picture", "film", "speech", "music", "noise"]
    seed: str
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    jpeg: bool = False
    sounding: bool = False
    text: str = ""

    @property
    def media_type(self) -> str:
        return {"picture": "image/jpeg" if self.jpeg else "image/png", "film": "video/mp4"}.get(self.kind, "audio/mpeg")

    @property
    def suffix(self) -> str:
        return {"picture": "jpg" if self.jpeg else "png", "film": "mp4"}.get(self.kind, "mp3")


def make(recipe: Recipe, cache: Path) -> bytes:
    """The bytes. Films are kept in ``cache``: those of one size and length share a few looks."""
    if recipe.kind == "picture":
        kind: pictures.PictureType = "image/jpeg" if recipe.jpeg else "image/png"
        return pictures.encode(pictures.draw(recipe.seed, recipe.width, recipe.height), kind)
    if recipe.kind == "film":
        return _film(recipe, cache)
    form = sound.SoundFormat("mp3", 44_100, 128)
    if recipe.kind == "speech":
        return mp3.spoken(recipe.text, sound.ends_of(recipe.text), recipe.seed, form)
    samples = (sound.music if recipe.kind == "music" else sound.noise)(recipe.seed, recipe.seconds, form.rate)
    return sound.encode(samples, form)


def _film(recipe: Recipe, cache: Path) -> bytes:
    look = hashlib.sha256(recipe.seed.encode()).digest()[0] % _LOOKS
    shared = recipe.model_copy(update={"seed": f"film {look}", "text": ""})
    kept = cache / f"{hashlib.sha256(shared.model_dump_json().encode()).hexdigest()[:32]}.mp4"
    if kept.is_file():
        return kept.read_bytes()
    tone = sound.music(shared.seed, shared.seconds, SOUND_RATE) if shared.sounding else None
    data = film(shared.seed, shared.width, shared.height, shared.seconds, tone)
    cache.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{secrets.token_hex(4)}")
    part.write_bytes(data)
    part.replace(kept)
    return data


def offer(hub: Hub, recipe: Recipe, since: float) -> str:
    """The name of a new file that can be had from ``since`` on, for as long as links live."""
    name = f"{secrets.token_hex(16)}.{recipe.suffix}"
    until = since + hub.settings.link_seconds
    hub.state.put("file", name, {"recipe": recipe.model_dump(), "since": since, "until": until})
    return name


def offered(hub: Hub, name: str) -> Recipe | None:
    """What stands under ``name`` now; None when there is nothing, not yet or not any more."""
    entry = hub.state.get("file", name)
    if entry is None or not entry["since"] <= hub.state.now() < entry["until"]:
        return None
    return Recipe.model_validate(entry["recipe"])


async def made(hub: Hub, recipe: Recipe) -> bytes:
    return await hub.in_thread(lambda: make(recipe, hub.state.directory / "media"))


async def given(hub: Hub, field: str, value: str) -> bytes:
    """The bytes of a file that a caller gave, by link or in base64; Refusal 422 when they cannot be had."""
    refusal = Refusal(422, "", f"The {field} could not be fetched or read.", param=field)
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"}:
        try:
            return base64.b64decode(value.partition(",")[2] if value.startswith("data:") else value, validate=True)
        except ValueError:
            raise refusal from None
    if parts.path.startswith(PREFIX):
        recipe = offered(hub, parts.path.removeprefix(PREFIX))
        if recipe is None:
            raise refusal
        return await made(hub, recipe)
    try:
        async with httpx.AsyncClient(timeout=10, follow_redirects=True) as client:
            answer = await client.get(value)
    except httpx.HTTPError:
        raise refusal from None
    if answer.status_code != 200 or len(answer.content) > MAX_BODY:
        raise refusal
    return answer.content


def short(value: Any) -> Any:
    """A value as `meta` gives it back: long texts cut."""
    text = value if isinstance(value, str) else json.dumps(value)
    return value if len(text) <= 500 else f"{text[:200]}…"
