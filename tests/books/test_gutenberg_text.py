"""Project Gutenberg's plain text: header and licence are kept, but never among the chapters."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from litink.books.model import Book, SectionKind
from litink.books.reading import read
from tests.books.makers import prose

FIELDS = "Title: The Stair\n\nAuthor: A. Nobody\n\nRelease date: May 1, 2001 [eBook #9999]\n\nLanguage: English\n\n"
NEW_HEADER = (
    "The Project Gutenberg eBook of The Stair\n\nThis ebook is for the use of anyone anywhere in the United States\n"
    f"and most other parts of the world at no cost.\n\n{FIELDS}Credits: Volunteers\n\n\n"
    "*** START OF THE PROJECT GUTENBERG EBOOK THE STAIR ***\n\n\n\n"
)
NEW_LICENCE = (
    "\n\n\n*** END OF THE PROJECT GUTENBERG EBOOK THE STAIR ***\n\n\n"
    "Updated editions will replace the previous one.\n\n\nSTART: FULL LICENSE\n\n"
    "THE FULL PROJECT GUTENBERG LICENSE\n\nPLEASE READ THIS BEFORE YOU DISTRIBUTE OR USE THIS WORK\n\n"
    "Section 1. General Terms of Use and Redistributing\n\nChapter and verse of the terms follow.\n\n"
    "Section 2. Information about the Mission\n\nEmail contact links are on the website.\n"
)
OLD_HEADER = (
    "Project Gutenberg Etext of The Stair, by A. Nobody\n\nCopyright laws are changing all over the world.\n\n"
    '***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***\nWhy is this "Small Print!" statement here?\n\n'
    "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*\n\n\n\n"
)
OLD_LICENCE = "\n\n\nEnd of the Project Gutenberg Etext of The Stair\n"
MIDDLE_HEADER = (
    f"The Project Gutenberg EBook of The Stair, by A. Nobody\n\n{FIELDS}Character set encoding: UTF-8\n\n"
    "*** START OF THIS PROJECT GUTENBERG EBOOK THE STAIR ***\n\n\n\n\nProduced by Jane Doe and the Online Distributed\n"
    "Proofreading Team at https://www.pgdp.net\n\n\n\n\n"
)
MIDDLE_LICENCE = (
    "\n\n\n\nEnd of the Project Gutenberg EBook of The Stair, by A. Nobody\n\n"
    "*** END OF THIS PROJECT GUTENBERG EBOOK THE STAIR ***\n\n***** This file should be named 9999.txt *****\n\n"
    "THE FULL PROJECT GUTENBERG LICENSE\n\nSection 1. General Terms of Use\n\nYou may copy it.\n"
)
FORMS = [
    pytest.param(NEW_HEADER, NEW_LICENCE, id="since-2021"),
    pytest.param(MIDDLE_HEADER, MIDDLE_LICENCE, id="2003-to-2021"),
    pytest.param(OLD_HEADER, OLD_LICENCE, id="small-print"),
]
CHAPTERS = [f"CHAPTER {n}.\n\n{textwrap.fill(prose(120, f'chapter{n}'), 72)}" for n in ("I", "II", "III")]
STORY = textwrap.fill(prose(300, "story"), 72)


def from_text(tmp_path: Path, text: str) -> Book:
    path = tmp_path / "9999-0.txt"
    path.write_text(text)
    return read(path).book


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("header", "licence"), FORMS)
def test_header_and_licence_stand_apart_and_no_word_is_lost(
    header: str, licence: str, newline: str, tmp_path: Path
) -> None:
    text = (header + "\n\n\n\n".join(CHAPTERS) + licence).replace("\n", newline)
    book = from_text(tmp_path, text)
    assert [c.title.rstrip(".") for c in book.chapters] == ["CHAPTER I", "CHAPTER II", "CHAPTER III"]
    read_aloud = " ".join(c.text for c in book.chapters)
    assert "utenberg" not in read_aloud.lower()
    assert "PLEASE READ" not in read_aloud
    assert book.chapters[-1].text.endswith("lit it first.")
    assert "GUTENBERG" in book.front_matter[0].text.upper()
    assert "GUTENBERG" in book.back_matter[-1].text.upper()
    held = " ".join(f"{section.heading} {section.text}" for section in book.sections).split()
    assert sorted(held) == sorted(text.split())


@pytest.mark.parametrize(("header", "licence"), FORMS)
def test_a_story_without_headings_is_one_chapter_between_them(header: str, licence: str, tmp_path: Path) -> None:
    book = from_text(tmp_path, header + STORY + licence)
    [chapter] = book.chapters
    assert chapter.text.split()[:2] == ["story", "The"]
    assert "utenberg" not in chapter.text.lower()


def test_title_author_and_language_come_from_the_header(tmp_path: Path) -> None:
    book = from_text(tmp_path, NEW_HEADER + "\n\n\n\n".join(CHAPTERS) + NEW_LICENCE)
    assert (book.title, book.author, book.language) == ("The Stair", "A. Nobody", "en")


def test_a_book_that_only_speaks_of_project_gutenberg_is_left_alone(tmp_path: Path) -> None:
    talk = "He had found it at Project Gutenberg, he said, and had read it twice. "
    book = from_text(tmp_path, "\n\n\n\n".join(f"{chapter}\n\n{talk}" for chapter in CHAPTERS))
    assert [s.kind for s in book.sections] == [SectionKind.CHAPTER] * 3
    assert all(c.text.endswith("read it twice.") for c in book.chapters)
