"""Places that people built out of doors, and the coast: streets, house fronts, stations, bridges, harbours, ships."""

from __future__ import annotations

from litink.providers.local.painter.buildings import (
    awning_stall,
    church,
    glass,
    house,
    panes,
    stone_bridge,
    street_lamp,
    terrace,
)
from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.nature import (
    GRASS,
    LEAF,
    STONE,
    boughs,
    broadleaf,
    bush,
    flowers,
    grass,
    ground,
    hills,
    patches,
    road,
    rock,
    treeline,
)
from litink.providers.local.painter.place import Place
from litink.providers.local.painter.sky import paint_sky
from litink.providers.local.painter.svg import ellipse_path, num, rect_path
from litink.providers.local.painter.water import rowing_boat, sailing_ship, water


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
    road(p, p.horizon + p.u * 4, "#d0bb94", far_x=p.w * 0.49, far_half=p.u * 1.6, near_x=p.w * 0.48, near_half=p.w * 0.30)
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
    p.d.path(f"M0 {num(base)}H{num(p.w * 0.30)}L{num(p.w * 0.16)} {num(p.h)}H0ZM{num(p.w)} {num(base)}H{num(p.w * 0.70)}L{num(p.w * 0.84)} {num(p.h)}H{num(p.w)}Z", p.tint("#b3aa9c"), 0.85)
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
    p.d.rect(left, top, right - left, base - top, p.d.linear([(0, p.tint(darker(wall, 0.12))), (1, p.tint(lighter(wall, 0.10)))], (0, 0), (1, 0)))
    rise = p.man * 0.62
    p.d.path(f"M{num(left - p.u * 4)} {num(top)}L{num(left + p.u * 10)} {num(top - rise)}H{num(right - p.u * 10)}L{num(right + p.u * 4)} {num(top)}Z", p.d.linear([(0, p.tint("#7f5f58")), (1, p.tint("#5a4648"))]))
    p.d.rect(left, top, right - left, p.u * 3, "#0d0a1a", 0.2)
    mid, dw, dh = p.w / 2, p.man * 0.50, p.man * 1.18
    ww, wh = p.man * 0.42, p.man * 0.62
    xs = [x for x in (mid - p.man * 1.35, mid + p.man * 0.93) if left + p.u < x < right - ww]
    panes(p, [(x, base - p.man * 1.02, ww, wh) for x in xs])
    upper = [x for x in (mid - p.man * 1.35, mid - ww / 2, mid + p.man * 0.93) if left + p.u < x < right - ww]
    panes(p, [(x, top + p.man * 0.18, ww, wh * 0.8) for x in upper])
    shutter = p.tint(c.choice(("#4f6f62", "#54708a", "#7a4a40")))
    p.d.path("".join(rect_path(x + dx, base - p.man * 1.06, ww * 0.30, wh * 1.1) for x in xs for dx in (-ww * 0.44, ww * 1.14)), shutter)
    stone = p.tint("#efe6d3")
    p.d.path(rect_path(mid - dw * 0.72, base - dh * 1.12, dw * 1.44, dh * 1.12), stone)
    p.d.path(f"M{num(mid - dw * 0.9)} {num(base - dh * 1.10)}L{num(mid)} {num(base - dh * 1.36)}L{num(mid + dw * 0.9)} {num(base - dh * 1.10)}Z", stone)
    door = c.choice(("#3f5f52", "#7a332e", "#34496b", "#5a4330"))
    p.d.rect(mid - dw / 2, base - dh, dw, dh, p.d.linear([(0, p.tint(darker(door, 0.1))), (1, p.tint(lighter(door, 0.1)))], (0, 0), (1, 0)))
    inset = [rect_path(mid + dw * (0.09 if k else -0.41), base - dh * t, dw * 0.32, dh * 0.34) for k in (0, 1) for t in (0.90, 0.46)]
    p.d.path("".join(inset), p.tint(darker(door, 0.3)), 0.8)
    p.d.path(f"M{num(mid - dw * 0.5)} {num(base - dh * 1.02)}a{num(dw / 2)} {num(dw * 0.30)} 0 0 1 {num(dw)} 0Z", glass(p))
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
        p.d.path(f"M{num(x)} {num(p.horizon - p.u * 4)}Q{num(x + s * p.w * 0.16)} {num(p.horizon - p.u)} {num(x + s * p.w * 0.20)} {num(p.horizon + p.u * 3)}Q{num(x + s * p.w * 0.12)} {num(p.horizon + p.u * 6)} {num(x)} {num(p.horizon + p.u * 7)}Z", p.tint("#7f9a5c", 0.2))
        broadleaf(p, x + s * p.w * 0.07, p.horizon + p.u * 3, p.man * c.between(1.1, 1.5), c, depth=0.2)
    stone_bridge(p, p.horizon + p.u * 5, p.man * 0.62)
    rowing_boat(p, p.w * 0.60, p.horizon + p.u * 9, p.man * 0.5)
    deck = p.ground - p.man * 0.10
    wall = "#a89a87"
    parapet = deck - p.man * 0.34
    p.d.rect(0, parapet, p.w, deck - parapet + p.u, p.d.linear([(0, p.tint(lighter(wall, 0.1))), (1, p.tint(darker(wall, 0.25)))]))
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


