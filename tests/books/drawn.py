"""PDFs for the tests of reading that need other letters than Times: drawn one by one with a font, or as a scan."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from fontTools.ttLib import TTFont

WIDTH, HEIGHT = 612.0, 792.0
LATIN = "rendercv_fonts", "EB Garamond/EBGaramond-Regular.ttf"
JAPANESE = "rendercv_fonts", "Noto Sans/NotoSansJP-Regular.ttf"
HEBREW = "manimgx_fonts", "NotoSansHebrew[wght].ttf"
ARABIC = "manimgx_fonts", "NotoSansArabic[wght].ttf"

Letter = tuple[float, float, float, str]  # x, baseline, size, the letter


@lru_cache
def _bytes(font: tuple[str, str]) -> bytes:
    return (files(font[0]) / font[1]).read_bytes()


@lru_cache
def _advances(font: tuple[str, str]) -> tuple[dict[int, str], dict[str, tuple[int, int]], int]:
    opened = TTFont(str(files(font[0]) / font[1]), lazy=True)
    return opened.getBestCmap(), opened["hmtx"].metrics, opened["head"].unitsPerEm


def _having(font: tuple[str, str], letter: str) -> tuple[str, str]:
    """The font, or another for a letter that it does not have."""
    return font if ord(letter) in _advances(font)[0] else LATIN


def advance(font: tuple[str, str], letter: str, size: float) -> float:
    """How far a letter moves the pen, in points."""
    cmap, metrics, units = _advances(_having(font, letter))
    return metrics[cmap[ord(letter)]][0] * size / units


def from_left(font: tuple[str, str], text: str, x: float, y: float, size: float = 12) -> list[Letter]:
    """The letters of a line in the order and at the places they are printed."""
    placed = []
    for letter in text:
        placed.append((x, y, size, letter))
        x += advance(font, letter, size)
    return placed


def from_right(font: tuple[str, str], visual: str, right: float, y: float, size: float = 12) -> list[Letter]:
    """A line set flush right. ``visual`` is its text as it looks, from left to right."""
    width = sum(advance(font, letter, size) for letter in visual)
    return from_left(font, visual, right - width, y, size)


def from_top(text: str, x: float, top: float, size: float = 12) -> list[Letter]:
    """A vertical line: a letter below the other, each in a square."""
    return [(x, top - size * (n + 0.88), size, letter) for n, letter in enumerate(text)]


def drawn(path: Path, font: tuple[str, str], pages: Iterable[Iterable[Letter]]) -> Path:
    """A PDF whose letters are each a text of their own; blanks are only gaps."""
    document = pdfium.PdfDocument.new()
    loaded = {}
    for one in (font, LATIN):
        data = _bytes(one)
        buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        loaded[one] = raw.FPDFText_LoadFont(document.raw, buffer, len(data), raw.FPDF_FONT_TRUETYPE, 1)
    for letters in pages:
        page = document.new_page(WIDTH, HEIGHT)
        for x, y, size, letter in letters:
            if letter != " ":
                thing = raw.FPDFPageObj_CreateTextObj(document.raw, loaded[_having(font, letter)], size)
                encoded = (letter + "\0").encode("utf-16-le")
                units = (raw.FPDF_WCHAR * (len(encoded) // 2)).from_buffer_copy(encoded)
                raw.FPDFText_SetText(thing, units)
                raw.FPDFPageObj_Transform(thing, 1, 0, 0, 1, x, y)
                raw.FPDFPage_InsertObject(page.raw, thing)
        page.gen_content()
        page.close()
    document.save(str(path))
    document.close()
    return path


def scan(source: Path, target: Path, *, dpi: int = 200, turned: int = 0, only: Iterable[int] | None = None) -> Path:
    """A copy of a PDF whose pages (``only`` those, else all) are pictures, turned clockwise by so many degrees."""
    original = pdfium.PdfDocument(source)
    document = pdfium.PdfDocument.new()
    chosen = set(range(len(original)) if only is None else only)
    for index in range(len(original)):
        if index not in chosen:
            document.import_pages(original, [index])
            continue
        picture = original[index].render(scale=dpi / 72, grayscale=True, rotation=turned)
        width, height = picture.width * 72 / dpi, picture.height * 72 / dpi
        image = pdfium.PdfImage.new(document)
        image.set_bitmap(picture)
        image.set_matrix(pdfium.PdfMatrix().scale(width, height))
        page = document.new_page(width, height)
        page.insert_obj(image)
        page.gen_content()
        page.close()
    document.save(str(target))
    document.close()
    return target
