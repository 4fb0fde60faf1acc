"""EPUB 2 and 3: container, package, spine, contents list and cover to a manuscript. Content documents: markup.py.

The package is read here rather than through a library because books in the wild name files that are not in the
archive, repeat the spine or leave it empty, and every one of these should still be read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag

from lxml import etree

from litink.books.archive import Archive
from litink.books.covers import usable_cover
from litink.books.elements import EPUB_TYPE, local, resolve
from litink.books.headings import mark_headings
from litink.books.looks import LookingTags, LookingWalker
from litink.books.markup import Walker, read_markup
from litink.books.model import BlockKind, Cover
from litink.books.outline import flatten, is_mere_label
from litink.books.pieces import Entry, Manuscript, Piece, metadata_line, one_line
from litink.books.tags import Tags
from litink.books.trees import Unreadable, decode, parse_markup, parse_xml
from litink.errors import Refused

_CONTENT_TYPES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"})
_FONT_OBFUSCATION = frozenset({"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"})
_DRM_NAMES = {
    "META-INF/rights.xml": "Adobe ADEPT",
    "META-INF/license.lcpl": "Readium LCP",
    "META-INF/sinf.xml": "Apple FairPlay",
}


class _Item:
    __slots__ = ("fallback", "media_type", "name", "properties")

    def __init__(self, name: str, media_type: str, properties: frozenset[str], fallback: str) -> None:
        self.name = name  # as written, resolved against the package's folder
        self.media_type = media_type
        self.properties = properties
        self.fallback = fallback


def read_epub(path: Path) -> Manuscript:
    """Raises Refused when the archive is unsafe, protected, without a package or without any text."""
    with Archive(path, refuse_outside_names=True) as archive:
        return _Reader(archive).read()


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.manuscript = Manuscript("epub", "", "", "und", [])
        self.items: dict[str, _Item] = {}
        self.anchors: dict[str, int] = {}
        self.files: dict[str, int] = {}  # archive name -> index of its first piece
        self.addresses: dict[tuple[str, str], str | None] = {}  # a link's file as written -> archive name

    def read(self) -> Manuscript:
        self._refuse_protected()
        package_name = self._package_name()
        try:
            package = parse_xml(self.archive.read(package_name))
        except Unreadable as error:
            raise Refused(
                "epub-package-broken", "The EPUB's package file is broken; please download or export the book again."
            ) from error
        self._metadata(package)
        self._manifest(package, package_name)
        names = self._reading_order(package)
        self._content(names, Tags(), Walker)
        self.manuscript.contents = self._contents(package)
        if self._tells_no_chapters():
            self._content(names, LookingTags(self._style_sheets()), LookingWalker)
            self.manuscript.contents = []
            mark_headings(self.manuscript)
            self._place(names)
            self.manuscript.contents = self._contents(package)
        self.manuscript.cover = self._cover(package)
        return self.manuscript

    def _refuse_protected(self) -> None:
        encryption = self.archive.find("META-INF/encryption.xml")
        scheme = next((drm for name, drm in _DRM_NAMES.items() if self.archive.find(name)), "")
        protected = bool(scheme and encryption)
        if encryption:
            try:
                root = parse_xml(self.archive.read(encryption))
            except Unreadable:
                protected = True
            else:
                for data in _all(root, "EncryptedData"):
                    method = next((e.get("Algorithm", "") for e in _all(data, "EncryptionMethod")), "")
                    protected = protected or method not in _FONT_OBFUSCATION
        if protected:
            by = f" ({scheme})" if scheme else ""
            raise Refused(
                "epub-drm",
                f"The book is protected by DRM{by} and cannot be read here; please use a copy without protection.",
            )

    def _package_name(self) -> str:
        container = self.archive.find("META-INF/container.xml")
        if container:
            try:
                root = parse_xml(self.archive.read(container))
            except Unreadable:
                root = None
            if root is not None:
                paths = [e.get("full-path", "") for e in _all(root, "rootfile")]
                for path in paths:
                    if path and (name := self.archive.find(path)):
                        return name
                if any(paths):
                    raise Refused(
                        "epub-no-package",
                        "The EPUB names a package file that it does not contain; please export the book again.",
                    )
        for name in sorted(self.archive.names, key=lambda n: (n.count("/"), n)):
            if name.lower().endswith(".opf"):
                self.manuscript.warn(
                    "epub-container-missing", "The EPUB has no container file; its package was searched for."
                )
                return name
        raise Refused("epub-no-package", "The file is a ZIP archive but no EPUB book: it has no package file.")

    def _metadata(self, package: etree._Element) -> None:
        def first(tag: str) -> str:
            return next((t for e in _all(package, tag) if (t := metadata_line("".join(map(str, e.itertext()))))), "")

        self.manuscript.title = first("title")
        authors = [metadata_line("".join(map(str, e.itertext()))) for e in _all(package, "creator")]
        self.manuscript.author = metadata_line(", ".join(dict.fromkeys(a for a in authors if a)))
        self.manuscript.language = first("language")

    def _manifest(self, package: etree._Element, package_name: str) -> None:
        for element in _all(package, "item"):
            identifier, href = element.get("id"), element.get("href", "")
            if not identifier or not href:
                continue
            remote = ":" in href.split("/")[0]
            name = href if remote else resolve(package_name, urldefrag(href)[0])
            self.items[identifier] = _Item(
                name,
                element.get("media-type", "").lower(),
                frozenset(element.get("properties", "").split()),
                element.get("fallback", ""),
            )

    # -- text ----------------------------------------------------------------------------------------------------

    def _reading_order(self, package: etree._Element) -> list[str]:
        """Archive names of the content documents, each once: the spine, non-linear items after the linear ones."""
        linear: list[str] = []
        aside: list[str] = []
        unknown = 0
        for reference in _all(package, "itemref"):
            item = self.items.get(reference.get("idref", ""))
            if item is None:
                unknown += 1
                continue
            name = self._document(item)
            if name:
                (aside if reference.get("linear", "yes").lower() == "no" else linear).append(name)
        if unknown:
            self.manuscript.warn(
                "epub-spine-unknown", f"The reading order names {unknown} parts that the book does not list."
            )
        names = list(dict.fromkeys(linear + aside))
        if not names:
            self.manuscript.warn(
                "epub-spine-empty", "The book gives no reading order; the order of its list of files was used."
            )
            for item in self.items.values():
                if (
                    item.media_type in _CONTENT_TYPES
                    and "nav" not in item.properties
                    and (name := self._document(item))
                ):
                    names.append(name)
            names = list(dict.fromkeys(names))
        return names

    def _document(self, item: _Item) -> str | None:
        """The archive name of a spine item's text, following fallbacks; None (with a warning) without one."""
        seen = set()
        while item.media_type not in _CONTENT_TYPES and item.fallback in self.items and item.fallback not in seen:
            seen.add(item.fallback)
            item = self.items[item.fallback]
        if item.media_type.startswith("image/") and item.media_type != "image/svg+xml":
            return None
        name = self.archive.find(item.name)
        if name is None:
            self.manuscript.warn(
                "epub-part-missing", f"A part of the book is missing from the file: {metadata_line(item.name, 80)}"
            )
        return name

    def _content(self, names: list[str], tags: Tags, walker: type[Walker]) -> None:
        navigation = {self.archive.find(item.name) for item in self.items.values() if "nav" in item.properties}
        pieces: list[Piece] = []
        for part, name in enumerate(names):
            try:
                found = read_markup(self.archive.read(name), name, part, tags, walker)
            except Unreadable:
                self.manuscript.warn(
                    "epub-part-empty", f"A part of the book is empty or unreadable: {metadata_line(name, 80)}"
                )
                continue
            if name in navigation:
                for piece in found:
                    piece.roles = piece.roles | {"toc", "frontmatter"}
            pieces += found
        self.manuscript.pieces = pieces
        self._place(names)

    def _place(self, names: list[str]) -> None:
        """Remember where files begin and what anchors mean."""
        pieces = self.manuscript.pieces
        parts = [piece.part for piece in pieces]
        self.files = {name: bisect_left(parts, part) for part, name in enumerate(names)}
        self.anchors = {}
        for index, piece in enumerate(pieces):
            for anchor in piece.anchors:
                self.anchors.setdefault(anchor, index)

    def _tells_no_chapters(self) -> bool:
        """Whether nothing is marked as a heading, and the contents list names no more than files or nothing at all."""
        if sum(p.kind is BlockKind.HEADING and "toc" not in p.roles for p in self.manuscript.pieces) >= 2:
            return False
        places = {at for at, _, title in flatten(self.manuscript.contents) if not is_mere_label(title)}
        return len(places) < 2

    def _style_sheets(self) -> Iterator[str]:
        for item in self.items.values():
            if item.media_type == "text/css" and (name := self.archive.find(item.name)):
                yield decode(self.archive.read(name))

    # -- contents list -------------------------------------------------------------------------------------------

    def _contents(self, package: etree._Element) -> list[Entry]:
        """The navigation document's list, else the NCX's."""
        for item in self.items.values():
            if "nav" in item.properties and (name := self.archive.find(item.name)):
                try:
                    root = parse_markup(self.archive.read(name))
                except Unreadable:
                    continue
                navs = _all(root, "nav")
                navs = [nav for nav in navs if _is_contents(nav)] or navs[:1]
                for nav in navs:
                    entries = [e for top in _children(nav, "ol") for e in self._nav_entries(top, name)]
                    if _count(entries):
                        return entries
        spine = next(iter(_all(package, "spine")), None)
        named = self.items.get(spine.get("toc", "")) if spine is not None else None
        candidates = [named] if named else []
        candidates += [
            i for i in self.items.values() if i.media_type == "application/x-dtbncx+xml" or i.name.endswith(".ncx")
        ]
        for item in candidates:
            if name := self.archive.find(item.name):
                try:
                    root = parse_xml(self.archive.read(name))
                except Unreadable:
                    continue
                entries = [
                    e for m in _all(root, "navMap") for p in _children(m, "navPoint") for e in self._ncx_entry(p, name)
                ]
                if _count(entries):
                    return entries
        return []

    def _nav_entries(self, ol: etree._Element, nav_name: str) -> Iterator[Entry]:
        for li in ol:
            if local(li) != "li":
                continue
            label: etree._Element | None = None
            children: list[Entry] = []
            title, at = "", None
            for element in li:
                name = local(element)
                if name == "ol":
                    children += self._nav_entries(element, nav_name)
                elif name in ("a", "span") and label is None:
                    label = element
            if label is not None:
                title = one_line("".join(map(str, label.itertext()))) or " ".join(
                    e.get("alt", "") for e in _all(label, "img")
                )
                at = self._target(label.get("href", ""), nav_name) if local(label) == "a" else None
            if at is not None or children:
                yield Entry(metadata_line(title), at, children)

    def _ncx_entry(self, point: etree._Element, ncx_name: str) -> Iterator[Entry]:
        title = next((one_line("".join(map(str, e.itertext()))) for e in _children(point, "navLabel")), "")
        src = next((e.get("src", "") for e in _children(point, "content")), "")
        at = self._target(src, ncx_name)
        children = [e for p in _children(point, "navPoint") for e in self._ncx_entry(p, ncx_name)]
        if at is not None or children:
            yield Entry(metadata_line(title), at, children)

    def _target(self, href: str, base: str) -> int | None:
        """Index of the piece a contents link points to; a dead fragment falls back to its file's beginning."""
        if not href or "://" in href:
            return None
        address, _, fragment = href.partition("#")
        if (base, address) not in self.addresses:
            self.addresses[base, address] = self.archive.find(resolve(base, address))
        name = self.addresses[base, address]
        if name is None or name not in self.files:
            return None
        if fragment and (at := self.anchors.get(f"{name}#{unquote(fragment)}")) is not None:
            return at
        return self.files[name] if self.files[name] < len(self.manuscript.pieces) else None

    # -- cover ---------------------------------------------------------------------------------------------------

    def _cover(self, package: etree._Element) -> Cover | None:
        named = {e.get("content", "") for e in _all(package, "meta") if e.get("name", "").lower() == "cover"}
        candidates = [i for i in self.items.values() if "cover-image" in i.properties]
        candidates += [item for key, item in self.items.items() if key in named]
        candidates += [
            item
            for key, item in self.items.items()
            if item.media_type.startswith("image/") and re.search(r"cover", f"{key} {item.name}", re.I)
        ]
        for item in candidates:
            name = self.archive.find(item.name)
            if name is None:
                continue
            try:
                cover = usable_cover(self.archive.read(name))
            except Refused:
                cover = None
            if cover:
                return cover
        return None


def _is_contents(nav: etree._Element) -> bool:
    roles = (
        f"{nav.get(EPUB_TYPE, '')} {nav.get('epub:type', '')} {nav.get('role', '')}".split()
    )  # as parsed, as repaired
    return "toc" in roles or "doc-toc" in roles


def _all(root: etree._Element, tag: str) -> list[etree._Element]:
    return list(root.iter(f"{{*}}{tag}"))


def _children(element: etree._Element, tag: str) -> list[etree._Element]:
    return list(element.iterchildren(f"{{*}}{tag}"))


def _count(entries: list[Entry]) -> int:
    return sum((entry.at is not None) + _count(entry.children) for entry in entries)
