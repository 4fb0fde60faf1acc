"""What lies and grows low out of doors: hills, mountains, ground, grass, rocks, roads. Trees are in trees.py."""

from __future__ import annotations

import math

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import Point, ellipse_path, num, points_path, smooth_path

GRASS = "#7fa257"


LEAF = "#5f8a4c"


PINE = "#3f6b56"


STONE = "#97938c"


EARTH = "#b08d62"


def winter(place: Place, colour: str, share: float = 0.72) -> str:
    """Snow lies on things when it snows."""
    return mix(colour, "#eef2f8", share) if place.light.weather == "snow" else colour


def _outline(place: Place, chance: Chance, y: float, height: float, waves: float) -> list[Point]:
    phases = [(chance.between(0, 6.3), waves * k, 1 / k) for k in (1.0, 2.1, 3.7)]
    steps = 26
    return [
        (
            place.w * (i / steps) * 1.04 - place.w * 0.02,
            y - height * (0.5 + 0.5 * sum(a * math.sin(p + f * 6.283 * i / steps) for p, f, a in phases) / 1.75),
        )
        for i in range(steps + 1)
    ]


def hills(
    place: Place, y: float, height: float, colour: str, depth: float, *, waves: float = 1.0, key: str = ""
) -> list[Point]:
    """A rolling ridge whose foot dissolves in haze; ``y`` is the lowest its crest may be. Returns the crest."""
    crest = _outline(place, place.chance.branch(f"hills{key}{depth}"), y, height, waves)
    colour = winter(place, colour)
    top, foot = place.tint(colour, depth), place.tint(lighter(colour, 0.12), min(1.0, depth + 0.28))
    bottom = min(place.h, y + place.h * (0.26 if depth > 0.1 else 1.0))  # what lies nearer covers the rest
    body = smooth_path(crest) + f"L{num(place.w * 1.02)} {num(bottom)}H{num(-place.w * 0.02)}Z"
    span = max(1.0, bottom - (y - height))
    place.d.path(body, place.d.linear([(0, top), (min(1.0, height * 2.2 / span + 0.12), foot), (1, foot)]))
    return crest


def mountains(
    place: Place, y: float, height: float, colour: str, depth: float, *, snow: bool = True, key: str = ""
) -> None:
    """Jagged peaks, each with a lit and a shaded flank, and snow on the high ones."""
    chance = place.chance.branch(f"mountains{key}{depth}")
    d, lit_right = place.d, place.sun_x > place.w / 2
    base, light_side = (
        place.tint(winter(place, darker(colour, 0.12), 0.5), depth),
        place.tint(winter(place, lighter(colour, 0.16), 0.5), depth),
    )
    white, grey = place.tint("#f6f7fb", depth * 0.7), place.tint("#bcc6dc", depth * 0.8)
    haze = place.tint(colour, min(1.0, depth + 0.35))
    peaks = max(3, round(place.w / (height * 1.0)))
    for i in range(-1, peaks + 1):
        x = place.w * (i + 0.5 + chance.jitter(0.32)) / peaks
        tall = height * chance.between(0.55, 1.0)
        half = tall * chance.between(0.72, 1.0)
        left, right = [(x, y - tall)], [(x, y - tall)]
        ridge = [(x, y - tall)]
        for k in range(1, 6):
            t = k / 5
            left.append((x - half * t + chance.jitter(half * 0.05), y - tall * (1 - t) + chance.jitter(tall * 0.04)))
            right.append((x + half * t + chance.jitter(half * 0.05), y - tall * (1 - t) + chance.jitter(tall * 0.04)))
            ridge.append((x + half * 0.22 * math.sin(k * 2.1) * t + chance.jitter(half * 0.05), y - tall * (1 - t)))
        whole = points_path([*reversed(left), *right[1:]])
        flank = points_path([*ridge, *reversed(right[1:])] if lit_right else [*ridge, *reversed(left[1:])])
        d.path(whole, d.linear([(0, base), (1, haze)]))
        d.path(flank, d.linear([(0, light_side), (1, haze)]))
        if snow and tall > height * 0.62:
            cap = [left[2], left[1], (x, y - tall), right[1], right[2]]
            teeth = [
                (x + half * 0.4 * (1 - 2 * t / 6), y - tall * (0.60 + (0.13 if t % 2 else -0.03) + chance.jitter(0.03)))
                for t in range(1, 6)
            ]
            d.path(points_path([*cap, *teeth]), white)
            shade_side = left if lit_right else right
            d.path(
                points_path([(x, y - tall), shade_side[1], shade_side[2], teeth[4 if lit_right else 0], teeth[2]]),
                grey,
                0.8,
            )