def harbour(p: Place) -> None:
    """Ships at the quay, houses round the bay."""
    c = p.chance.branch("harbour")
    paint_sky(p)
    crest = hills(p, p.horizon, p.h * 0.13, "#86a08a", 0.62, waves=0.7)
    treeline(p, crest, p.u * 1.4, LEAF, 0.6)
    for k in range(11):
        t = (k + c.between(0.2, 0.8)) / 11
        house(p, p.w * t * 0.98, p.horizon + p.u * 1.5, p.man * 0.32, p.man * c.between(0.18, 0.34), c, depth=0.42)
    water(p, p.horizon + p.u, p.ground, rough=0.35)
    sailing_ship(p, p.w * 0.25, p.horizon + p.u * 8, p.man * 2.1, depth=0.10, sails=False)
    sailing_ship(p, p.w * 0.62, p.horizon + p.u * 4, p.man * 0.9, depth=0.34)
    rowing_boat(p, p.w * 0.80, p.horizon + p.u * 12, p.man * 0.9)
    quay = p.ground - p.u * 5
    ground(p, quay, "#a2968a", "#b3a796", depth=0.0)
    p.d.rect(0, quay, p.w, p.u * 1.4, p.tint("#cfc4b2"))
    cobbles(p, quay + p.u * 2, "#a2968a")
    for t in (0.09, 0.91):
        bollard(p, p.w * t, quay + p.u * 2.4, p.man * 0.24)
    barrel(p, p.w * 0.935, p.ground + p.u * 4, p.man * 0.42)
    barrel(p, p.w * 0.985, p.ground + p.u * 6, p.man * 0.46)
    crate(p, p.w * 0.015, p.ground + p.u * 4, p.man * 0.46)


def bollard(p: Place, x: float, y: float, size: float) -> None:
    p.d.path(f"M{num(x - size * 0.26)} {num(y)}V{num(y - size * 0.7)}Q{num(x - size * 0.4)} {num(y - size)} {num(x)} {num(y - size)}Q{num(x + size * 0.4)} {num(y - size)} {num(x + size * 0.26)} {num(y - size * 0.7)}V{num(y)}Z", p.d.linear([(0, p.tint("#2c2d33")), (1, p.tint("#5a5d66"))], (0, 0), (1, 0)))


def barrel(p: Place, x: float, y: float, size: float) -> None:
    w = size * 0.36
    p.d.path(f"M{num(x - w * 0.8)} {num(y)}Q{num(x - w * 1.25)} {num(y - size * 0.5)} {num(x - w * 0.8)} {num(y - size)}H{num(x + w * 0.8)}Q{num(x + w * 1.25)} {num(y - size * 0.5)} {num(x + w * 0.8)} {num(y)}Z", p.d.linear([(0, p.tint("#5f4230")), (0.6, p.tint("#a0744e")), (1, p.tint("#7a5640"))], (0, 0), (1, 0)))
    p.d.ellipse(x, y - size, w * 0.8, size * 0.08, p.tint("#c09468"))
    p.d.line(f"M{num(x - w)} {num(y - size * 0.26)}Q{num(x)} {num(y - size * 0.18)} {num(x + w)} {num(y - size * 0.26)}M{num(x - w)} {num(y - size * 0.74)}Q{num(x)} {num(y - size * 0.66)} {num(x + w)} {num(y - size * 0.74)}", p.tint("#3f3a3c"), size * 0.05)


