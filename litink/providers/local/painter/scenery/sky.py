"""Sky and weather: sun, moon, stars and clouds behind a place; rain, snow and fog before it."""

from __future__ import annotations

import math

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import mix
from litink.providers.local.painter.light import Light
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import Drawing, ellipse_path, num


def paint_sky(place: Place, *, low: float | None = None) -> None:
    """The whole sky down to ``low`` (the horizon without it)."""
    bottom = place.horizon if low is None else low
    paint_sky_box(
        place.d, place.light, place.chance.branch("sky"), 0, 0, place.w, bottom + place.u * 6, place.sun_x, place.u
    )


def paint_sky_box(
    d: Drawing, light: Light, chance: Chance, x: float, y: float, width: float, height: float, sun_x: float, u: float
) -> None:
    """A rectangle of sky, also what is seen through a window."""
    top, middle, low = light.sky
    bands = max(24, int(height / 6))  # bands of plain colour: ten times cheaper than a gradient and as smooth
    for i in range(bands):
        t = (i + 0.5) / bands
        colour = mix(top, middle, t / 0.55) if t < 0.55 else mix(middle, low, (t - 0.55) / 0.45)
        d.rect(x, y + height * i / bands, width, height / bands + 4, colour)
    if light.dark > 0.5 and light.sky_clear:
        _stars(d, light, chance.branch("stars"), x, y, width, height * 0.85, u)
    sun_y = y + height * (0.94 - 0.86 * light.sun)
    if light.weather not in ("storm", "rain", "fog", "snow"):
        _sun(d, light, sun_x, sun_y, width, height, u)
    elif light.weather in ("fog", "snow"):
        d.glow(sun_x, sun_y, u * 34, u * 28, light.grade(light.sun_colour), 0.35 if light.dark < 0.5 else 0.16)
    _clouds(d, light, chance.branch("clouds"), x, y, width, height, u)
    if light.weather == "storm":
        _lightning(d, light, chance.branch("bolt"), x + width * 0.3, y, height, u)


def _stars(d: Drawing, light: Light, chance: Chance, x: float, y: float, width: float, height: float, u: float) -> None:
    count = int(min(150, width * height / (u * u * 90)))
    for size, share in ((0.13, 0.75), (0.24, 0.25)):
        dots = "".join(
            ellipse_path(x + width * chance.unit(), y + height * chance.unit() ** 1.3, u * size, u * size)
            for _ in range(int(count * share))
        )
        d.path(dots, light.grade("#fff8e2"), 0.85 * min(1.0, light.dark + 0.1))


def _sun(d: Drawing, light: Light, x: float, y: float, width: float, height: float, u: float) -> None:
    colour = light.grade(light.sun_colour)
    if light.moon:
        d.glow(x, y, u * 30, u * 30, colour, 0.34)
        d.circle(
            x,
            y,
            u * 5.2,
            d.radial([(0, colour), (0.8, mix(colour, "#d8d3bf", 0.3)), (1, mix(colour, "#b9b8b4", 0.45))]),
        )
        spots = ellipse_path(x - u * 1.4, y - u * 1.1, u * 1.1, u * 0.9) + ellipse_path(
            x + u * 1.3, y + u * 1.2, u * 1.5, u * 1.1
        )
        d.path(spots + ellipse_path(x + u * 1.2, y - u * 2, u * 0.7, u * 0.6), "#a9a796", 0.32)
        return
    low = light.sun < 0.3
    if low:
        d.glow(x, y, width * 0.52, height * 0.42, colour, 0.62)
    d.glow(x, y, u * 26, u * 26, colour, 0.75)
    if light.sun > 0.06:
        d.circle(x, y, u * (5.4 if low else 4.4), mix(colour, "#fffdf2", 0.7), 0.95)


def _cumulus(chance: Chance, x: float, y: float, width: float) -> tuple[str, str]:
    """A heap of a cloud with a flat foot, and its lit crowns."""
    count = chance.count(4, 6)
    edges = [x - width / 2 + width * (i / count) for i in range(count + 1)]
    body, crown = [f"M{num(edges[0])} {num(y)}"], []
    level = y - width * 0.03
    body.append(f"q{num(-width * 0.05)} {num(-width * 0.02)} 0 {num(level - y)}")
    for i in range(count):
        t = (i + 0.5) / count
        rise = width * (0.06 + 0.17 * math.sin(math.pi * t) ** 1.3) * chance.between(0.8, 1.2)
        left, right = edges[i] - width * 0.01, edges[i + 1] + width * 0.01
        step = 0.55 if 0 < i < count - 1 else 0.3
        body.append(
            f"L{num(left)} {num(level - rise * step)}"
            f"C{num(left - width * 0.03)} {num(level - rise * 1.5)} {num(right + width * 0.03)} "
            f"{num(level - rise * 1.5)} {num(right)} {num(level - rise * step)}"
        )
        if 0 < i < count - 1 or count < 5:
            crown.append(
                ellipse_path(
                    (left + right) / 2 + width * 0.012, level - rise * 0.95, (right - left) * 0.34, rise * 0.26
                )
            )
    body.append(f"L{num(edges[-1])} {num(level)}q{num(width * 0.05)} {num(width * 0.02)} 0 {num(y - level)}Z")
    return "".join(body), "".join(crown)


