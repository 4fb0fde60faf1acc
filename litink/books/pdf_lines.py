"""The lines of a PDF page with their place and look, as PDFium sees them; invisible text left out.

This is the way of nearly every page: PDFium's own text, cut in lines, and a handful of calls a line to measure it.
Lines that need their letters one by one: pdf_glyphs.py. Pages that do not stand upright: pdf_turned.py. The order of
lines: pdf_pages.py.
"""

from __future__ import annotations

import ctypes
import re
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from litink.books.pdf_glyphs import font_size, is_right_to_left, is_spaced_out, without_spacing
from litink.books.pdf_model import Line, Page, Span
from litink.books.pdf_rows import row_cuts
from litink.books.pdf_turned import mirrored, turned
from litink.books.pieces import clean

HYPHEN = "\ufffe"  # PDFium's sign for a hyphen that divides a word at a line's end
_INVISIBLE = 3  # text render mode of ISO 32000-1, table 106
_WHITE = 250  # of 255 in each colour
HIDDEN_SHARE = 0.8  # of the letters of a page that is a picture: the hidden text is the picture's, recognised
COVERED = 0.3  # share of a page without text that its pictures cover when it is one
COVERED_STAMPED = 0.8  # the same, when there are a few words on it
FEW_LETTERS = 120  # of a stamp or a page number
MANY_PATHS = 200  # drawn shapes on a page without text: letters as outlines
FULL_HEIGHT = 1.2  # times a font's size: its usual height from the lowest to the highest letter
_BOLD_NAME = re.compile(rb"bold|black|heavy|demi|-bd\b")
_PLAIN_NAME = re.compile(rb"regular|roman|light|italic|-it\b")
_BOLD_WEIGHT = 600


def read_page(document: pdfium.PdfDocument, index: int, *, marks: bool = False) -> Page:
    """``marks``: tell of each line to which marked content it belongs. Raises PdfiumError when it cannot be loaded."""
    # PDFium itself, not its Python objects: those cost a sixth of the time a page.
    page = raw.FPDF_LoadPage(document.raw, index)
    if not page:
        raise pdfium.PdfiumError(f"page {index} cannot be loaded")
    try:
        handle = raw.FPDFText_LoadPage(page)
        if not handle:
            raise pdfium.PdfiumError(f"the text of page {index} cannot be loaded")
        try:
            if not raw.FPDF_GetPageBoundingBox(page, _place):
                raise pdfium.PdfiumError(f"page {index} has no size")
            left, bottom = _rect.left, _rect.bottom
            found = Page(index, _rect.right - left, _rect.top - bottom)
            text = _text(handle)
            if is_right_to_left(text):
                found.lines = mirrored(handle, found, _is_bold)
            elif text.strip():
                found.lines = _lines(document, handle, text, found, marks=marks)
        finally:
            raw.FPDFText_ClosePage(handle)
    finally:
        raw.FPDF_ClosePage(page)
    if left or bottom:
        _shift(found.lines, left, bottom)
    letters = sum([len(line.text) for line in found.lines])
    if letters < FEW_LETTERS:
        found.pictured = _is_picture(document, found, COVERED_STAMPED if letters else COVERED)
    return found


def _text(handle: object) -> str:
    count = raw.FPDFText_CountChars(handle)
    if count <= 0:
        return ""
    units = (ctypes.c_ushort * (count + 1))()
    length = raw.FPDFText_GetText(handle, 0, count, units)
    return bytes(memoryview(units)[: max(0, length - 1)]).decode("utf-16-le", "replace")


def _shift(lines: list[Line], left: float, bottom: float) -> None:
    """Coordinates counted from the corner of the page, wherever the file puts its origin."""
    for line in lines:
        line.x0 -= left
        line.x1 -= left
        line.y -= bottom


def _is_picture(document: pdfium.PdfDocument, found: Page, least: float) -> bool:
    """Whether a page shows something that may be text: a scan, or letters drawn as shapes.

    ``least`` is the share of it that pictures have to cover.
    """
    covered, paths = 0.0, 0
    page = document[found.index]
    try:
        for thing in page.get_objects(max_depth=3):
            if thing.level == 0 and thing.type in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
                left, bottom, right, top = thing.get_bounds()
                covered += max(0.0, right - left) * max(0.0, top - bottom)
            paths += thing.type == raw.FPDF_PAGEOBJ_PATH
    finally:
        page.close()
    return covered >= least * found.width * found.height or (not found.lines and paths >= MANY_PATHS)


def _lines(document: pdfium.PdfDocument, handle: object, text: str, found: Page, *, marks: bool) -> list[Line]:
    spans: list[Span] = []
    fonts: dict[bytes, _Font] = {}
    page = found.index
    chunks = _split(text)
    exact = len(text) == raw.FPDFText_CountChars(handle)
    for body, at, divided in chunks:
        shown = body.strip()
        if not shown:
            continue
        first = at + body.index(shown)
        last = first + len(shown) - 1
        if not exact:
            first, last = _char_index(handle, text, first), _char_index(handle, text, last)
        if span := _measure(handle, shown, first, last, fonts, page):
            span.divided = divided
            spans.append(span)
    if cuts := row_cuts(handle, spans, len(chunks)):
        spans = [
            part
            for index, span in enumerate(spans)
            for part in (_cut(handle, span, cuts[index], fonts) if index in cuts else [span])
        ]
    hidden = sum(len(span.text) for span in spans if span.hidden)
    if hidden:
        spans = _without_hidden(document, found, spans, hidden)
    if marks:
        for span in spans:
            if item := raw.FPDFText_GetTextObject(handle, span.first):
                span.mark = raw.FPDFPageObj_GetMarkedContentID(item)
    if any(span.askew for span in spans):
        return turned(handle, found, spans)
    return [*spans]


