"""What a paragraph is by its signs and lines alone: verse, or the break between two scenes."""

from __future__ import annotations

import re

MAX_BREAK = 40  # characters
MAX_VERSE_LINE = 75  # characters; longer lines with breaks are prose or addresses
_BREAK = re.compile(rf"[\s*⁂•·~–—―_=#☙❧❦✻✽◆◇○●\-.]{{1,{MAX_BREAK}}}")


def looks_like_break(text: str) -> bool:
    """Whether nothing but ornaments and dashes is printed."""
    return _BREAK.fullmatch(text) is not None


def looks_like_verse(text: str) -> bool:
    """Whether lines broken by hand are verse: none is long, and two alone both begin with a capital."""
    lines = text.split("\n")
    capitals = all(line[:1].isupper() or not line[:1].isalpha() for line in lines)
    return (len(lines) > 2 or capitals) and max(map(len, lines)) <= MAX_VERSE_LINE
