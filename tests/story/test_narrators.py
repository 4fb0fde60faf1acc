"""Who says "I", chapter by chapter, and who tells a chapter that is one long speech."""

from __future__ import annotations

from litink.books.model import Book, Section
from litink.story.cast import read_cast
from litink.story.model import Cast

from .conftest import book, chapter

ABOUT = (
    "John Hunt walked along the shore. Mary Penn sat by the sea. John Hunt looked at Mary Penn. Mary Penn smiled, and "
    "John Hunt turned away. “It is late,” said John Hunt. “It is,” said Mary Penn. Robert Stone slept. "
    "“Wake up, Robert!” cried Mary Penn. Robert Stone woke."
)
MINE = "I rose early and I went out. I saw nobody. I walked on and I was cold. “Is anybody there?” I asked."


def titled(section: Section, title: str) -> Section:
    return section.model_copy(update={"title": title, "heading": title})


def chapters(*told: tuple[str, str]) -> Book:
    made = (chapter(text, key=f"c{n}", number=n) for n, (_, text) in enumerate(told, start=1))
    return book(*(titled(section, title) for section, (title, _) in zip(made, told, strict=True)))


def asked(cast: Cast) -> dict[str, str]:
    """Who asks "Is anybody there?", by chapter."""
    names = {c.id: c.name for c in cast.characters}
    return {q.chapter: names[q.speaker] for q in cast.quotations if "anybody there" in q.text and q.speaker}


def test_an_account_is_told_by_whom_its_heading_names() -> None:
    cast = read_cast(chapters(("One", ABOUT), ("John Hunt’s Narrative", MINE), ("The Diary of Mary Penn", MINE)))
    assert asked(cast) == {"c2": "John Hunt", "c3": "Mary Penn"}


def test_a_letter_is_told_by_whom_it_is_signed_and_so_are_the_letters_after_it() -> None:
    signed = f"{MINE}\n\nYour affectionate brother,\n\nR. Stone."
    cast = read_cast(chapters(("One", ABOUT), ("Letter I", signed), ("Letter II", MINE), ("Three", MINE)))
    assert asked(cast)["c2"] == asked(cast)["c3"] == "Robert Stone"
    assert asked(cast)["c4"] != "Robert Stone"  # no letter


def test_a_name_at_the_end_of_a_chapter_is_no_signature_without_closing_words() -> None:
    cast = read_cast(chapters(("One", ABOUT), ("Two", f"{MINE}\n\nThen somebody came in.\n\nRobert Stone.")))
    assert asked(cast)["c2"] != "Robert Stone"


TALE = "“I was born by the sea.\n\n“I never knew my mother, and I was poor.\n\n“I went to sea when I was ten.”"


def tellers(cast: Cast, key: str) -> set[str | None]:
    names = {c.id: c.name for c in cast.characters}
    return {names.get(q.speaker or "") for q in cast.quotations if q.chapter == key}


def test_a_chapter_that_is_one_speech_is_told_by_whom_the_chapter_before_ends_with() -> None:
    before = f"{ABOUT}\n\nAt last John Hunt sat down by the fire, and thus began his tale."
    cast = read_cast(chapters(("One", before), ("Two", TALE), ("Three", TALE)))
    assert tellers(cast, "c2") == tellers(cast, "c3") == {"John Hunt"}


def test_who_speaks_last_goes_on_in_the_next_chapter() -> None:
    before = f"{ABOUT}\n\nJohn Hunt looked at her.\n\n“Hear my story,” said Mary Penn. “It is short.”"
    assert tellers(read_cast(chapters(("One", before), ("Two", TALE))), "c2") == {"Mary Penn"}


def test_a_speech_that_opens_the_book_stays_unknown() -> None:
    assert tellers(read_cast(chapters(("One", TALE), ("Two", ABOUT))), "c1") == {None}
