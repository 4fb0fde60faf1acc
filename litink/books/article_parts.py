"""What trafilatura would lose of an article: captions, notes, code in a line; headings where it sees paragraphs alone.

``prepare`` changes a page so that it keeps them; ``as_html`` turns what it found into HTML again, for markup.py.
"""

from __future__ import annotations

import html
import re
from copy import deepcopy

from lxml import etree
from lxml.html import HtmlElement

from litink.books.elements import HEADINGS
from litink.books.pieces import one_line

_ASIDE_CLASS = re.compile(r"\b(?:infobox|navbox|hatnote|mw-editsection|noprint)\b")
_PERMALINK = frozenset({"", "#", "¶", "§", "🔗"})
_BACKLINK = re.compile(r"[\s↩↑⏎←^▲\ufe0e\ufe0f]+|[a-z0-9]{1,3}|back|return", re.I)
_NOTE_LABEL = re.compile(r"\[?\(?([0-9]{1,3}|[a-z]|[*†‡])\)?\]?", re.I)
_NOTE_NAME = re.compile(r"note|cit|foot|(?:^|[^a-z])fn", re.I)
_NOTE_HOME = frozenset({"li", "p", "dd", "aside", "div", "td"})
_NOTE = re.compile("⸨([0-9]+)⸩")  # stands for a note's mark while the article is found; no text has these brackets
_PARAGRAPH_END = re.compile(r"(?:<br\s*/?>\s*){2,}")
_TAGS = {"quote": "blockquote", "item": "li", "row": "tr", "lb": "br", "graphic": "img", "del": "s", "ref": "span",
         "hi": "span", "head": "h2", "list": "ul", "cell": "td", "code": "pre"}  # fmt: skip
_INSIDE_TEXT = frozenset({"p", "li", "td", "th", "span", "s", *HEADINGS})
_BETWEEN = frozenset({"h2", "h3", "h4", "h5", "h6", "figure", "img", "picture", "ul", "ol", "dl", "table", "pre"})
OPENING = 40  # letters by which a paragraph is known again


def text_in(element: etree._Element) -> str:
    return one_line("".join(map(str, element.itertext())))


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


# -- before ------------------------------------------------------------------------------------------------------------


def prepare(page: HtmlElement) -> list[tuple[str, str]]:
    """Change the tree so that nothing worth keeping gets lost; returns label and text of the notes taken out."""
    for element in list(page.iter(etree.Element)):
        if _ASIDE_CLASS.search(element.get("class", "")) and element.getparent() is not None:
            element.drop_tree()
    for link in list(page.iter("a")):
        if link.get("href", "").startswith("#") and text_in(link) in _PERMALINK and link.find(".//img") is None:
            link.drop_tree()
    notes = _take_notes(page)
    for caption in list(page.iter("figcaption", "div", "p", "span")):
        if caption.tag == "figcaption" or "caption" in caption.get("class", "").lower():
            _give_caption(caption)
    for picture in list(page.iter("img")):
        if one_line(picture.get("alt", "")):
            picture.set("src", "picture.png")  # only addresses that look like a picture's are kept, and none is needed
        elif picture.getparent() is not None:
            picture.drop_tree()
    return notes


def _give_caption(caption: HtmlElement) -> None:
    """Move a caption into its picture's description."""
    around = caption.getparent()
    for _ in range(3):
        if around is None or around.tag == "body":
            return
        pictures = list(around.iter("img"))
        if len(pictures) == 1:
            alt, said = one_line(pictures[0].get("alt", "")), text_in(caption)
            if pictures[0] in caption.iter("img") or not said:
                return
            told = said if alt in said else alt if said in alt else f"{alt.rstrip('.')}. {said}"
            pictures[0].set("alt", told)
            caption.drop_tree()
            return
        if pictures:
            return
        around = around.getparent()


