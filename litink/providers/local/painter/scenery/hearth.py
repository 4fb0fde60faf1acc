"""Fire and lamps, and the glow they give: strong in the dark, faint by day."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import num


def fireplace(p: Place, x: float, y: float, m: float, *, stone: str = "#d8cdb8", rough: bool = False) -> None:
    """A burning hearth under its mantelpiece."""
    d, w, h = p.d, m * 0.92, m * 0.74
    fill = d.linear([(0, p.tint(lighter(stone, 0.1))), (1, p.tint(darker(stone, 0.18)))])
    if rough:
        d.path(
            (
                f"M{num(x - w * 0.36)} {num(y - h)}L{num(x - w * 0.26)} {num(y - m * 1.7)}"
                f"H{num(x + w * 0.26)}L{num(x + w * 0.36)} {num(y - h)}Z"
            ),
            p.tint(darker(stone, 0.08)),
        )
    d.rect(x - w * 0.5, y - h, w, h, fill)
    d.path(
        (
            f"M{num(x - w * 0.31)} {num(y)}V{num(y - h * 0.52)}"
            f"Q{num(x)} {num(y - h * 0.82)} {num(x + w * 0.31)} {num(y - h * 0.52)}V{num(y)}Z"
        ),
        p.tint("#2a1d1c"),
    )
    d.rect(x - w * 0.58, y - h * 1.08, w * 1.16, h * 0.11, p.tint(lighter(stone, 0.22)))
    d.rect(x - w * 0.55, y - h * 0.98, w * 1.10, h * 0.03, "#120c1c", 0.25)
    for t in (-0.43, 0.35):
        d.rect(x + w * t, y - h * 0.90, w * 0.08, h * 0.88, p.tint(lighter(stone, 0.16)), 0.8)
    flame(p, x, y - h * 0.06, h * 0.52)
    d.line(
        (
            f"M{num(x - w * 0.18)} {num(y - h * 0.05)}L{num(x + w * 0.15)} {num(y - h * 0.12)}"
            f"M{num(x + w * 0.18)} {num(y - h * 0.05)}L{num(x - w * 0.13)} {num(y - h * 0.13)}"
        ),
        p.tint("#4a3024"),
        h * 0.07,
    )
    d.path(
        (
            f"M{num(x - w * 0.56)} {num(y)}H{num(x + w * 0.56)}"
            f"L{num(x + w * 0.64)} {num(y + m * 0.05)}H{num(x - w * 0.64)}Z"
        ),
        p.tint(darker(stone, 0.1)),
    )
    lamplight(p, x, y - h * 0.2, m * 1.05)


def flame(p: Place, x: float, y: float, size: float) -> None:
    grade = p.light.grade
    for tone, s in (("#e8572a", 1.0), ("#f79a34", 0.74), ("#ffdf7a", 0.44)):
        h, w = size * s, size * s * 0.52
        p.d.path(
            (
                f"M{num(x - w * 0.6)} {num(y)}"
                f"C{num(x - w * 1.1)} {num(y - h * 0.45)} {num(x - w * 0.3)} {num(y - h * 0.5)} "
                f"{num(x - w * 0.25)} {num(y - h * 0.85)}"
                f"C{num(x)} {num(y - h * 0.65)} {num(x + w * 0.05)} {num(y - h * 0.6)} {num(x + w * 0.1)} {num(y - h)}"
                f"C{num(x + w * 0.5)} {num(y - h * 0.65)} {num(x + w * 1.1)} {num(y - h * 0.4)} "
                f"{num(x + w * 0.6)} {num(y)}"
                "Z"
            ),
            grade(tone),
        )


def lamp(p: Place, x: float, y: float, m: float) -> None:
    """An oil lamp with a shade, standing at ``y``."""
    d = p.d
    d.path(
        (
            f"M{num(x - m * 0.06)} {num(y)}h{num(m * 0.12)}l{num(-m * 0.03)} {num(-m * 0.03)}"
            f"q{num(m * 0.05)} {num(-m * 0.06)} {num(-m * 0.01)} {num(-m * 0.10)}h{num(-m * 0.04)}"
            f"q{num(-m * 0.06)} {num(m * 0.04)} {num(-m * 0.01)} {num(m * 0.10)}Z"
        ),
        p.tint("#c79a48"),
    )
    lit = p.light.lamps_lit
    d.path(
        (
            f"M{num(x - m * 0.045)} {num(y - m * 0.13)}L{num(x - m * 0.10)} {num(y - m * 0.25)}"
            f"Q{num(x)} {num(y - m * 0.29)} {num(x + m * 0.10)} {num(y - m * 0.25)}"
            f"L{num(x + m * 0.045)} {num(y - m * 0.13)}Z"
        ),
        p.light.grade("#ffe3a0") if lit else p.tint("#e9dcc0"),
    )
    if lit:
        lamplight(p, x, y - m * 0.2, m * 0.95)


def candle(p: Place, x: float, y: float, m: float) -> None:
    d = p.d
    d.rect(x - m * 0.014, y - m * 0.13, m * 0.028, m * 0.11, p.tint("#f4ecd8"))
    d.path(
        f"M{num(x - m * 0.05)} {num(y)}h{num(m * 0.10)}l{num(-m * 0.02)} {num(-m * 0.03)}h{num(-m * 0.06)}Z",
        p.tint("#c79a48"),
    )
    flame(p, x, y - m * 0.125, m * 0.06)
    if p.light.lamps_lit:
        lamplight(p, x, y - m * 0.15, m * 0.6)


def chandelier(p: Place, x: float, y: float, size: float) -> None:
    """Hangs from the top of the picture down to ``y``."""
    d, brass = p.d, p.tint("#c79a48")
    d.line(f"M{num(x)} 0V{num(y - size * 0.3)}", brass, size * 0.02)
    d.line(
        (
            f"M{num(x - size * 0.5)} {num(y - size * 0.12)}"
            f"Q{num(x)} {num(y + size * 0.22)} {num(x + size * 0.5)} {num(y - size * 0.12)}"
            f"M{num(x - size * 0.26)} {num(y - size * 0.12)}"
            f"Q{num(x)} {num(y + size * 0.14)} {num(x + size * 0.26)} {num(y - size * 0.12)}"
            f"M{num(x)} {num(y - size * 0.34)}V{num(y + size * 0.12)}"
        ),
        brass,
        size * 0.035,
    )
    for t in (-0.5, -0.26, 0.0, 0.26, 0.5):
        d.rect(x + size * t - size * 0.018, y - size * 0.24, size * 0.036, size * 0.13, p.tint("#f4ecd8"))
        flame(p, x + size * t, y - size * 0.23, size * 0.09)
    lamplight(p, x, y - size * 0.1, size * 1.3)


def lamplight(place: Place, x: float, y: float, reach: float) -> None:
    """The glow of a lamp, candle or fire: strong in the dark, faint by day."""
    strength = 0.62 if place.light.lamps_lit else 0.16
    place.d.glow(x, y, reach, reach, place.light.grade("#ffc468"), strength)


def hanging_lamp(p: Place, x: float, y: float, m: float) -> None:
    d = p.d
    d.line(f"M{num(x)} 0V{num(y - m * 0.12)}", p.tint("#3a3438"), m * 0.012)
    d.path(
        (
            f"M{num(x - m * 0.15)} {num(y)}"
            f"Q{num(x - m * 0.13)} {num(y - m * 0.12)} {num(x)} {num(y - m * 0.13)}"
            f"Q{num(x + m * 0.13)} {num(y - m * 0.12)} {num(x + m * 0.15)} {num(y)}Z"
        ),
        p.tint("#4f6a5a"),
    )
    d.ellipse(x, y, m * 0.15, m * 0.022, p.light.grade("#ffe6a8") if p.light.lamps_lit else p.tint("#e4dcc6"))
    lamplight(p, x, y + m * 0.08, m * 0.95)


def stove(p: Place, x: float, y: float, m: float) -> None:
    """A cast-iron range with a fire behind its door."""
    d, w = p.d, m * 0.78
    iron = d.linear([(0, p.tint("#565a60")), (1, p.tint("#2c2d32"))])
    d.rect(x + w * 0.22, y - m * 1.65, w * 0.14, m * 1.2, p.tint("#3c3e44"))
    d.rect(x - w / 2, y - m * 0.48, w, m * 0.46, iron)
    d.rect(x - w * 0.54, y - m * 0.52, w * 1.08, m * 0.05, p.tint("#6b6f76"))
    d.rect(x - w * 0.40, y - m * 0.38, w * 0.34, m * 0.26, p.tint("#1f1f24"))
    d.rect(x + w * 0.06, y - m * 0.38, w * 0.36, m * 0.26, p.tint("#3f4248"))
    d.rect(x - w * 0.36, y - m * 0.33, w * 0.26, m * 0.14, p.light.grade("#f79a34"))
    d.line(
        (
            f"M{num(x - w * 0.30)} {num(y - m * 0.33)}v{num(m * 0.14)}"
            f"M{num(x - w * 0.23)} {num(y - m * 0.33)}v{num(m * 0.14)}"
            f"M{num(x - w * 0.16)} {num(y - m * 0.33)}v{num(m * 0.14)}"
        ),
        p.tint("#1f1f24"),
        m * 0.012,
    )
    d.path(
        (
            f"M{num(x - w * 0.34)} {num(y - m * 0.52)}"
            f"q{num(-w * 0.04)} {num(-m * 0.15)} {num(w * 0.12)} {num(-m * 0.15)}"
            f"q{num(w * 0.17)} 0 {num(w * 0.12)} {num(m * 0.15)}Zm{num(w * 0.24)} {num(-m * 0.09)}"
            f"l{num(w * 0.09)} {num(-m * 0.05)}l{num(w * 0.01)} {num(m * 0.03)}"
            f"l{num(-w * 0.08)} {num(m * 0.06)}Z"
        ),
        p.tint("#b8794a"),
    )
    lamplight(p, x - w * 0.2, y - m * 0.25, m * 0.7)
