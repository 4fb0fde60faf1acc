"""Water and what floats on it."""

from __future__ import annotations

from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import num


def _lens(x: float, y: float, half: float, thick: float) -> str:
    return (
        f"M{num(x - half)} {num(y)}Q{num(x)} {num(y - thick)} {num(x + half)} {num(y)}"
        f"Q{num(x)} {num(y + thick)} {num(x - half)} {num(y)}Z"
    )


def water(place: Place, y: float, bottom: float, *, rough: float = 0.4, key: str = "") -> None:
    """A level surface that mirrors the sky; ``rough`` 0 is a pond, 1 a stormy sea."""
    d, light, u = place.d, place.light, place.u
    chance = place.chance.branch(f"water{key}")
    top, middle, low = light.sky
    deep = mix(top, place.tint("#2f6a78"), 0.55)
    d.rect(
        0,
        y,
        place.w,
        bottom - y,
        d.linear([(0, mix(low, middle, 0.35)), (0.25, mix(middle, deep, 0.45)), (1, darker(deep, 0.22))]),
    )
    span = bottom - y
    for tone, count, opacity in ((mix(low, "#ffffff", 0.35), 60, 0.34), (darker(deep, 0.35), 46, 0.30)):
        parts = []
        for _ in range(count):
            t = chance.unit() ** 1.5
            parts.append(
                _lens(
                    place.w * chance.unit(),
                    y + span * (0.015 + t * 0.97),
                    u * (1.2 + 11 * t) * chance.between(0.5, 1.1),
                    u * (0.08 + 0.65 * t * (0.5 + rough)),
                )
            )
        d.path("".join(parts), tone, opacity)
    if light.weather not in ("storm", "rain", "fog", "snow"):
        parts, x = [], place.sun_x
        for k in range(26):
            t = (k / 26) ** 1.6
            parts.append(
                _lens(
                    x + chance.jitter(u * (1 + 4 * t)),
                    y + span * (0.01 + 0.9 * t),
                    u * (1.4 + 8 * t) * chance.between(0.4, 1.0),
                    u * (0.12 + 0.5 * t),
                )
            )
        d.path("".join(parts), light.grade(light.sun_colour), 0.62 if light.sun < 0.3 or light.moon else 0.42)
    if rough > 0.5:
        _crests(place, y, bottom, rough)


def _crests(place: Place, y: float, bottom: float, rough: float) -> None:
    """Rows of waves with foam on their heads."""
    d, u = place.d, place.u
    chance = place.chance.branch("crests")
    deep = mix(place.light.sky[0], place.tint("#2f6a78"), 0.6)
    for row in range(4):
        t = (row + 1) / 4
        base, length, tall = y + (bottom - y) * t**1.5 * 0.92, u * (8 + 15 * t), u * (0.9 + 3.0 * t) * rough
        x = -length * chance.between(0.2, 1)
        body, foam = [f"M{num(x)} {num(base + tall * 2)}L{num(x)} {num(base)}"], []
        while x < place.w + length:
            run = length * chance.between(0.8, 1.25)
            body.append(
                f"C{num(x + run * 0.35)} {num(base)} {num(x + run * 0.5)} {num(base - tall)} "
                f"{num(x + run * 0.62)} {num(base - tall)}"
                f"C{num(x + run * 0.66)} {num(base - tall * 0.3)} {num(x + run * 0.8)} {num(base)} "
                f"{num(x + run)} {num(base)}"
            )
            foam.append(
                f"M{num(x + run * 0.30)} {num(base - tall * 0.35)}"
                f"C{num(x + run * 0.44)} {num(base - tall * 0.7)} {num(x + run * 0.54)} "
                f"{num(base - tall)} {num(x + run * 0.63)} {num(base - tall)}"
                f"q{num(run * 0.01)} {num(tall * 0.25)} {num(run * 0.04)} {num(tall * 0.4)}"
            )
            x += run
        body.append(f"V{num(base + tall * 3.2)}H{num(-length)}Z")
        d.path("".join(body), d.linear([(0, lighter(deep, 0.20)), (0.5, deep), (1, darker(deep, 0.15), 0.0)]))
        d.line("".join(foam), place.tint("#f2f6f4"), u * (0.18 + 0.34 * t), 0.75)


