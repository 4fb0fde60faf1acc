"""Cover pictures: recognised by their bytes, refused by their claimed size; never decoded here."""

from __future__ import annotations

import base64
import binascii
import re
import struct

from litink.books.model import Cover

MAX_BYTES = 20 << 20
MAX_DOTS = 50_000_000  # width x height
MIN_SIDE = 32
_EMBEDDED = re.compile(rb"data:image/(?:jpe?g|png|webp|gif);base64,")


def usable_cover(data: bytes) -> Cover | None:
    """The picture as a cover, or None when it is broken, absurdly large, or of an unsafe kind.

    An SVG is never passed on (it may carry scripts); the photograph inside it, if there is one, is.
    """
    if not data or len(data) > MAX_BYTES:
        return None
    head = data[:2048].lstrip()
    if head.startswith((b"<?xml", b"<svg", b"<!DOCTYPE svg", b"<!--")) and b"<svg" in head:
        embedded = _EMBEDDED.search(data)
        end = data.find(data[embedded.start() - 1 : embedded.start()], embedded.end()) if embedded else -1
        if not embedded or end < 0:
            return None
        try:
            return usable_cover(base64.b64decode(data[embedded.end() : end]))
        except (binascii.Error, ValueError):
            return None
    found = _measure(data)
    if found is None:
        return None
    media_type, width, height = found
    if min(width, height) < MIN_SIDE or width * height > MAX_DOTS:
        return None
    return Cover(media_type=media_type, data=data)


def _measure(data: bytes) -> tuple[str, int, int] | None:
    """Media type, width and height in dots, from the header alone; None when the file is none or breaks off."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) > 33 and data[12:16] == b"IHDR" and b"IEND" in data[-16:]:
        return ("image/png", *struct.unpack(">II", data[16:24]))
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) > 10:
        return ("image/gif", *struct.unpack("<HH", data[6:10]))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) > 30:
        return _measure_webp(data)
    if data.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in data[-64:]:
        return _measure_jpeg(data)
    return None


def _measure_webp(data: bytes) -> tuple[str, int, int] | None:
    if data[12:16] == b"VP8X":
        return "image/webp", int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return "image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", data[26:30])
    return "image/webp", width & 0x3FFF, height & 0x3FFF


def _measure_jpeg(data: bytes) -> tuple[str, int, int] | None:
    """The frame header (ITU T.81, B.2.2) holds the size; other segments are skipped by their length."""
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return "image/jpeg", width, height
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return None
