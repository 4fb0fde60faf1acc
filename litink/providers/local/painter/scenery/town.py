"""Places between houses: village and city streets, house fronts, bridges."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.scenery.buildings import church, glass, house, panes, terrace
from litink.providers.local.painter.scenery.landmarks import awning_stall, stone_bridge, street_lamp
from litink.providers.local.painter.scenery.nature import (
    GRASS,
    LEAF,
    STONE,
    flowers,
    grass,
    ground,
    hills,
    patches,
    road,
)
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.sky import paint_sky
from litink.providers.local.painter.scenery.trees import boughs, broadleaf, bush, treeline
from litink.providers.local.painter.scenery.water import rowing_boat, water
from litink.providers.local.painter.svg import num, rect_path


def cobbles(p: Place, y: float, colour: str) -> None:
    """Rows of setts, larger the nearer."""
    c = p.chance.branch("cobbles")
    parts, row_y, tall = [], y, p.u * 0.5
    while row_y < p.h * 1.02:
        long = tall * 2.6
        x = -long * c.unit()
        while x < p.w:
            parts.append(f"M{num(x)} {num(row_y)}q{num(long * 0.5)} {num(-tall * 0.7)} {num(long * 0.86)} 0")
            x += long
        row_y += tall * 1.25
        tall *= 1.22
    p.d.line("".join(parts), p.tint(darker(colour, 0.35)), p.u * 0.16, 0.35)


def village_street(p: Place) -> None:
    """Cottages along a lane, the church tower behind."""
    c = p.chance.branch("village")
    paint_sky(p)
    treeline(p, hills(p, p.horizon, p.h * 0.07, "#86a07c", 0.55), p.u * 2.6, LEAF, 0.5)
    church(p, p.w * 0.44, p.horizon + p.u * 4, p.man * 2.1, depth=0.38)
    ground(p, p.horizon + p.u * 3, "#8da862", "#9ab574", depth=0.2)
    for x, s, depth in ((0.30, 0.52, 0.26), (0.56, 0.58, 0.26)):
        house(p, p.w * x, p.horizon + p.u * 6, p.man * 1.6 * s, p.man * 0.86 * s, c, depth=depth)
    road(
        p, p.horizon + p.u * 4, "#d0bb94", far_x=p.w * 0.49, far_half=p.u * 1.6, near_x=p.w * 0.48, near_half=p.w * 0.30
    )
    wide = min(p.man * 1.95, p.w * 0.30)
    for x, s in ((-0.06, 1.0), (1.04, 1.05)):
        left = p.w * x if x < 0.5 else p.w * x - wide * s
        house(p, left, p.horizon + p.u * 13, wide * s, p.man * 1.12 * s, c, depth=0.06)
    broadleaf(p, p.w * 0.27, p.horizon + p.u * 11, p.man * 1.15, c, depth=0.12)
    for t in (0.02, 0.16, 0.86, 0.97):
        bush(p, p.w * t, p.horizon + p.u * 15.5, p.u * c.between(5, 7), c)
    flowers(p, p.horizon + p.u * 14, p.horizon + p.u * 16, 26, ("#d9566a", "#f0e6da", "#e6b84f"), p.u * 0.7)
    patches(p, p.ground - p.u * 5, "#8a7450", 14, opacity=0.2)
    street_lamp(p, p.w * 0.80, p.ground - p.u * 2, p.man * 1.25)
    grass(p, p.ground + p.u * 5, 40, p.u * 3, GRASS)


def city_street(p: Place) -> None:
    """Tall houses on both sides, paving, gas lamps, a far spire in the haze."""
    c = p.chance.branch("city")
    paint_sky(p)
    far = []
    for k in range(12):
        w = p.w / 11
        tall = p.man * c.between(1.1, 2.0)
        far.append(rect_path(w * k - w * 0.1, p.horizon + p.u * 5 - tall, w * 1.05, tall))
    p.d.path("".join(far), p.tint("#7f8390", 0.72))
    church(p, p.w * 0.50, p.horizon + p.u * 5, p.man * 3.0, depth=0.66)
    ground(p, p.horizon + p.u * 4, "#98928a", "#a8a49c", depth=0.25)
    width = max(p.man * 1.05, p.w * 0.15)
    for depth, s, offset in ((0.40, 0.62, 0.30), (0.22, 0.82, 0.16), (0.05, 1.12, -0.04)):
        y = p.horizon + p.u * (4 + 9 * s)
        for side in (0, 1):
            w = width * s * c.between(0.95, 1.1)
            x = p.w * offset if side == 0 else p.w * (1 - offset) - w
            terrace(p, x, y, w, p.man * s * c.between(2.35, 2.75), c, depth=depth, shop=c.maybe(0.6))
    base = p.horizon + p.u * 14
    p.d.path(
        (
            f"M0 {num(base)}H{num(p.w * 0.30)}L{num(p.w * 0.16)} {num(p.h)}H0ZM{num(p.w)} {num(base)}"
            f"H{num(p.w * 0.70)}L{num(p.w * 0.84)} {num(p.h)}H{num(p.w)}Z"
        ),
        p.tint("#b3aa9c"),
        0.85,
    )
    cobbles(p, p.horizon + p.u * 12, "#98928a")
    if p.light.weather in ("rain", "storm"):
        patches(p, p.ground - p.u * 4, mix(p.light.sky[1], "#ffffff", 0.3), 18, opacity=0.28, key="wet")
    street_lamp(p, p.w * 0.285, p.ground - p.u * 4, p.man * 1.45)
    street_lamp(p, p.w * 0.735, p.ground - p.u * 6, p.man * 1.25)
    if c.maybe(0.4):
        awning_stall(p, p.w * 0.86, p.ground - p.u * 1, p.man * 0.9, c)


def house_front(p: Place) -> None:
    """A house door with steps, seen close."""
    c = p.chance.branch("front")
    paint_sky(p)
    treeline(p, hills(p, p.horizon, p.h * 0.04, "#86a07c", 0.5), p.u * 5, LEAF, 0.4)
    ground(p, p.horizon + p.u * 6, "#8da862", "#9ab574", depth=0.15)
    wall = c.choice(("#d9c6a4", "#c9a58a", "#b98f78", "#cfc4b2"))
    left, right = p.w * 0.14, p.w * 0.86
    base, top = p.ground - p.man * 0.16, p.horizon - p.man * 1.45
    p.d.rect(
        left,
        top,
        right - left,
        base - top,
        p.d.linear([(0, p.tint(darker(wall, 0.12))), (1, p.tint(lighter(wall, 0.10)))], (0, 0), (1, 0)),
    )
    rise = p.man * 0.62
    p.d.path(
        (
            f"M{num(left - p.u * 4)} {num(top)}L{num(left + p.u * 10)} {num(top - rise)}"
            f"H{num(right - p.u * 10)}L{num(right + p.u * 4)} {num(top)}Z"
        ),
        p.d.linear([(0, p.tint("#7f5f58")), (1, p.tint("#5a4648"))]),
    )
    p.d.rect(left, top, right - left, p.u * 3, "#0d0a1a", 0.2)
    mid, dw, dh = p.w / 2, p.man * 0.50, p.man * 1.18
    ww, wh = p.man * 0.42, p.man * 0.62
    xs = [x for x in (mid - p.man * 1.35, mid + p.man * 0.93) if left + p.u < x < right - ww]
    panes(p, [(x, base - p.man * 1.02, ww, wh) for x in xs])
    upper = [x for x in (mid - p.man * 1.35, mid - ww / 2, mid + p.man * 0.93) if left + p.u < x < right - ww]
    panes(p, [(x, top + p.man * 0.18, ww, wh * 0.8) for x in upper])
    shutter = p.tint(c.choice(("#4f6f62", "#54708a", "#7a4a40")))
    p.d.path(
        "".join(
            rect_path(x + dx, base - p.man * 1.06, ww * 0.30, wh * 1.1) for x in xs for dx in (-ww * 0.44, ww * 1.14)
        ),
        shutter,
    )
    stone = p.tint("#efe6d3")
    p.d.path(rect_path(mid - dw * 0.72, base - dh * 1.12, dw * 1.44, dh * 1.12), stone)
    p.d.path(
        (
            f"M{num(mid - dw * 0.9)} {num(base - dh * 1.10)}L{num(mid)} {num(base - dh * 1.36)}"
            f"L{num(mid + dw * 0.9)} {num(base - dh * 1.10)}Z"
        ),
        stone,
    )
    door = c.choice(("#3f5f52", "#7a332e", "#34496b", "#5a4330"))
    p.d.rect(
        mid - dw / 2,
        base - dh,
        dw,
        dh,
        p.d.linear([(0, p.tint(darker(door, 0.1))), (1, p.tint(lighter(door, 0.1)))], (0, 0), (1, 0)),
    )
    inset = [
        rect_path(mid + dw * (0.09 if k else -0.41), base - dh * t, dw * 0.32, dh * 0.34)
        for k in (0, 1)
        for t in (0.90, 0.46)
    ]
    p.d.path("".join(inset), p.tint(darker(door, 0.3)), 0.8)
    p.d.path(
        f"M{num(mid - dw * 0.5)} {num(base - dh * 1.02)}a{num(dw / 2)} {num(dw * 0.30)} 0 0 1 {num(dw)} 0Z", glass(p)
    )
    p.d.circle(mid + dw * 0.38, base - dh * 0.5, p.u * 0.5, p.tint("#d9b45a"))
    for k in range(3):
        grow = dw * (0.75 + 0.28 * k)
        p.d.rect(mid - grow, base + p.man * 0.055 * k, grow * 2, p.man * 0.06, p.tint(lighter(STONE, 0.28 - 0.1 * k)))
    road(p, base + p.man * 0.16, "#cdbb98", far_x=mid, far_half=dw * 1.2, near_x=mid, near_half=p.w * 0.26)
    for t in (0.06, 0.17, 0.30, 0.71, 0.83, 0.95):
        bush(p, p.w * t, base + p.u * 3, p.u * c.between(6, 9), c, colour="#55834a")
    flowers(p, base, base + p.u * 3, 40, ("#d9566a", "#f0e6da", "#e58fa0"), p.u * 0.7)
    patches(p, p.ground, darker(GRASS, 0.4), 12)
    grass(p, p.ground + p.u * 4, 60, p.u * 3.6, GRASS)
    boughs(p)


def bridge(p: Place) -> None:
    """A stone bridge over a river; people stand on the near parapet's way."""
    c = p.chance.branch("bridge")
    paint_sky(p)
    treeline(p, hills(p, p.horizon - p.u * 2, p.h * 0.08, "#86a08a", 0.6), p.u * 2.6, LEAF, 0.55)
    water(p, p.horizon - p.u, p.ground, rough=0.3)
    for side in (0, 1):
        x = 0 if side == 0 else p.w
        s = 1 if side == 0 else -1
        p.d.path(
            (
                f"M{num(x)} {num(p.horizon - p.u * 4)}"
                f"Q{num(x + s * p.w * 0.16)} {num(p.horizon - p.u)} {num(x + s * p.w * 0.20)} "
                f"{num(p.horizon + p.u * 3)}"
                f"Q{num(x + s * p.w * 0.12)} {num(p.horizon + p.u * 6)} {num(x)} {num(p.horizon + p.u * 7)}"
                "Z"
            ),
            p.tint("#7f9a5c", 0.2),
        )
        broadleaf(p, x + s * p.w * 0.07, p.horizon + p.u * 3, p.man * c.between(1.1, 1.5), c, depth=0.2)
    stone_bridge(p, p.horizon + p.u * 5, p.man * 0.62)
    rowing_boat(p, p.w * 0.60, p.horizon + p.u * 9, p.man * 0.5)
    deck = p.ground - p.man * 0.10
    wall = "#a89a87"
    parapet = deck - p.man * 0.34
    p.d.rect(
        0,
        parapet,
        p.w,
        deck - parapet + p.u,
        p.d.linear([(0, p.tint(lighter(wall, 0.1))), (1, p.tint(darker(wall, 0.25)))]),
    )
    tall = p.man * 0.11
    joints = []
    for row in range(3):
        joints.append(f"M0 {num(parapet + tall * (row + 1))}H{num(p.w)}")
        x = (row % 2) * tall
        while x < p.w:
            joints.append(f"M{num(x)} {num(parapet + tall * row)}v{num(tall)}")
            x += tall * c.between(1.9, 2.5)
    p.d.line("".join(joints), p.tint(darker(wall, 0.45)), p.u * 0.16, 0.4)
    p.d.rect(0, parapet - p.u * 1.6, p.w, p.u * 2.2, p.tint(lighter(wall, 0.3)))
    ground(p, deck, "#a59a8a", "#b5ab9a", depth=0.0)
    cobbles(p, deck + p.u, "#a59a8a")
    street_lamp(p, p.w * 0.13, deck + p.u, p.man * 1.35)
    street_lamp(p, p.w * 0.87, deck + p.u, p.man * 1.35)
