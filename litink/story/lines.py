"""A chapter as lines to be spoken: exact spans of its text, each of one voice. Scenes are made elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from litink.books.model import BlockKind, Section
from litink.story.delivery import delivery_of
from litink.story.model import Line, Quotation
from litink.story.paragraphs import Paragraph, is_ornament, paragraphs
from litink.story.sentences import paragraph_sentences

MOST_CHARACTERS = 350  # of a narration line: about 20 s of speech
GOOD_CHARACTERS = 210  # up to which sentences are joined: about 12 s, one picture
MOST_SENTENCES = 3
_CLAUSE = re.compile(
    r"[;:—–][\"'”’)]?\s*|,[\"'”’]?\s+|\s+(?=(?:and|but|or|which|who|that|when|while|because|as|for)\s)"
)


class _Run(NamedTuple):
    start: int
    end: int
    quotation: Quotation | None


def chapter_lines(section: Section, quotations: Sequence[Quotation], *, voices: bool) -> list[Line]:
    """The lines of a chapter: together they hold every non-blank character of its text once, in order.

    ``quotations`` are the chapter's own. With ``voices`` a quotation whose speaker is known is that speaker's; the
    narrator reads all else, tags included. No line crosses the end of a paragraph. Printed dividers are no lines.
    """
    out: list[Line] = []
    known = [q for q in quotations if q.speaker is not None] if voices else []
    known.sort(key=lambda q: q.start)
    at = 0
    for paragraph in paragraphs(section):
        if paragraph.kind is BlockKind.BREAK or is_ornament(section.text[paragraph.start : paragraph.end]):
            continue
        while at < len(known) and known[at].end <= paragraph.start:
            at += 1
        here: list[Quotation] = []
        for quotation in known[at:]:
            if quotation.start >= paragraph.end:
                break
            here.append(quotation)
        made = list(_paragraph_lines(section.text, paragraph, here))
        for number, (start, end, spoken) in enumerate(made):
            emotion, intensity, delivery = ("neutral", 3, "spoken")
            if spoken:
                emotion, intensity, delivery = delivery_of(section.text, spoken, paragraph)
            out.append(
                Line(
                    id=f"l{len(out) + 1:04d}",
                    speaker=spoken.speaker if spoken else None,
                    text=section.text[start:end],
                    start=start,
                    end=end,
                    emotion=emotion,
                    intensity=intensity,
                    delivery=delivery,
                    paragraph_end=number == len(made) - 1,
                )
            )
    return out


def _paragraph_lines(
    text: str, paragraph: Paragraph, quotations: Sequence[Quotation]
) -> Iterator[tuple[int, int, Quotation | None]]:
    sentences = paragraph_sentences(text, paragraph.start, paragraph.end)
    for run in _runs(text, paragraph, quotations):
        pieces = [
            piece
            for start, end in sentences
            if (span := _trim(text, max(start, run.start), min(end, run.end)))
            for piece in _shorten(text, *span)
        ]
        for start, end in _join(text, pieces):
            yield start, end, run.quotation


def _runs(text: str, paragraph: Paragraph, quotations: Sequence[Quotation]) -> list[_Run]:
    """The paragraph cut where the voice changes. A run without a letter (a dash between two quotations) joins its
    neighbour: nobody can say it."""
    cut: list[_Run] = []
    at = paragraph.start
    for quotation in quotations:
        start, end = max(quotation.start, at), min(quotation.end, paragraph.end)
        if start >= end:
            continue
        cut += [_Run(at, start, None), _Run(start, end, quotation)]
        at = end
    cut.append(_Run(at, paragraph.end, None))
    runs: list[_Run] = []
    pending: int | None = None
    for run in cut:
        if not text[run.start : run.end].strip():
            continue
        if is_ornament(text[run.start : run.end]):
            if runs:
                runs[-1] = runs[-1]._replace(end=run.end)
            elif pending is None:
                pending = run.start
            continue
        start, pending = (run.start if pending is None else pending), None
        runs.append(run._replace(start=start))
    return runs


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    part = text[start:end] if start < end else ""
    stripped = part.strip()
    if not stripped:
        return None
    first = start + len(part) - len(part.lstrip())
    return first, first + len(stripped)


def _shorten(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence in pieces of at most ``MOST_CHARACTERS``, cut after a clause, else between words."""
    out: list[tuple[int, int]] = []
    while end - start > MOST_CHARACTERS:
        window = start + MOST_CHARACTERS
        parts = -(-(end - start) // MOST_CHARACTERS)
        ideal = start + (end - start) // parts
        cuts = [m.end() for m in _CLAUSE.finditer(text, start + MOST_CHARACTERS // 4, window)]
        if cuts:
            # The mark weighs: a semicolon is worth a few words' distance from the ideal.
            cut = min(cuts, key=lambda c: (abs(c - ideal) - 60 * (text[start:c].rstrip()[-1:] in ";:—"), c))
        else:
            space = max(text.rfind(" ", start, window), text.rfind("\n", start, window))
            cut = space if space > start else window
        first = _trim(text, start, cut)
        if first:
            out.append(first)
        rest = _trim(text, cut, end)
        if rest is None:
            return out
        start = rest[0]
    return [*out, (start, end)]


def _join(text: str, pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Neighbouring sentences in lines of at most ``MOST_SENTENCES`` and ``GOOD_CHARACTERS``; a piece without a
    letter (a row of dots) joins its neighbour whatever the length."""
    out: list[tuple[int, int]] = []
    held = 0
    for start, end in pieces:
        if out and (is_ornament(text[start:end]) or is_ornament(text[slice(*out[-1])])):
            out[-1] = (out[-1][0], end)
        elif out and held < MOST_SENTENCES and end - out[-1][0] <= GOOD_CHARACTERS:
            out[-1] = (out[-1][0], end)
            held += 1
        else:
            out.append((start, end))
            held = 1
    return out
