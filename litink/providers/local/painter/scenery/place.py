"""The stage a place is painted on: its geometry, light and choices. What is painted stands in the modules beside it."""

from __future__ import annotations

from dataclasses import dataclass

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.light import Light
from litink.providers.local.painter.svg import Drawing


@dataclass(frozen=True)
class Place:
    """One place under way. Pixels; y grows downwards.

    The horizon is at the eye level of people standing at ``ground``, so they belong to the perspective wherever they
    stand. ``man`` is the height of an adult there.
    """

    d: Drawing
    light: Light
    chance: Chance
    w: float
    h: float
    horizon: float
    ground: float
    man: float
    indoors: bool
    props: tuple[str, ...] = ()

    @property
    def u(self) -> float:
        """A hundredth of the shorter side: the unit of detail."""
        return min(self.w, self.h) / 100

    @property
    def sun_x(self) -> float:
        return self.w * (0.74 if self.chance.branch("sun").maybe(0.6) else 0.24)

    def tint(self, colour: str, depth: float = 0.0) -> str:
        return self.light.tint(colour, depth)


def place_for(
    width: int, height: int, light: Light, chance: Chance, indoors: bool, props: tuple[str, ...] = ()
) -> Place:
    """The geometry for a frame: people are smaller out of doors, and in tall frames relative to the height."""
    ratio = width / height
    if indoors:
        ground, man = (0.885, 0.44) if ratio > 1.2 else (0.86, 0.36) if ratio > 0.8 else (0.82, 0.27)
        horizon = ground - man * 0.72
        light = light.indoors()
    else:
        ground, man = (0.865, 0.31) if ratio > 1.2 else (0.85, 0.26) if ratio > 0.8 else (0.81, 0.20)
        horizon = ground - man * 0.93
    return Place(
        Drawing(width, height),
        light,
        chance,
        width,
        height,
        horizon * height,
        ground * height,
        man * height,
        indoors,
        props,
    )
