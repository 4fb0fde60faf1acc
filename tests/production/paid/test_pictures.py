"""What counts as a picture: only a whole one, of the asked ratio, with something on it."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest

from litink.objects import sha256_of
from litink.production.paid.pictures import lightened, picture_of
from litink.providers.base import Ratio
from litink.providers.wire import Answer, WrongAnswer


def drawn(suffix: str = ".png", width: int = 640, height: int = 360, *, blank: bool = False) -> bytes:
    image = np.full((height, width, 3), 90, np.uint8)
    if not blank:
        cv2.circle(image, (width // 2, height // 2), 80, (10, 200, 240), -1)
    return bytes(cv2.imencode(suffix, image)[1])


def answer(data: bytes, media_type: str = "image/png") -> Answer:
    return Answer(data, media_type, {"pictures": 1}, None, "1")


@pytest.mark.parametrize(
    ("suffix", "media_type"), [(".png", "image/png"), (".jpg", "image/jpeg"), (".webp", "image/webp")]
)
def test_the_kind_is_told_by_the_bytes_whatever_the_provider_says(suffix: str, media_type: str) -> None:
    picture = picture_of(answer(drawn(suffix), "text/plain"), "16:9")
    assert (picture.media_type, picture.width, picture.height) == (media_type, 640, 360)


def enormous() -> bytes:
    """A PNG of a few bytes that says that it is 60,000 pixels square."""
    data = struct.pack(">II5B", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + data
    end = b"\x00\x00\x00\x00IEND\xaeB`\x82"
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + end


@pytest.mark.parametrize(
    ("data", "ratio", "code"),
    [
        (b"", "16:9", "picture-unreadable"),
        (b"<html>Service busy</html>", "16:9", "picture-unreadable"),
        (drawn()[:900], "16:9", "picture-unreadable"),
        (drawn(".jpg")[:-40], "16:9", "picture-unreadable"),
        (drawn(".bmp"), "16:9", "picture-unreadable"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "16:9", "picture-unreadable"),
        (enormous(), "1:1", "picture-unreadable"),
        (drawn(width=64, height=36), "16:9", "picture-too-small"),
        (drawn(), "9:16", "picture-ratio"),
        (drawn(width=512, height=512), "16:9", "picture-ratio"),
        (drawn(blank=True), "16:9", "picture-blank"),
    ],
)
def test_anything_else_is_a_wrong_answer(data: bytes, ratio: Ratio, code: str) -> None:
    with pytest.raises(WrongAnswer) as wrong:
        picture_of(answer(data), ratio)
    assert wrong.value.code == code


def test_a_models_own_rounding_of_a_ratio_is_accepted() -> None:
    assert picture_of(answer(drawn(width=1408, height=768)), "16:9").width == 1408


def test_what_goes_along_is_light_and_the_same_every_time() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (2048, 2048, 3), np.uint8)
    heavy = bytes(cv2.imencode(".png", cv2.GaussianBlur(noise, (0, 0), 3))[1])
    upload = lightened(heavy, "image/png")
    assert len(upload.read()) < 1_000_000 < len(heavy)
    assert upload.sha == sha256_of(upload.read()) == lightened(heavy, "image/png").sha
    sent = cv2.imdecode(np.frombuffer(upload.read(), np.uint8), cv2.IMREAD_COLOR)
    assert sent is not None
    assert sent.shape == (1280, 1280, 3)
    assert upload.media_type == "image/jpeg"
    assert lightened(drawn(), "image/png").read() == drawn()
