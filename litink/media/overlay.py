"""Words laid over moving pictures: burned captions and the mark of a subscription. No timing of captions here."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from litink.media.captions import Cue
from litink.media.stills import Plane, i420
from litink.media.timeline import FPS
from litink.providers.local.painter.lettering import cleaned, fonts_for
from litink.providers.local.painter.svg import Drawing, num

OVERLAY_VERSION = 1  # raised when the same words come out looking different
_F = np.float32
_SANS = "Source Sans 3"
# The size of burned captions follows broadcast practice: about 1/18 of the height, or of the width of an upright frame.
_CAPTION_SIZE, _CAPTION_LEADING, _CAPTION_BOTTOM = 0.052, 1.24, 0.06
_MARK_SIZE, _MARK_MARGIN, _MARK_OPACITY = 0.030, 0.035, 0.62


class Overlay:
    """A picture with transparency at a place of the frame, put over one I420 buffer after another."""

    def __init__(self, rgba: npt.NDArray[np.uint8], x: int, y: int) -> None:
        """``rgba`` has shape (rows, columns, 4), red first; its sides, ``x`` and ``y`` are even."""
        self._x, self._y = x, y
        red, green, blue, alpha = (rgba[..., channel].astype(np.float32) for channel in range(4))
        # R'G'B' (full range) to Y'CbCr, ITU-R BT.709, studio range.
        luma = _F(0.2126) * red + _F(0.7152) * green + _F(0.0722) * blue
        chroma = [(blue - luma) / _F(0.9278), (red - luma) / _F(0.7874)]
        share = alpha / _F(255)
        self._planes = (
            _weighted(luma * _F(219 / 255) + _F(16), share),
            *(_weighted(_halved(plane * _F(112 / 255) + _F(128)), _halved(share)) for plane in chroma),
        )

    def put(self, buffer: Plane, width: int, height: int) -> None:
        """Change the buffer."""
        for number, (plane, (colour, rest)) in enumerate(zip(i420(buffer, width, height), self._planes, strict=True)):
            x, y = (self._x, self._y) if number == 0 else (self._x // 2, self._y // 2)
            rows, columns = colour.shape
            part = plane[y : y + rows, x : x + columns]
            part[:] = (part * rest + colour + 128) >> 8


def _weighted(colour: npt.NDArray[np.float32], alpha: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.uint16], ...]:
    """What is added, and what of the picture stays, both in 1/256."""
    kept = np.round((1 - alpha) * 256)
    return np.round(colour * (256 - kept)).astype(np.uint16), kept.astype(np.uint16)


def _halved(plane: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    size = (plane.shape[1] // 2, plane.shape[0] // 2)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)


def overlaid(frames: Iterable[Plane], cues: Sequence[Cue], mark: str, width: int, height: int) -> Iterator[Plane]:
    """The frames with captions burned in (times are seconds from the first frame) and ``mark`` in a corner."""
    if not cues and not mark:
        yield from frames
        return
    corner = _mark(mark, width, height) if mark else None
    mixed = np.empty((height * 3 // 2, width), np.uint8)
    shown: Cue | None = None
    caption: Overlay | None = None
    for number, frame in enumerate(frames):
        time = number / FPS
        cue = next((cue for cue in cues if cue.start <= time < cue.end), None)
        if cue is not shown:
            shown, caption = cue, _caption(cue.lines, width, height) if cue else None
        mixed[:] = frame
        for layer in (corner, caption):
            if layer is not None:
                layer.put(mixed, width, height)
        yield mixed


def _caption(lines: Sequence[str], width: int, height: int) -> Overlay:
    """Lines centred at the bottom, white with a dark rim on a shade: readable over any picture."""
    size = _CAPTION_SIZE * min(width, height)
    pad = size * 0.35
    step = size * _CAPTION_LEADING
    rows = _even(step * len(lines) + 2 * pad)
    drawing = Drawing(width, rows)
    longest = max(len(line) for line in lines)
    shade = min(width * 0.96, longest * size * 0.47 + 2.6 * pad)  # the average letter is 0.47 em wide
    drawing.rect((width - shade) / 2, 0, shade, rows, "#000000", 0.42, round=size * 0.18)
    for number, line in enumerate(lines):
        y = pad + step * number + size * 0.92
        _text(drawing, line, width / 2, y, size, "middle", 1.0)
    return Overlay(_rendered(drawing, "".join(lines)), 0, _even(height * (1 - _CAPTION_BOTTOM)) - rows)


@lru_cache(maxsize=8)
def _mark(words: str, width: int, height: int) -> Overlay:
    size, margin = _MARK_SIZE * min(width, height), _MARK_MARGIN * min(width, height)
    rows = _even(size * 1.5)
    drawing = Drawing(width, rows)
    _text(drawing, words, width - margin, size * 1.05, size, "end", _MARK_OPACITY)
    return Overlay(_rendered(drawing, words), 0, _even(margin * 0.7))


def _text(drawing: Drawing, line: str, x: float, y: float, size: float, anchor: str, opacity: float) -> None:
    words = html.escape(cleaned(line))
    style = f'font-family="{_SANS}" font-size="{num(size)}" text-anchor="{anchor}"'
    place = f'x="{num(x)}" y="{num(y)}"'
    rim = f'fill="none" stroke="#000000" stroke-opacity="{opacity * 0.75:.2f}" stroke-width="{num(size * 0.13)}"'
    drawing.raw(f'<text {place} {style} {rim} stroke-linejoin="round">{words}</text>')
    drawing.raw(f'<text {place} {style} fill="#ffffff" fill-opacity="{opacity:.2f}">{words}</text>')


def _rendered(drawing: Drawing, words: str) -> npt.NDArray[np.uint8]:
    sans = Path(str(files("rendercv_fonts"))) / _SANS / "SourceSans3-Regular.ttf"
    png = drawing.png(fonts=(str(sans), *fonts_for(words)), family=_SANS)
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None  # our own drawing
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA), np.uint8)


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
