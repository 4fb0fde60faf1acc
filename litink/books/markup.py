"""(X)HTML elements to pieces: paragraphs, headings, verse, speeches, lists, tables, pictures, note references.

Shared by EPUB, HTML and Markdown. Nothing here decides where a chapter begins, and no script, style, form,
hidden text or second reading (ruby) becomes text.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urldefrag

from lxml import etree

from litink.books.elements import HEADINGS, is_layout, is_play, local, nearest_table, resolve, roles_of
from litink.books.model import BlockKind
from litink.books.pieces import LINE_END, NOTE_MARK, NoteRef, Piece, clean_line, tidy
from litink.books.trees import parse_markup

_SKIPPED = frozenset(
    [
        "script", "style", "head", "template", "iframe", "object", "embed", "applet", "form", "input",
        "button", "select", "textarea", "noscript", "rt", "rp", "rtc", "audio", "video", "source", "track",
        "canvas", "map", "title", "meta", "link", "base",
    ]
)  # fmt: skip
_BLOCKS = frozenset(
    [
        "html", "body", "p", "div", "section", "article", "main", "aside", "header", "footer", "nav",
        "address", "blockquote", "center", "figure", "figcaption", "ul", "ol", "li", "dl", "dt", "dd",
        "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "pre", "hgroup", "details",
        "summary", "fieldset", "hr", "h1", "h2", "h3", "h4", "h5", "h6",
    ]
)  # fmt: skip

_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])", re.I)
_NOTE_LABEL = re.compile(r"[\[({]?\s*(?:note\s*)?([0-9]{1,4}|[a-z]|[ivxlc]{1,6}|[*†‡§¶#‖]{1,4})\s*[\])}]?\.?", re.I)
_NOTE_WORD = re.compile(r"note|citation|(?:^|[\s_-])fn|(?:^|\s)ft\w?[0-9]", re.I)
_VERSE_CLASS = re.compile(r"(?:^|[\s_-])(?:poem|poetry|verse|stanza|lg|linegroup|line-group)(?:$|[\s_-])", re.I)
_STANZA_CLASS = re.compile(r"(?:^|[\s_-])(?:stanza|lg|linegroup|line-group)(?:$|[\s_-])", re.I)
_PAGE_CLASS = re.compile(r"(?:^|[\s_-])(?:pagenum|pageno|page-?number|pagebreak|folio)(?:$|[\s_-])", re.I)
_BREAK_TEXT = re.compile(r"[\s*⁂•·~–—―_=#☙❧❦✻✽◆◇○●\-.]{1,40}")
_BACKLINK = frozenset("↩↑⏎←^▲")
MAX_VERSE_LINE = 75  # characters; longer lines with breaks are prose or addresses


# Inline elements that say nothing about what to read: their text is their parent's.
_INLINE = [
    "em",
    "strong",
    "b",
    "i",
    "abbr",
    "cite",
    "q",
    "dfn",
    "small",
    "u",
    "tt",
    "kbd",
    "samp",
    "var",
    "s",
    "mark",
    "bdi",
    "big",
    "strike",
]
_XHTML = "{http://www.w3.org/1999/xhtml}"
_INLINE_TAGS = [prefix + name for name in _INLINE for prefix in ("", _XHTML)]
_PARAGRAPHS = frozenset({"p", f"{_XHTML}p"})
_MEANING = ("id", "style", "hidden", "class", "name")


class Walker:
    """Walks one document. ``file`` prefixes anchors ("text/c1.xhtml#id"); ``part`` is its place in reading order."""

    def __init__(self, file: str, part: int) -> None:
        self.file = file
        self.part = part
        self.pieces: list[Piece] = []
        self._raw: list[str] = []
        self._refs: list[tuple[str, str]] = []
        self._anchors: list[str] = [file]
        self._holders: tuple[str, ...] = ()
        self._roles: frozenset[str] = frozenset()
        self._kind = BlockKind.PARAGRAPH
        self._level: int | None = None
        self._speaker: str | None = None
        self._merging = False
        self._verse = False
        self._keep_space = False
        self._pictures: list[str] = []

    def walk(self, root: etree._Element) -> list[Piece]:
        self._visit(root)
        self._flush()
        if self._anchors and self.pieces:
            self.pieces[-1].anchors += tuple(self._anchors)
        if self.pieces:
            self.pieces[0].opens_part = True
        return self.pieces

    # -- text under way ------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        """End the piece under way."""
        if not (self._raw or self._pictures):
            return
        raw = "".join(self._raw)
        self._raw.clear()
        refs, self._refs = self._refs, []
        pictures, self._pictures = self._pictures, []
        if raw and (raw.strip() or refs):
            text, found = tidy(raw, refs)
            if text or found:
                self._emit(text, found)
        for alt in pictures:
            self._put(Piece(BlockKind.PICTURE, alt))

    def _emit(self, text: str, refs: list[NoteRef]) -> None:
        kind, level = self._kind, self._level
        if kind is BlockKind.PARAGRAPH and len(text) <= 40 and _BREAK_TEXT.fullmatch(text):
            kind = BlockKind.BREAK
        elif "\n" in text and kind in (BlockKind.PARAGRAPH, BlockKind.QUOTATION, BlockKind.LETTER):
            if self._verse or (kind is not BlockKind.LETTER and looks_like_verse(text)):
                kind = BlockKind.VERSE
            else:
                text = text.replace("\n", " ")  # one character for one: the references stay where they are
        elif self._verse and kind in (BlockKind.PARAGRAPH, BlockKind.QUOTATION):
            kind = BlockKind.VERSE
        self._put(Piece(kind, text, level=level, speaker=self._speaker, refs=refs))

    def _put(self, piece: Piece) -> None:
        piece.roles = self._roles
        piece.part = self.part
        piece.anchors = (*self._anchors, *self._holders) if self._anchors or self._holders else ()
        self._anchors.clear()
        self.pieces.append(piece)

    def _break_block(self) -> None:
        """The edge of a block element: a new piece, or a new line where pieces are merged."""
        if self._merging:
            if self._raw:
                self._raw.append(LINE_END)
        else:
            self._flush()

    # -- elements ------------------------------------------------------------------------------------------------

    def _visit(self, element: etree._Element) -> None:
        name = local(element)
        if not name or name in _SKIPPED:
            return  # a comment, or an entity that nothing declares (never expanded), or no text
        attributes = element.attrib
        roles: frozenset[str] | None = None
        if attributes:
            if self._is_hidden(attributes):
                return
            if (
                identifier := attributes.get("id")
                or attributes.get(_XML_ID)
                or (attributes.get("name") if name == "a" else None)
            ):
                self._anchors.append(f"{self.file}#{identifier}")
            roles = roles_of(attributes)
            if "pagebreak" in roles or _PAGE_CLASS.search(attributes.get("class", "")):
                return
        if name in _BLOCKS:
            self._block(element, name, roles)
        elif name == "br":
            self._raw.append(LINE_END)
        elif name == "a" and self._note_reference(element, roles or frozenset()):
            return
        elif name in ("img", "image"):
            self._picture(attributes.get("alt", ""))
        elif name == "svg":
            self._picture(" ".join(t.text or "" for t in element if isinstance(t.tag, str) and t.tag.endswith("title")))
        elif name == "math":
            self._raw.append(attributes.get("alttext") or " ".join("".join(map(str, element.itertext())).split()))
        elif self._kind is BlockKind.SPEECH and self._is_direction(element, name, roles or frozenset()):
            self._direction(element)
        else:
            self._children(element)

    def _children(self, element: etree._Element) -> None:
        raw = self._raw
        if element.text:
            raw.append(self._text(element.text))
        plain = not self._merging and not self._keep_space
        for child in element:
            if plain and child.tag in _PARAGRAPHS and not len(child) and not child.attrib:
                if raw:
                    self._flush()
                if child.text:
                    self._plain_paragraph(child.text)
            else:
                self._visit(child)
            tail = child.tail
            if tail and (raw or not tail.isspace() or self._keep_space):
                raw.append(self._text(tail))

    def _plain_paragraph(self, text: str) -> None:
        """Most of every book: a paragraph of nothing but text."""
        text = text.strip() if text.isprintable() and "  " not in text else clean_line(text)
        if (
            len(text) > 40
            and self._kind is BlockKind.PARAGRAPH
            and not self._verse
            and not self._anchors
            and not self._holders
        ):
            self.pieces.append(Piece(BlockKind.PARAGRAPH, text, roles=self._roles, part=self.part))
        elif text:
            self._emit(text, [])

    def _text(self, text: str) -> str:
        return text.replace("\n", LINE_END) if self._keep_space else text

    def _block(self, element: etree._Element, name: str, roles: frozenset[str] | None) -> None:
        classes = element.get("class", "") if element.attrib else ""
        self._break_block()
        saved = (self._kind, self._level, self._merging, self._verse, self._keep_space, self._roles, self._holders)
        if roles:
            self._roles = self._roles | roles
        if name in ("p", "div", "li", "aside", "dd") and element.attrib and (identifier := element.get("id")):
            self._holders = (*self._holders, f"{self.file}#{identifier}")
        merge = False
        if not self._merging:
            merge = self._set_kind(element, name, roles or frozenset(), classes)
        if name == "hr":
            if not self._merging:
                self._put(Piece(BlockKind.BREAK, ""))
        elif name == "table" and not self._merging:
            self._table(element)
        else:
            self._merging = self._merging or merge
            self._children(element)
            self._merging = saved[2]
        if not saved[2]:
            self._flush()
        else:
            self._break_block()
        self._kind, self._level, self._merging, self._verse, self._keep_space, self._roles, self._holders = saved

    def _set_kind(self, element: etree._Element, name: str, roles: frozenset[str], classes: str) -> bool:
        """Set the kind of the pieces inside a block; True when they are one piece."""
        if level := HEADINGS.get(name):
            self._kind, self._level = BlockKind.HEADING, level
            return True
        if name == "hgroup":
            levels = [HEADINGS[t] for child in element.iter() if (t := local(child)) in HEADINGS]
            self._kind, self._level = BlockKind.HEADING, min(levels, default=2)
            return True
        if name == "pre":
            self._kind, self._keep_space = BlockKind.CODE, True
            return True
        if name == "li":
            if not any(local(child) in HEADINGS or local(child) == "table" for child in element.iter()):
                self._kind = BlockKind.LIST
                return True
            return False
        if name == "figcaption":
            self._kind = BlockKind.PICTURE
            return True
        if "z3998:verse" in roles or "z3998:poem" in roles or "z3998:song" in roles or _VERSE_CLASS.search(classes):
            self._verse = True
            if self._kind is not BlockKind.SPEECH and _STANZA_CLASS.search(classes):
                self._kind = BlockKind.VERSE
                return True
        if "z3998:letter" in roles:
            self._kind = BlockKind.LETTER
        elif name == "blockquote" and self._kind is BlockKind.PARAGRAPH:
            self._kind = BlockKind.QUOTATION
        return False

    def _is_hidden(self, attributes: etree._Attrib) -> bool:
        return "hidden" in attributes or (
            "style" in attributes and bool(_HIDDEN_STYLE.search(str(attributes["style"])))
        )

    def _picture(self, alt: str) -> None:
        alt = " ".join(alt.split())
        if len(alt) == 1 and self._kind is not BlockKind.PICTURE:
            self._raw.append(alt)  # an initial letter drawn as a picture
        elif alt:
            self._pictures.append(alt)

    # -- notes ---------------------------------------------------------------------------------------------------

    def _note_reference(self, element: etree._Element, roles: frozenset[str]) -> bool:
        """Record a note reference or drop a backlink; False when the link is ordinary text."""
        href = element.get("href", "")
        if roles & {"backlink", "doc-backlink", "referrer"}:
            return True
        if "#" not in href or "://" in href:
            return False
        label = " ".join("".join(str(t) for t in element.itertext()).split())
        if label and set(label) <= _BACKLINK:
            return True
        match = _NOTE_LABEL.fullmatch(label)
        if not match:
            return False
        address, fragment = urldefrag(href)
        parent = element.getparent()
        marked = (
            bool(roles & {"noteref", "doc-noteref"})
            or any(local(e) == "sup" for e in element.iter())
            or (parent is not None and local(parent) == "sup")
            or label[:1] in "[({*†‡§¶"
            or bool(_NOTE_WORD.search(f"{element.get('class', '')} {fragment}"))
        )
        if not marked:
            return False
        self._raw.append(NOTE_MARK)
        self._refs.append((match.group(1), f"{resolve(self.file, address)}#{unquote(fragment)}"))
        return True

    # -- tables and plays ----------------------------------------------------------------------------------------

    def _table(self, table: etree._Element) -> None:
        rows = [
            [cell for cell in row if local(cell) in ("td", "th")]
            for row in table.iter()
            if local(row) == "tr" and nearest_table(row) is table
        ]
        if is_play(rows):
            for row in rows:
                self._speech(row)
        elif is_layout(table, rows):
            for row in rows:
                for cell in row:
                    self._block(cell, "div", roles_of(cell.attrib))
        else:
            self._kind, self._merging = BlockKind.TABLE, True
            lines = [" | ".join(self._cell_text(cell) for cell in row).strip(" |") for row in rows]
            captions = [self._cell_text(e) for e in table if local(e) == "caption"]
            self._raw.append(LINE_END.join(line for line in (*captions, *lines) if line))
            self._merging = False

    def _cell_text(self, cell: etree._Element) -> str:
        kept, self._raw = self._raw, []
        self._children(cell)
        text = " ".join("".join(self._raw).replace(LINE_END, " ").split())
        self._raw = kept
        return text

    def _speech(self, row: list[etree._Element]) -> None:
        speaker = self._cell_text(row[0]).strip(" .:").replace(NOTE_MARK, "") if len(row) > 1 else ""
        saved = self._kind, self._speaker, self._verse
        for cell in row[1:] or row:
            self._kind, self._speaker = (BlockKind.SPEECH, speaker) if speaker else (BlockKind.STAGE, None)
            self._verse = bool(roles_of(cell.attrib) & {"z3998:verse"})
            self._block(cell, "div", roles_of(cell.attrib))
        self._kind, self._speaker, self._verse = saved

    def _is_direction(self, element: etree._Element, name: str, roles: frozenset[str]) -> bool:
        if "z3998:stage-direction" in roles:
            return True
        if name != "i" or self._merging:
            return False
        text = " ".join("".join(str(t) for t in element.itertext()).split())
        # A whole italic sentence inside a speech; emphasis is a word or two without a full stop of its own.
        return bool(text) and (text[0] in "([" or (text[0].isupper() and text[-1] in ".]" and " " in text))

    def _direction(self, element: etree._Element) -> None:
        self._flush()
        saved = self._kind, self._speaker
        self._kind, self._speaker = BlockKind.STAGE, None
        self._children(element)
        self._flush()
        self._kind, self._speaker = saved


def read_markup(data: bytes | str, file: str, part: int) -> list[Piece]:
    """The pieces of one (X)HTML document. Raises trees.Unreadable."""
    root = parse_markup(data)
    _melt_inline(root)
    body = next((e for e in root if local(e) in ("body", "frameset")), root)
    return Walker(file, part).walk(body)


def _melt_inline(root: etree._Element) -> None:
    """Make plain inline elements part of their parents' text, unless they carry marks or may be stage directions."""
    if next(root.iter("table", f"{_XHTML}table"), None) is not None:
        return
    for element in root.iter(*_INLINE_TAGS):
        attributes = element.attrib
        if attributes and any(name in attributes for name in _MEANING):
            return
    etree.strip_tags(root, *_INLINE_TAGS)


def looks_like_verse(text: str) -> bool:
    """Whether lines broken by hand are verse: none is long, and two alone both begin with a capital."""
    lines = text.split("\n")
    capitals = all(line[:1].isupper() or not line[:1].isalpha() for line in lines)
    return (len(lines) > 2 or capitals) and max(map(len, lines)) <= MAX_VERSE_LINE
