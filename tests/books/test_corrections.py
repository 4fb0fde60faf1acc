"""Corrections by hand: what they do to a book, what they leave alone, and that they hold when it is read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from litink.books.corrections import (
    Conflict,
    Correction,
    Join,
    Move,
    Rename,
    SetKind,
    Split,
    anchored,
    correct,
    described,
    repeat,
)
from litink.books.identity import carry_keys
from litink.books.model import BlockKind, Book, Note, SectionKind
from litink.errors import Refused
from tests.books.makers import prose
from tests.books.sections import book, keys

A, B, C, D = (prose(40, seed) for seed in ("alpha", "beta", "gamma", "delta"))
GONE = "The section that it names is not in the book as it stands now."


def words(of: Book) -> list[str]:
    return " ".join(part for s in of.sections for part in (s.text, s.heading)).split()


def test_renaming_moving_and_changing_kind_keep_every_key_and_renumber() -> None:
    old = book(("One", A), ("Two", B), ("Three", C))
    one, two, three = keys(old)
    corrections: list[Correction] = [
        Rename(section=two, title="The Stair"),
        SetKind(section=one, kind=SectionKind.FRONT_MATTER),
        Move(section=three, before=two),
    ]
    new, conflicts = repeat(old, corrections)
    assert not conflicts
    assert [(s.key, s.title, s.number) for s in new.sections] == [
        (one, "One", None),
        (three, "Three", 1),
        (two, "The Stair", 2),
    ]


@pytest.mark.parametrize(
    ("moved", "before", "order"),
    [(0, 2, "BAC"), (0, None, "BCA"), (2, 0, "CAB"), (1, 0, "BAC"), (1, 1, "ABC"), (0, 1, "ABC"), (2, None, "ABC")],
)
def test_a_section_goes_where_it_is_put(moved: int, before: int | None, order: str) -> None:
    old = book(("A", A), ("B", B), ("C", C))
    target = None if before is None else keys(old)[before]
    new = correct(old, Move(section=keys(old)[moved], before=target))
    assert "".join(s.title for s in new.sections) == order


def test_splitting_and_joining_lose_no_word_and_leave_the_neighbours_alone() -> None:
    old = book(("One", A), ("Two", f"{B}\n\n{C}"), ("Three", D))
    noted = old.sections[1].model_copy(update={"notes": (Note(text="n", anchor=len(B) + 4),)})
    old = old.model_copy(update={"sections": (old.sections[0], noted, old.sections[2])})
    assert noted.word_count == len(f"{B} {C}".split())
    split = correct(old, Split(section=noted.key, offset=len(B) + 2, title="Two and a half"))
    assert [s.text for s in split.sections] == [A, B, C, D]
    assert [s.word_count for s in split.sections] == [len(text.split()) for text in (A, B, C, D)]
    assert [n.anchor for n in split.sections[2].notes] == [2]
    assert [split.sections[0], split.sections[3].key] == [old.sections[0], old.sections[2].key]
    joined = correct(split, Join(section=split.sections[1].key))
    assert joined.sections[1].text == f"{B}\n\n{C}"
    assert joined.sections[1].notes == noted.notes
    for section in (*split.sections, *joined.sections):
        assert section.text == "\n\n".join(section.block_text(b) for b in section.blocks)
    assert len({*keys(old), *keys(split), *keys(joined)}) == 3 + 2 + 1  # each has a key of its own


def test_a_heading_at_the_split_becomes_the_heading_and_is_told_once() -> None:
    old = book(("Both", f"{A}\n\n# The Second\n\n{B}"))
    split = correct(old, Split(section=keys(old)[0], offset=len(A) + 2, title="The Second"))
    assert [(s.heading, s.text) for s in split.sections] == [("Both", A), ("The Second", B)]
    joined = correct(split, Join(section=split.sections[0].key))
    assert joined.sections[0].text == old.sections[0].text
    assert [b.kind for b in joined.sections[0].blocks] == [b.kind for b in old.sections[0].blocks]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Book, list[Correction]]:
    """A book, and corrections each of which fits the book as the ones before have left it."""
    texts = draw(st.lists(st.sampled_from([A, f"{A}\n\n{B}", f"{C}\n\n# Head\n\n{D}\n\n{A}", "x\n\ny"]), min_size=1))
    now = book(*((f"T{n}", text) for n, text in enumerate(texts)))
    made: list[Correction] = []
    first = now
    for _ in range(draw(st.integers(0, 8))):
        section = draw(st.sampled_from(now.sections))
        other = draw(st.sampled_from([None, *keys(now)]))
        choices: list[Correction] = [
            Rename(section=section.key, title=draw(st.sampled_from(["A", "B"]))),
            SetKind(section=section.key, kind=draw(st.sampled_from(list(SectionKind)))),
            Move(section=section.key, before=other),
        ]
        if len(section.blocks) > 1:
            block = draw(st.sampled_from(section.blocks[1:]))
            choices.append(Split(section=section.key, offset=block.start, title="Half"))
        if section is not now.sections[-1]:
            choices.append(Join(section=section.key))
        correction = anchored(now, draw(st.sampled_from(choices)))
        now = correct(now, correction)
        made.append(correction)
    return first, made


@given(histories())
def test_whatever_is_corrected_no_word_is_lost_no_key_doubled_and_chapters_are_counted(
    history: tuple[Book, list[Correction]],
) -> None:
    first, made = history
    now, conflicts = repeat(first, made)
    assert not conflicts
    assert sorted(words(now)) == sorted(words(first))
    assert len(set(keys(now))) == len(now.sections)
    assert all(len(key) <= 40 for key in keys(now))
    assert [s.number for s in now.chapters] == list(range(1, len(now.chapters) + 1))
    assert all(s.number is None for s in now.sections if s.kind is not SectionKind.CHAPTER)
    for section in now.sections:
        assert section.text == "\n\n".join(section.block_text(block) for block in section.blocks)
        assert all(0 <= note.anchor <= len(section.text) for note in section.notes)


def test_corrections_hold_when_the_file_is_read_differently() -> None:
    """Every text was read with a word more: keys are carried, and what was split and joined is found again."""
    old = book(("One", A), ("Two", f"{B}\n\n{C}"), ("Three", D))
    one, two, three = keys(old)
    split = anchored(old, Split(section=two, offset=len(B) + 2, title="Two and a half"))
    tail = keys(correct(old, split))[2]
    made: list[Correction] = [
        split,
        Rename(section=tail, title="The Half"),
        Join(section=tail),
        Rename(section=one, title="1"),
    ]
    before, _ = repeat(old, made)
    again = carry_keys(book(("One", f"{A} More."), ("Two", f"More. {B}\n\n{C}"), ("Three", f"{D} More.")), old)
    after, conflicts = repeat(again, made)
    assert not conflicts
    assert keys(after) == keys(before)
    assert [s.title for s in after.sections] == ["1", "Two", "The Half"]
    assert after.sections[2].text.startswith(C[:60])
    assert three not in keys(after)


def test_what_finds_no_place_any_more_is_told_and_the_rest_holds() -> None:
    old = book(("One", A), ("Two", f"{B}\n\n{C}"))
    one, two = keys(old)
    made: list[Correction] = [
        Rename(section="c0", title="x"),
        anchored(old, Split(section=two, offset=len(B) + 2, title="Half")),
        Rename(section=one, title="First"),
    ]
    changed = carry_keys(book(("One", A), ("Two", f"{B} {C}")), old)
    new, conflicts = repeat(changed, made)
    assert [s.title for s in new.sections] == ["First", "Two"]
    assert conflicts == (
        Conflict(0, GONE),
        Conflict(1, "A section can only be split where one of its paragraphs begins."),
    )


def test_of_two_paragraphs_that_begin_alike_the_nearer_one_is_taken() -> None:
    old = book(("One", "a b\n\nAnd so it went.\n\nc d\n\nAnd so it went."))
    last = old.sections[0].blocks[-1].start
    split = anchored(old, Split(section=keys(old)[0], offset=last, title="End"))
    longer = carry_keys(book(("One", "a b e f\n\nAnd so it went.\n\nc d\n\nAnd so it went.")), old)
    assert [s.text for s in correct(longer, split).sections][1] == "And so it went."
    assert correct(longer, split).sections[0].text.endswith("c d")


@pytest.mark.parametrize(
    ("correction", "code"),
    [
        (Rename(section="c0", title="x"), "correction-no-section"),
        (Move(section="ONE", before="c0"), "correction-no-section"),
        (Split(section="ONE", offset=3, title="x"), "correction-split-place"),
        (Split(section="ONE", offset=10**9, title="x"), "correction-split-place"),
        (Split(section="ONE", offset=len(A) + 2, title="x", begins="Other words"), "correction-split-place"),
        (Join(section="TWO"), "correction-no-next"),
    ],
)
def test_what_makes_no_sense_is_refused(correction: Correction, code: str) -> None:
    old = book(("One", f"{A}\n\n{B}"), ("Two", C))
    named = {"ONE": keys(old)[0], "TWO": keys(old)[1]}
    correction = correction.model_copy(update={"section": named.get(correction.section, correction.section)})
    for act in (correct, described):
        if act is described and isinstance(correction, Split):
            continue
        with pytest.raises(Refused) as refused:
            act(old, correction)
        assert refused.value.code == code


def test_a_correction_says_what_it_does_in_words() -> None:
    old = book(("One", f"{A}\n\n{B}"), ("Two", C))
    one, two = keys(old)
    assert [
        described(old, correction)
        for correction in (
            Rename(section=one, title="The Lamp"),
            SetKind(section=two, kind=SectionKind.BACK_MATTER),
            Split(section=one, offset=len(A) + 2, title="The Stair"),
            Join(section=one),
            Move(section=two, before=one),
            Move(section=one),
        )
    ] == [
        "“One” renamed to “The Lamp”",
        "“Two” made back matter",
        "“One” split, the second part called “The Stair”",
        "“One” joined with “Two”",
        "“Two” moved before “One”",
        "“One” moved to the end",
    ]


def test_a_title_is_one_line_with_something_in_it() -> None:
    assert Rename(section="c1", title="  The\nLamp\x00 and\tthe  Stair ").title == "The Lamp and the Stair"
    assert Rename(section="c1", title="می\u200cخواهم").title == "می\u200cخواهم"  # a joiner that the word needs
    for title in ("", " \n", "\x00", "x" * 301):
        with pytest.raises(ValidationError):
            Rename(section="c1", title=title)


def test_corrections_go_through_json_and_come_back_the_same() -> None:
    every = TypeAdapter(list[Correction])
    made: list[Correction] = [
        Rename(section="c1", title="x"),
        SetKind(section="c1", kind=SectionKind.CHAPTER),
        Split(section="c1", offset=3, title="x", begins="And"),
        Join(section="c1"),
        Move(section="c1"),
    ]
    assert every.validate_json(every.dump_json(made)) == made
    with pytest.raises(ValidationError):
        every.validate_python([{"do": "drop", "section": "c1"}])


def test_a_heading_alone_at_the_end_stays_text() -> None:
    old = book(("One", f"{A}\n\n# Coda"))
    split = correct(old, Split(section=keys(old)[0], offset=len(A) + 2, title="Coda"))
    assert (split.sections[1].text, split.sections[1].blocks[0].kind) == ("Coda", BlockKind.HEADING)


def test_a_zero_character_which_no_database_takes_does_not_hide_the_place() -> None:
    old = book(("One", f"{A}\n\n\x00{B}"))
    split = anchored(old, Split(section=keys(old)[0], offset=len(A) + 2, title="Two"))
    assert isinstance(split, Split)
    assert "\x00" not in split.begins
    assert correct(old, split).sections[1].text == f"\x00{B}"
