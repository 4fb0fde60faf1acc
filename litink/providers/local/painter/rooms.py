"""The shell of a room: walls, floor, ceiling, windows that show the hour outside, lamps and their glow. No furniture."""

from __future__ import annotations

from dataclasses import dataclass, replace

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.light import Light
from litink.providers.local.painter.place import Place
from litink.providers.local.painter.sky import paint_sky_box
from litink.providers.local.painter.svg import Point, ellipse_path, num, points_path, rect_path


@dataclass(frozen=True)
class Room:
    """The back wall's rectangle in pixels."""

    left: float
    right: float
    top: float
    floor: float
    man: float  # an adult's height at the back wall

    @property
    def width(self) -> float:
        return self.right - self.left

    def x(self, share: float) -> float:
        return self.left + self.width * share


def room_of(place: Place) -> Room:
    inset = place.w * (0.075 if place.w > place.h else 0.05)
    floor = place.ground - place.man * 0.26
    return Room(inset, place.w - inset, min(place.h * 0.07, floor - place.man * 1.45), floor, place.man * 0.86)


def paint_room(
    place: Place, wall: str, floor: str, *, wainscot: str = "", pattern: str = "", boards: str = "planks", ceiling: str = "#e9e0cd",
    beams: bool = False,
) -> Room:  # fmt: skip
    """Five sides in one-point perspective. ``pattern``: "", stripes, sprigs, stone, planks; ``boards``: planks, tiles, flags."""
    room, d = room_of(place), place.d
    vx, vy = place.w / 2, place.horizon

    def out(x: float, y: float, edge: float) -> Point:
        """The point where the ray from the vanishing point through (x, y) meets the picture's side."""
        stretch = (edge - vx) / (x - vx)
        return edge, vy + (y - vy) * stretch

    lt, lf = out(room.left, room.top, 0), out(room.left, room.floor, 0)
    rt, rf = out(room.right, room.top, place.w), out(room.right, room.floor, place.w)
    d.polygon([(0, min(0.0, lt[1])), lt, (room.left, room.top), (room.right, room.top), rt, (place.w, 0), (0, 0)], place.tint(darker(ceiling, 0.10)))
    d.rect(room.left, room.top, room.width, room.floor - room.top, d.linear([(0, place.tint(darker(wall, 0.12))), (0.45, place.tint(wall)), (1, place.tint(darker(wall, 0.06)))]))
    if pattern:
        _pattern(place, room, wall, pattern)
    for corner, base, x in ((lt, lf, room.left), (rt, rf, room.right)):
        d.polygon([corner, (x, room.top), (x, room.floor), base], place.tint(darker(wall, 0.24)))
    _floor(place, room, floor, boards, lf, rf)
    if wainscot:
        height = room.man * 0.42
        d.rect(room.left, room.floor - height, room.width, height, d.linear([(0, place.tint(lighter(wainscot, 0.08))), (1, place.tint(darker(wainscot, 0.16)))]))
        panels, step = [], room.man * 0.40
        count = max(2, int(room.width / step))
        step = room.width / count
        panels = [rect_path(room.left + step * k + step * 0.12, room.floor - height * 0.80, step * 0.76, height * 0.62) for k in range(count)]
        d.path("".join(panels), place.tint(darker(wainscot, 0.18)), 0.55)
        d.rect(room.left, room.floor - height - place.u * 0.6, room.width, place.u * 1.0, place.tint(lighter(wainscot, 0.22)))
        for corner, x in ((lf, room.left), (rf, room.right)):
            scale = (corner[0] - vx) / (x - vx)
            d.polygon([(x, room.floor - height), (x, room.floor), corner, (corner[0], vy + (room.floor - height - vy) * scale)], place.tint(darker(wainscot, 0.30)))
    else:
        d.rect(room.left, room.floor - place.u * 1.6, room.width, place.u * 1.6, place.tint(darker(wall, 0.30)))
    d.rect(room.left, room.top, room.width, place.u * 1.3, place.tint(lighter(wall, 0.25)))
    d.rect(room.left, room.top + place.u * 1.3, room.width, place.u * 2.2, d.linear([(0, "#120c1c", 0.22), (1, "#120c1c", 0.0)]))
    d.line(points_path([lt, (room.left, room.top), (room.left, room.floor), lf], closed=False), place.tint(darker(wall, 0.42)), place.u * 0.22, 0.6)
    d.line(points_path([rt, (room.right, room.top), (room.right, room.floor), rf], closed=False), place.tint(darker(wall, 0.42)), place.u * 0.22, 0.6)
    d.rect(0, room.floor, place.w, place.man * 0.16, d.linear([(0, "#120c1c", 0.34), (1, "#120c1c", 0.0)]))
    if beams:
        for k in range(5):
            x = room.x(0.1 + 0.2 * k)
            far = (x - vx) * 1.35 + vx
            d.polygon([(x - place.u, room.top), (x + place.u, room.top), (far + place.u * 2, 0), (far - place.u * 2, 0)], place.tint("#4c3729"))
        d.rect(room.left, room.top - place.u * 0.8, room.width, place.u * 2.4, place.tint("#5a4230"))
    return room


