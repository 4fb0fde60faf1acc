"""Bytes to an element tree without risk: encodings guessed, no entity expanded, no DTD loaded, nothing fetched."""

from __future__ import annotations

import codecs
import re
from html.entities import html5

from lxml import etree

# Markup may not nest deeply (the walker recurses); Word's XML may, and without entities it is as large as it is.
_DEEP_XML = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=True
)
_XML = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False)

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)|<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9._-]+)",
    re.I,
)
_PROLOG = re.compile(r"^\s*<\?xml.*?\?>", re.S)
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.S | re.I)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{0,31});")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]+")  # no character of XML 1.0
# Documents that the XML parser must not see as they are: with a DOCTYPE, in another encoding than UTF-8, or with named
# entities other than XML's own.
_FOREIGN_HEAD = re.compile(rb"<!DOCTYPE|<!ENTITY|\A\s*[^<\s]|encoding\s*=\s*[\"'](?![Uu][Tt][Ff]-?8[\"'])")
_FOREIGN_ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)")
_WORD_JOINER = "\u2060".encode()  # in every dash of some publishers' books; cleaning would take it out anyway
_DIVS = re.compile(r"</?(?:div|span|font|center)\b[^>]*>", re.I)
MAX_DEPTH = 200


class Unreadable(ValueError):
    """The bytes are no markup at all."""


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
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(match: re.Match[str]) -> str:
    name = match.group(1)
    if name in _XML_ENTITIES:
        return match.group(0)
    return html5.get(name + ";", "")


def parse_xml(data: bytes) -> etree._Element:
    """A well-formed XML document's root. Raises Unreadable."""
    text = _CONTROLS.sub("", without_entities(decode(data)))
    try:
        return etree.fromstring(text.encode(), _DEEP_XML)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(str(error)) from error


def parse_markup(data: bytes | str) -> etree._Element:
    """The root of (X)HTML, strictly when it is well formed, else as a browser would. Raises Unreadable."""
    if isinstance(data, bytes) and not _FOREIGN_HEAD.search(data[:1024]) and not _FOREIGN_ENTITY.search(data):
        try:
            return etree.fromstring(data.replace(_WORD_JOINER, b""), _XML)
        except (etree.XMLSyntaxError, ValueError):
            pass
    text = decode(data) if isinstance(data, bytes) else data
    text = _CONTROLS.sub("", without_entities(text))
    if not text.strip():
        raise Unreadable("empty")
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), _XML)
    except (etree.XMLSyntaxError, ValueError):
        pass
    if text.count("<div") + text.count("<span") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        # Parsers give up (and lose the text) on absurd nesting; these elements carry no meaning of their own.
        text = _DIVS.sub(" ", text)
    try:
        root = etree.fromstring(
            text.encode("utf-8", "replace"), etree.HTMLParser(no_network=True, encoding="utf-8", remove_pis=True)
        )
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
