"""Fused rankings prefer what several rankings like."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from litink.story.search import fuse


def test_what_both_rankings_like_comes_first() -> None:
    assert fuse(["a", "b", "c"], ["d", "b", "e"])[0][0] == "b"


def test_one_ranking_keeps_its_order_and_scores_by_rank() -> None:
    assert fuse(["x", "y"]) == [("x", 1 / 61), ("y", 1 / 62)]
    assert fuse() == []


@given(st.lists(st.lists(st.integers(0, 20)), max_size=4))
def test_every_key_comes_once_best_first(rankings: list[list[int]]) -> None:
    fused = fuse(*rankings)
    assert {key for key, _ in fused} == {key for ranking in rankings for key in ranking}
    assert len({key for key, _ in fused}) == len(fused)
    assert [score for _, score in fused] == sorted((score for _, score in fused), reverse=True)
