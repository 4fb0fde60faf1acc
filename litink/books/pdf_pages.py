"""PDF pages put in order: columns left to right, running heads, feet and page numbers removed. No paragraphs here."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median

from litink.books.pdf_lines import Line, Page

EDGE = 3  # lines from the top or bottom of a page in which running heads and page numbers stand
SLOT = 3.0  # points; furniture stands at the same height on every page, give or take
REPEATED = 0.6  # share of a slot's lines that must come again for the slot to be furniture
MOST_FURNITURE = 0.3  # share of all letters
MAX_FURNITURE = 120  # characters
ALIKE = 0.08  # relative difference up to which two letter sizes are the same
_PAGE_NUMBER = re.compile(r"[\[(–—-]*\s*(?:page\s+)?(?:[0-9]{1,4}|[ivxlcdm]{1,7})\s*[\])–—-]*", re.I)
_DIGITS = re.compile(r"[0-9]+")
_EDGE_ROMAN = re.compile(r"^[ivxlc]{1,7}\b|\b[ivxlc]{1,7}$")


def in_order(page: Page) -> list[Line]:
    """Lines in reading order: the order they were written in, or columns left to right."""
    lines = page.lines
    if len(lines) < 4:
        return lines
    gutter = _gutter(page)
    if gutter is None:
        jumps = sum(1 for a, b in pairwise(lines) if b.y > a.y + a.size * 1.5)
        return sorted(lines, key=lambda line: (-round(line.y), line.x0)) if jumps > 3 else lines
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in sorted(lines, key=lambda item: (-round(item.y), item.x0)):
        if line.x0 < gutter - 6 and line.x1 > gutter + 6:
            ordered += [*left, *right, line]
            left, right = [], []
        else:
            (left if line.x0 < gutter else right).append(line)
    return [*ordered, *left, *right]


def _gutter(page: Page) -> float | None:
    """Where two columns part: a line in the middle third that (almost) nothing crosses, with text on both sides."""
    candidates = sorted({round(line.x0) for line in page.lines if page.width * 0.3 < line.x0 < page.width * 0.7})
    best: tuple[int, float] | None = None
    for x in candidates:
        right = [line for line in page.lines if line.x0 >= x - 2]
        left = [line for line in page.lines if line.x1 <= x]
        crossing = len(page.lines) - len(right) - len(left)
        if min(len(left), len(right)) < 3 or crossing > 0.2 * len(page.lines):
            continue
        beside = sum(1 for r in right if any(abs(r.y - item.y) < r.size * 0.6 for item in left))
        columns = [line for line in right if len(line.text) > 12]
        if beside * 2 >= len(right) and len(columns) * 2 >= len(right) and (best is None or beside > best[0]):
            best = (beside, float(x) - 1)
    return best[1] if best else None


def _plain(text: str) -> str:
    return _DIGITS.sub("#", _EDGE_ROMAN.sub("#", text.strip().lower()))


def remove_furniture(pages: list[Page]) -> None:
    """Drop running heads, running feet and page numbers: what stands at the same height and comes again nearby."""
    slots: dict[tuple[bool, int], list[tuple[Page, Line]]] = {}
    for page in pages:
        by_height = sorted(page.lines, key=lambda line: -line.y)
        for top, edge in ((True, by_height[:EDGE]), (False, by_height[-EDGE:])):
            for line in edge:
                if (line.y > page.height * 0.5) == top and len(line.text) <= MAX_FURNITURE:
                    slots.setdefault((top, round(line.y / SLOT)), []).append((page, line))
    furniture: set[int] = set()
    for (top, height), members in sorted(slots.items()):
        near = [m for h in (height - 1, height, height + 1) for m in slots.get((top, h), [])]
        at: dict[str, list[int]] = {}
        for page, line in near:
            at.setdefault(_plain(line.text), []).append(page.index)
        again = {plain for plain, places in at.items() if _comes_again(sorted(set(places)), len(pages))}
        repeated = [line for _, line in near if _plain(line.text) in again]
        pages_here = len({page.index for page, _ in near})
        established = pages_here >= max(4, 0.2 * len(pages)) and len(repeated) >= REPEATED * len(near)
        size = median(line.size for line in repeated) if repeated else 0.0
        for page, line in members:
            numbered = bool(_PAGE_NUMBER.fullmatch(line.text)) and (pages_here >= 3 or len(pages) <= 3)
            fits = established and abs(line.size - size) < ALIKE * size
            if (_plain(line.text) in again or numbered or fits) and _is_edge(page, line, top=top):
                furniture.add(id(line))
    letters = sum(len(line.text) for page in pages for line in page.lines)
    removed = sum(len(line.text) for page in pages for line in page.lines if id(line) in furniture)
    if removed <= MOST_FURNITURE * letters:  # else the pages themselves are alike: it is their text
        for page in pages:
            page.lines = [line for line in page.lines if id(line) not in furniture]


def _comes_again(places: list[int], pages: int) -> bool:
    """Whether a text on these pages runs on: three times, or twice in a short document, and on pages close together.

    Chapter headings come again too ("CHAPTER #"), but not on every other page.
    """
    if len(places) < (3 if pages > 4 else 2):
        return False
    close = sum(1 for a, b in pairwise(places) if b - a <= 2)
    return close * 2 >= len(places) - 1


def _is_edge(page: Page, line: Line, *, top: bool) -> bool:
    """Whether hardly anything stands beyond the line towards the edge of the page."""
    beyond = sum(1 for other in page.lines if (other.y > line.y + 1 if top else other.y < line.y - 1))
    return beyond < EDGE
