"""Letters of a PDF page one by one, for the lines whose text PDFium gives in another order or cut than it is read.

Right-to-left lines, letters set apart for emphasis. It costs some calls a letter: not for plain pages.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import pypdfium2.raw as raw

WORD_GAP = 0.18  # of the font's size; narrower gaps are kerning
SAME_LINE = 0.3  # of the font's size, between two baselines
MIN_SIZE, MAX_SIZE = 3.0, 200.0  # points
_RTL = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_BRACKETS = "()[]{}«»"
_SINGLES = re.compile(r"[^\W\d_]{1,2}[.,:;!?]?|[&—–-]")  # two where kerning closed the gap


@dataclass(slots=True)
class Glyph:
    """A letter with its box in points; ``y`` is its baseline, ``size`` the font's, ``index`` PDFium's number of it."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    index: int


def is_right_to_left(text: str) -> bool:
    """Whether most letters of a page are Hebrew, Arabic or of another script of that direction."""
    if text.isascii():
        return False
    there = len(_RTL.findall(text))
    return there > 0 and there * 2 > sum(map(str.isalpha, text))


def is_spaced_out(text: str) -> bool:
    """ "T h e  L a m p": letters set apart, which PDFium takes for words."""
    if text[1:2] != " " or len(text) < 5:
        return False
    tokens = text.split()
    single = sum(len(token) == 1 for token in tokens)
    return len(tokens) >= 3 and single * 3 >= len(tokens) * 2 and all(_SINGLES.fullmatch(token) for token in tokens)


_box = raw.FS_RECTF()
_matrix = raw.FS_MATRIX()
_x, _y = ctypes.c_double(), ctypes.c_double()


def glyphs(handle: object, first: int, last: int) -> Iterator[Glyph]:
    """The printed letters of a range of PDFium's characters; blanks and what has no box are left out."""
    for index in range(first, last + 1):
        code = raw.FPDFText_GetUnicode(handle, index)
        letter = chr(code) if 32 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        if not letter.strip() or not raw.FPDFText_GetLooseCharBox(handle, index, _box):
            continue
        raw.FPDFText_GetCharOrigin(handle, index, _x, _y)
        yield Glyph(letter, float(_box.left), float(_box.right), float(_y.value), font_size(handle, index), index)


def font_size(handle: object, index: int) -> float:
    """Of the font in points; the height of the letter's box where the file states nothing a person could read."""
    if raw.FPDFText_GetMatrix(handle, index, _matrix):
        size = float(raw.FPDFText_GetFontSize(handle, index)) * math.hypot(_matrix.c, _matrix.d)
        if MIN_SIZE <= size <= MAX_SIZE:
            return size
    return abs(float(_box.top) - float(_box.bottom)) or 1.0


def without_spacing(handle: object, first: int, last: int) -> str:
    """The text of letters set apart: a blank only where the gap is clearly wider than between its letters."""
    found = list(glyphs(handle, first, last))
    gaps = [b.x0 - a.x1 for a, b in pairwise(found)]
    usual = median(gaps) if gaps else 0.0
    text = "".join(g.text for g in found[:1])
    for gap, glyph in zip(gaps, found[1:], strict=True):
        text += f" {glyph.text}" if gap > usual + WORD_GAP * glyph.size else glyph.text
    return text


# -- right to left -----------------------------------------------------------------------------------------------------


def right_to_left_rows(handle: object) -> list[tuple[str, list[Glyph]]]:
    """The lines of a right-to-left page in the order they were written, each in the order it is read.

    The places of the letters decide, since producers write them in either order, and PDFium turns some words round.
    """
    rows: list[list[Glyph]] = []
    for glyph in glyphs(handle, 0, raw.FPDFText_CountChars(handle) - 1):
        row = next((r for r in reversed(rows[-3:]) if abs(r[0].y - glyph.y) < SAME_LINE * r[0].size), None)
        if row is None:
            rows.append([glyph])
        else:
            row.append(glyph)
    return [(logical_text(row), row) for row in rows]


def logical_text(row: list[Glyph]) -> str:
    """The text of a right-to-left line in the order it is read, from the places of its letters alone."""
    return unicodedata.normalize("NFKC", _text(_as_read(_with_blanks(_marks_with_letters(row)))))


def _marks_with_letters(row: list[Glyph]) -> list[list[Glyph]]:
    """Letters from left to right, each with the marks above and below it and the rest of its ligature."""
    letters = sorted((g for g in row if not unicodedata.combining(g.text)), key=lambda g: ((g.x0 + g.x1) / 2, g.index))
    groups: list[list[Glyph]] = []
    for glyph in letters:
        same_box = groups and abs(groups[-1][0].x0 - glyph.x0) < 0.01 and abs(groups[-1][0].x1 - glyph.x1) < 0.01
        if same_box:
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    for mark in (g for g in row if unicodedata.combining(g.text)):
        middle = (mark.x0 + mark.x1) / 2
        if groups:
            min(groups, key=lambda group: abs((group[0].x0 + group[0].x1) / 2 - middle)).append(mark)
    return groups


def _with_blanks(groups: list[list[Glyph]]) -> list[list[Glyph]]:
    """The letters from left to right with a blank in each gap between words."""
    found = groups[:1]
    for before, group in pairwise(groups):
        end, start, size = max(g.x1 for g in before), min(g.x0 for g in group), group[0].size
        if start - end > WORD_GAP * size:
            found.append([Glyph(" ", end, start, group[0].y, size, -1)])
        found.append(group)
    return found


def _as_read(groups: list[list[Glyph]]) -> list[list[Glyph]]:
    """From the right to the left; numbers and words of other scripts from the left to the right (UAX #9, undone)."""
    ordered: list[list[Glyph]] = []
    run: list[list[Glyph]] = []
    pending: list[list[Glyph]] = []  # blanks and signs after a run: part of it only if it goes on
    for group in reversed(groups):
        letter = group[0].text
        foreign = letter.isdigit() or (letter.isalpha() and not _RTL.match(letter))
        if foreign and run and not _goes_on(run, pending, letter):
            ordered += [*reversed(run), *pending]
            run, pending = [group], []
        elif foreign:
            run += [*pending, group]
            pending = []
        elif run and not _RTL.match(letter):
            pending.append(group)
        else:
            ordered += [*reversed(run), *pending, group]
            run, pending = [], []
    return [*ordered, *reversed(run), *pending]


def _goes_on(run: list[list[Glyph]], pending: list[list[Glyph]], letter: str) -> bool:
    """Whether a letter or digit belongs to the run before it: numbers with a blank between them are two."""
    numbers = letter.isdigit() and run[-1][0].text.isdigit()
    return not (numbers and any(group[0].text == " " for group in pending))


def _text(groups: list[list[Glyph]]) -> str:
    return _brackets("".join(glyph.text for group in groups for glyph in group))


def _brackets(text: str) -> str:
    """Brackets as they are meant: some files name the sign that is printed, others the one that is read."""
    for opening, closing in zip(_BRACKETS[::2], _BRACKETS[1::2], strict=True):
        if -1 < text.find(closing) < text.find(opening):
            text = text.translate(str.maketrans(opening + closing, closing + opening))
    return text
