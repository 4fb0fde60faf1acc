"""Whether an HTML file is a page of a web site or a book. Its article is found elsewhere (articles.py).

A site's pages are framed by links to its other pages that stand by themselves, in menus, lists and footers. A book's
links lead to places in the same file, or stand in its sentences.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from litink.books.matter import GUTENBERG_START
from litink.books.trees import CONTROLS, Unreadable, parse_soup

MAX_PAGE = 4 << 20  # characters; no article's page is longer, and finding one in it would take too long
MENU_LINKS = 5  # fewer links that stand by themselves frame nothing
MENU_WORDS = 400  # a link for so many words, or more often
LANDMARK_LINKS = 3  # links in what is marked as menu, header or footer
MOST_WORDS = 40_000  # longer than any article whose menu is small
ALONE = 0.7  # share of a block's letters that are links where links stand by themselves
PROSE = 15  # words of a paragraph that is more than a label

_LINK = re.compile(r"<a\s[^>]{0,300}?href\s*=\s*[\"']?(?![\"'#])", re.I)
_SILENT = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe"})
_INLINE = frozenset(
    [
        "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "img", "kbd", "mark", "q", "s", "small",
        "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "button", "label", "input",
    ]
)  # fmt: skip
_LANDMARKS = frozenset({"nav", "header", "footer", "aside"})
_LANDMARK_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu", "menubar"})
_LANDMARK_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|sidebar|header|footer|masthead)(?:$|[\s_-])", re.I
)
_COMMENT_NAME = re.compile(r"(?:^|[\s_-])(?:comments?|kommentare?|respond|disqus|replies|reviews)(?:$|[\s_-])", re.I)


def parse_page(text: str) -> HtmlElement | None:
    """The tree of a web page; None when the file does not look like one."""
    if len(text) > MAX_PAGE or len(_LINK.findall(text)) < LANDMARK_LINKS or GUTENBERG_START.search(text):
        return None
    try:
        root = parse_soup(CONTROLS.sub("", text))
    except Unreadable:
        return None
    if not _is_framed(root):
        return None
    # As elements of lxml.html, which trafilatura asks for.
    return document_fromstring(etree.tostring(root, encoding="utf-8", method="html"), HTMLParser(encoding="utf-8"))


def visible_words(page: HtmlElement) -> int:
    """All words of the page that a browser may show."""
    return _links(page)[2]


def prose(page: HtmlElement) -> list[str]:
    """The paragraphs that are more than labels, comments of readers left out."""
    found = []
    for paragraph in page.iter("p", "li", "blockquote"):
        if paragraph.find(".//p") is not None or paragraph.find(".//li") is not None:
            continue  # what is inside it counts
        text = "".join(map(str, paragraph.itertext()))
        words = len(text.split())
        linked = sum(len("".join(map(str, link.itertext())).split()) for link in paragraph.iter("a"))
        if words >= PROSE and linked * 2 < words and not _in_comments(paragraph):
            found.append(text)
    return found


def _in_comments(element: HtmlElement) -> bool:
    return any(
        _COMMENT_NAME.search(f"{around.get('class', '')} {around.get('id', '')}") for around in element.iterancestors()
    )


def _is_framed(page: etree._Element) -> bool:
    alone, in_landmarks, words = _links(page)
    often = alone >= MENU_LINKS and alone * MENU_WORDS >= words
    return often or (in_landmarks >= LANDMARK_LINKS and words < MOST_WORDS)


class _Block:
    """The text of one block element, without the blocks inside it."""

    __slots__ = ("landmark", "letters", "linked", "links")

    def __init__(self, landmark: bool) -> None:
        self.landmark = landmark
        self.letters = self.linked = self.links = 0


def _links(page: etree._Element) -> tuple[int, int, int]:
    """Links to other pages that stand by themselves, those of them in landmarks, and the words of the page.

    A book's marks (``epub:type``) make it a book: no link counts then.
    """
    body = page.find("body")
    blocks: list[_Block] = []
    words = 0
    stack: list[tuple[etree._Element, _Block, bool]] = [] if body is None else [(body, _Block(False), False)]
    while stack:
        element, block, linked = stack.pop()
        if element.get("epub:type"):
            return 0, 0, 0
        if element.tag not in _INLINE:
            block = _Block(block.landmark or _is_landmark(element))
            blocks.append(block)
        if element.tag == "a":
            linked = _leads_away(element.get("href", ""))
            block.links += linked
        words += _count(block, element.text, linked)
        for child in element:
            if isinstance(child.tag, str) and child.tag not in _SILENT:
                stack.append((child, block, linked))
            words += _count(block, child.tail, linked)
    alone = [block for block in blocks if block.links and block.linked >= ALONE * block.letters]
    return sum(b.links for b in alone), sum(b.links for b in alone if b.landmark), words


def _count(block: _Block, text: str | None, linked: bool) -> int:
    if not text:
        return 0
    letters = sum(map(str.isalnum, text))
    block.letters += letters
    block.linked += letters if linked else 0
    return len(text.split())


def _leads_away(address: str) -> bool:
    return not address.strip().lower().startswith(("#", "javascript:", "mailto:", "tel:")) and bool(address.strip())


def _is_landmark(element: etree._Element) -> bool:
    return (
        element.tag in _LANDMARKS
        or element.get("role", "") in _LANDMARK_ROLES
        or bool(_LANDMARK_NAME.search(f"{element.get('class', '')} {element.get('id', '')}"))
    )
