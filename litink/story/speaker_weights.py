"""Weights of the speaker model: how much each thing known of a candidate speaks for it. Numbers only.

A log-linear model over the candidates of a turn, fitted by maximum likelihood with a quadratic penalty on hand
annotated excerpts of 46 novels (LitBank) and on turns of other novels whose naming tag was hidden.
"""

from __future__ import annotations

# Feature: weights for a turn tagged with a pronoun, tagged with a noun, with narration beside it, and bare.
TABLE: dict[str, tuple[float, float, float, float]] = {
    "noun_only": (-1.26, -1.14, -1.12, -1.19),
    "sex_match": (1.03, 1.0, 0.97, 0.97),
    "sex_unknown": (-0.23, -0.2, -0.17, -0.17),
    "own_noun": (1.0, 0.95, 0.95, 1.0),
    "soft_tag": (3.0, 3.0, 3.0, 3.0),
    "beat_before": (1.83, 1.85, 1.81, 1.88),
    "beat_after": (2.05, 2.05, 2.07, 2.05),
    "beat_before_sex": (1.33, 1.3, 1.33, 1.3),
    "beat_before_other_sex": (-1.5, -1.5, -1.5, -1.5),
    "beat_after_sex": (1.01, 1.01, 1.01, 1.01),
    "beat_after_other_sex": (-1.21, -1.21, -1.21, -1.21),
    "leading": (0.73, 0.94, 0.78, 0.6),
    "leading_sex": (0.44, 0.44, 0.46, 0.43),
    "leading_other_sex": (-0.23, -0.24, -0.24, -0.17),
    "rank_0": (0.5, 0.81, 0.54, 0.44),
    "rank_1": (0.22, 0.35, 0.45, 0.45),
    "rank_2": (0.32, 0.14, 0.21, 0.27),
    "same_paragraph": (1.08, 1.01, 0.93, 1.17),
    "previous_paragraph": (0.15, 0.25, 0.18, 0.19),
    "near": (0.36, 0.28, 0.42, 0.23),
    "far": (0.04, 0.11, 0.02, 0.08),
    "after_quote": (0.66, 0.67, 0.82, 1.32),
    "vocative_here": (-4.02, -4.03, -4.03, -4.04),
    "named_here": (-1.34, -1.16, -1.26, -1.3),
    "vocative_before": (1.22, 1.29, 1.26, 1.27),
    "named_before": (0.02, 0.06, -0.02, -0.01),
    "vocative_next": (1.44, 1.49, 1.41, 1.48),
    "spoke_before": (0.34, 0.4, 0.7, 0.35),
    "speaks_after": (0.64, 0.46, 0.66, 0.64),
    "frequency": (1.15, 1.05, 0.94, 1.06),
    "narrator": (0.21, 0.21, 0.2, 0.48),
    "narrator_near": (0.96, 0.96, 0.96, 1.03),
    "addressed_sex": (0.15, 0.08, 0.14, 0.15),
    "addressed_other_sex": (-0.73, -0.66, -0.72, -0.69),
    "again_adjacent": (-1.2, -1.43, -1.16, -1.39),
    "again_same_paragraph": (-0.98, -0.98, -0.98, -0.96),
    "again_near": (0.92, 0.55, 0.48, 0.81),
    "again_far": (0.31, 0.34, 0.36, 0.43),
    "alternates": (1.22, 1.41, 1.42, 1.38),
    "alternates_loosely": (0.75, 0.76, 0.51, 0.39),
    "subject_0": (0.36, 0.48, 0.17, 0.11),
    "subject_1": (0.14, 0.36, 0.54, 0.26),
    "ahead": (-0.03, -0.06, 0.04, -0.18),
    "own_generic": (-0.1, -0.14, -0.1, -0.1),
    "own_kin": (-0.12, -0.18, -0.12, -0.12),
    "own_introduced": (1.34, 1.31, 1.29, 1.34),
    "tag_object": (-0.7, -0.66, -0.64, -0.64),
    "object_here": (-0.28, -0.23, -0.25, -0.34),
}
