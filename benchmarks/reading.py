"""How well and how fast books are read, against books whose chapters are known; prints the table of docs/reading.md.

Measured on the books of ``../shared/books/books`` as they are and with their helpful marks taken away. Speed is a
ratio to the plainest extraction of the same file in the same process.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
from lxml import etree

from litink.books.model import BlockKind, Book, Section
from litink.books.numbering import normal
from litink.books.reading import read

ROOT = Path(__file__).resolve().parents[1]
BOOKS = ROOT / "../shared/books/books"
PAGE = ROOT / "docs/reading.md"
TOLERANCE = 0.03  # of a chapter's words, as truth and reader count dashes and ellipses differently
GOALS = {
    "chapters_found": 1.0,
    "boundaries": 1.0,
    "chapters_within_3_percent": 1.0,
    "matter_apart": 1.0,
    "boundaries_stripped": 0.98,
    "words_lost": 0,
    "words_doubled": 0,
    "epub_time_ratio": 2.0,
    "pdf_time_ratio": 2.0,
    "long_epub_seconds": 1.5,
}
AT_MOST = {"words_lost", "words_doubled", "epub_time_ratio", "pdf_time_ratio", "long_epub_seconds"}


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
    import html

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


def strip_marks(path: Path, target: Path, *, contents: bool) -> None:
    """Copy a book without ``epub:type``, bookmarks and heading styles; with ``contents`` without nav and NCX too."""
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
                data = text.encode()
            elif name.endswith(".ncx") and contents:
                data = re.sub(rb"<navMap>.*</navMap>", b"<navMap/>", data, flags=re.S)
            elif name == "word/document.xml":
                data = re.sub(rb'<w:pStyle w:val="[^"]*"/>', b"", data)
            out.writestr(info.filename, data)


# -- time --------------------------------------------------------------------------------------------------------------


def plain_epub(path: Path) -> None:
    """The least a reader can do: unzip, parse, join the text."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith((".xhtml", ".html")):
                "".join(map(str, etree.fromstring(archive.read(name), etree.XMLParser(recover=True)).itertext()))


def plain_pdf(path: Path) -> None:
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.get_textpage().get_text_range()
    document.close()


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def ratios(paths: list[Path], plain: Callable[[Path], None], rounds: int) -> list[float]:
    """Reading time of all files over the plain extraction's, once a round."""
    found = []
    for _ in range(rounds):
        ours = sum(seconds(partial(read, path)) for path in paths)
        theirs = sum(seconds(partial(plain, path)) for path in paths)
        found.append(ours / theirs)
    return found


# -- the run -----------------------------------------------------------------------------------------------------------


def run(*, quick: bool) -> tuple[list[str], dict[str, Any]]:
    """Lines of the report, and the figures."""
    books = sorted(path for path in BOOKS.glob("*/*") if path.suffix in (".epub", ".pdf", ".docx"))
    if not books:
        raise SystemExit(f"no books in {BOOKS}")
    lines = [
        "| book | chapters | found exactly | boundaries | within 3 % | matter apart | words lost | doubled |"
        " unmarked | no contents |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    total, bare, bare_contents = Score(), Score(), Score()
    lost_all = doubled_all = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in books:
            truth = json.loads((path.parent / "truth.json").read_text())
            book = read(path).book
            as_is = score(book, truth)
            total += as_is
            source = source_words(path)
            lost = doubled = None
            if source is not None:
                lost = sum((source - book_words(book, every_speaker=True)).values())
                doubled = sum((book_words(book, every_speaker=False) - source).values())
                lost_all, doubled_all = lost_all + lost, doubled_all + doubled
            stripped = []
            for contents in (False, True):
                target = Path(folder) / f"{path.stem}-{contents}{path.suffix}"
                strip_marks(path, target, contents=contents)
                stripped.append(score(read(target).book, truth))
            bare, bare_contents = bare + stripped[0], bare_contents + stripped[1]
            lines.append(_row(path.stem, as_is, lost, doubled, *stripped))
    lines.append(_row("**all**", total, lost_all, doubled_all, bare, bare_contents))
    rounds = 5 if quick else 9
    epubs = [p for p in books if p.suffix == ".epub"]
    longest = next(p for p in epubs if p.stem == "the-brothers-karamazov")
    epub = ratios(epubs, plain_epub, rounds)
    pdf = ratios([p for p in books if p.suffix == ".pdf"], plain_pdf, rounds)
    long = [seconds(lambda: read(longest)) for _ in range(rounds)]
    figures = {
        "chapters_found": round(total.found / total.chapters, 4),
        "boundaries": round(total.boundaries / total.chapters, 4),
        "chapters_within_3_percent": round(total.within / total.chapters, 4),
        "extra_chapters": total.extra,
        "matter_apart": round(total.matter_apart / total.matter, 4),
        "words_lost": lost_all,
        "words_doubled": doubled_all,
        "boundaries_stripped": round(bare.boundaries / bare.chapters, 4),
        "boundaries_without_contents": round(bare_contents.boundaries / bare_contents.chapters, 4),
        "epub_time_ratio": round(statistics.median(epub), 2),
        "pdf_time_ratio": round(statistics.median(pdf), 2),
        "long_epub_seconds": round(statistics.median(long), 2),
    }
    lines += [
        "",
        f"- EPUB: {figures['epub_time_ratio']} × the time of `zipfile` + `lxml` text extraction"
        f" ({_spread(epub)}, {rounds} rounds).",
        f"- PDF: {figures['pdf_time_ratio']} × the time of PDFium's plain extraction ({_spread(pdf)},"
        f" {rounds} rounds).",
        f"- The 350,000-word EPUB: {figures['long_epub_seconds']} CPU seconds ({_spread(long)}).",
    ]
    return lines, figures


def _row(name: str, as_is: Score, lost: int | None, doubled: int | None, bare: Score, bare_contents: Score) -> str:
    found = (as_is.chapters, as_is.found, as_is.boundaries, as_is.within)
    matter = f"{as_is.matter_apart} / {as_is.matter}"
    cells = (name, *found, matter, _cell(lost), _cell(doubled), bare.boundaries, bare_contents.boundaries)
    return "| " + " | ".join(map(str, cells)) + " |"


def _cell(value: int | None) -> str:
    return "–" if value is None else str(value)


def _spread(values: list[float]) -> str:
    return f"{min(values):.2f}–{max(values):.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the table to docs/reading.md")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--quick", action="store_true", help="at most 50 seconds")
    arguments = parser.parse_args()
    lines, figures = run(quick=arguments.quick)
    print("\n".join(lines))
    short = [
        name for name, goal in GOALS.items() if (figures[name] > goal if name in AT_MOST else figures[name] < goal)
    ]
    if arguments.write:
        before, mark, _ = PAGE.read_text().partition("<!-- table -->\n")
        PAGE.write_text(before + mark + "\n" + "\n".join(lines) + "\n")
    if arguments.json:
        print(json.dumps({"figures": figures, "goals": GOALS, "short": short}))


if __name__ == "__main__":
    main()
