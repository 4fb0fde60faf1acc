"""Keys: what was made for a chapter stays with it when the book is read again, or corrected by hand."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litink.books.assembly import section_key
from litink.books.corrections import Correction, Join, Move, Rename, SetKind, Split, apply
from litink.books.identity import carry_keys
from litink.books.model import Block, BlockKind, Book, Note, Section, SectionKind
from litink.errors import Refused
from tests.books.makers import prose


def book(*chapters: tuple[str, str]) -> Book:
    taken: Counter[str] = Counter()
    sections = []
    for number, (title, text) in enumerate(chapters, 1):
        blocks, at = [], 0
        for paragraph in text.split("\n\n"):
            blocks.append(Block(kind=BlockKind.PARAGRAPH, start=at, end=at + len(paragraph)))
            at += len(paragraph) + 2
        key = section_key(SectionKind.CHAPTER, text, taken)
        sections.append(
            Section(
                key=key,
                kind=SectionKind.CHAPTER,
                number=number,
                title=title,
                heading=title,
                text=text,
                blocks=tuple(blocks),
            )
        )
    return Book(title="t", author="a", language="en", format="txt", sections=tuple(sections))


A, B, C, D = (prose(40, seed) for seed in ("alpha", "beta", "gamma", "delta"))


def keys(of: Book) -> list[str]:
    return [section.key for section in of.sections]


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


def test_renaming_moving_and_changing_kind_keep_every_key_and_renumber() -> None:
    old = book(("One", A), ("Two", B), ("Three", C))
    one, two, three = keys(old)
    corrections: list[Correction] = [
        Rename(section=two, title="The Stair"),
        SetKind(section=one, kind=SectionKind.FRONT_MATTER),
        Move(section=three, before=two),
    ]
    new, lost = apply(old, corrections)
    assert not lost
    assert [(s.key, s.title, s.number) for s in new.sections] == [
        (one, "One", None),
        (three, "Three", 1),
        (two, "The Stair", 2),
    ]


def test_splitting_and_joining_lose_no_word_and_leave_the_neighbours_alone() -> None:
    old = book(("One", A), ("Two", f"{B}\n\n{C}"), ("Three", D))
    noted = old.sections[1].model_copy(update={"notes": (Note(text="n", anchor=len(B) + 4),)})
    old = old.model_copy(update={"sections": (old.sections[0], noted, old.sections[2])})
    split, _ = apply(old, [Split(section=noted.key, offset=len(B) + 2, title="Two and a half")])
    assert [s.text for s in split.sections] == [A, B, C, D]
    assert [n.anchor for n in split.sections[2].notes] == [2]
    assert keys(split)[0] == keys(old)[0]
    assert keys(split)[3] == keys(old)[2]
    joined, _ = apply(split, [Join(section=split.sections[1].key)])
    assert joined.sections[1].text == f"{B}\n\n{C}"
    assert joined.sections[1].notes == noted.notes
    assert joined.sections[1].key == noted.key
    for section in joined.sections:
        assert section.text == "\n\n".join(section.block_text(b) for b in section.blocks)


def test_corrections_are_repeated_on_the_file_read_again_and_lost_ones_are_told() -> None:
    rename, gone = Rename(section=keys(book(("One", A)))[0], title="First"), Rename(section="c0", title="x")
    new, lost = apply(book(("Zero", B), ("One", A)), [rename, gone])
    assert [s.title for s in new.sections] == ["Zero", "First"]
    assert lost == (gone,)


def test_a_split_inside_a_paragraph_is_refused() -> None:
    old = book(("One", A))
    with pytest.raises(Refused):
        apply(old, [Split(section=keys(old)[0], offset=3, title="x")])
