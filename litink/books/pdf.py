"""PDF files: opened, refused by name when they cannot be read, bookmarks resolved.

Lines: pdf_lines.py; their order: pdf_pages.py; paragraphs: pdf_layout.py.
"""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from litink.books.headings import mark_headings
from litink.books.model import BlockKind
from litink.books.numbering import is_label_only, label_of, normal
from litink.books.ocr import Recogniser
from litink.books.pdf_layout import lay_out
from litink.books.pdf_lines import read_page
from litink.books.pdf_model import Page
from litink.books.pdf_pictures import read_pictures
from litink.books.pdf_structure import Structure, repaired
from litink.books.pieces import Entry, Manuscript, Piece, metadata_line
from litink.errors import Refused

MAX_PAGES = 20_000
MAX_OUTLINE = 5_000
MAX_HEADING = 25  # words of a line that a bookmark can mean
_PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD of fpdfview.h
_SOFTWARE_TITLE = re.compile(
    r"microsoft (?:word|powerpoint)\b|\.(?:docx?|pdf|indd|qxd|tex|dvi|rtf)$|^untitled|^document ?\d*$", re.I
)
_GUTENBERG_TITLE = re.compile(r"^The Project Gutenberg e?Book(?: #?\d+)?(?: of|:)\s*", re.I)


def read_pdf(path: Path, recogniser: Recogniser | None = None) -> Manuscript:
    """Scanned pages are read by ``recogniser``; without one a scan is refused.

    Raises Refused for damaged, protected, empty, scanned or unreadable documents.
    """
    document = _open(path)
    try:
        return _read(document, Structure(path), recogniser)
    finally:
        document.close()


def _open(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or getattr(error, "err_code", None) == _PASSWORD_ERROR:
            raise Refused("pdf-password", "The PDF needs a password; please upload a copy without one.") from error
    damaged = Refused("pdf-damaged", "The PDF is damaged or holds no page; please download or export it again.")
    data = repaired(path)
    if data is None:
        raise damaged
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise damaged from error


def _read(document: pdfium.PdfDocument, structure: Structure, recogniser: Recogniser | None) -> Manuscript:
    count = len(document)
    if count == 0:
        raise Refused("pdf-no-pages", "The PDF has no page; please export it again.")
    if count > MAX_PAGES:
        raise Refused("pdf-too-long", f"The PDF has more than {MAX_PAGES:,} pages; please split it.")
    bookmarks = _bookmarks(document, structure)
    tagged = len(bookmarks) < 2 and bool(raw.FPDFCatalog_IsTagged(document.raw))
    pages, lost = _pages(document, marks=tagged)
    warnings = read_pictures(document, pages, recogniser)
    if tagged:
        _tag_headings(pages, structure)
    title, author = _title_and_author(document, structure)
    manuscript = Manuscript("pdf", title, author, "und", lay_out(pages))
    if lost:
        manuscript.warn("pdf-pages-lost", f"{lost} of {count} pages of the PDF could not be read.")
    for code, message in warnings:
        manuscript.warn(code, message)
    mark_headings(manuscript)
    _use_bookmarks(manuscript, bookmarks)
    return manuscript


def _pages(document: pdfium.PdfDocument, *, marks: bool) -> tuple[list[Page], int]:
    """The pages that can be read, and the number of those that cannot."""
    pages: list[Page] = []
    lost = 0
    for index in range(len(document)):
        try:
            pages.append(read_page(document, index, marks=marks))
        except pdfium.PdfiumError:
            lost += 1
    if not pages:
        raise Refused("pdf-damaged", "The PDF is damaged: none of its pages could be read; please export it again.")
    return pages, lost


def _tag_headings(pages: list[Page], structure: Structure) -> None:
    levels = structure.heading_levels()
    for page in pages:
        for line in page.lines:
            line.level = levels.get((page.index, line.mark), 0)


def _title_and_author(document: pdfium.PdfDocument, structure: Structure) -> tuple[str, str]:
    metadata = document.get_metadata_dict(skip_empty=True)
    title, author = metadata_line(metadata.get("Title", "")), metadata_line(metadata.get("Author", ""))
    if not title or not author:
        xmp_title, xmp_author = structure.xmp()
        title, author = title or xmp_title, author or xmp_author
    title = _GUTENBERG_TITLE.sub("", title).rstrip(".")
    return "" if _SOFTWARE_TITLE.search(title) else title, author


def _bookmarks(document: pdfium.PdfDocument, structure: Structure) -> list[tuple[int, str, int]]:
    """(level, title, page index) of the outline; loops and dead targets left out."""
    found: list[tuple[int, str, int]] = []
    seen: set[tuple[str, int]] = set()
    dead = 0
    try:
        for bookmark in document.get_toc(max_depth=8):
            title = metadata_line(bookmark.get_title())
            destination = bookmark.get_dest()
            page = destination.get_index() if destination else None
            dead += page is None
            if title and page is not None and 0 <= page < len(document) and (title, page) not in seen:
                seen.add((title, page))
                found.append((bookmark.level, title, page))
            if len(found) + dead >= MAX_OUTLINE:
                break
    except pdfium.PdfiumError:
        return found
    if dead and dead < MAX_OUTLINE:  # names that PDFium does not find
        known = [entry for entry in structure.bookmarks()[:MAX_OUTLINE] if entry[2] < len(document)]
        return known if len(known) > len(found) else found
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
