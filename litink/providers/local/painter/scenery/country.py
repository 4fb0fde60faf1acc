"""Places in the tame open country: forest, field, garden, river, road, and where nothing is known."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker
from litink.providers.local.painter.scenery.buildings import house
from litink.providers.local.painter.scenery.nature import (
    EARTH,
    GRASS,
    LEAF,
    PINE,
    fence,
    flowers,
    grass,
    ground,
    hills,
    patches,
    road,
)
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.sky import fog_bank, paint_sky
from litink.providers.local.painter.scenery.trees import boughs, broadleaf, bush, conifer, treeline
from litink.providers.local.painter.scenery.water import rowing_boat, water
from litink.providers.local.painter.svg import num

BLOSSOM = ("#e8e2d4", "#d9707c", "#e6b84f", "#9a86c8")


def landscape(p: Place) -> None:
    """Rolling country under a large sky."""
    c = p.chance.branch("landscape")
    paint_sky(p)
    hills(p, p.horizon + p.u, p.h * 0.12, "#8aa3a8", 0.75, waves=1.2)
    treeline(p, hills(p, p.horizon + p.u * 3, p.h * 0.09, "#7f9c7a", 0.5, waves=1.6), p.u * 2.4, LEAF, 0.5)
    hills(p, p.horizon + p.u * 7, p.h * 0.07, "#88a862", 0.25, waves=0.9)
    for t, s in ((0.12, 1.0), (0.86, 1.25), (0.79, 0.8)):
        broadleaf(p, p.w * t, p.horizon + p.u * (9 + 4 * s), p.man * 1.15 * s, c, depth=0.12)
    hills(p, p.ground - p.u * 2, p.u * 4, GRASS, 0.0, waves=0.7)
    patches(p, p.ground - p.u * 2, darker(GRASS, 0.4), 16)
    grass(p, p.ground, 130, p.u * 4, GRASS)
    flowers(p, p.ground, p.h, 34, BLOSSOM, p.u * 0.7)


def forest(p: Place) -> None:
    """Trunks behind trunks, light falling between them."""
    c = p.chance.branch("forest")
    pines = c.maybe(0.35) or p.light.weather == "snow"
    paint_sky(p)
    p.d.glow(p.sun_x, p.horizon - p.man * 0.8, p.w * 0.42, p.h * 0.42, p.light.grade(p.light.sun_colour), 0.55)
    for layer, (depth, size, count) in enumerate(((0.85, 1.5, 13), (0.58, 1.9, 9), (0.32, 2.4, 7))):
        y = p.horizon + p.u * (1 + 4.5 * layer)
        hills(p, y + p.u * 3, p.u * 3, "#6f8f58", depth, waves=2, key="wood")
        for k in range(count):
            x = p.w * ((k + c.between(0.1, 0.9)) / count * 1.1 - 0.05)
            if layer == 2 and abs(x - p.w / 2) < p.w * 0.17:
                continue
            tall = p.man * size * c.between(0.85, 1.25)
            if pines:
                conifer(p, x, y + p.u * c.between(0, 3), tall * 1.1, c, depth=depth)
            else:
                broadleaf(p, x, y + p.u * c.between(0, 3), tall, c, depth=depth)
        if layer < 2:
            fog_bank(p, y, 0.20)
    if p.light.dark < 0.5 and p.light.weather in ("clear", "unknown", "wind", "cloudy"):
        sunbeams(p)
    hills(p, p.ground - p.u * 3, p.u * 4, "#6d8a4c", 0.04, waves=1.1)
    road(
        p,
        p.ground - p.u * 6,
        "#b39a6f",
        far_x=p.w * 0.5,
        far_half=p.u * 1.4,
        near_x=p.w * 0.42,
        near_half=p.w * 0.14,
        bend=p.u * 5,
    )
    patches(p, p.ground - p.u * 3, darker(GRASS, 0.5), 18, opacity=0.3)
    for t in (0.03, 0.2, 0.83, 0.97):
        bush(p, p.w * t, p.ground + p.u * c.between(-2, 3), p.u * c.between(6, 10), c, colour="#55803f")
    for side in (-0.015, 1.015):
        trunk(p, p.w * side, p.u * c.between(5, 7))
    grass(p, p.ground + p.u * 2, 120, p.u * 4.6, "#5f8a45")
    boughs(p, PINE if pines else LEAF)


def trunk(p: Place, x: float, half: float) -> None:
    """A great trunk at the edge of the picture, from root to out of sight."""
    bark = p.tint("#4c3a30")
    y = p.ground + p.u * 5
    fill = p.d.linear([(0, darker(bark, 0.35)), (1, bark)], (0, 0), (1, 0))
    p.d.path(
        (
            f"M{num(x - half * 0.8)} 0"
            f"C{num(x - half * 0.7)} {num(y * 0.5)} {num(x - half)} {num(y * 0.85)} {num(x - half * 2.2)} {num(y)}"
            f"H{num(x + half * 2.2)}"
            f"C{num(x + half)} {num(y * 0.85)} {num(x + half * 0.7)} {num(y * 0.5)} {num(x + half * 0.8)} 0"
            "Z"
        ),
        fill,
    )
    p.d.line(
        "".join(
            (
                f"M{num(x + half * t)} {num(y * 0.1)}"
                f"Q{num(x + half * t * 1.4)} {num(y * 0.5)} {num(x + half * t * 1.2)} {num(y * 0.86)}"
            )
            for t in (-0.4, 0.05, 0.45)
        ),
        darker(bark, 0.4),
        half * 0.07,
        0.5,
    )


def sunbeams(p: Place) -> None:
    """Slanting light between trees or through a high window."""
    c = p.chance.branch("beams")
    colour, top_x = p.light.grade(p.light.sun_colour), p.sun_x
    lean = -1 if top_x > p.w / 2 else 1
    for _ in range(4):
        x, wide = top_x + c.jitter(p.w * 0.22), p.w * c.between(0.02, 0.05)
        run = lean * p.w * 0.22
        path = f"M{num(x)} 0H{num(x + wide)}L{num(x + run + wide * 2.6)} {num(p.ground)}H{num(x + run)}Z"
        p.d.path(path, p.d.linear([(0, colour, 0.22), (1, colour, 0.0)]))


def field(p: Place) -> None:
    """Ripe fields, hedges and haystacks."""
    c = p.chance.branch("field")
    paint_sky(p)
    hills(p, p.horizon, p.h * 0.07, "#8aa39a", 0.7)
    crest = hills(p, p.horizon + p.u * 3, p.h * 0.05, "#a9ad62", 0.42, waves=1.4)
    treeline(p, crest, p.u * 2.0, LEAF, 0.45)
    hills(p, p.horizon + p.u * 6, p.u * 4, "#cdb35e", 0.2, waves=0.8, key="corn")
    patches(p, p.horizon + p.u * 6, "#a88d3f", 30, opacity=0.28, key="corn")
    broadleaf(p, p.w * c.choice((0.14, 0.85)), p.horizon + p.u * 9, p.man * 1.5, c, depth=0.1)
    for t in (0.30, 0.66, 0.74):
        haystack(p, p.w * (t + c.jitter(0.04)), p.horizon + p.u * c.between(9, 13), p.man * c.between(0.4, 0.55))
    hills(p, p.ground - p.u, p.u * 4, GRASS, 0.0, waves=0.8)
    fence(p, p.ground - p.u * 1.5, -p.u * 3, p.w * 0.30, p.man * 0.34)
    patches(p, p.ground, darker(GRASS, 0.4), 14)
    grass(p, p.ground, 150, p.u * 4.4, "#a3a852")
    flowers(p, p.ground, p.h, 40, ("#c9463c", "#e8e2d4", "#5f7fc0"), p.u * 0.7)


def haystack(p: Place, x: float, y: float, size: float) -> None:
    p.d.glow(x, y, size * 0.8, size * 0.12, "#0b0a18", 0.4)
    fill = p.d.linear([(0, p.tint("#b28b45")), (1, p.tint("#e8cf85"))], (0, 0.6), (1, 0.2))
    p.d.path(
        (
            f"M{num(x - size * 0.55)} {num(y)}"
            f"Q{num(x - size * 0.6)} {num(y - size * 0.6)} {num(x)} {num(y - size)}"
            f"Q{num(x + size * 0.6)} {num(y - size * 0.6)} {num(x + size * 0.55)} {num(y)}"
            f"Q{num(x)} {num(y + size * 0.1)} {num(x - size * 0.55)} {num(y)}Z"
        ),
        fill,
    )
    p.d.line(
        "".join(
            (
                f"M{num(x + size * t)} {num(y - size * 0.1)}"
                f"Q{num(x + size * t * 0.9)} {num(y - size * 0.5)} {num(x + size * t * 0.3)} {num(y - size * 0.86)}"
            )
            for t in (-0.36, -0.12, 0.14, 0.36)
        ),
        p.tint("#9a7838"),
        size * 0.015,
        0.5,
    )


def garden(p: Place) -> None:
    """Lawn, clipped hedges, roses, and the house behind."""
    c = p.chance.branch("garden")
    paint_sky(p)
    treeline(p, hills(p, p.horizon, p.h * 0.03, "#7f9c7a", 0.5), p.u * 7, LEAF, 0.42)
    house(p, p.w * 0.56, p.horizon + p.u * 5, p.man * 1.9, p.man * 0.95, c, depth=0.16)
    ground(p, p.horizon + p.u * 4.5, "#86ab5a", "#94b56a", depth=0.2)
    for k in range(9):
        bush(
            p,
            p.w * (k + 0.5) / 9 + c.jitter(p.u * 2),
            p.horizon + p.u * 6.5,
            p.u * c.between(5, 7),
            c,
            colour="#4f7f49",
            depth=0.14,
        )
    road(
        p,
        p.horizon + p.u * 6,
        "#d8c39a",
        far_x=p.w * 0.60,
        far_half=p.u * 1.6,
        near_x=p.w * 0.46,
        near_half=p.w * 0.12,
        bend=p.u * 3,
    )
    broadleaf(p, p.w * 0.10, p.ground - p.u * 2, p.man * 2.0, c, colour="#6f9a4c")
    for t in (0.05, 0.16, 0.84, 0.95):
        bush(p, p.w * t, p.ground + p.u * 2, p.u * 9, c, colour="#4f8046")
    patches(p, p.horizon + p.u * 9, darker(GRASS, 0.4), 14)
    flowers(p, p.ground - p.u * 7, p.ground - p.u * 1, 60, ("#d9566a", "#f0e6da", "#e58fa0"), p.u * 0.8, key="bed")
    grass(p, p.ground + p.u * 3, 90, p.u * 3.6, GRASS)
    flowers(p, p.ground + p.u * 3, p.h, 30, ("#e6b84f", "#d9566a", "#9a86c8", "#f0e6da"), p.u * 1.2)
    boughs(p)


def river(p: Place) -> None:
    """A slow river between meadows and willows."""
    c = p.chance.branch("river")
    paint_sky(p)
    hills(p, p.horizon, p.h * 0.09, "#8aa39a", 0.66)
    crest = hills(p, p.horizon + p.u * 2, p.h * 0.04, "#86a468", 0.40)
    treeline(p, crest, p.u * 3.2, LEAF, 0.40)
    water(p, p.horizon + p.u * 2.6, p.h, rough=0.25)
    left = (
        f"M0 {num(p.horizon + p.u * 2)}"
        f"Q{num(p.w * 0.20)} {num(p.horizon + p.u * 4)} {num(p.w * 0.24)} {num(p.horizon + p.u * 9)}"
        f"Q{num(p.w * 0.26)} {num(p.horizon + p.u * 13)} 0 {num(p.horizon + p.u * 15)}Z"
    )
    p.d.path(left, p.d.linear([(0, p.tint("#93ad68", 0.2)), (1, p.tint("#6f8d4c"))]))
    for t, s in ((0.04, 1.5), (0.13, 1.2), (0.19, 0.8)):
        broadleaf(p, p.w * t, p.horizon + p.u * (4 + 4 * s), p.man * s, c, colour="#7d9a55", depth=0.1)
    rowing_boat(p, p.w * 0.70, p.horizon + p.u * 11, p.man * 0.85)
    bank = p.ground - p.u * 5
    p.d.path(
        (
            f"M0 {num(bank + p.u * 3)}"
            f"Q{num(p.w * 0.3)} {num(bank - p.u * 2)} {num(p.w * 0.62)} {num(bank + p.u * 2)}"
            f"T{num(p.w)} {num(bank - p.u)}V{num(p.h)}H0Z"
        ),
        p.d.linear([(0, p.tint("#94ae60")), (1, p.tint("#5f7f44"))]),
    )
    patches(p, bank + p.u * 3, darker(GRASS, 0.4), 12)
    reeds(p, bank + p.u * 2)
    grass(p, p.ground + p.u, 130, p.u * 4.4, GRASS)
    flowers(p, p.ground, p.h, 26, BLOSSOM, p.u * 0.8)


def reeds(p: Place, y: float) -> None:
    c = p.chance.branch("reeds")
    stems, heads = [], []
    for _ in range(34):
        x = p.w * (c.between(0, 0.14) if c.maybe(0.5) else c.between(0.86, 1.0))
        tall, lean = p.man * c.between(0.35, 0.7), c.jitter(p.u * 2)
        base = y + p.u * c.between(0, 4)
        stems.append(f"M{num(x)} {num(base)}q0 {num(-tall * 0.6)} {num(lean)} {num(-tall)}")
        if c.maybe(0.4):
            heads.append(f"M{num(x + lean)} {num(base - tall)}l{num(lean * 0.1)} {num(-p.u * 2.4)}")
    p.d.line("".join(stems), p.tint("#7d9350"), p.u * 0.4)
    p.d.line("".join(heads), p.tint("#6b4a33"), p.u * 1.1)


def country_road(p: Place) -> None:
    """A road that winds away between hedges."""
    c = p.chance.branch("road")
    paint_sky(p)
    hills(p, p.horizon, p.h * 0.10, "#8aa0a4", 0.72)
    treeline(p, hills(p, p.horizon + p.u * 3, p.h * 0.06, "#83a06a", 0.45), p.u * 2.2, LEAF, 0.45)
    hills(p, p.horizon + p.u * 6, p.u * 5, "#8fae63", 0.2)
    ground(p, p.horizon + p.u * 7, GRASS, "#92b066", depth=0.2)
    house(p, p.w * 0.20, p.horizon + p.u * 8, p.man * 0.85, p.man * 0.42, c, depth=0.28)
    road(
        p,
        p.horizon + p.u * 5,
        "#cdb48a",
        far_x=p.w * 0.62,
        far_half=p.u * 0.8,
        near_x=p.w * 0.40,
        near_half=p.w * 0.24,
        bend=p.u * 7,
    )
    for k in range(5):
        t = k / 4
        broadleaf(
            p, p.w * (0.80 + 0.16 * t), p.horizon + p.u * (8 + 13 * t), p.man * (0.7 + 1.5 * t), c, depth=0.24 * (1 - t)
        )
    fence(p, p.ground - p.u, -p.u * 2, p.w * 0.17, p.man * 0.36)
    patches(p, p.ground, darker(EARTH, 0.4), 12, opacity=0.2)
    for t in (0.02, 0.12, 0.90, 1.0):
        bush(p, p.w * t, p.ground + p.u * 5, p.u * c.between(7, 10), c)
    grass(p, p.ground + p.u * 4, 90, p.u * 4, GRASS)
    boughs(p)
