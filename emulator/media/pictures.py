"""Pictures: a sky and hills in colours of the prompt's hash, signed as emulated."""

from __future__ import annotations

import hashlib
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
PictureType = Literal["image/png", "image/jpeg"]
_SUFFIX = {"image/png": ".png", "image/jpeg": ".jpg"}


def draw(seed: str, width: int, height: int, shift: float = 0.0) -> Pixels:
    """Height × width × 3, BGR. ``seed`` decides the colours; ``shift`` (0..1) moves the hills, for film."""
    dice = np.random.default_rng(int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]))
    top, bottom, sun, *hills = dice.integers(30, 226, (6, 3)).astype(np.float32)
    ramp = np.linspace(0.0, 1.0, height, dtype=np.float32)[:, None]
    column = (top * (1 - ramp) + bottom * ramp).astype(np.uint8)  # height × 3
    picture = np.repeat(column[:, None, :], width, axis=1)
    x, y = dice.uniform(0.2, 0.8), dice.uniform(0.15, 0.45)
    centre = (int((x + 0.2 * shift) % 1.0 * width), int(y * height))
    cv2.circle(picture, centre, max(2, min(width, height) // 9), sun.tolist(), -1, cv2.LINE_AA)
    along = np.linspace(0.0, 1.0, 64)
    for number, colour in enumerate(hills):
        phase = dice.uniform(0.0, 6.3) + shift * 6.3 * (number + 1) / 3
        ridge = 0.55 + 0.13 * number + 0.06 * np.sin(along * (4 + 2 * number) + phase)
        points = np.stack([along * (width - 1), ridge * height], axis=1)
        outline = np.concatenate([points, [[width - 1, height - 1], [0, height - 1]]]).astype(np.int32)
        cv2.fillPoly(picture, [outline], (colour * 0.7).tolist(), cv2.LINE_AA)
    _sign(picture, seed)
    return picture


def encode(picture: Pixels, media_type: PictureType) -> bytes:
    quality = [cv2.IMWRITE_PNG_COMPRESSION, 1] if media_type == "image/png" else [cv2.IMWRITE_JPEG_QUALITY, 85]
    done, data = cv2.imencode(_SUFFIX[media_type], picture, quality)
    if not done:
        raise ValueError(f"no {media_type} of {picture.shape}")
    return data.tobytes()


def _sign(picture: Pixels, seed: str) -> None:
    height, width = picture.shape[:2]
    scale = min(width, height) / 700
    mark = f"emulated {hashlib.sha256(seed.encode()).hexdigest()[:8]}"
    place = (int(16 * scale) + 2, height - int(18 * scale) - 2)
    thick = max(1, round(2 * scale))
    cv2.putText(picture, mark, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (20, 20, 20), thick * 3, cv2.LINE_AA)
    cv2.putText(picture, mark, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (245, 245, 245), thick, cv2.LINE_AA)
