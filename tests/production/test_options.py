"""Which chapters a person means."""

import pytest
from pydantic import ValidationError

from litink.books.model import Book, Section, SectionKind
from litink.errors import Refused
from litink.library.options import MakeOptions


def book(chapters: int) -> Book:
    return Book(
        title="t", author="a", language="en", format="txt",
        sections=tuple(
            Section(key=f"c{n}", kind=SectionKind.CHAPTER, number=n, title=str(n), text="x", blocks=())
            for n in range(1, chapters + 1)
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wish", "numbers"),
    [("all", [1, 2, 3, 4]), ("2", [2]), ("2-3", [2, 3]), ("1,3-9", [1, 3, 4]), (" 4 , 1 ", [1, 4]), ("", [1, 2, 3, 4])],
)
def test_chapters_are_chosen_by_number_and_range(wish: str, numbers: list[int]) -> None:
    assert [c.number for c in MakeOptions(chapters=wish).select(book(4))] == numbers


@pytest.mark.parametrize("wish", ["x", "3-1", "0", "1-", "-1", "1;2"])
def test_what_names_no_chapters_is_refused(wish: str) -> None:
    with pytest.raises(ValidationError):
        MakeOptions(chapters=wish)


def test_a_chapter_that_the_book_does_not_have_is_refused_with_what_it_has() -> None:
    with pytest.raises(Refused, match="4 chapters"):
        MakeOptions(chapters="7").select(book(4))


@pytest.mark.parametrize("style", ["dialogue", "narration"])
def test_a_length_is_refused_where_every_word_is_kept(style: str) -> None:
    with pytest.raises(ValidationError, match="keeps every word"):
        MakeOptions(style=style, minutes=5)  # type: ignore[arg-type]


def test_an_empty_length_is_none() -> None:
    assert MakeOptions.model_validate({"style": "educational", "minutes": ""}).minutes is None
    assert MakeOptions.model_validate({"style": "educational", "minutes": "12"}).minutes == 12
