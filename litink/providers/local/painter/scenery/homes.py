"""Rooms people live in: parlour, kitchen, bedroom, library, cottage, attic, and where nothing is known."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker
from litink.providers.local.painter.scenery.furniture import (
    MAHOGANY,
    PINEWOOD,
    WALNUT,
    armchair,
    bed,
    chair,
    chest,
    desk,
    rug,
    table,
    wood,
)
from litink.providers.local.painter.scenery.hearth import candle, chandelier, fireplace, lamp, stove
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.rooms import paint_room
from litink.providers.local.painter.scenery.wall_pieces import bookcase, long_clock, picture, shelf
from litink.providers.local.painter.scenery.windows import daylight_pool, window
from litink.providers.local.painter.svg import ellipse_path, num, rect_path


def room(p: Place) -> None:
    """A room of which nothing is said: a window, a table, a picture."""
    c = p.chance.branch("room")
    r = paint_room(
        p,
        c.choice(("#b9c0a8", "#c7b596", "#a9b4b8", "#c9a890")),
        "#8f6a48",
        wainscot=c.choice(("#e4d9c2", "#8a6a4c")),
        pattern=c.choice(("stripes", "sprigs", "")),
    )
    sill = r.floor - r.man * 0.52
    window(p, r.x(0.27), sill, r.man * 0.52, r.man * 0.80, curtains=c.choice(("#7f4a48", "#4f6a62", "#5a5f84")))
    picture(p, r.x(0.62), r.floor - r.man * 1.02, r.man * 0.42, r.man * 0.30, c)
    chest(p, r.x(0.90), r.floor + p.man * 0.03, r.man)
    daylight_pool(p, r, r.x(0.27), r.man * 0.52)
    rug(p, p.w * 0.5, p.ground + p.man * 0.02, p.w * 0.5, colour=c.choice(("#8c4038", "#3f5f7a", "#4f6a4c")))
    top = table(p, r.x(0.76), r.floor + p.man * 0.10, r.man * 0.8, r.man)
    lamp(p, r.x(0.73), top, r.man)
    chair(p, r.x(0.56), r.floor + p.man * 0.10, r.man, facing=1)
    chair(p, r.x(0.06), r.floor + p.man * 0.10, r.man, facing=1)


def parlour(p: Place) -> None:
    """Wallpaper, a fire under the mantelpiece, armchairs, a tall clock."""
    c = p.chance.branch("parlour")
    wall = c.choice(("#8fa08a", "#b0807a", "#8a94a8", "#b59a70", "#7f9a98"))
    r = paint_room(
        p, wall, "#855f40", wainscot=c.choice(("#efe6d3", "#6d4a34")), pattern=c.choice(("stripes", "sprigs"))
    )
    curtain = c.choice(("#7a3540", "#3f5a50", "#4a4a78", "#8a5a34"))
    wx = r.x(0.18)
    window(p, wx, r.floor - r.man * 0.40, r.man * 0.50, r.man * 0.96, curtains=curtain)
    fx = r.x(0.56)
    fireplace(p, fx, r.floor + p.man * 0.01, r.man)
    picture(p, fx, r.floor - r.man * 1.12, r.man * 0.50, r.man * 0.36, c)
    mantel = r.floor - r.man * 0.79
    for t in (-0.36, 0.36):
        candle(p, fx + r.man * t, mantel, r.man * 0.9)
    if p.w > p.h:
        long_clock(p, r.x(0.375), r.floor + p.man * 0.01, r.man)
        bookcase(p, r.x(0.83), r.floor + p.man * 0.01, r.man * 0.62, r.man * 1.22, c)
    daylight_pool(p, r, wx, r.man * 0.5)
    rug(p, p.w * 0.52, p.ground + p.man * 0.01, p.w * 0.56, colour=c.choice(("#8c4038", "#3f5474", "#5a6a44")))
    armchair(p, r.x(0.80), r.floor + p.man * 0.14, r.man * 1.05, cloth=curtain)
    armchair(
        p,
        r.x(0.17),
        r.floor + p.man * 0.13,
        r.man * 1.05,
        cloth=c.choice(("#a8824a", "#5f7a6a", "#8a4a4a")),
        wide=0.95 if p.w > p.h else 0.5,
    )
    top = table(p, r.x(0.965), r.floor + p.man * 0.16, r.man * 0.30, r.man, colour=MAHOGANY)
    lamp(p, r.x(0.965), top, r.man)


def dining_room(p: Place) -> None:
    """A laid table under a chandelier."""
    c = p.chance.branch("dining")
    r = paint_room(
        p,
        c.choice(("#9a5f58", "#6f8a7f", "#a88a5f")),
        "#7a5538",
        wainscot=c.choice(("#6a4632", "#e9dfcb")),
        pattern="sprigs",
    )
    for t in (0.16, 0.84):
        window(p, r.x(t), r.floor - r.man * 0.42, r.man * 0.46, r.man * 0.92, curtains=c.choice(("#7a3540", "#3f5a50")))
    picture(p, r.x(0.5), r.floor - r.man * 1.02, r.man * 0.66, r.man * 0.42, c)
    rug(p, p.w * 0.5, p.ground, p.w * 0.72)
    wide = min(p.w * 0.62, p.man * 2.2)
    for t in (-0.34, -0.12, 0.12, 0.34):
        chair(p, p.w * 0.5 + wide * t, r.floor + p.man * 0.07, r.man, facing=1 if t < 0 else -1)
    top = table(p, p.w * 0.5, r.floor + p.man * 0.16, wide, r.man, cloth="#efe7d6")
    for t in (-0.36, -0.18, 0.18, 0.36):
        p.d.ellipse(p.w * 0.5 + wide * t, top, r.man * 0.07, r.man * 0.016, p.tint("#ffffff"))
        p.d.ellipse(p.w * 0.5 + wide * t, top, r.man * 0.045, r.man * 0.010, p.tint("#c9d2d6"))
    for t in (-0.08, 0.08):
        candle(p, p.w * 0.5 + wide * t, top, r.man * 1.2)
    p.d.path(
        "".join(
            ellipse_path(p.w * 0.5 + r.man * t, top - r.man * h, r.man * 0.03, r.man * 0.03)
            for t, h in ((-0.03, 0.03), (0.03, 0.03), (0.0, 0.07))
        ),
        p.tint("#c4523a"),
    )
    chandelier(p, p.w * 0.5, max(r.top + r.man * 0.34, p.u * 16), p.man * 0.66)


def kitchen(p: Place) -> None:
    """The range, copper pans, a dresser, a scrubbed table."""
    c = p.chance.branch("kitchen")
    r = paint_room(
        p,
        c.choice(("#d9cba8", "#c9d0c0", "#e0cdb0")),
        "#a98a6a",
        boards="tiles",
        wainscot=c.choice(("#8aa0a0", "#b8a080")),
        beams=True,
    )
    window(p, r.x(0.50), r.floor - r.man * 0.58, r.man * 0.62, r.man * 0.66, curtains="#d9b8a0")
    daylight_pool(p, r, r.x(0.50), r.man * 0.6)
    stove(p, r.x(0.84), r.floor + p.man * 0.03, r.man)
    pans = r.floor - r.man * 1.34
    p.d.line(f"M{num(r.x(0.66))} {num(pans)}H{num(r.x(0.985))}", p.tint("#4a3a33"), p.u * 0.6)
    for k, t in enumerate((0.69, 0.755, 0.82, 0.885, 0.95)):
        size = r.man * (0.075 + 0.012 * (k % 3))
        p.d.line(f"M{num(r.x(t))} {num(pans)}v{num(r.man * 0.15)}", p.tint("#8a5a3c"), p.u * 0.5)
        p.d.circle(
            r.x(t), pans + r.man * 0.15 + size, size, p.d.radial([(0, p.tint("#e8a66a")), (1, p.tint("#a8663c"))])
        )
    dx, dw = r.x(0.03), r.man * 0.86
    p.d.rect(dx, r.floor - r.man * 1.20, dw, r.man * 1.22, p.tint("#7f5f44"))
    for t in (0.44, 0.72, 1.0):
        shelf(p, dx + dw * 0.08, r.floor - r.man * (t + 0.02), dw * 0.84, r.man, c, "plates" if t != 0.44 else "pots")
    p.d.rect(dx - p.u, r.floor - r.man * 0.42, dw + p.u * 2, r.man * 0.05, p.tint("#b08a60"))
    p.d.path(
        "".join(
            rect_path(dx + dw * (0.06 + 0.47 * k), r.floor - r.man * 0.33, dw * 0.41, r.man * 0.28) for k in (0, 1)
        ),
        wood(p, "#94704f"),
    )
    top = table(p, p.w * 0.44, r.floor + p.man * 0.13, min(p.man * 1.35, p.w * 0.5), r.man, colour=PINEWOOD)
    x = p.w * 0.44
    p.d.path(
        (
            f"M{num(x - r.man * 0.36)} {num(top)}"
            f"q{num(-r.man * 0.04)} {num(-r.man * 0.11)} {num(r.man * 0.12)} {num(-r.man * 0.11)}"
            f"q{num(r.man * 0.16)} 0 {num(r.man * 0.12)} {num(r.man * 0.11)}Z"
        ),
        p.tint("#c98f52"),
    )
    shelf_top = top
    p.d.path(
        (
            f"M{num(x + r.man * 0.20)} {num(shelf_top)}l{num(-r.man * 0.05)} {num(-r.man * 0.09)}"
            f"h{num(r.man * 0.24)}l{num(-r.man * 0.05)} {num(r.man * 0.09)}Z"
        ),
        p.tint("#dfe3df"),
    )
    p.d.path(
        "".join(
            ellipse_path(x + r.man * (0.22 + 0.05 * k), shelf_top - r.man * 0.10, r.man * 0.028, r.man * 0.028)
            for k in range(3)
        ),
        p.tint("#c4523a"),
    )
    lamp(p, x, top, r.man * 0.85)


def bedroom(p: Place) -> None:
    c = p.chance.branch("bedroom")
    r = paint_room(p, c.choice(("#a9b6c4", "#c9b0a8", "#b0bda4", "#b8aac0")), "#97714e", wainscot="", pattern="sprigs")
    window(
        p,
        r.x(0.60),
        r.floor - r.man * 0.46,
        r.man * 0.52,
        r.man * 0.84,
        curtains=c.choice(("#8a9ab8", "#b07a80", "#7f9a84")),
    )
    daylight_pool(p, r, r.x(0.60), r.man * 0.5)
    picture(p, r.x(0.26), r.floor - r.man * 1.08, r.man * 0.36, r.man * 0.28, c)
    if p.w > p.h:
        x, w = r.x(0.90), r.man * 0.52
        p.d.rect(x - w / 2, r.floor - r.man * 1.22, w, r.man * 1.24, wood(p, WALNUT))
        p.d.path(
            rect_path(x - w * 0.42, r.floor - r.man * 1.12, w * 0.38, r.man * 1.02)
            + rect_path(x + w * 0.04, r.floor - r.man * 1.12, w * 0.38, r.man * 1.02),
            p.tint(darker(WALNUT, 0.28)),
            0.7,
        )
        p.d.circle(x - w * 0.02, r.floor - r.man * 0.6, p.u * 0.5, p.tint("#d9b45a"))
    rug(p, p.w * 0.62, p.ground, p.w * 0.44, colour="#6a7a9a")
    bed(
        p, r.x(0.24), r.floor + p.man * 0.14, r.man * 1.15, cover=c.choice(("#7a8fb0", "#a86a60", "#6f8f78", "#9a7fa8"))
    )
    top = table(p, r.x(0.475 if p.w > p.h else 0.66), r.floor + p.man * 0.05, r.man * 0.28, r.man, colour=WALNUT)
    candle(p, r.x(0.475 if p.w > p.h else 0.66), top, r.man)


def library(p: Place) -> None:
    """Books to the ceiling, a desk, a globe, a green lamp."""
    c = p.chance.branch("library")
    r = paint_room(p, "#6f5a48", "#6a4a34", ceiling="#b8a080")
    tall = min(r.floor - r.top - p.u * 3, r.man * 1.75)
    wx = r.x(0.5)
    count = 3 if p.w > p.h else 1
    side = (r.width - r.man * 0.82) / 2
    for k in range(count):
        for base in (r.left + p.u, wx + r.man * 0.41):
            w = (side - p.u * 2) / count
            bookcase(p, base + w * k, r.floor, w * 0.97, tall, c)
    window(p, wx, r.floor - r.man * 0.40, r.man * 0.50, r.man * 1.05, arched=True, curtains="#4f3a34")
    daylight_pool(p, r, wx, r.man * 0.5)
    rug(p, p.w * 0.5, p.ground, p.w * 0.6, colour="#4a5a4a")
    armchair(p, r.x(0.14), r.floor + p.man * 0.13, r.man * 1.05, cloth="#6a3f34")
    dx = r.x(0.80)
    desk(p, dx, r.floor + p.man * 0.13, r.man)
    x, y = r.x(0.305), r.floor + p.man * 0.09
    p.d.line(
        (
            f"M{num(x)} {num(y)}v{num(-r.man * 0.36)}M{num(x - r.man * 0.12)} {num(y)}"
            f"L{num(x)} {num(y - r.man * 0.14)}L{num(x + r.man * 0.12)} {num(y)}"
        ),
        p.tint("#5a3f2c"),
        r.man * 0.03,
    )
    p.d.circle(
        x, y - r.man * 0.50, r.man * 0.16, p.d.linear([(0, p.tint("#4f7a8a")), (1, p.tint("#9fc4c4"))], (0, 1), (1, 0))
    )
    p.d.path(
        (
            f"M{num(x - r.man * 0.09)} {num(y - r.man * 0.56)}"
            f"q{num(r.man * 0.08)} {num(-r.man * 0.07)} {num(r.man * 0.14)} 0"
            f"q{num(-r.man * 0.03)} {num(r.man * 0.07)} {num(-r.man * 0.06)} {num(r.man * 0.13)}"
            f"q{num(-r.man * 0.05)} {num(-r.man * 0.06)} {num(-r.man * 0.08)} {num(-r.man * 0.13)}Z"
        ),
        p.tint("#b8a866"),
    )


def cottage(p: Place) -> None:
    """One warm room: log or stone walls, the open hearth, a settle."""
    c = p.chance.branch("cottage")
    if c.maybe(0.5):
        r = paint_room(p, "#a57f58", "#8a6644", pattern="planks", beams=True, ceiling="#8a6a4a")
    else:
        r = paint_room(p, "#c9bca4", "#9a8468", pattern="stone", boards="flags", beams=True, ceiling="#9a7f5c")
    window(p, r.x(0.20), r.floor - r.man * 0.60, r.man * 0.50, r.man * 0.56, curtains="#c9a078")
    daylight_pool(p, r, r.x(0.20), r.man * 0.5)
    fireplace(p, r.x(0.66), r.floor + p.man * 0.01, r.man * 1.05, stone="#a79a88", rough=True)
    shelf(p, r.x(0.36), r.floor - r.man * 0.98, r.man * 0.46, r.man, c, "pots")
    if p.w > p.h:
        shelf(p, r.x(0.86), r.floor - r.man * 0.92, r.man * 0.42, r.man, c, "plates")
        chest(p, r.x(0.92), r.floor + p.man * 0.04, r.man)
    rug(p, p.w * 0.58, p.ground, p.w * 0.38, colour="#9a5f48")
    top = table(p, r.x(0.22), r.floor + p.man * 0.15, r.man * 0.92, r.man, colour=PINEWOOD)
    candle(p, r.x(0.18), top, r.man)
    chair(p, r.x(0.87), r.floor + p.man * 0.16, r.man, facing=-1)


def attic(p: Place) -> None:
    """Under the roof: slanting beams, a small window, things put away."""
    c = p.chance.branch("attic")
    r = paint_room(p, "#9a7f60", "#8a6848", pattern="planks")
    d = p.d
    peak = r.top - p.man * 0.1
    for side in (0, 1):
        x0, x1 = (0.0, p.w * 0.46) if side == 0 else (p.w, p.w * 0.54)
        low = r.floor - r.man * 0.55
        d.polygon([(x0, -10), (x1, -10), (x1, peak), (x0, low)], p.tint("#6f5640"))
        for t in (0.15, 0.4, 0.65, 0.9):
            bx = x0 + (x1 - x0) * t
            by = low + (peak - low) * t
            d.line(f"M{num(bx)} 0V{num(by)}", p.tint("#5a4432"), p.u * 1.4)
        d.line(f"M{num(x0)} {num(low)}L{num(x1)} {num(peak)}", p.tint("#4a3628"), p.u * 2.4)
    window(p, p.w * 0.5, r.floor - r.man * 0.62, r.man * 0.46, r.man * 0.56, arched=True)
    daylight_pool(p, r, p.w * 0.5, r.man * 0.5)
    chest(p, r.x(0.10), r.floor + p.man * 0.08, r.man * 1.15)
    picture(p, r.x(0.27), r.floor - r.man * 0.20, r.man * 0.34, r.man * 0.30, c)
    chest(p, r.x(0.80), r.floor + p.man * 0.04, r.man, colour="#5f6a58")
    chair(p, r.x(0.93), r.floor + p.man * 0.12, r.man, facing=-1)
    d.path(
        "".join(
            rect_path(r.x(0.76) + r.man * 0.06 * k, r.floor - r.man * (0.38 + 0.05 * k), r.man * 0.3, r.man * 0.05)
            for k in range(3)
        ),
        p.tint("#8c4038"),
    )
    candle(p, r.x(0.14), r.floor + p.man * 0.08 - r.man * 0.38, r.man)
