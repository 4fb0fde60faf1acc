"""Passages are of a size that search can use, and hold every word of a chapter once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from litink.books.model import Block, BlockKind
from litink.story.passages import MOST_WORDS, passages

from .conftest import chapter

_SENTENCE = st.integers(1, 60).map(lambda n: "W" + "ord word" * (n // 2) + " end.")
_PARAGRAPH = st.lists(_SENTENCE, min_size=1, max_size=12).map(" ".join)


@given(st.lists(_PARAGRAPH, min_size=0, max_size=12))
def test_every_word_is_in_one_passage_of_bounded_length(paragraphs: list[str]) -> None:
    section = chapter("\n\n".join(paragraphs))
    found = passages(section)
    assert " ".join(p.text for p in found).split() == section.text.split()
    assert [p.ordinal for p in found] == list(range(len(found)))
    assert all(len(p.text.split()) <= MOST_WORDS for p in found)
    assert all(section.text[p.start : p.end] == p.text for p in found)


def test_a_passage_never_crosses_a_scene_break() -> None:
    first, last = "One two three.", "Four five six."
    text = f"{first}\n\n* * *\n\n{last}"
    at = text.index("*")
    blocks = (
        Block(kind=BlockKind.PARAGRAPH, start=0, end=len(first)),
        Block(kind=BlockKind.BREAK, start=at, end=at + 5),
        Block(kind=BlockKind.PARAGRAPH, start=at + 7, end=len(text)),
    )
    assert [p.text for p in passages(chapter(text, blocks=blocks))] == [first, last]


def test_short_paragraphs_are_joined() -> None:
    section = chapter("\n\n".join(["“Yes,” said Tom, and he went."] * 40))
    assert all(len(p.text.split()) >= 60 for p in passages(section))


def test_a_chapter_without_text_has_no_passages() -> None:
    assert passages(chapter("")) == []