def crate(p: Place, x: float, y: float, size: float) -> None:
    wood = "#a87f54"
    p.d.rect(x - size * 0.5, y - size, size, size, p.d.linear([(0, p.tint(darker(wood, 0.2))), (1, p.tint(lighter(wood, 0.08)))], (0, 0), (1, 0)))
    p.d.line(f"M{num(x - size * 0.43)} {num(y - size * 0.93)}h{num(size * 0.86)}v{num(size * 0.86)}h{num(-size * 0.86)}ZM{num(x - size * 0.43)} {num(y - size * 0.07)}L{num(x + size * 0.43)} {num(y - size * 0.93)}", p.tint(darker(wood, 0.35)), size * 0.07)


def sea(p: Place) -> None:
    """Open water, a sail far off, gulls."""
    c = p.chance.branch("sea")
    paint_sky(p, low=p.h * 0.56)
    rough = {"storm": 1.3, "wind": 0.9, "rain": 0.8}.get(p.light.weather, 0.6)
    water(p, p.h * 0.56, p.h, rough=rough)
    if p.light.weather != "fog":
        sailing_ship(p, p.w * c.choice((0.24, 0.74)), p.h * 0.60, p.man * 1.1, depth=0.28)
    gulls(p, 7)
    boat = p.man * 2.6
    rowing_boat(p, p.w * 0.5, p.ground + p.u * 2, min(boat, p.w * 0.8))


def gulls(p: Place, count: int) -> None:
    c = p.chance.branch("gulls")
    wings = []
    for _ in range(count):
        x, y, s = p.w * c.between(0.1, 0.9), p.h * c.between(0.12, 0.42), p.u * c.between(1, 2.4)
        wings.append(f"M{num(x - s)} {num(y - s * 0.1)}q{num(s * 0.5)} {num(-s * 0.6)} {num(s)} {num(s * 0.1)}q{num(s * 0.5)} {num(-s * 0.7)} {num(s)} {num(-s * 0.1)}")
    p.d.line("".join(wings), p.tint("#f4f1ea" if p.light.dark > 0.4 else "#4d5560"), p.u * 0.26, 0.85)


def beach(p: Place) -> None:
    """Sand, surf, a headland."""
    c = p.chance.branch("beach")
    paint_sky(p)
    hills(p, p.horizon + p.u, p.h * 0.05, "#93a7a0", 0.7, waves=0.5)
    water(p, p.horizon, p.ground, rough=0.55)
    side = c.choice((0.0, 1.0))
    x, s = p.w * side, 1 if side == 0 else -1
    p.d.path(f"M{num(x)} {num(p.horizon - p.man * 0.9)}Q{num(x + s * p.w * 0.16)} {num(p.horizon - p.man * 0.85)} {num(x + s * p.w * 0.22)} {num(p.horizon - p.man * 0.2)}L{num(x + s * p.w * 0.29)} {num(p.horizon + p.u * 3)}H{num(x)}Z", p.d.linear([(0, p.tint("#8ca06a", 0.3)), (0.3, p.tint("#a59a84", 0.3)), (1, p.tint("#8a8074", 0.2))]))
    shore = p.ground - p.u * 7
    sand = f"M0 {num(shore + p.u * 2)}C{num(p.w * 0.3)} {num(shore - p.u * 2)} {num(p.w * 0.6)} {num(shore + p.u * 5)} {num(p.w)} {num(shore)}V{num(p.h)}H0Z"
    p.d.path(sand, p.tint("#f4f6f2"), 0.8)
    with p.d.group(f"translate(0 {num(p.u * 1.6)})"):
        p.d.path(sand, p.tint("#b99f78"))
    with p.d.group(f"translate(0 {num(p.u * 3.4)})"):
        p.d.path(sand, p.d.linear([(0, p.tint("#dcc59a")), (1, p.tint("#c4a478"))]))
    patches(p, p.ground - p.u, "#a08358", 20, opacity=0.22)
    c2 = p.chance.branch("pebbles")
    p.d.path("".join(ellipse_path(p.w * c2.unit(), p.ground + (p.h - p.ground) * c2.unit(), p.u * c2.between(0.2, 0.7), p.u * c2.between(0.15, 0.4)) for _ in range(40)), p.tint("#97826a"), 0.7)
    for t in (0.05, 0.95):
        rock(p, p.w * t, p.ground + p.u * 5, p.u * c.between(10, 15), p.u * c.between(5, 8), c)
    gulls(p, 6)


