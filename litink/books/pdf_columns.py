"""The lines of a PDF page in reading order: columns from left to right, rows kept, drop capitals with their words."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

from litink.books.pdf_model import Line, Page

SAME_HEIGHT = 0.6  # of the letter size, between the baselines of two lines that stand beside each other
MOST_CROSSING = 0.2  # share of the lines of a page of columns that run over all of them
FILLED = 0.7  # share of its column that a line of running text fills
SHORT_CELL = 12  # characters
COLUMN_INDENT = 3.0  # times the letter size: how far lines of a column begin from its edge
LEAST_SHARE = 0.25  # of the lines beyond a gutter that begin there; there may be further columns
DROP_CAPITAL = 1.6  # times the size of the text beside it
BESIDE = 1.2  # times the size of the text: how far it may stand from its drop capital


def in_order(page: Page) -> list[Line]:
    """Lines in reading order: the order they were written in, or columns left to right."""
    return _columns(_with_drop_capitals(page.lines))


def _columns(lines: list[Line]) -> list[Line]:
    if len(lines) < 4:
        return lines
    gutter = _gutter(lines)
    if gutter is None:
        jumps = sum(1 for a, b in pairwise(lines) if b.y > a.y + a.size * 1.5)
        return sorted(lines, key=lambda line: (-round(line.y), line.x0)) if jumps > 3 else lines
    crossing = {id(line) for line in lines if line.x0 < gutter - 6 and line.x1 > gutter + 6}
    beyond = {id(line) for line in lines if line.x0 >= gutter and id(line) not in crossing}
    by_height = sorted(lines, key=lambda line: (-round(line.y), line.x0))
    _move([line for line in lines if id(line) not in crossing and id(line) not in beyond], by_height, beyond)
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in by_height:
        if id(line) in crossing:
            ordered += [*_columns(left), *_columns(right), line]
            left, right = [], []
        else:
            (right if id(line) in beyond else left).append(line)
    return [*ordered, *_columns(left), *_columns(right)]


def _move(first: list[Line], lines: list[Line], beyond: set[int]) -> None:
    """Put the further columns where the first one stands: what comes after sees one long column."""
    shift = _edge([line for line in lines if id(line) in beyond]) - _edge(first)
    for line in lines:
        if id(line) in beyond:
            line.x0 -= shift
            line.x1 -= shift


def _edge(column: list[Line]) -> float:
    """The left edge of a column, whatever sticks out of it."""
    starts = sorted(line.x0 for line in column)
    return starts[len(starts) // 10]


def _gutter(lines: list[Line]) -> float | None:
    """Where the first column ends: a place that (almost) nothing crosses, with running text on both sides."""
    start, end = min(line.x0 for line in lines), max(line.x1 for line in lines)
    low, high = start + 0.15 * (end - start), start + 0.8 * (end - start)
    best: tuple[int, float] | None = None
    for x in sorted({round(line.x0) for line in lines if low < line.x0 < high}):
        right = [line for line in lines if line.x0 >= x - 2]
        left = [line for line in lines if line.x1 <= x]
        crossing = len(lines) - len(right) - len(left)
        if min(len(left), len(right)) < 3 or crossing > MOST_CROSSING * len(lines):
            continue
        column = [line for line in right if line.x0 < x + COLUMN_INDENT * line.size]
        if len(column) < max(3, LEAST_SHARE * len(right)):
            continue
        beside = sum(1 for r in right if any(abs(r.y - item.y) < r.size * SAME_HEIGHT for item in left))
        if beside * 2 >= len(right) and (best is None or beside > best[0]) and _are_columns(lines, left, column):
            best = (beside, float(x) - 1)
    return best[1] if best else None


def _are_columns(lines: list[Line], left: list[Line], column: list[Line]) -> bool:
    """Not the cells of a table: written one column after the other, or filled with text."""
    if any(sum(1 for line in side if len(line.text) > SHORT_CELL) * 2 < len(side) for side in (left, column)):
        return False
    sides = {id(line): 0 for line in left} | {id(line): 1 for line in column}
    turns = sum(1 for a, b in pairwise(lines) if sides.get(id(a), 0) != sides.get(id(b), 0))
    return turns <= max(2, 0.1 * len(lines)) or (_filled(left) and _filled(column))


def _filled(column: list[Line]) -> bool:
    width = max(line.x1 for line in column) - min(line.x0 for line in column)
    return median(line.x1 - line.x0 for line in column) >= FILLED * width


def _with_drop_capitals(lines: list[Line]) -> list[Line]:
    """A large first letter put before the line that stands beside its top, and the lines beside it moved out to it."""
    capitals = [line for line in lines if len(line.text.strip("“\"‘'«")) == 1 and line.text[-1].isalpha()]
    for capital in capitals:
        beside = [
            line
            for line in lines
            if DROP_CAPITAL * line.size <= capital.size
            and -0.2 * line.size <= line.x0 - capital.x1 < BESIDE * line.size
            and capital.y - 0.5 * line.size < line.y < capital.y + capital.size
        ]
        if not beside:
            continue
        first = max(beside, key=lambda line: line.y)
        apart = first.x0 - capital.x1 > 0.2 * first.size and capital.text in "AIO"
        first.text = f"{capital.text}{' ' if apart else ''}{first.text}"
        for line in beside:
            line.x0 = capital.x0
        lines = [line for line in lines if line is not capital]
    return lines
