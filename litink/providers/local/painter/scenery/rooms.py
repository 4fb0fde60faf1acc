"""The shell of a room: walls, floor, ceiling. Windows are in windows.py, furniture beside them."""

from __future__ import annotations

from dataclasses import dataclass

from litink.providers.local.painter.colour import darker, lighter
from litink.providers.local.painter.scenery.place import Place
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
    man = place.man * 0.86
    top = min(max(place.h * 0.07, floor - man * 2.4), floor - man * 1.6)
    return Room(inset, place.w - inset, top, floor, man)


def paint_room(
    place: Place,
    wall: str,
    floor: str,
    *,
    wainscot: str = "",
    pattern: str = "",
    boards: str = "planks",
    ceiling: str = "#e9e0cd",
    beams: bool = False,
) -> Room:
    """Five sides in one-point perspective.

    ``pattern`` of the wall: "", stripes, sprigs, stone, planks; ``boards`` of the floor: planks, tiles, flags.
    """
    room, d = room_of(place), place.d
    vx, vy = place.w / 2, place.horizon

    def out(x: float, y: float, edge: float) -> Point:
        """The point where the ray from the vanishing point through (x, y) meets the picture's side."""
        stretch = (edge - vx) / (x - vx)
        return edge, vy + (y - vy) * stretch

    lt, lf = out(room.left, room.top, 0), out(room.left, room.floor, 0)
    rt, rf = out(room.right, room.top, place.w), out(room.right, room.floor, place.w)
    d.polygon(
        [(0, min(0.0, lt[1])), lt, (room.left, room.top), (room.right, room.top), rt, (place.w, 0), (0, 0)],
        place.tint(darker(ceiling, 0.10)),
    )
    d.rect(
        room.left,
        room.top,
        room.width,
        room.floor - room.top,
        d.linear([(0, place.tint(darker(wall, 0.12))), (0.45, place.tint(wall)), (1, place.tint(darker(wall, 0.06)))]),
    )
    if pattern:
        _pattern(place, room, wall, pattern)
    for corner, base, x in ((lt, lf, room.left), (rt, rf, room.right)):
        d.polygon([corner, (x, room.top), (x, room.floor), base], place.tint(darker(wall, 0.24)))
    _floor(place, room, floor, boards, lf, rf)
    if wainscot:
        height = room.man * 0.42
        d.rect(
            room.left,
            room.floor - height,
            room.width,
            height,
            d.linear([(0, place.tint(lighter(wainscot, 0.08))), (1, place.tint(darker(wainscot, 0.16)))]),
        )
        panels, step = [], room.man * 0.40
        count = max(2, int(room.width / step))
        step = room.width / count
        panels = [
            rect_path(room.left + step * k + step * 0.12, room.floor - height * 0.80, step * 0.76, height * 0.62)
            for k in range(count)
        ]
        d.path("".join(panels), place.tint(darker(wainscot, 0.18)), 0.55)
        d.rect(
            room.left,
            room.floor - height - place.u * 0.6,
            room.width,
            place.u * 1.0,
            place.tint(lighter(wainscot, 0.22)),
        )
        for corner, x in ((lf, room.left), (rf, room.right)):
            scale = (corner[0] - vx) / (x - vx)
            d.polygon(
                [
                    (x, room.floor - height),
                    (x, room.floor),
                    corner,
                    (corner[0], vy + (room.floor - height - vy) * scale),
                ],
                place.tint(darker(wainscot, 0.30)),
            )
    else:
        d.rect(room.left, room.floor - place.u * 1.6, room.width, place.u * 1.6, place.tint(darker(wall, 0.30)))
    d.rect(room.left, room.top, room.width, place.u * 1.3, place.tint(lighter(wall, 0.25)))
    d.rect(
        room.left,
        room.top + place.u * 1.3,
        room.width,
        place.u * 2.2,
        d.linear([(0, "#120c1c", 0.22), (1, "#120c1c", 0.0)]),
    )
    d.line(
        points_path([lt, (room.left, room.top), (room.left, room.floor), lf], closed=False),
        place.tint(darker(wall, 0.42)),
        place.u * 0.22,
        0.6,
    )
    d.line(
        points_path([rt, (room.right, room.top), (room.right, room.floor), rf], closed=False),
        place.tint(darker(wall, 0.42)),
        place.u * 0.22,
        0.6,
    )
    d.rect(0, room.floor, place.w, place.man * 0.16, d.linear([(0, "#120c1c", 0.34), (1, "#120c1c", 0.0)]))
    if beams:
        for k in range(5):
            x = room.x(0.1 + 0.2 * k)
            far = (x - vx) * 1.35 + vx
            d.polygon(
                [(x - place.u, room.top), (x + place.u, room.top), (far + place.u * 2, 0), (far - place.u * 2, 0)],
                place.tint("#4c3729"),
            )
        d.rect(room.left, room.top - place.u * 0.8, room.width, place.u * 2.4, place.tint("#5a4230"))
    return room


def _pattern(place: Place, room: Room, wall: str, pattern: str) -> None:
    d, u = place.d, place.u
    c = place.chance.branch("pattern")
    tone = place.tint(darker(wall, 0.16))
    if pattern == "stripes":
        step = room.width / max(6, round(room.width / (u * 6.4)))
        count = round(room.width / step)
        d.path(
            "".join(rect_path(room.left + step * k, room.top, step * 0.5, room.floor - room.top) for k in range(count)),
            tone,
            0.30,
        )
    elif pattern == "sprigs":
        step, parts = u * 6.2, []
        rows = int((room.floor - room.top) / step) + 1
        for row in range(rows):
            for k in range(int(room.width / step) + 1):
                x, y = room.left + step * (k + 0.5 * (row % 2)) + u, room.top + step * (row + 0.5)
                if x < room.right - u:
                    parts.append(
                        f"M{num(x)} {num(y - u)}q{num(u * 0.9)} {num(u)} 0 {num(u * 2)}"
                        f"q{num(-u * 0.9)} {num(-u)} 0 {num(-u * 2)}ZM{num(x)} {num(y + u * 0.6)}"
                        f"q{num(u * 1.3)} {num(-u * 0.7)} {num(u * 1.5)} {num(-u * 1.2)}"
                        f"q{num(-u)} 0 {num(-u * 1.5)} {num(u * 1.2)}ZM{num(x)} {num(y + u * 0.6)}"
                        f"q{num(-u * 1.3)} {num(-u * 0.7)} {num(-u * 1.5)} {num(-u * 1.2)}"
                        f"q{num(u)} 0 {num(u * 1.5)} {num(u * 1.2)}Z"
                    )
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
        d.line(
            "".join(
                f"M{num(room.left)} {num(room.top + step * k)}H{num(room.right)}"
                for k in range(int((room.floor - room.top) / step) + 1)
            ),
            place.tint(darker(wall, 0.4)),
            u * 0.3,
            0.6,
        )
        knots = "".join(
            ellipse_path(room.x(c.unit()), c.between(room.top, room.floor), u * 0.7, u * 0.3) for _ in range(16)
        )
        d.path(knots, place.tint(darker(wall, 0.4)), 0.4)


def _floor(place: Place, room: Room, colour: str, boards: str, left: Point, right: Point) -> None:
    d, vx, vy = place.d, place.w / 2, place.horizon
    d.polygon(
        [(room.left, room.floor), (room.right, room.floor), right, (place.w, place.h), (0, place.h), left],
        d.linear(
            [(0, place.tint(darker(colour, 0.16))), (0.5, place.tint(colour)), (1, place.tint(lighter(colour, 0.06)))]
        ),
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
