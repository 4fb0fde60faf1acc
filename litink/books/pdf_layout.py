"""Lines of PDF pages to paragraphs: hyphenation undone, footnotes apart, looks measured. Order: pdf_pages.py.

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
from litink.books.pdf_lines import Line, Page
from litink.books.pdf_pages import in_order, remove_furniture
from litink.books.pieces import Look, Piece
from litink.books.printed import entry_title

MAX_CHAPTER_LINE = 80  # characters
FOOTNOTE_SIZE = 0.93  # times the running text, or smaller
WIDE_GAP = 1.45  # times the usual line distance: a paragraph ends
FAR_GAP = 2.0  # times the usual line distance: stands alone
INDENT = 0.6  # times the letter size
_NOTE_START = re.compile(r"(?:[0-9]{1,3}|[*†‡§¶∗])[\s.)\]]?\s*\S")
_LAST_WORD = re.compile(r"[\w’']*$")
_WHOLE_WORD = re.compile(r"[\w’'-]+")
_FIRST_WORD = re.compile(r"[\w’']*")
_TERMINAL = re.compile(r"[.!?…:;][\"'”’)\]]*$")
_LEADER = re.compile(r"(?:\s*[.·…]){4,}|\s[0-9]{1,4}$")
_BREAK = re.compile(r"[\s*⁂•·~–—―_=#☙❧❦\-.∗]{1,40}")


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
    body = _measure(pages)
    paragraphs, notes = _paragraphs(pages, body)
    words = _vocabulary(pages)
    pieces: list[Piece] = []
    by_index = {page.index: page for page in pages}
    for group in paragraphs:
        pieces.append(_piece(group, by_index[group[0].page], body, words))
    _mark_page_tops(pieces, paragraphs, pages, body)
    for group in notes:
        text = _join(group, words)
        anchor = next((i for i in range(len(pieces) - 1, -1, -1) if pieces[i].part <= group[0].page), None)
        label = re.match(r"[0-9]{1,3}|[*†‡§¶∗]", text)
        note = Piece(
            BlockKind.PARAGRAPH,
            text,
            part=group[0].page,
            look=Look(size=0.8),
            note_label=label.group(0) if label else "*",
        )
        pieces.insert(anchor + 1 if anchor is not None else len(pieces), note)
    return pieces


# -- paragraphs --------------------------------------------------------------------------------------------------------


def _measure(pages: list[Page]) -> _Body:
    sizes: Counter[float] = Counter()
    lefts: Counter[int] = Counter()
    rights: Counter[int] = Counter()
    gaps: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size, 1)] += len(line.text)
        for a, b in pairwise(page.lines):
            if 0 < a.y - b.y < 4 * a.size:
                gaps[round(a.y - b.y, 0)] += 1
    size = sizes.most_common(1)[0][0] if sizes else 12.0
    for page in pages:
        for line in page.lines:
            if abs(line.size - size) < 0.08 * size:
                lefts[round(line.x0)] += 1
                rights[round(line.x1)] += 1
    left = float(lefts.most_common(1)[0][0]) if lefts else 72.0
    # The most common right edge is the margin of justified text; ragged text has its longest lines there.
    ends = sorted(x for x, n in rights.items() for _ in range(n))
    right = float(ends[int(len(ends) * 0.9)]) if ends else 540.0
    leading = gaps.most_common(1)[0][0] if gaps else size * 1.2
    indented = sum(n for x, n in lefts.items() if INDENT * size < x - left < 5 * size)
    return _Body(size, leading, left, right, indented >= 0.04 * sum(lefts.values()) if lefts else False)


def _paragraphs(pages: list[Page], body: _Body) -> tuple[list[list[Line]], list[list[Line]]]:
    """Lines grouped to paragraphs, and to footnotes."""
    paragraphs: list[list[Line]] = []
    notes: list[list[Line]] = []
    for page in pages:
        lines, page_notes = _split_notes(page, body)
        notes += page_notes
        left = _page_left(lines, body)
        for index, line in enumerate(lines):
            previous = lines[index - 1] if index else None
            following = lines[index + 1] if index + 1 < len(lines) else None
            if previous is None:
                last = paragraphs[-1][-1] if paragraphs else None
                new = last is None or _starts_after_turn(last, line, left, body, page)
            else:
                new = _starts(previous, line, following, left, body, page)
            if new:
                paragraphs.append([line])
            else:
                paragraphs[-1].append(line)
    return paragraphs, notes


def _page_left(lines: list[Line], body: _Body) -> float:
    """The page's own left margin (inner and outer margins differ on left and right pages)."""
    counts: Counter[int] = Counter(round(line.x0) for line in lines if abs(line.size - body.size) < 0.08 * body.size)
    common = [x for x, n in counts.items() if n >= 3 and n * 5 >= len(lines)]
    return float(min(common)) if common else body.left