def ship_deck(p: Place) -> None:
    """The deck of a sailing ship: planks, mast, rigging, rail, and the sea beyond."""
    paint_sky(p)
    water(p, p.horizon, p.ground, rough={"storm": 1.2, "wind": 0.8}.get(p.light.weather, 0.5))
    gulls(p, 5)
    deck = p.ground - p.man * 0.16
    wood, dark = "#b58a5e", p.tint("#5a402e")
    rail = deck - p.man * 0.44
    p.d.path("".join(f"M{num(p.w * k / 22)} {num(rail)}v{num(deck - rail)}" for k in range(23)), "none", stroke=p.tint("#8a6544"), width=p.u * 0.9)
    p.d.rect(0, rail - p.u * 1.2, p.w, p.u * 2.4, p.tint("#a87c52"))
    p.d.rect(0, deck - p.u * 1.2, p.w, p.u * 2, p.tint("#6d4f38"))
    p.d.rect(0, deck, p.w, p.h - deck, p.d.linear([(0, p.tint(darker(wood, 0.1))), (1, p.tint(lighter(wood, 0.08)))]))
    p.d.line("".join(f"M{num(p.w * (0.5 + (k - 9) * 0.045))} {num(deck)}L{num(p.w * (0.5 + (k - 9) * 0.125))} {num(p.h)}" for k in range(19)), p.tint(darker(wood, 0.45)), p.u * 0.22, 0.5)
    mast = p.w * 0.22
    ropes = "".join(f"M{num(mast)} 0L{num(mast + p.w * t)} {num(rail)}" for t in (-0.30, -0.22, 0.22, 0.30)) + f"M{num(p.w * 0.86)} 0L{num(p.w)} {num(rail)}M{num(p.w * 0.86)} 0L{num(p.w * 0.72)} {num(rail)}"
    p.d.line(ropes, dark, p.u * 0.3, 0.85)
    rungs = "".join(f"M{num(mast + p.w * 0.22 * t)} {num(rail * t)}L{num(mast + p.w * 0.30 * t)} {num(rail * t)}" for t in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9))
    p.d.line(rungs, dark, p.u * 0.22, 0.7)
    cloth = p.d.linear([(0, p.tint("#cfc2a2")), (0.6, p.tint("#f7efda")), (1, p.tint("#d9ccac"))], (0, 0), (1, 0.2))
    yard = p.h * 0.30
    p.d.path(f"M{num(mast - p.w * 0.20)} 0H{num(mast + p.w * 0.26)}Q{num(mast + p.w * 0.30)} {num(yard * 0.6)} {num(mast + p.w * 0.24)} {num(yard)}Q{num(mast)} {num(yard * 0.84)} {num(mast - p.w * 0.19)} {num(yard)}Q{num(mast - p.w * 0.14)} {num(yard * 0.5)} {num(mast - p.w * 0.20)} 0Z", cloth)
    p.d.rect(mast - p.u * 1.8, 0, p.u * 3.6, deck, p.d.linear([(0, p.tint("#553c2b")), (0.6, p.tint("#9a7350")), (1, p.tint("#6d4f38"))], (0, 0), (1, 0)))
    p.d.glow(mast, deck + p.u, p.u * 8, p.u * 1.6, "#0b0a18", 0.5)
    barrel(p, p.w * 0.91, p.ground + p.u * 2, p.man * 0.46)
    p.d.line(ellipse_path(p.w * 0.79, p.ground + p.u * 1, p.u * 5, p.u * 1.4) + ellipse_path(p.w * 0.79, p.ground, p.u * 4.4, p.u * 1.2), p.tint("#c9a974"), p.u * 1.1)


