"""Castles, bridges, gravestones, lamps and stalls: what stands about besides houses. No places."""

from __future__ import annotations

from litink.providers.local.painter.chance import Chance
from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.nature import winter
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.svg import ellipse_path, num


def castle(place: Place, x: float, y: float, size: float, *, depth: float = 0.0) -> None:
    """A castle of towers, ``size`` pixels wide, about its middle ``x``."""
    d = place.d
    wall = "#a79d93"
    fill = d.linear(
        [(0, place.tint(darker(wall, 0.26), depth)), (1, place.tint(lighter(wall, 0.10), depth))], (0, 0), (1, 0)
    )
    roof = d.linear(
        [(0, place.tint(winter(place, "#4b5570", 0.7), depth)), (1, place.tint(winter(place, "#75809c", 0.7), depth))],
        (0, 0),
        (1, 0),
    )

    def battlement(bx: float, by: float, bw: float, bh: float) -> str:
        teeth = max(3, int(bw / (size * 0.03)) | 1)
        step = bw / teeth
        top = (
            "".join(f"h{num(step)}v{num(step * 0.8 if k % 2 == 0 else -step * 0.8)}" for k in range(teeth - 1))
            + f"h{num(step)}"
        )
        return f"M{num(bx)} {num(by)}v{num(-bh)}{top}v{num(bh)}Z"

    towers = (
        (-0.10, 0.20, 0.86, True),
        (0.16, 0.13, 0.66, True),
        (-0.34, 0.15, 0.60, False),
        (0.36, 0.16, 0.54, False),
        (-0.50, 0.11, 0.42, True),
    )
    d.path(battlement(x - size * 0.46, y, size * 0.92, size * 0.30), fill)
    slits: list[str] = []
    for cx, tw, th, pointed in towers:
        tx, w, h = x + size * cx, size * tw, size * th
        d.path(battlement(tx - w / 2, y, w, h), fill)
        slits.extend(f"M{num(tx + w * 0.06)} {num(y - h * t)}v{num(-size * 0.035)}" for t in (0.42, 0.66, 0.86))
        if pointed:
            d.path(
                (
                    f"M{num(tx - w * 0.60)} {num(y - h)}"
                    f"Q{num(tx)} {num(y - h - w * 0.1)} {num(tx + w * 0.60)} {num(y - h)}"
                    f"L{num(tx)} {num(y - h - w * 1.25)}Z"
                ),
                roof,
            )
            d.line(f"M{num(tx)} {num(y - h - w * 1.22)}v{num(-w * 0.35)}", place.tint("#4a3f3a", depth), size * 0.006)
            d.path(
                (
                    f"M{num(tx)} {num(y - h - w * 1.56)}l{num(size * 0.055)} {num(size * 0.018)}"
                    f"l{num(-size * 0.055)} {num(size * 0.018)}Z"
                ),
                place.tint("#b4443a", depth),
            )
    d.line("".join(slits), "#ffcf7d" if place.light.lamps_lit else place.tint("#4a4650", depth), size * 0.013)
    gate = size * 0.13
    d.path(
        (
            f"M{num(x + size * 0.03)} {num(y)}v{num(-gate)}"
            f"a{num(gate * 0.42)} {num(gate * 0.5)} 0 0 1 {num(gate * 0.84)} 0v{num(gate)}Z"
        ),
        place.tint("#3d332f", depth),
    )


def stone_bridge(place: Place, y: float, height: float, *, arches: int = 3) -> None:
    """A bridge across the whole width; ``y`` is where its piers stand, ``height`` up to the parapet."""
    d, w = place.d, place.w
    wall = winter(place, "#a89a87", 0.3)
    top = y - height
    span = w * 1.1 / arches
    holes = []
    for k in range(arches):
        left = -w * 0.05 + span * k + span * 0.11
        holes.append(
            f"M{num(left)} {num(y + 2)}v{num(-height * 0.12)}"
            f"a{num(span * 0.39)} {num(height * 0.52)} 0 0 1 {num(span * 0.78)} 0"
            f"v{num(height * 0.12)}Z"
        )
    body = (
        f"M{num(-w * 0.05)} {num(y)}V{num(top + height * 0.10)}"
        f"Q{num(w / 2)} {num(top - height * 0.10)} {num(w * 1.05)} {num(top + height * 0.10)}V{num(y)}"
        "Z"
    )
    fill = d.linear([(0, place.tint(lighter(wall, 0.14))), (1, place.tint(darker(wall, 0.30)))])
    d.raw(f'<path fill-rule="evenodd" d="{body}{"".join(holes)}" fill="{fill}"/>')
    d.line("".join(hole.rstrip("Z") for hole in holes), place.tint(lighter(wall, 0.28)), height * 0.035, 0.7)
    d.line(
        (
            f"M{num(-w * 0.05)} {num(top + height * 0.11)}"
            f"Q{num(w / 2)} {num(top - height * 0.09)} {num(w * 1.05)} {num(top + height * 0.11)}"
        ),
        place.tint(winter(place, lighter(wall, 0.24), 0.8)),
        height * 0.05,
    )


