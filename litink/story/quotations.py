"""Where somebody speaks: the quoted runs of a section, whatever marks it uses. Who speaks is decided elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from litink.books.model import BlockKind, Section
from litink.story.lexicon import PLAIN_SPEECH_VERBS
from litink.story.paragraphs import Paragraph, paragraphs

QuoteStyle = Literal["double", "single", "dash", "none"]


class Quote(NamedTuple):
    """A quoted run of ``Section.text``, marks included. ``paragraph`` indexes ``paragraphs(section)``."""

    start: int
    end: int
    paragraph: int
    continues: bool  # the quotation of the paragraph before goes on
    heading: str | None  # a play's speaker heading


_DASH_LINE = re.compile(r"(?:—|–|―|--)\s?(?=[^\s—–―-])")
_SINGLE_OPEN = re.compile(
    r"(?<![\w.,!?;:'’])['‘](?=[^\s'’])(?!(?:tis|twas|twere|twill|em|til|bout|cause|un|nd)\b)", re.I
)
_SINGLE_CLOSE = re.compile(r"(?<=[.,!?;:…—–-])['’](?!\w)")
_SINGLE_CLOSE_LOOSE = re.compile(r"(?<=\w)['’](?![\w])")
_STAGE_DIRECTION = re.compile(r"\s*(?:\[[^\]]*\]|\([^)]*\))\s*")
_OPENING, _CLOSING = "“„«", "”»"


def quote_style(sections: Sequence[Section]) -> QuoteStyle:
    """Which marks enclose speech. Paragraphs that begin with a mark count most: nested marks rarely do."""
    double = single = dash = 0
    for section in sections:
        text = section.text
        for paragraph in paragraphs(section):
            first = text[paragraph.start]
            double += 4 * (first in _OPENING or first == '"')
            if first in "‘'":
                single += 4 * bool(_SINGLE_OPEN.match(text, paragraph.start))
            dash += 4 * bool(_DASH_LINE.match(text, paragraph.start))
        double += sum(map(text.count, _OPENING)) + text.count('"') // 2
        single += min(len(_SINGLE_OPEN.findall(text)), len(_SINGLE_CLOSE.findall(text)))
    most = max(double, single, dash)
    if most == 0:
        return "none"
    return "double" if double == most else "single" if single == most else "dash"


def find_quotes(section: Section, style: QuoteStyle | None = None) -> list[Quote]:
    """The quoted runs of ``section`` in order, without titles and words set in quotation marks inside a sentence.

    A speech of a play (a block with a speaker) is one run, or several around its stage directions.
    ``style`` defaults to the section's own.
    """
    style = style or quote_style([section])
    paras = paragraphs(section)
    out: list[Quote] = []
    open_at_end = False
    for index, paragraph in enumerate(paras):
        if paragraph.kind is BlockKind.SPEECH and paragraph.speaker:
            spans = _speech(section.text, paragraph)
            out += [Quote(a, b, index, False, paragraph.speaker) for a, b in spans]
            open_at_end = False
            continue
        if paragraph.kind in (BlockKind.HEADING, BlockKind.BREAK, BlockKind.STAGE, BlockKind.TABLE, BlockKind.CODE):
            open_at_end = False
            continue
        runs, left_open = _runs(section.text, paragraph, style)
        continues = open_at_end and bool(runs) and runs[0][0] == paragraph.start
        for number, (start, end) in enumerate(runs):
            carried = continues and number == 0
            if carried or _is_speech(section.text, start, end, paragraph):
                out.append(Quote(start, end, index, carried, None))
        open_at_end = left_open
    return out


def _runs(text: str, paragraph: Paragraph, style: QuoteStyle) -> tuple[list[tuple[int, int]], bool]:
    if style == "double":
        return _double(text, paragraph.start, paragraph.end)
    if style == "single":
        return _single(text, paragraph.start, paragraph.end)
    if style == "dash":
        if _DASH_LINE.match(text, paragraph.start):
            return _dash(text, paragraph.start, paragraph.end), False
        return _double(text, paragraph.start, paragraph.end)
    return [], False


def _double(text: str, start: int, end: int) -> tuple[list[tuple[int, int]], bool]:
    """Runs in double quotation marks of any shape, and whether the last is still open at the paragraph's end."""
    low = text.find("„", start, end) >= 0  # „German“ closes with the mark that opens English
    runs: list[tuple[int, int]] = []
    opened: int | None = None
    for mark in re.finditer('[“”„«»"]', text[start:end]):
        at = start + mark.start()
        char = mark.group()
        if char == '"':
            spaced = at == start or text[at - 1] in " \n\t—–-([*_"
            followed = at + 1 < end and not text[at + 1].isspace()
            opens = opened is None if not (spaced and followed) else opened is None or text[at - 1] in " \n\t"
        else:
            opens = char in "„«" or (char == "“" and not (low and opened is not None))
        if opens:
            if opened is not None and char == '"':
                runs.append((opened, start + len(text[start:at].rstrip())))
                opened = at
            elif opened is None:
                opened = at
        elif opened is not None:
            runs.append((opened, at + 1))
            opened = None
    if opened is not None:
        runs.append((opened, end))
    return runs, opened is not None


