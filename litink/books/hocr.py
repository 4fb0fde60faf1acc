"""hOCR, as Tesseract writes it, to lines with places, sizes and how sure it was. No pictures, no decisions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from litink.books.pdf_words import unspaced
from litink.books.pieces import clean
from litink.books.trees import Unreadable, parse_xml

SURE = 30  # of 100; words that Tesseract is less sure of are specks and stains
SURE_LINE = 45  # mean of a line's words; less is a drawing taken for letters
SMALL_TO_FULL = 1.9  # from the height of an x to that of a line's letters, in common book faces
_LINES = frozenset({"ocr_line", "ocr_header", "ocr_textfloat", "ocr_caption"})
_BOX = re.compile(r"bbox (-?\d+) (-?\d+) (-?\d+) (-?\d+)")
_BASELINE = re.compile(r"baseline (-?[\d.]+) (-?[\d.]+)")
_SIZE = re.compile(r"x_size ([\d.]+); x_descenders (-?[\d.]+); x_ascenders (-?[\d.]+)")
_SURE = re.compile(r"x_wconf (\d+)")


@dataclass(slots=True)
class Seen:
    """A line in pixels from the picture's upper left corner; ``y`` is its baseline, ``sure`` from 0 to 100."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    sure: float
    upright: bool  # else it runs up or down


def read_hocr(hocr: bytes) -> list[Seen]:
    """The lines in reading order; none when it is no hOCR."""
    try:
        root = parse_xml(hocr)
    except Unreadable:
        return []
    found = []
    for element in root.iter():
        if element.get("class") in _LINES and (line := _line(element)):
            found.append(line)
    return found


def _line(element: etree._Element) -> Seen | None:
    title = element.get("title", "")
    box = _BOX.search(title)
    words: list[tuple[str, int, float, float]] = []
    for word in element.iter():
        if word.get("class") != "ocrx_word":
            continue
        text = clean("".join(map(str, word.itertext()))).strip()
        place, sure = _BOX.search(word.get("title", "")), _SURE.search(word.get("title", ""))
        if text and place and sure and int(sure.group(1)) >= SURE:
            words.append((text, int(sure.group(1)), float(place.group(1)), float(place.group(3))))
    letters = sum(len(word[0]) for word in words)
    if not box or not words or not any(c.isalnum() for word in words for c in word[0]):
        return None
    sure_of = sum(word[1] * len(word[0]) for word in words) / letters
    if sure_of < SURE_LINE:
        return None
    x0, x1 = min(word[2] for word in words), max(word[3] for word in words)
    left, top, right, bottom = map(float, box.groups())
    slope, offset = map(float, m.groups()) if (m := _BASELINE.search(title)) else (0.0, 0.0)
    y = bottom + offset + slope * (right - left) / 2
    upright = bottom - top < right - left or len(words) == 1
    return Seen(_joined([word[0] for word in words]), x0, x1, y, _letter_size(title, bottom - top), sure_of, upright)


def _letter_size(title: str, height: float) -> float:
    """From the height of small letters: what Tesseract adds for tall ones depends on whether the line has any."""
    match = _SIZE.search(title)
    small = float(match.group(1)) - float(match.group(2)) - float(match.group(3)) if match else 0.0
    return max(1.0, SMALL_TO_FULL * small if small > 0 else height)


def _joined(words: list[str]) -> str:
    text = words[0]
    for before, word in pairwise(words):
        text += word if unspaced(before, word) else f" {word}"
    return text
