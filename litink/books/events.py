"""(X)HTML bytes to start, text and end events in one pass, without a tree: strictly when well formed, else forgiving.

No entity that a document declares is expanded, no DTD is read, nothing is fetched. Trees of small files: trees.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Protocol, TypeVar
from xml.parsers import expat

from lxml import etree

from litink.books.cleaning import Tidier, odd_characters
from litink.books.elements import means_something
from litink.books.trees import CONTROLS, HEAD, character, decode, is_plain, parse_soup, without_entities

# An element's beginning (name as written, attributes), a run of text, or the end of the element opened last.
Event = tuple[str, dict[str, str]] | str | None


class Target(Protocol):
    """What hears of a document. Names keep their prefix ("epub:type"); adjacent texts may come in several pieces."""

    data: Callable[[str], object]  # often a list's own append: the parser then calls no Python at all

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def paragraph(self, text: str) -> None:
        """A whole ``p`` without children and attributes that matter; its text is tidy."""


T = TypeVar("T", bound=Target)

_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>", re.I)
# Most of every book: paragraphs of nothing but text, perhaps with a class. They need no parser: they are cut out and
# tidied all at once, and the parser only learns where each stood.
_PARAGRAPH = re.compile(rb'<p(?: class="([^"<>&]*)")?>([^<]*)</p>\s*')
_PLACE = "paragraph-cut-out"
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{0,31}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")


def feed(data: bytes | str, new_target: Callable[[Tidier], T]) -> T:
    """A target that has heard the whole document.

    ``new_target`` makes a fresh one for each try; it gets what tidies the texts of this document.
    Raises trees.Unreadable when the bytes hold no markup at all.
    """
    if isinstance(data, bytes) and (heard := _strictly(_plain(data), new_target)) is not None:
        return heard
    text = CONTROLS.sub("", without_entities(decode(data) if isinstance(data, bytes) else data))
    encoded = text.encode("utf-8", "replace")
    if (heard := _strictly(encoded, new_target)) is not None:
        return heard
    target = new_target(Tidier(odd_characters(encoded)))
    _retell(parse_soup(text), target)
    return target


def _plain(data: bytes) -> bytes:
    """The bytes without DOCTYPE and entities; nothing when they are, as far as they say, no UTF-8."""
    if b"<!" in (head := data[:HEAD]) and (doctype := _DOCTYPE.search(head)):
        data = data[: doctype.start()] + data[doctype.end() :]
    if not is_plain(data):
        return b""
    return _ENTITY.sub(lambda entity: character(entity.group(1).decode()).encode(), data) if b"&" in data else data


def _strictly(data: bytes, new_target: Callable[[Tidier], T]) -> T | None:
    """A target that has heard ``data`` if that is well-formed XML in UTF-8, else None."""
    try:
        tidier = Tidier(odd_characters(data))
        pieces = _PARAGRAPH.split(data)  # what stands between, class, text, what stands between, …
        paragraphs = tidier.tidy_all(pieces[2::3])
    except UnicodeDecodeError:
        return None
    target = new_target(tidier)
    if paragraphs and not any(map(means_something, {name.decode() for name in pieces[1::3] if name})):
        places = iter(paragraphs)
        rest = f"<?{_PLACE}?>".encode().join(pieces[0::3])
        if _parse(rest, target, places) and next(places, None) is None:
            return target
        target = new_target(tidier)  # some of the paragraphs stood in a comment
    return target if _parse(data, target, iter(())) else None


def _parse(data: bytes, target: Target, paragraphs: Iterator[str]) -> bool:
    """Whether ``data`` is well formed; the target has then heard all of it."""

    def instruction(name: str, _data: str) -> None:
        if name == _PLACE:
            target.paragraph(next(paragraphs))

    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = target.start
    parser.EndElementHandler = target.end
    parser.CharacterDataHandler = target.data
    parser.ProcessingInstructionHandler = instruction
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, StopIteration):
        return False
    return True


def _refuse(*_: Any) -> NoReturn:
    raise expat.ExpatError("an entity is declared where none is expected")


def _retell(root: etree._Element, target: Target) -> None:
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag
        if not isinstance(name, str):
            continue
        if event == "start":
            target.start(name, dict(element.attrib))
            if element.text:
                target.data(element.text)
        else:
            target.end(name)
            if element.tail and element is not root:
                target.data(element.tail)
