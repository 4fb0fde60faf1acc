"""Windows that show the hour outside, and the light they let in."""

from __future__ import annotations

from dataclasses import replace

from litink.providers.local.painter.colour import darker
from litink.providers.local.painter.light import Light
from litink.providers.local.painter.scenery.place import Place
from litink.providers.local.painter.scenery.rooms import Room
from litink.providers.local.painter.scenery.sky import paint_sky_box
from litink.providers.local.painter.svg import ellipse_path, num, rect_path


def window(
    place: Place,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    curtains: str = "",
    arched: bool = False,
    bars: int = 2,
) -> None:
    """A window about the middle ``x``, its sill at ``y``; through it the sky, and far hills."""
    d, left, top = place.d, x - width / 2, y - height
    shape = (
        (
            f"M{num(left)} {num(y)}V{num(top + width * 0.5)}"
            f"A{num(width / 2)} {num(width / 2)} 0 0 1 {num(left + width)} {num(top + width * 0.5)}"
            f"V{num(y)}Z"
        )
        if arched
        else rect_path(left, top, width, height)
    )
    frame = place.tint("#efe5d0")
    thick = width * 0.075
    d.line(shape, frame, thick * 2)
    outside = outdoor_light(place)
    with d.group(clip=d.clip(shape)):
        paint_sky_box(
            d, outside, place.chance.branch("outside"), left, top, width, height, left + width * 0.7, place.u * 0.5
        )
        for t, tone, depth in ((0.30, "#8aa39a", 0.7), (0.16, "#7f9c62", 0.3)):
            colour = outside.tint("#e8eef6" if outside.weather == "snow" else tone, depth)
            d.path(
                (
                    f"M{num(left)} {num(y - height * t)}"
                    f"Q{num(left + width * 0.3)} {num(y - height * (t + 0.10))} {num(left + width * 0.6)} "
                    f"{num(y - height * t)}"
                    f"T{num(left + width)} {num(y - height * (t + 0.03))}V{num(y)}H{num(left)}Z"
                ),
                colour,
            )
        if outside.weather in ("rain", "storm", "snow"):
            c = place.chance.branch("pane")
            if outside.weather == "snow":
                d.path(
                    "".join(
                        ellipse_path(left + width * c.unit(), top + height * c.unit(), width * 0.012, width * 0.012)
                        for _ in range(40)
                    ),
                    "#ffffff",
                    0.9,
                )
            else:
                d.line(
                    "".join(
                        (
                            f"M{num(left + width * c.unit())} {num(top + height * c.unit())}"
                            f"l{num(-width * 0.03)} {num(height * 0.10)}"
                        )
                        for _ in range(36)
                    ),
                    "#e6eef6",
                    width * 0.007,
                    0.5,
                )
    cross = "".join(f"M{num(left + width * k / bars)} {num(top)}V{num(y)}" for k in range(1, bars)) + "".join(
        f"M{num(left)} {num(top + height * t)}h{num(width)}" for t in ((0.36, 0.68) if height > width * 1.3 else (0.5,))
    )
    d.line(cross, frame, thick * 0.62, cap="butt")
    d.rect(left - thick * 2, y, width + thick * 4, thick * 1.5, place.tint("#f4ebd8"))
    d.rect(left - thick * 2, y + thick * 1.5, width + thick * 4, thick * 0.8, "#120c1c", 0.22)
    if curtains:
        cloth, shade = place.tint(curtains), place.tint(darker(curtains, 0.32))
        fill = d.linear([(0, cloth), (0.3, shade), (0.5, cloth), (0.8, shade), (1, cloth)], (0, 0), (1, 0))
        rod, drop = top - height * 0.10, y + height * 0.22
        for side in (-1, 1):
            ex = x + side * width * 0.82
            ix = x + side * width * 0.26
            tie = top + height * 0.66
            d.path(
                (
                    f"M{num(ex)} {num(rod)}H{num(ix)}"
                    f"Q{num(ix)} {num(tie - height * 0.2)} {num(x + side * width * 0.58)} {num(tie)}"
                    f"L{num(x + side * width * 0.52)} {num(drop)}H{num(ex)}Z"
                ),
                fill,
            )
            d.line(f"M{num(x + side * width * 0.56)} {num(tie)}H{num(ex)}", place.tint("#d9b45a"), place.u * 0.6)
        d.path(
            (
                f"M{num(x - width * 0.86)} {num(rod)}H{num(x + width * 0.86)}v{num(height * 0.10)}"
                f"q{num(-width * 0.215)} {num(height * 0.09)} {num(-width * 0.43)} 0"
                f"t{num(-width * 0.43)} 0t{num(-width * 0.43)} 0t{num(-width * 0.43)} 0Z"
            ),
            cloth,
        )
        d.line(f"M{num(x - width * 0.92)} {num(rod)}H{num(x + width * 0.92)}", place.tint("#6b4a33"), place.u * 0.8)


def outdoor_light(place: Place) -> Light:
    """The light beyond the window: the same sky, the ambient that rooms do not have."""
    light = place.light
    level = 0.40 + 0.60 * (1 - light.dark)
    return replace(
        light,
        ambient=(level * 0.96, level * 0.98, min(1.0, level * 1.06)),
        mist=0.7,
        clouds=min(3, light.clouds),
        _tints={},
    )


def daylight_pool(place: Place, room: Room, x: float, width: float) -> None:
    """What a window throws on the floor by day; by night a little moonlight."""
    if place.light.weather not in ("clear", "unknown", "wind") or 0.35 <= place.light.dark < 0.7:
        return
    colour = place.light.grade(place.light.sun_colour if place.light.dark < 0.5 else "#8fa6d8")
    strength = 0.30 if place.light.dark < 0.5 else 0.14
    lean = width * 0.9 * (1 if x < place.w / 2 else -1)
    bottom = place.ground + place.man * 0.10
    path = (
        f"M{num(x - width * 0.5 + lean * 0.2)} {num(room.floor)}h{num(width)}"
        f"L{num(x + width * 0.9 + lean)} {num(bottom)}h{num(-width * 1.7)}Z"
    )
    place.d.path(path, place.d.linear([(0, colour, strength), (1, colour, strength * 0.25)]))
