"""Places in the open country: forest, field, mountain, river, road, desert and the like, and where nothing is known."""

from __future__ import annotations

from litink.providers.local.painter.buildings import castle as castle_walls
from litink.providers.local.painter.buildings import church, gravestone, house
from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.nature import (
    EARTH,
    GRASS,
    LEAF,
    PINE,
    STONE,
    bare_tree,
    boughs,
    broadleaf,
    bush,
    conifer,
    fence,
    flowers,
    grass,
    ground,
    hills,
    mountains,
    patches,
    road,
    rock,
    treeline,
)
from litink.providers.local.painter.place import Place
from litink.providers.local.painter.sky import fog_bank, paint_sky
from litink.providers.local.painter.svg import num
from litink.providers.local.painter.water import rowing_boat, water

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
    for layer, (depth, size, count) in enumerate(((0.85, 1.5, 16), (0.58, 1.9, 12), (0.32, 2.4, 8))):
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
    road(p, p.ground - p.u * 6, "#b39a6f", far_x=p.w * 0.5, far_half=p.u * 1.4, near_x=p.w * 0.42, near_half=p.w * 0.14, bend=p.u * 5)
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
    p.d.path(f"M{num(x - half * 0.8)} 0C{num(x - half * 0.7)} {num(y * 0.5)} {num(x - half)} {num(y * 0.85)} {num(x - half * 2.2)} {num(y)}H{num(x + half * 2.2)}C{num(x + half)} {num(y * 0.85)} {num(x + half * 0.7)} {num(y * 0.5)} {num(x + half * 0.8)} 0Z", fill)
    p.d.line("".join(f"M{num(x + half * t)} {num(y * 0.1)}Q{num(x + half * t * 1.4)} {num(y * 0.5)} {num(x + half * t * 1.2)} {num(y * 0.86)}" for t in (-0.4, 0.05, 0.45)), darker(bark, 0.4), half * 0.07, 0.5)


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
    p.d.path(f"M{num(x - size * 0.55)} {num(y)}Q{num(x - size * 0.6)} {num(y - size * 0.6)} {num(x)} {num(y - size)}Q{num(x + size * 0.6)} {num(y - size * 0.6)} {num(x + size * 0.55)} {num(y)}Q{num(x)} {num(y + size * 0.1)} {num(x - size * 0.55)} {num(y)}Z", fill)
    p.d.line("".join(f"M{num(x + size * t)} {num(y - size * 0.1)}Q{num(x + size * t * 0.9)} {num(y - size * 0.5)} {num(x + size * t * 0.3)} {num(y - size * 0.86)}" for t in (-0.36, -0.12, 0.14, 0.36)), p.tint("#9a7838"), size * 0.015, 0.5)


def garden(p: Place) -> None:
    """Lawn, clipped hedges, roses, and the house behind."""
    c = p.chance.branch("garden")
    paint_sky(p)
    treeline(p, hills(p, p.horizon, p.h * 0.03, "#7f9c7a", 0.5), p.u * 7, LEAF, 0.42)
    house(p, p.w * 0.56, p.horizon + p.u * 5, p.man * 1.9, p.man * 0.95, c, depth=0.16)
    ground(p, p.horizon + p.u * 4.5, "#86ab5a", "#94b56a", depth=0.2)
    for k in range(9):
        bush(p, p.w * (k + 0.5) / 9 + c.jitter(p.u * 2), p.horizon + p.u * 6.5, p.u * c.between(5, 7), c, colour="#4f7f49", depth=0.14)
    road(p, p.horizon + p.u * 6, "#d8c39a", far_x=p.w * 0.60, far_half=p.u * 1.6, near_x=p.w * 0.46, near_half=p.w * 0.12, bend=p.u * 3)
    broadleaf(p, p.w * 0.10, p.ground - p.u * 2, p.man * 2.0, c, colour="#6f9a4c")
    for t in (0.05, 0.16, 0.84, 0.95):
        bush(p, p.w * t, p.ground + p.u * 2, p.u * 9, c, colour="#4f8046")
    patches(p, p.horizon + p.u * 9, darker(GRASS, 0.4), 14)
    flowers(p, p.ground - p.u * 7, p.ground - p.u * 1, 60, ("#d9566a", "#f0e6da", "#e58fa0"), p.u * 0.8, key="bed")
    grass(p, p.ground + p.u * 3, 90, p.u * 3.6, GRASS)
    flowers(p, p.ground + p.u * 3, p.h, 30, ("#e6b84f", "#d9566a", "#9a86c8", "#f0e6da"), p.u * 1.2)
    boughs(p)


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


