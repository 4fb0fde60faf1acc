"""Houses, terraces and churches. No places."""

from __future__ import annotations

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.nature import winter
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import ellipse_path, num, rect_path

WALLS = ("#e4d3b4", "#d8bf9a", "#cfa98a", "#c7b7a0", "#e9dfcb", "#b98f78")


ROOFS = ("#8c4a3a", "#7a4a3f", "#6b5a55", "#5f6570", "#96604a")


BRICKS = ("#a5634c", "#8f5a4a", "#b58a6c", "#9b8374", "#c2a283", "#7f6a66")


def glass(place: Place, depth: float = 0.0) -> str:
    """The fill of a window seen from outside: lamplight in the dark, a reflected sky by day."""
    if place.light.lamps_lit:
        return place.d.linear([(0, "#ffd98c"), (1, "#f3a94e")])
    return place.d.linear([(0, place.tint("#5f7488", depth)), (1, place.tint("#a9c3cf", depth))], (0, 0), (1, 1))


def panes(
    place: Place, boxes: list[tuple[float, float, float, float]], depth: float = 0.0, *, frame: str = "#efe6d3"
) -> None:
    """Windows of (x, y, width, height): frames, glass, bars; all of one wall in three paths."""
    if not boxes:
        return
    d, trim = place.d, place.tint(frame, depth)
    thick = boxes[0][2] * 0.10
    d.path("".join(rect_path(x - thick, y - thick, w + 2 * thick, h + 2 * thick) for x, y, w, h in boxes), trim)
    lit = [box for i, box in enumerate(boxes) if not place.light.lamps_lit or i % 3 != 1]
    dim = [box for box in boxes if box not in lit]
    d.path("".join(rect_path(*box) for box in lit), glass(place, depth))
    d.path("".join(rect_path(*box) for box in dim), place.tint("#39414f", depth))
    bars = "".join(f"M{num(x + w / 2)} {num(y)}v{num(h)}M{num(x)} {num(y + h * 0.48)}h{num(w)}" for x, y, w, h in boxes)
    d.line(bars, trim, thick * 0.7, cap="butt")
    if place.light.lamps_lit:
        for x, y, w, h in lit[:8]:
            d.glow(x + w / 2, y + h / 2, w * 1.9, h * 1.3, "#ffc46b", 0.30)


def house(
    place: Place,
    x: float,
    y: float,
    width: float,
    height: float,
    chance: Chance,
    *,
    depth: float = 0.0,
    door: bool = True,
) -> None:
    """A gabled cottage: ``x`` its left wall, ``y`` its foot, ``height`` to the eaves."""
    d = place.d
    wall, roof = chance.choice(WALLS), winter(place, chance.choice(ROOFS), 0.78)
    lit_right = place.sun_x > x
    rise = height * chance.between(0.62, 0.85)
    chimney_x = x + width * chance.choice((0.18, 0.74))
    d.path(rect_path(chimney_x, y - height - rise * 0.92, width * 0.10, rise * 0.8), place.tint("#8a5c4c", depth))
    d.rect(
        chimney_x - width * 0.015, y - height - rise * 0.95, width * 0.13, height * 0.06, place.tint("#6f4a40", depth)
    )
    sides = [(0, place.tint(darker(wall, 0.16), depth)), (1, place.tint(lighter(wall, 0.10), depth))]
    d.rect(x, y - height, width, height * 1.02, d.linear(sides, (0 if lit_right else 1, 0), (1 if lit_right else 0, 0)))
    over = width * 0.06
    d.path(
        (
            f"M{num(x - over)} {num(y - height)}L{num(x + width * 0.14)} {num(y - height - rise)}"
            f"H{num(x + width * 0.86)}L{num(x + width + over)} {num(y - height)}Z"
        ),
        d.linear([(0, place.tint(lighter(roof, 0.10), depth)), (1, place.tint(darker(roof, 0.14), depth))]),
    )
    courses = "".join(
        (
            f"M{num(x + width * 0.14 * (1 - t) - over * t * 0.6)} {num(y - height - rise * (1 - t))}"
            f"H{num(x + width * (0.86 + 0.14 * t) + over * t * 0.6)}"
        )
        for t in (0.3, 0.55, 0.8)
    )
    d.line(courses, place.tint(darker(roof, 0.3), depth), height * 0.012, 0.5)
    d.rect(x, y - height, width, height * 0.07, "#0d0a1a", 0.16)
    size = width * 0.15
    spots = (0.14, 0.70) if door else (0.14, 0.42, 0.70)
    panes(place, [(x + width * t, y - height * 0.66, size, height * 0.30) for t in spots], depth)
    if door:
        dx, dw, dh = x + width * 0.41, width * 0.17, height * 0.60
        d.rect(dx - dw * 0.12, y - dh * 1.05, dw * 1.24, dh * 1.06, place.tint("#efe6d3", depth))
        d.rect(dx, y - dh, dw, dh, place.tint(chance.choice(("#4f6f62", "#7a3b34", "#3f5675", "#6d5138")), depth))
        d.circle(dx + dw * 0.8, y - dh * 0.48, dw * 0.06, place.tint("#d9b45a", depth))
    if chance.maybe(0.6):
        smoke(place, chimney_x + width * 0.05, y - height - rise * 0.95, width * 0.10, chance)


