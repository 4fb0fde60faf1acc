"""A web page to the article on it, without menus, comments and notices. Whether a file is a web page: webpages.py.

trafilatura decides what the article is; what it would lose of it is kept by article_parts.py.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lxml import etree
from lxml.html import HtmlElement

from litink.books.article_parts import as_html, letters, prepare, text_in
from litink.books.assembly import Draft
from litink.books.markup import read_markup
from litink.books.model import BlockKind, Origin, SectionKind
from litink.books.notes import attach_notes
from litink.books.numbering import normal
from litink.books.pieces import Manuscript, Piece, metadata_line, one_line
from litink.books.webpages import parse_page, prose, visible_words

if TYPE_CHECKING:
    from trafilatura.settings import Document

LONG = 6000  # words; a longer article is divided at its headings
OPENING = 80  # letters of a paragraph by which it is known again
ENOUGH = 0.6  # share of the page's prose that an article should hold
TOO_LITTLE = 0.2  # with less the page is not understood and read whole

# Only dates that a page states: no guess from its text, and the same answer whenever the file is read again.
_DATES = {"extensive_search": False, "original_date": True, "max_date": "2200-01-01"}
_SEPARATOR = re.compile(r"\s[|–—·»-]\s")


def read_article(text: str, address: str) -> Manuscript | None:
    """The article of a page; None when the file does not look like a web page, or its article cannot be told.

    ``address`` is where the page was fetched, empty for a file. The manuscript has its ``origin`` set.
    """
    page = parse_page(text)
    if page is None:
        return None
    headings, window = _headings(page), one_line(page.findtext("head/title") or "")
    language = page.get("lang") or page.get("xml:lang") or ""
    shown = visible_words(page)
    notes = prepare(page)
    wanted = prose(page)
    best, share = None, -1.0
    for generous in (False, True):
        found = _extract(page, address, generous=generous)
        if found is not None and (held := _share(wanted, found.body)) > share:
            best, share = found, held
        if share >= ENOUGH:
            break
    if best is None or share < TOO_LITTLE:
        return None
    kept = len(text_in(best.body).split())
    address = address or best.url or ""
    site = metadata_line(best.sitename or urlsplit(address).hostname)
    pieces = read_markup(as_html(best.body, page, notes), "", 0)
    if not pieces:
        return None
    manuscript = Manuscript(
        "html",
        title=_title(pieces[0], headings, window, site) or metadata_line(best.title),
        author=metadata_line((best.author or "").replace("; ", ", ")),
        language=language,
        pieces=pieces,
        origin=Origin(address=address, site=site, published=best.date or ""),
    )
    left_out = max(0, shown - kept)
    manuscript.warn(
        "page-parts-left-out", f"{left_out:,} words of the web page (menus, comments, notices) were left out."
    )
    return manuscript


def _headings(page: HtmlElement) -> list[str]:
    return [text for heading in page.iter("h1", "h2") if (text := text_in(heading).rstrip("¶#").strip())]


def _title(first: Piece, headings: list[str], window: str, site: str) -> str:
    """The heading that stands first in the article, or with which the window's title begins or ends; else that title.

    A site's name, which pages often have in a heading and in the window's title, is no title.
    """
    named = normal(window)
    if first.kind is BlockKind.HEADING and normal(first.text) in named:
        return metadata_line(first.text)
    fitting = [
        h for h in headings if normal(h) != normal(site) and (named.startswith(normal(h)) or named.endswith(normal(h)))
    ]
    if fitting:
        return metadata_line(max(fitting, key=lambda heading: (named.startswith(normal(heading)), len(heading))))
    parts = _SEPARATOR.split(window)
    if len(parts) > 1 and site and normal(parts[-1]) in (normal(site), normal(site.rpartition(".")[0])):
        window = window[: -len(parts[-1])].rstrip(" |–—·»-")
    return metadata_line(window)


def article_sections(manuscript: Manuscript) -> list[Draft]:
    """An article is one chapter; a long one is divided at its uppermost headings, what stands above them first."""
    pieces = manuscript.pieces
    heading = ""
    if pieces and pieces[0].kind is BlockKind.HEADING and _same(pieces[0].text, manuscript.title):
        heading, pieces = pieces[0].text, pieces[1:]
    drafts = [Draft(SectionKind.CHAPTER, manuscript.title or heading, [], heading=heading)]
    levels = Counter(p.level for p in pieces if p.kind is BlockKind.HEADING)
    uppermost = min((level for level, count in levels.items() if level and count > 1), default=None)
    divided = sum(p.word_count for p in pieces) > LONG
    for piece in pieces:
        if divided and piece.kind is BlockKind.HEADING and piece.level == uppermost:
            drafts.append(Draft(SectionKind.CHAPTER, " ".join(piece.text.split()), [], heading=piece.text))
        else:
            drafts[-1].pieces.append(piece)
    drafts = [draft for draft in drafts if draft.pieces]
    attach_notes(drafts)
    return drafts


def _same(heading: str, title: str) -> bool:
    a, b = normal(heading), normal(title)
    return bool(a) and (a == b or a.startswith(b) or b.startswith(a))


def _share(wanted: list[str], body: etree._Element) -> float:
    """The share of the page's prose, by words, that an article holds; 1 when there is none."""
    held = letters(text_in(body))
    total = sum(len(text.split()) for text in wanted)
    there = sum(len(text.split()) for text in wanted if letters(text)[:OPENING] in held)
    return there / total if total else 1.0


def _extract(page: HtmlElement, address: str, *, generous: bool) -> Document | None:
    """trafilatura's document, with ``body`` in its own vocabulary; None when it finds nothing, or fails."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    try:
        found = bare_extraction(
            page,
            url=address or None,
            include_comments=False,
            include_images=True,
            include_formatting=True,
            with_metadata=True,
            favor_recall=generous,
            date_extraction_params=_DATES,
        )
    except Exception:  # whatever it stumbles over on an odd page: the page is read whole then
        return None
    return found if isinstance(found, Document) and found.body is not None else None
