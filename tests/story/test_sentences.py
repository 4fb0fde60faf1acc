"""Sentences end where a reader would pause, and none is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.story.sentences import sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Holmes met Dr. J. H. Watson. They left.", ["Mr. Holmes met Dr. J. H. Watson.", "They left."]),
        ("It cost 3.50 pounds. He paid.", ["It cost 3.50 pounds.", "He paid."]),
        ("He paused ... and went on.", ["He paused ... and went on."]),
        ("He paused… Then he went on.", ["He paused…", "Then he went on."]),
        ("“Come in,” said Tom. “Sit down.”", ["“Come in,” said Tom.", "“Sit down.”"]),
        ("“What?” he cried. It was I.", ["“What?” he cried.", "It was I."]),
        ("“What?” Tom Jones asked. Nobody spoke.", ["“What?” Tom Jones asked.", "Nobody spoke."]),
        ("“Go away!” The door closed.", ["“Go away!”", "The door closed."]),
        ("We met at 5 p.m. at the inn. It rained.", ["We met at 5 p.m. at the inn.", "It rained."]),
        ("It was I. He knew.", ["It was I.", "He knew."]),
        ("A title without a stop\n\nThe text begins.", ["A title without a stop", "The text begins."]),
        ("Tyger Tyger, burning bright,\nIn the night;", ["Tyger Tyger, burning bright,", "In the night;"]),
        ("The line runs on\nInto the next, and stops.", ["The line runs on\nInto the next, and stops."]),
    ],
)  # fmt: skip
def test_sentences_end_where_they_should(text: str, expected: list[str]) -> None:
    assert split(text) == expected


def test_a_hand_wrapped_paragraph_is_not_verse() -> None:
    text = (
        "It was a long line of prose that somebody wrapped by hand at\nSome seventy letters, so a capital stands first."
    )
    assert split(text) == [text]


_TEXT = st.text(alphabet=st.sampled_from(list("aAbI.!?…,;:—-'\"“”‘’()[] \n\t1é")), max_size=200)


@given(_TEXT)
def test_spans_are_ordered_disjoint_and_hold_every_character(text: str) -> None:
    spans = sentences(text)
    held = [False] * len(text)
    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        assert not text[start].isspace()
        assert not text[end - 1].isspace()
        for at in range(start, end):
            held[at] = True
        last = end
    assert all(held[at] or text[at].isspace() for at in range(len(text)))
