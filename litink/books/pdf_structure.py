"""What PDFium does not tell of a PDF, asked of pypdf: tagged headings, names of places, XMP metadata; and repair.

It is asked only where something is missing, since it reads in Python. Nothing that it stumbles over is an error here:
the answer is then that there is nothing.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

from litink.books.pieces import metadata_line
from litink.books.trees import parse_xml

if TYPE_CHECKING:
    import pypdf  # a tenth of a second to import, and seldom needed

MAX_REPAIR = 64 << 20  # bytes; pypdf holds the whole file
MAX_ELEMENTS = 200_000  # of the structure tree
MAX_XMP = 1 << 20  # bytes
_HEADING = re.compile(r"/H([1-6])$")
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_RDF_ITEM = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file is said in a refusal or a warning


def repaired(path: Path) -> bytes | None:
    """The file written anew, or None: a lost header or trailer, or megabytes of something else before the PDF."""
    if path.stat().st_size > MAX_REPAIR:
        return None
    import pypdf

    try:
        out = io.BytesIO()
        pypdf.PdfWriter(clone_from=pypdf.PdfReader(path, strict=False)).write(out)
        return out.getvalue()
    except MemoryError:
        raise
    except Exception:  # pypdf raises whatever a malformed object leads to
        return None


class Structure:
    """A document as pypdf reads it, opened by the first question."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: pypdf.PdfReader | None = None

    def heading_levels(self) -> dict[tuple[int, int], int]:
        """(page index, number of its marked content) to the level, 1 to 6, of what is tagged as a heading."""
        try:
            return self._headings()
        except MemoryError:
            raise
        except Exception:
            return {}

    def bookmarks(self) -> list[tuple[int, str, int]]:
        """(level, title, page index) of the outline, also where its names of places are out of order."""
        try:
            return list(self._outline(self._open().outline, 0))
        except MemoryError:
            raise
        except Exception:
            return []

    def xmp(self) -> tuple[str, str]:
        """Title and author of the XMP metadata, empty where it has none."""
        try:
            stream = self._root().get("/Metadata")
            data = stream.get_object().get_data() if stream is not None else b""
            root = parse_xml(data[:MAX_XMP]) if data else None
        except MemoryError:
            raise
        except Exception:
            return "", ""
        if root is None:
            return "", ""
        return "".join(_items(root, "title")[:1]), ", ".join(_items(root, "creator"))

    def _open(self) -> pypdf.PdfReader:
        import pypdf

        if self._reader is None:
            self._reader = pypdf.PdfReader(self._path, strict=False)
        return self._reader

    def _root(self) -> Any:
        return self._open().trailer["/Root"].get_object()

    def _outline(self, entries: Any, level: int) -> Iterator[tuple[int, str, int]]:
        for entry in entries:
            if isinstance(entry, list):
                yield from self._outline(entry, level + 1)
                continue
            title = metadata_line(entry.title)
            page = self._open().get_destination_page_number(entry)
            if title and page is not None and page >= 0:
                yield level, title, page

    def _headings(self) -> dict[tuple[int, int], int]:
        from pypdf.generic import DictionaryObject, IndirectObject

        tree = self._root().get("/StructTreeRoot")
        if tree is None:
            return {}
        tree = tree.get_object()
        roles = tree.get("/RoleMap", {})
        pages = {
            page.indirect_reference.idnum: n for n, page in enumerate(self._open().pages) if page.indirect_reference
        }
        found: dict[tuple[int, int], int] = {}
        todo: list[tuple[Any, int | None, int]] = [(tree.get("/K"), None, 0)]
        seen: set[int] = set()
        for _ in range(MAX_ELEMENTS):
            if not todo:
                break
            item, page, level = todo.pop()
            if isinstance(item, IndirectObject):
                if item.idnum in seen:
                    continue
                seen.add(item.idnum)
                item = item.get_object()
            if isinstance(item, int):
                if level and page is not None:
                    found[page, int(item)] = level
            elif isinstance(item, list):
                todo += [(kid, page, level) for kid in reversed(item)]
            elif isinstance(item, DictionaryObject):
                place = item.raw_get("/Pg") if "/Pg" in item else None
                page = pages.get(place.idnum) if isinstance(place, IndirectObject) else page
                level = _level(item.get("/S"), roles) or level
                todo.append((item.get("/MCID", item.raw_get("/K") if "/K" in item else None), page, level))
        return found


def _level(role: Any, roles: dict[Any, Any]) -> int:
    """The level of a heading's role, 0 of any other; ``roles`` maps the file's own names to the standard's."""
    for _ in range(8):
        if match := _HEADING.match(str(role)):
            return int(match.group(1))
        if role not in roles:
            return 0
        role = roles[role]
    return 0


def _items(root: etree._Element, name: str) -> list[str]:
    element = next(root.iter(_DUBLIN_CORE + name), None)
    if element is None:
        return []
    return [line for item in element.iter(_RDF_ITEM) if (line := metadata_line(item.text))]
