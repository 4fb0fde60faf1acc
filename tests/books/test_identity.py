"""Keys: what was made for a chapter stays with it when the book is read again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from litink.books.identity import carry_keys
from litink.books.model import SectionKind
from tests.books.makers import prose
from tests.books.sections import book, keys

A, B, C, D = (prose(40, seed) for seed in ("alpha", "beta", "gamma", "delta"))


def test_a_chapter_put_in_before_shifts_no_key() -> None:
    old, new = book(("One", A), ("Two", B)), book(("Zero", C), ("One", A), ("Two", B))
    assert keys(carry_keys(new, old))[1:] == keys(old)


def test_a_corrected_sentence_keeps_the_key_even_under_a_new_title() -> None:
    old = book(("One", A), ("Two", B), ("Three", C))
    new = book(("One", A), ("Second", B + " It was late."), ("Three", C))
    assert keys(carry_keys(new, old)) == keys(old)


def test_a_changed_chapter_that_moved_is_known_by_its_title() -> None:
    old = book(("One", A), ("Two", B), ("Three", C))
    new = book(("Two", B + " It was late."), ("One", A), ("Three", C))
    assert keys(carry_keys(new, old)) == [keys(old)[1], keys(old)[0], keys(old)[2]]


def test_another_text_in_the_same_place_is_another_chapter() -> None:
    old, new = (
        book(("One", A), ("Two", "wholly other words stand here"), ("Three", C)),
        book(("One", A), ("Two", D), ("Three", C)),
    )
    assert keys(carry_keys(new, old)) == keys(new)


@given(
    st.lists(st.sampled_from([A, B, C, D, A + " x", B + " y"]), max_size=6),
    st.lists(st.sampled_from([A, B, C, D, A + " x"]), max_size=6),
)
def test_no_key_is_ever_given_twice(old: list[str], new: list[str]) -> None:
    carried = carry_keys(
        book(*((f"T{i}", t) for i, t in enumerate(new))), book(*((f"T{i}", t) for i, t in enumerate(old)))
    )
    assert len(set(keys(carried))) == len(new)
    assert [s.text for s in carried.sections] == new


def test_a_key_is_carried_however_often_the_book_is_read_again() -> None:
    old = book(("One", A), ("Two", B), ("Three", C))
    again = carry_keys(book(("One", A), ("Two", B + " It was late."), ("Three", C)), old)
    moved = carry_keys(book(("Three", C), ("One", A), ("The Second", B + " It was late.")), again)
    assert keys(moved) == [keys(old)[2], keys(old)[0], keys(old)[1]]


def test_the_old_text_under_a_key_that_was_carried_off_does_not_get_it_back() -> None:
    old = book(("One", A), ("Two", B))
    again = carry_keys(book(("One", A), ("Two", B + " It was late.")), old)
    both = carry_keys(book(("One", A), ("Two", B + " It was late."), ("Two, as it was", B)), again)
    assert keys(both)[:2] == keys(old)
    assert keys(both)[2] not in keys(old)


def test_a_section_that_a_newer_reader_takes_for_front_matter_keeps_its_key() -> None:
    old, new = book(("One", A), ("Two", B)), book(("One", A), ("Two", B), kinds=[SectionKind.FRONT_MATTER])
    assert keys(new) != keys(old)
    assert keys(carry_keys(new, old)) == keys(old)
