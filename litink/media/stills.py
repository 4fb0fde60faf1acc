"""Still pictures as the camera needs them: decoded, fitted to the frame, as YUV 4:2:0 planes. No motion here."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from litink.errors import PermanentFailure
from litink.media.camera import View

Plane = npt.NDArray[np.uint8]

# The camera samples a picture that is this much finer than the frame: measured against 24-fold supersampling, bilinear
# sampling then keeps the drawing's sharpness (51 dB); at 1.0 it loses half of it and the loss changes as it moves.
FINENESS = 1.5

# BGR (full range) to Y'CbCr, ITU-R BT.709, studio range.
_TO_YUV = np.array(
    [
        [0.0722 * 219 / 255, 0.7152 * 219 / 255, 0.2126 * 219 / 255, 16],
        [0.5 * 224 / 255, -0.3854 * 224 / 255, -0.1146 * 224 / 255, 128],
        [-0.0458 * 224 / 255, -0.4542 * 224 / 255, 0.5 * 224 / 255, 128],
    ],
    np.float32,
)


@dataclass(frozen=True)
class Still:
    """A picture's planes; chroma has half the size of luma and lies in the middle of its four luma samples."""

    y: Plane
    u: Plane
    v: Plane

    def look(self, view: View, into: Plane, width: int, height: int) -> None:
        """Sample ``view`` into an I420 buffer of shape (height * 3 / 2, width), chroma sited left as H.264 has it."""
        self.sample(Sampling.of(view, self.y.shape, width, height), i420(into, width, height))

    def sample(self, at: Sampling, into: tuple[Plane, Plane, Plane]) -> None:
        """Luma and chroma of a stretch of the frame."""
        sx, sy, tx, ty = at.sx, at.sy, at.tx, at.ty
        _warp(self.y, into[0], sx, tx, sy, ty)
        for source, target in ((self.u, into[1]), (self.v, into[2])):
            _warp(source, target, sx, (tx - 0.5) / 2, sy, (0.5 * sy + ty - 0.5) / 2)


@dataclass(frozen=True)
class Sampling:
    """Where a frame's pixels lie in a still: column c of the frame at ``sx * c + tx``, row r at ``sy * r + ty``."""

    sx: float
    tx: float
    sy: float
    ty: float

    @classmethod
    def of(cls, view: View, still: tuple[int, ...], width: int, height: int) -> Sampling:
        """``still``: rows and columns of its luma; ``width`` x ``height`` is the frame."""
        rows, columns = still
        sx, sy = columns / view.zoom / width, rows / view.zoom / height
        return cls(sx, view.left * columns + (sx - 1) / 2, sy, view.top * rows + (sy - 1) / 2)

    def within(self, column: int, row: int, left: int, top: int) -> Sampling:
        """The same for a frame that begins at ``column`` and ``row``, and a still that begins at ``left`` and ``top``;
        all even."""
        return Sampling(self.sx, self.tx + self.sx * column - left, self.sy, self.ty + self.sy * row - top)


def i420(buffer: Plane, width: int, height: int) -> tuple[Plane, Plane, Plane]:
    """The planes of an I420 buffer of shape (height * 3 / 2, width), as views."""
    flat = buffer.reshape(-1)
    luma, chroma = width * height, width * height // 4
    return (
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(height // 2, width // 2),
        flat[luma + chroma :].reshape(height // 2, width // 2),
    )


def load_still(data: bytes, width: int, height: int) -> Still:
    """Decode a picture (PNG, JPEG, WebP) and cut it to the ratio of ``width`` x ``height`` around its middle.

    Raises PermanentFailure ``picture-unreadable``.
    """
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        image = None
    if image is None:
        raise PermanentFailure("picture-unreadable", "A picture cannot be read. Make it again.")
    return planes_of(_fitted(np.asarray(image, np.uint8), width, height))


def placeholder(width: int, height: int) -> Still:
    """What is shown where a picture is missing: a quiet grey that says so."""
    rows, columns = even(height * FINENESS), even(width * FINENESS)
    shade = np.linspace(70, 40, rows).astype(np.uint8)[:, None, None]
    image = np.ascontiguousarray(np.broadcast_to(shade, (rows, columns, 3)))
    text, font = "Picture not made yet", cv2.FONT_HERSHEY_DUPLEX
    size = min(rows, columns) / 700
    (w, h), _ = cv2.getTextSize(text, font, size, 2)
    cv2.putText(image, text, ((columns - w) // 2, (rows + h) // 2), font, size, (190, 190, 190), 2, cv2.LINE_AA)
    return planes_of(image)


def even(length: float) -> int:
    return max(2, round(length / 2) * 2)


@dataclass(frozen=True)
class Fit:
    """Which part of a picture a still shows, and how large the still is. Pixels."""

    left: int
    top: int
    cut: tuple[int, int]  # width, height
    size: tuple[int, int]  # width, height

    @classmethod
    def of(cls, picture: tuple[int, int], width: int, height: int) -> Fit:
        """``picture``: its width and height; ``width`` x ``height`` is the frame."""
        columns, rows = picture
        scale = max(width / columns, height / rows)  # from picture to frame
        cut_w, cut_h = min(columns, round(width / scale)), min(rows, round(height / scale))
        fineness = min(FINENESS, max(1.0, 1 / scale))
        size = (even(width * fineness), even(height * fineness))
        return cls((columns - cut_w) // 2, (rows - cut_h) // 2, (cut_w, cut_h), size)


def _fitted(image: npt.NDArray[np.uint8], width: int, height: int) -> npt.NDArray[np.uint8]:
    fit = Fit.of((image.shape[1], image.shape[0]), width, height)
    image = image[fit.top : fit.top + fit.cut[1], fit.left : fit.left + fit.cut[0]]
    if fit.cut == fit.size:
        return image
    finer = cv2.INTER_AREA if fit.size[0] < fit.cut[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, fit.size, interpolation=finer), np.uint8)


def planes_of(image: npt.NDArray[np.uint8]) -> Still:
    """Blue, green and red of an even number of rows and columns as a still."""
    y, u, v = (np.asarray(plane, np.uint8) for plane in cv2.split(cv2.transform(image, _TO_YUV)))
    return Still(y, _halved(u), _halved(v))


def _halved(plane: Plane) -> Plane:
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def _warp(source: Plane, target: Plane, sx: float, tx: float, sy: float, ty: float) -> None:
    rows, columns = target.shape
    matrix = np.array([[sx, 0.0, tx], [0.0, sy, ty]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpAffine(source, matrix, (columns, rows), dst=target, flags=flags, borderMode=cv2.BORDER_REPLICATE)
