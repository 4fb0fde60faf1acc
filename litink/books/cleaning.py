"""Raw text of a document to clean text with single blanks and marked places of notes. What is no text: pieces.py."""

from __future__ import annotations

import re
from collections.abc import Sequence

from litink.books.pieces import LATIN_JOINERS, LINE_END, NO_TEXT, NOTE_MARK, NoteRef

_BLANKS = "\t\n\x0b-\r\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # but the space
_JOINERS = "\u200c\u200d"
_ODD = re.compile(f"[{NO_TEXT}{_BLANKS}{_JOINERS}]")
_ASCII = bytes(range(32, 127)) + b"\t\n"
_LINE_WITH_MARKS = re.compile(f" +(?={NOTE_MARK})")


def odd_characters(data: bytes) -> set[str]:
    """Which characters of a document in UTF-8 are no text, or blanks but no spaces. Raises UnicodeDecodeError.

    They are few, and looking for each is much faster than a regular expression over all text.
    """
    return {"\n", "\t", *_ODD.findall(data.translate(None, _ASCII).decode())}


class Tidier:
    """Tidies the texts of one document. Without the document's odd characters it learns them from the texts."""

    def __init__(self, odd: set[str] | None = None) -> None:
        self._learns = odd is None
        self._joiners = False
        self._instead: list[tuple[str, str]] = []
        self._know(odd or set())

    def _know(self, odd: set[str]) -> None:
        self._joiners = self._joiners or not odd.isdisjoint(_JOINERS)
        self._instead += [(character, " " if character.isspace() else "") for character in odd - set(_JOINERS)]

    def tidy(self, raw: str, refs: Sequence[tuple[str, str]]) -> tuple[str, Sequence[NoteRef]]:
        """Clean, collapse blanks, keep ``LINE_END`` as newline, and turn each ``NOTE_MARK`` into an offset.

        ``refs`` holds (label, target) of the marks in order. Returns the text and the references found in it.
        """
        for character, instead in self._instead:
            if character in raw:
                raw = raw.replace(character, instead)
        if self._joiners:
            raw = LATIN_JOINERS.sub("", raw)
        if self._learns and not raw.isprintable():
            plain = raw.replace(LINE_END, "").replace(NOTE_MARK, "")
            if odd := set(_ODD.findall(plain)).difference(_JOINERS if self._joiners else ""):
                self._know(odd)
                return self.tidy(raw, refs)
        if LINE_END in raw:
            text = "\n".join([line for part in raw.split(LINE_END) if (line := _single_blanks(part))])
        else:
            text = _single_blanks(raw)
        return _without_marks(text, refs) if refs else (text, ())


def _single_blanks(text: str) -> str:
    text = text.strip()
    if "  " in text:
        text = text.replace("  ", " ")  # two are usual, more are not
        if "  " in text:
            return " ".join(text.split())
    return text


def _without_marks(text: str, refs: Sequence[tuple[str, str]]) -> tuple[str, list[NoteRef]]:
    found = []
    parts = _LINE_WITH_MARKS.sub("", text).split(NOTE_MARK)
    offset = 0
    for part, (label, target) in zip(parts, refs, strict=False):
        offset += len(part)
        found.append(NoteRef(offset, label, target))
    text = "".join(parts).rstrip()
    lead = len(text) - len(text.lstrip())
    for ref in found:
        ref.offset = max(0, min(ref.offset, len(text)) - lead)
    return text[lead:], found
