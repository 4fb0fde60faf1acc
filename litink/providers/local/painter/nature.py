"""What grows and lies out of doors: hills, mountains, trees, grass, rocks, roads. One function a thing, no places."""

from __future__ import annotations

import math

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, lighter, mix
from litink.providers.local.painter.place import Place
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


def hills(place: Place, y: float, height: float, colour: str, depth: float, *, waves: float = 1.0, key: str = "") -> list[Point]:
    """A rolling ridge whose foot dissolves in haze; ``y`` is the lowest its crest may be. Returns the crest."""
    crest = _outline(place, place.chance.branch(f"hills{key}{depth}"), y, height, waves)
    colour = winter(place, colour)
    top, foot = place.tint(colour, depth), place.tint(lighter(colour, 0.12), min(1.0, depth + 0.28))
    bottom = min(place.h, y + place.h * (0.17 if depth > 0.1 else 1.0))  # what lies nearer covers the rest
    body = smooth_path(crest) + f"L{num(place.w * 1.02)} {num(bottom)}H{num(-place.w * 0.02)}Z"
    span = max(1.0, bottom - (y - height))
    place.d.path(body, place.d.linear([(0, top), (min(1.0, height * 2.2 / span + 0.12), foot), (1, foot)]))
    return crest


def mountains(place: Place, y: float, height: float, colour: str, depth: float, *, snow: bool = True, key: str = "") -> None:
    """Jagged peaks, each with a lit and a shaded flank, and snow on the high ones."""
    chance = place.chance.branch(f"mountains{key}{depth}")
    d, lit_right = place.d, place.sun_x > place.w / 2
    base, light_side = place.tint(winter(place, darker(colour, 0.12), 0.5), depth), place.tint(winter(place, lighter(colour, 0.16), 0.5), depth)
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
            teeth = [(x + half * 0.4 * (1 - 2 * t / 6), y - tall * (0.60 + (0.13 if t % 2 else -0.03) + chance.jitter(0.03))) for t in range(1, 6)]
            d.path(points_path([*cap, *teeth]), white)
            shade_side = left if lit_right else right
            d.path(points_path([(x, y - tall), shade_side[1], shade_side[2], teeth[4 if lit_right else 0], teeth[2]]), grey, 0.8)


def treeline(place: Place, crest: list[Point], size: float, colour: str, depth: float, *, pines: bool = False, key: str = "") -> None:
    """A distant wood along a crest, as one silhouette."""
    chance = place.chance.branch(f"treeline{key}{depth}")
    parts, x = [], -size
    while x < place.w + size:
        i = min(len(crest) - 2, max(0, int((x + place.w * 0.02) / (place.w * 1.04) * (len(crest) - 1))))
        y = crest[i][1] + size * 0.25
        tall = size * chance.between(0.6, 1.15)
        if pines:
            parts.append(f"M{num(x - tall * 0.3)} {num(y)}L{num(x)} {num(y - tall * 1.5)}L{num(x + tall * 0.3)} {num(y)}Z")
        else:
            parts.append(ellipse_path(x, y - tall * 0.35, tall * 0.55, tall * 0.6))
        x += size * chance.between(0.34, 0.75)
    place.d.path("".join(parts), place.tint(winter(place, colour, 0.45), depth))


def ground(place: Place, y: float, near: str, far: str, *, depth: float = 0.35) -> None:
    """Level ground from ``y`` to the foot of the picture."""
    near, far = winter(place, near, 0.82), winter(place, far, 0.82)
    stops = [(0, place.tint(far, depth)), (0.35, place.tint(mix(far, near, 0.6), depth * 0.3)), (1, place.tint(darker(near, 0.16)))]
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
        parts.append(f"M{num(cx - half)} {num(cy)}Q{num(cx - half * 0.2)} {num(cy - thick)} {num(cx + half)} {num(cy)}Q{num(cx + half * 0.2)} {num(cy + thick)} {num(cx - half)} {num(cy)}Z")
    place.d.path("".join(parts), place.tint(winter(place, colour, 0.6)), opacity)