def _pattern(place: Place, room: Room, wall: str, pattern: str) -> None:
    d, u = place.d, place.u
    c = place.chance.branch("pattern")
    tone = place.tint(darker(wall, 0.16))
    if pattern == "stripes":
        step = room.width / max(6, round(room.width / (u * 6.4)))
        count = round(room.width / step)
        d.path("".join(rect_path(room.left + step * k, room.top, step * 0.5, room.floor - room.top) for k in range(count)), tone, 0.30)
    elif pattern == "sprigs":
        step, parts = u * 6.2, []
        rows = int((room.floor - room.top) / step) + 1
        for row in range(rows):
            for k in range(int(room.width / step) + 1):
                x, y = room.left + step * (k + 0.5 * (row % 2)) + u, room.top + step * (row + 0.5)
                if x < room.right - u:
                    parts.append(f"M{num(x)} {num(y - u)}q{num(u * 0.9)} {num(u)} 0 {num(u * 2)}q{num(-u * 0.9)} {num(-u)} 0 {num(-u * 2)}ZM{num(x)} {num(y + u * 0.6)}q{num(u * 1.3)} {num(-u * 0.7)} {num(u * 1.5)} {num(-u * 1.2)}q{num(-u)} 0 {num(-u * 1.5)} {num(u * 1.2)}ZM{num(x)} {num(y + u * 0.6)}q{num(-u * 1.3)} {num(-u * 0.7)} {num(-u * 1.5)} {num(-u * 1.2)}q{num(u)} 0 {num(u * 1.5)} {num(u * 1.2)}Z")
        d.path("".join(parts), tone, 0.36)
    elif pattern == "stone":
        tall, parts, blocks = u * 6.5, [], []
        y = room.top
        while y < room.floor:
            parts.append(f"M{num(room.left)} {num(y)}H{num(room.right)}")
            x = room.left - tall * c.unit()
            while x < room.right:
                wide = tall * c.between(1.5, 2.6)
                edge = min(max(x, room.left), room.right)
                bottom = min(tall, room.floor - y)
                parts.append(f"M{num(edge)} {num(y)}v{num(bottom)}")
                if c.maybe(0.22):
                    blocks.append(rect_path(edge, y, max(0.0, min(x + wide, room.right) - edge), bottom))
                x += wide
            y += tall
        d.path("".join(blocks), place.tint(lighter(wall, 0.16)), 0.5)
        d.line("".join(parts), place.tint(darker(wall, 0.36)), u * 0.25, 0.6)
    elif pattern == "planks":
        step = u * 6
        d.line("".join(f"M{num(room.left)} {num(room.top + step * k)}H{num(room.right)}" for k in range(int((room.floor - room.top) / step) + 1)), place.tint(darker(wall, 0.4)), u * 0.3, 0.6)
        knots = "".join(ellipse_path(room.x(c.unit()), c.between(room.top, room.floor), u * 0.7, u * 0.3) for _ in range(16))
        d.path(knots, place.tint(darker(wall, 0.4)), 0.4)


def _floor(place: Place, room: Room, colour: str, boards: str, left: Point, right: Point) -> None:
    d, vx, vy = place.d, place.w / 2, place.horizon
    d.polygon(
        [(room.left, room.floor), (room.right, room.floor), right, (place.w, place.h), (0, place.h), left],
        d.linear([(0, place.tint(darker(colour, 0.16))), (0.5, place.tint(colour)), (1, place.tint(lighter(colour, 0.06)))]),
    )
    seam, depth = place.tint(darker(colour, 0.40)), (place.h - vy) / (room.floor - vy)
    lines = []
    count = 26 if boards == "planks" else 16
    for k in range(count + 1):
        x = vx + (place.w * 1.5) * (k / count - 0.5)
        lines.append(f"M{num(x)} {num(room.floor)}L{num(vx + (x - vx) * depth)} {num(place.h)}")
    if boards != "planks":
        s = 1.0
        while s < depth:
            lines.append(f"M0 {num(vy + (room.floor - vy) * s)}H{num(place.w)}")
            s *= 1.22
    d.line("".join(lines), seam, place.u * 0.2, 0.42)


