"""Weights of the speaker model, one row a kind of turn, in the order of speakers.FEATURES. Numbers only."""

from __future__ import annotations

_START: dict[str, float] = {
    "noun_only": -0.6, "sex_match": 0.8, "own_noun": 1.2, "soft_tag": 3, "beat_before": 2.2, "beat_after": 2.0,
    "beat_before_sex": 1.2, "beat_before_other_sex": -1.5, "beat_after_sex": 1, "beat_after_other_sex": -1.2,
    "leading": 1.0, "leading_sex": 0.4, "leading_other_sex": -0.4, "rank_0": 0.8, "rank_1": 0.4, "rank_2": 0.2,
    "same_paragraph": 0.6, "previous_paragraph": 0.4, "near": 0.2, "after_quote": 0.5, "vocative_here": -4,
    "named_here": -1.2, "vocative_before": 1.8, "named_before": -0.2, "vocative_next": 1.5, "spoke_before": 0.8,
    "speaks_after": 0.6, "frequency": 0.5, "narrator": -0.3, "narrator_near": 0.8, "addressed_sex": 0.3,
    "addressed_other_sex": -1.0, "again_adjacent": -2.5, "again_same_paragraph": -1, "again_near": -0.3,
    "alternates": 1.5, "alternates_loosely": 0.5,
}  # fmt: skip
_NAMES = (
    "noun_only", "sex_match", "sex_unknown", "own_noun", "soft_tag", "beat_before", "beat_after",
    "beat_before_sex", "beat_before_other_sex", "beat_after_sex", "beat_after_other_sex", "leading", "leading_sex",
    "leading_other_sex", "rank_0", "rank_1", "rank_2", "same_paragraph", "previous_paragraph", "near", "far",
    "after_quote", "vocative_here", "named_here", "vocative_before", "named_before", "vocative_next",
    "spoke_before", "speaks_after", "frequency", "narrator", "narrator_near", "addressed_sex", "addressed_other_sex",
    "again_adjacent", "again_same_paragraph", "again_near", "again_far", "alternates", "alternates_loosely",
    "first_spoken_rank", "only_other",
)  # fmt: skip
_ROW = tuple(_START.get(n, 0.0) for n in _NAMES)
WEIGHTS = {"pronoun": _ROW, "noun": _ROW, "beat": _ROW, "bare": _ROW}
