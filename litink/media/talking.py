"""Drawn mouths that move: the plan of a scene's mouths, and a shot's frames with the mouths laid over them.

The mouths lie in the picture and not in the frame: they are sampled by the camera as the picture is.
"""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Protocol

import cv2
import numpy as np
from pydantic import Field, ValidationError

from litink.books.model import Frozen
from litink.errors import PermanentFailure
from litink.media.camera import Move
from litink.media.mouths import SHAPES, Shape
from litink.media.stills import Fit, Plane, Sampling, Still, i420, planes_of

_ALIKE = 2.0  # levels of a channel, on average
_MARGIN = 6  # pixels of the still around a mouth, so that its rim is sampled from the picture


class Face(Frozen):
    """A mouth in a picture, and what it does.

    ``shapes``: a PNG with alpha in base64, the shapes of ``SHAPES`` one below the other, each as large as ``box``.
    ``track``: the frames of the clip at which it takes a shape, rising; before the first it is closed.
    """

    box: tuple[int, int, int, int]  # left, top, width, height in pixels of the picture
    shapes: str
    track: tuple[tuple[int, Shape], ...]


class PictureMouths(Frozen):
    width: int = Field(gt=0)  # of the picture
    height: int = Field(gt=0)
    faces: tuple[Face, ...]


class MouthPlan(Frozen):
    """The mouths that move in a scene, by the keys of its pictures."""

    pictures: Mapping[str, PictureMouths]

    def of(self, picture: str) -> Sequence[tuple[PictureMouths, Face]]:
        found = self.pictures.get(picture)
        return [(found, face) for face in found.faces] if found else []


def read_plan(data: bytes) -> MouthPlan:
    """Raises PermanentFailure ``mouths-unreadable``."""
    try:
        return MouthPlan.model_validate_json(data)
    except ValidationError as error:
        raise _unreadable() from error


def shapes_text(shapes: bytes) -> str:
    """A PNG of the shapes as ``Face`` keeps it."""
    return base64.b64encode(shapes).decode("ascii")


def shows(picture: bytes, box: tuple[int, int, int, int], seen: bytes) -> bool:
    """Whether a picture shows in ``box`` what ``seen`` does, a PNG with alpha: else it is another one, which the mouth
    does not fit."""
    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    wanted = cv2.imdecode(np.frombuffer(seen, np.uint8), cv2.IMREAD_UNCHANGED)
    left, top, width, height = box
    if image is None or wanted is None or wanted.shape != (height, width, 4):
        return False
    part = image[top : top + height, left : left + width]
    opaque = wanted[:, :, 3] == 255
    if part.shape[:2] != (height, width) or not opaque.any():
        return False
    return float(np.abs(part.astype(np.int16) - wanted[:, :, :3])[opaque].mean()) < _ALIKE


class _Pictures(Protocol):
    def frame(self, number: int) -> Plane: ...


