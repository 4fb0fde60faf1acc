"""A manuscript divided into sections: parts, chapters and subsections told apart, front and back matter kept aside.

Every piece lands in exactly one section; a heading becomes the section's heading, a part's heading its path.
"""

from __future__ import annotations

import re
from itertools import accumulate

from litink.books.assembly import Draft
from litink.books.matter import (
    always_matter,
    kind_by_roles,
    leading_matter,
    reads_like_rights,
    title_of_roles,
    trailing_matter,
)
from litink.books.model import BlockKind, SectionKind
from litink.books.notes import attach_notes
from litink.books.numbering import label_of, normal
from litink.books.outline import Node, Run, outline
from litink.books.pieces import Manuscript, Piece
from litink.books.plays import mark_speeches
from litink.books.typed import gutenberg_frame

OWN_TEXT = 100  # words; a node with more of its own before its first child is read, not just a divider
SHORT = 400  # words; unnamed sections before chapter one that are shorter are front matter
SCRAP = 120  # words of a title page set in several pieces
PLAIN_FRONT = 2000  # words; no copyright or title page is longer: such a "front matter" holds the book itself
# Letters of a word and the blank after it. Sections are measured in letters: that costs nothing, counting words costs
# as much as all the rest of the division, and Chinese has no blanks to count.
LETTERS = 6
_GROUP = re.compile(r"(?:front|main|back|body) ?matter|body|text|main text|hauptteil")
_STORY_OPENINGS = (
    "prologue",
    "prelude",
    "prolog",
    "overture",
    "proem",
    "prólogo",
    "пролог",
    "epilogue",
    "epilog",
    "postlude",
    "coda",
)
MATTER_NAMES = ("titlepage", "title page", "copyright", "imprint", "cover", "dedication", "epigraph", "half title")


def divide(manuscript: Manuscript) -> list[Draft]:
    """Drafts in reading order. Raises nothing; a manuscript without headings is one chapter."""
    if not manuscript.contents:  # else its entries point to pieces by number; listed plays mark their speeches
        mark_speeches(manuscript.pieces)
    pieces = manuscript.pieces
    header_end, licence_start = gutenberg_frame(pieces)
    roots = outline(manuscript)
    placed = _Divider(manuscript, header_end, licence_start).run(roots)
    _set_kinds(placed, manuscript.title)
    drafts = [p.draft for p in placed]
    attach_notes(drafts)
    drafts = [draft for draft in drafts if draft.pieces or draft.heading]
    if not any(d.kind is SectionKind.CHAPTER for d in drafts):
        _promote_longest(manuscript, drafts)
    _name_nameless(drafts, manuscript.title)
    return drafts


def _name_nameless(drafts: list[Draft], book_title: str) -> None:
    chapters = [draft for draft in drafts if draft.kind is SectionKind.CHAPTER]
    for number, draft in enumerate(chapters, 1):
        draft.title = draft.title or (book_title if len(chapters) == 1 else f"Chapter {number}")
    for draft in drafts:
        draft.title = draft.title or ("Title page" if draft.kind is SectionKind.FRONT_MATTER else "Back matter")


class _Placed:
    """A draft and what its kind is decided from."""

    __slots__ = ("divider", "draft", "fixed", "has_label", "joined", "words")

    def __init__(self, draft: Draft, words: int, *, fixed: SectionKind | None, divider: bool, has_label: bool) -> None:
        self.draft = draft
        self.fixed = fixed
        self.divider = divider  # a part's own page
        self.has_label = has_label
        self.joined = False
        self.words = words


