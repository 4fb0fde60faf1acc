"""The railway station and its train."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.buildings import glass, panes
from litink.providers.local.painter.scenery.nature import ground, patches
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.sky import paint_sky
from litink.providers.local.painter.svg import ellipse_path, num, rect_path


def railway_station(p: Place) -> None:
    """A platform under an iron roof, and the train."""
    c = p.chance.branch("station")
    paint_sky(p)
    far = "".join(
        rect_path(p.w * k / 9, p.horizon - p.man * (0.3 + 0.5 * c.unit()), p.w / 8.5, p.man) for k in range(9)
    )
    p.d.path(far, p.tint("#868a92", 0.7))
    rail_y = p.ground - p.man * 0.06
    ground(p, p.horizon + p.u * 2, "#7f786e", "#8f887c", depth=0.2)
    train(p, p.w * 0.30, rail_y, p.man * 1.28)
    p.d.rect(0, p.ground - p.man * 0.10, p.w, p.h, p.d.linear([(0, p.tint("#c0b5a2")), (1, p.tint("#8f8577"))]))
    p.d.rect(0, p.ground - p.man * 0.10, p.w, p.u * 1.3, p.tint("#e6dcc6"))
    patches(p, p.ground, "#6d655a", 14, opacity=0.2)
    iron = p.tint("#3f5a56")
    roof = p.horizon - p.man * 1.36
    p.d.path(
        f"M0 0H{num(p.w)}V{num(roof)}Q{num(p.w / 2)} {num(roof - p.man * 0.36)} 0 {num(roof)}Z",
        p.d.linear([(0, p.tint("#4f5a63")), (1, p.tint("#78858c"))]),
        0.94,
    )
    p.d.line(
        "".join(f"M{num(p.w * k / 10)} 0V{num(roof - p.man * 0.16 * (1 - abs(k - 5) / 5))}" for k in range(11)),
        p.tint("#39424a"),
        p.u * 0.5,
    )
    p.d.line(f"M0 {num(roof)}Q{num(p.w / 2)} {num(roof - p.man * 0.36)} {num(p.w)} {num(roof)}", iron, p.u * 1.3)
    for t in (0.08, 0.92):
        x = p.w * t
        p.d.rect(x - p.u * 0.9, roof, p.u * 1.8, p.ground - roof + p.u * 2, iron)
        p.d.line(
            (
                f"M{num(x)} {num(roof + p.man * 0.34)}"
                f"q0 {num(-p.man * 0.3)} {num(p.man * 0.32)} {num(-p.man * 0.36)}"
                f"M{num(x)} {num(roof + p.man * 0.34)}"
                f"q0 {num(-p.man * 0.3)} {num(-p.man * 0.32)} {num(-p.man * 0.36)}"
            ),
            iron,
            p.u * 0.8,
        )
        p.d.rect(x - p.u * 1.6, p.ground - p.u, p.u * 3.2, p.u * 3, iron)
    cx = p.w * 0.5
    p.d.line(f"M{num(cx)} {num(roof - p.man * 0.2)}v{num(p.man * 0.22)}", iron, p.u * 0.5)
    p.d.circle(cx, roof + p.man * 0.14, p.man * 0.14, iron)
    p.d.circle(cx, roof + p.man * 0.14, p.man * 0.115, p.tint("#f7f0dc"))
    p.d.line(
        (
            f"M{num(cx)} {num(roof + p.man * 0.14)}v{num(-p.man * 0.08)}"
            f"M{num(cx)} {num(roof + p.man * 0.14)}l{num(p.man * 0.05)} {num(p.man * 0.03)}"
        ),
        iron,
        p.u * 0.45,
    )
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
        d.rect(
            cx,
            y - size * 0.80,
            size * 1.92,
            size * 0.66,
            p.d.linear(
                [(0, p.tint("#e2d2ae")), (0.5, p.tint("#e2d2ae")), (0.5, p.tint("#7d4a3c")), (1, p.tint("#5a352e"))]
            ),
            round=size * 0.03,
        )
        d.path(
            (
                f"M{num(cx - size * 0.03)} {num(y - size * 0.78)}"
                f"Q{num(cx + size * 0.96)} {num(y - size)} {num(cx + size * 1.95)} {num(y - size * 0.78)}"
                "Z"
            ),
            p.tint("#4f4a4c"),
        )
        panes(
            p,
            [(cx + size * (0.12 + 0.30 * k), y - size * 0.70, size * 0.2, size * 0.24) for k in range(6)],
            frame="#c9a15a",
        )
        d.path(
            "".join(
                ellipse_path(cx + size * t, y - size * 0.08, size * 0.1, size * 0.1) for t in (0.2, 0.45, 1.47, 1.72)
            ),
            black,
        )
    d.rect(x + size * 1.02, y - size * 0.98, size * 0.56, size * 0.80, body)
    d.rect(x + size * 0.98, y - size * 1.02, size * 0.66, size * 0.08, black)
    d.rect(x + size * 1.12, y - size * 0.84, size * 0.26, size * 0.24, glass(p))
    d.path(f"M{num(x)} {num(y - size * 0.68)}h{num(size * 1.05)}v{num(size * 0.44)}h{num(-size * 1.05)}Z", body)
    d.ellipse(x, y - size * 0.46, size * 0.06, size * 0.22, black)
    for t in (0.28, 0.62, 0.94):
        d.rect(x + size * t, y - size * 0.69, size * 0.03, size * 0.46, brass)
    d.path(
        (
            f"M{num(x + size * 0.10)} {num(y - size * 0.66)}V{num(y - size * 0.98)}"
            f"l{num(-size * 0.05)} {num(-size * 0.08)}h{num(size * 0.24)}"
            f"l{num(-size * 0.05)} {num(size * 0.08)}V{num(y - size * 0.66)}Z"
        ),
        black,
    )
    d.path(
        (
            f"M{num(x + size * 0.46)} {num(y - size * 0.66)}"
            f"q0 {num(-size * 0.16)} {num(size * 0.10)} {num(-size * 0.16)}"
            f"q{num(size * 0.10)} 0 {num(size * 0.10)} {num(size * 0.16)}Z"
        ),
        brass,
    )
    d.rect(x - size * 0.04, y - size * 0.26, size * 1.66, size * 0.10, p.tint("#8a2f2a"))
    for t, r in ((0.26, 0.19), (0.70, 0.19), (1.30, 0.13)):
        d.circle(x + size * t, y - r * size, size * r, black)
        d.circle(x + size * t, y - r * size, size * r * 0.72, p.tint("#a8413a"))
        d.circle(x + size * t, y - r * size, size * r * 0.22, black)
    d.line(f"M{num(x + size * 0.26)} {num(y - size * 0.19)}H{num(x + size * 0.86)}", p.tint("#b5b2ac"), size * 0.04)
    d.path(
        f"M{num(x - size * 0.06)} {num(y - size * 0.16)}L{num(x - size * 0.24)} {num(y)}H{num(x)}Z", p.tint("#8a2f2a")
    )
    puffs, px, py = [], x + size * 0.17, y - size * 1.10
    for k in range(7):
        r = size * (0.10 + 0.055 * k)
        puffs.append(ellipse_path(px, py - r * 0.6, r * 1.2, r))
        px += r * 1.15
        py -= r * 0.42
    d.path("".join(puffs), p.light.grade("#f3f0ea") if p.light.dark < 0.4 else p.tint("#aab0c4"), 0.5)
