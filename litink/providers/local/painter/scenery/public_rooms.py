"""Rooms that belong to all: church, school, court, prison, hall, theatre, hospital."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.fittings import column, lancet, pews, stage_curtain, stairs
from litink.providers.local.painter.scenery.furniture import MAHOGANY, OAK, WALNUT, bed, desk, rug, table, wood
from litink.providers.local.painter.scenery.hearth import candle, chandelier, hanging_lamp, lamp, lamplight
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.rooms import paint_room
from litink.providers.local.painter.scenery.wall_pieces import long_clock, picture, shelf
from litink.providers.local.painter.scenery.windows import daylight_pool, window
from litink.providers.local.painter.svg import ellipse_path, num, rect_path


def church(p: Place) -> None:
    """A nave: pillars, coloured glass, the altar, pews."""
    c = p.chance.branch("nave")
    r = paint_room(p, "#bdb3a2", "#9a8e7e", pattern="stone", boards="flags", ceiling="#8a8074")
    lancet(p, p.w * 0.5, r.floor - r.man * 0.66, r.man * 0.56, min(r.man * 1.2, r.floor - r.top - r.man * 0.7), c)
    for t in (0.12, 0.27, 0.73, 0.88):
        lancet(p, r.x(t), r.floor - r.man * 0.56, r.man * 0.26, r.man * 0.92, c)
    p.d.rect(p.w * 0.5 - r.man * 0.6, r.floor - r.man * 0.06, r.man * 1.2, r.man * 0.10, p.tint("#a89c8a"))
    p.d.rect(p.w * 0.5 - r.man * 0.42, r.floor - r.man * 0.46, r.man * 0.84, r.man * 0.42, p.tint("#efe6d3"))
    p.d.rect(p.w * 0.5 - r.man * 0.42, r.floor - r.man * 0.46, r.man * 0.84, r.man * 0.12, p.tint("#8a2f3a"))
    cross = r.floor - r.man * 0.46
    p.d.line(
        (
            f"M{num(p.w * 0.5)} {num(cross)}v{num(-r.man * 0.26)}"
            f"M{num(p.w * 0.5 - r.man * 0.07)} {num(cross - r.man * 0.18)}h{num(r.man * 0.14)}"
        ),
        p.tint("#e0c062"),
        r.man * 0.025,
        cap="butt",
    )
    for t in (-0.30, 0.30):
        candle(p, p.w * 0.5 + r.man * t, cross, r.man)
    for t in (0.045, 0.195, 0.805, 0.955):
        column(p, r.x(t), r.floor + p.man * 0.03, r.man * 0.15, r.top)
    pews(p, r.floor + p.man * 0.12)
    lamplight(p, p.w * 0.5, cross, r.man)


def school(p: Place) -> None:
    """A blackboard, a map, rows of desks."""
    c = p.chance.branch("school")
    r = paint_room(p, c.choice(("#d6c8a4", "#b9c4b0")), "#a07c58", wainscot="#8a6a4c")
    window(p, r.x(0.13), r.floor - r.man * 0.50, r.man * 0.50, r.man * 0.86)
    daylight_pool(p, r, r.x(0.13), r.man * 0.5)
    bx, bw, bh = r.x(0.5), min(r.man * 1.5, r.width * 0.46), r.man * 0.66
    by = r.floor - r.man * 0.60
    p.d.rect(bx - bw * 0.53, by - bh * 1.06, bw * 1.06, bh * 1.12, wood(p, OAK))
    p.d.rect(bx - bw / 2, by - bh, bw, bh, p.d.linear([(0, p.tint("#2f4a40")), (1, p.tint("#3c5a4e"))]))
    chalk = "".join(
        (
            f"M{num(bx - bw * 0.42)} {num(by - bh * t)}"
            f"q{num(bw * 0.05)} {num(-bh * 0.05)} {num(bw * 0.10)} 0t{num(bw * 0.10)} 0"
            f"t{num(bw * 0.10)} 0t{num(bw * (0.06 + 0.05 * k))} 0"
        )
        for k, t in enumerate((0.78, 0.60, 0.42))
    )
    p.d.line(
        chalk + f"M{num(bx + bw * 0.16)} {num(by - bh * 0.26)}h{num(bw * 0.24)}l{num(-bw * 0.12)} {num(-bh * 0.40)}Z",
        "#f4f1e6",
        p.u * 0.3,
        0.75,
    )
    mx = r.x(0.865)
    p.d.rect(mx - r.man * 0.27, by - bh, r.man * 0.54, bh * 0.9, p.tint("#efe3c0"))
    land = "".join(
        (
            f"M{num(mx + r.man * dx)} {num(by - bh * dy)}"
            f"q{num(r.man * 0.06)} {num(-r.man * 0.09)} {num(r.man * 0.14)} {num(-r.man * 0.01)}"
            f"q{num(-r.man * 0.01)} {num(r.man * 0.12)} {num(-r.man * 0.08)} {num(r.man * 0.15)}"
            f"q{num(-r.man * 0.06)} {num(-r.man * 0.05)} {num(-r.man * 0.06)} {num(-r.man * 0.14)}Z"
        )
        for dx, dy in ((-0.20, 0.64), (0.04, 0.72))
    )
    p.d.path(land, p.tint("#8fa868"))
    desk(p, r.x(0.80), r.floor + p.man * 0.06, r.man * 0.9)
    for k in range(5 if p.w > p.h else 3):
        t = (k + 0.5) / (5 if p.w > p.h else 3)
        pupil_desk(p, p.w * (0.06 + 0.88 * t), p.ground + p.man * 0.19, r.man * 0.74)


def pupil_desk(p: Place, x: float, y: float, m: float) -> None:
    """A sloping desk seen from behind, low in the picture."""
    w = m * 0.62
    p.d.path(
        rect_path(x - w * 0.44, y - m * 0.34, w * 0.07, m * 0.34)
        + rect_path(x + w * 0.37, y - m * 0.34, w * 0.07, m * 0.34),
        p.tint("#4a3629"),
    )
    p.d.path(
        (
            f"M{num(x - w * 0.44)} {num(y - m * 0.46)}H{num(x + w * 0.44)}"
            f"L{num(x + w * 0.5)} {num(y - m * 0.36)}H{num(x - w * 0.5)}Z"
        ),
        wood(p, OAK),
    )
    p.d.rect(x - w * 0.5, y - m * 0.36, w, m * 0.10, p.tint(darker(OAK, 0.25)))
    p.d.path(
        f"M{num(x - w * 0.22)} {num(y - m * 0.44)}h{num(w * 0.26)}l{num(w * 0.02)} {num(m * 0.05)}h{num(-w * 0.30)}Z",
        p.tint("#f6efdd"),
    )


def courtroom(p: Place) -> None:
    """Panelling, the judge's bench under a coat of arms, the dock."""
    c = p.chance.branch("court")
    r = paint_room(p, c.choice(("#c9bb9c", "#b0b4a4")), "#7a5a40", wainscot="#6a4632")
    for t in (0.12, 0.88):
        window(p, r.x(t), r.floor - r.man * 0.62, r.man * 0.36, r.man * 0.96, arched=True)
    x = p.w * 0.5
    crest = r.floor - r.man * 1.40
    p.d.path(
        (
            f"M{num(x - r.man * 0.17)} {num(crest - r.man * 0.18)}h{num(r.man * 0.34)}"
            f"v{num(r.man * 0.18)}q0 {num(r.man * 0.16)} {num(-r.man * 0.17)} {num(r.man * 0.22)}"
            f"q{num(-r.man * 0.17)} {num(-r.man * 0.06)} {num(-r.man * 0.17)} {num(-r.man * 0.22)}Z"
        ),
        p.tint("#a8403a"),
    )
    p.d.line(
        (
            f"M{num(x)} {num(crest - r.man * 0.18)}v{num(r.man * 0.40)}"
            f"M{num(x - r.man * 0.17)} {num(crest)}h{num(r.man * 0.34)}"
        ),
        p.tint("#e0c062"),
        r.man * 0.03,
        cap="butt",
    )
    p.d.path(
        (
            f"M{num(x - r.man * 0.22)} {num(r.floor - r.man * 0.60)}v{num(-r.man * 0.40)}"
            f"q{num(r.man * 0.22)} {num(-r.man * 0.20)} {num(r.man * 0.44)} 0v{num(r.man * 0.40)}Z"
        ),
        p.tint("#7a2f34"),
    )
    wide = min(r.man * 2.3, r.width * 0.72)
    p.d.rect(x - wide / 2, r.floor - r.man * 0.58, wide, r.man * 0.64, wood(p, MAHOGANY))
    p.d.rect(x - wide * 0.53, r.floor - r.man * 0.63, wide * 1.06, r.man * 0.07, p.tint(lighter(MAHOGANY, 0.25)))
    p.d.path(
        "".join(
            rect_path(x - wide * 0.46 + wide * 0.235 * k, r.floor - r.man * 0.50, wide * 0.20, r.man * 0.46)
            for k in range(4)
        ),
        p.tint(darker(MAHOGANY, 0.3)),
        0.7,
    )
    lamp(p, x - wide * 0.34, r.floor - r.man * 0.63, r.man * 0.8)
    for t in (0.10, 0.90):
        bx = r.x(t)
        p.d.rect(bx - r.man * 0.40, r.floor - r.man * 0.34, r.man * 0.80, r.man * 0.42, wood(p, WALNUT))
        p.d.rect(bx - r.man * 0.44, r.floor - r.man * 0.38, r.man * 0.88, r.man * 0.06, p.tint(lighter(WALNUT, 0.25)))
    hanging_lamp(p, p.w * 0.27, r.top + r.man * 0.34, r.man)
    hanging_lamp(p, p.w * 0.73, r.top + r.man * 0.34, r.man)