def smoke(place: Place, x: float, y: float, size: float, chance: Chance) -> None:
    puffs, cx, cy = [], x, y
    drift = 1.6 if place.light.weather in ("wind", "storm") else 0.55
    for k in range(6):
        r = size * (0.45 + 0.26 * k)
        puffs.append(ellipse_path(cx, cy - r, r * 1.1, r))
        cx += r * drift * chance.between(0.5, 1.2)
        cy -= r * 0.95
    place.d.path(
        "".join(puffs), place.light.grade("#f0ece6") if place.light.dark < 0.4 else place.tint("#9aa0b4"), 0.26
    )


def terrace(
    place: Place,
    x: float,
    y: float,
    width: float,
    height: float,
    chance: Chance,
    *,
    depth: float = 0.0,
    shop: bool = False,
) -> None:
    """A town house of several storeys, with a shop below if asked."""
    d = place.d
    wall = chance.choice(BRICKS)
    lit_right = place.sun_x > x + width / 2
    d.rect(
        x,
        y - height,
        width + 1,
        height * 1.01,
        d.linear(
            [(0, place.tint(darker(wall, 0.20), depth)), (1, place.tint(lighter(wall, 0.06), depth))],
            (0 if lit_right else 1, 0),
            (1 if lit_right else 0, 0),
        ),
    )
    stone = place.tint(winter(place, lighter(wall, 0.42), 0.5), depth)
    roof_h = width * 0.16
    d.path(
        (
            f"M{num(x)} {num(y - height)}L{num(x + width * 0.06)} {num(y - height - roof_h)}"
            f"H{num(x + width * 0.94)}L{num(x + width)} {num(y - height)}Z"
        ),
        place.tint(winter(place, "#5d5f6b", 0.8), depth),
    )
    for t in (0.12, 0.80):
        d.rect(x + width * t, y - height - roof_h * 1.7, width * 0.09, roof_h * 1.2, place.tint("#7d5448", depth))
    d.rect(x - width * 0.015, y - height, width * 1.03, width * 0.045, stone)
    storeys = max(2, round(height / (width * 0.52)))
    step = (height * (0.70 if shop else 0.94)) / storeys
    columns = 3 if width > place.u * 22 else 2
    cell = width / columns
    boxes = [
        (x + cell * (k + 0.29), y - height + width * 0.08 + step * s + step * 0.14, cell * 0.42, step * 0.60)
        for s in range(storeys)
        for k in range(columns)
        if shop or s < storeys - 1 or k != columns - 1
    ]
    panes(place, boxes, depth)
    d.path(
        "".join(rect_path(bx - bw * 0.2, by + bh + bw * 0.08, bw * 1.4, bw * 0.13) for bx, by, bw, bh in boxes), stone
    )
    if shop:
        top = y - height * 0.27
        paint = chance.choice(("#3f5f58", "#6d3a3a", "#2f4a6b", "#5a4a34"))
        d.rect(x + width * 0.04, top - height * 0.05, width * 0.92, height * 0.06, place.tint(paint, depth))
        d.line(
            f"M{num(x + width * 0.18)} {num(top - height * 0.02)}H{num(x + width * 0.82)}",
            place.tint("#e0c070", depth),
            height * 0.010,
            0.9,
        )
        d.rect(x + width * 0.06, top + height * 0.015, width * 0.56, height * 0.19, glass(place, depth))
        d.line(
            (
                f"M{num(x + width * 0.25)} {num(top + height * 0.015)}v{num(height * 0.19)}"
                f"M{num(x + width * 0.44)} {num(top + height * 0.015)}v{num(height * 0.19)}"
            ),
            place.tint(paint, depth),
            width * 0.02,
            cap="butt",
        )
        d.rect(
            x + width * 0.69, top + height * 0.015, width * 0.22, height * 0.255, place.tint(darker(paint, 0.25), depth)
        )
        stripes = "".join(
            (
                f"M{num(x + width * (0.04 + 0.092 * k))} {num(top)}h{num(width * 0.046)}"
                f"l{num(-width * 0.012)} {num(height * 0.055)}h{num(-width * 0.046)}Z"
            )
            for k in range(10)
        )
        d.path(
            (
                f"M{num(x + width * 0.04)} {num(top)}h{num(width * 0.92)}"
                f"l{num(width * 0.01)} {num(height * 0.05)}h{num(-width * 0.94)}Z"
            ),
            place.tint("#efe4cc", depth),
        )
        d.path(stripes, place.tint(paint, depth), 0.85)
    else:
        w, dh = cell * 0.5, step * 0.98
        dx = x + width - cell * 0.75
        d.rect(dx - w * 0.14, y - dh * 1.04, w * 1.28, dh * 1.04, stone)
        d.rect(
            dx,
            y - dh * 0.94,
            w,
            dh * 0.94,
            place.tint(chance.choice(("#2f4a3f", "#5f2f2c", "#2f3f5f", "#3a332f")), depth),
        )
        d.path(f"M{num(dx)} {num(y - dh * 0.94)}a{num(w / 2)} {num(w * 0.36)} 0 0 1 {num(w)} 0Z", glass(place, depth))


