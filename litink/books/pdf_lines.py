"""The lines of a PDF page with their place and look, as PDFium sees them; invisible text left out."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from litink.books.pieces import clean

HYPHEN = "\ufffe"  # PDFium's sign for a hyphen that divides a word at a line's end
_INVISIBLE = 3  # text render mode of ISO 32000-1, table 106
_WHITE = 250  # of 255 in each colour
_BOLD_WEIGHT = 600
MAX_RUNS = 8  # a line; some producers write every word as a run of its own, which says nothing about columns
WIDE = 0.9  # times the height of a run: wider than any blank between words


@dataclass(slots=True)
class Line:
    """A printed line. Coordinates in points from the page's lower left corner; ``y`` is the baseline."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    divided: bool  # its last word goes on in the next line
    page: int


@dataclass(slots=True)
class Page:
    index: int
    width: float
    height: float
    lines: list[Line]


def read_page(document: pdfium.PdfDocument, index: int) -> Page:
    """Raises PdfiumError when the page cannot be loaded."""
    page = document[index]
    try:
        textpage = page.get_textpage()
        try:
            width, height = page.get_size()
            lines = _lines(textpage, index)
            return Page(index, width, height, _visible(textpage, lines))
        finally:
            textpage.close()
    finally:
        page.close()


def _lines(textpage: pdfium.PdfTextPage, page: int) -> list[tuple[Line, int]]:
    """Lines with the index of their middle character."""
    text = textpage.get_text_range(errors="replace")
    chunks: list[tuple[str, int]] = []
    units = 0  # UTF-16 code units so far: what PDFium counts
    for chunk in _split(text):
        chunks.append((chunk, units))
        units += _units(chunk)
    gutter = _gutter(textpage, len(chunks))
    found: list[tuple[Line, int]] = []
    for chunk, at in chunks:
        body = chunk.rstrip("\r\n" + HYPHEN)
        cut = _column_cut(textpage, body, at, gutter) if gutter else 0
        for part, start in ((body[:cut], at), (body[cut:], at + _units(body[:cut]))):
            shown = part.strip()
            if not shown:
                continue
            first = start + _units(part[: len(part) - len(part.lstrip())])
            last = first + _units(shown) - 1
            divided = chunk.endswith(HYPHEN) and part is not body[:cut]
            if line := _measure(textpage.raw, shown, first, last, divided, page):
                found.append(line)
    return found


def _gutter(textpage: pdfium.PdfTextPage, lines: int) -> float | None:
    """Where a second column begins on a page whose lines run over both, or None.

    PDFium joins what stands on one height. Its rectangles are the runs as they were written: where several of them
    begin at one place, far from the end of the run before, there is a gutter.
    """
    count = textpage.count_rects()
    if lines < 3 or not lines < count <= MAX_RUNS * lines:
        return None
    boxes = sorted((textpage.get_rect(i) for i in range(count)), key=lambda box: (-round(box[1] / 4), box[0]))
    starts: list[float] = []
    for before, box in pairwise(boxes):
        if abs(before[1] - box[1]) < 4 and box[0] - before[2] > WIDE * (box[3] - box[1]):
            starts.append(box[0])
    near = max(starts, key=lambda x: sum(abs(x - other) < 6 for other in starts), default=None)
    if near is None:
        return None
    aligned = [x for x in starts if abs(x - near) < 6]
    return min(aligned) - 1 if len(aligned) >= max(3, 0.4 * lines) else None


def _column_cut(textpage: pdfium.PdfTextPage, body: str, at: int, gutter: float) -> int:
    """Index in ``body`` where the second column begins; 0 when the line does not run over the gutter."""
    previous = 0.0
    for match in re.finditer(r"(?<=\s)\S", body):
        index = raw.FPDFText_GetCharIndexFromTextIndex(textpage.raw, at + _units(body[: match.start()]))
        if index < 0 or not raw.FPDFText_GetLooseCharBox(textpage.raw, index, _rect):
            continue
        if previous < gutter <= _rect.left:
            return match.start()
        previous = float(_rect.left)
    return 0


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _split(text: str) -> list[str]:
    """The text in lines, line ends kept; a dividing hyphen ends a line too."""
    chunks = []
    for line in text.splitlines(keepends=True) if "\x0b" not in text else text.split("\n"):
        parts = line.split(HYPHEN)
        chunks += [part + HYPHEN for part in parts[:-1]]
        if parts[-1]:
            chunks.append(parts[-1])
    return chunks


_rect = raw.FS_RECTF()
_flags = ctypes.c_int()
_name = ctypes.create_string_buffer(128)


def _measure(handle: object, shown: str, first: int, last: int, divided: bool, page: int) -> tuple[Line, int] | None:
    start = raw.FPDFText_GetCharIndexFromTextIndex(handle, first)
    end = raw.FPDFText_GetCharIndexFromTextIndex(handle, last)
    if start < 0 or end < 0:
        return None
    middle = (start + end) // 2
    x, y = ctypes.c_double(), ctypes.c_double()
    if not raw.FPDFText_GetLooseCharBox(handle, start, _rect):
        return None
    x0 = float(_rect.left)
    if not raw.FPDFText_GetLooseCharBox(handle, end, _rect):
        return None
    x1 = float(_rect.right)
    raw.FPDFText_GetCharOrigin(handle, middle, x, y)
    raw.FPDFText_GetLooseCharBox(handle, middle, _rect)
    size = abs(float(_rect.top) - float(_rect.bottom))
    if size == 0:
        raw.FPDFText_GetLooseCharBox(handle, start, _rect)
        size = abs(float(_rect.top) - float(_rect.bottom))
        raw.FPDFText_GetCharOrigin(handle, start, x, y)
    weight = raw.FPDFText_GetFontWeight(handle, middle)
    length = raw.FPDFText_GetFontInfo(handle, middle, _name, len(_name), _flags)
    name = _name.raw[: max(0, min(length, len(_name)) - 1)].lower()
    bold = weight >= _BOLD_WEIGHT or b"bold" in name or b"black" in name or b"-bd" in name
    text = clean(shown)
    if not text:
        return None
    return Line(text, x0, x1, float(y.value), size, bold, divided, page), middle


def _visible(textpage: pdfium.PdfTextPage, lines: list[tuple[Line, int]]) -> list[Line]:
    """Without lines that nobody sees, unless that is all the page has (the text layer of a recognised scan)."""
    handle = textpage.raw
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    visible = []
    for line, middle in lines:
        item = raw.FPDFText_GetTextObject(handle, middle)
        hidden = bool(item) and raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE
        if not hidden and raw.FPDFText_GetFillColor(handle, middle, red, green, blue, alpha):
            white = min(red.value, green.value, blue.value) >= _WHITE
            hidden = alpha.value == 0 or white
        if not hidden:
            visible.append(line)
    return visible or [line for line, _ in lines]