def street_lamp(place: Place, x: float, y: float, height: float) -> None:
    d, iron = place.d, place.tint("#2f3036")
    d.line(f"M{num(x)} {num(y)}V{num(y - height * 0.84)}", iron, height * 0.026)
    d.line(
        (
            f"M{num(x - height * 0.05)} {num(y - height * 0.78)}h{num(height * 0.10)}"
            f"M{num(x)} {num(y)}v{num(-height * 0.12)}"
        ),
        iron,
        height * 0.036,
    )
    lit = place.light.lamps_lit
    d.path(
        (
            f"M{num(x - height * 0.035)} {num(y - height * 0.84)}"
            f"L{num(x - height * 0.055)} {num(y - height * 0.96)}h{num(height * 0.11)}"
            f"L{num(x + height * 0.035)} {num(y - height * 0.84)}Z"
        ),
        "#ffe2a0" if lit else place.tint("#cdd6d6"),
    )
    d.path(
        (
            f"M{num(x - height * 0.066)} {num(y - height * 0.955)}L{num(x)} {num(y - height * 1.02)}"
            f"L{num(x + height * 0.066)} {num(y - height * 0.955)}Z"
        ),
        iron,
    )
    if lit:
        d.glow(x, y - height * 0.90, height * 0.62, height * 0.62, "#ffcf7d", 0.62)
        d.glow(x, y, height * 0.5, height * 0.07, "#ffcf7d", 0.35)


def gravestone(place: Place, x: float, y: float, size: float, chance: Chance) -> None:
    d = place.d
    stone = chance.choice(("#9c9a96", "#8b8a8c", "#aaa496"))
    lean = chance.jitter(6)
    fill = d.linear([(0, place.tint(darker(stone, 0.22))), (1, place.tint(lighter(stone, 0.12)))], (0, 0), (1, 0))
    with d.group(f"translate({num(x)} {num(y)}) rotate({num(lean)})"):
        if chance.maybe(0.3):
            d.path(
                (
                    f"M{num(-size * 0.09)} 0V{num(-size * 0.62)}H{num(-size * 0.28)}"
                    f"V{num(-size * 0.80)}H{num(-size * 0.09)}V{num(-size)}H{num(size * 0.09)}"
                    f"V{num(-size * 0.80)}H{num(size * 0.28)}V{num(-size * 0.62)}H{num(size * 0.09)}V0"
                    "Z"
                ),
                fill,
            )
        else:
            d.path(
                (
                    f"M{num(-size * 0.3)} 0V{num(-size * 0.62)}"
                    f"A{num(size * 0.3)} {num(size * 0.3)} 0 0 1 {num(size * 0.3)} {num(-size * 0.62)}"
                    "V0Z"
                ),
                fill,
            )
            d.line(
                "".join(f"M{num(-size * 0.16)} {num(-size * t)}h{num(size * 0.32)}" for t in (0.62, 0.5, 0.4)),
                place.tint(darker(stone, 0.4)),
                size * 0.025,
                0.5,
            )
        d.path(
            f"M{num(-size * 0.42)} {num(size * 0.02)}Q0 {num(-size * 0.12)} {num(size * 0.42)} {num(size * 0.02)}Z",
            place.tint(winter(place, "#5f7a48", 0.8)),
        )


def awning_stall(place: Place, x: float, y: float, size: float, chance: Chance) -> None:
    """A market stall with fruit on its board."""
    d = place.d
    stripe = chance.choice(("#b8473c", "#3f6f8a", "#5f8a4c"))
    wood = place.tint("#7a573c")
    d.line(
        f"M{num(x - size * 0.45)} {num(y)}v{num(-size * 0.9)}M{num(x + size * 0.45)} {num(y)}v{num(-size * 0.9)}",
        wood,
        size * 0.035,
    )
    d.rect(x - size * 0.5, y - size * 0.42, size, size * 0.3, wood)
    for k, colour in enumerate(("#c4523a", "#d9a441", "#7f9a4a")):
        d.path(
            "".join(
                ellipse_path(
                    x - size * 0.36 + size * (0.29 * k + 0.07 * j),
                    y - size * (0.44 + 0.05 * (j % 2)),
                    size * 0.045,
                    size * 0.045,
                )
                for j in range(4)
            ),
            place.tint(colour),
        )
    d.path(
        (
            f"M{num(x - size * 0.46)} {num(y - size * 1.02)}h{num(size * 0.92)}"
            f"l{num(size * 0.1)} {num(size * 0.2)}h{num(-size * 1.12)}Z"
        ),
        place.tint("#f0e6d0"),
    )
    d.path(
        "".join(
            (
                f"M{num(x - size * (0.46 - 0.23 * k))} {num(y - size * 1.02)}h{num(size * 0.115)}"
                f"l{num(size * (0.023 * k - 0.035))} {num(size * 0.2)}h{num(-size * 0.14)}Z"
            )
            for k in range(4)
        ),
        place.tint(stripe),
    )
