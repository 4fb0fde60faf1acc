"""Weights of the speaker model. Numbers only.

A log-linear model over the candidates of a turn, fitted by maximum likelihood with a quadratic penalty on hand
annotated excerpts of 46 novels (LitBank) and on turns of other novels whose naming tag was hidden.
"""

from __future__ import annotations

# Feature: weights for a turn tagged with a pronoun, tagged with a noun, with narration beside it, and bare.
TABLE: dict[str, tuple[float, float, float, float]] = {
    "noun_only": (-1.84, -1.31, -1.44, -1.5),
    "sex_match": (1.02, 1.01, 0.97, 0.97),
    "sex_unknown": (-0.22, -0.21, -0.17, -0.17),
    "own_noun": (1.5, 1.62, 1.54, 1.5),
    "soft_tag": (3.0, 3.0, 3.0, 3.0),
    "beat_before": (1.94, 2.02, 1.92, 2.0),
    "beat_after": (2.09, 2.09, 2.13, 2.09),
    "beat_before_sex": (1.17, 1.2, 1.22, 1.2),
    "beat_before_other_sex": (-1.5, -1.5, -1.5, -1.5),
    "beat_after_sex": (1.0, 1.0, 1.0, 1.0),
    "beat_after_other_sex": (-1.2, -1.2, -1.2, -1.2),
    "leading": (0.59, 0.79, 0.71, 0.42),
    "leading_sex": (0.46, 0.43, 0.44, 0.38),
    "leading_other_sex": (-0.21, -0.19, -0.19, -0.07),
    "rank_0": (0.36, 0.57, 0.39, 0.23),
    "rank_1": (0.23, 0.38, 0.38, 0.15),
    "rank_2": (0.36, 0.19, 0.25, 0.43),
    "same_paragraph": (0.79, 0.73, 0.61, 0.79),
    "previous_paragraph": (0.09, 0.16, 0.2, 0.03),
    "near": (0.33, 0.27, 0.33, 0.07),
    "far": (-0.01, -0.15, -0.08, -0.04),
    "after_quote": (0.33, 0.42, 0.48, 0.47),
    "vocative_here": (-3.99, -4.01, -4.01, -4.02),
    "named_here": (-1.24, -1.07, -1.19, -1.25),
    "vocative_before": (1.21, 1.28, 1.26, 1.23),
    "named_before": (-0.03, 0.01, -0.07, -0.09),
    "vocative_next": (1.49, 1.53, 1.43, 1.48),
    "spoke_before": (0.17, 0.4, 0.65, 0.39),
    "speaks_after": (0.62, 0.52, 0.65, 0.7),
    "frequency": (1.29, 1.03, 0.92, 0.84),
    "narrator": (0.68, 0.68, 0.68, 1.18),
    "narrator_near": (1.13, 1.13, 1.13, 1.29),
    "addressed_sex": (0.09, 0.06, 0.12, 0.12),
    "addressed_other_sex": (-0.77, -0.71, -0.77, -0.75),
    "again_adjacent": (-1.21, -1.43, -1.11, -1.4),
    "again_same_paragraph": (-0.97, -0.97, -0.97, -0.95),
    "again_near": (0.73, 0.49, 0.4, 0.84),
    "again_far": (0.64, 0.49, 0.55, 0.64),
    "alternates": (1.23, 1.5, 1.52, 1.56),
    "alternates_loosely": (0.78, 0.66, 0.49, 0.43),
    "subject_0": (0.8, 0.83, 0.58, 0.41),
    "subject_1": (0.32, 0.6, 0.7, 0.55),
    "ahead": (-0.05, -0.11, -0.09, -0.22),
    "own_generic": (-0.01, -0.05, 0.04, -0.01),
    "own_kin": (0.16, 0.23, 0.16, 0.16),
    "own_introduced": (1.54, 1.57, 1.53, 1.54),
    "tag_object": (-0.65, -0.62, -0.61, -0.61),
    "object_here": (-0.39, -0.31, -0.27, -0.27),
}
