"""The local painter: scene pictures, portraits, title cards and covers without any key. It only puts parts together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from litink.providers.base import DrawnMouth, Picture, Ratio
from litink.providers.local.painter import cards
from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, mix
from litink.providers.local.painter.figures.appearance import appearance_of
from litink.providers.local.painter.figures.body import frame_of
from litink.providers.local.painter.figures.figure import paint_figure
from litink.providers.local.painter.frame import PORTRAIT, SIZES
from litink.providers.local.painter.light import light_of
from litink.providers.local.painter.mouths import draw_mouths
from litink.providers.local.painter.props import PropBox
from litink.providers.local.painter.scenery.place import place_for
from litink.providers.local.painter.scenery.places import INDOORS, paint_place
from litink.providers.local.painter.scenery.sky import paint_vignette
from litink.providers.local.painter.shots import compose
from litink.providers.local.painter.svg import Drawing
from litink.story.model import Character, SceneDescription, Shot
from litink.story.settings import PROPS, SETTINGS

MOUTHS_DRAWING_VERSION = 1  # goes up whenever the mouths of the same picture would come out otherwise
DRAWING_VERSION = 1  # goes up whenever the same arguments would give another picture


class LocalPainter:
    """Implements ``litink.providers.base.Painter``; safe to share between threads.

    resvg holds Python's global lock while it renders, so pictures are made side by side in processes, not threads.
    """

    def __init__(self, engines_dir: Path) -> None:
        self._engines_dir = engines_dir

    @cached_property
    def _props(self) -> PropBox:
        return PropBox(self._engines_dir)

    def recipe(self) -> Mapping[str, Any]:
        return {
            "engine": "local-painter",
            "version": DRAWING_VERSION,
            "icons": self._props.digest,
            "resvg": version("resvg_py"),
            "opencv": version("opencv-python-headless"),
            "fonts": {name: version(name) for name in ("rendercv-fonts", "manimgx-fonts")},
        }

    def portrait(self, character: Character) -> Picture:
        """Head and shoulders; for a location a small view of it, for an object the thing itself where it is known."""
        if character.kind == "location":
            return self._location(character)
        light = light_of("day", "clear", "calm")
        drawing = Drawing(PORTRAIT, PORTRAIT)
        look = appearance_of(character)
        tone = mix(darker(look.cloth, 0.1), "#e6d8bc", 0.62)
        drawing.rect(
            0, 0, PORTRAIT, PORTRAIT, drawing.linear([(0, mix(tone, "#fff6e4", 0.35)), (1, darker(tone, 0.22))])
        )
        drawing.glow(PORTRAIT * 0.52, PORTRAIT * 0.42, PORTRAIT * 0.5, PORTRAIT * 0.5, "#fff8e8", 0.55)
        if character.kind == "object":
            found = self._props.known(_kinds_named(character.name, PROPS))
            if not found:
                return cards.initial(character.name, tone)
            self._props.paint(drawing, found[0], light, PORTRAIT / 2, PORTRAIT * 0.80, PORTRAIT * 0.58)
        else:
            frame = frame_of(look)
            tall = look.hat in ("top", "bowler", "crown")
            scale = PORTRAIT * (0.36 if tall else 0.43) / frame.head
            feet = PORTRAIT * (0.53 if tall else 0.45) + (frame.height - frame.head / 2) * scale
            paint_figure(drawing, look, light, PORTRAIT * 0.49, feet, scale, facing=1, shadow=False)
        rim = [(0.0, "#1a1220", 0.0), (0.66, "#1a1220", 0.0), (1.0, "#1a1220", 0.30)]
        drawing.circle(PORTRAIT / 2, PORTRAIT / 2, PORTRAIT * 0.72, drawing.radial(rim))
        return Picture(drawing.png(), "image/png", PORTRAIT, PORTRAIT)

    def _location(self, character: Character) -> Picture:
        kinds = _kinds_named(character.name, {kind: setting.words for kind, setting in SETTINGS.items()})
        kind = kinds[0] if kinds else "landscape"
        chance = Chance("place", kind, character.name.strip().casefold())
        place = place_for(PORTRAIT, PORTRAIT, light_of("afternoon", "clear", "calm"), chance, kind in INDOORS)
        paint_place(place, kind)
        paint_vignette(place.d, PORTRAIT, PORTRAIT, place.light)
        return Picture(place.d.png(), "image/png", PORTRAIT, PORTRAIT)

    def scene(self, scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], ratio: Ratio) -> Picture:
        width, height = SIZES[ratio]
        return Picture(compose(scene, shot, cast, width, height, self._props), "image/png", width, height)

    def mouths(
        self, scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], ratio: Ratio
    ) -> tuple[DrawnMouth, ...]:
        """The mouths in the picture that ``scene`` makes of the same arguments, of everyone who is near enough."""
        return draw_mouths(scene, shot, cast, *SIZES[ratio])

    def title_card(self, title: str, subtitle: str, ratio: Ratio, *, seed: str) -> Picture:
        return cards.title_card(title, subtitle, ratio, seed=seed)

    def cover(
        self, title: str, author: str, *, seed: str, setting: str = "", backdrop: Picture | None = None
    ) -> Picture:
        """``setting`` may name a kind of litink.story.settings for the illustration, ``backdrop`` be it."""
        return cards.cover(title, author, seed=seed, setting=setting, backdrop=backdrop)


def _kinds_named(name: str, words_of: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The kinds whose words the name holds, the last word first: "Harbour Street" is a street."""
    words = re.findall(r"[^\W\d_]+", name.lower())
    return tuple(kind for word in reversed(words) for kind, names in words_of.items() if word in names)