def prison(p: Place) -> None:
    """Stone, a barred window high up, a pallet, chains."""
    r = paint_room(p, "#86827e", "#75706a", pattern="stone", boards="flags", ceiling="#6a6662")
    wx, wy, w = r.x(0.5), r.floor - r.man * 1.0, r.man * 0.46
    window(p, wx, wy, w, w * 1.1, arched=True, bars=1)
    p.d.line(
        "".join(f"M{num(wx + w * t)} {num(wy)}V{num(wy - w * 1.05)}" for t in (-0.3, -0.1, 0.1, 0.3)),
        p.tint("#2c2d33"),
        p.u * 0.9,
    )
    colour = p.light.grade(p.light.sun_colour)
    p.d.path(
        (
            f"M{num(wx - w * 0.5)} {num(wy - w)}H{num(wx + w * 0.5)}"
            f"L{num(wx + p.man * 0.9)} {num(p.ground)}H{num(wx - p.man * 0.2)}Z"
        ),
        p.d.linear([(0, colour, 0.26), (1, colour, 0.04)]),
    )
    bed(p, r.x(0.17), r.floor + p.man * 0.12, r.man * 0.95, cover="#8a7f6a", iron=True)
    for t in (0.78, 0.90):
        x, y = r.x(t), r.floor - r.man * 0.86
        p.d.line(
            "".join(ellipse_path(x, y + r.man * 0.06 * k, r.man * 0.016, r.man * 0.026) for k in range(6)),
            p.tint("#3a3a40"),
            p.u * 0.4,
        )
        p.d.line(ellipse_path(x, y + r.man * 0.40, r.man * 0.05, r.man * 0.05), p.tint("#3a3a40"), p.u * 0.7)
    stool = table(p, r.x(0.84), r.floor + p.man * 0.14, r.man * 0.34, r.man * 0.7, colour=OAK)
    candle(p, r.x(0.84), stool, r.man)


