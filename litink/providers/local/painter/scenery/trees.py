"""Trees and bushes, single and as woods. No places."""

from __future__ import annotations

import math

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.scenery.nature import LEAF, PINE, winter
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import Point, ellipse_path, num


def treeline(
    place: Place, crest: list[Point], size: float, colour: str, depth: float, *, pines: bool = False, key: str = ""
) -> None:
    """A distant wood along a crest, as one silhouette."""
    chance = place.chance.branch(f"treeline{key}{depth}")
    parts, x = [], -size
    while x < place.w + size:
        i = min(len(crest) - 2, max(0, int((x + place.w * 0.02) / (place.w * 1.04) * (len(crest) - 1))))
        y = crest[i][1] + size * 0.25
        tall = size * chance.between(0.6, 1.15)
        if pines:
            parts.append(
                f"M{num(x - tall * 0.3)} {num(y)}L{num(x)} {num(y - tall * 1.5)}L{num(x + tall * 0.3)} {num(y)}Z"
            )
        else:
            parts.append(ellipse_path(x, y - tall * 0.35, tall * 0.55, tall * 0.6))
        x += size * chance.between(0.34, 0.75)
    place.d.path("".join(parts), place.tint(winter(place, colour, 0.45), depth))


def broadleaf(
    place: Place, x: float, y: float, height: float, chance: Chance, *, colour: str = LEAF, depth: float = 0.0
) -> None:
    """A leafy tree: dark, middle and lit foliage over a forked trunk. Bare of leaves in snow."""
    if place.light.weather == "snow":
        bare_tree(place, x, y, height, chance, depth=depth)
        return
    d = place.d
    side = 1 if place.sun_x > x else -1
    bark = place.tint("#6d523f", depth)
    half = height * 0.045
    d.path(
        f"M{num(x - half * 1.5)} {num(y)}"
        f"Q{num(x - half * 0.6)} {num(y - height * 0.2)} {num(x - half * 0.7)} {num(y - height * 0.5)}"
        f"H{num(x + half * 0.7)}Q{num(x + half * 0.6)} {num(y - height * 0.2)} {num(x + half * 1.6)} {num(y)}Z",
        d.linear([(0, place.tint("#543d30", depth)), (1, bark)], (0 if side > 0 else 1, 0), (1 if side > 0 else 0, 0)),
    )
    cy, rx, ry = y - height * 0.66, height * 0.33, height * 0.31
    blobs = [
        (
            x + rx * 0.74 * math.cos(a) * chance.between(0.8, 1.15),
            cy + ry * 0.70 * math.sin(a) * chance.between(0.85, 1.15),
            rx * chance.between(0.38, 0.54),
        )
        for a in (k * 6.283 / 9 for k in range(9))
    ]
    dark = "".join(ellipse_path(bx, by, r, r * 0.92) for bx, by, r in blobs) + ellipse_path(x, cy, rx * 0.75, ry * 0.75)
    d.path(dark, place.tint(darker(colour, 0.30 if depth < 0.7 else 0.12), depth))
    if depth > 0.7:  # the haze hides what is lit and what is not
        return
    sunny = [(bx, by, r) for bx, by, r in blobs if side * (bx - x) * 0.6 - (by - cy) > -ry * 0.30]
    middle = [*sunny, (x + side * rx * 0.12, cy - ry * 0.10, rx * 0.62)]
    d.path(
        "".join(ellipse_path(bx + side * r * 0.10, by - r * 0.14, r * 0.86, r * 0.76) for bx, by, r in middle),
        place.tint(colour, depth),
    )
    if depth > 0.5:  # the haze hides single leaves
        return
    lit = place.tint(lighter(mix(colour, "#c4bf5e", 0.30), 0.10), depth)
    leaves = []
    for bx, by, r in sunny:
        for _ in range(5):
            a = chance.between(-2.6, -0.5) if side > 0 else chance.between(-2.64, -0.54)
            lx, ly = bx + r * 0.52 * math.cos(a) + side * r * 0.16, by + r * 0.50 * math.sin(a)
            leaves.append(ellipse_path(lx, ly, r * chance.between(0.10, 0.22), r * chance.between(0.07, 0.14)))
    d.path("".join(leaves), lit, 0.8)


