"""Plain text, Markdown, HTML."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from litink.books.model import BlockKind, Book
from litink.books.reading import read
from litink.errors import Refused
from tests.books.makers import prose


def from_text(tmp_path: Path, text: str, name: str = "b.txt", encoding: str = "utf-8") -> Book:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read(path).book


def wrapped(seed: str, words: int = 80) -> str:
    return "\n\n".join(textwrap.fill(prose(words // 2, seed), 72) for _ in range(2))


def test_chapters_are_found_by_their_words_and_lines_are_joined(tmp_path: Path) -> None:
    text = "The Lamp\n\n\n\n" + "".join(
        f"CHAPTER {n}.\n\nTHE STAIR {n}\n\n\n{wrapped(n)}\n\n\n\n" for n in ("I", "II", "III")
    )
    book = from_text(tmp_path, text)
    assert [c.title for c in book.chapters] == [f"CHAPTER {n}: THE STAIR {n}" for n in ("I", "II", "III")]
    assert "\n" not in book.chapters[0].text.replace("\n\n", "")


def test_a_short_first_line_is_no_chapter_name(tmp_path: Path) -> None:
    first = "To Mrs. Saville, England"
    text = "".join(
        f"CHAPTER {n}\n\n\n{first if n == 'II' else wrapped('x', 40)}\n\n{wrapped(n)}\n\n\n\n"
        for n in ("I", "II", "III")
    )
    book = from_text(tmp_path, text)
    assert [c.title for c in book.chapters] == ["CHAPTER I", "CHAPTER II", "CHAPTER III"]
    assert book.chapters[1].text.startswith(first)


def test_titles_that_only_stand_apart_are_found(tmp_path: Path) -> None:
    names = ["The Hill", "Hod Putt", "Ollie McGee", "Fletcher McGee"]
    text = "".join(f"{n}\n\n\n{wrapped(n)}\n\n\n\n" for n in names)
    assert [c.title for c in from_text(tmp_path, text).chapters] == names


def test_a_typed_play_becomes_speeches(tmp_path: Path) -> None:
    turns = "".join(
        f"ALGERNON. Did you hear number {n}?\n\nLANE. [Bowing.] I did not, sir. (He goes off.) Not that one.\n\n"
        for n in range(8)
    )
    chapter = from_text(tmp_path, f"ACT I\n\n\n{turns}\n\n\nACT II\n\n\n{turns}").chapters[0]
    first = [(b.kind, b.speaker, chapter.block_text(b)) for b in chapter.blocks[:5]]
    assert first == [
        (BlockKind.SPEECH, "ALGERNON", "Did you hear number 0?"),
        (BlockKind.STAGE, None, "Bowing."),
        (BlockKind.SPEECH, "LANE", "I did not, sir."),
        (BlockKind.STAGE, None, "He goes off."),
        (BlockKind.SPEECH, "LANE", "Not that one."),
    ]


def test_typed_italics_pictures_and_notes_are_what_they_stand_for(tmp_path: Path) -> None:
    text = "".join(
        f"CHAPTER {n}\n\n\nThe _great_ lamp[1] burned. {prose(30)}\n\n[Illustration: The lamp.]\n\n[Footnote"
        f" 1: An oil lamp.]\n\n\n\n"
        for n in ("I", "II")
    )
    chapter = from_text(tmp_path, text).chapters[0]
    assert chapter.text.startswith("The great lamp burned.")
    assert [(chapter.block_text(b), b.kind) for b in chapter.blocks[1:]] == [("The lamp.", BlockKind.PICTURE)]
    assert [(n.label, n.text, n.anchor) for n in chapter.notes] == [("1", "An oil lamp.", len("The great lamp"))]


def test_a_gutenberg_header_gives_title_author_and_language(tmp_path: Path) -> None:
    fields = "Title: Die Lampe\n\nAuthor: A. Niemand\n\nLanguage: German\n\n"
    start = "*** START OF THE PROJECT GUTENBERG EBOOK LAMPEN ***\n\n\n"
    header = f"The Project Gutenberg eBook of Lampen\n\n{fields}{start}"
    book = from_text(tmp_path, header + "".join(f"Erstes Kapitel\n\n\n{wrapped(n)}\n\n\n\n" for n in "ab"))
    assert (book.title, book.author, book.language) == ("Die Lampe", "A. Niemand", "de")


def test_markdown_and_html_are_divided_by_their_headings(tmp_path: Path) -> None:
    markdown = "# The Lamp\n\n" + "".join(f"## Chapter {n}\n\n{prose(40, str(n))}\n\n> quoted\n\n" for n in (1, 2))
    book = from_text(tmp_path, markdown, "b.md")
    assert (book.format, book.title, [c.title for c in book.chapters]) == ("md", "The Lamp", ["Chapter 1", "Chapter 2"])
    assert book.chapters[0].blocks[-1].kind is BlockKind.QUOTATION
    page = f"<!doctype html><html lang=en><title>Lamps</title><h2>One</h2><p>{prose(40)}<h2>Two</h2><p>{prose(40)}"
    book = from_text(tmp_path, page, "b.html")
    assert (book.format, book.title, [c.title for c in book.chapters]) == ("html", "Lamps", ["One", "Two"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_recognised(tmp_path: Path, encoding: str) -> None:
    assert (
        from_text(tmp_path, "“Café,” said Zoë. " * 20, encoding=encoding)
        .chapters[0]
        .text.startswith("“Café,” said Zoë.")
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [(prose(60), "en"), ("Der Mann und die Frau sind nicht mit dem Hund auf der Wiese, denn ich war das. " * 5, "de"),
     ("これはテストです。灯台の光は消えました。" * 20, "ja"), ("zzz " * 50, "und")],
)  # fmt: skip
def test_the_language_of_a_file_that_does_not_say_is_guessed(tmp_path: Path, text: str, language: str) -> None:
    assert from_text(tmp_path, text).language == language


def test_text_without_any_heading_is_one_chapter_named_after_the_file(tmp_path: Path) -> None:
    [chapter] = from_text(tmp_path, wrapped("a", 300), "my_story.txt").chapters
    assert chapter.title == "my story"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("b.epub", b"", "file-empty"), ("b.epub", b"plain words " * 30, "not-an-epub"),
        ("b.pdf", b"<!DOCTYPE html><html></html>", "not-a-pdf"),
        ("b.epub", b"\xff\xd8\xff\xe0" + bytes(64), "not-a-book"), ("b.docx", rb"{\rtf1 words}", "rtf-unsupported"),
        ("b.docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "doc-old-or-protected"),
        ("b.txt", bytes(range(256)) * 20, "not-a-book"),
        ("b.epub", b"PK\x03\x04" + bytes(60), "archive-damaged"), ("b.pdf", b"%PDF-1.4\nnothing", "pdf-damaged"),
        ("b.txt", b"\n \n", "no-text"),
    ],
)  # fmt: skip
def test_what_is_no_book_is_refused_with_a_code_and_advice(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Refused) as refused:
        read(path)
    assert refused.value.code == code
    assert "please" in refused.value.message.lower()


def test_the_type_is_judged_by_content_and_the_uploads_name_gives_the_title(tmp_path: Path) -> None:
    path = tmp_path / "upload-7f3a"
    path.write_text(prose(60))
    assert read(path, filename="The Lamp.txt").book.title == "The Lamp"