def hall(p: Place) -> None:
    """A great hall: columns, a stair, a chandelier, portraits."""
    c = p.chance.branch("hall")
    r = paint_room(p, c.choice(("#c8b48e", "#b0a8b8", "#a8b4a4")), "#c4b6a0", boards="tiles", wainscot="#e4dac6")
    stairs(p, r.x(0.72), r.floor, r.man)
    for t in (0.12, 0.34):
        picture(p, r.x(t), r.floor - r.man * 0.98, r.man * 0.36, r.man * 0.48, c)
    window(
        p,
        r.x(0.23),
        r.floor - r.man * 0.46,
        r.man * 0.30,
        r.man * 0.98,
        arched=True,
        curtains="#7a3540" if p.w > p.h else "",
    )
    for t in (0.02, 0.46, 0.98):
        column(p, r.x(t), r.floor + p.man * 0.03, r.man * 0.16, r.top)
    rug(p, p.w * 0.5, p.ground + p.man * 0.02, p.w * 0.44, colour="#8a3038")
    chandelier(p, p.w * 0.46, max(r.top + r.man * 0.4, p.u * 18), p.man * 0.8)
    if p.w > p.h:
        long_clock(p, r.x(0.40), r.floor + p.man * 0.02, r.man)


def theatre(p: Place) -> None:
    """The stage, its curtain and footlights, heads of the audience."""
    d = p.d
    r = paint_room(p, "#5a3f4a", "#a87c54", ceiling="#4a3540")
    d.rect(
        r.left,
        r.top,
        r.width,
        r.floor - r.top,
        d.linear([(0, p.tint("#6f86a8")), (0.6, p.tint("#c9b8a0")), (1, p.tint("#a8b088"))]),
    )
    d.path(
        (
            f"M{num(r.left)} {num(r.floor)}V{num(r.floor - r.man * 0.5)}"
            f"Q{num(r.x(0.3))} {num(r.floor - r.man * 0.9)} {num(r.x(0.6))} {num(r.floor - r.man * 0.46)}"
            f"T{num(r.right)} {num(r.floor - r.man * 0.5)}V{num(r.floor)}Z"
        ),
        p.tint("#7f9a70"),
    )
    stage_curtain(p, r)
    edge = p.ground + p.man * 0.12
    d.rect(0, edge, p.w, p.h - edge, p.tint("#2f2228"))
    d.rect(0, edge, p.w, p.u * 1.6, p.tint("#c79a48"))
    for k in range(9):
        x = p.w * (k + 0.5) / 9
        d.path(
            f"M{num(x - p.u * 2)} {num(edge)}a{num(p.u * 2)} {num(p.u * 2.2)} 0 0 1 {num(p.u * 4)} 0Z",
            p.tint("#d9b45a"),
        )
        d.glow(x, edge - p.u * 3, p.u * 9, p.u * 9, p.light.grade("#ffd98c"), 0.34)
    c = p.chance.branch("audience")
    heads = []
    for k in range(11):
        x = p.w * (k + c.between(0.3, 0.7)) / 11
        y = p.h * 0.985 + c.jitter(p.u)
        heads.append(
            ellipse_path(x, y, p.u * 3.1, p.u * 3.8)
            + f"M{num(x - p.u * 6)} {num(p.h * 1.05)}Q{num(x)} {num(y + p.u)} {num(x + p.u * 6)} {num(p.h * 1.05)}Z"
        )
    d.path("".join(heads), "#17101a")


def hospital(p: Place) -> None:
    c = p.chance.branch("ward")
    r = paint_room(p, c.choice(("#c4d2c8", "#d2cdbc")), "#a89c88", boards="tiles", wainscot="#a4b8ae")
    for t in (0.17, 0.5, 0.83):
        window(p, r.x(t), r.floor - r.man * 0.56, r.man * 0.40, r.man * 0.82)
        daylight_pool(p, r, r.x(t), r.man * 0.4)
    for t in (0.16, 0.84) if p.w < p.h else (0.16, 0.50, 0.84):
        bed(p, r.x(t), r.floor + p.man * 0.06, r.man * 0.80, cover=c.choice(("#8fa8c0", "#b0b8a8")), iron=True)
    top = table(p, r.x(0.335), r.floor + p.man * 0.05, r.man * 0.28, r.man)
    shelf(p, r.x(0.30), top - r.man * 0.03, r.man * 0.2, r.man * 0.7, c, "bottles")
    hanging_lamp(p, p.w * 0.34, r.top + r.man * 0.26, r.man)
    hanging_lamp(p, p.w * 0.66, r.top + r.man * 0.26, r.man)
