"""Headings of documents that do not mark them: by printed contents, by words, by how they look.

For DOCX, PDF and plain text. It turns paragraphs into headings with levels; what they divide: outline.py.
"""

from __future__ import annotations

import re
from collections import Counter

from litink.books.matter import always_matter, leading_matter, trailing_matter
from litink.books.model import BlockKind
from litink.books.numbering import Label, label_of, normal
from litink.books.pieces import Manuscript, Piece
from litink.books.printed import read_contents
from litink.books.typed import read_header, read_typed_marks

MAX_WORDS = 16  # of a heading that nothing marks
MAX_LETTERS = 120
EXCESS = 0.35  # share of pieces: when more are headings, the style was used for everything
CHAPTER_LEVEL = 3  # of headings that nothing but words and looks mark; parts stand one above
EXCESS_SPACED = 0.55  # the same where clear space is the look: a book of short poems has a title a poem
LARGE = 1.12  # times the size of the running text
_WORD = re.compile(r"[^\W\d_]{3}|[\u3040-\u9fff\uac00-\ud7af]")  # labels of figures ("A′ B") are no words
_SENTENCE_END = re.compile(r"[,;:.!?…\"”’)]$")


def mark_headings(manuscript: Manuscript) -> None:
    """Set kind and level of the pieces that head something, and the contents list where one is printed."""
    pieces = manuscript.pieces
    read_header(manuscript)
    read_typed_marks(pieces)
    _relative_sizes(pieces)
    _demote_excess(pieces)
    styled = [p for p in pieces if p.kind is BlockKind.HEADING and (p.level or 0) > 1]
    start, end, entries = read_contents(pieces)
    if entries and not manuscript.contents:
        _mark(pieces[start], CHAPTER_LEVEL)
        for piece in pieces[start + 1 : end]:
            if piece.kind is BlockKind.HEADING and piece not in styled:
                piece.kind, piece.level = BlockKind.PARAGRAPH, None
        for entry in entries:
            if entry.at is not None:
                _mark(pieces[entry.at], _level_by_words(pieces[entry.at]))
    contents = range(start, end)
    if len(styled) < 2:
        manuscript.guessed = True
        _mark_by_words(pieces, contents)
        # Where the contents are printed, what they do not name stands inside what they do.
        inner = CHAPTER_LEVEL + 1 if entries else CHAPTER_LEVEL
        _mark_numbers(pieces, contents, inner)
        _mark_by_look(pieces, contents, inner, spaced=manuscript.format == "txt")
    _mark_matter(pieces, contents)


def _mark(piece: Piece, level: int) -> None:
    if piece.kind is not BlockKind.HEADING:
        piece.kind, piece.level = BlockKind.HEADING, level


def _level_by_words(piece: Piece) -> int:
    label = label_of(piece.text)
    return CHAPTER_LEVEL - 1 if label and label.kind == "part" else CHAPTER_LEVEL


def _relative_sizes(pieces: list[Piece]) -> None:
    """Make sizes relative to the most common one (by letters)."""
    letters: Counter[float] = Counter()
    for piece in pieces:
        if piece.look and piece.kind is not BlockKind.HEADING:
            letters[round(piece.look.size, 2)] += len(piece.text)
    if not letters:
        return
    body = max(letters.items(), key=lambda item: (item[1], -item[0]))[0] or 1.0
    for piece in pieces:
        if piece.look:
            piece.look.size /= body


def _demote_excess(pieces: list[Piece]) -> None:
    headings = [p for p in pieces if p.kind is BlockKind.HEADING]
    texts = sum(1 for p in pieces if p.text)
    long = sum(1 for p in headings if p.word_count > MAX_WORDS or _SENTENCE_END.search(p.text))
    if len(headings) >= 4 and len(headings) > EXCESS * texts and long * 3 > len(headings):
        for piece in headings:
            piece.kind, piece.level = BlockKind.PARAGRAPH, None


def _can_head(piece: Piece) -> bool:
    return (
        piece.kind in (BlockKind.PARAGRAPH, BlockKind.VERSE)
        and 0 < piece.word_count <= MAX_WORDS
        and len(piece.text) <= MAX_LETTERS
        and (_WORD.search(piece.text) is not None or label_of(piece.text) is not None)
        and not piece.note_label
        and piece.text[0] not in '“"‘[('
    )


def _is_worded(piece: Piece) -> Label | None:
    """The label of a paragraph that is nothing but a heading: "CHAPTER IV. THE STAIR"."""
    label = label_of(piece.text)
    if label is None or label.kind not in ("chapter", "part"):
        return None
    rest = label.rest
    starts_name = not rest or rest[0].isupper() or rest[0].isdigit() or not rest[0].isalpha()
    sentence = rest.endswith((".", ",", ";")) and not rest.isupper() and piece.word_count > 8
    return label if starts_name and not sentence else None


