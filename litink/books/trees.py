"""Bytes to an element tree without risk: encodings guessed, no entity expanded, no DTD loaded, nothing fetched.

For small files (package, contents list) and Word documents; chapters are read without a tree: events.py.
"""

from __future__ import annotations

import codecs
import re
from functools import partial
from html.entities import html5
from typing import Final

from lxml import etree

_SAFE: Final = partial(etree.XMLParser, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False)
_DEEP_XML = _SAFE(huge_tree=True)  # Word's: without entities it is as large as it is
_XML = _SAFE(remove_comments=True, remove_pis=True)

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)|<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9._-]+)",
    re.I,
)
HEAD = 2048  # bytes in which declarations stand
_OTHER_ENCODING = re.compile(rb"encoding\s*=\s*[\"'](?![Uu][Tt][Ff]-?8[\"'])")
_PROLOG = re.compile(r"^\s*<\?xml.*?\?>", re.S)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.S | re.I)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{0,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+")  # no character of XML 1.0
_DIVS = re.compile(r"</?(?:div|span|font|center)\b[^>]*>", re.I)
MAX_DEPTH = 200


class Unreadable(ValueError):
    """The bytes are no markup at all."""


def is_utf8(data: bytes) -> bool:
    """Whether markup is in UTF-8 as far as it says."""
    head = data[:HEAD]
    return not (_OTHER_ENCODING.search(head, 0, max(head.find(b"?>"), 0)) or b"\0" in head)


def decode(data: bytes) -> str:
    """Text of markup or plain-text bytes: byte order mark, declaration, UTF-8, else Windows-1252."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    head = data[:64]
    if head[:1] and head[1:2] == b"\0" and head[3:4] == b"\0":
        return data.decode("utf-16-le", "replace")
    if head[:1] == b"\0" and head[2:3] == b"\0":
        return data.decode("utf-16-be", "replace")
    declared = _DECLARED.search(data[:1024])
    named = (declared.group(1) or declared.group(2)).decode() if declared else ""
    for encoding in ("utf-8", named):
        # UTF-8 first: bytes that decode as UTF-8 almost never mean anything else, whatever the declaration says.
        if not encoding or encoding.lower().startswith("utf-16"):
            continue
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    # The five bytes that Windows-1252 leaves undefined decode to the C1 controls that cleaning removes.
    return data.decode("cp1252", "replace") if not _has_undefined(data) else data.decode("latin-1")


def _has_undefined(data: bytes) -> bool:
    return any(byte in data for byte in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))


def without_entities(text: str) -> str:
    """Markup with its DOCTYPE dropped and named entities replaced; entities that HTML does not know vanish."""
    text = _PROLOG.sub("", text, count=1)
    text = _DOCTYPE.sub("", text, count=1)
    return _ENTITY.sub(lambda entity: character(entity.group(1)), text) if "&" in text else text


def character(entity: str) -> str:
    """What XML is to read for an entity: what HTML does not know vanishes, what is markup stays an entity."""
    if entity in _XML_ENTITIES:
        return f"&{entity};"
    if entity[0] == "#":
        code = int(entity[2:], 16) if entity[1] in "xX" else int(entity[1:])
        text = chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else ""
    else:
        text = html5.get(f"{entity};", "")
    if text.isspace():
        return " "
    return f"&#{ord(text)};" if len(text) == 1 and (text < " " or text in "<&") else text


def _is_plain(data: bytes) -> bool:
    """Whether a parser may have the bytes as they are: UTF-8, and no DOCTYPE."""
    return is_utf8(data) and b"<!DOCTYPE" not in data and b"<!ENTITY" not in data


def parse_xml(data: bytes) -> etree._Element:
    """A well-formed XML document's root. Raises Unreadable."""
    try:
        if _is_plain(data):
            return etree.fromstring(data, _DEEP_XML)
    except (etree.XMLSyntaxError, ValueError):
        pass
    text = CONTROLS.sub("", without_entities(decode(data)))
    try:
        return etree.fromstring(text.encode(), _DEEP_XML)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(str(error)) from error


def parse_markup(data: bytes | str) -> etree._Element:
    """The root of (X)HTML, strictly when it is well formed, else as a browser would. Raises Unreadable."""
    try:
        if isinstance(data, bytes) and _is_plain(data):
            return etree.fromstring(data, _XML)
    except (etree.XMLSyntaxError, ValueError):
        pass
    text = CONTROLS.sub("", without_entities(decode(data) if isinstance(data, bytes) else data))
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), _XML)
    except (etree.XMLSyntaxError, ValueError):
        return parse_soup(text)


def parse_soup(text: str) -> etree._Element:
    """The root of markup that is not well formed, as a browser would repair it. Raises Unreadable."""
    if not text.strip():
        raise Unreadable("empty")
    if text.count("<div") + text.count("<span") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        # The parser gives up (and loses the text) on absurd nesting; these elements carry no meaning of their own.
        text = _DIVS.sub(" ", text)
    parser = etree.HTMLParser(no_network=True, encoding="utf-8", remove_pis=True, remove_comments=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(str(error)) from error
    if root is None:
        raise Unreadable("no element")
    return root


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in _DIVS.finditer(text):
        depth += -1 if match.group(0).startswith("</") else 1
        deepest = max(deepest, depth)
    return deepest
