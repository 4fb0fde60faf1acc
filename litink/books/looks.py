"""How (X)HTML looks: bold, large, centred. Books whose headings nothing marks are read a second time with it.

Only what tells a heading from a paragraph is understood of style sheets: single classes and element names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from litink.books.cleaning import Tidier
from litink.books.markup import Walker
from litink.books.pieces import Look, Piece
from litink.books.tags import Tag, Tags, Use

_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_SELECTOR = re.compile(r"([A-Za-z][A-Za-z0-9]*)?(?:\.([\w-]+))?")
_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;]+)")
_LENGTH = re.compile(r"([0-9]*\.?[0-9]+)\s*(em|rem|ex|%|pt|px)")
_UNITS: Final = {"em": 1.0, "rem": 1.0, "ex": 0.5, "%": 0.01, "pt": 1 / 12, "px": 1 / 16}  # of the usual size
_RELATIVE = frozenset({"em", "ex", "%"})
_WORDS: Final = {
    "xx-small": 0.6, "x-small": 0.75, "small": 0.89, "medium": 1.0, "large": 1.2, "x-large": 1.5, "xx-large": 2.0,
}  # fmt: skip
_FONT_SIZES: Final = {"1": 0.63, "2": 0.82, "3": 1.0, "4": 1.13, "5": 1.5, "6": 2.0, "7": 3.0}  # <font size="…">
_BOLDER: Final = {"bold", "bolder", "600", "700", "800", "900"}
MAX_SHEETS = 1 << 20  # characters of style sheets; more style nothing that matters here


@dataclass(frozen=True, slots=True)
class Dress:
    """What an element changes of the looks around it; None where it changes nothing."""

    bold: bool | None = None
    centred: bool | None = None
    size: float | None = None
    relative: bool = False  # the size is a factor
    new_page: bool = False

    def over(self, other: Dress) -> Dress:
        size = self if self.size is not None else other
        return Dress(
            other.bold if self.bold is None else self.bold,
            other.centred if self.centred is None else self.centred,
            size.size,
            size.relative,
            self.new_page or other.new_page,
        )


_PLAIN = Dress()
_BY_NAME: Final = {
    "b": Dress(bold=True), "strong": Dress(bold=True), "center": Dress(centred=True), "pagebreak": Dress(new_page=True),
    "big": Dress(size=1.2, relative=True), "small": Dress(size=0.83, relative=True),
}  # fmt: skip


def _declared(style: str) -> Dress:
    bold = centred = size = None
    relative = new_page = False
    for name, value in _DECLARATION.findall(style.lower()):
        word = value.split("!")[0].strip()
        if name == "font-weight":
            bold = word in _BOLDER
        elif name == "text-align":
            centred = word == "center"
        elif name == "font-size" and (length := _LENGTH.fullmatch(word)):
            size, relative = float(length[1]) * _UNITS[length[2]], length[2] in _RELATIVE
        elif name == "font-size":
            size = _WORDS.get(word)
        elif name in ("page-break-before", "break-before"):
            new_page = word in ("always", "page", "left", "right", "recto", "verso")
    return Dress(bold, centred, size, relative, new_page)


class LookingTags(Tags):
    """The tags of a book with what they change of the looks."""

    def __init__(self, sheets: Iterable[str]) -> None:
        super().__init__()
        self._rules: dict[tuple[str, str], Dress] = {}  # by element name and class, either may be empty
        for selectors, style in _RULE.findall(_COMMENT.sub("", "\n".join(sheets)[:MAX_SHEETS])):
            dress = _declared(style)
            for selector in selectors.split(","):
                match = _SELECTOR.fullmatch((selector.split() or [""])[-1])
                if dress != _PLAIN and match and match.group(0):
                    key = (match[1] or "").lower(), match[2] or ""
                    self._rules[key] = dress.over(self._rules.get(key, _PLAIN))

    def tag(self, name: str, attributes: dict[str, str], *, empty: bool = False) -> Tag:
        tag = super().tag(name, attributes, empty=empty)
        tag.dress = self._dress(name, attributes)
        if tag.dress is not None:  # so that the walker is told of it
            tag.use = {Use.QUIET: Use.ANCHOR, Use.EDGED: Use.BLOCK}.get(tag.use, tag.use)
        return tag

    def _dress(self, name: str, attributes: dict[str, str]) -> Dress | None:
        classes = ["", *attributes.get("class", "").split()]
        found = _BY_NAME.get(name, _PLAIN)
        for key in [*((name, "") for _ in "1"), *(("", c) for c in classes), *((name, c) for c in classes[1:])]:
            found = self._rules.get(key, _PLAIN).over(found)
        if attributes.get("align", "").lower() == "center":
            found = Dress(centred=True).over(found)
        if name == "font" and (size := attributes.get("size", "")):
            steps = size[1:].isdigit() and size[0] in "+-"
            told = Dress(size=1.2 ** int(size), relative=True) if steps else Dress(size=_FONT_SIZES.get(size))
            found = told.over(found)
        found = _declared(attributes.get("style", "")).over(found)
        return None if found == _PLAIN else found


class LookingWalker(Walker):
    """Gives every piece its look."""

    def __init__(self, file: str, part: int, tidier: Tidier) -> None:
        super().__init__(file, part, tidier)
        self._letters: list[tuple[int, bool, float]] = []  # of the piece under way: how many, bold, their size
        self._bold, self._centred, self._size = False, False, 1.0
        self._around: list[tuple[bool, bool, float]] = []
        self._page_top = True

    def start(self, tag: Tag) -> None:
        recorded = self._recording > 0
        super().start(tag)
        if recorded:
            return
        self._around.append((self._bold, self._centred, self._size))
        if isinstance(dress := tag.dress, Dress):
            self._bold = self._bold if dress.bold is None else dress.bold
            self._centred = self._centred if dress.centred is None else dress.centred
            if dress.size is not None:
                self._size = self._size * dress.size if dress.relative else dress.size
            self._page_top = self._page_top or dress.new_page

    def end(self) -> None:
        recorded = self._recording > 1
        super().end()
        if not recorded:
            self._bold, self._centred, self._size = self._around.pop()

    def data(self, text: str) -> None:
        if not self._recording and (count := len(text.strip())):
            self._letters.append((count, self._bold, self._size))
        super().data(text)

    def leaf(self, tag: Tag, text: str) -> None:
        self.start(tag)
        self.data(text)
        self.end()

    def _put(self, piece: Piece) -> None:
        total = sum(count for count, _, _ in self._letters) or 1
        bold = sum(count for count, is_bold, _ in self._letters if is_bold)
        size = sum(count * size for count, _, size in self._letters) / total if self._letters else self._size
        piece.look = Look(size=size, bold=bold * 10 > total * 9, centred=self._centred, page_top=self._page_top)
        self._letters.clear()
        self._page_top = False
        super()._put(piece)