def sailing_ship(place: Place, x: float, y: float, size: float, *, depth: float = 0.0, sails: bool = True) -> None:
    """A two-master, ``size`` pixels long, afloat at ``y``."""
    d = place.d
    hull, rail = place.tint("#4b3529", depth), place.tint("#8a6544", depth)
    d.line(
        (
            f"M{num(x - size * 0.16)} {num(y - size * 0.08)}V{num(y - size * 0.86)}"
            f"M{num(x + size * 0.16)} {num(y - size * 0.08)}V{num(y - size * 0.74)}"
            f"M{num(x + size * 0.44)} {num(y - size * 0.16)}"
            f"L{num(x + size * 0.66)} {num(y - size * 0.28)}"
        ),
        hull,
        size * 0.018,
    )
    if sails:
        cloth = d.linear([(0, place.tint("#d9cdb0", depth)), (1, place.tint("#f7f0dc", depth))], (0, 0), (1, 0))
        for mx, top, rows in ((-0.16, 0.84, 3), (0.16, 0.72, 3)):
            for k in range(rows):
                ty = y - size * (top - 0.22 * k)
                half, tall = size * (0.10 + 0.03 * k), size * 0.19
                cx = x + size * mx
                d.path(
                    (
                        f"M{num(cx - half)} {num(ty)}H{num(cx + half)}"
                        f"Q{num(cx + half * 1.5)} {num(ty + tall * 0.6)} {num(cx + half * 1.1)} {num(ty + tall)}"
                        f"Q{num(cx)} {num(ty + tall * 0.86)} {num(cx - half * 1.1)} {num(ty + tall)}"
                        f"Q{num(cx - half * 0.7)} {num(ty + tall * 0.5)} {num(cx - half)} {num(ty)}Z"
                    ),
                    cloth,
                )
        d.path(
            (
                f"M{num(x + size * 0.64)} {num(y - size * 0.27)}"
                f"L{num(x + size * 0.19)} {num(y - size * 0.70)}"
                f"Q{num(x + size * 0.32)} {num(y - size * 0.40)} {num(x + size * 0.30)} {num(y - size * 0.20)}"
                "Z"
            ),
            cloth,
        )
    else:
        d.line(
            "".join(
                f"M{num(x + size * (m - 0.12))} {num(y - size * t)}h{num(size * 0.24)}"
                for m in (-0.16, 0.16)
                for t in (0.34, 0.52, 0.66)
            ),
            hull,
            size * 0.012,
        )
    d.line(
        (
            f"M{num(x - size * 0.46)} {num(y - size * 0.14)}"
            f"L{num(x - size * 0.16)} {num(y - size * 0.84)}"
            f"L{num(x + size * 0.16)} {num(y - size * 0.72)}"
            f"L{num(x + size * 0.64)} {num(y - size * 0.28)}"
        ),
        hull,
        size * 0.006,
        0.8,
    )
    d.path(
        (
            f"M{num(x - size * 0.5)} {num(y - size * 0.17)}"
            f"Q{num(x)} {num(y - size * 0.06)} {num(x + size * 0.5)} {num(y - size * 0.16)}"
            f"Q{num(x + size * 0.42)} {num(y + size * 0.03)} {num(x + size * 0.3)} {num(y + size * 0.03)}"
            f"H{num(x - size * 0.36)}"
            f"Q{num(x - size * 0.48)} {num(y - size * 0.02)} {num(x - size * 0.5)} {num(y - size * 0.17)}"
            "Z"
        ),
        d.linear([(0, rail), (0.22, hull), (1, darker(hull, 0.3))]),
    )
    d.path(_lens(x, y + size * 0.035, size * 0.5, size * 0.02), darker(hull, 0.3), 0.4)


def rowing_boat(place: Place, x: float, y: float, size: float) -> None:
    d = place.d
    wood, inside = place.tint("#8a5b3c"), place.tint("#5a3c2a")
    d.path(_lens(x, y + size * 0.10, size * 0.56, size * 0.07), place.tint("#22303a"), 0.35)
    d.path(
        (
            f"M{num(x - size * 0.5)} {num(y - size * 0.14)}"
            f"Q{num(x)} {num(y + size * 0.06)} {num(x + size * 0.52)} {num(y - size * 0.18)}"
            f"Q{num(x)} {num(y - size * 0.10)} {num(x - size * 0.5)} {num(y - size * 0.14)}Z"
        ),
        inside,
    )
    d.path(
        (
            f"M{num(x - size * 0.5)} {num(y - size * 0.14)}"
            f"Q{num(x)} {num(y + size * 0.03)} {num(x + size * 0.52)} {num(y - size * 0.18)}"
            f"Q{num(x + size * 0.44)} {num(y + size * 0.10)} {num(x + size * 0.26)} {num(y + size * 0.11)}"
            f"H{num(x - size * 0.3)}"
            f"Q{num(x - size * 0.46)} {num(y + size * 0.06)} {num(x - size * 0.5)} {num(y - size * 0.14)}"
            "Z"
        ),
        d.linear([(0, lighter(wood, 0.15)), (1, darker(wood, 0.25))]),
    )
    d.line(
        f"M{num(x - size * 0.1)} {num(y - size * 0.06)}L{num(x - size * 0.52)} {num(y + size * 0.14)}",
        place.tint("#c09a68"),
        size * 0.025,
    )
