"""What a reading rule is: a pattern and what is said for a match. The rules themselves stand in their own modules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Match = re.Match[str]


@dataclass(frozen=True)
class Rule:
    """``read`` gives what stands for a match (for its group ``x`` alone, if there is one); None leaves it as it is."""

    pattern: re.Pattern[str]
    read: Callable[[Match], str | None]


def rule(pattern: str, read: str | Callable[[Match], str | None]) -> Rule:
    if isinstance(read, str):
        fixed = read
        return Rule(re.compile(pattern), lambda _: fixed)
    return Rule(re.compile(pattern), read)


def words(text: str) -> tuple[str, ...]:
    """A list of words, written as one string."""
    return tuple(text.split())


def any_of(words: Iterable[str]) -> str:
    """An alternation that prefers the longest."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def table(words: Mapping[str, str], before: str = r"(?<!\w)", after: str = r"(?!\w)") -> Rule:
    """Replaces the keys, exactly as written, by their readings."""
    return rule(f"{before}(?P<x>{any_of(words)}){after}", lambda match: words[match["x"]])


def ends_sentence(match: Match) -> bool:
    """True when the match is followed by the end of the text or by a capital: its full stop closes a sentence too."""
    return re.match(r"\s*$|\s+[\"“‘']?[A-Z]", match.string[match.end() :]) is not None
