"""Beginnings of (X)HTML elements and what they mean to a reader; each different one of a book is looked at once."""

from __future__ import annotations

import html
import re
from enum import IntEnum
from typing import Final

OPS = "http://www.idpf.org/2007/ops"
NO_ROLES: frozenset[str] = frozenset()
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.I)
_CLASS = re.compile(
    r"(?:^|[\s_-])(?:(?P<stanza>stanza|lg|linegroup|line-group)|(?P<verse>poem|poetry|verse)"
    r"|(?P<page>pagenum|pageno|page-?number|pagebreak|folio))(?=$|[\s_-])",
    re.I,
)
_PAGE_LABEL = re.compile(r"[\[({]?\s*(?:p(?:age|g|\.)?\.?\s*)?(?:[0-9]{1,4}|[ivxlcm]{1,8})\s*[\])}]?", re.I)
_VERSE_ROLES = frozenset({"z3998:verse", "z3998:poem", "z3998:song"})
_TAG = re.compile(r"([A-Za-z_][\w:.-]*)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)")
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class Use(IntEnum):
    """What is to be done with an element."""

    END = -1  # the end of an element, and no beginning
    QUIET = 0  # nothing: its text is its parent's
    LINE_BREAK = 1
    EDGED = 2  # a block that says nothing but where it begins and ends
    BLOCK = 3
    LEFT_OUT = 5
    LINK = 6
    ANCHOR = 7  # nothing, but something may point to it
    RAISED = 8
    PICTURE = 9
    DRAWING = 10
    FORMULA = 11
    ITALIC = 12
    DIRECTION = 13  # of a stage
    PAGE = 14  # perhaps the number of a printed page


_NAMES: Final = {
    Use.EDGED: """body p div section article main aside header footer nav address center figure ul ol dl dt dd caption
        thead tbody tfoot tr td th details summary fieldset""",
    Use.BLOCK: "blockquote figcaption h1 h2 h3 h4 h5 h6 hgroup hr li pre table",
    Use.LEFT_OUT: """script style head template iframe object embed applet form input button select textarea noscript rt
        rp rtc audio video source track canvas map title meta link base""",
    Use.LINE_BREAK: "br",
    Use.LINK: "a",
    Use.RAISED: "sup",
    Use.PICTURE: "img image",
    Use.DRAWING: "svg",
    Use.FORMULA: "math",
    Use.ITALIC: "i",
}
_USES: Final = {name: use for use, names in _NAMES.items() for name in names.split()}
_PLAIN_USES: Final = {name: use for name, use in _USES.items() if use is not Use.LINK}  # of a tag without attributes
_QUIET: Final = Use.QUIET
_INLINE: Final = frozenset({Use.QUIET, Use.LINK, Use.ITALIC})


class Unusual(ValueError):
    """A tag that is not written as nearly all are."""


class Tag:
    """The beginning of an element. ``name`` is in lower case and without a prefix, attributes' names are as written."""

    __slots__ = ("attributes", "dress", "empty", "ending", "identifier", "name", "roles", "stanza", "use", "verse")

    def __init__(self, name: str, attributes: dict[str, str], *, empty: bool = False) -> None:
        self.name = name
        self.attributes = attributes
        self.empty = empty  # it is the end as well
        self.ending = "" if empty else f"/{name}"  # how its end is written
        self.dress: object = None  # what it changes of the looks, where anybody asks (looks.py)
        if not attributes:  # half of all
            self.roles, self.stanza, self.verse, self.identifier = NO_ROLES, False, False, ""
            self.use: Use = _PLAIN_USES.get(name, _QUIET)
            return
        classes = attributes.get("class")
        told = classes and _CLASS.search(classes)
        marks = {match.lastgroup for match in _CLASS.finditer(classes)} if classes and told else NO_ROLES
        self.roles = _roles(attributes)
        self.stanza = "stanza" in marks
        self.verse = self.stanza or "verse" in marks or not self.roles.isdisjoint(_VERSE_ROLES)
        self.identifier = attributes.get("id") or attributes.get("xml:id") or ""
        if name == "a":
            self.identifier = self.identifier or attributes.get("name", "")
        self.use = self._use(page="page" in marks)

    def without(self, *attributes: str) -> Tag:
        return Tag(self.name, {key: value for key, value in self.attributes.items() if key not in attributes})

    def _use(self, *, page: bool) -> Use:
        """``page``: whether a class says that it is the number of a page."""
        attributes = self.attributes
        use = _USES.get(self.name, _QUIET)
        if (
            use is Use.LEFT_OUT
            or "hidden" in attributes
            or ("style" in attributes and _HIDDEN_STYLE.search(attributes["style"]))
        ):
            self.identifier = ""
            return Use.LEFT_OUT
        if page or "pagebreak" in self.roles:
            return Use.PAGE
        if use is Use.EDGED:
            return Use.BLOCK if self.identifier or self.roles or self.verse else use
        if use is Use.LINK and ("#" in attributes.get("href", "") or self.roles):
            return use
        if use in _INLINE:
            if "z3998:stage-direction" in self.roles:
                return Use.DIRECTION
            return use if use is Use.ITALIC else Use.ANCHOR if self.identifier else Use.QUIET
        return use


def _roles(attributes: dict[str, str]) -> frozenset[str]:
    """The words of ``epub:type`` and ``role`` (also without "doc-")."""
    words, role = attributes.get("epub:type", ""), attributes.get("role", "")
    if role.startswith("doc-"):
        words = f"{words} {role} {role[4:]}"
    return frozenset(words.split()) if words else NO_ROLES


class Tags(dict[str, Tag]):
    """The tags of a book by what stands between "<" and ">"; looking one up may raise Unusual."""

    def __missing__(self, written: str) -> Tag:
        self[written] = tag = self._read(written)
        return tag

    def tag(self, name: str, attributes: dict[str, str], *, empty: bool = False) -> Tag:
        return Tag(name, attributes, empty=empty)

    def _read(self, written: str) -> Tag:
        if written.startswith("/"):
            end = Tag(plain_name(written[1:].rstrip()), {})
            end.use = Use.END
            return end
        if written.startswith(("?", "!DOCTYPE")) and not set(written) & set("[<"):
            return Tag("", {}, empty=True)
        match = _TAG.fullmatch(written)
        if match is None:
            raise Unusual(written)
        attributes = {name: html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(match[2])} if match[2] else {}
        if OPS in written and attributes.get("xmlns:epub") != OPS:
            raise Unusual(written)
        return self.tag(plain_name(match.group(1)), attributes, empty=bool(match.group(3)))


def is_page_label(text: str) -> bool:
    return not text or _PAGE_LABEL.fullmatch(text) is not None


def plain_name(name: str) -> str:
    """ "svg:IMAGE" is "image"."""
    return name.rpartition(":")[2].lower()
