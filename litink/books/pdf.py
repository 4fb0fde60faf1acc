"""PDF files: opened, refused by name when they cannot be read, bookmarks resolved.

Lines: pdf_lines.py; their order: pdf_pages.py; paragraphs: pdf_layout.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2 as pdfium

from litink.books.headings import mark_headings
from litink.books.model import BlockKind
from litink.books.numbering import is_label_only, label_of, normal
from litink.books.pdf_layout import lay_out
from litink.books.pdf_lines import Page, read_page
from litink.books.pieces import Entry, Manuscript, Piece, metadata_line
from litink.errors import Refused

MAX_PAGES = 20_000
MAX_OUTLINE = 5_000
SAMPLE = 50_000  # characters
MAX_HEADING = 25  # words of a line that a bookmark can mean
VOWEL_SHARE = 0.22  # of Latin letters; every language written in them has more, a wrong font map has fewer
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD of fpdfview.h
_VOWELS = frozenset("aeiouyáàâäãåāéèêëēíìîïīóòôöõøōúùûüūýæœ")
_SOFTWARE_TITLE = re.compile(
    r"microsoft (?:word|powerpoint)\b|\.(?:docx?|pdf|indd|qxd|tex|dvi|rtf)$|^untitled|^document ?\d*$", re.I
)
_GUTENBERG_TITLE = re.compile(r"^The Project Gutenberg e?Book(?: #?\d+)?(?: of|:)\s*", re.I)


def read_pdf(path: Path) -> Manuscript:
    """Raises Refused for damaged, protected, empty, scanned or unreadable documents."""
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise Refused("pdf-password", "The PDF needs a password; please upload a copy without one.") from error
        raise Refused(
            "pdf-damaged", "The PDF is damaged or holds no page; please download or export it again."
        ) from error
    try:
        return _read(document)
    finally:
        document.close()


def _read(document: pdfium.PdfDocument) -> Manuscript:
    count = len(document)
    if count == 0:
        raise Refused("pdf-no-pages", "The PDF has no page; please export it again.")
    if count > MAX_PAGES:
        raise Refused("pdf-too-long", f"The PDF has more than {MAX_PAGES:,} pages; please split it.")
    pages: list[Page] = []
    lost = 0
    for index in range(count):
        try:
            pages.append(read_page(document, index))
        except pdfium.PdfiumError:
            lost += 1
    _refuse_without_text(pages)
    metadata = document.get_metadata_dict(skip_empty=True)
    title = _GUTENBERG_TITLE.sub("", metadata_line(metadata.get("Title", ""))).rstrip(".")
    if _SOFTWARE_TITLE.search(title):
        title = ""
    manuscript = Manuscript("pdf", title, metadata_line(metadata.get("Author", "")), "und", lay_out(pages))
    if lost:
        manuscript.warn("pdf-pages-lost", f"{lost} of {count} pages of the PDF could not be read.")
    bookmarks = _bookmarks(document)
    mark_headings(manuscript)
    _use_bookmarks(manuscript, bookmarks)
    return manuscript


def _refuse_without_text(pages: list[Page]) -> None:
    letters = [c for c in "".join(line.text for page in pages for line in page.lines)[:SAMPLE] if c.isalpha()]
    textless = sum(1 for page in pages if not page.lines)
    if not pages:
        raise Refused("pdf-damaged", "The PDF is damaged: none of its pages could be read; please export it again.")
    if len(letters) < 20 and textless:
        raise Refused(
            "pdf-scan",
            "The PDF has no text layer: its pages are pictures (a scan). Please run text recognition over it (OCR) and "
            "upload the result.",
        )
    latin = [c.lower() for c in letters if c < "\u0250"]
    if len(latin) > 100 and len(latin) * 2 > len(letters):
        vowels = sum(1 for c in latin if c in _VOWELS)
        if vowels < VOWEL_SHARE * len(latin):
            raise Refused(
                "pdf-gibberish",
                "The text layer of the PDF is scrambled (its fonts do not say which letters they show). Please run "
                "text recognition over it (OCR) and upload the result.",
            )


def _bookmarks(document: pdfium.PdfDocument) -> list[tuple[int, str, int]]:
    """(level, title, page index) of the outline; loops and dead targets left out."""
    found: list[tuple[int, str, int]] = []
    seen: set[tuple[str, int]] = set()
    try:
        for bookmark in document.get_toc(max_depth=8):
            title = metadata_line(bookmark.get_title())
            destination = bookmark.get_dest()
            page = destination.get_index() if destination else None
            if title and page is not None and 0 <= page < len(document) and (title, page) not in seen:
                seen.add((title, page))
                found.append((bookmark.level, title, page))
            if len(found) >= MAX_OUTLINE:
                break
    except pdfium.PdfiumError:
        return found
    return found


def _use_bookmarks(manuscript: Manuscript, bookmarks: list[tuple[int, str, int]]) -> None:
    """Bookmarks as the contents list, each at the heading it means, unless the pages contradict them."""
    if not bookmarks:
        return
    pieces = manuscript.pieces
    first_on: dict[int, int] = {}
    for index, piece in enumerate(pieces):
        first_on.setdefault(piece.part, index)
    entries: list[tuple[int, Entry]] = []
    agreeing = 0
    for level, title, page in bookmarks:
        at, agrees = _place(title, page, pieces, first_on)
        if at is not None:
            agreeing += agrees
            entries.append((level, Entry(title, at)))
    headings = sum(1 for p in pieces if p.kind is BlockKind.HEADING)
    if agreeing * 2 < len(entries) and headings >= 2:
        manuscript.warn(
            "pdf-bookmarks-wrong", "The PDF's bookmarks do not agree with its pages; its headings were used."
        )
        return
    if len(entries) < len(bookmarks):
        manuscript.warn("pdf-bookmarks-dead", "Some of the PDF's bookmarks point to pages without text.")
    manuscript.contents = []
    stack: list[tuple[int, list[Entry]]] = [(-1, manuscript.contents)]
    for level, entry in entries:
        while stack[-1][0] >= level:
            stack.pop()
        stack[-1][1].append(entry)
        stack.append((level, entry.children))


def _place(title: str, page: int, pieces: list[Piece], first_on: dict[int, int]) -> tuple[int | None, bool]:
    """The piece a bookmark means, and whether its words are printed there."""
    start = first_on.get(page)
    if start is None:
        later = [at for number, at in first_on.items() if number > page]
        return (min(later), False) if later else (None, False)
    wanted = _significant(title)
    here = []
    for index in range(start, len(pieces)):
        if pieces[index].part > page:
            break
        if pieces[index].kind is BlockKind.HEADING or pieces[index].word_count <= MAX_HEADING:
            here.append(index)
    label = label_of(title)
    if label and label.number:
        # "Chapter Three" is not meant by a bookmark that says "Chapter One".
        here = [i for i in here if (other := label_of(pieces[i].text)) is None or other.number in (None, label.number)]
    alone = (i for i in here if wanted <= set(normal(pieces[i].text).split()))
    over_two = (
        i for i in here if i + 1 in here and wanted <= set(normal(f"{pieces[i].text} {pieces[i + 1].text}").split())
    )
    best = next(alone, next(over_two, None))
    if best is None or not wanted:
        return start, False
    # A label above the matched name belongs to it.
    while best > start and is_label_only(pieces[best - 1].text) and pieces[best - 1].part == page:
        best -= 1
    return best, True


def _significant(title: str) -> set[str]:
    words = normal(title).split()
    return {w for w in words if len(w) > 3 or w.isdigit()} or set(words)