def window(place: Place, x: float, y: float, width: float, height: float, *, curtains: str = "", arched: bool = False, bars: int = 2) -> None:
    """A window about the middle ``x``, its sill at ``y``; through it the sky, and far hills."""
    d, left, top = place.d, x - width / 2, y - height
    shape = (
        f"M{num(left)} {num(y)}V{num(top + width * 0.5)}A{num(width / 2)} {num(width / 2)} 0 0 1 {num(left + width)} {num(top + width * 0.5)}V{num(y)}Z"
        if arched
        else rect_path(left, top, width, height)
    )
    frame = place.tint("#efe5d0")
    thick = width * 0.075
    d.line(shape, frame, thick * 2)
    outside = outdoor_light(place)
    with d.group(clip=d.clip(shape)):
        paint_sky_box(d, outside, place.chance.branch("outside"), left, top, width, height, left + width * 0.7, place.u * 0.5)
        for t, tone, depth in ((0.30, "#8aa39a", 0.7), (0.16, "#7f9c62", 0.3)):
            colour = outside.tint("#e8eef6" if outside.weather == "snow" else tone, depth)
            d.path(f"M{num(left)} {num(y - height * t)}Q{num(left + width * 0.3)} {num(y - height * (t + 0.10))} {num(left + width * 0.6)} {num(y - height * t)}T{num(left + width)} {num(y - height * (t + 0.03))}V{num(y)}H{num(left)}Z", colour)
        if outside.weather in ("rain", "storm", "snow"):
            c = place.chance.branch("pane")
            if outside.weather == "snow":
                d.path("".join(ellipse_path(left + width * c.unit(), top + height * c.unit(), width * 0.012, width * 0.012) for _ in range(40)), "#ffffff", 0.9)
            else:
                d.line("".join(f"M{num(left + width * c.unit())} {num(top + height * c.unit())}l{num(-width * 0.03)} {num(height * 0.10)}" for _ in range(36)), "#e6eef6", width * 0.007, 0.5)
    cross = "".join(f"M{num(left + width * k / bars)} {num(top)}V{num(y)}" for k in range(1, bars)) + "".join(f"M{num(left)} {num(top + height * t)}h{num(width)}" for t in ((0.36, 0.68) if height > width * 1.3 else (0.5,)))
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
            d.path(f"M{num(ex)} {num(rod)}H{num(ix)}Q{num(ix)} {num(tie - height * 0.2)} {num(x + side * width * 0.58)} {num(tie)}L{num(x + side * width * 0.52)} {num(drop)}H{num(ex)}Z", fill)
            d.line(f"M{num(x + side * width * 0.56)} {num(tie)}H{num(ex)}", place.tint("#d9b45a"), place.u * 0.6)
        d.path(f"M{num(x - width * 0.86)} {num(rod)}H{num(x + width * 0.86)}v{num(height * 0.10)}q{num(-width * 0.215)} {num(height * 0.09)} {num(-width * 0.43)} 0t{num(-width * 0.43)} 0t{num(-width * 0.43)} 0t{num(-width * 0.43)} 0Z", cloth)
        d.line(f"M{num(x - width * 0.92)} {num(rod)}H{num(x + width * 0.92)}", place.tint("#6b4a33"), place.u * 0.8)


def outdoor_light(place: Place) -> Light:
    """The light beyond the window: the same sky, the ambient that rooms do not have."""
    light = place.light
    level = 0.40 + 0.60 * (1 - light.dark)
    return replace(light, ambient=(level * 0.96, level * 0.98, min(1.0, level * 1.06)), mist=0.7, clouds=min(3, light.clouds), _tints={})


def daylight_pool(place: Place, room: Room, x: float, width: float) -> None:
    """What a window throws on the floor by day; by night a little moonlight."""
    if place.light.weather not in ("clear", "unknown", "wind") or 0.35 <= place.light.dark < 0.7:
        return
    colour = place.light.grade(place.light.sun_colour if place.light.dark < 0.5 else "#8fa6d8")
    strength = 0.30 if place.light.dark < 0.5 else 0.14
    lean = width * 0.9 * (1 if x < place.w / 2 else -1)
    bottom = place.ground + place.man * 0.10
    path = f"M{num(x - width * 0.5 + lean * 0.2)} {num(room.floor)}h{num(width)}L{num(x + width * 0.9 + lean)} {num(bottom)}h{num(-width * 1.7)}Z"
    place.d.path(path, place.d.linear([(0, colour, strength), (1, colour, strength * 0.25)]))


def lamplight(place: Place, x: float, y: float, reach: float) -> None:
    """The glow of a lamp, candle or fire: strong in the dark, faint by day."""
    strength = 0.62 if place.light.lamps_lit else 0.16
    place.d.glow(x, y, reach, reach, place.light.grade("#ffc468"), strength)


