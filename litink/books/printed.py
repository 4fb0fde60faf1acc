"""The table of contents that a document prints as text: found, read, and matched with the headings it names."""

from __future__ import annotations

import re

from litink.books.matter import is_contents_title
from litink.books.model import BlockKind
from litink.books.numbering import label_of, normal
from litink.books.pieces import Entry, Piece

MAX_ENTRY = 25  # words of a line of contents
_PAGE = re.compile(r"[\s.·…•_|\-–—]*(?:\s|\.{2,}|…)(?:p(?:age|\.)?\s*)?([0-9]{1,4}|[ivxl]{1,7})\.?$")
_LEADERS = re.compile(r"(?:\s*[.·…_]){3,}\s*")
_COLUMN_HEAD = re.compile(r"(?:chap(?:ter|\.)?|no\.?)?\s*page\.?|chapters?", re.I)


def read_contents(pieces: list[Piece]) -> tuple[int, int, list[Entry]]:
    """Start and end index of the printed contents, and its entries with the pieces they name.

    (0, 0, []) when there is none, or when fewer than half of its lines (at least two) name a later line of the text.
    """
    limit = len(pieces) // 2 + 10
    for start, piece in enumerate(pieces[:limit]):
        if piece.word_count <= 4 and is_contents_title(piece.text.split("\n")[0]):
            lines, end = _lines(pieces, start)
            for entries in _match(lines, pieces, end):
                found = sum(entry.at is not None for entry in entries)
                if found >= 2 and found * 2 >= len(entries):
                    first = min(entry.at for entry in entries if entry.at is not None)
                    return start, min(end, first), [entry for entry in entries if entry.at is not None]
    return 0, 0, []


def _lines(pieces: list[Piece], start: int) -> tuple[list[str], int]:
    """Titles of the contents' lines, page numbers removed, and the index after the last."""
    titles: list[str] = []
    inline = pieces[start].text.split("\n")[1:]
    index = start + 1
    seen: set[str] = set()
    pending = [*inline]
    while True:
        for line in pending:
            if title := entry_title(line):
                titles.append(title)
                seen.add(normal(title))
        if index >= len(pieces):
            break
        piece = pieces[index]
        lines = piece.text.split("\n")
        marked = "toc" in piece.roles
        if piece.kind is not BlockKind.BREAK and not marked:
            if any(len(line.split()) > MAX_ENTRY for line in lines) or (
                len(titles) > 2 and is_contents_title(lines[0])
            ):
                break
            if len(titles) >= 2 and normal(entry_title(lines[0])) == normal(titles[0]) and normal(titles[0]):
                break  # the first entry comes again: the text begins
        pending = lines
        index += 1
    return titles, index


def entry_title(line: str) -> str:
    """A line of contents without leaders and page number."""
    text = _LEADERS.sub(" ", line.strip())
    text = _PAGE.sub("", text).strip(" .·…_|\t")
    return "" if _COLUMN_HEAD.fullmatch(text) else text


def _match(lines: list[str], pieces: list[Piece], after: int) -> list[list[Entry]]:
    """The entries with the piece each names, searched in order.

    Lines that run over (a label on one line, its name on the next) are tried joined as well as apart.
    """
    apart = [Entry(line, None) for line in lines]
    joined: list[Entry] = []
    index = 0
    while index < len(lines):
        label = label_of(lines[index])
        if label and not label.rest and index + 1 < len(lines) and not label_of(lines[index + 1]):
            joined.append(Entry(f"{lines[index]} {lines[index + 1]}", None))
            index += 2
        else:
            joined.append(Entry(lines[index], None))
            index += 1
    candidates = _short_lines(pieces, after)
    tries = [joined, apart] if len(joined) < len(apart) else [apart]
    for entries in tries:
        _resolve(entries, candidates)
    return tries


def find_named(entries: list[Entry], pieces: list[Piece], after: int) -> None:
    """Give entries the place of the lines that are their titles, searched in order."""
    _resolve(entries, _short_lines(pieces, after))


def _short_lines(pieces: list[Piece], after: int) -> list[tuple[int, list[str]]]:
    """Pieces that could be headings: index, and the normalised texts they could be known by, longest first."""
    found = []
    for index in range(after, len(pieces)):
        piece = pieces[index]
        if piece.word_count > MAX_ENTRY or piece.kind not in (BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.VERSE):
            continue
        names = [normal(piece.text)]
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        if following and following.word_count <= MAX_ENTRY:
            names.insert(0, normal(f"{piece.text} {following.text}"))
        label = label_of(piece.text)
        if label and label.word:
            # "CHAPTER I / THE LAMP" is listed as "I THE LAMP" or as "THE LAMP".
            short = [normal(name.removeprefix(label.word)) for name in names]
            names += [name for name in short if name]
            if label.rest:
                names.append(normal(label.rest))
        found.append((index, [name for name in names if name]))
    return found


def _resolve(entries: list[Entry], candidates: list[tuple[int, list[str]]]) -> None:
    position = 0
    for entry in entries:
        wanted = normal(entry.title)
        label = label_of(entry.title)
        bare = normal(label.rest) if label and label.rest else ""
        for at in range(position, len(candidates)):
            index, names = candidates[at]
            if wanted in names or (bare and bare in names):
                entry.at = index
                position = at + 1
                break