def conifer(
    place: Place, x: float, y: float, height: float, chance: Chance, *, colour: str = PINE, depth: float = 0.0
) -> None:
    """A fir in tiers, its sunny half lighter; snow on the boughs when it snows."""
    d, side = place.d, 1 if place.sun_x > x else -1
    d.rect(x - height * 0.025, y - height * 0.14, height * 0.05, height * 0.15, place.tint("#4f3b30", depth))
    dark, lit, tiers = [], [], 5
    for k in range(tiers):
        top = y - height * (1.0 - 0.16 * k)
        foot = y - height * (0.70 - 0.15 * k) + chance.jitter(height * 0.015)
        half = height * (0.11 + 0.052 * k) * chance.between(0.92, 1.1)
        dark.append(
            f"M{num(x)} {num(top)}"
            f"Q{num(x - half * 0.4)} {num((top + foot) / 2)} {num(x - half)} {num(foot)}"
            f"Q{num(x)} {num(foot + height * 0.05)} {num(x + half)} {num(foot)}"
            f"Q{num(x + half * 0.4)} {num((top + foot) / 2)} {num(x)} {num(top)}Z"
        )
        lit.append(
            f"M{num(x)} {num(top)}"
            f"Q{num(x + side * half * 0.4)} {num((top + foot) / 2)} {num(x + side * half)} {num(foot)}"
            f"Q{num(x + side * half * 0.5)} {num(foot + height * 0.02)} {num(x + side * half * 0.12)} "
            f"{num(foot - height * 0.04)}"
            "Z"
        )
    body = place.tint(darker(colour, 0.22), depth)
    d.path("".join(dark), body)
    d.path("".join(lit), place.tint(winter(place, lighter(colour, 0.10), 0.85), depth), 0.85)


def bare_tree(
    place: Place, x: float, y: float, height: float, chance: Chance, *, depth: float = 0.0, colour: str = "#4d3f3b"
) -> None:
    """A tree without leaves, grown by forking."""
    strokes: dict[int, list[str]] = {}

    def grow(bx: float, by: float, angle: float, length: float, level: int) -> None:
        ex, ey = bx + length * math.cos(angle), by + length * math.sin(angle)
        bend = chance.jitter(length * 0.12)
        strokes.setdefault(level, []).append(
            f"M{num(bx)} {num(by)}Q{num((bx + ex) / 2 + bend)} {num((by + ey) / 2)} {num(ex)} {num(ey)}"
        )
        if level < 4:
            for turn in (-1, 1):
                grow(ex, ey, angle + turn * chance.between(0.25, 0.62), length * chance.between(0.62, 0.8), level + 1)

    grow(x, y, -math.pi / 2 + chance.jitter(0.1), height * 0.34, 0)
    for level, paths in strokes.items():
        place.d.line("".join(paths), place.tint(colour, depth), height * 0.055 * 0.58**level)


def bush(
    place: Place, x: float, y: float, size: float, chance: Chance, *, colour: str = LEAF, depth: float = 0.0
) -> None:
    colour = winter(place, colour, 0.6)
    side = 1 if place.sun_x > x else -1
    blobs = [
        (
            x + size * (k / 4 - 0.5) * 1.5,
            y - size * (0.28 + 0.22 * math.sin(math.pi * k / 4)) * chance.between(0.85, 1.15),
            size * chance.between(0.24, 0.36),
        )
        for k in range(5)
    ]
    place.d.path(
        "".join(ellipse_path(bx, by, r, r) for bx, by, r in blobs)
        + f"M{num(x - size * 0.9)} {num(y)}Q{num(x)} {num(y - size * 0.5)} {num(x + size * 0.9)} {num(y)}Z",
        place.tint(darker(colour, 0.22), depth),
    )
    place.d.path(
        "".join(ellipse_path(bx + side * r * 0.25, by - r * 0.25, r * 0.66, r * 0.6) for bx, by, r in blobs),
        place.tint(lighter(colour, 0.10), depth),
    )


def boughs(place: Place, colour: str = LEAF) -> None:
    """Dark leaves that hang into the upper corners: the nearest layer, which frames the view."""
    if place.light.weather == "snow":
        return
    chance = place.chance.branch("boughs")
    shade = place.tint(darker(colour, 0.55))
    for side in (0, 1):
        parts = []
        for _ in range(26):
            t, s = chance.unit() ** 1.5, chance.unit() ** 1.7
            x = (t if side == 0 else 1 - t * 0.8) * place.w * 0.17 + (0 if side == 0 else place.w * 0.83)
            x = t * place.w * 0.16 if side == 0 else place.w - t * place.w * 0.16
            y, r, a = s * place.h * 0.20 * (1 - t * 0.7), place.u * chance.between(2.2, 4.4), chance.between(0.3, 2.6)
            parts.append(
                f"M{num(x)} {num(y)}"
                f"q{num(r * math.cos(a) + r * 0.5)} {num(r * 0.2)} {num(r * 1.6 * math.cos(a))} "
                f"{num(r * 1.6 * math.sin(a))}"
                f"q{num(-r * math.cos(a) - r * 0.5)} {num(-r * 0.2)} {num(-r * 1.6 * math.cos(a))} "
                f"{num(-r * 1.6 * math.sin(a))}"
                "Z"
            )
            parts.append(ellipse_path(x, y * 0.7, r, r * 0.8))
        place.d.path("".join(parts), shade, 0.96)