def church(place: Place, x: float, y: float, height: float, *, depth: float = 0.0) -> None:
    """A village church, ``height`` to the tip of its spire."""
    d = place.d
    wall = "#b8afa0"
    dark, lit = place.tint(darker(wall, 0.18), depth), place.tint(lighter(wall, 0.06), depth)
    fill = d.linear([(0, dark), (1, lit)], (0, 0), (1, 0))
    roof = place.tint(winter(place, "#6b6a74", 0.75), depth)
    w = height * 0.2
    d.path(rect_path(x + w * 0.8, y - height * 0.30, height * 0.52, height * 0.31), fill)
    d.path(
        (
            f"M{num(x + w * 0.8)} {num(y - height * 0.29)}L{num(x + w * 1.1)} {num(y - height * 0.47)}"
            f"H{num(x + w * 0.6 + height * 0.52)}"
            f"L{num(x + w * 0.95 + height * 0.52)} {num(y - height * 0.29)}Z"
        ),
        roof,
    )
    d.path(rect_path(x, y - height * 0.58, w, height * 0.59), fill)
    d.path(
        (
            f"M{num(x - w * 0.08)} {num(y - height * 0.57)}L{num(x + w / 2)} {num(y - height * 0.97)}"
            f"L{num(x + w * 1.08)} {num(y - height * 0.57)}Z"
        ),
        d.linear([(0, roof), (1, place.tint(winter(place, "#83838c", 0.75), depth))], (0, 0), (1, 0)),
    )
    d.line(
        (
            f"M{num(x + w / 2)} {num(y - height * 0.96)}v{num(-height * 0.06)}"
            f"m{num(-height * 0.018)} {num(height * 0.022)}h{num(height * 0.036)}"
        ),
        place.tint("#c8a24a", depth),
        height * 0.009,
    )

    def lancet(lx: float, ly: float, lw: float, lh: float) -> str:
        return (
            f"M{num(lx)} {num(ly)}v{num(-lh * 0.66)}"
            f"q{num(lw * 0.05)} {num(-lh * 0.24)} {num(lw / 2)} {num(-lh * 0.34)}"
            f"q{num(lw * 0.45)} {num(lh * 0.10)} {num(lw / 2)} {num(lh * 0.34)}v{num(lh * 0.66)}Z"
        )

    windows = "".join(
        lancet(x + w * 1.25 + height * 0.12 * k, y - height * 0.09, height * 0.045, height * 0.15) for k in range(4)
    )
    d.path(windows + lancet(x + w * 0.36, y - height * 0.36, w * 0.28, height * 0.12), glass(place, depth))
    d.path(lancet(x + w * 0.28, y, w * 0.44, height * 0.16), place.tint("#5a4232", depth))
