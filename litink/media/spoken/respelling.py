"""Words that a person says how to read: where a text has them. How they are read is known to those who speak."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

_APOSTROPHES = str.maketrans("’‘ʼ", "'''")


@dataclass(frozen=True)
class Occurrence:
    """A word or phrase of the list, as the list has it, and the code points of the text where it stands."""

    word: str
    start: int
    end: int


def occurrences(text: str, words: Collection[str]) -> Iterator[Occurrence]:
    """Where a text has words of a list, from left to right, none in another, the longest first.

    A word that is written with a capital is found as it is written and in capitals throughout ("Reading" is a town,
    "reading" is not); one without, however it is written. Blanks and kinds of apostrophe do not tell phrases apart.
    """
    even = text.translate(_APOSTROPHES)  # one character for one: places stay
    flat = " ".join(even.casefold().split())
    present = tuple(sorted(word for word in words if (bare := _bare(word)) and bare.casefold() in flat))
    if not present:
        return
    pattern, order = _pattern(present)
    for match in pattern.finditer(even):
        assert match.lastindex is not None
        yield Occurrence(order[match.lastindex - 1], match.start(), match.end())


def _bare(word: str) -> str:
    return " ".join(word.translate(_APOSTROPHES).split())


@lru_cache(maxsize=1024)
def _pattern(words: tuple[str, ...]) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """A group a word. Of two that differ in their capitals alone the one with more of them stands first: it is told
    apart by them."""
    order = sorted(words, key=lambda word: (-len(_bare(word)), -sum(map(str.isupper, word)), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_written, order))})(?!\w)"), tuple(order)


def _written(word: str) -> str:
    def spaced(text: str) -> str:
        return re.escape(text).replace(r"\ ", r"\s+")

    bare = _bare(word)
    return f"((?i:{spaced(bare)}))" if bare == bare.lower() else f"({spaced(bare)}|{spaced(bare.upper())})"
