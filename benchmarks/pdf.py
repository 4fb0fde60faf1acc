"""PDF beyond the text layer: how well a scanned book is recognised, and whether 3,000 pages fit into the sandbox.

A book whose text is known is drawn as pictures with the noise, compression and skew of a scanner. Needs Tesseract and
the books of ``../shared``. Prints a table of docs/reading.md.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import resource
import sys
import tempfile
from pathlib import Path

import cv2
import jiwer
import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from _report import BOOKS, ROOT, Goal, finish, options, table

from litink.books.model import Book, Section
from litink.books.ocr import find_tesseract
from litink.books.reading import read
from litink.books.sandbox import MEMORY, read_book

DOCUMENT = ROOT / "docs" / "reading.md"
BOOK = BOOKS / "jekyll-and-hyde" / "jekyll-and-hyde.pdf"
QUICK_PAGES = 8  # the title page, the contents and a chapter
SCANS = {"200 dpi": (200, 0.0, 6.0), "150 dpi, up to 1° askew": (150, 1.0, 10.0)}  # dpi, degrees, noise
LONG_PAGES = 3_000
GOALS = {
    "word_error_rate": Goal("<=", 0.02),
    "chapters_found": Goal(">=", 1.0),
    "long_pdf_mb": Goal("<=", MEMORY >> 20),
}


def scanned(source: Path, target: Path, *, dpi: int, skew: float, noise: float, pages: int) -> None:
    """A copy whose pages are JPEG pictures, as a scanner makes them."""
    chance = np.random.default_rng(1)
    original, document = pdfium.PdfDocument(source), pdfium.PdfDocument.new()
    for index in range(min(pages, len(original))):
        width, height = original[index].get_size()
        drawn = original[index].render(scale=dpi / 72, grayscale=True).to_numpy()
        grey = drawn.reshape(drawn.shape[:2]).astype(np.float32) * 0.9 + 15 + chance.normal(0, noise, drawn.shape[:2])
        turn = cv2.getRotationMatrix2D((grey.shape[1] / 2, grey.shape[0] / 2), float(chance.uniform(-skew, skew)), 1)
        grey = cv2.warpAffine(grey, turn, grey.shape[::-1], borderValue=(240.0,))
        _, jpeg = cv2.imencode(".jpg", np.clip(grey, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 75])
        image = pdfium.PdfImage.new(document)
        image.load_jpeg(io.BytesIO(jpeg.tobytes()))
        image.set_matrix(pdfium.PdfMatrix().scale(width, height))
        page = document.new_page(width, height)
        page.insert_obj(image)
        page.gen_content()
        page.close()
    document.save(str(target))


def words(book: Book) -> str:
    """The words of the chapters in lower case, without punctuation."""
    text = " ".join(chapter.text for chapter in book.chapters).lower().replace("’", "'")
    return " ".join(re.findall(r"[\w']+", text))


def excerpt(source: Path, target: Path, pages: int) -> Path:
    """The first pages of the book as it is."""
    document = pdfium.PdfDocument(source)
    for index in reversed(range(pages, len(document))):
        raw.FPDFPage_Delete(document.raw, index)
    document.save(str(target))
    return target


def whole(section: Section, others: tuple[Section, ...]) -> bool:
    """Whether a chapter was found with its title and all of its words but one in fifty."""
    return any(
        other.title == section.title and abs(other.word_count - section.word_count) <= 0.02 * section.word_count
        for other in others
    )


def long_pdf(target: Path, pages: int) -> None:
    """A document of pages full of words, a chapter every thirty."""
    chance = random.Random(1)
    vocabulary = sorted({word for word in words(read(BOOK).book).split() if word.isascii()})
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{' '.join(f'{4 + 2 * n} 0 R' for n in range(pages))}]/Count {pages}>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>",
    ]
    for number in range(pages):
        lines = [(72.0, 720.0, 20, f"Chapter {number // 30 + 1}")] if number % 30 == 0 else []
        for row in range(38):
            line = " ".join(chance.choice(vocabulary) for _ in range(13))
            lines.append((90.0 if chance.random() < 0.12 else 72.0, 680 - 16.0 * row, 11, line))
        lines.append((300.0, 30.0, 9, str(number + 1)))
        text = "".join(f"BT /F {size} Tf {x} {y} Td ({line}) Tj ET\n" for x, y, size, line in lines)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>"
            f"/Contents {5 + 2 * number} 0 R>>".encode()
        )
        objects.append(f"<</Length {len(text)}>>\nstream\n{text}\nendstream".encode())
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.write(b"".join(f"{place:010d} 00000 n \n".encode() for place in places))
    out.write(f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode())
    target.write_bytes(out.getvalue())


def children_seconds() -> float:
    """CPU seconds of the processes this one has started, the recogniser's among them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(chosen: argparse.Namespace) -> tuple[str, dict[str, float]]:
    if find_tesseract() is None:
        raise SystemExit("Tesseract is not installed: apt-get install tesseract-ocr")
    figures: dict[str, float] = {}
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        long = folder / "long.pdf"
        long_pdf(long, LONG_PAGES)
        begun = children_seconds()
        book = read_book(long).book
        seconds = children_seconds() - begun
        figures["long_pdf_mb"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10  # of the largest so far
        told = (
            f"A PDF of {LONG_PAGES:,} pages with {book.word_count:,} words is read in {seconds:.0f} CPU seconds and "
            f"{figures['long_pdf_mb']:.0f} MB of memory ({MEMORY >> 20} MB are allowed)."
        )
        pages = QUICK_PAGES if chosen.quick else 10_000
        truth = read(excerpt(BOOK, folder / "truth.pdf", pages)).book
        for scan, (dpi, skew, noise) in list(SCANS.items())[: 1 if chosen.quick else None]:
            target = folder / "scan.pdf"
            scanned(BOOK, target, dpi=dpi, skew=skew, noise=noise, pages=pages)
            begun = children_seconds()
            book = read_book(target).book
            seconds = children_seconds() - begun
            count = len(pdfium.PdfDocument(target))
            errors = jiwer.wer(words(truth), words(book))
            found = sum(whole(chapter, book.chapters) for chapter in truth.chapters)
            figures["word_error_rate"] = max(figures.get("word_error_rate", 0.0), round(errors, 4))
            share = round(found / len(truth.chapters), 4)
            figures["chapters_found"] = min(figures.get("chapters_found", 1.0), share)
            figures["cpu_seconds_a_page"] = max(figures.get("cpu_seconds_a_page", 0.0), round(seconds / count, 2))
            cells = (f"{errors:.2%}", f"{found} of {len(truth.chapters)}", f"{seconds / count:.1f}")
            rows.append((scan, count, *cells))
    head = ("scan", "pages", "word error rate", "chapters found whole", "CPU seconds a page")
    return f"{table(head, rows)}\n\n{told}", figures


if __name__ == "__main__":
    chosen = options(__doc__ or "", DOCUMENT)
    text, figures = run(chosen)
    finish(chosen, DOCUMENT, text, figures, GOALS)
    sys.exit(0)
