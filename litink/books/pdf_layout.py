"""Lines of PDF pages to paragraphs with their looks. Order: pdf_columns.py; notes: pdf_notes.py; words: pdf_words.py.

Nothing here decides what a heading is; it only says how each paragraph looks.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from litink.books.model import BlockKind
from litink.books.numbering import label_of
from litink.books.pdf_columns import in_order
from litink.books.pdf_model import Line, Page
from litink.books.pdf_notes import place_notes, split_notes
from litink.books.pdf_pages import remove_furniture
from litink.books.pdf_tables import find_tables
from litink.books.pdf_words import join, vocabulary
from litink.books.pieces import Look, Piece
from litink.books.printed import entry_title

MAX_CHAPTER_LINE = 80  # characters
WIDE_GAP = 1.45  # times the usual line distance: a paragraph ends
FAR_GAP = 2.0  # times the usual line distance: stands alone
INDENT = 0.6  # times the letter size
_TERMINAL = re.compile(r"[.!?…:;][\"'”’)\]]*$")
_LEADER = re.compile(r"(?:\s*[.·…]){4,}|\s[0-9]{1,4}$")
_BREAK = re.compile(r"[\s*⁂•·~–—―_=#☙❧❦\-.∗]{1,40}")


@dataclass(slots=True)
class _Group:
    """The lines of a paragraph, or of a table with its text."""

    lines: list[Line]
    table: str = ""


@dataclass(slots=True)
class _Body:
    """What the running text of the document looks like."""

    size: float
    leading: float
    left: float
    right: float
    indents: bool  # whether paragraphs are marked by indentation


def lay_out(pages: list[Page]) -> list[Piece]:
    """Pieces of all pages; ``Piece.part`` is the page index and ``opens_part`` is left unset (pages are no files)."""
    for page in pages:
        page.lines = in_order(page)
    remove_furniture(pages)
    _level_weights(pages)
    body = _measure(pages)
    groups, notes = _paragraphs(pages, body)
    words = vocabulary(pages)
    by_index = {page.index: page for page in pages}
    pieces = [
        Piece(BlockKind.TABLE, group.table, part=group.lines[0].page)
        if group.table
        else _piece(group.lines, by_index[group.lines[0].page], body, words)
        for group in groups
    ]
    _mark_page_tops(pieces, groups, pages, body)
    place_notes(pieces, notes, words)
    return pieces


def _level_weights(pages: list[Page]) -> None:
    """Bold is what stands out: where most of the text is, nothing does."""
    letters = sum(len(line.text) for page in pages for line in page.lines)
    bold = [line for page in pages for line in page.lines if line.bold]
    if sum(len(line.text) for line in bold) * 2 > letters:
        for line in bold:
            line.bold = False


# -- paragraphs --------------------------------------------------------------------------------------------------------


def _measure(pages: list[Page]) -> _Body:
    lines = [line for page in pages for line in page.lines]
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    size = sizes.most_common(1)[0][0] if sizes else 12.0
    drops = [a.y - b.y for page in pages for a, b in pairwise(page.lines)]
    gaps = Counter([round(drop, 0) for drop in drops if 0 < drop < 4 * size])
    body = [line for line in lines if abs(line.size - size) < 0.08 * size]
    lefts = Counter([round(line.x0) for line in body])
    ends = sorted([round(line.x1) for line in body])
    left = float(lefts.most_common(1)[0][0]) if lefts else 72.0
    # The most common right edge is the margin of justified text; ragged text has its longest lines there.
    right = float(ends[int(len(ends) * 0.9)]) if ends else 540.0
    leading = gaps.most_common(1)[0][0] if gaps else size * 1.2
    indented = sum(n for x, n in lefts.items() if INDENT * size < x - left < 5 * size)
    return _Body(size, leading, left, right, indented >= 0.04 * sum(lefts.values()) if lefts else False)


def _paragraphs(pages: list[Page], body: _Body) -> tuple[list[_Group], list[list[Line]]]:
    """Lines grouped to paragraphs and tables, and to footnotes."""
    groups: list[_Group] = []
    notes: list[list[Line]] = []
    for page in pages:
        lines, page_notes = split_notes(page, body.size)
        notes += page_notes
        tables = find_tables(lines)
        left = _page_left(lines, body)
        start = 0
        for table in tables:
            _add_lines(groups, lines[start : table.start], left, body, page)
            groups.append(_Group(lines[table.start : table.end], table.text))
            start = table.end
        _add_lines(groups, lines[start:], left, body, page)
    return groups, notes


def _add_lines(groups: list[_Group], lines: list[Line], left: float, body: _Body, page: Page) -> None:
    for index, line in enumerate(lines):
        previous = lines[index - 1] if index else None
        following = lines[index + 1] if index + 1 < len(lines) else None
        if previous is not None:
            new = _starts(previous, line, following, left, body, page)
        elif not groups or groups[-1].table:
            new = True
        else:
            last = groups[-1].lines[-1]
            new = last.page == line.page or _starts_after_turn(last, line, left, body, page)
        if new:
            groups.append(_Group([line]))
        else:
            groups[-1].lines.append(line)


def _page_left(lines: list[Line], body: _Body) -> float:
    """The page's own left margin (inner and outer margins differ on left and right pages)."""
    counts: Counter[int] = Counter(round(line.x0) for line in lines if abs(line.size - body.size) < 0.08 * body.size)
    common = [x for x, n in counts.items() if n >= 3 and n * 5 >= len(lines)]
    return float(min(common)) if common else body.left


def _is_short(line: Line, body: _Body) -> bool:
    return line.x1 < body.right - max(1.5 * body.size, 0.06 * (body.right - body.left))


