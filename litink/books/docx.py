"""Word documents (DOCX) to a manuscript: paragraphs, styles, looks, notes, tables. What a heading is: headings.py.

The XML is read directly: tracked deletions, hidden text, field codes, text boxes and notes are below what
document libraries show. Macros, templates, links and embedded objects are never touched.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from litink.books.archive import Archive
from litink.books.covers import usable_cover
from litink.books.headings import mark_headings
from litink.books.model import BlockKind, Cover
from litink.books.pieces import LINE_END, NOTE_MARK, Look, Manuscript, NoteRef, Piece, metadata_line, tidy
from litink.books.trees import Unreadable, parse_xml
from litink.errors import Refused

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_HEADING_NAME = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|заголовок|标题|見出し)\s*([1-9])", re.I
)
_TITLE_NAMES = re.compile(r"title|titel|titre|título|titolo", re.I)
_TOC_NAME = re.compile(r"(?:toc|table of contents|inhaltsverzeichnis|verzeichnis|tm|índice)\s*[1-9]|toc ?heading", re.I)
_QUOTE_NAME = re.compile(r"quote|quotation|zitat|citation|block ?text", re.I)
_VERSE_NAME = re.compile(r"verse|poem|poetry|stanza", re.I)
_LIST_NAME = re.compile(r"list (?:bullet|number|paragraph)|bullet", re.I)
_BREAK = re.compile(r"[\s*⁂•·~–—―_=#☙❧❦\-.]{1,40}")
_SOUND_TITLE = re.compile(r"microsoft word\b|^document ?\d*$|\.docx?$|^untitled|^word document", re.I)
_NAMELESS_AUTHOR = re.compile(r"user|admin|administrator|author|owner|unknown|python-docx|microsoft.*|hp|pc|dell", re.I)
_BODY_SIZE = 22  # half points: Word's default of 11 points


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    level: int | None  # of a heading style, 0 for the document's title
    size: int | None  # half points
    bold: bool | None
    centred: bool | None
    hidden: bool


class _Reader:
    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.main = self._main_part()
        self.folder = posixpath.dirname(self.main)
        self.styles: dict[str, _Style] = {}
        self.default_style = ""
        self.notes: dict[str, str] = {}
        self.pieces: list[Piece] = []
        self._page_top = True
        self._note_count = 0

    def read(self) -> Manuscript:
        document = self._part(self.main)
        if document is None:
            raise Refused("docx-no-document", "The Word file has no document in it; please save or export it again.")
        self._read_styles()
        self._read_notes("footnotes", "footnote")
        self._read_notes("endnotes", "endnote")
        body = next((e for e in document if _name(e) == "body"), None)
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
                    if relation.get("Type", "").endswith("/officeDocument") and relation.get("TargetMode") != "External":
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

    def _read_styles(self) -> None:
        root = self._part(f"{self.folder}/styles.xml")
        if root is None:
            return
        raw: dict[str, etree._Element] = {}
        for style in root:
            if _name(style) == "style" and (identifier := _get(style, "styleId")):
                raw[identifier] = style
                if _get(style, "type") == "paragraph" and _get(style, "default") in ("1", "true"):
                    self.default_style = identifier
        for identifier in raw:
            self.styles[identifier] = self._style(identifier, raw, 0)

    def _style(self, identifier: str, raw: dict[str, etree._Element], depth: int) -> _Style:
        element = raw.get(identifier)
        if element is None or depth > 20:
            return _Style("", None, None, None, None, hidden=False)
        based = _child(element, "basedOn")
        base = self._style(_get(based, "val"), raw, depth + 1) if based is not None else _Style("", None, None, None, None, hidden=False)
        name = _get(_child(element, "name"), "val")
        paragraph, run = _child(element, "pPr"), _child(element, "rPr")
        level = base.level
        if match := _HEADING_NAME.fullmatch(name.strip()):
            level = int(match.group(1))
        elif _TITLE_NAMES.fullmatch(name.strip()):
            level = 0
        elif paragraph is not None and (outline := _child(paragraph, "outlineLvl")) is not None:
            value = _get(outline, "val")
            level = int(value) + 1 if value.isdigit() and int(value) < 9 else None
        size, bold, centred, hidden = _looks(paragraph, run)
        return _Style(
            name,
            level,
            size if size is not None else base.size,
            bold if bold is not None else base.bold,
            centred if centred is not None else base.centred,
            hidden=hidden or base.hidden,
        )

    def _read_notes(self, part: str, tag: str) -> None:
        root = self._part(f"{self.folder}/{part}.xml")
        if root is None:
            return
        for note in root:
            if _name(note) == tag and _get(note, "type") in ("", "normal"):
                lines = []
                for paragraph in note.iter():
                    if _name(paragraph) == "p":
                        raw: list[str] = []
                        self._runs(paragraph, raw, [], [])
                        lines.append(tidy("".join(raw), [])[0])
                self.notes[f"{tag}-{_get(note, 'id')}"] = "\n".join(line for line in lines if line)

    def _properties(self) -> tuple[str, str, str]:
        root = self._part("docProps/core.xml")
        values = {_name(e): metadata_line("".join(map(str, e.itertext()))) for e in root} if root is not None else {}
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
        for child in parent:
            name = _name(child)
            if name == "p":
                self._paragraph(child)
            elif name == "tbl":
                self._table(child)
            elif name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "body") and depth < 100:
                self._blocks(child, depth + 1)

    def _paragraph(self, paragraph: etree._Element) -> None:
        properties = _child(paragraph, "pPr")
        style_element = _child(properties, "pStyle") if properties is not None else None
        identifier = _get(style_element, "val") if style_element is not None else self.default_style
        style = self.styles.get(identifier) or _Style(identifier, _level_of_id(identifier), None, None, None, hidden=False)
        raw: list[str] = []
        refs: list[tuple[str, str]] = []
        looks: list[tuple[int, int | None, bool | None]] = []
        boxes = self._runs(paragraph, raw, refs, looks)
        if properties is not None and _on(_child(properties, "pageBreakBefore")):
            self._page_top = True
        page_break_inside = "\f" in "".join(raw)
        text, found = tidy("".join(raw).replace("\f", ""), refs)
        if text or found:
            self._put(text, found, style, properties, looks)
            self._page_top = False
        if page_break_inside or (properties is not None and _child(properties, "sectPr") is not None):
            self._page_top = True
        for box in boxes:
            for inner in box.iter():
                if _name(inner) == "p":
                    self._paragraph(inner)

    def _put(
        self,
        text: str,
        refs: list[NoteRef],
        style: _Style,
        properties: etree._Element | None,
        looks: list[tuple[int, int | None, bool | None]],
    ) -> None:
        size, bold, centred, _ = _looks(properties, None)
        letters = sum(n for n, _, _ in looks) or 1
        bold_letters = sum(n for n, _, b in looks if (style.bold if b is None else b))
        sizes = [(n, s if s is not None else style.size or _BODY_SIZE) for n, s, _ in looks]
        mean = sum(n * s for n, s in sizes) / letters if sizes else float(style.size or _BODY_SIZE)
        look = Look(
            size=mean / _BODY_SIZE,
            bold=bold_letters * 10 > letters * 9,
            centred=bool(style.centred if centred is None else centred),
            page_top=self._page_top,
        )
        kind, level = BlockKind.PARAGRAPH, None
        outline = _child(properties, "outlineLvl") if properties is not None else None
        direct = _get(outline, "val") if outline is not None else ""
        if style.level is not None and not _TOC_NAME.fullmatch(style.name):
            kind, level = BlockKind.HEADING, style.level + 1
        elif direct.isdigit() and int(direct) < 9:
            kind, level = BlockKind.HEADING, int(direct) + 2
        elif len(text) <= 40 and _BREAK.fullmatch(text):
            kind = BlockKind.BREAK
        elif _VERSE_NAME.search(style.name):
            kind = BlockKind.VERSE
        elif _QUOTE_NAME.search(style.name):
            kind = BlockKind.QUOTATION
        elif _LIST_NAME.search(style.name) or (properties is not None and _child(properties, "numPr") is not None):
            kind = BlockKind.LIST
        elif "\n" in text:
            kind = BlockKind.VERSE if max(map(len, text.split("\n"))) <= 75 else kind
            text = text if kind is BlockKind.VERSE else text.replace("\n", " ")
        roles = frozenset({"toc"}) if _TOC_NAME.fullmatch(style.name) else frozenset()
        self.pieces.append(Piece(kind, text, level=level, refs=refs, look=look, roles=roles))
        for ref in refs:
            if body := self.notes.get(ref.target):
                self.pieces.append(Piece(BlockKind.PARAGRAPH, body, anchors=(ref.target,), note_label=ref.label))

    def _runs(
        self,
        paragraph: etree._Element,
        raw: list[str],
        refs: list[tuple[str, str]],
        looks: list[tuple[int, int | None, bool | None]],
    ) -> list[etree._Element]:
        """Append the visible text of a paragraph; returns its text boxes."""
        boxes: list[etree._Element] = []
        in_code = 0
        stack = [iter(paragraph)]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
                continue
            name = _name(child)
            if name == "r":
                in_code = self._run(child, raw, refs, looks, boxes, in_code)
            elif name in ("ins", "moveTo", "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo"):
                if len(stack) < 60:
                    stack.append(iter(child))
            elif name in ("oMath", "oMathPara"):
                raw.append(" ".join(str(t.text) for t in child.iter() if _name(t) == "t" and t.text))
        return boxes

    def _run(
        self,
        run: etree._Element,
        raw: list[str],
        refs: list[tuple[str, str]],
        looks: list[tuple[int, int | None, bool | None]],
        boxes: list[etree._Element],
        in_code: int,
    ) -> int:
        properties = _child(run, "rPr")
        size, bold, _, hidden = _looks(None, properties)
        for child in run:
            name = _name(child)
            if name == "fldChar":
                kind = _get(child, "fldCharType")
                in_code += {"begin": 1, "separate": -1}.get(kind, 0)
                if kind == "end" and in_code > 0:
                    in_code -= 1
            elif in_code > 0 or hidden:
                continue
            elif name == "t" and child.text:
                raw.append(child.text)
                looks.append((len(child.text), size, bold))
            elif name == "tab":
                raw.append("\t")
            elif name == "br":
                raw.append("\f" if _get(child, "type") == "page" else LINE_END)
            elif name == "cr":
                raw.append(LINE_END)
            elif name == "noBreakHyphen":
                raw.append("-")
            elif name in ("footnoteReference", "endnoteReference"):
                target = f"{name.removesuffix('Reference')}-{_get(child, 'id')}"
                if target in self.notes:
                    raw.append(NOTE_MARK)
                    self._note_count += 1
                    refs.append((str(self._note_count), target))
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                self._drawing(child, raw, boxes)
        return in_code

    def _drawing(self, element: etree._Element, raw: list[str], boxes: list[etree._Element]) -> None:
        """Text boxes, once: AlternateContent holds the same box twice."""
        if _name(element) == "AlternateContent":
            element = next((e for e in element if _name(e) == "Choice"), element)
        boxes += [e for e in element.iter() if _name(e) == "txbxContent"][:1]

    def _table(self, table: etree._Element) -> None:
        lines: list[str] = []
        for row in table.iter():
            if _name(row) != "tr":
                continue
            cells = []
            for cell in row:
                if _name(cell) == "tc":
                    texts = []
                    for paragraph in cell:
                        if _name(paragraph) == "p":
                            raw: list[str] = []
                            self._runs(paragraph, raw, [], [])
                            texts.append(tidy("".join(raw).replace("\f", " "), [])[0].replace("\n", " "))
                    cells.append(" ".join(t for t in texts if t))
            line = " | ".join(cells).strip(" |")
            if line:
                lines.append(line)
        if lines:
            self.pieces.append(Piece(BlockKind.TABLE, "\n".join(lines)))


def read_docx(path: Path) -> Manuscript:
    """Raises Refused when the archive is unsafe or the document is missing or broken."""
    with Archive(path, refuse_outside_names=False) as archive:
        return _Reader(archive).read()


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    if element is None:
        return None
    return next((e for e in element if _name(e) == name), None)


def _get(element: etree._Element | None, name: str) -> str:
    if element is None:
        return ""
    return element.get(f"{_W}{name}") or element.get(f"{_W_STRICT}{name}") or element.get(name) or ""


def _on(element: etree._Element | None) -> bool:
    return element is not None and _get(element, "val") not in ("0", "false", "off", "none")


def _level_of_id(identifier: str) -> int | None:
    """A heading style that the document uses but does not define ("Heading1")."""
    match = _HEADING_NAME.fullmatch(identifier)
    return int(match.group(1)) if match else None


def _looks(
    paragraph: etree._Element | None, run: etree._Element | None
) -> tuple[int | None, bool | None, bool | None, bool]:
    size = bold = centred = None
    hidden = False
    if run is not None:
        for element in run:
            name = _name(element)
            if name == "sz" and _get(element, "val").isdigit():
                size = int(_get(element, "val"))
            elif name == "b":
                bold = _on(element)
            elif name in ("vanish", "webHidden", "specVanish"):
                hidden = hidden or _on(element)
    alignment = _child(paragraph, "jc")
    if alignment is not None:
        centred = _get(alignment, "val") == "center"
    return size, bold, centred, hidden