def broadleaf(place: Place, x: float, y: float, height: float, chance: Chance, *, colour: str = LEAF, depth: float = 0.0) -> None:
    """A leafy tree: dark, middle and lit foliage over a forked trunk. Bare of leaves in snow."""
    if place.light.weather == "snow":
        bare_tree(place, x, y, height, chance, depth=depth)
        return
    d = place.d
    side = 1 if place.sun_x > x else -1
    bark = place.tint("#6d523f", depth)
    half = height * 0.045
    d.path(
        f"M{num(x - half * 1.5)} {num(y)}Q{num(x - half * 0.6)} {num(y - height * 0.2)} {num(x - half * 0.7)} {num(y - height * 0.5)}"
        f"H{num(x + half * 0.7)}Q{num(x + half * 0.6)} {num(y - height * 0.2)} {num(x + half * 1.6)} {num(y)}Z",
        d.linear([(0, place.tint("#543d30", depth)), (1, bark)], (0 if side > 0 else 1, 0), (1 if side > 0 else 0, 0)),
    )
    cy, rx, ry = y - height * 0.66, height * 0.33, height * 0.31
    blobs = [
        (x + rx * 0.74 * math.cos(a) * chance.between(0.8, 1.15), cy + ry * 0.70 * math.sin(a) * chance.between(0.85, 1.15), rx * chance.between(0.38, 0.54))
        for a in (k * 6.283 / 9 for k in range(9))
    ]
    dark = "".join(ellipse_path(bx, by, r, r * 0.92) for bx, by, r in blobs) + ellipse_path(x, cy, rx * 0.75, ry * 0.75)
    d.path(dark, place.tint(darker(colour, 0.30), depth))
    sunny = [(bx, by, r) for bx, by, r in blobs if side * (bx - x) * 0.6 - (by - cy) > -ry * 0.30]
    middle = [*sunny, (x + side * rx * 0.12, cy - ry * 0.10, rx * 0.62)]
    d.path("".join(ellipse_path(bx + side * r * 0.10, by - r * 0.14, r * 0.86, r * 0.76) for bx, by, r in middle), place.tint(colour, depth))
    lit = place.tint(lighter(mix(colour, "#c4bf5e", 0.30), 0.10), depth)
    leaves = []
    for bx, by, r in sunny:
        for _ in range(5):
            a = chance.between(-2.6, -0.5) if side > 0 else chance.between(-2.64, -0.54)
            lx, ly = bx + r * 0.52 * math.cos(a) + side * r * 0.16, by + r * 0.50 * math.sin(a)
            leaves.append(ellipse_path(lx, ly, r * chance.between(0.10, 0.22), r * chance.between(0.07, 0.14)))
    d.path("".join(leaves), lit, 0.8)


def conifer(place: Place, x: float, y: float, height: float, chance: Chance, *, colour: str = PINE, depth: float = 0.0) -> None:
    """A fir in tiers, its sunny half lighter; snow on the boughs when it snows."""
    d, side = place.d, 1 if place.sun_x > x else -1
    d.rect(x - height * 0.025, y - height * 0.14, height * 0.05, height * 0.15, place.tint("#4f3b30", depth))
    dark, lit, tiers = [], [], 5
    for k in range(tiers):
        top = y - height * (1.0 - 0.16 * k)
        foot = y - height * (0.70 - 0.15 * k) + chance.jitter(height * 0.015)
        half = height * (0.11 + 0.052 * k) * chance.between(0.92, 1.1)
        dark.append(f"M{num(x)} {num(top)}Q{num(x - half * 0.4)} {num((top + foot) / 2)} {num(x - half)} {num(foot)}Q{num(x)} {num(foot + height * 0.05)} {num(x + half)} {num(foot)}Q{num(x + half * 0.4)} {num((top + foot) / 2)} {num(x)} {num(top)}Z")
        lit.append(f"M{num(x)} {num(top)}Q{num(x + side * half * 0.4)} {num((top + foot) / 2)} {num(x + side * half)} {num(foot)}Q{num(x + side * half * 0.5)} {num(foot + height * 0.02)} {num(x + side * half * 0.12)} {num(foot - height * 0.04)}Z")
    body = place.tint(darker(colour, 0.22), depth)
    d.path("".join(dark), body)
    d.path("".join(lit), place.tint(winter(place, lighter(colour, 0.10), 0.85), depth), 0.85)


