"""Entity tags and byte ranges (RFC 9110, sections 8.8, 13 and 14), as plain functions over header values."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class ByteRange:
    start: int
    end: int  # exclusive

    @property
    def length(self) -> int:
        return self.end - self.start


class Unsatisfiable(Exception):
    """The range asked for lies wholly outside the content."""


def tag_of(*parts: str | int | None) -> str:
    """A strong entity tag for a representation made from these, and only these, parts."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def unchanged(if_none_match: str | None, tag: str) -> bool:
    """Whether the client's copy is still right (weak comparison, as If-None-Match asks for)."""
    if if_none_match is None:
        return False
    if if_none_match.strip() == "*":
        return True
    return any(found.group().removeprefix("W/") == tag for found in _TAG.finditer(if_none_match))


def byte_range(header: str | None, if_range: str | None, tag: str, size: int) -> ByteRange | None:
    """The one range to be sent; None for the whole content.

    A malformed or multiple range is ignored, as the RFC allows, and so is one whose ``if_range`` names other
    content. Raises Unsatisfiable.
    """
    if header is None or (if_range is not None and if_range.strip() != tag):
        return None
    found = _RANGE.fullmatch(header.replace(" ", ""))
    if not found or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise Unsatisfiable
    return ByteRange(start, end)
