"""Places people seldom live in: mountain, graveyard, desert, ice, battlefield, castle."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.buildings import church
from litink.providers.local.painter.scenery.landmarks import castle as castle_walls
from litink.providers.local.painter.scenery.landmarks import gravestone
from litink.providers.local.painter.scenery.nature import (
    GRASS,
    PINE,
    STONE,
    grass,
    ground,
    hills,
    mountains,
    patches,
    road,
    rock,
)
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.sky import fog_bank, paint_sky
from litink.providers.local.painter.scenery.trees import bare_tree, conifer, treeline
from litink.providers.local.painter.svg import num


def mountain(p: Place) -> None:
    """Peaks beyond a valley of firs."""
    c = p.chance.branch("mountain")
    paint_sky(p)
    mountains(p, p.horizon + p.u * 3, p.horizon * 0.62, "#8893ab", 0.66)
    mountains(p, p.horizon + p.u * 5, p.horizon * 0.36, "#7a8a92", 0.40, key="near")
    fog_bank(p, p.horizon + p.u * 2, 0.28)
    treeline(p, hills(p, p.horizon + p.u * 6, p.u * 6, "#5f7f66", 0.30), p.u * 3.4, PINE, 0.30, pines=True)
    hills(p, p.horizon + p.u * 11, p.u * 5, "#7d9a62", 0.12, waves=1.4)
    for t, s in ((0.05, 1.9), (0.13, 1.4), (0.90, 1.7), (0.97, 2.1), (0.82, 1.1)):
        conifer(p, p.w * t, p.ground - p.u * (6 - 3 * s), p.man * s, c)
    hills(p, p.ground, p.u * 4, "#8a9a66", 0.0)
    for t in (0.22, 0.72, 0.93):
        rock(p, p.w * t, p.ground + p.u * c.between(2, 5), p.u * c.between(9, 15), p.u * c.between(4, 8), c)
    patches(p, p.ground, darker(GRASS, 0.45), 14)
    grass(p, p.ground + p.u * 2, 80, p.u * 3.6, "#8a9a5a")


def graveyard(p: Place) -> None:
    """Leaning stones, a bare tree, the church on its rise."""
    c = p.chance.branch("graves")
    paint_sky(p)
    treeline(p, hills(p, p.horizon, p.h * 0.05, "#7f9488", 0.6), p.u * 3.4, "#4f6b50", 0.5)
    hills(p, p.horizon + p.u * 5, p.u * 6, "#74895c", 0.25, waves=0.7)
    church(p, p.w * 0.54, p.horizon + p.u * 2, p.man * 1.9, depth=0.22)
    ground(p, p.horizon + p.u * 5, "#6f8350", "#7f9362", depth=0.2)
    fog_bank(p, p.horizon + p.u * 5, 0.26)
    for row, (size, count) in enumerate(((0.26, 9), (0.36, 7), (0.5, 5))):
        for k in range(count):
            t = (k + c.between(0.2, 0.8)) / count
            if row == 2 and 0.3 < t < 0.72:
                continue
            gravestone(p, p.w * t, p.horizon + p.u * (8 + 7.5 * row) + c.jitter(p.u), p.man * size, c)
    bare_tree(p, p.w * 0.10, p.ground - p.u * 2, p.man * 2.3, c)
    grass(p, p.ground, 130, p.u * 4, "#6b8048")


def desert(p: Place) -> None:
    """Dune behind dune."""
    paint_sky(p)
    hills(p, p.horizon + p.u * 2, p.h * 0.10, "#d9a878", 0.66, waves=0.8)
    hills(p, p.horizon + p.u * 5, p.h * 0.08, "#dba768", 0.42, waves=1.1)
    hills(p, p.horizon + p.u * 10, p.h * 0.07, "#e0b074", 0.22, waves=0.7)
    hills(p, p.ground - p.u * 3, p.h * 0.05, "#e6bd82", 0.04, waves=0.6)
    patches(p, p.ground - p.u * 6, "#a8713f", 34, opacity=0.16)
    patches(p, p.ground - p.u * 6, "#fbe3b0", 24, opacity=0.24, key="light")
    c = p.chance.branch("desert")
    for t in (0.06, 0.93):
        rock(p, p.w * t, p.ground + p.u * 4, p.u * c.between(10, 16), p.u * c.between(5, 9), c, colour="#b98a64")


def snowfield(p: Place) -> None:
    """Ice, drifts and far white peaks."""
    paint_sky(p)
    mountains(p, p.horizon + p.u * 2, p.horizon * 0.34, "#a7b4cc", 0.62)
    for y, depth, waves in ((2, 0.5, 1.2), (6, 0.28, 0.8), (11, 0.12, 1.3)):
        hills(p, p.horizon + p.u * y, p.u * 4, "#dfe7f2", depth, waves=waves, key="snow")
    c = p.chance.branch("ice")
    for k in range(6):
        t = (k + c.unit()) / 6
        rock(
            p,
            p.w * t,
            p.horizon + p.u * c.between(5, 14),
            p.u * c.between(6, 13),
            p.u * c.between(4, 11),
            c,
            colour="#bcd3e6",
            depth=0.15,
        )
    ground(p, p.ground - p.u * 4, "#e8eef6", "#dbe5f1", depth=0.1)
    patches(p, p.ground - p.u * 5, "#9fb4d2", 26, opacity=0.28)
    patches(p, p.ground - p.u * 5, "#ffffff", 20, opacity=0.5, key="light")


def battlefield(p: Place) -> None:
    """Torn ground, smoke, tattered colours, a gun."""
    c = p.chance.branch("battle")
    paint_sky(p)
    p.d.glow(p.w * 0.3, p.horizon, p.w * 0.4, p.h * 0.16, p.light.grade("#f08a4a"), 0.55)
    hills(p, p.horizon + p.u * 3, p.h * 0.06, "#8a8676", 0.6)
    hills(p, p.horizon + p.u * 8, p.u * 5, "#857a60", 0.3)
    for k in range(5):
        bare_tree(p, p.w * (k + c.unit()) / 5, p.horizon + p.u * 8, p.man * c.between(0.6, 1.1), c, depth=0.3)
    for t in (0.22, 0.52, 0.80):
        p.d.glow(p.w * t, p.horizon - p.u * 4, p.w * 0.16, p.h * 0.16, p.tint("#8a847e"), 0.6)
    hills(p, p.ground - p.u * 3, p.u * 5, "#7d6f52", 0.0, waves=1.8)
    patches(p, p.ground - p.u * 3, "#3f3528", 24, opacity=0.32)
    cannon(p, p.w * 0.82, p.ground + p.u * 1, p.man * 0.55)
    for t, tall in ((0.12, 1.2), (0.60, 0.8)):
        x, y = p.w * t, p.ground - p.u * 2
        p.d.line(f"M{num(x)} {num(y)}L{num(x + p.u * 2)} {num(y - p.man * tall)}", p.tint("#4f3f30"), p.u * 0.5)
        p.d.path(
            (
                f"M{num(x + p.u * 2)} {num(y - p.man * tall)}"
                f"q{num(p.u * 5)} {num(-p.u * 2)} {num(p.u * 9)} {num(p.u)}"
                f"l{num(-p.u * 2)} {num(p.u * 2)}l{num(p.u * 2)} {num(p.u * 3)}"
                f"q{num(-p.u * 5)} {num(-p.u * 2)} {num(-p.u * 9.5)} 0Z"
            ),
            p.tint("#a8403a"),
        )
    grass(p, p.ground + p.u * 2, 60, p.u * 3.4, "#77703f")


def cannon(p: Place, x: float, y: float, size: float) -> None:
    iron = p.d.linear([(0, p.tint("#5b5f66")), (1, p.tint("#2b2d33"))])
    p.d.path(
        (
            f"M{num(x - size)} {num(y - size * 0.72)}L{num(x + size * 0.35)} {num(y - size * 0.56)}"
            f"V{num(y - size * 0.28)}L{num(x - size)} {num(y - size * 0.52)}Z"
        ),
        iron,
    )
    p.d.line(f"M{num(x)} {num(y - size * 0.3)}L{num(x + size)} {num(y)}", p.tint("#6b4f38"), size * 0.14)
    p.d.circle(x + size * 0.1, y - size * 0.3, size * 0.32, p.tint("#5a4230"))
    p.d.circle(x + size * 0.1, y - size * 0.3, size * 0.23, p.tint("#8a6a4c"))
    p.d.circle(x + size * 0.1, y - size * 0.3, size * 0.07, p.tint("#3a2c24"))


def castle(p: Place) -> None:
    """A castle on its hill, the road leading up."""
    c = p.chance.branch("castle")
    paint_sky(p)
    mountains(p, p.horizon + p.u * 2, p.horizon * 0.30, "#8893ab", 0.72)
    hills(p, p.horizon + p.u * 3, p.h * 0.10, "#7f9a78", 0.48, waves=0.8)
    top = p.horizon - p.u * 2
    p.d.path(
        (
            f"M{num(p.w * 0.16)} {num(p.horizon + p.u * 16)}"
            f"Q{num(p.w * 0.36)} {num(top)} {num(p.w * 0.58)} {num(top)}"
            f"Q{num(p.w * 0.80)} {num(top)} {num(p.w * 0.98)} {num(p.horizon + p.u * 16)}Z"
        ),
        p.d.linear([(0, p.tint("#7f9668", 0.25)), (1, p.tint("#7f9a58", 0.15))]),
    )
    castle_walls(p, p.w * 0.58, top + p.u * 3, min(p.w * 0.46, p.horizon * 0.78), depth=0.20)
    ground(p, p.horizon + p.u * 13, "#7c9a54", "#86a060", depth=0.12)
    road(
        p,
        p.horizon + p.u * 3,
        "#cbb58c",
        far_x=p.w * 0.61,
        far_half=p.u * 0.7,
        near_x=p.w * 0.38,
        near_half=p.w * 0.16,
        bend=-p.u * 9,
    )
    for t, s in ((0.05, 1.5), (0.13, 1.0), (0.93, 1.4)):
        conifer(p, p.w * t, p.ground - p.u * 3, p.man * s, c)
    patches(p, p.ground - p.u * 2, darker(GRASS, 0.4), 14)
    rock(p, p.w * 0.86, p.ground + p.u * 4, p.u * 12, p.u * 6, c, colour=STONE)
    grass(p, p.ground + p.u, 100, p.u * 4, lighter(GRASS, 0.05))
