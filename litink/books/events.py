"""(X)HTML bytes to tags and texts, told in order: at once where they are written as nearly all are, else by lxml.

No entity that a document declares is expanded, no DTD is read, nothing is fetched. Trees of small files: trees.py.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Protocol, TypeVar

from lxml import etree

from litink.books.cleaning import Tidier, odd_characters
from litink.books.elements import EPUB_TYPE, local
from litink.books.tags import Tag, Tags, Unusual, Use
from litink.books.trees import character, is_utf8, parse_markup

# A beginning, a text, or the end of the element opened last.
Event = Tag | str | None


class Target(Protocol):
    """What hears of a document.

    It is not told of elements that say nothing (Use.QUIET), nor of blanks between blocks and after line breaks.
    """

    def start(self, tag: Tag) -> None: ...
    def data(self, text: str) -> None: ...
    def end(self) -> None: ...
    def line_break(self) -> None: ...
    def leaf(self, tag: Tag, text: str) -> None:
        """A block that says nothing (Use.EDGED), with nothing but text inside: most of every book."""


T = TypeVar("T", bound=Target)

_END, _QUIET, _LINE_BREAK, _EDGED = Use.END, Use.QUIET, Use.LINE_BREAK, Use.EDGED
_TAG = re.compile("<([^>]*)>")
_COMMENT = re.compile("<!--.*?-->", re.S)
_ENTITY = re.compile("&([A-Za-z][A-Za-z0-9]{0,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"


def feed(data: bytes | str, new_target: Callable[[Tidier], T], tags: Tags) -> T:
    """A target that has heard the whole document.

    ``new_target`` makes a fresh one for each try; it gets what tidies the texts of this document. ``tags`` serves
    all documents of a book. Raises trees.Unreadable when the bytes hold no markup at all.
    """
    try:
        return _tell(data, new_target, tags)
    except (UnicodeDecodeError, Unusual):
        root = parse_markup(data)
    target = new_target(Tidier(odd_characters(etree.tostring(root, encoding="utf-8"))))
    _retell(root, target, tags)
    return target


def _tell(data: bytes | str, new_target: Callable[[Tidier], T], tags: Tags) -> T:
    """Raises Unusual for documents with anything but tags in pairs, texts, comments and processing instructions."""
    encoded, text = (data, data.decode()) if isinstance(data, bytes) else (data.encode("utf-8", "replace"), data)
    if not is_utf8(encoded):
        raise Unusual("another encoding")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if b"<!--" in encoded:
        text = _COMMENT.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: character(entity.group(1)), text)
        encoded = text.encode("utf-8", "replace")
        parts = _TAG.split(text)
        parts[::2] = [html.unescape(part) if "&" in part else part for part in parts[::2]]
    else:
        parts = _TAG.split(text)
    target = new_target(Tidier(odd_characters(encoded)))
    around: list[Tag] = []
    if not parts[0].isspace():
        target.data(parts[0])
    at, end = 1, len(parts)
    while at < end:
        written, text = parts[at], parts[at + 1]
        at += 2
        tag = tags[written]
        use = tag.use
        if use is _END:
            if not around or around[-1].name != tag.name:
                raise Unusual(written)
            use = around.pop().use
            if use > _LINE_BREAK:
                target.end()
        elif use is _EDGED and at < end and parts[at] == tag.ending:
            target.leaf(tag, text)
            text = parts[at + 1]
            at += 2
        elif use is _QUIET and at < end and parts[at] == tag.ending:
            text += parts[at + 1]
            at += 2
        else:
            if use is _LINE_BREAK:
                target.line_break()
            elif use is not _QUIET:
                target.start(tag)
                if tag.empty:
                    target.end()
            if not tag.empty:
                around.append(tag)
        if text and not ((use is _EDGED or use is _LINE_BREAK) and text.isspace()):
            target.data(text)
    if around or end == 1:
        raise Unusual("not well formed")
    return target


def _retell(root: etree._Element, target: Target, tags: Tags) -> None:
    around: list[Tag] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            tag = tags.tag(local(element), {_name(str(key)): str(value) for key, value in element.attrib.items()})
            around.append(tag)
            if tag.use is _LINE_BREAK:
                target.line_break()
            elif tag.use is not _QUIET:
                target.start(tag)
            if element.text:
                target.data(element.text)
        else:
            if around.pop().use > _LINE_BREAK:
                target.end()
            if element.tail and around:
                target.data(element.tail)


def _name(attribute: str) -> str:
    """An attribute's name as nearly all books write it."""
    if attribute == EPUB_TYPE:
        return "epub:type"
    return "xml:id" if attribute == _XML_ID else attribute.rpartition("}")[2]
