"""Several files as one book: the archive they are kept in, and what they read as together."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from litink.books.model import Book, ReadBook
from litink.books.sandbox import read_book
from litink.books.works import MAX_FILES, Part, is_work, pack
from litink.errors import Refused
from tests.books.makers import docx, epub, paragraph, prose

LIMIT = 50 << 20


def text_file(folder: Path, name: str, seed: str, chapters: int = 0) -> Part:
    """A text of one nameless chapter, or of several."""
    path = folder / name
    parts = [f"CHAPTER {n}\n\n\n{prose(60, f'{seed}{n}')}\n\n\n\n" for n in range(1, chapters + 1)]
    path.write_text("".join(parts) or prose(60, seed))
    return Part(path, name)


def word_file(folder: Path, name: str, heading: str, seed: str) -> Part:
    path = docx(folder / name, paragraph(heading, "Heading1") + paragraph(prose(60, seed)))
    return Part(path, name)


def read_work(folder: Path, parts: list[Part], title: str = "", author: str = "") -> ReadBook:
    archive = folder / "archive"
    pack(parts, archive, title=title, author=author, max_bytes=LIMIT)
    return read_book(archive, filename="whatever")


def outline(book: Book) -> list[tuple[int | None, str, tuple[str, ...]]]:
    return [(section.number, section.title, section.path) for section in book.sections]


# -- what they read as -------------------------------------------------------------------------------------------------


def test_files_with_several_chapters_are_parts_and_others_are_chapters(tmp_path: Path) -> None:
    tale = epub(
        tmp_path / "tale.epub",
        {f"c{n}.xhtml": f"<h1>Chapter {n}</h1><p>{prose(60, f'tale{n}')}</p>" for n in (1, 2)},
        title="The Second Tale",
    )
    parts = [
        text_file(tmp_path, "the-first-tale.txt", "first", chapters=2),
        Part(tale, "tale.epub"),
        word_file(tmp_path, "a.docx", "The Interlude", "interlude"),
        text_file(tmp_path, "04 - after_word.txt", "nameless"),
    ]
    assert outline(read_work(tmp_path, parts).book) == [
        (1, "CHAPTER 1", ("The First Tale",)),
        (2, "CHAPTER 2", ("The First Tale",)),
        (3, "Chapter 1", ("The Second Tale",)),
        (4, "Chapter 2", ("The Second Tale",)),
        (5, "The Interlude", ()),
        (6, "after word", ()),
    ]


def test_each_file_is_read_by_its_own_reader_and_no_word_gets_lost(tmp_path: Path) -> None:
    parts = [text_file(tmp_path, "1.txt", "text", chapters=3), word_file(tmp_path, "2.docx", "Lamp", "word")]
    whole = read_work(tmp_path, parts).book
    alone = [read_book(part.path, filename=part.name).book for part in parts]
    assert [s.text for s in whole.sections] == [s.text for book in alone for s in book.sections]
    assert whole.format == "mixed"


def test_keys_are_those_of_the_files_alone_in_whatever_order(tmp_path: Path) -> None:
    parts = [text_file(tmp_path, f"{n}.txt", seed, chapters=2) for n, seed in enumerate("abc")]
    alone = {s.text: s.key for part in parts for s in read_book(part.path).book.sections}
    for order in (parts, parts[::-1]):
        assert {s.text: s.key for s in read_work(tmp_path, order).book.sections} == alone


def test_sections_that_several_files_share_have_keys_of_their_own(tmp_path: Path) -> None:
    first, second = text_file(tmp_path, "a.txt", "same", chapters=2), text_file(tmp_path, "b.txt", "same", chapters=2)
    second.path.write_text(second.path.read_text() + " And then the day came.")
    keys = [section.key for section in read_work(tmp_path, [first, second]).book.sections]
    assert len(set(keys)) == len(keys) == 4


def test_title_and_author_are_those_given_else_those_of_the_files(tmp_path: Path) -> None:
    named = [
        Part(epub(tmp_path / f"{n}.epub", {"c.xhtml": f"<h1>One</h1><p>{prose(60, str(n))}</p>"}), f"{n}.epub")
        for n in range(2)
    ]
    assert read_work(tmp_path, named).book.title == "The Lamp"
    assert read_work(tmp_path, named).book.author == "A. Nobody"
    given = read_work(tmp_path, named, title="  My\nLamps ", author="Ida Marsh").book
    assert (given.title, given.author) == ("My Lamps", "Ida Marsh")


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (["the-lamp-1.txt", "the-lamp-2.txt"], "The Lamp"),
        (["The Lamp, part one.txt", "The Lamp, part two.txt"], "The Lamp, part"),
        (["chapter-1.txt", "chapter-2.txt"], "Untitled"),
        (["a tale.txt", "my other story.txt"], "a tale"),
    ],
)
def test_a_work_that_nobody_named_is_called_as_its_files_are(names: list[str], title: str, tmp_path: Path) -> None:
    parts = [text_file(tmp_path, name, f"seed{n}") for n, name in enumerate(names)]
    assert read_work(tmp_path, parts).book.title == title


def test_files_that_all_claim_the_books_title_are_told_apart_by_their_names(tmp_path: Path) -> None:
    files = {f"c{n}.xhtml": f"<h1>Chapter {n}</h1><p>{prose(60, f'x{n}')}</p>" for n in (1, 2)}
    other = {f"c{n}.xhtml": f"<h1>Chapter {n}</h1><p>{prose(60, f'y{n}')}</p>" for n in (1, 2)}
    parts = [
        Part(epub(tmp_path / "1.epub", files), "01 The Stair.epub"),
        Part(epub(tmp_path / "2.epub", other), "02 The Sea.epub"),
    ]
    book = read_work(tmp_path, parts).book
    assert book.title == "The Lamp"
    assert [c.path for c in book.chapters] == [("The Stair",), ("The Stair",), ("The Sea",), ("The Sea",)]


def test_one_file_with_a_title_of_its_own_is_read_as_ever_under_that_title(tmp_path: Path) -> None:
    part = text_file(tmp_path, "x.txt", "only", chapters=2)
    alone, work = read_book(part.path).book, read_work(tmp_path, [part], title="The Given").book
    assert work == alone.model_copy(update={"title": "The Given"})


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_one_bad_file_refuses_the_whole_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"\x89PNG\r\n\x1a\n not a book")
    parts = [text_file(tmp_path, "good.txt", "good"), Part(tmp_path / "bad", "photo.epub")]
    with pytest.raises(Refused) as refused:
        read_work(tmp_path, parts)
    assert refused.value.code == "not-a-book"
    assert refused.value.message.startswith("“photo.epub”: This is a picture")


def test_a_file_that_kills_its_reader_is_named(tmp_path: Path) -> None:
    (tmp_path / "huge").write_bytes(b"x\n\n" * (20 << 20))  # more paragraphs than a reader has memory for
    parts = [text_file(tmp_path, "good.txt", "good"), Part(tmp_path / "huge", "huge.txt")]
    archive = tmp_path / "archive"
    pack(parts, archive, max_bytes=100 << 20)
    with pytest.raises(Refused) as refused:
        read_book(archive)
    assert refused.value.code == "book-too-complex"
    assert refused.value.message.startswith("“huge.txt”: The file needs more memory")


def test_the_same_file_twice_is_refused_by_both_names(tmp_path: Path) -> None:
    one = text_file(tmp_path, "a.txt", "same")
    with pytest.raises(Refused) as refused:
        pack([one, text_file(tmp_path, "b.txt", "other"), Part(one.path, "c.txt")], tmp_path / "w", max_bytes=LIMIT)
    assert refused.value.code == "work-file-twice"
    assert "“a.txt” and “c.txt”" in refused.value.message


def test_number_and_size_of_the_files_are_limited(tmp_path: Path) -> None:
    parts = [text_file(tmp_path, f"{n}.txt", str(n)) for n in range(2)]
    size = sum(part.path.stat().st_size for part in parts)
    pack(parts, tmp_path / "w", max_bytes=size)
    for too_many, limit, code in (
        (parts, size - 1, "work-too-large"),
        (parts * (MAX_FILES // 2 + 1), LIMIT, "work-too-many-files"),
        ([], LIMIT, "work-too-many-files"),
    ):
        with pytest.raises(Refused) as refused:
            pack(too_many, tmp_path / "w", max_bytes=limit)
        assert refused.value.code == code


# -- the archive -------------------------------------------------------------------------------------------------------


def test_equal_files_give_equal_bytes_whenever_and_wherever_they_are_packed(tmp_path: Path) -> None:
    made = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        parts = [text_file(folder, f"{n}.txt", str(n)) for n in range(3)]
        parts[0].path.touch()
        parts[1].path.chmod(0o600)
        pack(parts, folder / "w", title="T", max_bytes=LIMIT)
        made.append((folder / "w").read_bytes())
    assert made[0] == made[1]
    pack(parts[::-1], tmp_path / "w", title="T", max_bytes=LIMIT)
    assert (tmp_path / "w").read_bytes() != made[0]


def test_the_archive_opens_with_any_tool_and_names_never_become_paths(tmp_path: Path) -> None:
    part = text_file(tmp_path, "a.txt", "a")
    pack([Part(part.path, "../../etc/passwd"), text_file(tmp_path, "b.txt", "b")], tmp_path / "w", max_bytes=LIMIT)
    assert is_work(tmp_path / "w")
    with zipfile.ZipFile(tmp_path / "w") as archive:
        assert archive.namelist() == ["mimetype", "work.json", "1", "2"]
        assert archive.testzip() is None
        assert archive.read("1") == part.path.read_bytes()
    assert len(read_book(tmp_path / "w").book.chapters) == 2


@pytest.mark.parametrize(
    ("manifest", "entries", "code"),
    [
        ('{"files": ["a"]}', {"1": b"x" * 100}, "archive-method"),  # packed: it could unpack to anything
        ('{"files": ["a"]}', {"../1": b"words"}, "archive-unsafe"),
        ('{"files": ["a", "b"]}', {"1": b"words"}, "archive-damaged"),
        ('{"files": []}', {}, "archive-damaged"),
        ('{"files": ["a"], "more": 1}', {"1": b"words"}, "archive-damaged"),
        ("no json", {"1": b"words"}, "archive-damaged"),
    ],
)
def test_an_archive_that_was_not_made_here_is_only_ever_refused(
    manifest: str, entries: dict[str, bytes], code: str, tmp_path: Path
) -> None:
    path = tmp_path / "w"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.litink.work+zip")
        archive.writestr("work.json", manifest)
        for name, data in entries.items():
            method = zipfile.ZIP_DEFLATED if code == "archive-method" else zipfile.ZIP_STORED
            archive.writestr(name, data, compress_type=method)
    assert is_work(path)
    with pytest.raises(Refused) as refused:
        read_book(path)
    assert refused.value.code == code
