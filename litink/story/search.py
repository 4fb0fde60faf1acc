"""The pure part of search: rankings fused into one. Where rankings come from is the database's business."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
DAMPING = 60  # k of Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion", SIGIR 2009


def fuse(*rankings: Sequence[Key], damping: int = DAMPING) -> list[tuple[Key, float]]:
    """Reciprocal rank fusion: keys with the sum of 1 / (damping + rank) over the rankings (best first, ranks from
    1), highest first. A key counts once a ranking, at its best rank; ties keep the order of first appearance.
    """
    scores: dict[Key, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(dict.fromkeys(ranking), start=1):
            scores[key] = scores.get(key, 0.0) + 1.0 / (damping + rank)
    return sorted(scores.items(), key=lambda item: -item[1])
