"""The mouths of a picture's people in the shapes of speech, cut out so that they can be laid over the picture."""

from __future__ import annotations

import math
from collections.abc import Mapping

import cv2
import numpy as np

from litink.media.mouths import SHAPES
from litink.providers.base import DrawnMouth
from litink.providers.local.painter.render import Pixels, decoded, encoded
from litink.providers.local.painter.shots import nearby
from litink.providers.local.painter.svg import Part
from litink.story.model import Character, SceneDescription, Shot

_SMALLEST = 0.045  # of the picture's shorter side: smaller, nobody sees a mouth move
_SAME = 2  # levels of a channel that two renderings of the same thing may differ by
_FEATHER = 3  # pixels: where a shape ends, it fades into the picture


def draw_mouths(
    scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], width: int, height: int
) -> tuple[DrawnMouth, ...]:
    """Of everyone whose face is large enough in the picture that ``compose`` makes of the same arguments."""
    shown = nearby(scene, shot, cast, width, height, None)
    if shown is None:
        return ()
    boxes = {
        who: _pixels(*mouth, width, height)
        for who, mouth in shown.mouths.items()
        if mouth[2] - mouth[0] >= _SMALLEST * min(width, height)
    }
    found: dict[str, list[Pixels]] = {who: [] for who in boxes}
    for shape in SHAPES:
        near = nearby(scene, shot, cast, width, height, shape)
        assert near is not None
        for who, box in boxes.items():
            found[who].append(decoded(near.drawing.png(part=box)))
    result = []
    for who, box in boxes.items():
        seen = decoded(shown.drawing.png(part=box))
        apart = _apart(seen, found[who])
        shapes = [np.dstack([shape[:, :, :3], np.minimum(shape[:, :, 3], apart)]) for shape in found[who]]
        result.append(DrawnMouth(who, box, encoded(np.vstack(shapes)), encoded(seen)))
    return tuple(result)


def _apart(seen: Pixels, shapes: list[Pixels]) -> Pixels:
    """How opaque a shape is: fully where any of them differs from the picture, fading to nothing around that. One mask
    for all, so that no change of shape moves an edge."""
    differs = np.zeros(seen.shape[:2], np.uint8)
    for shape in shapes:
        differs |= (cv2.absdiff(shape, seen).max(axis=2) > _SAME).astype(np.uint8) * 255
    grown = cv2.dilate(differs, np.ones((2 * _FEATHER + 1, 2 * _FEATHER + 1), np.uint8))
    return np.asarray(np.maximum(cv2.blur(grown, (_FEATHER, _FEATHER)), differs), np.uint8)


def _pixels(left: float, top: float, right: float, bottom: float, width: int, height: int) -> Part:
    x, y = max(0, math.floor(left)), max(0, math.floor(top))
    return x, y, min(width, math.ceil(right)) - x, min(height, math.ceil(bottom)) - y
