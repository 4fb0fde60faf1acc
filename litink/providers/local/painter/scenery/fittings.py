"""What is built into public rooms: columns, pews, counters, coloured windows, stairs, stage curtains."""

from __future__ import annotations

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.scenery.furniture import MAHOGANY, OAK, WALNUT, shadow, wood
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.rooms import Room
from litink.providers.local.painter.svg import ellipse_path, num, rect_path


def column(p: Place, x: float, y: float, width: float, top: float) -> None:
    d, stone = p.d, "#cfc5b2"
    shaft = d.linear(
        [(0, p.tint(darker(stone, 0.34))), (0.6, p.tint(lighter(stone, 0.1))), (1, p.tint(darker(stone, 0.18)))],
        (0, 0),
        (1, 0),
    )
    d.rect(x - width / 2, top, width, y - top, shaft)
    d.line(
        "".join(f"M{num(x + width * t)} {num(top + width)}V{num(y - width)}" for t in (-0.28, -0.08, 0.12, 0.30)),
        p.tint(darker(stone, 0.4)),
        width * 0.03,
        0.4,
    )
    for by, wide in ((y, 1.55), (y - width * 0.28, 1.25)):
        d.rect(x - width * wide / 2, by - width * 0.28, width * wide, width * 0.29, p.tint(lighter(stone, 0.05)))
    d.path(
        (
            f"M{num(x - width * 0.5)} {num(top + width * 0.7)}L{num(x - width * 0.8)} {num(top)}"
            f"H{num(x + width * 0.8)}L{num(x + width * 0.5)} {num(top + width * 0.7)}Z"
        ),
        p.tint(lighter(stone, 0.12)),
    )


def lancet(p: Place, x: float, y: float, width: float, height: float, chance: Chance) -> None:
    """A pointed window of coloured glass: bright by day, dim by night."""
    d, left, top = p.d, x - width / 2, y - height
    shape = (
        f"M{num(left)} {num(y)}V{num(top + width * 0.8)}"
        f"Q{num(left + width * 0.04)} {num(top + width * 0.3)} {num(x)} {num(top)}"
        f"Q{num(left + width * 0.96)} {num(top + width * 0.3)} {num(left + width)} {num(top + width * 0.8)}"
        f"V{num(y)}Z"
    )
    d.line(shape, p.tint("#d6ccba"), width * 0.14)
    dark = p.light.dark
    panes: dict[str, list[str]] = {}
    rows = max(4, round(height / (width * 0.34)))
    for row in range(rows):
        for k in range(3):
            tone = chance.choice(("#c4433c", "#3f6fb8", "#e0b03f", "#4f9a62", "#8a4fa0", "#e6dcc0"))
            panes.setdefault(tone, []).append(
                rect_path(left + width * k / 3, top + height * row / rows, width / 3, height / rows)
            )
    with d.group(clip=d.clip(shape)):
        for tone, parts in panes.items():
            d.path("".join(parts), p.light.grade(mix(lighter(tone, 0.22), "#141b38", 0.72 * dark)))
        lead = "".join(f"M{num(left + width * k / 3)} {num(top)}V{num(y)}" for k in (1, 2)) + "".join(
            f"M{num(left)} {num(top + height * row / rows)}h{num(width)}" for row in range(1, rows)
        )
        d.line(lead + ellipse_path(x, top + height * 0.42, width * 0.30, width * 0.30), "#2a2530", width * 0.035)
        d.circle(x, top + height * 0.42, width * 0.26, p.light.grade(mix("#f3d98a", "#141b38", 0.6 * dark)))
    if dark < 0.35:
        d.glow(x, y - height * 0.5, width * 1.5, height * 0.8, p.light.grade("#ffe9b8"), 0.30)


def pews(p: Place, y: float) -> None:
    """Benches on both sides of the aisle, in perspective; people stand between."""
    for k, s in enumerate((0.75, 1.0, 1.35)):
        by = y + p.man * (0.02 + 0.19 * k)
        for side in (-1, 1):
            near = p.w * 0.5 + side * p.w * (0.20 + 0.05 * k)
            far = p.w * (1.02 if side > 0 else -0.02)
            left, width = min(near, far), abs(far - near)
            tall = p.man * 0.30 * s
            p.d.rect(left, by - tall, width, tall, wood(p, WALNUT))
            p.d.rect(
                left - p.u * 0.4, by - tall - p.u * 0.8, width + p.u * 0.8, p.u * 1.3, p.tint(lighter(WALNUT, 0.22))
            )
            p.d.rect(near - p.u * 0.9, by - tall * 1.14, p.u * 1.8, tall * 1.14, p.tint(darker(WALNUT, 0.15)))