def _single(text: str, start: int, end: int) -> tuple[list[tuple[int, int]], bool]:
    """Runs in single quotation marks. A mark after a letter is an apostrophe wherever a better closing mark follows."""
    runs: list[tuple[int, int]] = []
    at = start
    while opening := _SINGLE_OPEN.search(text, at, end):
        closing = _SINGLE_CLOSE.search(text, opening.end(), end)
        following = _SINGLE_OPEN.search(text, opening.end(), closing.start() if closing else end)
        if following or not closing:
            loose = _SINGLE_CLOSE_LOOSE.search(text, opening.end(), following.start() if following else end)
            closing = loose or closing
        if not closing:
            return [*runs, (opening.start(), end)], True
        runs.append((opening.start(), closing.end()))
        at = closing.end()
    return runs, False


# The tag of a line that only a dash introduces: —Come up, he called. Come up!
_SUBJECT = (
    r"(?:he|she|they|I|we|(?:the|his|her|my|an?|another)\s+(?:[\w’'-]+\s+){0,3}?[\w’'-]+"
    r"|(?:[A-Z][\w.’'-]*\s+){0,3}[A-Z][\w’'-]*)"
)
_PLAIN = "(?:" + "|".join(sorted(PLAIN_SPEECH_VERBS)) + ")"
_DASH_TAG = re.compile(
    rf"(?<=[.,!?…—])\s+(?:{_SUBJECT}\s+(?:[\w’'-]+ly\s+)?{_PLAIN}|{_PLAIN}\s+{_SUBJECT})\b[^.!?:]*(?:[.!?:]|$)"
)


def _dash(text: str, start: int, end: int) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    at = start
    for tag in _DASH_TAG.finditer(text[start:end]):
        if start + tag.start() > at:
            runs.append((at, start + tag.start()))
        at = start + tag.end()
    rest = text[at:end].strip()
    if rest:
        begin = text.index(rest[0], at, end)
        runs.append((begin, end))
    return runs


def _speech(text: str, paragraph: Paragraph) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    at = paragraph.start
    for direction in [*_STAGE_DIRECTION.finditer(text, paragraph.start, paragraph.end), None]:
        stop = direction.start() if direction else paragraph.end
        if text[at:stop].strip():
            spans.append((at, stop))
        at = direction.end() if direction else paragraph.end
    return spans


def _is_speech(text: str, start: int, end: int, paragraph: Paragraph) -> bool:
    """False for a title or a word set in quotation marks within a sentence: the “Penang lawyer”, his ‘luck’."""
    inner = text[start + 1 : end - 1].rstrip()
    if not any(c.isalnum() for c in inner):
        return False
    before = text[paragraph.start : start].rstrip()
    if not before or before[-1] in ".!?,:;—–-…”\"’'»)":
        return True
    if inner[-1] in ",.!?;:—–…-" and (inner[-1] in "!?," or inner[0].isupper()):
        return True
    return len(inner.split()) > 5 and inner[0].isupper()
