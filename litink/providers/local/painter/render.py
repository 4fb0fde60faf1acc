"""Putting a sharp drawing over a soft one, and pixels back into PNG bytes. Everything else is SVG (svg.py)."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from litink.providers.local.painter.svg import Drawing

Pixels = npt.NDArray[np.uint8]
_SHRINK = 3  # the soft ground is painted at a third of the size: cheaper than sharp, and most of the softness


def decoded(png: bytes) -> Pixels:
    """Blue, green, red and alpha, where there is any."""
    return np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED), dtype=np.uint8)


def encoded(pixels: Pixels) -> bytes:
    return bytes(cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1].tobytes())


def over_soft(ground: Drawing, near: Drawing, *, blur: float) -> bytes:
    """PNG bytes of ``near`` over ``ground`` out of focus; ``blur`` is a sigma in pixels of the shrunk ground."""
    width, height = round(near.width), round(near.height)
    small = decoded(ground.png(width // _SHRINK))[:, :, :3]
    soft = cv2.GaussianBlur(small, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
    picture = np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    layer = decoded(near.png())
    rows = np.flatnonzero(layer[:, :, 3].any(axis=1))
    if rows.size:
        band = slice(int(rows[0]), int(rows[-1]) + 1)
        alpha = layer[band, :, 3:].astype(np.uint16)
        mixed = layer[band, :, :3] * alpha + picture[band] * (255 - alpha)
        picture[band] = ((mixed + 127) // 255).astype(np.uint8)
    return encoded(picture)
