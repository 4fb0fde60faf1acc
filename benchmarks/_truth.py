"""Books as read against books as known: chapters, matter, words; and the same books with their helpful marks gone."""

from __future__ import annotations

import html
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
from lxml import etree

from litink.books.model import BlockKind, Book, Section
from litink.books.numbering import normal

TOLERANCE = 0.03  # of a chapter's words, as truth and reader count dashes and ellipses differently


@dataclass
class Score:
    """Counts of one book against its truth."""

    chapters: int = 0
    found: int = 0
    boundaries: int = 0
    within: int = 0
    matter: int = 0
    matter_apart: int = 0
    extra: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))


# -- truth -------------------------------------------------------------------------------------------------------------


def score(book: Book, truth: dict[str, Any]) -> Score:
    """Chapters are looked for in order: by title (as listed or as printed) and by first words."""
    result = Score(chapters=len(truth["chapters"]), extra=max(0, len(book.chapters) - len(truth["chapters"])))
    chapters = list(book.chapters)
    position = 0
    for expected in truth["chapters"]:
        at = next((i for i in range(position, len(chapters)) if _begins(chapters[i], expected)), None)
        if at is None:
            continue
        position = at + 1
        result.found += _titled(chapters[at], expected)
        result.boundaries += _ends(chapters[at], expected)
        result.within += abs(_words(chapters[at]) - expected["word_count"]) <= TOLERANCE * expected["word_count"] + 1
    titles = {normal(section.title) for section in chapters}
    for title in truth["front_matter"] + truth["back_matter"]:
        result.matter += 1
        result.matter_apart += normal(title) not in titles
    return result


