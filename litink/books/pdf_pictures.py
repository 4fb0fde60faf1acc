"""Which pages of a PDF have no text to read, and what is done about them: recognised, refused, or told.

How they are recognised: pdf_scans.py.
"""

from __future__ import annotations

import re
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from litink.books.languages import guess_language
from litink.books.ocr import INSTALL, Recogniser
from litink.books.pdf_model import Page
from litink.books.pdf_scans import DOUBTFUL, Outcome, recognise
from litink.errors import Refused

LEAST_TEXT = 20  # letters of a document that has text
SAMPLE = 400  # lines
VOWEL_SHARE = 0.22  # of Latin letters; every language written in them has more, a wrong font map has fewer
WORTH_SAYING = 0.1  # share of the pages that are pictures; fewer are plates
_NO_LETTER = re.compile(r"[\W\d_]+")
_FOREIGN = re.compile("[^A-Za-z\u00c0-\u024f]+")
_NO_VOWEL = re.compile("[^aeiouyáàâäãåāéèêëēíìîïīóòôöõøōúùûüūýæœ]+")


def read_pictures(
    document: pdfium.PdfDocument, pages: list[Page], recogniser: Recogniser | None
) -> list[tuple[str, str]]:
    """Fill the lines of pages that are pictures where that can be done; returns warnings as (code, message).

    Raises Refused when the document has no other pages and they cannot be recognised.
    """
    scrambled = _is_scrambled(pages)
    scans = _scans(pages, scrambled=scrambled)
    rest = {id(page) for page in scans}
    printed = [line for page in pages if id(page) not in rest for line in page.lines]
    text = "\n".join(line.text for line in printed[:SAMPLE])
    whole = len(_NO_LETTER.sub("", text)) < LEAST_TEXT
    if whole and (recogniser is None or not scans):
        _refuse(pages, scrambled=scrambled)
    if not scans:
        return []
    if recogniser is None:
        if len(scans) < WORTH_SAYING * len(pages):
            return []
        return [
            (
                "pdf-pages-pictures",
                f"{len(scans)} of {len(pages)} pages are pictures; text on them was not read. To have it read, please "
                f"{INSTALL} and hand the file in again.",
            )
        ]
    if scrambled:
        for page in scans:
            page.lines = []
    stated = guess_language(text)
    if stated == "und":
        stated = _catalogue_language(document)
    return _warnings(
        recognise(document, scans, recogniser, stated=stated, printed=[] if whole else printed), len(pages)
    )


def _scans(pages: list[Page], *, scrambled: bool) -> list[Page]:
    """Pages to recognise. Pictures with a few words on them are scans that were stamped, if most pages are such."""
    if scrambled:
        return [page for page in pages if page.lines or page.pictured]
    pictured = [page for page in pages if page.pictured]
    return pictured if len(pictured) * 2 > len(pages) else [page for page in pictured if not page.lines]


def _is_scrambled(pages: list[Page]) -> bool:
    """Whether the text layer is no text: its fonts do not say which letters they show."""
    sample = "".join(line.text for line in islice((line for page in pages for line in page.lines), SAMPLE))
    letters = len(_NO_LETTER.sub("", sample))
    latin = _FOREIGN.sub("", sample).lower()
    return len(latin) > 100 and len(latin) * 2 > letters and len(_NO_VOWEL.sub("", latin)) < VOWEL_SHARE * len(latin)


def _refuse(pages: list[Page], *, scrambled: bool) -> None:
    if scrambled:
        raise Refused(
            "pdf-gibberish",
            "The text layer of the PDF is scrambled (its fonts do not say which letters they show). Please "
            f"{INSTALL} and hand it in again, or run text recognition over it (OCR) and upload the result.",
        )
    if any(page.pictured or not page.lines for page in pages):
        raise Refused(
            "pdf-scan",
            "The PDF has no text layer: its pages are pictures (a scan). Please "
            f"{INSTALL} and hand it in again, or run text recognition over it (OCR) and upload the result.",
        )


def _catalogue_language(document: pdfium.PdfDocument) -> str:
    size = raw.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if not 2 < size <= 64:  # bytes of UTF-16 with its end
        return "und"
    buffer = bytearray(size)
    raw.FPDFCatalog_GetLanguage(document.raw, (raw.FPDF_WCHAR * (size // 2)).from_buffer(buffer), size)
    return buffer.decode("utf-16-le", "replace").rstrip("\0").lower() or "und"


def _warnings(outcome: Outcome, count: int) -> list[tuple[str, str]]:
    found = []
    if outcome.read:
        found.append(
            (
                "pdf-recognised",
                f"{outcome.read} of {count} pages are pictures; their text was recognised ({outcome.language}, with a "
                f"certainty of {outcome.sure:.0f} of 100).",
            )
        )
    if outcome.read and outcome.sure < DOUBTFUL:
        found.append(
            (
                "pdf-scan-doubtful",
                "The scan was hard to read; wrong words are likely. Please look through the chapters.",
            )
        )
    if outcome.missing:
        found.append(
            (
                "pdf-scan-language",
                f"The scan seems to be in another language ({outcome.missing}) than it was recognised in; with "
                "Tesseract's data for it fewer words will be wrong.",
            )
        )
    return found
