"""Text as XML: escaped, without what XML cannot hold. Nothing of a book's own markup gets through."""

from __future__ import annotations

import re
from html import escape

_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(value: str) -> str:
    """For an element's content and, in double quotes, an attribute's value."""
    return escape(_IMPOSSIBLE.sub("", value))


def clock(milliseconds: int) -> str:
    """A SMIL clock value: "0:01:02.345"."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