class MovingMouth:
    """A face's shapes over a still, of a frame of ``width`` x ``height``: what of the still they change, cut out."""

    def __init__(self, face: tuple[PictureMouths, Face], still: Still, width: int, height: int) -> None:
        """Raises PermanentFailure ``mouths-unreadable``."""
        picture, self._face = face
        self._size = (width, height)
        self._still = still
        self._starts = [frame for frame, _ in self._face.track]
        self._fit = Fit.of((picture.width, picture.height), width, height)
        x, y, w, h = self._face.box
        across, down = self._fit.size[0] / self._fit.cut[0], self._fit.size[1] / self._fit.cut[1]
        self._at = ((x - self._fit.left) * across, (y - self._fit.top) * down, w * across, h * down)  # in the still
        rows, columns = still.y.shape
        left, top = (max(0, int(edge) - _MARGIN) // 2 * 2 for edge in self._at[:2])
        right = min(columns, int(self._at[0] + self._at[2]) + _MARGIN) // 2 * 2
        bottom = min(rows, int(self._at[1] + self._at[3]) + _MARGIN) // 2 * 2
        self._part = (left, top, right, bottom)
        self._patches: dict[Shape, Still] = {}
        self._atlas = self._decoded()

    def _decoded(self) -> Plane:
        try:
            data = base64.b64decode(self._face.shapes, validate=True)
            atlas = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        except (ValueError, cv2.error) as error:
            raise _unreadable() from error
        _, _, width, height = self._face.box
        if atlas is None or atlas.shape != (height * len(SHAPES), width, 4):
            raise _unreadable()
        return np.asarray(atlas, np.uint8)

    def shape_at(self, frame: int) -> Shape:
        """``frame`` of the clip."""
        number = bisect_right(self._starts, frame) - 1
        return self._face.track[number][1] if number >= 0 else "closed"

    def show(self, shape: Shape, move: Move, progress: float, into: Plane) -> None:
        """Lay the shape over a frame (I420) that shows the still as ``move`` has it at ``progress``."""
        width, height = self._size
        left, top, right, bottom = self._part
        if right - left < 2 or bottom - top < 2:
            return  # it lies where the frame's ratio has cut the picture off
        at = Sampling.of(move.at(progress), self._still.y.shape, width, height)
        # Columns and rows of the frame whose samples lie inside the part, with a pixel to spare for interpolation.
        x0, x1 = _inside(left + 1, right - 2, at.sx, at.tx, width)
        y0, y1 = _inside(top + 1, bottom - 2, at.sy, at.ty, height)
        if x1 - x0 < 2 or y1 - y0 < 2:
            return
        luma, u, v = i420(into, width, height)
        target = (
            np.empty((y1 - y0, x1 - x0), np.uint8),
            np.empty(((y1 - y0) // 2, (x1 - x0) // 2), np.uint8),
            np.empty(((y1 - y0) // 2, (x1 - x0) // 2), np.uint8),
        )
        self._patch(shape).sample(at.within(x0, y0, left, top), target)
        luma[y0:y1, x0:x1] = target[0]
        u[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2] = target[1]
        v[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2] = target[2]

    def _patch(self, shape: Shape) -> Still:
        """The part of the still with the mouth in this shape."""
        if shape not in self._patches:
            left, top, right, bottom = self._part
            _, _, width, height = self._face.box
            row = SHAPES.index(shape) * height
            drawn = self._atlas[row : row + height]
            across, down = self._at[2] / width, self._at[3] / height
            matrix = np.array(
                [
                    [across, 0.0, self._at[0] - left + (across - 1) / 2],
                    [0.0, down, self._at[1] - top + (down - 1) / 2],
                ]
            )
            size = (right - left, bottom - top)
            colours = np.ascontiguousarray(drawn[:, :, :3])
            opacity = np.ascontiguousarray(drawn[:, :, 3])
            placed = planes_of(
                np.asarray(
                    cv2.warpAffine(colours, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
                    np.uint8,
                )
            )
            alpha = np.asarray(cv2.warpAffine(opacity, matrix, size, flags=cv2.INTER_LINEAR), np.uint8)
            half = np.asarray(cv2.resize(alpha, (size[0] // 2, size[1] // 2), interpolation=cv2.INTER_AREA), np.uint8)
            luma, chroma = (
                (slice(top, bottom), slice(left, right)),
                (slice(top // 2, bottom // 2), slice(left // 2, right // 2)),
            )
            self._patches[shape] = Still(
                _over(self._still.y[luma], placed.y, alpha),
                _over(self._still.u[chroma], placed.u, half),
                _over(self._still.v[chroma], placed.v, half),
            )
        return self._patches[shape]


class TalkingTake:
    """A still through the camera, its mouths moving: ``frame(n)`` is its n-th visible frame, asked for in rising
    order."""

    def __init__(self, take: _Pictures, move: Move, frames: int, first: int, mouths: Sequence[MovingMouth]) -> None:
        """``first``: the frame of the clip that is the first visible one."""
        self._take, self._move, self._frames, self._first = take, move, frames, first
        self._mouths = mouths
        self._buffer: Plane | None = None

    def frame(self, number: int) -> Plane:
        """An I420 buffer, valid until the next call."""
        picture = self._take.frame(number)
        if not self._mouths:
            return picture
        if self._buffer is None:
            self._buffer = np.empty_like(picture)
        np.copyto(self._buffer, picture)
        progress = number / max(1, self._frames - 1)
        for mouth in self._mouths:
            mouth.show(mouth.shape_at(self._first + number), self._move, progress, self._buffer)
        return self._buffer


def _inside(low: float, high: float, scale: float, shift: float, length: int) -> tuple[int, int]:
    """The even range of pixels of a frame's side whose places in the still lie in [low, high]."""
    first = max(0, int(np.ceil((low - shift) / scale)))
    last = min(length, int(np.floor((high - shift) / scale)) + 1)
    return first + first % 2, last - last % 2


def _over(below: Plane, above: Plane, alpha: Plane) -> Plane:
    weight = alpha.astype(np.uint16)
    return np.asarray((above * weight + below * (255 - weight) + 127) // 255, np.uint8)


def _unreadable() -> PermanentFailure:
    return PermanentFailure("mouths-unreadable", "The plan of a scene's mouths cannot be read. Make it again.")
