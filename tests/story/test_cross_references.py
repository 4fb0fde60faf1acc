"""What passages come back to: only what is told in earlier chapters, by rare words and likeness together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from litink.story.cross_references import LEAST, MOST, cross_references
from litink.story.model import Passage

FILLER = ("Rain fell.", "Bread was dear.", "The mill stood still.", "Nobody came.", "Snow lay deep.", "A dog barked.")
Told = tuple[str, str, tuple[int, ...]]  # chapter, text, axes of the meaning


def laid_out(told: Sequence[Told]) -> tuple[list[Passage], npt.NDArray[np.float32]]:
    vectors = np.zeros((len(told), 16), dtype=np.float32)
    found, at = [], 0
    for n, (chapter, text, axes) in enumerate(told):
        found.append(Passage(chapter=chapter, ordinal=n, start=at, end=at + len(text), text=text))
        at += len(text) + 2
        vectors[n, list(axes)] = 1 / len(axes) ** 0.5
    return found, vectors


def links(*told: Told) -> list[tuple[str, str]]:
    """Pairs of texts, among a book's worth of others that have nothing in common."""
    others = [("middle", text, (15,)) for text in FILLER]
    found, vectors = laid_out([told[0], *others, *told[1:]])
    texts = {passage.start: passage.text for passage in found}
    return [(texts[r.passage.start], texts[r.earlier.start]) for r in cross_references(found, vectors)]


def test_a_passage_comes_back_to_the_one_that_shares_its_rare_words_and_meaning() -> None:
    will = "He locked the strange testament in his safe."
    again = "The testament lay in the safe still, unread."
    assert links(("first", will, (1, 2)), ("last", again, (1, 3))) == []  # alike by half, and two words
    assert links(("first", will, (1, 2)), ("last", again, (1, 2))) == [(again, will)]


def test_likeness_without_a_rare_word_is_no_reference_nor_a_rare_word_without_likeness() -> None:
    assert links(("first", "They ate and slept.", (1,)), ("last", "Everybody dined, then rested.", (1,))) == []
    assert links(("first", "The gondola sank.", (1,)), ("last", "A gondola was painted.", (2,))) == []


def test_a_word_counts_in_whichever_form_it_stands() -> None:
    assert links(("first", "The lanterns burned.", (1,)), ("last", "One lantern went out.", (1,)))


def test_the_words_that_made_it_are_told_as_the_passage_has_them() -> None:
    others = [("middle", text, (15,)) for text in FILLER]
    found, vectors = laid_out(
        [("first", "Paracelsus and his lanterns.", (1,)), *others, ("last", "The Lantern of Paracelsus.", (1,))]
    )
    [reference] = cross_references(found, vectors)
    assert set(reference.shared) == {"Lantern", "Paracelsus"}
    assert reference.score > LEAST


def test_a_chapter_does_not_refer_to_itself() -> None:
    assert links(
        ("one", "A gondola.", (1,)), ("two", "The gondola sank.", (1,)), ("two", "Gondola, gondola!", (1,))
    ) == [
        ("The gondola sank.", "A gondola."),
        ("Gondola, gondola!", "A gondola."),
    ]


def test_a_word_of_every_chapter_joins_none() -> None:
    told = [(f"c{n}", f"Elizabeth spoke of the {word}.", (1,)) for n, word in enumerate("abcdefghijklmnop")]
    assert cross_references(*laid_out(told)) == []


WORDS = st.sampled_from("gondola paracelsus testament lantern orchard cathedral the and was his".split())  # noqa: SIM905
BOOKS = st.lists(
    st.tuples(
        st.integers(1, 4), st.lists(WORDS, min_size=1, max_size=6), st.sets(st.integers(0, 3), min_size=1, max_size=3)
    ),
    max_size=30,
)


@given(BOOKS)
def test_every_reference_leads_back_to_an_earlier_chapter(drawn: list[tuple[int, list[str], set[int]]]) -> None:
    told = [(f"c{chapter}", " ".join(words), tuple(axes)) for chapter, words, axes in sorted(drawn, key=lambda d: d[0])]
    found, vectors = laid_out(told)
    place = {passage.start: n for n, passage in enumerate(found)}
    references = cross_references(found, vectors)
    assert [place[r.passage.start] for r in references] == sorted(place[r.passage.start] for r in references)
    for reference in references:
        assert place[reference.earlier.start] < place[reference.passage.start]
        assert reference.earlier.chapter != reference.passage.chapter
        assert reference.score >= LEAST
        assert all(word in found[place[reference.passage.start]].text for word in reference.shared)
    for passage in found:
        assert sum(r.passage.start == passage.start for r in references) <= MOST
