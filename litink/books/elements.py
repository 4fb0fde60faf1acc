"""Questions about single (X)HTML elements: names, marks, classes, hidden or not. The walk through a document: markup.py."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

from lxml import etree

OPS = "http://www.idpf.org/2007/ops"
EPUB_TYPE = f"{{{OPS}}}type"
HEADINGS = {f"h{n}": n for n in range(1, 7)}
NO_ROLES: frozenset[str] = frozenset()
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.I)
_VERSE_CLASS = re.compile(r"(?:^|[\s_-])(?:poem|poetry|verse|stanza|lg|linegroup|line-group)(?:$|[\s_-])", re.I)
_STANZA_CLASS = re.compile(r"(?:^|[\s_-])(?:stanza|lg|linegroup|line-group)(?:$|[\s_-])", re.I)
_PAGE_CLASS = re.compile(r"(?:^|[\s_-])(?:pagenum|pageno|page-?number|pagebreak|folio)(?:$|[\s_-])", re.I)
_PAGE_LABEL = re.compile(r"[\[({]?\s*(?:p(?:age|g|\.)?\.?\s*)?(?:[0-9]{1,4}|[ivxlcm]{1,8})\s*[\])}]?", re.I)
_CACHE = 4096  # different classes, styles, marks; a book has dozens


def local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def roles_of(attributes: Mapping[str, str], epub_type: str = EPUB_TYPE) -> frozenset[str]:
    """The words of ``epub:type`` (under the name it has here) and ``role`` (also without "doc-")."""
    words, role = attributes.get(epub_type, ""), attributes.get("role", "")
    return _roles(words, role) if words or role else NO_ROLES


@lru_cache(_CACHE)
def _roles(words: str, role: str) -> frozenset[str]:
    return frozenset([*words.split(), role, role[4:]] if role.startswith("doc-") else words.split())


@lru_cache(_CACHE)
def hides(style: str) -> bool:
    return _HIDDEN_STYLE.search(style) is not None


@lru_cache(_CACHE)
def means_something(classes: str) -> bool:
    return names_verse(classes) or names_stanza(classes) or names_page(classes)


@lru_cache(_CACHE)
def names_verse(classes: str) -> bool:
    return _VERSE_CLASS.search(classes) is not None


@lru_cache(_CACHE)
def names_stanza(classes: str) -> bool:
    return _STANZA_CLASS.search(classes) is not None


@lru_cache(_CACHE)
def names_page(classes: str) -> bool:
    """Whether a class speaks of page numbers, or of page breaks that may also be mere style."""
    return _PAGE_CLASS.search(classes) is not None


def is_page_label(text: str) -> bool:
    return not text or _PAGE_LABEL.fullmatch(text) is not None


def resolve(file: str, address: str) -> str:
    """The archive path of a link in ``file``."""
    if not address:
        return file
    steps = file.split("/")[:-1]
    for step in unquote(address).split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)