class _Divider:
    def __init__(self, manuscript: Manuscript, header_end: int, licence_start: int) -> None:
        self.pieces = manuscript.pieces
        self.format = manuscript.format
        self.roots: list[Node] = []
        self.header_end = header_end
        self.licence_start = licence_start
        self.placed: list[_Placed] = []
        letters = [len(piece.text) for piece in self.pieces]
        self.letters_before = list(accumulate(letters, initial=0))
        heading = BlockKind.HEADING
        for index in [index for index, piece in enumerate(self.pieces) if piece.kind is heading]:
            letters[index] = 0
        self.running_before = list(accumulate(letters, initial=0))

    def run(self, roots: list[Node]) -> list[_Placed]:
        self.roots = roots
        cuts = [c for c in self._cuts(roots) if self.header_end <= c[0].at < self.licence_start]
        if self.header_end:
            self._add(0, self.header_end, None, "Project Gutenberg header", (), SectionKind.FRONT_MATTER)
        bounds = self._bounds(cuts)
        first = bounds[0][0] if bounds else self.licence_start
        self._add(self.header_end, first, None, "", (), None)
        for index, (at, node, path, divider) in enumerate(bounds):
            end = bounds[index + 1][0] if index + 1 < len(bounds) else self.licence_start
            run = node.run if node and node.run and node.run.start >= at and node.run.end <= end else None
            title = node.title if node else ""
            self._add(at, end, run, title, path, None, divider=divider)
        if self.licence_start < len(self.pieces):
            self._add(
                self.licence_start, len(self.pieces), None, "Project Gutenberg licence", (), SectionKind.BACK_MATTER
            )
        return self.placed

    def _cuts(self, nodes: list[Node]) -> list[tuple[Node, tuple[str, ...], bool]]:
        cuts = []
        for node in nodes:
            path = self._path(node)
            divider = bool(node.children) and not self._is_matter(node) and self._is_part(node, nodes)
            cuts.append((node, path, divider))
            if divider:
                cuts += self._cuts(node.children)
        return cuts

    def _path(self, node: Node) -> tuple[str, ...]:
        path: list[str] = []
        parent = node.parent
        while parent is not None:
            if not self._is_whole_book(parent):
                path.insert(0, parent.title)
            parent = parent.parent
        return tuple(title for title in path if title)

    def _is_whole_book(self, node: Node) -> bool:
        """A node that is the book itself and no part of it: "Main Matter", the title above everything."""
        if _GROUP.fullmatch(normal(node.title)):
            return True
        only = node.parent is None and len(self.roots) == 1
        return only and (not node.listed or self.format != "epub") and label_of(node.title) is None

    def _bounds(
        self, cuts: list[tuple[Node, tuple[str, ...], bool]]
    ) -> list[tuple[int, Node | None, tuple[str, ...], bool]]:
        """Cuts in order, and the files between them that an editor marked as another kind of matter."""
        bounds: list[tuple[int, Node | None, tuple[str, ...], bool]] = [(n.at, n, p, d) for n, p, d in cuts]
        starts = {at for at, _, _, _ in bounds}
        kind: SectionKind | None = None
        opening = {index for index, piece in enumerate(self.pieces) if piece.opens_part}
        for index in sorted(starts | opening):
            if not self.header_end <= index < self.licence_start:
                continue
            piece = self.pieces[index]
            if index in starts:
                kind = kind_by_roles(piece.roles)
            elif (own := kind_by_roles(piece.roles)) is not None and own != kind and index > 0:
                bounds.append((index, None, (), False))
                kind = own
        bounds.sort(key=lambda bound: bound[0])
        return bounds

    def _is_part(self, node: Node, siblings: list[Node]) -> bool:
        """Whether a node with children is a part (its children are the chapters) or a chapter with subsections."""
        label = label_of(node.title) or (label_of("\n".join(node.run.lines)) if node.run else None)
        inner = [label_of(child.title) for child in node.children]
        if sum(1 for i in inner if i and i.kind == "decimal") * 2 > len(inner):
            return False
        if label and label.kind == "part":
            return True
        if sum(1 for i in inner if i and i.kind in ("chapter", "part")) * 2 > len(inner):
            return True
        if label and label.kind == "chapter":
            return False
        own = self._words(node.text_start, node.own_end)
        leaves = [s for s in siblings if s is not node and not s.children and self._is_body(s)]
        if (
            len(siblings) > 1
            and len(leaves) * 2 >= sum(1 for s in siblings if s is not node and self._is_body(s))
            and leaves
        ):
            # Beside chapters that have no children, a node with children is a chapter like them.
            return False
        if own >= OWN_TEXT:
            listed_apart = all(child.listed and self.pieces[child.at].opens_part for child in node.children)
            return listed_apart and own < 3 * OWN_TEXT
        return True

    def _is_matter(self, node: Node) -> bool:
        """Whether the title says that what stands below belongs to the front or back matter as one section."""
        if _GROUP.fullmatch(normal(node.title)) or (node.at == 0 and len(self.roots) == 1):
            return False
        return bool(always_matter(node.title)) or leading_matter(node.title) or trailing_matter(node.title)

    def _is_body(self, node: Node) -> bool:
        return (
            self.header_end <= node.at < self.licence_start
            and kind_by_roles(self.pieces[node.at].roles) in (None, SectionKind.CHAPTER)
            and not always_matter(node.title)
            and not leading_matter(node.title)
            and not trailing_matter(node.title)
            and self._words(node.at, node.end) >= SHORT
        )

    def _words(self, start: int, end: int) -> int:
        """About how many words of running text, headings not counted."""
        return _words(self.running_before[end] - self.running_before[start])

    def _add(
        self,
        start: int,
        end: int,
        run: Run | None,
        title: str,
        path: tuple[str, ...],
        fixed: SectionKind | None,
        *,
        divider: bool = False,
    ) -> None:
        if start >= end:
            return
        whole = self.pieces[start:end]
        pieces = self.pieces[start : run.start] + self.pieces[run.end : end] if run else whole
        if not title and not run:
            first = next((p for p in whole if p.kind is BlockKind.HEADING), None)
            title = " ".join(first.text.split()) if first else title_of_roles(whole[0].roles)
        roles = kind_by_roles(whole[0].roles)
        heading = " ".join(" ".join(run.lines).split()) if run else ""
        draft = Draft(SectionKind.CHAPTER, title, pieces, heading=heading, path=path)
        label = label_of(title) or (label_of("\n".join(run.lines)) if run else None)
        letters = self.letters_before[end] - self.letters_before[start]
        if run:
            letters -= self.letters_before[run.end] - self.letters_before[run.start]
        self.placed.append(
            _Placed(draft, _words(letters), fixed=fixed or roles, divider=divider, has_label=label is not None)
        )