def river(p: Place) -> None:
    """A slow river between meadows and willows."""
    c = p.chance.branch("river")
    paint_sky(p)
    hills(p, p.horizon, p.h * 0.09, "#8aa39a", 0.66)
    crest = hills(p, p.horizon + p.u * 2, p.h * 0.04, "#86a468", 0.40)
    treeline(p, crest, p.u * 3.2, LEAF, 0.40)
    water(p, p.horizon + p.u * 2.6, p.h, rough=0.25)
    left = f"M0 {num(p.horizon + p.u * 2)}Q{num(p.w * 0.20)} {num(p.horizon + p.u * 4)} {num(p.w * 0.24)} {num(p.horizon + p.u * 9)}Q{num(p.w * 0.26)} {num(p.horizon + p.u * 13)} 0 {num(p.horizon + p.u * 15)}Z"
    p.d.path(left, p.d.linear([(0, p.tint("#93ad68", 0.2)), (1, p.tint("#6f8d4c"))]))
    for t, s in ((0.04, 1.5), (0.13, 1.2), (0.19, 0.8)):
        broadleaf(p, p.w * t, p.horizon + p.u * (4 + 4 * s), p.man * s, c, colour="#7d9a55", depth=0.1)
    rowing_boat(p, p.w * 0.70, p.horizon + p.u * 11, p.man * 0.85)
    bank = p.ground - p.u * 5
    p.d.path(f"M0 {num(bank + p.u * 3)}Q{num(p.w * 0.3)} {num(bank - p.u * 2)} {num(p.w * 0.62)} {num(bank + p.u * 2)}T{num(p.w)} {num(bank - p.u)}V{num(p.h)}H0Z", p.d.linear([(0, p.tint("#94ae60")), (1, p.tint("#5f7f44"))]))
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
    road(p, p.horizon + p.u * 5, "#cdb48a", far_x=p.w * 0.62, far_half=p.u * 0.8, near_x=p.w * 0.40, near_half=p.w * 0.24, bend=p.u * 7)
    for k in range(5):
        t = k / 4
        broadleaf(p, p.w * (0.80 + 0.16 * t), p.horizon + p.u * (8 + 13 * t), p.man * (0.7 + 1.5 * t), c, depth=0.24 * (1 - t))
    fence(p, p.ground - p.u, -p.u * 2, p.w * 0.17, p.man * 0.36)
    patches(p, p.ground, darker(EARTH, 0.4), 12, opacity=0.2)
    for t in (0.02, 0.12, 0.90, 1.0):
        bush(p, p.w * t, p.ground + p.u * 5, p.u * c.between(7, 10), c)
    grass(p, p.ground + p.u * 4, 90, p.u * 4, GRASS)
    boughs(p)


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
        rock(p, p.w * t, p.horizon + p.u * c.between(5, 14), p.u * c.between(6, 13), p.u * c.between(4, 11), c, colour="#bcd3e6", depth=0.15)
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
        p.d.path(f"M{num(x + p.u * 2)} {num(y - p.man * tall)}q{num(p.u * 5)} {num(-p.u * 2)} {num(p.u * 9)} {num(p.u)}l{num(-p.u * 2)} {num(p.u * 2)}l{num(p.u * 2)} {num(p.u * 3)}q{num(-p.u * 5)} {num(-p.u * 2)} {num(-p.u * 9.5)} 0Z", p.tint("#a8403a"))
    grass(p, p.ground + p.u * 2, 60, p.u * 3.4, "#77703f")


def cannon(p: Place, x: float, y: float, size: float) -> None:
    iron = p.d.linear([(0, p.tint("#5b5f66")), (1, p.tint("#2b2d33"))])
    p.d.path(f"M{num(x - size)} {num(y - size * 0.72)}L{num(x + size * 0.35)} {num(y - size * 0.56)}V{num(y - size * 0.28)}L{num(x - size)} {num(y - size * 0.52)}Z", iron)
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
    p.d.path(f"M{num(p.w * 0.16)} {num(p.horizon + p.u * 16)}Q{num(p.w * 0.36)} {num(top)} {num(p.w * 0.58)} {num(top)}Q{num(p.w * 0.80)} {num(top)} {num(p.w * 0.98)} {num(p.horizon + p.u * 16)}Z", p.d.linear([(0, p.tint("#7f9668", 0.25)), (1, p.tint("#7f9a58", 0.15))]))
    castle_walls(p, p.w * 0.58, top + p.u * 3, min(p.w * 0.46, p.horizon * 0.78), depth=0.20)
    ground(p, p.horizon + p.u * 13, "#7c9a54", "#86a060", depth=0.12)
    road(p, p.horizon + p.u * 3, "#cbb58c", far_x=p.w * 0.61, far_half=p.u * 0.7, near_x=p.w * 0.38, near_half=p.w * 0.16, bend=-p.u * 9)
    for t, s in ((0.05, 1.5), (0.13, 1.0), (0.93, 1.4)):
        conifer(p, p.w * t, p.ground - p.u * 3, p.man * s, c)
    patches(p, p.ground - p.u * 2, darker(GRASS, 0.4), 14)
    rock(p, p.w * 0.86, p.ground + p.u * 4, p.u * 12, p.u * 6, c, colour=STONE)
    grass(p, p.ground + p.u, 100, p.u * 4, lighter(GRASS, 0.05))
