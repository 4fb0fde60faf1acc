"""What a file says about itself: title, author, cover, chapter list. Only how it is written down."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from litink.media.mp4.boxes import box, full
from litink.media.timeline import Marker

_ITUNES_KINDS = {"film": 9, "audiobook": 2}


@dataclass(frozen=True)
class Tags:
    title: str
    author: str = ""
    album: str = ""
    genre: str = ""
    comment: str = ""
    cover: bytes = b""  # JPEG or PNG
    kind: Literal["film", "audiobook"] = "film"
    chapters: tuple[Marker, ...] = ()


def user_data(tags: Tags) -> bytes:
    """The ``udta`` box: iTunes metadata, and Nero's chapter list, which holds at most 255 entries."""
    parts = [_meta(tags)]
    if tags.chapters:
        parts.append(_chapter_list(tags.chapters[:255]))
    return box("udta", *parts)


def _meta(tags: Tags) -> bytes:
    texts = {
        "\xa9nam": tags.title,
        "\xa9ART": tags.author,
        "aART": tags.author,
        "\xa9alb": tags.album,
        "\xa9gen": tags.genre,
        "\xa9cmt": tags.comment,
    }
    items = [_item(name, 1, text.encode()) for name, text in texts.items() if text]
    items.append(_item("stik", 21, bytes([_ITUNES_KINDS[tags.kind]])))
    if tags.cover:
        items.append(_item("covr", 14 if tags.cover.startswith(b"\x89PNG") else 13, tags.cover))
    handler = full("hdlr", 0, 0, bytes(4), b"mdirappl", bytes(9))
    return full("meta", 0, 0, handler, box("ilst", *items))


def _item(name: str, type: int, value: bytes) -> bytes:
    return box(name, box("data", struct.pack(">II", type, 0), value))


def _chapter_list(chapters: tuple[Marker, ...]) -> bytes:
    entries = []
    for chapter in chapters:
        title = _cut(chapter.title, 255)
        entries.append(struct.pack(">QB", round(chapter.start * 10_000_000), len(title)) + title)
    return full("chpl", 1, 0, struct.pack(">IB", 0, len(entries)), *entries)


def _cut(text: str, limit: int) -> bytes:
    """UTF-8 of at most ``limit`` bytes, never ending inside a character."""
    return text.encode()[:limit].decode(errors="ignore").encode()