def _words(letters: int) -> int:
    """About how many words so many letters are; none only for none."""
    return -(-letters // LETTERS)


def _set_kinds(placed: list[_Placed], book_title: str) -> None:
    """Kinds by marks, then titles, then position."""
    sure = [index for index, p in enumerate(placed) if _is_sure_chapter(p)]
    first = sure[0] if sure else _first_body(placed, book_title)
    last = max((i for i, p in enumerate(placed) if _may_be_chapter(p)), default=len(placed) - 1)
    labelled = [index for index in sure if placed[index].has_label]
    ended = labelled[-1] if len(labelled) >= 3 else len(placed)
    last = min(last, ended)
    for index, p in enumerate(placed):
        p.draft.kind = _kind(p, index, first, last, book_title, numbered=bool(sure))
        after_matter = index > ended and placed[index - 1].draft.kind is SectionKind.BACK_MATTER
        if after_matter and p.fixed is None and not _opens_story(p.draft.title):
            p.draft.kind = SectionKind.BACK_MATTER  # what follows the back matter of a numbered book belongs to it
    _join_title_pages(placed, first)
    placed[:] = [p for p in placed if not _vanishes(p, book_title)]


def _is_sure_chapter(p: _Placed) -> bool:
    if p.divider:
        return False
    if p.fixed is not None:
        return p.fixed is SectionKind.CHAPTER
    return p.has_label and not always_matter(p.draft.title) and p.words > 0


def _may_be_chapter(p: _Placed) -> bool:
    if p.fixed is not None:
        return p.fixed is SectionKind.CHAPTER
    return not always_matter(p.draft.title) and not trailing_matter(p.draft.title) and not p.divider and p.words > 0


def _first_body(placed: list[_Placed], book_title: str) -> int:
    """Without numbered chapters: the first section that no rule calls front matter."""
    for index, p in enumerate(placed):
        if p.fixed in (SectionKind.FRONT_MATTER, SectionKind.BACK_MATTER) or p.divider or not p.words:
            continue
        title = p.draft.title
        if always_matter(title) or leading_matter(title) or _is_title_page(p, book_title):
            continue
        return index
    return next(
        (i for i, p in enumerate(placed) if p.words and p.fixed is None and not always_matter(p.draft.title)), 0
    )


def _is_title_page(p: _Placed, book_title: str) -> bool:
    if p.words > SHORT or (p.has_label and p.draft.title):
        return False
    title, book = normal(p.draft.title), normal(book_title)
    text = " ".join(piece.text for piece in p.draft.pieces)
    if not title:
        return True
    same = bool(book) and (title.startswith(book) or book.startswith(title))
    return (same and p.words < 150) or reads_like_rights(text)


def _kind(p: _Placed, index: int, first: int, last: int, book_title: str, *, numbered: bool) -> SectionKind:
    title = p.draft.title
    if p.fixed is not None:
        return p.fixed
    if p.divider:
        return SectionKind.CHAPTER if p.words >= OWN_TEXT and index >= first else SectionKind.FRONT_MATTER
    matter = always_matter(title)
    if matter and not (p.words > PLAIN_FRONT and normal(title).startswith(MATTER_NAMES)):
        return SectionKind.FRONT_MATTER if index < first else matter if index < last else SectionKind.BACK_MATTER
    if index < first:
        if leading_matter(title) and not (normal(title).startswith("to ") and p.words > 80):
            return SectionKind.FRONT_MATTER
        unread = not p.words or (numbered and p.words < SHORT and not _opens_story(title))
        if unread or _is_title_page(p, book_title):
            return SectionKind.FRONT_MATTER
    if index > last and (trailing_matter(title) or reads_like_rights(" ".join(x.text for x in p.draft.pieces))):
        return SectionKind.BACK_MATTER
    return SectionKind.CHAPTER


def _opens_story(title: str) -> bool:
    return normal(title).startswith(_STORY_OPENINGS)


def _join_title_pages(placed: list[_Placed], first: int) -> None:
    """Scraps before the text (title, author, publisher set as headings of their own) are one title page."""
    index = 0
    while index + 1 < min(first, len(placed)):
        here, following = placed[index], placed[index + 1]
        if _is_scrap(here) and _is_scrap(following):
            draft, other = here.draft, following.draft
            headings = [Piece(BlockKind.HEADING, other.heading, level=1)] if other.heading else []
            draft.pieces += [*headings, *other.pieces]
            draft.title = "Title page"
            here.words += following.words
            here.joined = True
            del placed[index + 1]
            first -= 1
        else:
            index += 1


def _is_scrap(p: _Placed) -> bool:
    """A short front section that nothing names."""
    title = p.draft.title
    named = bool(always_matter(title)) or leading_matter(title)
    return (
        p.draft.kind is SectionKind.FRONT_MATTER
        and p.fixed is None
        and not p.divider
        and (p.joined or not named)
        and p.words < SCRAP
    )


def _vanishes(p: _Placed, book_title: str) -> bool:
    """A part's page without text of its own is a divider: its words are the path of its chapters."""
    if not p.divider or p.words or any(piece.text for piece in p.draft.pieces):
        return False
    title, book = normal(p.draft.title), normal(book_title)
    half_title = bool(book) and (title == book or p.fixed is SectionKind.FRONT_MATTER)
    return not half_title


def _promote_longest(manuscript: Manuscript, drafts: list[Draft]) -> None:
    if not drafts:
        return
    longest = max(drafts, key=lambda d: sum(len(p.text) for p in d.pieces))
    longest.kind = SectionKind.CHAPTER
    longest.title = longest.title or manuscript.title
    manuscript.warn(
        "only-front-matter", "The book seems to hold nothing but front and back matter; its longest part is read."
    )
