"""How the camera moves over a still picture: which move a shot gets and where it looks at any moment. No pixels here.

A view is normalised to the picture: the centre in 0..1 on both axes, and a zoom of at least 1 (1 shows all of it).
"""

from __future__ import annotations

import hashlib
from typing import Literal

from litink.books.model import Frozen
from litink.story.model import ShotSize

MoveKind = Literal["push_in", "pull_out", "pan"]

# Slow enough to be felt rather than seen; documentary practice lies between 0.5 and 1.5 % a second.
_ZOOM_PER_SECOND = 0.0065
_PAN_PER_SECOND = 0.0048  # of the picture's width
_LARGEST_ZOOM = 1.12
_PAN_ZOOM = 1.10
_CARD_ZOOM_PER_SECOND = 0.004
_REFRAMED_ZOOM = 1.32  # when one picture stands for longer than a shot may: by less it looks like a mistake
_RAMP = 0.2  # the part of the time spent speeding up, and again slowing down

_MOVES: dict[ShotSize, tuple[MoveKind, ...]] = {
    "wide": ("push_in", "pan", "pull_out"),
    "medium": ("push_in", "pan"),
    "close_up": ("push_in",),
    "over_the_shoulder": ("push_in", "pull_out"),
    "two_shot": ("push_in", "pan", "pull_out"),
    "pov": ("push_in", "pan"),
    "tracking": ("pan",),
}


class View(Frozen):
    """What the frame shows of the picture."""

    x: float
    y: float
    zoom: float

    @property
    def left(self) -> float:
        return self.x - 0.5 / self.zoom

    @property
    def top(self) -> float:
        return self.y - 0.5 / self.zoom


class Move(Frozen):
    kind: MoveKind
    start: View
    end: View

    def at(self, progress: float) -> View:
        """The view at ``progress`` in 0..1 of the shot's time: eased, and zooming at an even pace to the eye."""
        way = ease(progress)
        first, last = self.start, self.end
        zoom = first.zoom * (last.zoom / first.zoom) ** way
        if first.zoom != last.zoom:
            # Along this line one point of the picture stays where it is in the frame: a zoom, not a zoom and a pan.
            way = (1 / first.zoom - 1 / zoom) / (1 / first.zoom - 1 / last.zoom)
        return View(x=first.x + (last.x - first.x) * way, y=first.y + (last.y - first.y) * way, zoom=zoom)


def ease(progress: float, ramp: float = _RAMP) -> float:
    """Distance covered at ``progress``: even acceleration, steady speed, even braking."""
    progress = min(1.0, max(0.0, progress))
    if progress < ramp:
        return progress * progress / (2 * ramp * (1 - ramp))
    if progress > 1 - ramp:
        return 1 - ease(1 - progress, ramp)
    return (progress - ramp / 2) / (1 - ramp)


def choose_move(size: ShotSize | Literal["card"], seed: str, seconds: float, *, framing: int = 0) -> Move:
    """The move of a shot: the same arguments give the same move.

    ``framing`` counts the times that the same picture has already been shown in a row: every other time it is framed
    closer, to one side and the other, so that it reads as a new shot.
    """
    if size == "card":
        return _zoomed(1.0, 1.0 + _CARD_ZOOM_PER_SECOND * seconds, x=0.5, y=0.5)
    chance = hashlib.sha256(f"{size}\0{seed}".encode()).digest()
    kinds = _MOVES[size]
    kind = kinds[chance[0] % len(kinds)]
    wide = _REFRAMED_ZOOM if framing % 2 else 1.0
    side = (-1 if (chance[1] + framing // 2) % 2 else 1) if framing % 2 else (chance[2] - 128) / 128
    # Faces stand above the middle: what is looked at more closely is there.
    x, y = 0.5 + 0.12 * side, 0.5 if size in ("wide", "tracking") else 0.46
    if kind == "pan":
        zoom = max(wide, _PAN_ZOOM)
        reach = min(_PAN_PER_SECOND * seconds, 1 - 1 / zoom) / 2
        direction = 1 if chance[3] % 2 else -1
        centre = _inside(x if framing else 0.5, zoom, reach)
        height = _inside(y, zoom, 0.0)
        return Move(
            kind="pan",
            start=View(x=centre - direction * reach, y=height, zoom=zoom),
            end=View(x=centre + direction * reach, y=height, zoom=zoom),
        )
    closer = min(wide * (1 + _ZOOM_PER_SECOND) ** seconds, wide * _LARGEST_ZOOM)
    move = _zoomed(wide, closer, x=x, y=y)
    return move if kind == "push_in" else Move(kind=kind, start=move.end, end=move.start)


def _zoomed(wide: float, closer: float, *, x: float, y: float) -> Move:
    """A push towards the point (x, y) of the picture, which keeps its place in the frame."""
    start = View(x=_inside(x, wide, 0.0), y=_inside(y, wide, 0.0), zoom=wide)
    rest = wide / closer
    end = View(x=x + (start.x - x) * rest, y=y + (start.y - y) * rest, zoom=closer)
    return Move(kind="push_in", start=start, end=end)


def _inside(centre: float, zoom: float, reach: float) -> float:
    """The nearest centre from which the view, moved by ``reach`` either way, stays in the picture."""
    half = 0.5 / zoom + reach
    return min(max(centre, half), 1 - half) if half < 0.5 else 0.5
