"""The EPUB itself: sound of each chapter, package document, navigation, the archive. Pages and overlays come ready."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np

from litink.books.model import Section
from litink.errors import PermanentFailure
from litink.media.aac import AacWriter
from litink.media.audiobook import heard
from litink.media.files import whole
from litink.media.loudness import factor
from litink.media.mp4.tags import Tags
from litink.media.mp4.write import Run, write_movie
from litink.media.read_along.markup import clock, text
from litink.media.read_along.overlay import Heard, Part, overlay, parts_of
from litink.media.read_along.page import PAGE, Mark, chapter_page
from litink.media.sound import AUDIOBOOK_LUFS, FILM_LUFS
from litink.media.timeline import Timeline

READ_ALONG_VERSION = 1  # raised when the same book is to come out differently
BITRATE = 64_000  # mono speech on a telephone
_ACTIVE: Final = "-epub-media-overlay-active"
_CONTAINER: Final = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>\
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
"""
_STYLE: Final = f"""\
body {{ margin: 5%; line-height: 1.5; }}
h1, h2, h3, h4, h5, h6, .break, .cover {{ text-align: center; }}
p {{ margin: 0 0 0.7em; }}
.verse, .letter, .quotation, .list, .table, .code {{ margin-left: 1.5em; }}
.stage {{ font-style: italic; }}
.speaker {{ font-variant: small-caps; }}
.code {{ font-family: monospace; white-space: pre-wrap; }}
.cover img {{ max-width: 100%; max-height: 95vh; }}
.{_ACTIVE} {{ background: #ffe9a8; color: #1b1b1b; border-radius: 0.15em; }}
"""
_IMAGES: Final = {b"\x89PNG": ("cover.png", "image/png"), b"\xff\xd8\xff": ("cover.jpg", "image/jpeg")}


@dataclass(frozen=True)
class Chapter:
    section: Section
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class About:
    """``identifier`` is the book's for good, ``modified`` when what it holds was made; ``language`` is BCP 47."""

    identifier: UUID
    title: str
    author: str
    language: str
    modified: datetime
    cover: bytes = b""  # PNG or JPEG; another kind is left out


@dataclass(frozen=True)
class _Item:
    id: str
    href: str
    media_type: str
    data: str | bytes | Path
    properties: str = ""
    overlay: str = ""  # id of the item that reads it
    milliseconds: int = 0  # of an overlay


def write_read_along(
    about: About, chapters: Sequence[Chapter], timeline: Timeline, lines: Callable[[str], bytes], out: Path
) -> float:
    """Write ``out``; the seconds that are read. ``lines`` gives a line's sound, finished for the film, by its id.

    Chapters of which nothing is spoken are there to be read. The same arguments give the same bytes. Raises
    PermanentFailure ``nothing-to-hear``, ``sound-unreadable`` or ``line-out-of-step``.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as folder:
        items: list[_Item] = [_Item("style", "style.css", "text/css", _STYLE)]
        spine: list[tuple[_Item, str]] = []
        if image := next((_IMAGES[magic] for magic in _IMAGES if about.cover.startswith(magic)), None):
            items.append(_Item("cover-image", *image, about.cover, "cover-image"))
            body = f'<div class="cover"><img src="{image[0]}" alt="{text(f"Cover of {about.title}")}"/></div>'
            spine.append((_Item("cover", "cover.xhtml", "application/xhtml+xml", _page(about, body)), ""))
        author = f"<p>{text(about.author)}</p>" if about.author else ""
        body = f'<section epub:type="titlepage"><h1>{text(about.title)}</h1>{author}</section>'
        spine.append((_Item("titlepage", "title.xhtml", "application/xhtml+xml", _page(about, body)), ""))
        for number, chapter in enumerate(chapters, start=1):
            page, *media = _chapter(chapter, f"c{number:03}", about.language, timeline, lines, Path(folder))
            items += media
            spine.append((page, chapter.section.title.strip() or f"Chapter {number}"))
        total = sum(item.milliseconds for item in items)
        if not total:
            raise PermanentFailure("nothing-to-hear", "No line has been spoken yet. Make the voices first.")
        nav = _Item("nav", "nav.xhtml", "application/xhtml+xml", _navigation(about, spine), "nav")
        items += [nav, *(item for item, _ in spine)]
        with whole(out) as path:
            _archive(path, _package(about, items, [item.id for item, _ in spine], total), items)
    return total / 1000


def _page(about: About, body: str) -> str:
    return PAGE.format(language=text(about.language), title=text(about.title), body=body)


def _chapter(
    chapter: Chapter, name: str, language: str, timeline: Timeline, lines: Callable[[str], bytes], folder: Path
) -> Iterator[_Item]:
    """The page, then the overlay and the sound where something is heard."""
    markup, fragments = chapter_page(chapter.section, chapter.marks, language)
    page, sound = f"{name}.xhtml", folder / f"{name}.m4a"
    own = [clip for clip in timeline.clips if clip.chapter == chapter.section.key]
    starts, seconds = _speak(timeline.model_copy(update={"clips": tuple(own)}), lines, sound)
    parts: tuple[Part, ...] = parts_of(fragments, starts, seconds)
    yield _Item(name, page, "application/xhtml+xml", markup, overlay=f"{name}-smil" if parts else "")
    if parts:
        smil = overlay(parts, page, sound.name)
        read = sum(part.end - part.begin for part in parts)
        yield _Item(f"{name}-smil", f"{name}.smil", "application/smil+xml", smil, milliseconds=read)
        yield _Item(f"{name}-sound", sound.name, "audio/mp4", sound)


def _speak(timeline: Timeline, lines: Callable[[str], bytes], out: Path) -> tuple[dict[str, Heard], float]:
    """Write the timeline's sound; where each line begins in it, and its seconds. No file where nothing is heard."""
    gain = np.float32(factor(AUDIOBOOK_LUFS - FILM_LUFS))
    spoken = {clip.key: [line for line in clip.lines if not line.missing] for clip in timeline.clips}
    pieces: Counter[str] = Counter()  # of each clip so far: silence and lines in turns
    starts: dict[str, Heard] = {}
    with tempfile.NamedTemporaryFile(dir=out.parent, suffix=".aac") as packets:
        writer: AacWriter | None = None
        for clip, rate, sound in heard(timeline, lines):
            writer = writer or AacWriter(packets, rate, BITRATE)
            number, is_line = divmod(pieces[clip.key], 2)
            if is_line:
                line = spoken[clip.key][number]
                starts[line.id] = Heard(line, writer.position / rate)
            pieces[clip.key] += 1
            writer.feed(sound * gain)
        if writer is None:
            return {}, 0.0
        seconds, track = writer.seconds, writer.finish()
        packets.flush()
        write_movie(out, [track], [Run(Path(packets.name), 0, track.bytes)], Tags(title="", kind="audiobook"))
    return starts, seconds


