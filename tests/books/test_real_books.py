"""Whole real books, the broken and hostile files, and the odd ones, where they lie beside the checkout."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from litink.books.model import Book
from litink.books.reading import read
from litink.errors import Refused

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "../shared/books"
BOOKS = sorted(p for p in (SHARED / "books").glob("*/*") if p.suffix in (".epub", ".pdf", ".docx"))
CASES = json.loads((SHARED / "bad_inputs/manifest.json").read_text()) if SHARED.is_dir() else []
ODD = sorted(p for p in (SHARED / "odd").glob("*/*") if p.suffix in (".epub", ".docx"))
pytestmark = [
    pytest.mark.books,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the real books of ../shared are not here"),
]


def _load(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    return _load(ROOT / "benchmarks/_truth.py", "benchmark_truth")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    maker = _load(SHARED / "bad_inputs/make_bad_inputs.py", "make_bad_inputs")
    folder = tmp_path_factory.mktemp("broken")
    for name, (make, *_) in maker.CASES.items():
        (folder / f"{name}.{name.split('_')[0]}").write_bytes(make())
    return folder


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)
def test_every_chapter_is_found_whole_and_no_word_is_lost_or_doubled(path: Path, bench: Any) -> None:
    truth = json.loads((path.parent / "truth.json").read_text())
    book = read(path).book
    score = bench.score(book, truth)
    assert (score.found, score.boundaries, score.within) == (score.chapters,) * 3
    assert score.extra == 0
    assert score.matter_apart == score.matter
    source = bench.source_words(path)
    if source is not None:
        assert not source - bench.book_words(book, every_speaker=True)
        assert not bench.book_words(book, every_speaker=False) - source


@pytest.mark.parametrize(
    "path", [p for p in BOOKS if p.stem not in ("the-brothers-karamazov", "jekyll-and-hyde")], ids=lambda p: p.stem
)
def test_boundaries_are_right_without_marks_and_contents_list(path: Path, bench: Any, tmp_path: Path) -> None:
    bare = tmp_path / f"bare{path.suffix}"
    bench.strip_marks(path, bare, contents=True)
    score = bench.score(read(bare).book, json.loads((path.parent / "truth.json").read_text()))
    assert score.boundaries >= 0.98 * score.chapters


# What must hold besides "accept" or "repair": number of chapters, text that must and must not be there.
CHAPTERS = {
    "epub_missing_chapter_file": 2,
    "epub_zero_byte_chapters": 1,
    "epub_2000_chapters": 2000,
    "epub_only_front_matter": 1,
    "epub_manifest_traversal": 2,
    "epub_remote_chapter": 2,
    "pdf_two_columns": 1,
    "pdf_3000_pages": 1,
    "docx_deleted_and_hidden": 4,
}
EITHER_WAY = {"epub_bad_crc", "pdf_truncated", "pdf_no_unicode_map"}
ABSENT = (
    "root:",
    "HIDDEN",
    "DELETED",
    "FIELD-CODE",
    "INVISIBLE",
    "WHITE-TEXT",
    "alert(1)'",
    "\x07",
    "\x1b",
    "\u202e",
    "ha ha ha ha ha ha ha ha ha ha ha",
)
PRESENT = {
    "docx_deleted_and_hidden": "INSERTED",
    "epub_deep_nesting": "deep",
    "docx_nested_tables": "deep",
    "epub_cp1252_as_utf8": "“Quietly,”",
    "pdf_two_columns": "left column tells",
}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["file"])
def test_broken_odd_and_hostile_files_behave_as_their_table_says(case: dict[str, str], broken: Path) -> None:
    name = case["file"].split(".")[0]
    try:
        book: Book | None = read(broken / case["file"]).book
    except Refused as refused:
        _check_refusal(refused)
        allowed = case["expect"] == "refuse" or name in EITHER_WAY
        if not allowed:
            raise
        return
    assert book is not None
    assert case["expect"] != "refuse" or name in EITHER_WAY
    assert len(book.chapters) == CHAPTERS.get(name, 3)
    everything = " ".join([book.title, book.author, *(s.title + s.text for s in book.sections)])
    for text in ABSENT:
        assert text not in everything
    assert PRESENT.get(name, "") in everything
    assert 0 < len(book.title) <= 300
    if name == "pdf_two_columns":
        words = " ".join(book.chapters[0].text.split())
        assert words.index("ninety-first night.") < words.index("The right column")


@pytest.mark.parametrize("path", ODD, ids=lambda p: p.name)
def test_odd_files_end_in_a_book_or_a_clear_refusal(path: Path) -> None:
    try:
        book = read(path).book
    except Refused as refused:
        _check_refusal(refused)
    else:
        assert book.chapters
        assert all(chapter.title for chapter in book.chapters)


def _check_refusal(refused: Refused) -> None:
    """A stable code, and a whole sentence for a person."""
    assert refused.code == refused.code.lower().replace(" ", "-")
    assert refused.message.endswith(".")
