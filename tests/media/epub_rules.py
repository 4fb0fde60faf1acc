"""The rules of EPUBCheck that a book with media overlays comes under, checked by themselves: EPUB 3.3 and its OCF."""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
from pathlib import Path

import av
from lxml import etree

NS = {
    "c": "urn:oasis:names:tc:opendocument:xmlns:container",
    "o": "http://www.idpf.org/2007/opf",
    "d": "http://purl.org/dc/elements/1.1/",
    "h": "http://www.w3.org/1999/xhtml",
    "s": "http://www.w3.org/ns/SMIL",
}
EPUB = "{http://www.idpf.org/2007/ops}"
CORE = {
    "application/xhtml+xml", "application/smil+xml", "text/css", "audio/mp4", "audio/mpeg", "image/png", "image/jpeg",
}  # fmt: skip
# What stands in a chapter is put together from these; nothing of a book's own markup may get through.
ELEMENTS = {
    "html", "head", "title", "link", "body", "section", "div", "h1", "h2", "h3", "h4", "h5", "h6", "p", "span", "br",
    "hr", "img", "nav", "ol", "li", "a",
}  # fmt: skip


def seconds(clock: str) -> float:
    assert re.fullmatch(r"\d+:[0-5]\d:[0-5]\d\.\d{3}", clock), clock
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


def check(path: Path) -> etree._Element:
    """The package document of a book that keeps the rules."""
    head = path.read_bytes()[:58]
    assert head[:4] == b"PK\x03\x04"
    method, name_length, extra_length = struct.unpack_from("<H", head, 8)[0], *struct.unpack_from("<HH", head, 26)
    assert (method, name_length, extra_length) == (0, 8, 0), "the mimetype is stored, first, without an extra field"
    assert head[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len({name.casefold() for name in names})
        files = {name: archive.read(name) for name in names}
    container = etree.fromstring(files["META-INF/container.xml"])
    (root,) = container.xpath("//c:rootfile/@full-path", namespaces=NS)
    package = etree.fromstring(files[root])
    base = posixpath.dirname(root)
    _metadata(package)
    items = package.xpath("o:manifest/o:item", namespaces=NS)
    ids = package.xpath("//@id")
    assert len(ids) == len(set(ids))
    named = {posixpath.join(base, item.get("href")) for item in items}
    assert named == set(names) - {"mimetype", root, "META-INF/container.xml"}, "the manifest names every file once"
    assert len(named) == len(items)
    by_id = {item.get("id"): item for item in items}
    assert {item.get("media-type") for item in items} <= CORE
    spine = package.xpath("o:spine/o:itemref/@idref", namespaces=NS)
    assert spine
    assert len(spine) == len(set(spine))
    assert all(by_id[one].get("media-type") == "application/xhtml+xml" for one in spine)
    pages = {
        item.get("href"): etree.fromstring(files[posixpath.join(base, item.get("href"))])
        for item in items
        if item.get("media-type") == "application/xhtml+xml"
    }
    hrefs = {item.get("href") for item in items}
    for page in pages.values():
        _page(page, pages, hrefs)
    _navigation(items, pages, [by_id[one].get("href") for one in spine])
    _overlays(package, items, by_id, pages, files, base)
    return package


def _metadata(package: etree._Element) -> None:
    assert package.get("version") == "3.0"
    (identifier,) = package.xpath("o:metadata/d:identifier", namespaces=NS)
    assert identifier.get("id") == package.get("unique-identifier")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", identifier.text)
    for name in ("title", "language"):
        (value,) = package.xpath(f"o:metadata/d:{name}", namespaces=NS)
        assert value.text.strip()
    (modified,) = package.xpath("o:metadata/o:meta[@property='dcterms:modified']", namespaces=NS)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", modified.text)


def _page(page: etree._Element, pages: dict[str, etree._Element], hrefs: set[str]) -> None:
    assert {etree.QName(element).localname for element in page.iter()} <= ELEMENTS
    assert {etree.QName(element).namespace for element in page.iter()} == {NS["h"]}
    own = page.xpath("//@id")
    assert len(own) == len(set(own))
    assert page.xpath("string(//h:title)", namespaces=NS).strip()
    for reference in page.xpath("//@src | //@href"):
        assert reference in hrefs
    assert all(image.get("alt") for image in page.xpath("//h:img", namespaces=NS))


def _navigation(items: list[etree._Element], pages: dict[str, etree._Element], spine: list[str]) -> None:
    (nav,) = [item.get("href") for item in items if "nav" in (item.get("properties") or "").split()]
    contents = [n for n in pages[nav].iter(f"{{{NS['h']}}}nav") if n.get(f"{EPUB}type") == "toc"]
    assert len(contents) == 1
    links = contents[0].xpath("h:ol/h:li/h:a", namespaces=NS)
    assert links
    assert all("".join(link.itertext()).strip() for link in links)
    places = [spine.index(link.get("href")) for link in links]
    assert places == sorted(places), "contents are in the order of the spine"


def _overlays(
    package: etree._Element,
    items: list[etree._Element],
    by_id: dict[str, etree._Element],
    pages: dict[str, etree._Element],
    files: dict[str, bytes],
    base: str,
) -> None:
    told = {
        meta.get("refines", "").removeprefix("#"): seconds(meta.text)
        for meta in package.xpath("o:metadata/o:meta[@property='media:duration']", namespaces=NS)
    }
    (active,) = package.xpath("o:metadata/o:meta[@property='media:active-class']/text()", namespaces=NS)
    style = next(files[posixpath.join(base, i.get("href"))] for i in items if i.get("media-type") == "text/css")
    assert f".{active}".encode() in style
    read = {item.get("media-overlay"): item for item in items if item.get("media-overlay")}
    smils = {item.get("id") for item in items if item.get("media-type") == "application/smil+xml"}
    assert set(read) == smils, "every overlay reads one page, which names it"
    assert set(told) == smils | {""}
    assert abs(told[""] - sum(value for name, value in told.items() if name)) < 0.0005
    for id_, page in read.items():
        document = etree.fromstring(files[posixpath.join(base, by_id[id_].get("href"))])
        assert document.get("version") == "3.0"
        (sequence,) = document.xpath("s:body/s:seq", namespaces=NS)
        assert sequence.get(f"{EPUB}textref") == page.get("href")
        order = pages[page.get("href")].xpath("//@id")
        clock, places, sounds = 0.0, [], set()
        for par in document.iter(f"{{{NS['s']}}}par"):
            (text,), (audio,) = par.xpath("s:text", namespaces=NS), par.xpath("s:audio", namespaces=NS)
            href, _, fragment = text.get("src").partition("#")
            assert href == page.get("href")
            places.append(order.index(fragment))
            begin, end = seconds(audio.get("clipBegin")), seconds(audio.get("clipEnd"))
            assert clock == begin < end, "no pause is left out, and nothing is read twice"
            clock = end
            sounds.add(audio.get("src"))
        assert places == sorted(places)
        assert len(places) == len(set(places))
        assert abs(clock - told[id_]) < 0.0005
        (sound,) = sounds
        (item,) = [i for i in items if i.get("href") == sound]
        with av.open(io.BytesIO(files[posixpath.join(base, sound)])) as media:
            assert item.get("media-type") == "audio/mp4"
            assert media.streams.audio[0].codec_context.name == "aac"
            length = float((media.duration or 0) / 1_000_000)
        assert clock <= length + 0.001
