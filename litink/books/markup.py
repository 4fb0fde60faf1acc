"""(X)HTML to pieces: paragraphs, headings, verse, speeches, lists, tables, pictures, note references.

Shared by EPUB, HTML and Markdown. Nothing here decides where a chapter begins, and no script, style, form,
hidden text or second reading (ruby) becomes text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final
from urllib.parse import unquote

from litink.books.cleaning import Tidier
from litink.books.elements import HEADINGS, resolve
from litink.books.events import Event, feed
from litink.books.model import BlockKind
from litink.books.pieces import LINE_END, NOTE_MARK, NoteRef, Piece
from litink.books.references import leads_back, note_label
from litink.books.tables import Recorded, elements_in, is_layout, is_play, names_in, rows_in, text_in
from litink.books.tags import NO_ROLES, Tag, Tags, Use, is_page_label
from litink.books.typography import MAX_BREAK, looks_like_break, looks_like_verse

_HOLDERS = frozenset({"p", "div", "li", "aside", "dd"})  # a reference to their id means all pieces inside
MAX_RETOLD = (
    12  # elements inside each other whose meaning is only known at their end; deeper ones are read as they come
)

# Looking a member up in its class costs more than the rest of a comparison.
_EDGED, _BLOCK, _LEFT_OUT, _LINK, _RAISED = Use.EDGED, Use.BLOCK, Use.LEFT_OUT, Use.LINK, Use.RAISED
_PICTURE, _DRAWING, _FORMULA, _ITALIC = Use.PICTURE, Use.DRAWING, Use.FORMULA, Use.ITALIC
_DIRECTION, _PAGE = Use.DIRECTION, Use.PAGE
_PARAGRAPH, _HEADING, _VERSE, _SPEECH = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.VERSE, BlockKind.SPEECH
_STAGE, _LETTER, _QUOTATION, _LIST = BlockKind.STAGE, BlockKind.LETTER, BlockKind.QUOTATION, BlockKind.LIST
_TABLE, _CODE, _IMAGE, _BREAK = BlockKind.TABLE, BlockKind.CODE, BlockKind.PICTURE, BlockKind.BREAK

# What is open: nothing to do at the end, the edge of a block, what stood before a block, or what to do.
_EDGE: Final = "edge"
_Outer = tuple[BlockKind, int | None, bool, bool, bool, frozenset[str], tuple[str, ...]]
_Open = None | str | _Outer | Callable[[], None]


class Walker:
    """Hears one document (events.Target) and makes its pieces.

    ``file`` prefixes anchors ("text/c1.xhtml#id"); ``part`` is its place in reading order. Elements that tell only at
    their end what they are (tables, links, list items) are recorded: their events wait among the texts of ``_raw``,
    and are told again when it is known what they mean.
    """

    def __init__(self, file: str, part: int, tidier: Tidier) -> None:
        self.file = file
        self.part = part
        self.pieces: list[Piece] = []
        self._raw: list[Any] = []  # texts under way; behind ``_mark`` events, while an element is recorded
        self._open: list[_Open] = []
        self._recording = 0  # elements open in the one that is recorded, itself included
        self._mark = 0
        self._then: Callable[[list[Event]], None] = self._leave_out
        self._retelling = 0
        self._tidier = tidier
        self._refs: list[tuple[str, str]] = []
        self._anchors: list[str] = [file]
        self._pictures: list[str] = []
        self._raised = 0
        self._speaker: str | None = None
        # What holds inside the block under way; saved and restored as _Outer.
        self._kind = _PARAGRAPH
        self._level: int | None = None
        self._merging = False
        self._verse = False
        self._keep_space = False
        self._roles = NO_ROLES
        self._holders: tuple[str, ...] = ()

    def finish(self) -> list[Piece]:
        self._flush()
        if self._anchors and self.pieces:
            self.pieces[-1].anchors += tuple(self._anchors)
        if self.pieces:
            self.pieces[0].opens_part = True
        return self.pieces

    # -- events --------------------------------------------------------------------------------------------------

    def start(self, tag: Tag) -> None:
        if self._recording:
            self._recording += 1
            self._raw.append(tag)
            return
        use = tag.use
        if tag.identifier:
            self._anchors.append(f"{self.file}#{tag.identifier}")
        if use is _EDGED:
            if raw := self._raw:
                if len(raw) == 1 and raw[0].isspace():
                    raw.clear()  # it stood between two blocks
                else:
                    self._edge()
            self._open.append(_EDGE)
        elif use is _BLOCK:
            self._start_block(tag)
        elif use is _LEFT_OUT:
            self._record(self._leave_out)
        elif use is _ITALIC and self._kind is _SPEECH and not self._merging:
            self._record(self._italics)
        elif use is _DIRECTION and self._kind is _SPEECH:
            self._start_direction()
        elif use is _LINK:
            self._record(partial(self._link, tag))
        elif use is _PAGE:
            self._record(partial(self._page_break, tag))
        elif use is _RAISED:
            self._raised += 1
            self._open.append(self._end_raised)
        elif use is _DRAWING:
            self._record(self._drawing)
        elif use is _FORMULA:
            self._record(partial(self._formula, tag))
        else:
            if use is _PICTURE:
                self._picture(tag.attributes.get("alt", ""))
            self._open.append(None)

    def data(self, text: str) -> None:
        self._raw.append(text)

    def line_break(self) -> None:
        self._raw.append(LINE_END)

    def leaf(self, tag: Tag, text: str) -> None:
        if self._recording or self._merging:
            self.start(tag)
            self._raw.append(text)
            self.end()
            return
        if self._raw:
            self._edge()
        text, _ = self._tidier.tidy(text, ())
        if len(text) > MAX_BREAK and self._kind is _PARAGRAPH and not self._verse:
            self._put(Piece(_PARAGRAPH, text, None, None, self._roles, (), (), self.part))
        elif text:
            self._emit(text, ())

    def end(self) -> None:
        if self._recording:
            self._recording -= 1
            if self._recording:
                self._raw.append(None)
                return
            recorded = self._raw[self._mark :]
            del self._raw[self._mark :]
            self._then(recorded)
        self._close()

    def _close(self) -> None:
        """Do what the end of the innermost open element asks for."""
        frame = self._open.pop()
        if frame is None:
            return
        if frame is _EDGE:
            if self._raw:
                self._edge()
        elif isinstance(frame, tuple):
            self._end_block(frame)
        elif callable(frame):
            frame()

    def _record(self, then: Callable[[list[Event]], None], frame: _Open = None) -> None:
        """Keep the element's inside until its end, then call ``then`` with it and close ``frame``."""
        self._open.append(frame)
        if then is self._leave_out or self._retelling < MAX_RETOLD:
            self._recording, self._mark, self._then = 1, len(self._raw), then

    def _retell(self, events: Iterable[Event]) -> None:
        self._retelling += 1
        for event in events:
            if isinstance(event, str):
                self.data(event)
            elif event is None:
                self.end()
            else:
                self.start(event)
        self._retelling -= 1

    def _leave_out(self, events: list[Event]) -> None:
        pass

    # -- text under way ------------------------------------------------------------------------------------------

    def _edge(self) -> None:
        """The edge of a block: a new piece, or a new line where pieces are merged."""
        raw = self._raw
        if len(raw) == 1 and raw[0].isspace():
            raw.clear()  # it stood between two blocks
        elif self._merging:
            raw.append(LINE_END)
        else:
            self._flush()

    def _flush(self) -> None:
        """End the piece under way."""
        raw = "".join(self._raw)
        self._raw.clear()
        text, refs = self._tidier.tidy(raw, self._refs)
        if self._refs:
            self._refs = []
        if len(text) > MAX_BREAK and self._kind is _PARAGRAPH and not (self._verse or "\n" in text):
            self._put(Piece(_PARAGRAPH, text, None, None, self._roles, (), refs, self.part))
        elif text or refs:
            self._emit(text, refs)
        if self._pictures:
            pictures, self._pictures = self._pictures, []
            for alt in pictures:
                self._put(Piece(_IMAGE, alt, roles=self._roles, part=self.part))

    def _emit(self, text: str, refs: Sequence[NoteRef]) -> None:
        kind = self._kind
        if kind is _PARAGRAPH and len(text) <= MAX_BREAK and looks_like_break(text):
            kind = _BREAK
        elif "\n" in text and kind in (_PARAGRAPH, _QUOTATION, _LETTER):
            if self._verse or (kind is not _LETTER and looks_like_verse(text)):
                kind = _VERSE
            else:
                text = text.replace("\n", " ")  # one character for one: the references stay where they are
        elif self._verse and kind in (_PARAGRAPH, _QUOTATION):
            kind = _VERSE
        self._put(Piece(kind, text, self._level, self._speaker, self._roles, (), refs, self.part))

    def _put(self, piece: Piece) -> None:
        if self._anchors or self._holders:
            piece.anchors = (*self._anchors, *self._holders)
            self._anchors.clear()
        self.pieces.append(piece)

    # -- blocks --------------------------------------------------------------------------------------------------

    def _start_block(self, tag: Tag) -> None:
        if self._raw:
            self._edge()
        outer: _Outer = (
            self._kind, self._level, self._merging, self._verse, self._keep_space, self._roles, self._holders
        )  # fmt: skip
        name, roles = tag.name, tag.roles
        if roles:
            self._roles = self._roles | roles
        if tag.identifier and name in _HOLDERS:
            self._holders = (*self._holders, f"{self.file}#{tag.identifier}")
        if self._merging:
            self._open.append(outer)
            return
        self._verse = self._verse or tag.verse
        if level := HEADINGS.get(name):
            self._kind, self._level, self._merging = _HEADING, level, True
        elif name == "figcaption":
            self._kind, self._merging = _IMAGE, True
        elif name == "pre":
            self._kind, self._merging, self._keep_space = _CODE, True, True
        elif tag.stanza and self._kind is not _SPEECH:
            self._kind, self._merging = _VERSE, True
        elif "z3998:letter" in roles:
            self._kind = _LETTER
        elif name == "blockquote" and self._kind is _PARAGRAPH:
            self._kind = _QUOTATION
        if name == "hr":
            self._put(Piece(_BREAK, "", roles=self._roles, part=self.part))
        elif name in ("li", "hgroup", "table"):
            self._record({"li": self._item, "hgroup": self._headings, "table": self._table}[name], outer)
            return
        self._open.append(outer)

    def _end_block(self, outer: _Outer) -> None:
        if self._keep_space and not outer[4]:
            self._raw[:] = [text.replace("\n", LINE_END) for text in self._raw]
        if outer[2]:
            self._edge()
        elif self._raw:
            self._flush()
        self._kind, self._level, self._merging, self._verse, self._keep_space, self._roles, self._holders = outer

    def _item(self, events: list[Event]) -> None:
        """A list item is one piece, unless it arranges headings or tables."""
        if not any(name in HEADINGS or name == "table" for name in names_in(events)):
            self._kind, self._merging = _LIST, True
        self._retell(events)

    def _headings(self, events: list[Event]) -> None:
        """The headings of a group are one heading of the highest rank among them."""
        levels = [HEADINGS[name] for name in names_in(events) if name in HEADINGS]
        self._kind, self._level, self._merging = _HEADING, min(levels, default=2), True
        self._retell(events)

    # -- pictures, formulas, pages -------------------------------------------------------------------------------

    def _picture(self, alt: str) -> None:
        alt = " ".join(alt.split())
        if len(alt) == 1 and self._kind is not _IMAGE:
            self._raw.append(alt)  # an initial letter drawn as a picture
        elif alt:
            self._pictures.append(alt)
            self._raw.append("")  # there is something to flush

    def _drawing(self, events: list[Event]) -> None:
        self._picture(" ".join(text_in(e.inside) for e in elements_in(events) if e.tag.name == "title"))

    def _formula(self, tag: Tag, events: list[Event]) -> None:
        self._raw.append(tag.attributes.get("alttext") or text_in(events))

    def _page_break(self, tag: Tag, events: list[Event]) -> None:
        """The number of a printed page is no text; but a class "pagebreak" may also be the style of a whole chapter."""
        text = text_in(events)
        if is_page_label(text) or ("pagebreak" in tag.roles and len(text.split()) <= 3):
            return
        self._retell([tag.without("id", "xml:id", "class", "epub:type"), *events, None])

    # -- notes ---------------------------------------------------------------------------------------------------

    def _link(self, tag: Tag, events: list[Event]) -> None:
        """A note reference is recorded, the way back from a note left out; other links are ordinary text."""
        if leads_back(tag, events):
            return
        label = note_label(tag, events, raised=self._raised > 0)
        if label is None:
            self._retell(events)
            return
        address, _, fragment = tag.attributes["href"].partition("#")
        self._raw.append(NOTE_MARK)
        self._refs.append((label, f"{resolve(self.file, address)}#{unquote(fragment)}"))

    def _end_raised(self) -> None:
        self._raised -= 1

    # -- tables and plays ----------------------------------------------------------------------------------------

    def _table(self, events: list[Event]) -> None:
        rows = rows_in(events)
        captions = [element for element in elements_in(events) if element.tag.name == "caption"]
        if is_play(rows):
            self._lay_out(captions)
            for row in rows:
                self._speech(row)
        elif is_layout(rows):
            for row in [captions, *rows]:
                self._lay_out(row)
        else:
            self._kind, self._merging = _TABLE, True
            lines = [" | ".join(self._cell_text(cell) for cell in row).strip(" |") for row in [captions, *rows]]
            self._raw.append(LINE_END.join(filter(None, lines)))
            self._merging = False

    def _lay_out(self, cells: Sequence[Recorded]) -> None:
        for cell in cells:
            self.start(cell.tag)
            self._retell(cell.inside)
            self.end()

    def _cell_text(self, cell: Recorded) -> str:
        kept, self._raw = self._raw, []
        self._retell(cell.inside)
        text = " ".join("".join(self._raw).replace(LINE_END, " ").split())
        self._raw = kept
        return text

    def _speech(self, row: list[Recorded]) -> None:
        speaker = self._cell_text(row[0]).strip(" .:").replace(NOTE_MARK, "") if len(row) > 1 else ""
        saved = self._kind, self._speaker, self._verse
        for cell in row[1:] or row:
            self._kind, self._speaker = (_SPEECH, speaker) if speaker else (_STAGE, None)
            self._verse = "z3998:verse" in cell.tag.roles
            self._lay_out([cell])
        self._kind, self._speaker, self._verse = saved

    def _italics(self, events: list[Event]) -> None:
        """A whole italic sentence in a speech is a direction; emphasis is a word or two without its own full stop."""
        text = text_in(events)
        if text and (text[0] in "([" or (text[0].isupper() and text[-1] in ".]" and " " in text)):
            self._start_direction()
            self._retell(events)
            self._close()
        else:
            self._retell(events)

    def _start_direction(self) -> None:
        self._flush()
        self._open.append(partial(self._end_direction, self._kind, self._speaker))
        self._kind, self._speaker = _STAGE, None

    def _end_direction(self, kind: BlockKind, speaker: str | None) -> None:
        self._flush()
        self._kind, self._speaker = kind, speaker


def read_markup(
    data: bytes | str, file: str, part: int, tags: Tags | None = None, walker: type[Walker] = Walker
) -> list[Piece]:
    """The pieces of one (X)HTML document. ``tags`` serves all documents of a book. Raises trees.Unreadable."""
    return feed(data, partial(walker, file, part), Tags() if tags is None else tags).finish()
