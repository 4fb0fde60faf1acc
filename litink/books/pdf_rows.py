"""Where PDFium put several columns, or the cells of a table's row, into one line: the places to cut it."""

from __future__ import annotations

import ctypes
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

import pypdfium2.raw as raw

from litink.books.pdf_model import Span

MAX_RUNS = 8  # a line; some producers write every word as a run of its own, which says nothing about columns
WIDE = 0.9  # times the height of a run: wider than any blank between words
ALIGNED = 6.0  # points between the beginnings of what stands in one column
STRETCHED = 0.5  # times the height of a letter's box, a letter: hardly any running text is set so wide
LOOSE = 0.36  # the same, beside a line that is a row of cells
CELL_GAP = 1.0  # times the height of a letter's box; wider than the blanks of any justified line worth reading

_BLANKS = re.compile(r"(?<=\S)\s+(?=\S)")
_rect = raw.FS_RECTF()


def row_cuts(handle: object, spans: list[Span], lines: int) -> dict[int, list[int]]:
    """Index of a line to the indices in its text where another column or cell begins.

    ``lines`` is the number of lines that PDFium counts on the page.
    """
    cuts: dict[int, list[int]] = {}
    todo = [index for index, span in enumerate(spans) if _is_wide(span, STRETCHED)]
    seen = set(todo)
    while todo:
        index = todo.pop()
        if found := _wide_gaps(handle, spans[index]):
            cuts[index] = found
            for beside in (index - 1, index + 1):
                if 0 <= beside < len(spans) and beside not in seen and _is_wide(spans[beside], LOOSE):
                    seen.add(beside)
                    todo.append(beside)
    if gutters := _gutters(handle, lines):
        for index, span in enumerate(spans):
            if index not in cuts and _is_exact(span) and (found := _column_cuts(handle, span, gutters)):
                cuts[index] = found
    return cuts


def _is_exact(span: Span) -> bool:
    """Whether the letters of its text are PDFium's, one for one."""
    return len(span.text) == span.last - span.first + 1


def _is_wide(span: Span, least: float) -> bool:
    return span.x1 - span.x0 > least * span.size * len(span.text) and _is_exact(span) and " " in span.text


def _wide_gaps(handle: object, span: Span) -> list[int]:
    """Indices in the text of a line where a cell begins after a gap that no line of running text has."""
    return [match.end() for match, end, start in _gaps(handle, span) if start - end > CELL_GAP * span.size]


_left, _top, _right, _bottom = (ctypes.c_double() for _ in range(4))
_corners = tuple(ctypes.byref(c) for c in (_left, _top, _right, _bottom))


def _gutters(handle: object, lines: int) -> list[float]:
    """Where further columns begin on a page whose lines run over all of them.

    PDFium joins what stands on one height. Its rectangles are the runs as they were written: where several of them
    begin at one place, far from the end of the run before, there is a gutter.
    """
    count = raw.FPDFText_CountRects(handle, 0, -1)
    least = max(3, 0.4 * lines)
    if not lines + least <= count <= MAX_RUNS * lines:
        return []
    boxes = []
    for index in range(count):
        raw.FPDFText_GetRect(handle, index, *_corners)
        boxes.append((-round(_bottom.value / 4), _left.value, _bottom.value, _right.value, _top.value))
    boxes.sort()
    starts = sorted(
        box[1]
        for before, box in pairwise(boxes)
        if abs(before[2] - box[2]) < 4 and box[1] - before[3] > WIDE * (box[4] - box[2])
    )
    gutters: list[float] = []
    while len(starts) >= least:
        near = max(starts, key=lambda x: bisect_right(starts, x + ALIGNED) - bisect_right(starts, x - ALIGNED))
        aligned = [x for x in starts if abs(x - near) < ALIGNED]
        if len(aligned) < least:
            break
        gutters.append(aligned[0] - 1)
        starts = [x for x in starts if abs(x - near) >= ALIGNED]
    return sorted(gutters)


def _column_cuts(handle: object, span: Span, gutters: list[float]) -> list[int]:
    """Indices in the text of a line where another column begins: at a gutter, after a gap."""
    if not any(span.x0 < gutter < span.x1 for gutter in gutters):
        return []
    return [
        match.end()
        for match, end, start in _gaps(handle, span)
        if start - end > WIDE * span.size and any(end <= gutter <= start for gutter in gutters)
    ]


def _gaps(handle: object, span: Span) -> Iterator[tuple[re.Match[str], float, float]]:
    """The blanks of a line, each with the place where the word before it ends and the one after it begins."""
    for match in _BLANKS.finditer(span.text):
        if not raw.FPDFText_GetLooseCharBox(handle, span.first + match.start() - 1, _rect):
            continue
        end = float(_rect.right)
        if raw.FPDFText_GetLooseCharBox(handle, span.first + match.end(), _rect):
            yield match, end, float(_rect.left)