def bare_tree(place: Place, x: float, y: float, height: float, chance: Chance, *, depth: float = 0.0, colour: str = "#4d3f3b") -> None:
    """A tree without leaves, grown by forking."""
    strokes: dict[int, list[str]] = {}

    def grow(bx: float, by: float, angle: float, length: float, level: int) -> None:
        ex, ey = bx + length * math.cos(angle), by + length * math.sin(angle)
        bend = chance.jitter(length * 0.12)
        strokes.setdefault(level, []).append(f"M{num(bx)} {num(by)}Q{num((bx + ex) / 2 + bend)} {num((by + ey) / 2)} {num(ex)} {num(ey)}")
        if level < 4:
            for turn in (-1, 1):
                grow(ex, ey, angle + turn * chance.between(0.25, 0.62), length * chance.between(0.62, 0.8), level + 1)

    grow(x, y, -math.pi / 2 + chance.jitter(0.1), height * 0.34, 0)
    for level, paths in strokes.items():
        place.d.line("".join(paths), place.tint(colour, depth), height * 0.055 * 0.58**level)


def bush(place: Place, x: float, y: float, size: float, chance: Chance, *, colour: str = LEAF, depth: float = 0.0) -> None:
    colour = winter(place, colour, 0.6)
    side = 1 if place.sun_x > x else -1
    blobs = [(x + size * (k / 4 - 0.5) * 1.5, y - size * (0.28 + 0.22 * math.sin(math.pi * k / 4)) * chance.between(0.85, 1.15), size * chance.between(0.24, 0.36)) for k in range(5)]
    place.d.path("".join(ellipse_path(bx, by, r, r) for bx, by, r in blobs) + f"M{num(x - size * 0.9)} {num(y)}Q{num(x)} {num(y - size * 0.5)} {num(x + size * 0.9)} {num(y)}Z", place.tint(darker(colour, 0.22), depth))
    place.d.path("".join(ellipse_path(bx + side * r * 0.25, by - r * 0.25, r * 0.66, r * 0.6) for bx, by, r in blobs), place.tint(lighter(colour, 0.10), depth))


def grass(place: Place, y: float, count: int, height: float, colour: str, *, opacity: float = 1.0, key: str = "") -> None:
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
                parts.append(f"M{num(bx - tall * 0.07)} {num(by)}Q{num(bx)} {num(by - tall * 0.6)} {num(tip)} {num(by - tall * chance.between(0.8, 1.1))}Q{num(bx + tall * 0.1)} {num(by - tall * 0.5)} {num(bx + tall * 0.07)} {num(by)}Z")
        place.d.path("".join(parts), place.tint(tone), opacity)


def flowers(place: Place, y: float, bottom: float, count: int, colours: tuple[str, ...], size: float, *, key: str = "") -> None:
    if place.light.weather == "snow":
        return
    chance = place.chance.branch(f"flowers{key}")
    stems, heads = [], {colour: [] for colour in colours}  # type: dict[str, list[str]]
    hearts = []
    for _ in range(count):
        t = chance.unit()
        x, fy, r = place.w * chance.unit(), y + (bottom - y) * t, size * (0.45 + 0.8 * t)
        stems.append(f"M{num(x)} {num(fy)}l{num(chance.jitter(r))} {num(r * 3)}")
        petals = heads[chance.choice(colours)]
        petals.extend(ellipse_path(x + r * 0.62 * math.cos(k * 1.2566), fy + r * 0.55 * math.sin(k * 1.2566), r * 0.5, r * 0.46) for k in range(5))
        hearts.append(ellipse_path(x, fy, r * 0.34, r * 0.3))
    place.d.line("".join(stems), place.tint(darker(LEAF, 0.2)), size * 0.18, 0.8)
    for colour, petals in heads.items():
        place.d.path("".join(petals), place.tint(colour))
    place.d.path("".join(hearts), place.tint("#f3cf5c"))