def _navigation(about: About, spine: Sequence[tuple[_Item, str]]) -> str:
    rows = "".join(f'<li><a href="{item.href}">{text(title or item.id)}</a></li>' for item, title in spine if title)
    contents = f'<nav epub:type="toc" id="toc"><h1>{text(about.title)}</h1><ol>{rows}</ol></nav>'
    first = next(item for item, title in spine if title)
    marks = f'<li><a epub:type="bodymatter" href="{first.href}">{text(about.title)}</a></li>'
    return _page(about, f'{contents}<nav epub:type="landmarks" hidden="hidden"><ol>{marks}</ol></nav>')


def _package(about: About, items: Sequence[_Item], spine: Sequence[str], total: int) -> str:
    modified = about.modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    creator = f"<dc:creator>{text(about.author)}</dc:creator>" if about.author else ""
    durations = "".join(
        f'<meta property="media:duration" refines="#{item.id}">{clock(item.milliseconds)}</meta>'
        for item in items
        if item.milliseconds
    )
    access = "".join(
        f'<meta property="schema:{name}">{value}</meta>'
        for name, value in (
            ("accessMode", "textual"),
            ("accessMode", "auditory"),
            ("accessModeSufficient", "textual"),
            ("accessModeSufficient", "auditory"),
            ("accessibilityFeature", "synchronizedAudioText"),
            ("accessibilityFeature", "tableOfContents"),
            ("accessibilityHazard", "none"),
            ("accessibilitySummary", "The text is highlighted as a synthetic voice reads it."),
        )
    )
    manifest = "\n".join(
        f'<item id="{item.id}" href="{item.href}" media-type="{item.media_type}"'
        + (f' properties="{item.properties}"' if item.properties else "")
        + (f' media-overlay="{item.overlay}"' if item.overlay else "")
        + "/>"
        for item in items
    )
    order = "".join(f'<itemref idref="{id_}"/>' for id_ in spine)
    return f"""\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" \
xml:lang="{text(about.language)}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{about.identifier.urn}</dc:identifier><dc:title>{text(about.title)}</dc:title>{creator}\
<dc:language>{text(about.language)}</dc:language><meta property="dcterms:modified">{modified}</meta>
<meta property="media:duration">{clock(total)}</meta>{durations}
<meta property="media:active-class">{_ACTIVE}</meta>{access}
</metadata>
<manifest>
{manifest}
</manifest>
<spine>{order}</spine>
</package>
"""


def _archive(out: Path, package: str, items: Sequence[_Item]) -> None:
    """The type first and stored, so that a file's first bytes tell it; sound and pictures are packed already."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        _put(archive, "META-INF/container.xml", _CONTAINER)
        _put(archive, "EPUB/package.opf", package)
        for item in items:
            kind = zipfile.ZIP_DEFLATED if isinstance(item.data, str) else zipfile.ZIP_STORED
            _put(archive, f"EPUB/{item.href}", item.data, kind)


def _put(archive: zipfile.ZipFile, name: str, data: str | bytes | Path, kind: int = zipfile.ZIP_DEFLATED) -> None:
    entry = zipfile.ZipInfo(name)  # of the same age whenever it is made
    entry.compress_type, entry.external_attr = kind, 0o644 << 16
    if not isinstance(data, Path):
        archive.writestr(entry, data)
        return
    entry.file_size = data.stat().st_size
    with data.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target, 1 << 20)
