"""Scanned pages of a PDF: drawn as pictures, recognised, and made lines like those of any other page.

Which program recognises them: ocr.py; its answers: hocr.py. What lines become: pdf_layout.py, the same for all pages.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import numpy as np
import pypdfium2 as pdfium

from litink.books.hocr import Seen, read_hocr
from litink.books.languages import guess_language
from litink.books.ocr import MAX_PIXELS, Job, Picture, Recogniser, Task
from litink.books.pdf_glyphs import is_right_to_left
from litink.books.pdf_model import Line, Page
from litink.errors import Refused

DPI = 300  # what Tesseract reads best
MAX_PAGES = 1_500  # some half hour on two cores
SAMPLES = 3  # pages that are read first, to learn the language and which side is up
READABLE = 70  # of 100; mean over the letters of a document. A page upside down reaches 63
DOUBTFUL = 80  # below it a reader stumbles over wrong words
FEW_WORDS = 5  # on a page: a blank one, a plate, or one that lies on its side
INK = 0.004  # share of dark pixels of a page with a few lines on it
ALIKE = 0.12  # relative difference of letter sizes that Tesseract measures on lines of one size
_DARK = 128
# Tesseract's names (ISO 639-2) of the languages that can be told apart; other tags are tried as they are.
_NAMES = {
    "en": "eng", "fr": "fra", "de": "deu", "es": "spa", "it": "ita", "pt": "por", "nl": "nld", "sv": "swe",
    "da": "dan", "pl": "pol", "fi": "fin", "la": "lat", "ru": "rus", "el": "ell", "he": "heb", "ar": "ara",
    "ja": "jpn", "ko": "kor", "zh": "chi_sim", "hi": "hin", "th": "tha", "no": "nor", "nb": "nor", "cs": "ces",
    "tr": "tur", "uk": "ukr", "hu": "hun", "ro": "ron", "ca": "cat", "fa": "fas",
}  # fmt: skip
_ROTATE = b"Rotate: "


@dataclass(slots=True)
class _Reading:
    """What was seen on a page."""

    lines: list[Seen]
    width: float  # points, as it was turned for reading
    height: float
    scale: float  # points a pixel
    ink: float  # share of dark pixels

    @property
    def words(self) -> int:
        return sum(len(line.text.split()) for line in self.lines)

    @property
    def sure(self) -> float:
        letters = sum(len(line.text) for line in self.lines)
        return sum(line.sure * len(line.text) for line in self.lines) / letters if letters else 0.0

    @property
    def doubtful(self) -> bool:
        """Whether it may lie on its side or head: there is ink, but hardly a word, or words that run up or down."""
        lying = sum(not line.upright for line in self.lines) * 2 > len(self.lines)
        return self.ink >= INK and (lying or self.words < FEW_WORDS or self.sure < DOUBTFUL)


@dataclass(slots=True)
class Outcome:
    """What became of the pages that were recognised: numbers of pages, and the mean certainty from 0 to 100."""

    read: int = 0
    empty: int = 0
    sure: float = 0.0
    language: str = ""  # Tesseract's name
    missing: str = ""  # the language it should have been read in, which is not installed


def recognise(
    document: pdfium.PdfDocument, pages: list[Page], recogniser: Recogniser, *, stated: str, printed: list[Line]
) -> Outcome:
    """Fill the lines of ``pages``. ``stated``: the language as the file or its text says, a BCP 47 tag or "und".

    ``printed`` are the lines of the document's other pages. Raises Refused when there are none and these pages cannot
    be read.
    """
    if len(pages) > MAX_PAGES:
        raise Refused(
            "pdf-scan-too-long",
            f"The scan has {len(pages):,} pages; at most {MAX_PAGES:,} are recognised at once. Please split it.",
        )
    installed = recogniser.languages()
    if not installed:
        raise Refused(
            "ocr-no-language",
            "Tesseract is here, but no language for it; please install one (Debian and Ubuntu: apt-get install "
            "tesseract-ocr-eng) and hand the file in again.",
        )
    scans = _Scans(document, recogniser, total=len(pages))
    outcome = Outcome(language=scans.choose_language(_spread(pages), installed, stated))
    wanted = _NAMES.get(scans.seen_language, scans.seen_language)
    outcome.missing = wanted if wanted != "und" and wanted not in installed else ""
    readings = scans.read_all(pages, outcome.language)
    letters = 0
    for page, reading in zip(pages, readings, strict=True):
        stamped = sum(len(line.text) for line in page.lines)  # by whoever scanned it
        if sum(len(line.text) for line in reading.lines) <= stamped or (
            reading.words < FEW_WORDS and reading.sure < DOUBTFUL
        ):
            outcome.empty += 1
            continue
        page.width, page.height = reading.width, reading.height
        outcome.read += 1
        count = sum(len(line.text) for line in reading.lines)
        outcome.sure += reading.sure * count
        letters += count
        page.lines = _lines(reading, page)
    outcome.sure /= max(1, letters)
    if not printed:
        _refuse_unreadable(outcome)
    _level_sizes([line for page in pages for line in page.lines], printed)
    return outcome


def _refuse_unreadable(outcome: Outcome) -> None:
    if outcome.missing and outcome.sure < DOUBTFUL:
        raise Refused(
            "pdf-scan-language",
            f"The scan is in a language that Tesseract has no data for here ({outcome.missing}). Please install it "
            f"(Debian and Ubuntu: apt-get install tesseract-ocr-{outcome.missing.replace('_', '-')}) and hand the file "
            "in again.",
        )
    if not outcome.read or outcome.sure < READABLE:
        raise Refused(
            "pdf-scan-unreadable",
            f"The pages are pictures, and their text could not be recognised well enough ({outcome.sure:.0f} of 100). "
            "Please scan them again, straight and at 300 dpi, or upload a copy with text.",
        )


def _spread(pages: list[Page]) -> list[Page]:
    """Some pages from the middle of the document, where the text is."""
    if len(pages) <= SAMPLES:
        return pages
    return [pages[len(pages) * (n + 1) // (SAMPLES + 1)] for n in range(SAMPLES)]


class _Scans:
    """The pages of one document on their way through the recogniser."""

    def __init__(self, document: pdfium.PdfDocument, recogniser: Recogniser, total: int) -> None:
        self._document = document
        self._recogniser = recogniser
        self._total = total
        self._rotation = 0  # that the samples needed
        self._known: dict[tuple[int, str, int], _Reading] = {}  # the samples' readings
        self.seen_language = "und"

    def choose_language(self, samples: list[Page], installed: tuple[str, ...], stated: str) -> str:
        """Read the samples in the likeliest language, and in the others that are installed when that does not fit."""
        likeliest = _NAMES.get(stated.split("-")[0], stated.split("-")[0])
        if likeliest not in installed:
            likeliest = "eng" if "eng" in installed else installed[0]
        readings = self._read(samples, likeliest, 0)
        if sum(r.doubtful for r in readings) * 2 > len(readings):
            turns = [turn for turn in self._orientations(samples, likeliest) if turn is not None]
            if turns and max(turns.count(t) for t in turns) * 2 > len(samples):
                self._rotation = max(set(turns), key=turns.count)
                readings = self._read(samples, likeliest, self._rotation)
        best = (_sure(readings), likeliest)
        self.seen_language = _guess(readings)
        guessed = _NAMES.get(self.seen_language, self.seen_language)
        others = [guessed] if guessed in installed else [] if guessed != "und" else list(installed)
        for language in others:
            if language != likeliest and (guessed == language or best[0] < DOUBTFUL):
                tried = self._read(samples, language, self._rotation)
                if _sure(tried) > best[0]:
                    best = (_sure(tried), language)
                    self.seen_language = _guess(tried)
        return best[1]

    def read_all(self, pages: list[Page], language: str) -> list[_Reading]:
        """Every page; one with ink but without words is looked at from the other sides too."""
        readings = self._read(pages, language, self._rotation)
        odd = [index for index, reading in enumerate(readings) if reading.doubtful]
        turns = self._orientations([pages[index] for index in odd], language)
        for index, turn in zip(odd, turns, strict=True):
            if turn is not None and turn != self._rotation:
                (again,) = self._read([pages[index]], language, turn)
                if not again.doubtful or again.sure * again.words > readings[index].sure * readings[index].words:
                    readings[index] = again
        return readings

    def _orientations(self, pages: list[Page], language: str) -> list[int | None]:
        """By how many degrees clockwise each page has to be turned; None where that cannot be told."""
        found: list[int | None] = []
        for answer in self._recogniser.run(self._jobs(pages, "orientation", language, 0, [])):
            _, _, after = answer.partition(_ROTATE)
            digits = after.split(b"\n")[0].strip()
            found.append(int(digits) if digits in (b"0", b"90", b"180", b"270") else None)
        return found

    def _read(self, pages: list[Page], language: str, rotation: int) -> list[_Reading]:
        new = [page for page in pages if (page.index, language, rotation) not in self._known]
        drawn: list[_Reading] = []
        answers = self._recogniser.run(self._jobs(new, "text", language, rotation, drawn))
        for index, answer in enumerate(answers):
            drawn[index].lines = read_hocr(answer)
            self._known[new[index].index, language, rotation] = drawn[index]
        return [self._known[page.index, language, rotation] for page in pages]

    def _jobs(
        self, pages: list[Page], task: Task, language: str, rotation: int, drawn: list[_Reading]
    ) -> Iterator[Job]:
        for page in pages:
            picture, reading = _draw(self._document, page.index, rotation)
            drawn.append(reading)
            yield Job(picture, task, language, min(len(self._known), self._total), self._total)


def _draw(document: pdfium.PdfDocument, index: int, rotation: int) -> tuple[Picture, _Reading]:
    page = document[index]
    try:
        width, height = page.get_size()
        scale = min(DPI / 72, math.sqrt(MAX_PIXELS / max(1.0, width * height)) * 0.999)
        pixels = page.render(scale=scale, grayscale=True, rotation=rotation).to_numpy()
    finally:
        page.close()
    pixels = pixels.reshape(pixels.shape[0], pixels.shape[1])
    picture = Picture(pixels.shape[1], pixels.shape[0], max(70, round(scale * 72)), pixels.tobytes())
    if rotation in (90, 270):
        width, height = height, width
    ink = float(np.mean(pixels < _DARK))
    return picture, _Reading([], width, height, 1 / scale, ink)


def _sure(readings: list[_Reading]) -> float:
    """Mean certainty over the letters of all."""
    letters = sum(len(line.text) for r in readings for line in r.lines)
    return sum(line.sure * len(line.text) for r in readings for line in r.lines) / letters if letters else 0.0


def _guess(readings: list[_Reading]) -> str:
    return guess_language("\n".join(line.text for reading in readings for line in reading.lines))


def _lines(reading: _Reading, page: Page) -> list[Line]:
    scale = reading.scale
    lines = [
        Line(
            seen.text, seen.x0 * scale, seen.x1 * scale, page.height - seen.y * scale, seen.size * scale,
            bold=False, divided=False, page=page.index,
        )
        for seen in reading.lines
        if seen.upright
    ]  # fmt: skip
    if is_right_to_left(" ".join(line.text for line in lines)):
        for line in lines:
            line.x0, line.x1 = page.width - line.x1, page.width - line.x0
    return lines


def _level_sizes(lines: list[Line], printed: list[Line]) -> None:
    """Give lines of one size one size: that of the printed lines, where there are some, else the usual one."""
    if not lines:
        return
    body = _body_size(lines)
    if printed:
        scale = _body_size(printed) / body
        for line in lines:
            line.size *= scale
        known = sorted({round(line.size, 1) for line in printed})
    else:
        known = [body]
    rest = []
    for line in sorted(lines, key=lambda line: line.size):
        near = min(known, key=lambda size: abs(size - line.size))
        if abs(near - line.size) <= ALIKE * near:
            line.size = near
        else:
            rest.append(line)
    for group in _groups(rest):
        size = median(line.size for line in group)
        for line in group:
            line.size = size


def _body_size(lines: list[Line]) -> float:
    """The size of most letters."""
    return median(line.size for line in lines for _ in range(1 + len(line.text) // 8))


def _groups(lines: list[Line]) -> list[list[Line]]:
    """Lines in order of size, in groups of one size."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and line.size <= groups[-1][0].size * (1 + ALIKE):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups
