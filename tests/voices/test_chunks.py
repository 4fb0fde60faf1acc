"""Long texts are divided where a reader would breathe, and never beyond what a network can say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from litink.providers.local.voices.chunks import CLAUSE_PAUSE, PARAGRAPH_PAUSE, SENTENCE_PAUSE, divide, length
from litink.providers.local.voices.phonemes import Token


def tokens(text: str) -> list[Token]:
    """Words as they are; "/" ends a paragraph."""
    words = text.split()
    return [Token(word.strip("/"), 0, 0, space=True, paragraph_end=word.endswith("/")) for word in words]


def stretches(text: str, target: int, limit: int) -> list[tuple[str, float]]:
    found = tokens(text)
    return [(" ".join(t.phonemes for t in found[c.first : c.last]), c.pause) for c in divide(found, target, limit)]


def test_sentences_stand_alone_or_together_up_to_the_target() -> None:
    text = "one two. three four! five, six?"
    assert [said for said, _ in stretches(text, 1, 100)] == ["one two.", "three four!", "five, six?"]
    assert [said for said, _ in stretches(text, 21, 100)] == ["one two. three four!", "five, six?"]


def test_a_paragraph_is_never_joined_to_the_next() -> None:
    assert stretches("one./ two.", 100, 100)[0] == ("one.", PARAGRAPH_PAUSE)


def test_a_long_sentence_is_cut_behind_a_clause_else_between_words() -> None:
    said = stretches("one two, three four five, six seven eight nine ten. two.", 1, 20)
    assert said[0] == ("one two,", CLAUSE_PAUSE)
    assert said[1] == ("three four five,", CLAUSE_PAUSE)
    assert said[2] == ("six seven eight", 0.0)
    assert said[3] == ("nine ten.", SENTENCE_PAUSE)


@given(st.lists(st.text("abc", min_size=1, max_size=8), max_size=60))
def test_every_token_is_said_once_in_order_within_the_limit(words: list[str]) -> None:
    marks = ["", "", "", ",", ";", ".", "?", "—"]
    found = [Token(w + marks[len(w) * i % len(marks)], i, i + 1, i % 3 > 0, i % 11 == 0) for i, w in enumerate(words)]
    chunks = divide(found, 30, 50)
    assert [i for c in chunks for i in range(c.first, c.last)] == list(range(len(found)))
    assert all(0 < length(found, c.first, c.last) <= 50 for c in chunks)
