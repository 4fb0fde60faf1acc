"""Rooms people work and travel in: tavern, laboratory, shop, office, cellar, cabin, compartment, cave."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.cargo import barrel, crate
from litink.providers.local.painter.scenery.fittings import bench, counter
from litink.providers.local.painter.scenery.furniture import OAK, WALNUT, bed, chair, chest, desk, rug, table
from litink.providers.local.painter.scenery.hearth import candle, fireplace, flame, hanging_lamp, lamplight
from litink.providers.local.painter.scenery.nature import rock
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.rooms import paint_room, room_of
from litink.providers.local.painter.scenery.sky import paint_sky_box
from litink.providers.local.painter.scenery.wall_pieces import bookcase, picture, shelf
from litink.providers.local.painter.scenery.windows import daylight_pool, outdoor_light, window
from litink.providers.local.painter.svg import ellipse_path, num


def tavern(p: Place) -> None:
    """Low beams, the bar with its barrels, a fire, benches."""
    c = p.chance.branch("tavern")
    r = paint_room(
        p, c.choice(("#c9a878", "#b8946a", "#a9895f")), "#7a5538", wainscot="#5f432f", beams=True, ceiling="#9a7a54"
    )
    window(p, r.x(0.42), r.floor - r.man * 0.62, r.man * 0.46, r.man * 0.54)
    daylight_pool(p, r, r.x(0.42), r.man * 0.5)
    fireplace(p, r.x(0.13), r.floor + p.man * 0.01, r.man * 0.95, stone="#9a8a78", rough=True)
    bx, bw = r.x(0.80), r.width * (0.34 if p.w > p.h else 0.42)
    for row in (0.82, 1.10):
        shelf(p, bx - bw * 0.46, r.floor - r.man * row, bw * 0.9, r.man, c, "bottles")
    for k in range(3):
        barrel(p, bx - bw * 0.34 + bw * 0.33 * k, r.floor - r.man * 0.36, r.man * 0.32)
    counter(p, bx, r.floor + p.man * 0.08, bw, r.man)
    x = r.x(0.37)
    bench(p, x - r.man * 0.5, r.floor + p.man * 0.06, r.man * 0.7, r.man)
    top = table(p, x, r.floor + p.man * 0.12, r.man * 0.85, r.man, colour=OAK)
    for t in (-0.22, 0.18):
        p.d.rect(x + r.man * t, top - r.man * 0.10, r.man * 0.065, r.man * 0.10, p.tint("#c8a05a"))
        p.d.ellipse(x + r.man * (t + 0.032), top - r.man * 0.10, r.man * 0.036, r.man * 0.02, p.tint("#f6efdd"))
    candle(p, x, top, r.man)
    hanging_lamp(p, p.w * 0.58, r.top + r.man * 0.30, r.man)


def laboratory(p: Place) -> None:
    """Benches of glass, coloured liquids, charts and jars."""
    c = p.chance.branch("lab")
    r = paint_room(p, c.choice(("#9fb0a8", "#a8a89a", "#93a3b0")), "#7f6a54", wainscot="#6a7a72", boards="tiles")
    window(p, r.x(0.5), r.floor - r.man * 0.56, r.man * 0.62, r.man * 0.84)
    daylight_pool(p, r, r.x(0.5), r.man * 0.6)
    for left in (0.04, 0.70):
        for row in (0.72, 1.0, 1.28):
            shelf(p, r.x(left), r.floor - r.man * row, r.width * 0.25, r.man, c, "bottles")
    wide = min(p.w * 0.78, p.man * 3.0)
    top = table(p, p.w * 0.5, r.floor + p.man * 0.14, wide, r.man, colour=WALNUT)
    x0 = p.w * 0.5
    for k, (t, liquid) in enumerate(
        (
            (-0.42, "#5fae8a"),
            (-0.30, "#c9574a"),
            (-0.17, "#d9a83f"),
            (0.20, "#5f86c4"),
            (0.32, "#8a5fae"),
            (0.43, "#5fae8a"),
        )
    ):
        flask(p, x0 + wide * t, top, r.man * (0.20 + 0.03 * (k % 3)), liquid)
    bx = x0 + wide * 0.02
    p.d.line(
        (
            f"M{num(bx)} {num(top)}V{num(top - r.man * 0.44)}M{num(bx)} {num(top - r.man * 0.38)}"
            f"h{num(r.man * 0.12)}M{num(bx - r.man * 0.10)} {num(top)}h{num(r.man * 0.26)}"
        ),
        p.tint("#3f4248"),
        r.man * 0.022,
    )
    flask(p, bx + r.man * 0.13, top - r.man * 0.16, r.man * 0.22, "#7fd0b0")
    flame(p, bx + r.man * 0.13, top - r.man * 0.02, r.man * 0.11)
    lamplight(p, bx + r.man * 0.13, top - r.man * 0.1, r.man * 0.8)


def flask(p: Place, x: float, y: float, size: float, liquid: str) -> None:
    """A conical flask half full."""
    d = p.d
    outline = (
        f"M{num(x - size * 0.10)} {num(y - size)}V{num(y - size * 0.62)}"
        f"L{num(x - size * 0.40)} {num(y - size * 0.08)}"
        f"Q{num(x - size * 0.42)} {num(y)} {num(x - size * 0.30)} {num(y)}H{num(x + size * 0.30)}"
        f"Q{num(x + size * 0.42)} {num(y)} {num(x + size * 0.40)} {num(y - size * 0.08)}"
        f"L{num(x + size * 0.10)} {num(y - size * 0.62)}V{num(y - size)}Z"
    )
    d.path(outline, p.tint("#e6f0f0"), 0.42)
    d.path(
        (
            f"M{num(x - size * 0.23)} {num(y - size * 0.38)}"
            f"L{num(x - size * 0.40)} {num(y - size * 0.08)}"
            f"Q{num(x - size * 0.42)} {num(y)} {num(x - size * 0.30)} {num(y)}H{num(x + size * 0.30)}"
            f"Q{num(x + size * 0.42)} {num(y)} {num(x + size * 0.40)} {num(y - size * 0.08)}"
            f"L{num(x + size * 0.23)} {num(y - size * 0.38)}Z"
        ),
        p.tint(liquid),
        0.92,
    )
    d.line(outline, p.tint("#f4fafa"), size * 0.03, 0.75)


def cellar(p: Place) -> None:
    """Vaults, barrels, bottles, one lantern."""
    c = p.chance.branch("cellar")
    r = paint_room(p, "#8a7a6a", "#75685a", pattern="stone", boards="flags", ceiling="#5f544a")
    for k in range(2):
        x0, x1 = r.x(0.04 + 0.48 * k), r.x(0.48 + 0.48 * k)
        wide = x1 - x0
        p.d.path(
            (
                f"M{num(x0)} {num(r.floor)}V{num(r.floor - r.man * 0.78)}"
                f"A{num(wide / 2)} {num(r.man * 0.62)} 0 0 1 {num(x1)} {num(r.floor - r.man * 0.78)}"
                f"V{num(r.floor)}Z"
            ),
            p.d.linear([(0, p.tint("#4a4038")), (1, p.tint("#5f5348"))]),
        )
        p.d.line(
            (
                f"M{num(x0)} {num(r.floor - r.man * 0.78)}"
                f"A{num(wide / 2)} {num(r.man * 0.62)} 0 0 1 {num(x1)} {num(r.floor - r.man * 0.78)}"
            ),
            p.tint("#a39482"),
            p.u * 1.8,
        )
    shelf(p, r.x(0.58), r.floor - r.man * 0.62, r.width * 0.32, r.man, c, "bottles")
    shelf(p, r.x(0.58), r.floor - r.man * 0.94, r.width * 0.32, r.man, c, "bottles")
    for t, s in ((0.09, 0.62), (0.20, 0.58), (0.31, 0.62), (0.145, 0.5), (0.255, 0.5)):
        lift = r.man * 0.44 if s == 0.5 else 0
        barrel(p, r.x(t), r.floor + p.man * 0.02 - lift, r.man * s)
    crate(p, r.x(0.92), r.floor + p.man * 0.10, r.man * 0.42)
    p.d.rect(r.x(0.5) - p.u * 0.3, 0, p.u * 0.6, r.floor - r.man * 1.0, p.tint("#3a3a40"))
    hanging_lamp(p, r.x(0.5), r.floor - r.man * 0.86, r.man)
    chest(p, r.x(0.78), r.floor + p.man * 0.12, r.man)


def shop(p: Place) -> None:
    """Shelves to the ceiling, drawers, scales on the counter, the shop window."""
    c = p.chance.branch("shop")
    r = paint_room(p, c.choice(("#b8a888", "#9fb0a0", "#c0a890")), "#94704e", wainscot="#6f8078")
    window(p, r.x(0.17), r.floor - r.man * 0.40, r.man * 0.80 if p.w > p.h else r.man * 0.5, r.man * 0.86, bars=3)
    daylight_pool(p, r, r.x(0.17), r.man * 0.6)
    left, wide = r.x(0.40), r.width * 0.56
    p.d.rect(left, r.floor - r.man * 1.50, wide, r.man * 1.5, p.tint(darker(WALNUT, 0.25)))
    for row, kind in ((0.50, "pots"), (0.76, "bottles"), (1.02, "pots"), (1.28, "bottles")):
        shelf(p, left + wide * 0.03, r.floor - r.man * row, wide * 0.93, r.man, c, kind)
    x, w = r.x(0.66), min(r.width * 0.62, r.man * 2.2)
    top = counter(p, x, r.floor + p.man * 0.10, w, r.man)
    p.d.line(
        (
            f"M{num(x - w * 0.2)} {num(top)}v{num(-r.man * 0.22)}"
            f"M{num(x - w * 0.2 - r.man * 0.15)} {num(top - r.man * 0.20)}h{num(r.man * 0.30)}"
        ),
        p.tint("#c79a48"),
        r.man * 0.022,
    )
    for s in (-1, 1):
        p.d.path(
            (
                f"M{num(x - w * 0.2 + s * r.man * 0.15 - r.man * 0.08)} {num(top - r.man * 0.09)}"
                f"h{num(r.man * 0.16)}q{num(-r.man * 0.08)} {num(r.man * 0.09)} {num(-r.man * 0.16)} 0"
                "Z"
            ),
            p.tint("#dcb862"),
        )
    for k, tone in enumerate(("#c9574a", "#d9a83f", "#7fa868")):
        p.d.rect(
            x + w * (0.12 + 0.09 * k),
            top - r.man * 0.17,
            r.man * 0.11,
            r.man * 0.17,
            p.tint(tone),
            0.9,
            round=r.man * 0.02,
        )
        p.d.rect(x + w * (0.12 + 0.09 * k), top - r.man * 0.19, r.man * 0.11, r.man * 0.035, p.tint("#e9dfc8"))
    barrel(p, r.x(0.07), r.floor + p.man * 0.12, r.man * 0.46)
    crate(p, r.x(0.20), r.floor + p.man * 0.14, r.man * 0.34)
    hanging_lamp(p, r.x(0.66), r.top + r.man * 0.30, r.man)


def office(p: Place) -> None:
    """Two desks, ledgers, a clock, a safe."""
    c = p.chance.branch("office")
    r = paint_room(p, c.choice(("#a8a88e", "#a4aeb4", "#b8a688")), "#7d5f44", wainscot="#6a4a34")
    window(p, r.x(0.5), r.floor - r.man * 0.50, r.man * 0.66, r.man * 0.86)
    daylight_pool(p, r, r.x(0.5), r.man * 0.6)
    bookcase(p, r.x(0.03), r.floor, r.man * 0.74, r.man * 1.3, c, colour=OAK)
    picture(p, r.x(0.78), r.floor - r.man * 1.06, r.man * 0.34, r.man * 0.40, c)
    x = r.x(0.94)
    p.d.rect(x - r.man * 0.22, r.floor - r.man * 0.52, r.man * 0.44, r.man * 0.54, p.tint("#46504a"))
    p.d.rect(x - r.man * 0.18, r.floor - r.man * 0.47, r.man * 0.36, r.man * 0.42, p.tint("#566058"))
    p.d.line(
        ellipse_path(x + r.man * 0.02, r.floor - r.man * 0.26, r.man * 0.055, r.man * 0.055),
        p.tint("#d9b45a"),
        p.u * 0.6,
    )
    rug(p, p.w * 0.5, p.ground, p.w * 0.5, colour="#5a5f70")
    desk(p, r.x(0.75), r.floor + p.man * 0.13, r.man * 1.05)
    chair(p, r.x(0.56), r.floor + p.man * 0.13, r.man, facing=1)
    desk(p, r.x(0.17), r.floor + p.man * 0.15, r.man * 0.95, colour=OAK)


def ship_cabin(p: Place) -> None:
    """Bulkheads, stern windows over the wake, a bunk, charts under a swinging lamp."""
    c = p.chance.branch("cabin")
    r = paint_room(p, "#a57c54", "#85613f", pattern="planks", beams=True, ceiling="#8a6642")
    for t in (0.36, 0.5, 0.64):
        window(p, r.x(t), r.floor - r.man * 0.56, r.width * 0.11, r.man * 0.60, bars=1)
    p.d.rect(r.x(0.28), r.floor - r.man * 0.54, r.width * 0.44, r.man * 0.08, p.tint("#c99a62"))
    bed(p, r.x(0.13), r.floor + p.man * 0.08, r.man * 0.95, cover="#5f6f8a")
    shelf(p, r.x(0.05), r.floor - r.man * 0.96, r.width * 0.18, r.man, c, "bottles")
    chest(p, r.x(0.90), r.floor + p.man * 0.05, r.man)
    picture(p, r.x(0.86), r.floor - r.man * 0.94, r.man * 0.42, r.man * 0.28, c)
    top = table(p, r.x(0.56), r.floor + p.man * 0.12, r.man * 1.0, r.man, colour=WALNUT)
    x = r.x(0.56)
    p.d.path(
        (
            f"M{num(x - r.man * 0.34)} {num(top - r.man * 0.02)}h{num(r.man * 0.56)}"
            f"l{num(r.man * 0.04)} {num(r.man * 0.04)}h{num(-r.man * 0.66)}Z"
        ),
        p.tint("#efe0b4"),
    )
    p.d.line(
        (
            f"M{num(x - r.man * 0.2)} {num(top)}"
            f"q{num(r.man * 0.12)} {num(-r.man * 0.02)} {num(r.man * 0.3)} {num(r.man * 0.01)}"
        ),
        p.tint("#a8403a"),
        p.u * 0.3,
    )
    hanging_lamp(p, r.x(0.5), r.top + r.man * 0.34, r.man)


def train_carriage(p: Place) -> None:
    """A compartment: two seats face each other across the window."""
    d = p.d
    r = paint_room(p, "#8a5a3c", "#5f4638", wainscot="#6a4632", ceiling="#c9b48c")
    wide = min(r.width * 0.44, r.man * 1.15)
    window(p, p.w * 0.5, r.floor - r.man * 0.58, wide, r.man * 0.72, curtains="#4f6a5a", bars=1)
    for side in (-1, 1):
        x = p.w * 0.5 + side * (p.w * 0.5 - r.width * 0.14)
        cloth = "#7a3a42"
        fill = d.linear([(0, p.tint(lighter(cloth, 0.16))), (1, p.tint(darker(cloth, 0.3)))])
        bw, sy = r.width * 0.17, p.ground + p.man * 0.02
        d.rect(x - bw, sy - r.man * 1.02, bw * 2, r.man * 0.74, fill, round=p.u * 2)
        d.path(
            "".join(
                ellipse_path(x + bw * t, sy - r.man * h, p.u * 0.5, p.u * 0.5)
                for t in (-0.6, -0.2, 0.2, 0.6)
                for h in (0.86, 0.66, 0.48)
            ),
            p.tint(darker(cloth, 0.45)),
        )
        d.rect(
            x - bw * 1.12 - (bw * 0.4 if side > 0 else 0),
            sy - r.man * 0.38,
            bw * 2.64,
            r.man * 0.22,
            fill,
            round=p.u * 2,
        )
        d.rect(x - bw * 1.05, sy - r.man * 0.17, bw * 2.1, r.man * 0.18, p.tint("#4a3226"))
        rack = r.top + r.man * 0.26
        d.line(
            f"M{num(x - bw)} {num(rack)}h{num(bw * 2)}"
            + "".join(
                (
                    f"M{num(x - bw + bw * 0.2 * k)} {num(rack)}l{num(bw * 0.1)} {num(r.man * 0.07)}"
                    f"l{num(bw * 0.1)} {num(-r.man * 0.07)}"
                )
                for k in range(10)
            ),
            p.tint("#d9b45a"),
            p.u * 0.4,
        )
        d.rect(x - bw * 0.5, rack - r.man * 0.15, bw * 0.9, r.man * 0.15, p.tint("#7a5138"), round=p.u)
    hanging_lamp(p, p.w * 0.5, r.top + r.man * 0.14, r.man * 0.8)


def cave(p: Place) -> None:
    """Rock on all sides, the daylight outside its mouth."""

    d, c = p.d, p.chance.branch("cave")
    r = room_of(p)
    d.rect(0, 0, p.w, p.h, d.linear([(0, p.tint("#3f3a3e")), (0.7, p.tint("#6a6058")), (1, p.tint("#564c46"))]))
    mx, my, half, tall = p.w * 0.62, r.floor, min(p.man * 0.85, p.w * 0.3), p.man * 1.25
    mouth = (
        f"M{num(mx - half)} {num(my)}"
        f"Q{num(mx - half * 1.1)} {num(my - tall * 0.8)} {num(mx - half * 0.3)} {num(my - tall)}"
        f"Q{num(mx + half * 0.7)} {num(my - tall * 1.05)} {num(mx + half)} {num(my - tall * 0.4)}"
        f"L{num(mx + half * 1.1)} {num(my)}Z"
    )
    outside = outdoor_light(p)
    d.line(mouth, p.tint("#8a7d70"), p.u * 3)
    with d.group(clip=d.clip(mouth)):
        paint_sky_box(
            d, outside, c, mx - half * 1.2, my - tall * 1.1, half * 2.4, tall * 1.1, mx + half * 0.3, p.u * 0.5
        )
        d.path(
            (
                f"M{num(mx - half * 1.2)} {num(my)}V{num(my - tall * 0.2)}"
                f"q{num(half)} {num(-tall * 0.16)} {num(half * 2.6)} 0V{num(my)}Z"
            ),
            outside.tint("#7f9c62", 0.3),
        )
    for depth in (0, 1, 2):
        tone = p.tint(darker("#77695e", 0.16 + 0.22 * depth))
        parts = []
        for side in (0, 1):
            x0, s = (0.0, 1) if side == 0 else (p.w, -1)
            reach = p.w * (0.27 - 0.075 * depth)
            parts.append(
                f"M{num(x0)} 0"
                + "".join(
                    f"L{num(x0 + s * reach * (0.55 + 0.5 * abs(k - 4) / 4 + c.jitter(0.14)))} {num(p.h * k / 8)}"
                    for k in range(9)
                )
                + f"L{num(x0)} {num(p.h)}Z"
            )
        teeth = (
            "M0 0"
            + "".join(
                f"L{num(p.w * k / 14)} {num(r.top * (0.9 - 0.25 * depth) + (p.man * 0.34 * c.unit() if k % 2 else 0))}"
                for k in range(15)
            )
            + f"L{num(p.w)} 0Z"
        )
        d.path("".join(parts) + teeth, tone)
    light = p.light.grade(p.light.sun_colour)
    d.path(
        f"M{num(mx - half)} {num(my)}H{num(mx + half)}L{num(mx + half * 0.6)} {num(p.h)}H{num(mx - half * 2.4)}Z",
        d.linear([(0, light, 0.28), (1, light, 0.0)]),
    )
    for t in (0.12, 0.30, 0.92):
        rock(
            p,
            p.w * t,
            p.ground + p.u * c.between(-3, 5),
            p.u * c.between(8, 14),
            p.u * c.between(4, 8),
            c,
            colour="#7d7268",
        )
    flame(p, p.w * 0.22, p.ground, p.man * 0.20)
    lamplight(p, p.w * 0.22, p.ground - p.man * 0.1, p.man * 1.1)