def railway_station(p: Place) -> None:
    """A platform under an iron roof, and the train."""
    c = p.chance.branch("station")
    paint_sky(p)
    far = "".join(rect_path(p.w * k / 9, p.horizon - p.man * (0.3 + 0.5 * c.unit()), p.w / 8.5, p.man) for k in range(9))
    p.d.path(far, p.tint("#868a92", 0.7))
    rail_y = p.ground - p.man * 0.06
    ground(p, p.horizon + p.u * 2, "#7f786e", "#8f887c", depth=0.2)
    train(p, p.w * 0.30, rail_y, p.man * 1.28)
    p.d.rect(0, p.ground - p.man * 0.10, p.w, p.h, p.d.linear([(0, p.tint("#c0b5a2")), (1, p.tint("#8f8577"))]))
    p.d.rect(0, p.ground - p.man * 0.10, p.w, p.u * 1.3, p.tint("#e6dcc6"))
    patches(p, p.ground, "#6d655a", 14, opacity=0.2)
    iron = p.tint("#3f5a56")
    roof = p.horizon - p.man * 1.36
    p.d.path(f"M0 0H{num(p.w)}V{num(roof)}Q{num(p.w / 2)} {num(roof - p.man * 0.36)} 0 {num(roof)}Z", p.d.linear([(0, p.tint("#4f5a63")), (1, p.tint("#78858c"))]), 0.94)
    p.d.line("".join(f"M{num(p.w * k / 10)} 0V{num(roof - p.man * 0.16 * (1 - abs(k - 5) / 5))}" for k in range(11)), p.tint("#39424a"), p.u * 0.5)
    p.d.line(f"M0 {num(roof)}Q{num(p.w / 2)} {num(roof - p.man * 0.36)} {num(p.w)} {num(roof)}", iron, p.u * 1.3)
    for t in (0.08, 0.92):
        x = p.w * t
        p.d.rect(x - p.u * 0.9, roof, p.u * 1.8, p.ground - roof + p.u * 2, iron)
        p.d.line(f"M{num(x)} {num(roof + p.man * 0.34)}q0 {num(-p.man * 0.3)} {num(p.man * 0.32)} {num(-p.man * 0.36)}M{num(x)} {num(roof + p.man * 0.34)}q0 {num(-p.man * 0.3)} {num(-p.man * 0.32)} {num(-p.man * 0.36)}", iron, p.u * 0.8)
        p.d.rect(x - p.u * 1.6, p.ground - p.u, p.u * 3.2, p.u * 3, iron)
    cx = p.w * 0.5
    p.d.line(f"M{num(cx)} {num(roof - p.man * 0.2)}v{num(p.man * 0.22)}", iron, p.u * 0.5)
    p.d.circle(cx, roof + p.man * 0.14, p.man * 0.14, iron)
    p.d.circle(cx, roof + p.man * 0.14, p.man * 0.115, p.tint("#f7f0dc"))
    p.d.line(f"M{num(cx)} {num(roof + p.man * 0.14)}v{num(-p.man * 0.08)}M{num(cx)} {num(roof + p.man * 0.14)}l{num(p.man * 0.05)} {num(p.man * 0.03)}", iron, p.u * 0.45)
    if p.light.lamps_lit:
        for t in (0.08, 0.92):
            p.d.glow(p.w * t, roof + p.man * 0.3, p.man * 0.8, p.man * 0.8, "#ffcf7d", 0.5)