def _split_notes(page: Page, body: _Body) -> tuple[list[Line], list[list[Line]]]:
    """The page's running lines, and the footnotes below them: smaller, at the foot, begun by a number or sign."""
    by_height = sorted(page.lines, key=lambda line: line.y)
    foot: list[Line] = []
    for line in by_height:
        if line.size <= FOOTNOTE_SIZE * body.size:
            foot.append(line)
        else:
            break
    foot.reverse()
    start = next((i for i, line in enumerate(foot) if _NOTE_START.match(line.text)), None)
    if start is None or len(foot) == len(page.lines):
        return page.lines, []
    foot = foot[start:]
    groups: list[list[Line]] = []
    for line in foot:
        if _NOTE_START.match(line.text) or not groups:
            groups.append([line])
        else:
            groups[-1].append(line)
    members = {id(line) for line in foot}
    return [line for line in page.lines if id(line) not in members], groups


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
    gap = previous.y - line.y
    if previous.divided:
        return False
    if gap < -2 * body.leading:  # the next column
        return line.x0 > left + INDENT * body.size and not body.indents
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


def _starts_after_turn(last: Line, line: Line, left: float, body: _Body, page: Page) -> bool:
    """Whether the first line of a page begins a paragraph."""
    if last.divided:
        return False
    if not _looks_alike(last, line) or _is_centred(line, body, page):
        return True
    if line.y < page.height * 0.62 and not line.text[:1].islower():
        return True  # a chapter begins low on its page
    if body.indents:
        return line.x0 - left > INDENT * body.size and (_is_short(last, body) or bool(_TERMINAL.search(last.text)))
    return bool(_TERMINAL.search(last.text)) and _is_short(last, body) and not line.text[:1].islower()


# -- words -------------------------------------------------------------------------------------------------------------


def _vocabulary(pages: list[Page]) -> Counter[str]:
    """Words as printed within lines: they decide whether a word divided at a line's end has a hyphen of its own."""
    words: Counter[str] = Counter()
    for page in pages:
        words.update(_WHOLE_WORD.findall(" ".join(line.text for line in page.lines).lower()))
    return words


def _join(lines: list[Line], words: Counter[str]) -> str:
    text = ""
    divided = False
    for line in lines:
        printed = " ".join(line.text.split())
        text = _append(text, printed, words, divided=divided) if text else printed
        divided = line.divided
    return text + "-" if divided else text


def _append(text: str, following: str, words: Counter[str], *, divided: bool) -> str:
    """The next line after ``text``: a divided word is put together, a compound keeps its hyphen.

    ``divided`` says that PDFium took away a hyphen at the end of ``text``.
    """
    hyphen = not divided and len(text) > 1 and text[-1] in "-‐" and text[-2].isalpha()
    if not divided and not hyphen:
        return f"{text} {following}"
    stem = text[:-1] if hyphen else text
    head, tail = _LAST_WORD.search(stem), _FIRST_WORD.match(following)
    a, b = (head.group(0) if head else "").lower(), (tail.group(0) if tail else "").lower()
    compound, whole = words[f"{a}-{b}"], words[a + b]
    keep = (
        compound > whole or not following[:1].islower() or (not whole and words[a] > 2 and words[b] > 2 and len(a) > 3)
    )
    return f"{stem}-{following}" if keep else stem + following


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
    text = _join(group, words)
    kind = BlockKind.BREAK if len(text) <= 40 and _BREAK.fullmatch(text) else BlockKind.PARAGRAPH
    return Piece(kind, text, part=first.page, look=look)


def _mark_page_tops(pieces: list[Piece], paragraphs: list[list[Line]], pages: list[Page], body: _Body) -> None:
    first_line = {page.index: page.lines[0] for page in pages if page.lines}
    for index, (piece, group) in enumerate(zip(pieces, paragraphs, strict=True)):
        line = group[0]
        look = piece.look
        if look is None:
            continue
        look.page_top = first_line.get(line.page) is line
        before = paragraphs[index - 1][-1] if index else None
        after = paragraphs[index + 1][0] if index + 1 < len(paragraphs) else None
        above = before is None or before.page != line.page or before.y - line.y > FAR_GAP * body.leading
        below = after is None or after.page != line.page or group[-1].y - after.y > WIDE_GAP * body.leading
        look.alone = above and below
