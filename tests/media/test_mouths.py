"""Mouths in time: from sounds or letters to a few shapes that follow them, never too fast, closed where nothing is
said."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.media.mouths import SHAPES, Span, compact, mouths_of
from litink.media.timeline import WordPart
from litink.providers.base import Phoneme

SYMBOLS = st.sampled_from("ˈˌːbmpfvsztdknlhɹjwaɑæʌɛəɪiOAIYWuʊɔʧʤθðɡŋ ,.?…")


@st.composite
def phonemes(draw: st.DrawFn) -> list[Phoneme]:
    said = draw(st.lists(st.tuples(SYMBOLS, st.floats(0, 0.4)), min_size=1, max_size=40))
    edges = list(accumulate((length for _, length in said), initial=draw(st.floats(0, 0.3))))
    return [Phoneme(symbol, start, end) for (symbol, _), (start, end) in zip(said, pairwise(edges), strict=True)]


@st.composite
def words(draw: st.DrawFn) -> list[WordPart]:
    found, clock = [], 0.0
    for text in draw(st.lists(st.text(min_size=1, max_size=12), max_size=8)):
        start = clock + draw(st.floats(0, 0.6))
        clock = start + draw(st.floats(0, 0.8))
        found.append(WordPart(text=text, start=start, end=clock, char_start=0, char_end=len(text)))
    return found


def well_formed(spans: tuple[Span, ...], seconds: float) -> None:
    assert spans[0].start == 0
    assert spans[-1].end == pytest.approx(seconds)
    assert all(one.end == after.start and one.shape != after.shape for one, after in pairwise(spans))
    assert all(span.start < span.end and span.shape in SHAPES for span in spans)
    changes = [span.start for span in spans[1:]]
    assert all(sum(start <= change < start + 1 - 1e-9 for change in changes) <= 12 for start in changes)
    assert spans[-1].shape == "closed"


@given(phonemes(), st.floats(0.05, 20), st.floats(0, 0.3))
def test_a_line_is_one_row_of_shapes_however_it_was_cut(said: list[Phoneme], seconds: float, shift: float) -> None:
    well_formed(mouths_of(seconds, [], compact(said, shift, seconds)), seconds)


@given(words(), st.floats(0.05, 20))
def test_letters_stand_in_for_sounds(said: list[WordPart], seconds: float) -> None:
    well_formed(mouths_of(seconds, said), seconds)


@given(words())
def test_the_mouth_is_closed_between_words_that_lie_apart(said: list[WordPart]) -> None:
    seconds = (said[-1].end if said else 0) + 0.5
    spans = mouths_of(seconds, said)
    edges = [0.0, *(time for word in said for time in (word.start, word.end)), seconds]
    for silent_from, until in list(pairwise(edges))[::2]:
        middle = (silent_from + until) / 2
        if until - silent_from > 0.4:
            assert next(span.shape for span in spans if span.start <= middle < span.end) == "closed"


def track(*said: tuple[str, float]) -> list[Phoneme]:
    edges = list(accumulate((length for _, length in said), initial=0.0))
    return [Phoneme(symbol, *times) for (symbol, _), times in zip(said, pairwise(edges), strict=True)]


def at(spans: tuple[Span, ...], time: float) -> str:
    return next(span.shape for span in spans if span.start <= time < span.end)


def test_lips_meet_open_and_round_when_they_should() -> None:
    said = track(("m", 0.1), ("ˈ", 0.05), ("ɑ", 0.2), ("f", 0.1), ("ˈ", 0.05), ("u", 0.2), (".", 0.5))
    spans = mouths_of(1.2, [], compact(said, 0, 1.2))
    seen = [at(spans, time) for time in (0.02, 0.2, 0.34, 0.5, 0.9)]
    assert seen == ["closed", "wide", "teeth", "round", "closed"]


def test_a_breath_between_two_words_closes_no_mouth_and_a_pause_does() -> None:
    for blank, expected in ((0.08, "wide"), (0.4, "closed")):
        spans = mouths_of(1.5, [], compact(track(("ɑ", 0.3), (" ", blank), ("ɑ", 0.3)), 0, 1.5))
        assert at(spans, 0.25 + blank / 2) == expected


def test_words_of_a_provider_are_spelled_out() -> None:
    word = WordPart(text="Moon", start=0.1, end=0.7, char_start=0, char_end=4)
    spans = mouths_of(1.0, [word])
    assert [span.shape for span in spans] == ["closed", "round", "small", "closed"]


def test_what_is_kept_is_small_and_keeps_its_times() -> None:
    said = [Phoneme("h", 0.5, 0.55), Phoneme("ˈ", 0.55, 0.6), Phoneme("I", 0.6, 0.9)]
    assert compact(said, 0.45, 0.4) == {"said": "hˈI", "at": [5, 10, 15, 40]}
    assert compact([], 0, 1) is None