def ground(place: Place, y: float, near: str, far: str, *, depth: float = 0.35) -> None:
    """Level ground from ``y`` to the foot of the picture."""
    near, far = winter(place, near, 0.82), winter(place, far, 0.82)
    stops = [
        (0, place.tint(far, depth)),
        (0.35, place.tint(mix(far, near, 0.6), depth * 0.3)),
        (1, place.tint(darker(near, 0.16))),
    ]
    place.d.rect(0, y, place.w, place.h - y, place.d.linear(stops))


def patches(place: Place, y: float, colour: str, count: int, *, opacity: float = 0.22, key: str = "") -> None:
    """Long flat shadows and lights that give level ground its perspective."""
    chance = place.chance.branch(f"patches{key}")
    parts = []
    for _ in range(count):
        t = chance.unit() ** 1.2
        cy = y + (place.h - y) * (0.06 + 0.9 * t)
        half, thick = place.w * chance.between(0.05, 0.14) * (0.6 + t), place.u * (0.35 + 1.4 * t)
        cx = place.w * chance.between(-0.05, 1.05)
        parts.append(
            f"M{num(cx - half)} {num(cy)}"
            f"Q{num(cx - half * 0.2)} {num(cy - thick)} {num(cx + half)} {num(cy)}"
            f"Q{num(cx + half * 0.2)} {num(cy + thick)} {num(cx - half)} {num(cy)}Z"
        )
    place.d.path("".join(parts), place.tint(winter(place, colour, 0.6)), opacity)


