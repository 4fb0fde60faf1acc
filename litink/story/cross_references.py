"""Which passages of a book come back to which earlier ones: by rare words of both, and by likeness of meaning."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from litink.story.model import CrossReference, Passage, Span

# Chosen on Dubliners and Sherlock Holmes, whose stories have nothing to do with each other: of their passages two in a
# hundred have a likeness of LEAST with one of another story (docs/story.md).
LEAST = 0.82
A_WORD = 0.1  # what one shared word counts that stands nowhere else, in units of a cosine
MOST = 3  # earlier passages a passage
RECALLED = 4  # earlier passages that are told with a stretch of the book
_RARE, _RARE_SHARE = 12, 0.03  # passages that a rare word stands in, at most
_FEW = 3  # in which it may stand however short the book is
_WORD = re.compile(r"[^\W\d_]{3,}")
_ENDINGS = ("ies", "es", "s", "ed", "ing")
_STEM = 4  # letters that are left of a word without its ending


def cross_references(passages: Sequence[Passage], vectors: npt.NDArray[np.float32]) -> list[CrossReference]:
    """For each passage the earlier ones that it comes back to, the likest first; in book order.

    ``passages`` are those of the chapters in book order, ``vectors`` their unit embeddings, float32 (n, dimensions).
    Passages of one chapter go on with each other and are not compared. Only those that share a rare word are: a word
    is rare that stands in at most a dozen passages, so the cost is linear in the length of the book.
    """
    stems = [_stems(passage.text) for passage in passages]
    worth = _worth(stems)
    seen: defaultdict[str, list[int]] = defaultdict(list)
    found: list[CrossReference] = []
    chapter, begin = "", 0
    for n, passage in enumerate(passages):
        if passage.chapter != chapter:
            chapter, begin = passage.chapter, n
        rare = [stem for stem in stems[n] if stem in worth]
        shared: defaultdict[int, list[str]] = defaultdict(list)
        for stem in rare:
            for earlier in seen[stem]:
                if earlier < begin:
                    shared[earlier].append(stem)
            seen[stem].append(n)
        found += _likest(n, shared, worth, passages, stems[n], vectors)
    return found


def recalled(references: Iterable[CrossReference], order: Mapping[str, int]) -> list[Span]:
    """The earlier passages that are worth telling with what comes back to them: the likest few, each once, in the order
    of the book. ``order``: the place of each chapter by its key; what is of none is left out."""
    known = (reference for reference in references if reference.earlier.chapter in order)
    spans = dict.fromkeys(reference.earlier for reference in sorted(known, key=lambda one: -one.score))
    return sorted(list(spans)[:RECALLED], key=lambda span: (order[span.chapter], span.start))


def _likest(
    n: int,
    shared: dict[int, list[str]],
    worth: dict[str, float],
    passages: Sequence[Passage],
    words: dict[str, str],
    vectors: npt.NDArray[np.float32],
) -> Iterable[CrossReference]:
    if not shared:
        return []
    earlier = list(shared)
    alike = vectors[earlier] @ vectors[n]
    scores = {
        k: float(like) + A_WORD * sum(worth[s] for s in shared[k]) for k, like in zip(earlier, alike, strict=True)
    }
    best = sorted((k for k in earlier if scores[k] >= LEAST), key=lambda k: (-scores[k], k))[:MOST]
    return [
        CrossReference(
            passage=_span(passages[n]),
            earlier=_span(passages[k]),
            score=round(scores[k], 3),
            shared=tuple(words[s] for s in sorted(shared[k], key=lambda s: (-worth[s], s))),
        )
        for k in best
    ]


def _worth(stems: Sequence[dict[str, str]]) -> dict[str, float]:
    """What sharing a rare word counts: 1 where two passages alone have it, less the more have it."""
    count = len(stems)
    most = min(_RARE, max(_FEW, int(_RARE_SHARE * count)))
    holds = Counter(stem for held in stems for stem in held)
    return {
        stem: 1 - math.log(times / 2) / math.log(count / 2)
        for stem, times in holds.items()
        if 2 <= times <= most and times < count
    }


def _stems(text: str) -> dict[str, str]:
    """The words of a text in small letters without their endings, each with how it first stands there."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        found.setdefault(_stem(word.lower()), word)
    return found


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)]
    return word


def _span(passage: Passage) -> Span:
    return Span(chapter=passage.chapter, start=passage.start, end=passage.end)
