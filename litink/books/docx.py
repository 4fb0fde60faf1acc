"""Word documents (DOCX) to a manuscript: paragraphs, styles, looks, notes, tables. What a heading is: headings.py.

The XML is read directly: tracked deletions, hidden text, field codes, text boxes and notes are below what
document libraries show. Macros, templates, links and embedded objects are never touched.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from litink.books.archive import Archive
from litink.books.cleaning import Tidier
from litink.books.covers import usable_cover
from litink.books.docx_styles import Style, child, is_on, local, looks, outline_level, read_styles, style_of_id, value
from litink.books.headings import mark_headings
from litink.books.model import BlockKind, Cover
from litink.books.pieces import LINE_END, NOTE_MARK, Look, Manuscript, Piece, metadata_line
from litink.books.trees import Unreadable, parse_xml
from litink.books.typography import looks_like_verse
from litink.errors import Refused

_TOC_NAME = re.compile(r"(?:toc|table of contents|inhaltsverzeichnis|verzeichnis|tm|índice)\s*[1-9]|toc ?heading", re.I)
_QUOTE_NAME = re.compile(r"quote|quotation|zitat|citation|block ?text", re.I)
_VERSE_NAME = re.compile(r"verse|poem|poetry|stanza", re.I)
_LIST_NAME = re.compile(r"list (?:bullet|number|paragraph)|bullet", re.I)
_BREAK = re.compile(r"[\s*⁂•·~–—―_=#☙❧❦\-.]{1,40}")
_SOUND_TITLE = re.compile(r"microsoft word\b|^document ?\d*$|\.docx?$|^untitled|^word document", re.I)
_NAMELESS_AUTHOR = re.compile(r"user|admin|administrator|author|owner|unknown|python-docx|microsoft.*|hp|pc|dell", re.I)
_PAGE_BREAK = "\f"
_CHARACTERS = {"tab": "\t", "br": LINE_END, "cr": LINE_END, "noBreakHyphen": "-"}
_BLOCK_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "body"})
_RUN_WRAPPERS = _BLOCK_WRAPPERS | {"hyperlink", "fldSimple", "dir", "bdo"}
MAX_DEPTH = 60  # of wrappers
_BODY_SIZE = 22  # half points: Word's default of 11 points


@dataclass(slots=True)
class _Collected:
    """What the runs of one paragraph hold."""

    raw: list[str] = field(default_factory=list)
    refs: list[tuple[str, str]] = field(default_factory=list)
    letters: list[tuple[int, int | None, bool | None]] = field(default_factory=list)  # count, size, bold
    boxes: list[etree._Element] = field(default_factory=list)
    in_code: int = 0  # depth of field codes


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.main = self._main_part()
        self.folder = posixpath.dirname(self.main)
        self.notes: dict[str, str] = {}
        self.styles, self.default_style = read_styles(self._part(f"{self.folder}/styles.xml"))
        self.pieces: list[Piece] = []
        self._page_top = True
        self._note_count = 0
        self._tidier = Tidier()

    def read(self) -> Manuscript:
        document = self._part(self.main)
        if document is None:
            raise Refused("docx-no-document", "The Word file has no document in it; please save or export it again.")
        self._read_notes("footnotes", "footnote")
        self._read_notes("endnotes", "endnote")
        body = next((e for e in document if local(e) == "body"), None)
        if body is not None:
            self._blocks(body, depth=0)
        title, author, language = self._properties()
        manuscript = Manuscript("docx", title, author, language, self.pieces, cover=self._cover())
        mark_headings(manuscript)
        return manuscript

    def _main_part(self) -> str:
        name = self.archive.find("_rels/.rels")
        if name:
            try:
                for relation in parse_xml(self.archive.read(name)):
                    if (
                        relation.get("Type", "").endswith("/officeDocument")
                        and relation.get("TargetMode") != "External"
                    ):
                        target = self.archive.find(relation.get("Target", "").lstrip("/"))
                        if target:
                            return target
            except Unreadable:
                pass
        found = self.archive.find("word/document.xml")
        if not found:
            raise Refused("docx-no-document", "The Word file has no document in it; please save or export it again.")
        return found

    def _part(self, name: str) -> etree._Element | None:
        found = self.archive.find(name)
        if not found:
            return None
        try:
            return parse_xml(self.archive.read(found))
        except Unreadable as error:
            if name != self.main:
                return None
            raise Refused(
                "docx-broken", "The Word document inside the file is broken; please open it in Word and save it again."
            ) from error

    # -- styles, notes, properties -------------------------------------------------------------------------------

    def _read_notes(self, part: str, tag: str) -> None:
        root = self._part(f"{self.folder}/{part}.xml")
        if root is None:
            return
        for note in root:
            if local(note) == tag and value(note, "type") in ("", "normal"):
                lines = [self._plain(paragraph) for paragraph in note.iter() if local(paragraph) == "p"]
                self.notes[f"{tag}-{value(note, 'id')}"] = "\n".join(line for line in lines if line)

    def _properties(self) -> tuple[str, str, str]:
        root = self._part("docProps/core.xml")
        values = {local(e): metadata_line("".join(map(str, e.itertext()))) for e in root} if root is not None else {}
        title = values.get("title", "")
        if _SOUND_TITLE.search(title):
            title = ""
        author = values.get("creator", "")
        if _NAMELESS_AUTHOR.fullmatch(author):
            author = ""
        return title, author, values.get("language", "")

    def _cover(self) -> Cover | None:
        """The thumbnail is no cover; only a picture that the document calls one is."""
        for name in self.archive.names:
            if re.search(r"word/media/cover\.(?:jpe?g|png)$", name, re.I):
                return usable_cover(self.archive.read(name))
        return None

    # -- text ----------------------------------------------------------------------------------------------------

    def _blocks(self, parent: etree._Element, depth: int) -> None:
        for element in parent:
            name = local(element)
            if name == "p":
                self._paragraph(element)
            elif name == "tbl":
                self._table(element)
            elif name in _BLOCK_WRAPPERS and depth < MAX_DEPTH:
                self._blocks(element, depth + 1)

    def _paragraph(self, paragraph: etree._Element) -> None:
        properties = child(paragraph, "pPr")
        identifier = value(child(properties, "pStyle")) or self.default_style
        style = self.styles.get(identifier) or style_of_id(identifier)
        found = self._collect(paragraph)
        if is_on(child(properties, "pageBreakBefore")):
            self._page_top = True
        raw = "".join(found.raw)
        text, refs = self._tidier.tidy(raw.replace(_PAGE_BREAK, ""), found.refs)
        if text or refs:
            self._put(Piece(BlockKind.PARAGRAPH, text, refs=refs), style, properties, found.letters)
            self._page_top = False
        if _PAGE_BREAK in raw or child(properties, "sectPr") is not None:
            self._page_top = True
        for box in found.boxes:
            for inner in box.iter():
                if local(inner) == "p":
                    self._paragraph(inner)

    def _put(
        self,
        piece: Piece,
        style: Style,
        properties: etree._Element | None,
        letters: list[tuple[int, int | None, bool | None]],
    ) -> None:
        """Give a paragraph its look and kind and add it, its notes after it."""
        total = sum(count for count, _, _ in letters) or 1
        bold = sum(count for count, _, is_bold in letters if (style.bold if is_bold is None else is_bold))
        size = sum(count * (own or style.size or _BODY_SIZE) for count, own, _ in letters) / total
        centred = looks(properties, None)[2]
        piece.look = Look(
            size=(size or style.size or _BODY_SIZE) / _BODY_SIZE,
            bold=bold * 10 > total * 9,
            centred=bool(style.centred if centred is None else centred),
            page_top=self._page_top,
        )
        self._set_kind(piece, style, properties)
        self.pieces.append(piece)
        for ref in piece.refs:
            if body := self.notes.get(ref.target):
                self.pieces.append(Piece(BlockKind.PARAGRAPH, body, anchors=(ref.target,), note_label=ref.label))

    def _set_kind(self, piece: Piece, style: Style, properties: etree._Element | None) -> None:
        direct = outline_level(properties)
        if _TOC_NAME.fullmatch(style.name):
            piece.roles = frozenset({"toc"})
        elif style.level is not None:
            piece.kind, piece.level = BlockKind.HEADING, style.level + 1
        elif direct is not None:
            piece.kind, piece.level = BlockKind.HEADING, direct + 2
        elif len(piece.text) <= 40 and _BREAK.fullmatch(piece.text):
            piece.kind = BlockKind.BREAK
        elif _VERSE_NAME.search(style.name) or ("\n" in piece.text and looks_like_verse(piece.text)):
            piece.kind = BlockKind.VERSE
        elif _QUOTE_NAME.search(style.name):
            piece.kind = BlockKind.QUOTATION
        elif _LIST_NAME.search(style.name) or child(properties, "numPr") is not None:
            piece.kind = BlockKind.LIST
        if piece.kind is not BlockKind.VERSE and piece.kind is not BlockKind.HEADING:
            piece.text = piece.text.replace("\n", " ")

    def _collect(self, paragraph: etree._Element) -> _Collected:
        """The visible text of a paragraph: insertions in, deletions, hidden text and field codes out."""
        found = _Collected()
        stack = [iter(paragraph)]
        while stack:
            element = next(stack[-1], None)
            if element is None:
                stack.pop()
            elif (name := local(element)) == "r":
                self._run(element, found)
            elif name in _RUN_WRAPPERS and len(stack) < MAX_DEPTH:
                stack.append(iter(element))
            elif name in ("oMath", "oMathPara"):
                found.raw.append(" ".join(str(t.text) for t in element.iter() if local(t) == "t" and t.text))
        return found

    def _run(self, run: etree._Element, found: _Collected) -> None:
        size, bold, _, hidden = looks(None, child(run, "rPr"))
        for element in run:
            name = local(element)
            if name == "fldChar":
                # Between "begin" and "separate" stands the field's code, after it the result that people see.
                step = {"begin": 1, "separate": -1}.get(value(element, "fldCharType"), 0)
                found.in_code = max(0, found.in_code + step)
            elif found.in_code or hidden:
                continue
            elif name == "t" and element.text:
                found.raw.append(element.text)
                found.letters.append((len(element.text), size, bold))
            elif name in _CHARACTERS:
                page = name == "br" and value(element, "type") == "page"
                found.raw.append(_PAGE_BREAK if page else _CHARACTERS[name])
            elif name in ("footnoteReference", "endnoteReference"):
                target = f"{name.removesuffix('Reference')}-{value(element, 'id')}"
                if target in self.notes:
                    self._note_count += 1
                    found.raw.append(NOTE_MARK)
                    found.refs.append((str(self._note_count), target))
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                # AlternateContent holds the same text box twice, for new and for old programs.
                drawn = next((e for e in element if local(e) == "Choice"), element)
                found.boxes += [e for e in drawn.iter() if local(e) == "txbxContent"][:1]

    def _table(self, table: etree._Element) -> None:
        lines: list[str] = []
        for row in table.iter():
            if local(row) == "tr":
                cells = [self._cell(cell) for cell in row if local(cell) == "tc"]
                if line := " | ".join(cells).strip(" |"):
                    lines.append(line)
        if lines:
            self.pieces.append(Piece(BlockKind.TABLE, "\n".join(lines)))

    def _cell(self, cell: etree._Element) -> str:
        paragraphs = [self._plain(p) for p in cell if local(p) == "p"]
        return " ".join(text for text in paragraphs if text)

    def _plain(self, paragraph: etree._Element) -> str:
        raw = "".join(self._collect(paragraph).raw).replace(_PAGE_BREAK, " ").replace(NOTE_MARK, "")
        return self._tidier.tidy(raw, ())[0].replace("\n", " ")


def read_docx(path: Path) -> Manuscript:
    """Raises Refused when the archive is unsafe or the document is missing or broken."""
    with Archive(path, refuse_outside_names=False) as archive:
        return _Reader(archive).read()