def bench(p: Place, x: float, y: float, width: float, m: float) -> None:
    shadow(p, x, y, width * 0.5)
    p.d.path(
        rect_path(x - width * 0.42, y - m * 0.24, m * 0.04, m * 0.24)
        + rect_path(x + width * 0.38, y - m * 0.24, m * 0.04, m * 0.24),
        p.tint(darker(OAK, 0.35)),
    )
    p.d.rect(x - width / 2, y - m * 0.27, width, m * 0.05, p.tint(OAK))


def counter(p: Place, x: float, y: float, width: float, m: float) -> float:
    """A bar or shop counter about the middle ``x``; returns the height of its top."""
    d = p.d
    shadow(p, x, y, width * 0.52)
    d.rect(x - width / 2, y - m * 0.52, width, m * 0.52, wood(p, MAHOGANY))
    count = max(2, round(width / (m * 0.42)))
    step = width / count
    d.path(
        "".join(
            rect_path(x - width / 2 + step * k + step * 0.12, y - m * 0.42, step * 0.76, m * 0.34) for k in range(count)
        ),
        p.tint(darker(MAHOGANY, 0.3)),
        0.65,
    )
    d.path(
        (
            f"M{num(x - width * 0.5)} {num(y - m * 0.58)}H{num(x + width * 0.5)}"
            f"L{num(x + width * 0.53)} {num(y - m * 0.53)}V{num(y - m * 0.50)}H{num(x - width * 0.53)}"
            f"V{num(y - m * 0.53)}Z"
        ),
        p.tint(lighter(OAK, 0.12)),
    )
    return y - m * 0.55


def stairs(p: Place, x: float, y: float, m: float) -> None:
    """A flight that rises to the right, with its banister."""
    d, steps = p.d, 9
    wide, rise = m * 0.135, m * 0.12
    left = x - wide * steps / 2
    body = f"M{num(left)} {num(y)}" + "".join(f"v{num(-rise)}h{num(wide)}" for _ in range(steps)) + f"V{num(y)}Z"
    d.path(body, d.linear([(0, p.tint("#e2d6c0")), (1, p.tint("#a89880"))]))
    d.line(
        "".join(f"M{num(left + wide * k)} {num(y - rise * (k + 1))}h{num(wide)}" for k in range(steps)),
        p.tint("#8a3038"),
        m * 0.035,
    )
    d.line(
        "".join(f"M{num(left + wide * (k + 0.5))} {num(y - rise * (k + 1))}v{num(-m * 0.34)}" for k in range(steps)),
        p.tint("#f0e8d6"),
        m * 0.022,
    )
    d.line(
        f"M{num(left)} {num(y - m * 0.40)}L{num(left + wide * steps)} {num(y - m * 0.40 - rise * steps)}",
        p.tint(MAHOGANY),
        m * 0.05,
    )
    d.rect(left - m * 0.05, y - m * 0.52, m * 0.10, m * 0.53, wood(p, MAHOGANY))
    d.circle(left, y - m * 0.55, m * 0.06, p.tint("#d9b45a"))


def stage_curtain(p: Place, room: Room) -> None:
    """Red curtains gathered to both sides under a pelmet."""
    d, cloth = p.d, "#9a2f34"
    stops: list[tuple[float, str]] = [(k / 8, p.tint(cloth if k % 2 else darker(cloth, 0.42))) for k in range(9)]
    folds = d.linear(stops, (0, 0), (1, 0))
    wide, low = p.w * 0.19, p.ground + p.man * 0.10
    for side in (-1, 1):
        edge = 0.0 if side < 0 else p.w
        inner = edge - side * wide
        d.path(
            (
                f"M{num(edge)} 0H{num(inner - side * wide * 0.5)}"
                f"Q{num(inner - side * wide * 0.3)} {num(low * 0.5)} {num(inner + side * wide * 0.36)} "
                f"{num(low * 0.62)}"
                f"Q{num(inner)} {num(low * 0.8)} {num(inner + side * wide * 0.1)} {num(low)}"
                f"H{num(edge)}Z"
            ),
            folds,
        )
        d.line(
            f"M{num(edge)} {num(low * 0.64)}L{num(inner + side * wide * 0.36)} {num(low * 0.62)}",
            p.tint("#e0c062"),
            p.u * 1.2,
        )
    swags, step = [f"M0 0H{num(p.w)}V{num(room.top + p.u * 5)}"], p.w / 6
    swags.extend(f"q{num(-step / 2)} {num(p.u * 9)} {num(-step)} 0" for _ in range(6))
    d.path("".join(swags) + "Z", d.linear([(0, p.tint(darker(cloth, 0.35))), (1, p.tint(cloth))]))
    fringe = f"M{num(p.w)} {num(room.top + p.u * 5)}" + "".join(
        f"q{num(-step / 2)} {num(p.u * 9)} {num(-step)} 0" for _ in range(6)
    )
    d.line(fringe, p.tint("#e0c062"), p.u * 0.9)
