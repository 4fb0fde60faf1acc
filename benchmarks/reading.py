"""How well and how fast books are read, against books whose chapters are known; prints a table of docs/reading.md.

Measured on the books of ``../shared/books/books`` as they are and with their helpful marks taken away. Speed is CPU
time over that of the plainest extraction of the same files, in the same process, turn by turn: of each file the
quickest turn counts, for both. Nothing learned from one turn serves the next. What is timed is ``read`` itself; EPUBs
are timed without their pictures, which a plain extraction leaves alone, and once more as they are.
"""

from __future__ import annotations

import gc
import json
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdfium2
from _report import BOOKS, ROOT, Goal, finish, options, table
from _truth import Score, book_words, score, source_words, strip_marks
from lxml import etree

from litink.books.archive import Archive
from litink.books.assembly import assemble
from litink.books.division import divide
from litink.books.epub import read_epub
from litink.books.markup import read_markup
from litink.books.numbering import label_of, normal
from litink.books.reading import read
from litink.books.sandbox import read_book
from litink.books.tags import Tags

DOCUMENT = ROOT / "docs" / "reading.md"
MARKS = ("<!-- measured: chapters -->", "<!-- /measured: chapters -->")
LONG_BOOK = "the-brothers-karamazov"
GOALS = {
    "chapters_found": Goal(">=", 1.0),
    "boundaries": Goal(">=", 1.0),
    "chapters_within_3_percent": Goal(">=", 1.0),
    "extra_chapters": Goal("<=", 0),
    "matter_apart": Goal(">=", 1.0),
    "words_lost": Goal("<=", 0),
    "words_doubled": Goal("<=", 0),
    "boundaries_stripped": Goal(">=", 0.98),
    "boundaries_without_contents": Goal(">=", 0.98),
    "epub_time_ratio": Goal("<=", 2.0),
    "pdf_time_ratio": Goal("<=", 2.0),
    "long_epub_seconds": Goal("<=", 1.5),
}
HEAD = (
    "book",
    "chapters",
    "found exactly",
    "boundaries",
    "within 3 %",
    "matter apart",
    "words lost",
    "doubled",
    "unmarked",
    "no contents",
    "no headings",
)
Work = Callable[[Path], object]
_PARSER = etree.XMLParser(recover=True)


def main() -> None:
    chosen = options(__doc__ or "", DOCUMENT)
    books = sorted(path for path in BOOKS.glob("*/*") if path.suffix in (".epub", ".pdf", ".docx"))
    if not books:
        raise SystemExit(f"no books in {BOOKS}")
    rows, figures = quality(books)
    lines, seconds = speed(books, rounds=5 if chosen.quick else 15)
    text = "\n".join(["", table(HEAD, rows), "", *lines, ""])
    finish(chosen, DOCUMENT, text, figures | seconds, GOALS, MARKS)


# -- how well ----------------------------------------------------------------------------------------------------------