def _take_notes(page: HtmlElement) -> list[tuple[str, str]]:
    """Put a mark where a note is referred to and take the note's own place out of the page."""
    targets = {identifier: e for e in page.iter(etree.Element) if (identifier := e.get("id"))}
    found: dict[HtmlElement, list[tuple[HtmlElement, str]]] = {}
    for link in page.iter("a"):
        label = _NOTE_LABEL.fullmatch(text_in(link))
        target = targets.get(link.get("href", "")[1:]) if link.get("href", "").startswith("#") else None
        if label is None or target is None:
            continue
        raised = link.getparent() if link.getparent().tag == "sup" else None
        if raised is not None and text_in(raised) != text_in(link):
            raised = None  # several marks beside each other
        marked = link.getparent().tag == "sup" or link.find("sup") is not None or text_in(link).startswith(("[", "("))
        home = target
        while home is not None and home.tag not in _NOTE_HOME:
            home = home.getparent()
        if marked and home is not None and home not in link.iterancestors():
            found.setdefault(home, []).append((raised if raised is not None else link, label.group(1)))
    notes: list[tuple[str, str]] = []
    for home, links in found.items():
        inside = [link for link, _ in links if home in link.iterancestors()]
        if inside or not _is_note(home, links[0][0]) or any(other in found for other in home.iterdescendants()):
            continue  # it holds other notes, or itself: no note
        for back in list(home.iter("a")):
            if back.get("href", "").startswith("#") and _BACKLINK.fullmatch(text_in(back)):
                back.drop_tree()
        notes.append((links[0][1], text_in(home).lstrip("^ ")))
        for link, _ in links:
            link.tail = f"⸨{len(notes) - 1}⸩{link.tail or ''}"
            link.drop_tree()
        home.drop_tree()
    return notes


def _is_note(home: HtmlElement, mark: HtmlElement) -> bool:
    """Whether what a mark points to is a note and no equation, table or figure: it is called one, or points back."""
    names = " ".join(
        value for e in (home, mark, *mark.iter("a")) for value in (e.get("id"), e.get("href"), e.get("class")) if value
    )
    return bool(_NOTE_NAME.search(names)) or any(
        back.get("href", "").startswith("#") and _BACKLINK.fullmatch(text_in(back)) for back in home.iter("a")
    )


# -- after -------------------------------------------------------------------------------------------------------------


def as_html(body: etree._Element, page: HtmlElement, notes: list[tuple[str, str]]) -> str:
    """trafilatura's vocabulary as HTML, with what it left between the article's paragraphs, the notes at the end."""
    if {child.tag for child in body} <= {"p", "quote"}:
        _put_back(body, page)
    for element in body.iter(etree.Element):
        name, drawn = str(element.tag), element.get("rend", "")
        element.tag = _TAGS.get(name, name)
        if name == "head" and drawn in HEADINGS:
            element.tag = drawn
        elif name == "list" and drawn == "ol":
            element.tag = "ol"
        elif name == "cell" and element.get("role") == "head":
            element.tag = "th"
        elif name == "code" and _is_inside_text(element):
            element.tag = "span"
    text = etree.tostring(body, encoding="unicode", method="html")
    text = _PARAGRAPH_END.sub("</p><p>", text)
    used = dict.fromkeys(int(number) for number in _NOTE.findall(text) if int(number) < len(notes))
    text = _NOTE.sub(lambda mark: _reference(int(mark.group(1)), notes), text)
    asides = "".join(f'<aside id="note-{n}" role="doc-footnote">{html.escape(notes[n][1])}</aside>' for n in used)
    return f"<html><body>{text}{asides}</body></html>"


def _is_inside_text(code: etree._Element) -> bool:
    parent = code.getparent()
    return parent is not None and parent.tag in _INSIDE_TEXT and "\n" not in "".join(map(str, code.itertext())).strip()


def _reference(number: int, notes: list[tuple[str, str]]) -> str:
    if number >= len(notes):
        return ""
    return f'<a role="doc-noteref" href="#note-{number}">{html.escape(notes[number][0])}</a>'


def _put_back(body: etree._Element, page: HtmlElement) -> None:
    """Insert headings, pictures and lists that stand between paragraphs of the article, beside them in the page."""
    found = {letters(text_in(paragraph))[:OPENING]: paragraph for paragraph in body}
    for parent in {p.getparent(): None for p in page.iter("p") if letters(text_in(p))[:OPENING] in found}:
        waiting: list[etree._Element] = []
        begun = False
        for element in parent:
            place = found.get(letters(text_in(element))[:OPENING]) if element.tag in ("p", "blockquote") else None
            if place is not None and place.getparent() is body:
                for lost in waiting if begun else ():
                    place.addprevious(lost)
                waiting, begun = [], True
            elif element.tag in _BETWEEN and not _is_menu(element):
                lost = deepcopy(element)
                lost.tail = None
                waiting.append(lost)


def _is_menu(element: etree._Element) -> bool:
    linked = sum(len(text_in(link)) for link in element.iter("a"))
    return linked * 2 > len(text_in(element))
