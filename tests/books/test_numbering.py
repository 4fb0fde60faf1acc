"""What the words of a heading say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.books.numbering import compose_title, label_of, roman


@pytest.mark.parametrize(
    ("heading", "kind", "number", "rest"),
    [
        ("CHAPTER IV.", "chapter", 4, ""), ("Chapter Twenty-One: The Stair", "chapter", 21, "The Stair"),
        ("Book the Second", "part", 2, ""),
        ("PART ONE", "part", 1, ""), ("Letter III", "chapter", 3, ""), ("The First Part", "part", 1, ""),
        ("1.3 Rays", "decimal", None, "Rays"),
        ("XII", "bare", 12, ""), ("7. The Keeper", "bare", 7, "The Keeper"), ("Kapitel 3", "chapter", 3, ""),
        ("Erstes Kapitel", "chapter", 1, ""),
        ("Глава пятая", "chapter", 5, ""), ("Chapitre premier", "chapter", 1, ""), ("Capítulo VII", "chapter", 7, ""),
        ("第三章 灯", "chapter", None, "灯"),
    ],
)  # fmt: skip
def test_labels(heading: str, kind: str, number: int | None, rest: str) -> None:
    label = label_of(heading)
    assert label is not None
    assert (label.kind, label.number, label.rest) == (kind, number, rest)


@pytest.mark.parametrize(
    "heading", ["I Remember", "Chapters of my life", "Partly cloudy", "The Lamp", "1984 was cold", "Mix", "Civil War"]
)
def test_no_labels(heading: str) -> None:
    assert label_of(heading) is None


@given(st.integers(1, 3999))
def test_roman_numerals(number: int) -> None:
    digits = {1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc", 50: "l", 40: "xl", 10: "x", 9: "ix"}
    digits |= {5: "v", 4: "iv", 1: "i"}
    text, rest = "", number
    for value, letters in digits.items():
        text += letters * (rest // value)
        rest %= value
    assert roman(text) == number


def test_a_label_and_a_name_are_one_title() -> None:
    assert compose_title(["CHAPTER I.", "THE STAIR."]) == "CHAPTER I: THE STAIR"
    assert compose_title(["Letter from Mr. A."]) == "Letter from Mr. A."
