"""Routes and models of ModelsLab, and what each model takes: fields, shapes, lengths, prices.

Fields are those of the vendor's pages and of its SDK's schemas; it publishes no prices for v7: these are estimates.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

ROUTES: Mapping[str, str] = {
    "text-to-image": "/images/text-to-image",
    "image-to-image": "/images/image-to-image",
    "inpaint": "/images/inpaint",
    "text-to-video": "/video-fusion/text-to-video",
    "image-to-video": "/video-fusion/image-to-video",
    "lip-sync": "/video-fusion/lip-sync",
    "speech": "/voice/text-to-speech",
    "sound-effect": "/voice/sound-generation",
    "music": "/voice/music-gen",
}
Operation = Literal[
    "text-to-image",
    "image-to-image",
    "inpaint",
    "text-to-video",
    "image-to-video",
    "lip-sync",
    "speech",
    "sound-effect",
    "music",
]
Unit = Literal["pictures", "seconds", "characters"]
RATIOS = ("1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9")


class Model(BaseModel):
    """``required`` and ``optional`` are fields besides key, model_id, webhook and track_id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    operation: Operation
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    unit: Unit
    price: Decimal  # USD a unit
    characters: int = 4_000  # of the prompt, at most
    references: int = 1  # pictures in init_image
    listed: bool = False  # init_image must be a list
    sizes: dict[str, tuple[int, int]] = {}  # pixels by ratio, where width and height are not given
    durations: tuple[int, ...] = ()  # seconds of a film
    between: tuple[int, int] = (1, 600)  # seconds of a sound
    jpeg: bool = False


@cache
def models() -> Mapping[tuple[str, str], Model]:
    """By operation and id."""
    text = resources.files("emulator.modelslab").joinpath("models.toml").read_text("utf-8")
    data = tomllib.loads(text)
    sizes = data["sizes"]
    found: dict[tuple[str, str], Model] = {}
    for entry in data["models"]:
        if "sizes" in entry:
            entry = {**entry, "sizes": sizes[entry["sizes"]]}
        model = Model.model_validate(entry)
        found[model.operation, model.id] = model
    return found
