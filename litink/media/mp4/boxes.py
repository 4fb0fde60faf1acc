"""Boxes, the bricks of an MP4 file (ISO/IEC 14496-12, 4.2): framed and unframed. Their meaning is known elsewhere."""

from __future__ import annotations

import struct
from collections.abc import Iterator


def box(kind: str, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind.encode("latin-1") + body


def full(kind: str, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *parts)


def boxes(data: memoryview) -> Iterator[tuple[str, memoryview]]:
    """The boxes in ``data``, each with its content. Raises ValueError when one does not fit."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        skip = 8
        if size == 1:
            (size,), skip = struct.unpack_from(">Q", data, at + 8), 16
        if size < skip or at + size > len(data):
            raise ValueError("a box does not fit")
        yield kind.decode("latin-1"), data[at + skip : at + size]
        at += size