def train(p: Place, x: float, y: float, size: float) -> None:
    """A steam engine heading left, its carriages running out of the picture."""
    d, c = p.d, p.chance.branch("train")
    paint = c.choice(("#3f6b52", "#7a332e", "#2f4a6b"))
    body = d.linear([(0, p.tint(lighter(paint, 0.25))), (0.4, p.tint(paint)), (1, p.tint(darker(paint, 0.4)))])
    black, brass = p.tint("#2c2b30"), p.tint("#d9b45a")
    cars, cx = [], x + size * 1.65
    while cx < p.w:
        cars.append(cx)
        cx += size * 2.0
    for cx in cars:
        d.rect(cx, y - size * 0.80, size * 1.92, size * 0.66, p.d.linear([(0, p.tint("#e2d2ae")), (0.5, p.tint("#e2d2ae")), (0.5, p.tint("#7d4a3c")), (1, p.tint("#5a352e"))]), round=size * 0.03)
        d.path(f"M{num(cx - size * 0.03)} {num(y - size * 0.78)}Q{num(cx + size * 0.96)} {num(y - size)} {num(cx + size * 1.95)} {num(y - size * 0.78)}Z", p.tint("#4f4a4c"))
        panes(p, [(cx + size * (0.12 + 0.30 * k), y - size * 0.70, size * 0.2, size * 0.24) for k in range(6)], frame="#c9a15a")
        d.path("".join(ellipse_path(cx + size * t, y - size * 0.08, size * 0.1, size * 0.1) for t in (0.2, 0.45, 1.47, 1.72)), black)
    d.rect(x + size * 1.02, y - size * 0.98, size * 0.56, size * 0.80, body)
    d.rect(x + size * 0.98, y - size * 1.02, size * 0.66, size * 0.08, black)
    d.rect(x + size * 1.12, y - size * 0.84, size * 0.26, size * 0.24, glass(p))
    d.path(f"M{num(x)} {num(y - size * 0.68)}h{num(size * 1.05)}v{num(size * 0.44)}h{num(-size * 1.05)}Z", body)
    d.ellipse(x, y - size * 0.46, size * 0.06, size * 0.22, black)
    for t in (0.28, 0.62, 0.94):
        d.rect(x + size * t, y - size * 0.69, size * 0.03, size * 0.46, brass)
    d.path(f"M{num(x + size * 0.10)} {num(y - size * 0.66)}V{num(y - size * 0.98)}l{num(-size * 0.05)} {num(-size * 0.08)}h{num(size * 0.24)}l{num(-size * 0.05)} {num(size * 0.08)}V{num(y - size * 0.66)}Z", black)
    d.path(f"M{num(x + size * 0.46)} {num(y - size * 0.66)}q0 {num(-size * 0.16)} {num(size * 0.10)} {num(-size * 0.16)}q{num(size * 0.10)} 0 {num(size * 0.10)} {num(size * 0.16)}Z", brass)
    d.rect(x - size * 0.04, y - size * 0.26, size * 1.66, size * 0.10, p.tint("#8a2f2a"))
    for t, r in ((0.26, 0.19), (0.70, 0.19), (1.30, 0.13)):
        d.circle(x + size * t, y - r * size, size * r, black)
        d.circle(x + size * t, y - r * size, size * r * 0.72, p.tint("#a8413a"))
        d.circle(x + size * t, y - r * size, size * r * 0.22, black)
    d.line(f"M{num(x + size * 0.26)} {num(y - size * 0.19)}H{num(x + size * 0.86)}", p.tint("#b5b2ac"), size * 0.04)
    d.path(f"M{num(x - size * 0.06)} {num(y - size * 0.16)}L{num(x - size * 0.24)} {num(y)}H{num(x)}Z", p.tint("#8a2f2a"))
    puffs, px, py = [], x + size * 0.17, y - size * 1.10
    for k in range(7):
        r = size * (0.10 + 0.055 * k)
        puffs.append(ellipse_path(px, py - r * 0.6, r * 1.2, r))
        px += r * 1.15
        py -= r * 0.42
    d.path("".join(puffs), p.light.grade("#f3f0ea") if p.light.dark < 0.4 else p.tint("#aab0c4"), 0.5)


