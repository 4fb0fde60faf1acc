"""The sample book: the committed EPUB is its source, whole, and stays what the demonstration promises of it."""

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
import warnings
import zipfile
from pathlib import Path

import pytest
from ebooklib import epub

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/book.toml"))


def running_text(folder: Path) -> str:
    """The chapters without headings, scene breaks and emphasis marks."""
    sources = [path.read_text("utf-8") for path in sorted(folder.glob("*.md"))]
    return "\n".join(re.sub(r"^(#.*|\* \* \*)$", "", source, flags=re.M).replace("*", "") for source in sources)


def words(text: str) -> int:
    return len(text.split())


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def folder(request: pytest.FixtureRequest) -> Path:
    assert isinstance(request.param, Path)
    return request.param


def test_there_is_a_sample_book() -> None:
    assert FOLDERS


def test_the_committed_epub_is_its_source_byte_for_byte(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location("build_epub", EXAMPLES / "build_epub.py")
    assert spec
    assert spec.loader
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    assert builder.build(folder) == folder.with_suffix(".epub").read_bytes(), (
        f"run `python examples/build_epub.py examples/{folder.name}` and commit the result"
    )


def test_the_build_is_the_same_in_another_time_zone_and_process(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / folder.name
    copy.mkdir()
    for source in folder.iterdir():
        (copy / source.name).write_bytes(source.read_bytes())
    elsewhere = {**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "12345"}
    subprocess.run([sys.executable, EXAMPLES / "build_epub.py", copy], env=elsewhere, check=True)
    assert copy.with_suffix(".epub").read_bytes() == folder.with_suffix(".epub").read_bytes()


def test_a_reader_finds_every_part_in_its_place(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library speaks of its own future
        book = epub.read_epub(folder.with_suffix(".epub"))
    about = tomllib.loads((folder / "book.toml").read_text("utf-8"))
    assert book.title == about["title"]
    assert book.get_metadata("DC", "creator")[0][0] == about["author"]
    assert book.get_metadata("DC", "rights")[0][0] == "CC0-1.0"
    spine = [name for name, _ in book.spine]
    chapters = [f"chapter-{number}" for number in range(1, len(list(folder.glob("*.md"))) + 1)]
    assert spine == ["title-page", "dedication", *chapters, "colophon"]
    headings = [path.read_text("utf-8").splitlines()[0].removeprefix("# ") for path in sorted(folder.glob("*.md"))]
    assert [entry.title for entry in book.toc] == ["Dedication", *headings, "Colophon"]


def test_the_archive_is_a_well_formed_container(folder: Path) -> None:
    with zipfile.ZipFile(folder.with_suffix(".epub")) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read(first) == b"application/epub+zip"
        names = set(archive.namelist())
    assert {"META-INF/container.xml", "EPUB/nav.xhtml", "EPUB/toc.ncx"} <= names


def test_every_word_of_the_source_is_in_the_epub(folder: Path) -> None:
    with zipfile.ZipFile(folder.with_suffix(".epub")) as archive:
        pages = [archive.read(name).decode() for name in sorted(archive.namelist()) if "/chapter-" in name]
    text = " ".join(re.sub(r"<head>.*?</head>|<h1>.*?</h1>|<[^>]*>", " ", page, flags=re.S) for page in pages)
    assert re.sub(r"\s", "", text) == re.sub(r"\s", "", running_text(folder))


def test_it_is_short_enough_to_be_heard_in_ten_minutes_and_has_a_cast_that_talks(folder: Path) -> None:
    text = running_text(folder)
    assert 1500 <= words(text) <= 1650
    spoken = sum(words(quotation) for quotation in re.findall(r"“[^”]*”", text))
    assert 0.2 <= spoken / words(text) <= 0.35
    assert text.count("“") == text.count("”")
    tagged = re.findall(r"(?:said|asked|whispered|screamed|called|shouted) (?:Captain |Mr\. )?([A-Z][a-z]+)", text)
    assert 4 <= len(set(tagged)) <= 6