def rock(place: Place, x: float, y: float, width: float, height: float, chance: Chance, *, colour: str = STONE, depth: float = 0.0) -> None:
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


def road(place: Place, y: float, colour: str, *, far_x: float, far_half: float, near_x: float, near_half: float, bend: float = 0.0) -> None:
    """A way from ``y`` to the foot of the picture, in perspective, with a worn middle."""
    h, d = place.h * 1.02, place.d
    colour = winter(place, colour, 0.66)
    mid = y + (h - y) * 0.42
    left = f"M{num(far_x - far_half)} {num(y)}C{num(far_x - far_half * 2 + bend)} {num(mid)} {num((far_x + near_x) / 2 - near_half * 0.5 + bend)} {num(mid)} {num(near_x - near_half)} {num(h)}"
    right = f"H{num(near_x + near_half)}C{num((far_x + near_x) / 2 + near_half * 0.6 + bend)} {num(mid)} {num(far_x + far_half * 2 + bend)} {num(mid)} {num(far_x + far_half)} {num(y)}Z"
    d.path(left + right, d.linear([(0, place.tint(colour, 0.4)), (0.5, place.tint(lighter(colour, 0.08))), (1, place.tint(darker(colour, 0.14)))]))


def fence(place: Place, y: float, start: float, end: float, height: float, *, depth: float = 0.0) -> None:
    colour = place.tint(winter(place, "#8a6f55", 0.35), depth)
    posts, x, step = [], start, height * 1.5
    while x <= end:
        posts.append(f"M{num(x)} {num(y)}v{num(-height)}")
        x += step
    place.d.line("".join(posts), colour, height * 0.13)
    rails = "".join(f"M{num(start - step * 0.3)} {num(y - height * t)}H{num(end + step * 0.3)}" for t in (0.38, 0.76))
    place.d.line(rails, place.tint(winter(place, "#9c8164", 0.5), depth), height * 0.085)


def boughs(place: Place, colour: str = LEAF) -> None:
    """Dark leaves that hang into the upper corners: the nearest layer, which frames the view."""
    if place.light.weather == "snow":
        return
    chance = place.chance.branch("boughs")
    shade = place.tint(darker(colour, 0.55))
    for side in (0, 1):
        parts = []
        for _ in range(26):
            t, s = chance.unit() ** 1.5, chance.unit() ** 1.7
            x = (t if side == 0 else 1 - t * 0.8) * place.w * 0.17 + (0 if side == 0 else place.w * 0.83)
            x = t * place.w * 0.16 if side == 0 else place.w - t * place.w * 0.16
            y, r, a = s * place.h * 0.20 * (1 - t * 0.7), place.u * chance.between(2.2, 4.4), chance.between(0.3, 2.6)
            parts.append(f"M{num(x)} {num(y)}q{num(r * math.cos(a) + r * 0.5)} {num(r * 0.2)} {num(r * 1.6 * math.cos(a))} {num(r * 1.6 * math.sin(a))}q{num(-r * math.cos(a) - r * 0.5)} {num(-r * 0.2)} {num(-r * 1.6 * math.cos(a))} {num(-r * 1.6 * math.sin(a))}Z")
            parts.append(ellipse_path(x, y * 0.7, r, r * 0.8))
        place.d.path("".join(parts), shade, 0.96)
