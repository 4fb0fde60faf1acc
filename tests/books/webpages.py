"""The web pages in ``pages/``: what of each is its article stands between ⟦ and ⟧, which the page itself lacks."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from litink.books.model import Book

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
_ARTICLE = re.compile("⟦(.*?)⟧", re.S)
_UNSEEN = re.compile(r"<(script|style|title|head)\b.*?</\1>|<!--.*?-->", re.S | re.I)
_ALTERNATIVE = re.compile(r'alt="([^"]*)"')
_EDGE = re.compile(r"</(?:p|div|h\d|li|td|th|tr|figcaption|dt|dd|caption|a|button)>|<br\s*/?>|</span>\s", re.I)


@dataclass(frozen=True)
class WebPage:
    html: str
    article: Counter[str]
    furniture: Counter[str]  # every other word that the page shows

    def kept(self, book: Book) -> float:
        """The share of the article's words that the book has."""
        return (self.article & words_of(book)).total() / self.article.total()

    def left_out(self, book: Book) -> float:
        """The share of the other words that the book does not have."""
        return 1 - (self.furniture & (words_of(book) - self.article)).total() / self.furniture.total()


def load(path: Path) -> WebPage:
    marked = path.read_text()
    page = marked.replace("⟦", "").replace("⟧", "")
    article = words(" ".join(_plain(part) for part in _ARTICLE.findall(marked)))
    return WebPage(page, article, source_words(page) - article)


def words_of(book: Book) -> Counter[str]:
    """Headings and titles count: an article's heading is its title."""
    parts = [text for s in book.sections for text in (s.heading or s.title, s.text)]
    return words(" ".join(parts))


def source_words(page: str) -> Counter[str]:
    """Every word of an HTML file by the plainest means, descriptions of pictures included."""
    shown = _UNSEEN.sub(" ", page)
    return words(" ".join([_plain(shown), *map(html.unescape, _ALTERNATIVE.findall(shown))]))


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))


def _plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", _EDGE.sub(" ", text)))
