"""Pictures to and from a provider: made light enough to go along, checked before they count when they come."""

from __future__ import annotations

import cv2
import numpy as np

from litink.books.covers import usable_cover
from litink.objects import sha256_of
from litink.providers.base import Picture, Ratio
from litink.providers.wire import Answer, Upload, WrongAnswer

_RATIOS: dict[Ratio, float] = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0}
_OFF_BY = 1.15  # models round to sizes of their own: 1408 x 768 for 16:9
_SMALLEST = 256  # pixels of the shorter side
_BLANK = 1.5  # standard deviation of the luma of a picture of one colour, which is what a filter puts in place of one
_KINDS = ("image/png", "image/jpeg", "image/webp")
_LIGHT_BYTES = 1_000_000  # as base64 inside JSON, several to a request
_LIGHT_SIDE = 1280  # pixels: as fine as models look at a picture that they are given
_LIGHT_QUALITY = 92


def picture_of(answer: Answer, ratio: Ratio) -> Picture:
    """The picture in an answer, its kind told by its bytes. Raises WrongAnswer when it is none, broken off, absurdly
    large or small, blank, or of another ratio."""
    found = usable_cover(answer.data)  # by its header alone: nothing is decoded that is not of a sane size
    if found is None or found.media_type not in _KINDS or found.data != answer.data:
        raise WrongAnswer("picture-unreadable", "The answer is not a whole picture (PNG, JPEG or WebP).")
    try:
        luma = cv2.imdecode(np.frombuffer(answer.data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        luma = None
    if luma is None:
        raise WrongAnswer("picture-unreadable", "The answer cannot be decoded as a picture.")
    height, width = luma.shape[:2]
    if min(width, height) < _SMALLEST:
        raise WrongAnswer("picture-too-small", f"The picture is {width} x {height} pixels.")
    if not 1 / _OFF_BY <= width / height / _RATIOS[ratio] <= _OFF_BY:
        raise WrongAnswer("picture-ratio", f"The picture is {width} x {height}, asked for was {ratio}.")
    if float(luma.std()) < _BLANK:
        raise WrongAnswer("picture-blank", "The picture is of one colour.")
    return Picture(answer.data, found.media_type, width, height)


def lightened(data: bytes, media_type: str) -> Upload:
    """A picture to be sent along: as it is, or made smaller where it is heavy. Equal bytes become equal bytes."""
    if len(data) > _LIGHT_BYTES:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None  # a picture of ours, checked when it came
        scale = min(1.0, _LIGHT_SIDE / max(image.shape[:2]))
        size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
        smaller = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        data = cv2.imencode(".jpg", smaller, [cv2.IMWRITE_JPEG_QUALITY, _LIGHT_QUALITY])[1].tobytes()
        media_type = "image/jpeg"
    return Upload(sha256_of(data), media_type, lambda: data)