def grass(
    place: Place, y: float, count: int, height: float, colour: str, *, opacity: float = 1.0, key: str = ""
) -> None:
    """Blades in tufts between ``y`` and the foot of the picture, larger the nearer."""
    if place.light.weather == "snow":
        count //= 3
    chance = place.chance.branch(f"grass{key}{y:.0f}")
    for tone in (darker(colour, 0.26), lighter(colour, 0.12)):
        parts = []
        for _ in range(count // 2):
            t = chance.unit()
            by, bx, tall = y + (place.h * 1.02 - y) * t, place.w * chance.unit(), height * (0.35 + 0.75 * t)
            for lean in (-0.5, 0.05, 0.55):
                tip = bx + tall * (lean + chance.jitter(0.2))
                parts.append(
                    f"M{num(bx - tall * 0.07)} {num(by)}"
                    f"Q{num(bx)} {num(by - tall * 0.6)} {num(tip)} {num(by - tall * chance.between(0.8, 1.1))}"
                    f"Q{num(bx + tall * 0.1)} {num(by - tall * 0.5)} {num(bx + tall * 0.07)} {num(by)}"
                    "Z"
                )
        place.d.path("".join(parts), place.tint(tone), opacity)


def flowers(
    place: Place, y: float, bottom: float, count: int, colours: tuple[str, ...], size: float, *, key: str = ""
) -> None:
    if place.light.weather == "snow":
        return
    chance = place.chance.branch(f"flowers{key}")
    stems: list[str] = []
    heads: dict[str, list[str]] = {colour: [] for colour in colours}
    hearts = []
    for _ in range(count):
        t = chance.unit()
        x, fy, r = place.w * chance.unit(), y + (bottom - y) * t, size * (0.45 + 0.8 * t)
        stems.append(f"M{num(x)} {num(fy)}l{num(chance.jitter(r))} {num(r * 3)}")
        petals = heads[chance.choice(colours)]
        petals.extend(
            ellipse_path(x + r * 0.62 * math.cos(k * 1.2566), fy + r * 0.55 * math.sin(k * 1.2566), r * 0.5, r * 0.46)
            for k in range(5)
        )
        hearts.append(ellipse_path(x, fy, r * 0.34, r * 0.3))
    place.d.line("".join(stems), place.tint(darker(LEAF, 0.2)), size * 0.18, 0.8)
    for colour, petals in heads.items():
        place.d.path("".join(petals), place.tint(colour))
    place.d.path("".join(hearts), place.tint("#f3cf5c"))


def rock(
    place: Place,
    x: float,
    y: float,
    width: float,
    height: float,
    chance: Chance,
    *,
    colour: str = STONE,
    depth: float = 0.0,
) -> None:
    side = 1 if place.sun_x > x else -1
    colour = winter(place, colour, 0.5)
    top = (x + chance.jitter(width * 0.12), y - height)
    left, right = (x - width * 0.5, y), (x + width * 0.5, y)
    lshoulder = (x - width * chance.between(0.3, 0.42), y - height * chance.between(0.5, 0.8))
    rshoulder = (x + width * chance.between(0.3, 0.42), y - height * chance.between(0.45, 0.75))
    place.d.polygon([left, lshoulder, top, rshoulder, right], place.tint(darker(colour, 0.20), depth))
    mid = (x + side * width * 0.05, y - height * 0.3)
    facet = [top, rshoulder, right, mid] if side > 0 else [top, lshoulder, left, mid]
    place.d.polygon(facet, place.tint(lighter(colour, 0.12), depth))


def road(
    place: Place,
    y: float,
    colour: str,
    *,
    far_x: float,
    far_half: float,
    near_x: float,
    near_half: float,
    bend: float = 0.0,
) -> None:
    """A way from ``y`` to the foot of the picture, in perspective, with a worn middle."""
    h, d = place.h * 1.02, place.d
    colour = winter(place, colour, 0.66)
    mid = y + (h - y) * 0.42
    left = (
        f"M{num(far_x - far_half)} {num(y)}"
        f"C{num(far_x - far_half * 2 + bend)} {num(mid)} "
        f"{num((far_x + near_x) / 2 - near_half * 0.5 + bend)} {num(mid)} {num(near_x - near_half)} "
        f"{num(h)}"
    )
    right = (
        f"H{num(near_x + near_half)}"
        f"C{num((far_x + near_x) / 2 + near_half * 0.6 + bend)} {num(mid)} "
        f"{num(far_x + far_half * 2 + bend)} {num(mid)} {num(far_x + far_half)} {num(y)}"
        "Z"
    )
    d.path(
        left + right,
        d.linear(
            [
                (0, place.tint(colour, 0.4)),
                (0.5, place.tint(lighter(colour, 0.08))),
                (1, place.tint(darker(colour, 0.14))),
            ]
        ),
    )


def fence(place: Place, y: float, start: float, end: float, height: float, *, depth: float = 0.0) -> None:
    colour = place.tint(winter(place, "#8a6f55", 0.35), depth)
    posts, x, step = [], start, height * 1.5
    while x <= end:
        posts.append(f"M{num(x)} {num(y)}v{num(-height)}")
        x += step
    place.d.line("".join(posts), colour, height * 0.13)
    rails = "".join(f"M{num(start - step * 0.3)} {num(y - height * t)}H{num(end + step * 0.3)}" for t in (0.38, 0.76))
    place.d.line(rails, place.tint(winter(place, "#9c8164", 0.5), depth), height * 0.085)
