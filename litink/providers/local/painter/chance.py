"""Repeatable choices drawn from content: the one source of variety in pictures. No drawing here.

SplitMix64 (Steele, Lea, Flood 2014) seeded by SHA-256: the same words give the same choices in every process and
Python version, which ``random`` promises only for some of its methods.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1


class Chance:
    """A stream of choices that depends on ``words`` alone."""

    def __init__(self, *words: str) -> None:
        self._words = words
        digest = hashlib.sha256("\x1f".join(words).encode("utf-8", "surrogatepass")).digest()
        self._state = int.from_bytes(digest[:8], "big")

    def branch(self, name: str) -> Chance:
        """An independent stream: what one part draws never shifts what another part sees."""
        return Chance(*self._words, name)

    def unit(self) -> float:
        """Uniform in [0, 1)."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((z ^ (z >> 31)) >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.unit()

    def jitter(self, spread: float) -> float:
        """Uniform in [-spread, spread)."""
        return self.between(-spread, spread)

    def count(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""
        return low + int(self.unit() * (high - low + 1))

    def maybe(self, probability: float) -> bool:
        return self.unit() < probability

    def choice(self, options: Sequence[T]) -> T:
        return options[int(self.unit() * len(options))]

    def weighted(self, options: Sequence[tuple[T, float]]) -> T:
        mark = self.unit() * sum(weight for _, weight in options)
        for option, weight in options:
            mark -= weight
            if mark < 0:
                return option
        return options[-1][0]
