"""Running heads, feet and page numbers of PDF pages, removed. The order of the other lines: pdf_columns.py."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from litink.books.numbering import roman
from litink.books.pdf_model import Line, Page

EDGE = 3  # lines from the top or bottom of a page in which running heads and page numbers stand
SLOT = 3.0  # points; furniture stands at the same height on every page, give or take
REPEATED = 0.6  # share of a slot's lines that must come again for the slot to be furniture
EVERYWHERE = 0.3  # share of the pages
APART = 1.2  # times the distance of the lines of the text
MOST_FURNITURE = 0.3  # share of all letters
MAX_FURNITURE = 120  # characters
LEAST_COUNTED = 3  # page numbers that agree
ALIKE = 0.08  # relative difference up to which two letter sizes are the same
_PAGE_NUMBER = re.compile(r"[\[(–—-]*\s*(?:page\s+)?(?:([0-9]{1,4})|([ivxlcdm]{1,7}))\s*[\])–—-]*", re.I)
_DIGITS = re.compile(r"[0-9]+")
_EDGE_ROMAN = re.compile(r"^[ivxlc]{1,7}\b|\b[ivxlc]{1,7}$")


def _plain(text: str) -> str:
    return _DIGITS.sub("#", _EDGE_ROMAN.sub("#", text.strip().lower()))


def remove_furniture(pages: list[Page]) -> None:
    """Drop running heads, running feet and page numbers: what stands at the same height and comes again nearby."""
    slots: dict[tuple[bool, int], list[_Edge]] = {}
    for page in pages:
        by_height = sorted(page.lines, key=_height)
        for top, edge in ((True, by_height[-EDGE:]), (False, by_height[:EDGE])):
            for line in edge:
                if (line.y > page.height * 0.5) == top and len(line.text) <= MAX_FURNITURE and not line.level:
                    found = _Edge(page, line, _plain(line.text), _page_number(line.text))
                    slots.setdefault((top, round(line.y / SLOT)), []).append(found)
    furniture: set[int] = set()
    for (top, height), members in slots.items():
        near = [edge for h in (height - 1, height, height + 1) for edge in slots.get((top, h), ())]
        furniture |= _furniture(members, near, len(pages), top=top)
    letters = sum(len(line.text) for page in pages for line in page.lines)
    removed = sum(len(line.text) for page in pages for line in page.lines if id(line) in furniture)
    if removed <= MOST_FURNITURE * letters:  # else the pages themselves are alike: it is their text
        for page in pages:
            page.lines = [line for line in page.lines if id(line) not in furniture]


@dataclass(slots=True)
class _Edge:
    """A line near the top or bottom of its page; ``number`` where it is nothing else."""

    page: Page
    line: Line
    plain: str
    number: int | None


def _is_alone(edge: _Edge) -> bool:
    """Whether nothing stands beside the line: a number in a row is a cell."""
    return not any(
        other is not edge.line and abs(other.y - edge.line.y) < 0.4 * edge.line.size for other in edge.page.lines
    )


def _stands_apart(edge: _Edge, *, top: bool) -> bool:
    """Whether the line differs from the text beside it in size or by its distance: else it is a line of that text."""
    line = edge.line
    inwards = sorted(edge.page.lines, key=_height, reverse=top)
    at = next(index for index, other in enumerate(inwards) if other is line)
    inner = inwards[at + 1 : at + 4]
    if len(inner) < 3 or abs(inner[0].size - line.size) > ALIKE / 2 * line.size:
        return True
    return abs(line.y - inner[0].y) > APART * abs(inner[1].y - inner[2].y)


def _height(line: Line) -> float:
    return line.y


def _furniture(members: list[_Edge], near: list[_Edge], pages: int, *, top: bool) -> set[int]:
    """Identities of the lines at one height that are furniture; ``near`` are those and the ones just beside."""
    at: dict[str, list[int]] = {}
    for edge in near:
        at.setdefault(edge.plain, []).append(edge.page.index)
    counts = {plain: sorted(set(places)) for plain, places in at.items()}
    again = {plain for plain, places in counts.items() if _comes_again(places, pages)}
    everywhere = {plain for plain in again if len(counts[plain]) >= EVERYWHERE * pages}
    repeated = [edge.line.size for edge in near if edge.plain in again]
    pages_here = len({edge.page.index for edge in near})
    established = pages_here >= max(LEAST_COUNTED, 0.2 * pages) and len(repeated) >= REPEATED * len(near)
    size = median(repeated) if established else 0.0
    counting = _counting(near)
    found: set[int] = set()
    for edge in members:
        numbered = edge.number is not None and (
            edge.number - edge.page.index in counting or (pages < LEAST_COUNTED and _is_alone(edge))
        )
        fits = established and abs(edge.line.size - size) < ALIKE * size
        repeats = edge.plain in again and (edge.plain in everywhere or _stands_apart(edge, top=top))
        if (repeats or numbered or fits) and _is_edge(edge.page, edge.line, top=top):
            found.add(id(edge.line))
    return found


def _page_number(text: str) -> int | None:
    match = _PAGE_NUMBER.fullmatch(text)
    if match is None:
        return None
    return int(match.group(1)) if match.group(1) else roman(match.group(2))


def _counting(near: list[_Edge]) -> set[int]:
    """How far the numbers at one height are ahead of the pages, where several go up with them.

    The numbers of chapters ("IV" at the top of its first page) go up too, but not with every page.
    """
    ahead = Counter(edge.number - edge.page.index for edge in near if edge.number is not None)
    return {difference for difference, count in ahead.items() if count >= LEAST_COUNTED}


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