def _mark_by_words(pieces: list[Piece], contents: range) -> None:
    named: list[Piece] = []
    unnamed = 0
    for index, piece in enumerate(pieces):
        if index in contents or not _can_head(piece):
            continue
        if label := _is_worded(piece):
            _mark(piece, _level_by_words(piece))
            following = pieces[index + 1] if index + 1 < len(pieces) else None
            if not label.rest and following and following not in named and _is_name(following):
                named.append(following)
            unnamed += not label.rest
    if len(named) * 2 >= unnamed:  # a short first line now and then is no name
        for piece in named:
            _mark(piece, CHAPTER_LEVEL)


def _is_name(piece: Piece) -> bool:
    """Whether a line below "CHAPTER I" is the chapter's name and not its first sentence."""
    if not _can_head(piece) or label_of(piece.text):
        return False
    text = piece.text
    look = piece.look
    marked = bool(look and (look.bold or look.centred or look.size > 1.05))
    upper = text.upper() == text
    return marked or upper or not re.search(r"[.,;:!?…]$", text)


def _mark_numbers(pieces: list[Piece], contents: range, level: int) -> None:
    """Lines that a number begins ("IV", "12.", "I: Of Lamps"), if there are several and they count up from one."""
    if any(p.kind is BlockKind.HEADING and (label := label_of(p.text)) and label.kind == "chapter" for p in pieces):
        return
    chain: list[Piece] = []
    names: list[Piece] = []
    expected = 1
    for index, piece in enumerate(pieces):
        if index in contents or not _can_head(piece):
            continue
        label = label_of(piece.text)
        if label is None or label.kind != "bare" or (label.rest and not _is_numbered_name(piece, label)):
            continue
        if label.number in (expected, 1):
            chain.append(piece)
            expected = (label.number or 0) + 1
            below = pieces[index + 1] if index + 1 < len(pieces) else None
            if not label.rest and below and _is_name(below):
                names.append(below)
    if len(chain) >= 2:
        for piece in [*chain, *(names if len(names) * 2 >= len(chain) else ())]:
            _mark(piece, level)


def _is_numbered_name(piece: Piece, label: Label) -> bool:
    """ "I: Of Lamps" with clear space around it, not "I. went home." or an item of a list."""
    look = piece.look
    stands_out = look is not None and (look.alone or look.bold or look.centred or look.size >= LARGE)
    return stands_out and label.rest[0].isupper() and not label.rest.endswith((",", ";"))


def _signature(piece: Piece, *, spaced: bool) -> tuple[int, bool, bool, bool] | None:
    """How a short paragraph stands out: size, weight, centring, capitals; None when it does not.

    ``spaced``: the file has no other look than empty lines, so clear space around a line counts.
    """
    look = piece.look
    if look is None:
        return None
    capitals = len(piece.text) > 1 and piece.text.isupper()
    large = look.size >= LARGE
    apart = spaced and look.alone and not _SENTENCE_END.search(piece.text)
    placed = look.centred and (capitals or look.page_top or look.alone)
    if not (apart or large or look.bold or placed or (capitals and look.alone)):
        return None
    return (round(look.size * 10), look.bold, look.centred, capitals)


def _mark_by_look(pieces: list[Piece], contents: range, level: int, *, spaced: bool) -> None:
    """Short paragraphs that look alike and stand out. Levels follow size; what looks like a known chapter is one."""
    groups: dict[tuple[int, bool, bool, bool], list[int]] = {}
    known: set[tuple[int, bool, bool, bool]] = set()
    for index, piece in enumerate(pieces):
        if index in contents:
            continue
        signature = _signature(piece, spaced=spaced) if len(piece.text) <= MAX_LETTERS else None
        if signature is None:
            continue
        if piece.kind is BlockKind.HEADING:
            known.add(signature)
        elif _can_head(piece) and (not piece.text.endswith((",", ";")) or (piece.look and piece.look.size >= LARGE)):
            groups.setdefault(signature, []).append(index)
    if known:
        for signature, group in groups.items():
            if signature in known:
                for index in group:
                    _mark(pieces[index], level)
        return
    most = EXCESS_SPACED if spaced else EXCESS
    ranked = sorted(groups, key=lambda s: (-s[0], not s[1], not s[2]))
    usable = [s for s in ranked if len(groups[s]) >= 2 and len(groups[s]) <= most * len(pieces)]
    for rank, signature in enumerate(usable[:3], level):
        for index in groups[signature]:
            _mark(pieces[index], rank)


def _mark_matter(pieces: list[Piece], contents: range) -> None:
    """ "PREFACE", "INDEX", … on a line of their own head something wherever other headings were found."""
    levels = [p.level for p in pieces if p.kind is BlockKind.HEADING and p.level]
    if not levels:
        return
    usual = Counter(levels).most_common(1)[0][0]
    for index, piece in enumerate(pieces):
        if index in contents or piece.kind is not BlockKind.PARAGRAPH or not _can_head(piece) or piece.word_count > 5:
            continue
        look = piece.look
        stands_out = piece.text.upper() == piece.text or (
            look and (look.bold or look.centred or look.page_top or look.alone)
        )
        plain = normal(piece.text)
        if (
            stands_out
            and plain != "the end"
            and (always_matter(plain) or leading_matter(plain) or trailing_matter(plain))
        ):
            _mark(piece, usual)