def quality(books: Sequence[Path]) -> tuple[list[Sequence[object]], dict[str, float]]:
    total, bare, bare_contents, plain = Score(), Score(), Score(), Score()
    lost_all = doubled_all = 0
    rows: list[Sequence[object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in books:
            truth = json.loads((path.parent / "truth.json").read_text(encoding="utf-8"))
            book = read(path).book
            as_is = score(book, truth)
            total += as_is
            source = source_words(path)
            lost = doubled = None
            if source is not None:
                lost = sum((source - book_words(book, every_speaker=True)).values())
                doubled = sum((book_words(book, every_speaker=False) - source).values())
                lost_all, doubled_all = lost_all + lost, doubled_all + doubled
            stripped = []
            for contents in (False, True):
                target = Path(folder) / f"{path.stem}-{contents}{path.suffix}"
                strip_marks(path, target, contents=contents)
                stripped.append(score(read(target).book, truth))
            bare, bare_contents = bare + stripped[0], bare_contents + stripped[1]
            if path.suffix == ".epub":
                target = Path(folder) / f"{path.stem}-plain.epub"
                strip_marks(path, target, contents=True, headings=True)
                stripped.append(score(read(target).book, truth))
                plain += stripped[2]
            rows.append(_row(path.stem, as_is, lost, doubled, stripped))
    rows.append(_row("**all**", total, lost_all, doubled_all, [bare, bare_contents, plain]))
    return rows, {
        "chapters_found": round(total.found / total.chapters, 4),
        "boundaries": round(total.boundaries / total.chapters, 4),
        "chapters_within_3_percent": round(total.within / total.chapters, 4),
        "extra_chapters": total.extra,
        "matter_apart": round(total.matter_apart / total.matter, 4),
        "words_lost": lost_all,
        "words_doubled": doubled_all,
        "boundaries_stripped": round(bare.boundaries / bare.chapters, 4),
        "boundaries_without_contents": round(bare_contents.boundaries / bare_contents.chapters, 4),
        "boundaries_without_headings": round(plain.boundaries / plain.chapters, 4),
    }


def _row(name: str, as_is: Score, lost: int | None, doubled: int | None, stripped: Sequence[Score]) -> list[object]:
    matter = f"{as_is.matter_apart} / {as_is.matter}"
    words = ["–" if count is None else count for count in (lost, doubled)]
    found = (as_is.chapters, as_is.found, as_is.boundaries, as_is.within)
    without: list[object] = [one.boundaries for one in stripped[:2]]
    without.append(f"{stripped[2].boundaries} / {stripped[2].chapters}" if len(stripped) > 2 else "–")
    return [name, *found, matter, *words, *without]


# -- how fast ----------------------------------------------------------------------------------------------------------


def plain_epub(path: Path) -> None:
    """The least a reader can do: unzip, parse and join the text of every document."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xhtml", ".html")):
                "".join(etree.fromstring(archive.read(name), _PARSER).itertext())


def plain_pdf(path: Path) -> None:
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.get_textpage().get_text_range()
    document.close()


def without_pictures(path: Path, target: Path) -> None:
    """A copy of an EPUB without the cover that ``read`` would unpack."""
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as out:
        for info in source.infolist():
            if not info.filename.lower().endswith((".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp")):
                out.writestr(info, source.read(info))


def speed(books: Sequence[Path], rounds: int) -> tuple[list[str], dict[str, float]]:
    epubs = [path for path in books if path.suffix == ".epub"]
    pdfs = [path for path in books if path.suffix == ".pdf"]
    longest = next(path for path in epubs if path.stem == LONG_BOOK)
    with tempfile.TemporaryDirectory() as folder:
        as_they_are = {Path(folder) / path.name: path for path in epubs}
        for target, path in as_they_are.items():
            without_pictures(path, target)
        bare = [*as_they_are]
        plain, text, whole = quickest(bare, (plain_epub, read, lambda path: read(as_they_are[path])), rounds)
        documents, walked, manuscripts, divided, assembled = phases(bare, rounds)
    plain_pages, pages = quickest(pdfs, (plain_pdf, read), max(3, rounds // 3))
    guarded = []
    for _ in range(3):
        start = time.perf_counter()
        read_book(longest)
        guarded.append(time.perf_counter() - start)
    figures = {
        "epub_time_ratio": round(text / plain, 2),
        "epub_time_ratio_with_cover": round(whole / plain, 2),
        "pdf_time_ratio": round(pages / plain_pages, 2),
        "long_epub_seconds": round(statistics.median(guarded), 2),
    }
    parts = {
        "unzipping documents": documents,
        "their markup to pieces": walked,
        "package and contents list": manuscripts - documents - walked,
        "chapters": divided,
        "text, blocks, keys": assembled,
        "the cover": whole - text,
    }
    lines = [
        f"- EPUB: {figures['epub_time_ratio']} × the time of `zipfile` + `lxml` (unzip, parse, join the text of all"
        f" documents), {figures['epub_time_ratio_with_cover']} × with the cover's picture, which the plain extraction"
        f" leaves alone. Of {1000 * whole:.0f} ms for {len(epubs)} books ({1000 * plain:.0f} ms plain): "
        + ", ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in parts.items())
        + ".",
        f"- PDF: {figures['pdf_time_ratio']} × the time of PDFium's plain extraction.",
        f"- The 350,000-word EPUB: {figures['long_epub_seconds']} s by the clock through the sandboxed child, the start"
        " of its interpreter and the way of the text back included.",
    ]
    return lines, figures


def quickest(paths: Sequence[Path], works: Sequence[Work], rounds: int) -> list[float]:
    """CPU seconds of each work on all files: of each file the quickest of so many turns."""
    best = [[float("inf")] * len(paths) for _ in works]
    for _ in range(rounds):
        for at, path in enumerate(paths):
            for times, work in zip(best, works, strict=True):
                forget()
                start = time.process_time()
                work(path)
                times[at] = min(times[at], time.process_time() - start)
    return [sum(times) for times in best]


def forget() -> None:
    """Else a book would be read as if it had been read before, or clear away what an earlier turn left behind."""
    gc.collect()
    label_of.cache_clear()
    normal.cache_clear()


def phases(paths: Sequence[Path], rounds: int) -> list[float]:
    """CPU seconds of reading's steps: documents unzipped, their markup read, the manuscript, its division, the Book.

    Without garbage collection, as ``read`` does them.
    """

    def unzip(path: Path) -> list[bytes]:
        with Archive(path, refuse_outside_names=True) as archive:
            return [archive.read(name) for name in archive.names if name.endswith((".xhtml", ".html"))]

    def markup(path: Path) -> None:
        tags = Tags()
        for part, data in enumerate(unzipped[path]):
            read_markup(data, "", part, tags)

    unzipped = {path: unzip(path) for path in paths}
    divided, assembled = [], []
    gc.disable()
    times = quickest(paths, (unzip, markup, read_epub), rounds)
    for path in paths:
        trials = []
        for _ in range(rounds):
            forget()
            manuscript = read_epub(path)
            start = time.process_time()
            drafts = divide(manuscript)
            middle = time.process_time()
            assemble(manuscript, drafts)
            trials.append((middle - start, time.process_time() - middle))
        divided.append(min(trial[0] for trial in trials))
        assembled.append(min(trial[1] for trial in trials))
    gc.enable()
    return [*times, sum(divided), sum(assembled)]


if __name__ == "__main__":
    main()