def _clouds(
    d: Drawing, light: Light, chance: Chance, x: float, y: float, width: float, height: float, u: float
) -> None:
    top, middle, _ = light.sky
    heavy = light.weather in ("storm", "rain")
    sunlit = light.grade(light.sun_colour)
    lit = mix(mix(middle, sunlit, 0.62 * (1 - light.dark)), "#ffffff", 0.42 * (1 - light.dark) * (0.35 if heavy else 1))
    if light.dark > 0.6:
        lit = mix(middle, light.grade("#8fa2c8"), 0.30)
    shade = mix(lit, top if heavy else middle, 0.62)
    if light.sky_clear or light.weather == "fog":
        streaks = []
        for _ in range(chance.count(2, 4) + (8 if light.weather == "wind" else 0)):
            cx, cy, half = (
                x + width * chance.unit(),
                y + height * chance.between(0.12, 0.9),
                width * chance.between(0.08, 0.26),
            )
            thick = u * chance.between(1.2, 2.6)
            streaks.append(
                f"M{num(cx - half)} {num(cy)}"
                f"Q{num(cx)} {num(cy - thick)} {num(cx + half)} {num(cy)}"
                f"Q{num(cx)} {num(cy + thick)} {num(cx - half)} {num(cy)}Z"
            )
        d.path("".join(streaks), mix(lit, sunlit, 0.35), 0.26)
    for i in range(light.clouds):
        t = (i + chance.between(0.1, 0.9)) / max(1, light.clouds)
        cy = y + height * (chance.between(0.10, 0.34) if heavy else chance.between(0.14, 0.74))
        size = width * chance.between(0.16, 0.30) * (1.5 if heavy else 1.15 - 0.6 * (cy - y) / height)
        if width < height:
            size *= 1.5
        body, crown = _cumulus(chance, x + width * t, cy, size)
        d.path(body, d.linear([(0, lit), (1, shade)]), 0.92 if heavy else 0.80)
        d.path(crown, mix(lit, sunlit, 0.5 * (1 - light.dark)), 0.18 if heavy else 0.34)


def _lightning(d: Drawing, light: Light, chance: Chance, x: float, y: float, height: float, u: float) -> None:
    d.glow(x, y + height * 0.25, u * 46, u * 40, "#e9ecff", 0.55)
    points, cx, cy = [], x, y + height * 0.12
    while cy < y + height * 0.92:
        points.append(f"{num(cx)} {num(cy)}")
        cx += chance.jitter(u * 4.4)
        cy += u * chance.between(3, 7)
    d.line("M" + "L".join(points), "#f6f4ff", u * 0.5, 0.95)
    d.line("M" + "L".join(points), "#cfd6ff", u * 1.6, 0.25)


def paint_weather(place: Place) -> None:
    """What falls or drifts between the eye and the place. Indoors nothing does."""
    d, light, u = place.d, place.light, place.u
    paint_falling(d, light, place.chance, place.w, place.h, u, indoors=place.indoors)
    if place.indoors:
        return
    if light.weather in ("rain", "storm"):
        chance, span = place.chance.branch("rings"), place.h - place.ground
        rings = "".join(
            ellipse_path(place.w * chance.unit(), place.ground + span * chance.jitter(0.9), u * 1.3, u * 0.3)
            for _ in range(26)
        )
        d.line(rings, light.grade("#e6eef6"), u * 0.14, 0.35)
    elif light.weather == "fog":
        fog_bank(place, place.horizon, 0.55)
        fog_bank(place, place.ground, 0.30)


def paint_falling(
    d: Drawing, light: Light, chance: Chance, width: float, height: float, u: float, *, indoors: bool
) -> None:
    """Rain or snow over the whole frame."""
    chance = chance.branch("weather")
    if light.weather in ("rain", "storm") and not indoors:
        slant = u * (2.6 if light.weather == "storm" else 1.1)
        for count, length, thick, opacity in ((90, 5.0, 0.12, 0.30), (60, 8.5, 0.20, 0.26)):
            streaks = []
            for _ in range(count):
                x, y, run = width * chance.between(-0.05, 1.05), height * chance.unit(), chance.between(0.7, 1.2)
                streaks.append(f"M{num(x)} {num(y)}l{num(-slant * run * length / 5)} {num(u * length * run)}")
            d.line("".join(streaks), light.grade("#e6eef6"), u * thick, opacity)
    elif light.weather == "snow" and not indoors:
        white = light.grade("#ffffff" if light.dark < 0.5 else "#cdd6ea")
        for count, size, opacity in ((150, 0.22, 0.75), (70, 0.42, 0.85), (22, 0.8, 0.6)):
            flakes = (
                ellipse_path(width * chance.unit(), height * chance.unit(), u * size, u * size) for _ in range(count)
            )
            d.path("".join(flakes), white, opacity)


def fog_bank(place: Place, y: float, strength: float) -> None:
    """A soft horizontal band of mist around ``y``."""
    haze = place.light.grade(mix(place.light.haze, "#ffffff", 0.15 * (1 - place.light.dark)))
    band = place.h * 0.24
    place.d.rect(
        0, y - band, place.w, band * 2, place.d.linear([(0, haze, 0.0), (0.5, haze, strength), (1, haze, 0.0)])
    )


def paint_vignette(d: Drawing, width: float, height: float, light: Light) -> None:
    """Darkened corners: how much is a matter of mood."""
    weight, ink = light.feeling.vignette * 0.62, "#0d0a1a"
    fade = [(0.0, ink, weight), (0.45, ink, weight * 0.36), (1.0, ink, 0.0)]
    across, down = width * 0.24, height * 0.22
    d.rect(0, 0, across, height, d.linear(fade, (0, 0), (1, 0)))
    d.rect(width - across, 0, across, height, d.linear(fade, (1, 0), (0, 0)))
    d.rect(0, 0, width, down, d.linear(fade, (0, 0), (0, 1)))
    d.rect(0, height - down, width, down, d.linear(fade, (0, 1), (0, 0)))