def _split(text: str) -> list[tuple[str, int, bool]]:
    """(text, index, whether its last word is divided) of lines; a dividing hyphen ends a line too."""
    chunks = []
    at = 0
    for line in text.split("\n"):
        parts = line.split(HYPHEN)
        for number, part in enumerate(parts, 1):
            chunks.append((part, at, number < len(parts)))
            at += len(part) + 1
    return chunks


def _char_index(handle: object, text: str, at: int) -> int:
    """PDFium's number of a character: it counts UTF-16 units, and some characters that it does not give."""
    units = at if text.isascii() else len(text[:at].encode("utf-16-le", "surrogatepass")) // 2
    return int(raw.FPDFText_GetCharIndexFromTextIndex(handle, units))


def _cut(handle: object, span: Span, cuts: list[int], fonts: dict[bytes, _Font]) -> list[Span]:
    parts = []
    for start, end in pairwise([0, *cuts, len(span.text)]):
        shown = span.text[start:end].strip()
        first = span.first + start
        if part := _measure(handle, shown, first, first + len(shown) - 1, fonts, span.page):
            part.divided = span.divided and end == len(span.text)
            parts.append(part)
    return parts


# -- measures ----------------------------------------------------------------------------------------------------------


_rect = raw.FS_RECTF()
_place = ctypes.byref(_rect)
_x, _y = ctypes.c_double(), ctypes.c_double()
_origin = (ctypes.byref(_x), ctypes.byref(_y))
_colour = tuple(ctypes.c_uint() for _ in range(4))
_colours = tuple(ctypes.byref(c) for c in _colour)
_flags = ctypes.c_int()
_name = ctypes.create_string_buffer(128)


def _measure(handle: object, shown: str, first: int, last: int, fonts: dict[bytes, _Font], page: int) -> Span | None:
    """A line from its first, last and middle letter; None when it has no place or is empty when cleaned."""
    text = clean(shown)
    if first < 0 or last < 0 or not text or not raw.FPDFText_GetLooseCharBox(handle, first, _place):
        return None
    x0, bottom, size = _rect.left, _rect.bottom, abs(_rect.top - _rect.bottom)
    if not raw.FPDFText_GetLooseCharBox(handle, last, _place):
        return None
    x1, end, rise = _rect.right, _rect.left, abs(_rect.bottom - bottom)
    middle = (first + last) // 2
    if last - first == len(shown) - 1:
        while middle > first and shown[middle - first] == " ":  # a blank has no font
            middle -= 1
    if size == 0 or size != abs(_rect.top - _rect.bottom):  # letters of different sizes
        raw.FPDFText_GetLooseCharBox(handle, middle, _place)
        size = abs(_rect.top - _rect.bottom) or size
    raw.FPDFText_GetCharOrigin(handle, middle, *_origin)
    span = Span(text, x0, x1, _y.value, size, False, False, page, first=first, last=last)
    span.askew = last > first and (end < x0 or rise > size)
    item = raw.FPDFText_GetTextObject(handle, middle)
    if item:
        font = bytes(raw.FPDFTextObj_GetFont(item))
        if font not in fonts:
            fonts[font] = _Font(handle, middle)
        span.bold = fonts[font].bold
        if fonts[font].nameless:
            span.size = FULL_HEIGHT * font_size(handle, middle)
        span.hidden = _is_hidden(item)
    if text[1:2] == " " and is_spaced_out(text):
        span.text = without_spacing(handle, first, last)
    return span


class _Font:
    """What a letter's font says of itself. A nameless one (type 3) has boxes that fit each letter, not the font."""

    __slots__ = ("bold", "nameless")

    def __init__(self, handle: object, index: int) -> None:
        length = raw.FPDFText_GetFontInfo(handle, index, _name, len(_name), _flags)
        name = _name.value.lower() if 0 < length <= len(_name) else b""
        self.nameless = not name
        # Many files state a stem width for a regular font that PDFium makes a bold weight of.
        heavy = not _PLAIN_NAME.search(name) and raw.FPDFText_GetFontWeight(handle, index) >= _BOLD_WEIGHT
        self.bold = bool(_BOLD_NAME.search(name)) or heavy


def _is_bold(handle: object, index: int) -> bool:
    return _Font(handle, index).bold


def _is_hidden(item: object) -> bool:
    if raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
        return True
    if not raw.FPDFPageObj_GetFillColor(item, *_colours):
        return False
    red, green, blue, alpha = _colour
    return alpha.value == 0 or (red.value >= _WHITE and green.value >= _WHITE and blue.value >= _WHITE)


def _without_hidden(document: pdfium.PdfDocument, found: Page, spans: list[Span], hidden: int) -> list[Span]:
    """Without what nobody sees, unless it is all there is, or what a picture of text was recognised as."""
    letters = sum(len(span.text) for span in spans)
    if hidden == letters or (hidden >= HIDDEN_SHARE * letters and _is_picture(document, found, COVERED)):
        return spans
    return [span for span in spans if not span.hidden]
