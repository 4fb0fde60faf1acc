"""PDF pages whose lines do not run from left to right: turned or mirrored until they do.

Rotated pages, vertical Japanese and Chinese, Hebrew and Arabic.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable
from statistics import median

import pypdfium2.raw as raw

from litink.books.pdf_glyphs import right_to_left_rows
from litink.books.pdf_model import Line, Page, Span
from litink.books.pieces import clean

ONE_WAY = 0.6  # share of the letters that run one way: the others are marks in the margin or beside a drawing
HALF_BRACKET = 0.5  # of the letter size: the empty half of an opening bracket's square
_OPENING = "「『（〔［【〈《"


_box = raw.FS_RECTF()
_x, _y = ctypes.c_double(), ctypes.c_double()


def _bounds(handle: object, index: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a letter."""
    raw.FPDFText_GetLooseCharBox(handle, index, _box)
    left, right = sorted((float(_box.left), float(_box.right)))
    bottom, top = sorted((float(_box.bottom), float(_box.top)))
    return left, bottom, right, top


def turned(handle: object, page: Page, spans: list[Span]) -> list[Line]:
    """The lines of a page that has some askew, seen from the side that most of its letters are read from.

    Vertical lines from right to left are those of a page that was turned clockwise by 90 degrees.
    """
    ways = [_way(handle, span) for span in spans]
    letters: Counter[str] = Counter()
    for span, way in zip(spans, ways, strict=True):
        letters[way] += len(span.text) if way else 0
    main, most = letters.most_common(1)[0] if letters else ("right", 0)
    only = most >= ONE_WAY * sum(letters.values())
    if main in ("up", "down"):
        page.width, page.height = page.height, page.width
    return [
        _turn(handle, span, main, page)
        for span, way in zip(spans, ways, strict=True)
        if way in ("", main) or not only
    ]  # fmt: skip


def _way(handle: object, span: Span) -> str:
    """Where a line runs to on the unturned page; empty for a single letter."""
    if span.first == span.last:
        return ""
    a, b = _bounds(handle, span.first), _bounds(handle, span.last)
    across, along = (b[0] + b[2] - a[0] - a[2]) / 2, (b[1] + b[3] - a[1] - a[3]) / 2
    if abs(along) > abs(across):
        return "up" if along > 0 else "down"
    return "right" if across >= 0 else "left"


def _turn(handle: object, span: Span, way: str, page: Page) -> Line:
    """The line itself, its places changed. ``page`` has its turned measures already."""
    if way == "right":
        return span
    start, end = _bounds(handle, span.first), _bounds(handle, span.last)
    middle = (span.first + span.last) // 2
    box = _bounds(handle, middle)
    raw.FPDFText_GetCharOrigin(handle, middle, _x, _y)
    if way == "up":
        span.x0, span.x1, span.y = start[1], end[3], page.height - _x.value
    elif way == "down":
        span.x0, span.x1, span.y = page.width - start[3], page.width - end[1], _x.value
    else:
        span.x0, span.x1, span.y = page.width - start[2], page.width - end[0], page.height - _y.value
    if way != "left":
        span.x0 -= HALF_BRACKET * span.size if span.text[0] in _OPENING else 0.0
        span.size = max(box[2] - box[0], box[3] - box[1])
    return span


def mirrored(handle: object, page: Page, is_bold: Callable[[object, int], bool]) -> list[Line]:
    """The lines of a right-to-left page in logical order, their places mirrored: each begins at the left."""
    lines = []
    for text, row in right_to_left_rows(handle):
        shown = clean(text).strip()
        if shown:
            left, right = min(g.x0 for g in row), max(g.x1 for g in row)
            y, size = median(g.y for g in row), median(g.size for g in row)
            bold = is_bold(handle, row[len(row) // 2].index)
            lines.append(Line(shown, page.width - right, page.width - left, y, size, bold, False, page.index))
    return lines
