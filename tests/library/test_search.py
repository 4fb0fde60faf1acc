"""Search in a book: rare words and near meanings first, together; nothing from chapters that are left out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from uuid import UUID

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import Engine, insert

from litink.db.schema import passages
from litink.generation.model import Owned
from litink.library.search import Hit, search

DIMENSIONS = 384
Shelve = Callable[..., UUID]


def towards(*axes: int) -> npt.NDArray[np.float32]:
    """A unit vector between these axes: what has an axis in common is alike."""
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    vector[list(axes)] = 1
    return vector / np.linalg.norm(vector)


@pytest.fixture
def shelve(engine: Engine, new_book: Callable[..., Owned]) -> Shelve:
    """Puts chapters of passages on the shelf; a passage is its text and the axes of its meaning."""

    def add(*chapters: Sequence[tuple[str, tuple[int, ...]]]) -> UUID:
        book = new_book(chapters=len(chapters))
        rows = [
            {
                "owner_id": book.owner_id,
                "book_id": book.book_id,
                "chapter": f"c{number}",
                "source_sha": hashlib.sha256(b"").hexdigest(),
                "ordinal": ordinal,
                "start": 1000 * ordinal,
                "end": 1000 * ordinal + len(text),
                "text": text,
                "embedding": towards(*axes),
            }
            for number, chapter in enumerate(chapters, start=1)
            for ordinal, (text, axes) in enumerate(chapter)
        ]
        with engine.begin() as connection:
            connection.execute(insert(passages), rows)
        return book.book_id

    return add


def find(
    engine: Engine, book: UUID, words: str, vector: npt.NDArray[np.float32] | None = None, **bounds: int
) -> list[Hit]:
    with engine.connect() as connection:
        return search(connection, book, words, vector, **bounds)


def texts(hits: Sequence[Hit]) -> list[str]:
    return [hit.text for hit in hits]


def alone(*chapters: str) -> list[list[tuple[str, tuple[int, ...]]]]:
    return [[(text, (n,))] for n, text in enumerate(chapters)]


def test_a_rare_word_counts_more_than_a_common_one_however_often_that_is_said(engine: Engine, shelve: Shelve) -> None:
    common = ["The ship sails.", "A ship and a ship and a ship at sea.", "Their ship is old.", "No ship came."]
    book = shelve(*alone(*common, "The ship lost its rudder."))
    assert texts(find(engine, book, "ship rudder"))[0] == "The ship lost its rudder."


def test_the_shorter_of_two_passages_says_more_with_one_word(engine: Engine, shelve: Shelve) -> None:
    long = "He spoke of the lantern once, and then of bread, of wine, of the long road, of rain and of the dark fields."
    book = shelve(*alone(long, "The lantern burned.", "Nothing of it."))
    assert texts(find(engine, book, "lantern"))[:2] == ["The lantern burned.", long]


def test_both_rankings_together_beat_either_alone(engine: Engine, shelve: Shelve) -> None:
    book = shelve(
        *([(text, axes)] for text, axes in [
            ("He put the drawing out of sight.", (1,)),  # the meaning alone
            ("The captain hid the chart below deck.", (1, 2)),  # both
            ("The chart of the captain was hid, chart, chart!", (9,)),  # the words alone
            ("He folded a letter away.", (1, 3, 4)),
            ("Something was put under the bed.", (1, 5, 6)),
        ])
    )  # fmt: skip
    assert texts(find(engine, book, "captain chart hid", towards(1)))[0] == "The captain hid the chart below deck."


def test_what_stands_beside_a_good_passage_is_preferred_to_what_stands_elsewhere(
    engine: Engine, shelve: Shelve
) -> None:
    book = shelve(
        [("Bread.", (5,)), ("A bell rang.", (1,)), ("Wine.", (6,))],
        [("Who stole the crown of the queen?", (2,)), ("The bell told it.", (3,)), ("He slept.", (4,))],
    )
    assert texts(find(engine, book, "crown queen bell"))[:2] == [
        "Who stole the crown of the queen?",
        "The bell told it.",
    ]


def test_a_chapter_of_one_passage_has_no_disadvantage(engine: Engine, shelve: Shelve) -> None:
    book = shelve([("A poem of the harbour.", (1,))], [("Bread.", (2,)), ("The harbour again.", (2,)), ("Wine.", (2,))])
    assert find(engine, book, "", towards(1))[0].text == "A poem of the harbour."
    assert find(engine, book, "harbour")[0].text == "A poem of the harbour."


def test_only_the_chapters_asked_for_are_searched(engine: Engine, shelve: Shelve) -> None:
    book = shelve(*alone("The key is lost.", "The key is found.", "The key is sold."))
    vector = towards(2)
    assert {hit.number for hit in find(engine, book, "key", vector, until_chapter=2)} == {1, 2}
    assert {hit.number for hit in find(engine, book, "key", vector, from_chapter=2)} == {2, 3}
    assert texts(find(engine, book, "key", vector, from_chapter=2, until_chapter=2)) == ["The key is found."]


def test_later_chapters_change_nothing_of_what_is_found_before_them(engine: Engine, shelve: Shelve) -> None:
    first = ["The tall murderer fled.", "The tall tree stood.", "A murderer is a man."]
    short = shelve(*alone(*first))
    long = shelve(*alone(*first, *["The murderer, the murderer!"] * 6))
    asked = ("tall murderer", towards(0, 7))
    assert [(h.text, h.score) for h in find(engine, short, *asked)] == [
        (h.text, h.score) for h in find(engine, long, *asked, until_chapter=3)
    ]


@pytest.mark.parametrize("words", ["", "the of and", "!!! ??? '&|", "\x00", "unheard-of-word"])
def test_a_query_without_a_word_of_the_book_finds_by_meaning_alone(engine: Engine, shelve: Shelve, words: str) -> None:
    book = shelve(*alone("One lamp.", "Two lamps."))
    assert find(engine, book, words) == []
    assert find(engine, book, words, towards(1))[0].text == "Two lamps."


def test_another_book_is_never_searched(engine: Engine, shelve: Shelve) -> None:
    shelve(*alone("The secret of the well."))
    assert find(engine, shelve(*alone("A well.")), "secret well", towards(0))[0].text == "A well."