def _flat(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _running(section: Section) -> str:
    """The text as a reader of the truth counts it: speakers' names in, descriptions of pictures out."""
    parts = []
    speaker: str | None = None
    for block in section.blocks:
        if block.kind is BlockKind.PICTURE:
            continue
        if block.kind is BlockKind.SPEECH and block.speaker and block.speaker != speaker:
            parts.append(block.speaker)
        speaker = (
            block.speaker if block.kind is BlockKind.SPEECH else speaker if block.kind is BlockKind.STAGE else None
        )
        parts.append(section.block_text(block))
    return "\n".join(parts)


def _words(section: Section) -> int:
    return len(_running(section).split())


def _begins(section: Section, expected: dict[str, Any]) -> bool:
    """Whether the first words stand at the beginning; headings of sections and lists of objectives may go before."""
    text = _running(section)
    if "sections" in expected and isinstance(expected["sections"][0], dict):
        text = "\n".join(
            section.block_text(b) for b in section.blocks if b.kind not in (BlockKind.PICTURE, BlockKind.HEADING)
        )
    flat, first = _flat(text), _flat(expected["first_words"])
    # An argument printed below the heading is part of the truth's heading and of our text.
    argument = _flat(expected.get("heading", "")).removeprefix(_flat(expected["title"]))
    return flat.startswith((first, argument + first))


def _ends(section: Section, expected: dict[str, Any]) -> bool:
    return "last_words" not in expected or _flat(_running(section)).endswith(_flat(expected["last_words"]))


def _titled(section: Section, expected: dict[str, Any]) -> bool:
    wanted = {_flat(expected[key]) for key in ("title", "heading", "outline_title") if expected.get(key)}
    wanted |= {_flat(f"chapter {expected['title']}")}
    return bool({_flat(section.title), _flat(section.heading)} & wanted)


# -- words lost and doubled --------------------------------------------------------------------------------------------

_TAGS = re.compile(r"<[^>]+>", re.S)
_UNSEEN = re.compile(r"<(script|style|title)\b.*?</\1>|<!--.*?-->|<a [^>]*(?:noteref|backlink)[^>]*>.*?</a>|"
                     r"<a [^>]*href=\"[^\"]*#(?:footnote|citation)\d+\"[^>]*>.*?</a>", re.S | re.I)  # fmt: skip
_ALTERNATIVE = re.compile(r'<img [^>]*?alt="([^"]*)"[^>]*>', re.S)
_BLOCK_END = re.compile(
    r"</(?:p|div|h\d|li|td|tr|section|article|blockquote|figcaption|header)>|<br\s*/?>|</?pre>", re.I
)


def source_words(path: Path) -> Counter[str] | None:
    """Every word of the file by the plainest means (tags cut out of the bytes); None where that would not be fair."""
    if path.suffix == ".epub":
        texts = []
        with zipfile.ZipFile(path) as archive:
            package = next(n for n in archive.namelist() if n.endswith(".opf"))
            opf = archive.read(package).decode()
            folder = package.rpartition("/")[0]
            items = dict(re.findall(r'<item (?=[^>]*\bid="([^"]+)")[^>]*\bhref="([^"]+)"', opf))
            items |= {i: h for h, i in re.findall(r'<item (?=[^>]*\bhref="([^"]+)")[^>]*\bid="([^"]+)"', opf)}
            for reference in re.findall(r'<itemref [^>]*idref="([^"]+)"', opf):
                document = archive.read(f"{folder}/{items[reference]}").decode()
                body = document[document.index("<body") :]
                body = _ALTERNATIVE.sub(r" \1 ", _UNSEEN.sub("", body))
                texts.append(html.unescape(_TAGS.sub("", _BLOCK_END.sub(" ", body))))
        return _tokens(" ".join(texts))
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            root = etree.fromstring(archive.read("word/document.xml"))
        seen = ("}t", "}tab", "}br")
        paragraphs = [
            "".join(t.text or " " for t in p.iter() if str(t.tag).endswith(seen))
            for p in root.iter()
            if str(p.tag).endswith("}p")
        ]
        return _tokens(
            re.sub(r"\[(?:Illustration|Footnote \w)(?=[:\]])|\[[A-Z]\]|FOOTNOTES:", " ", " ".join(paragraphs))
        )
    return None


def _tokens(text: str) -> Counter[str]:
    return Counter(re.findall(r"[^\W_]+", re.sub("[\u00ad\u2060\u200b\ufeff]", "", text).casefold()))


def book_words(book: Book, *, every_speaker: bool) -> Counter[str]:
    """Every word that the Book holds: texts, headings, dividers' titles (once each), and notes that have no section.

    Two blocks of one speaker may be one speech or two: ``every_speaker`` counts the name for each.
    """
    words: Counter[str] = Counter()
    dividers: set[tuple[str, ...]] = set()
    for section in book.sections:
        words += _tokens(section.text) + _tokens(section.heading)
        spoken = section.blocks if every_speaker else _speech_openings(section)
        words += _tokens(" ".join(b.speaker or "" for b in spoken))
        dividers |= {section.path[:n] for n in range(1, len(section.path) + 1)}
    printed = {_flat(s.title) for s in book.sections} | {_flat(s.heading) for s in book.sections}
    for divider in dividers:
        if _flat(divider[-1]) not in printed and not any(p and p.startswith(_flat(divider[-1])) for p in printed):
            words += _tokens(divider[-1])
    matter = "\n".join(s.text for s in book.back_matter)
    for section in book.sections:
        for note in section.notes:
            if note.text and note.text.split("\n")[0] not in matter:
                words += _tokens(note.text)
    return words


def _speech_openings(section: Section) -> list[Any]:
    found, speaker = [], None
    for block in section.blocks:
        if block.kind is BlockKind.SPEECH and block.speaker != speaker:
            found.append(block)
        speaker = (
            block.speaker if block.kind is BlockKind.SPEECH else speaker if block.kind is BlockKind.STAGE else None
        )
    return found


# -- stripping ---------------------------------------------------------------------------------------------------------


_HEADING = re.compile(r"<(/?)h[1-6]\b")
_GROUPS = re.compile(r"</?(?:hgroup|header|section|article)\b[^>]*>")
_LOOK = 'style="text-align: center; font-weight: bold; font-size: 1.3em"'


def strip_marks(path: Path, target: Path, *, contents: bool, headings: bool = False) -> None:
    """Copy a book without ``epub:type``, bookmarks and heading styles.

    With ``contents`` its nav and NCX are empty too; with ``headings`` an EPUB's headings are paragraphs, bold and
    centred, and nothing groups them.
    """
    if path.suffix == ".pdf":
        writer = pypdf.PdfWriter(clone_from=str(path))
        writer.root_object.pop("/Outlines", None)
        writer.write(str(target))
        return
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            data = source.read(info)
            name = info.filename
            if name.endswith((".xhtml", ".html")):
                text = data.decode()
                if 'epub:type="landmarks"' in text:
                    text = re.sub(r'<nav[^>]*epub:type="landmarks".*?</nav>', "", text, flags=re.S)
                is_nav = 'epub:type="toc"' in text
                if is_nav and contents:
                    text = re.sub(r"<ol>.*</ol>", "", text, flags=re.S)
                if not is_nav:
                    text = re.sub(r'\s+epub:type="[^"]*"', "", text)
                if headings and not is_nav:
                    text = _GROUPS.sub("", _HEADING.sub(lambda h: "</p" if h[1] else f"<p {_LOOK}", text))
                data = text.encode()
            elif name.endswith(".ncx") and contents:
                data = re.sub(rb"<navMap>.*</navMap>", b"<navMap/>", data, flags=re.S)
            elif name == "word/document.xml":
                data = re.sub(rb'<w:pStyle w:val="[^"]*"/>', b"", data)
            out.writestr(info.filename, data)