def _is_centred(line: Line, body: _Body, page: Page) -> bool:
    middle = (line.x0 + line.x1) / 2
    inside = line.x0 > body.left + 1.5 * body.size
    return inside and (
        abs(middle - (body.left + body.right) / 2) < 0.03 * page.width
        or abs(middle - page.width / 2) < 0.015 * page.width
    )


def _looks_alike(a: Line, b: Line) -> bool:
    return abs(a.size - b.size) <= 0.08 * max(a.size, b.size) and a.bold == b.bold


def _starts(previous: Line, line: Line, following: Line | None, left: float, body: _Body, page: Page) -> bool:
    """Whether a line begins a new paragraph."""
    if previous.level != line.level:
        return True
    gap = previous.y - line.y
    if previous.divided:
        return False
    if gap < -2 * body.leading:  # the next column
        return _starts_after_turn(previous, line, left, body, page, column=True)
    same_line = abs(gap) < 0.4 * body.size
    if same_line:
        return False
    if _is_short(previous, body) and (_is_chapter_line(previous) or _is_chapter_line(line)):
        return True
    if not _looks_alike(previous, line) and not _is_fragment(previous, line):
        return True
    leading = max(body.leading, 1.15 * line.size) if line.size > 1.1 * body.size else body.leading
    if gap > WIDE_GAP * leading:
        return True
    if _is_contents_line(line) and _is_contents_line(previous) and entry_title(line.text):
        return True
    if _is_centred(previous, body, page) and _is_short(previous, body):
        if _is_centred(line, body, page):
            label = label_of(previous.text)
            return label is not None and not label.rest
        return True
    if (
        _is_centred(line, body, page)
        and _is_short(line, body)
        and _is_short(previous, body)
        and line.x0 > left + 3 * body.size
    ):
        return True
    indent = line.x0 - left
    if indent > INDENT * body.size:
        if abs(line.x0 - previous.x0) < 0.3 * body.size:
            return _is_short(previous, body) and bool(_TERMINAL.search(previous.text))
        return line.x0 > previous.x0
    if previous.x0 - left > INDENT * body.size and following is not None and _is_short(previous, body):
        return bool(_TERMINAL.search(previous.text)) or line.text[:1].isupper()
    if not body.indents:
        return _is_short(previous, body) and bool(_TERMINAL.search(previous.text)) and not line.text[:1].islower()
    return False


def _is_contents_line(line: Line) -> bool:
    """Dots that lead to a page number, or the number alone."""
    return line.text[-1:] in "0123456789.…" and _LEADER.search(line.text) is not None


def _is_chapter_line(line: Line) -> bool:
    """ "CHAPTER IV", alone or with a name, in whatever type."""
    label = label_of(line.text) if len(line.text) <= MAX_CHAPTER_LINE else None
    return label is not None and label.kind == "chapter" and (not label.rest or not label.rest[0].islower())


def _is_fragment(a: Line, b: Line) -> bool:
    """A scrap of a formula or a superscript that PDFium set apart."""
    return min(len(a.text), len(b.text)) <= 3


def _starts_after_turn(last: Line, line: Line, left: float, body: _Body, page: Page, *, column: bool = False) -> bool:
    """Whether the first line of a page or column begins a paragraph."""
    if last.level != line.level:
        return True
    if last.divided:
        return False
    if not _looks_alike(last, line) or _is_centred(line, body, page):
        return True
    if not column and line.y < page.height * 0.62 and not line.text[:1].islower():
        return True  # a chapter begins low on its page
    if body.indents:
        return line.x0 - left > INDENT * body.size and (_is_short(last, body) or bool(_TERMINAL.search(last.text)))
    return bool(_TERMINAL.search(last.text)) and _is_short(last, body) and not line.text[:1].islower()


# -- pieces ------------------------------------------------------------------------------------------------------------


def _piece(group: list[Line], page: Page, body: _Body, words: Counter[str]) -> Piece:
    first = group[0]
    short = all(_is_short(line, body) for line in group)
    width = body.right - body.left
    verse = (
        len(group) >= 3
        and all(line.x1 < body.right - 0.15 * width for line in group)
        and not _is_centred(first, body, page)
    )
    size = median(line.size for line in group)
    look = Look(
        size=size,
        bold=sum(line.bold for line in group) * 2 > len(group),
        centred=short and all(_is_centred(line, body, page) for line in group),
    )
    if verse and abs(size - body.size) < 0.1 * body.size and not look.bold:
        text = "\n".join(" ".join(line.text.split()) for line in group)
        return Piece(BlockKind.VERSE, text, part=first.page, look=look)
    text = join(group, words)
    if first.level and text:
        return Piece(
            BlockKind.HEADING, text, level=first.level + 1, part=first.page, look=look
        )  # 1 is the book's title
    kind = BlockKind.BREAK if len(text) <= 40 and _BREAK.fullmatch(text) else BlockKind.PARAGRAPH
    return Piece(kind, text, part=first.page, look=look)


def _mark_page_tops(pieces: list[Piece], groups: list[_Group], pages: list[Page], body: _Body) -> None:
    first_line = {page.index: page.lines[0] for page in pages if page.lines}
    for index, (piece, group) in enumerate(zip(pieces, groups, strict=True)):
        line = group.lines[0]
        look = piece.look
        if look is None:
            continue
        look.page_top = first_line.get(line.page) is line
        before = groups[index - 1].lines[-1] if index else None
        after = groups[index + 1].lines[0] if index + 1 < len(groups) else None
        above = before is None or before.page != line.page or before.y - line.y > FAR_GAP * body.leading
        below = after is None or after.page != line.page or group.lines[-1].y - after.y > WIDE_GAP * body.leading
        look.alone = above and below
