"""Shots that move by themselves: a short video played into its shot's time. Decoding and pace; no camera, no stills."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace, Interpolation

from litink.errors import PermanentFailure
from litink.media.stills import Plane, even, i420
from litink.media.timeline import FPS, SLOWEST_MOTION

_SHARP = 1 / 8  # of the time to the next frame: nearer than this a frame is shown as it is, between them two are mixed
_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED: the file does not say how its colours are meant
_HD_ROWS = 720  # then they are BT.709 from here on, BT.601 below


@dataclass(frozen=True)
class _Frame:
    time: float  # seconds from the first
    buffer: Plane


class MovingTake:
    """A video in a shot: ``frame(n)`` is its n-th visible frame, asked for in rising order.

    A video that is shorter than the shot is slowed down, by half at most, and its last frame then held; of a longer
    one the end is not shown. It is cut to the frame's ratio around its middle. At most two frames are held at a time.
    """

    def __init__(
        self,
        data: bytes,
        seconds: float,
        frames: int,
        width: int,
        height: int,
        *,
        slowest: float = SLOWEST_MOTION,
    ) -> None:
        """``seconds`` is how long the video is, ``frames`` how many are visible, ``slowest`` how many times its own
        length it may last.

        Raises PermanentFailure ``motion-unreadable``.
        """
        self._width, self._height = width, height
        self._pace = min(1.0, max(1 / slowest, seconds * FPS / max(1, frames)))
        self._source = self._decoded(data)
        self._before = next(self._source, None)
        if self._before is None:
            raise _unreadable("it holds no picture")
        self._after = next(self._source, None)
        self._mixed = np.empty((height * 3 // 2, width), np.uint8)

    def frame(self, number: int) -> Plane:
        """An I420 buffer of shape (height * 3 / 2, width), valid until the next call."""
        now = number / FPS * self._pace
        assert self._before is not None
        while self._after is not None and self._after.time <= now:
            self._before, self._after = self._after, next(self._source, None)
        if self._after is None:
            return self._before.buffer
        way = (now - self._before.time) / (self._after.time - self._before.time)
        if way < _SHARP:
            return self._before.buffer
        if way > 1 - _SHARP:
            return self._after.buffer
        cv2.addWeighted(self._before.buffer, 1 - way, self._after.buffer, way, 0, dst=self._mixed)
        return self._mixed

    def _decoded(self, data: bytes) -> Iterator[_Frame]:
        try:
            with av.open(io.BytesIO(data), "r") as container:
                if not container.streams.video:
                    return
                first: float | None = None
                last = -1.0
                for frame in container.decode(video=0):
                    time = float(frame.time or 0.0)
                    first = time if first is None else first
                    if time - first > last:  # a clock that stands still or runs backwards shows nothing new
                        last = time - first
                        yield _Frame(last, self._fitted(frame))
        except (FFmpegError, ValueError) as error:
            raise _unreadable(str(error)) from error

    def _fitted(self, frame: av.VideoFrame) -> Plane:
        scale = max(self._width / frame.width, self._height / frame.height)
        width, height = even(frame.width * scale), even(frame.height * scale)
        width, height = max(width, self._width), max(height, self._height)
        scaled = frame.reformat(
            width=width,
            height=height,
            format="yuv420p",
            src_colorspace=_guessed(frame.height) if frame.colorspace == _UNSPECIFIED else None,
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.AREA if scale < 1 else Interpolation.BICUBIC,
        ).to_ndarray()
        if (width, height) == (self._width, self._height):
            return np.asarray(scaled, np.uint8)
        left, top = (width - self._width) // 4 * 2, (height - self._height) // 4 * 2
        buffer = np.empty((self._height * 3 // 2, self._width), np.uint8)
        sources, targets = i420(np.asarray(scaled, np.uint8), width, height), i420(buffer, self._width, self._height)
        for source, target, step in zip(sources, targets, (1, 2, 2), strict=True):
            x, y = left // step, top // step
            target[:] = source[y : y + target.shape[0], x : x + target.shape[1]]
        return buffer


def _guessed(rows: int) -> int:
    return Colorspace.ITU709 if rows >= _HD_ROWS else Colorspace.ITU601


def _unreadable(why: str) -> PermanentFailure:
    return PermanentFailure("motion-unreadable", f"A moving picture cannot be read ({why}). Make it again.")
