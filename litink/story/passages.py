"""A chapter cut into passages for search: runs of whole paragraphs or sentences of some 60 to 180 words."""

from __future__ import annotations

from litink.books.model import BlockKind, Section
from litink.story.model import Passage
from litink.story.paragraphs import is_ornament, paragraphs
from litink.story.sentences import paragraph_sentences

LEAST_WORDS = 60
GOOD_WORDS = 120
MOST_WORDS = 180

_Piece = tuple[int, int, int]  # start, end, words


def passages(section: Section) -> list[Passage]:
    """The passages of ``section`` in order.

    They hold every word of it once. A passage ends with a paragraph wherever it can, always before a heading and
    at a scene break (so these alone leave short ones), and otherwise once it holds ``GOOD_WORDS``; a paragraph of
    more than ``MOST_WORDS`` is divided between sentences. A single longer sentence stays whole.
    """
    out: list[Passage] = []
    for run in _runs(section):
        for start, end in _pack(run):
            out.append(
                Passage(chapter=section.key, ordinal=len(out), start=start, end=end, text=section.text[start:end])
            )
    return out


def _runs(section: Section) -> list[list[_Piece]]:
    """Pieces of at most ``MOST_WORDS`` where possible, in runs that no passage may cross."""
    runs: list[list[_Piece]] = [[]]
    for paragraph in paragraphs(section):
        text = section.text[paragraph.start : paragraph.end]
        if paragraph.kind is BlockKind.BREAK or is_ornament(text):
            runs.append([])
            continue
        if paragraph.kind is BlockKind.HEADING:
            runs.append([])
        words = len(text.split())
        if words <= MOST_WORDS:
            runs[-1].append((paragraph.start, paragraph.end, words))
            continue
        pieces = [
            (start, end, len(section.text[start:end].split()))
            for start, end in paragraph_sentences(section.text, paragraph.start, paragraph.end)
        ]
        runs[-1] += [(start, end, _words(pieces, start, end)) for start, end in _pack(pieces)]
    return [run for run in runs if run]


def _words(pieces: list[_Piece], start: int, end: int) -> int:
    return sum(words for begin, stop, words in pieces if begin >= start and stop <= end)


def _pack(pieces: list[_Piece]) -> list[tuple[int, int]]:
    """Neighbouring pieces joined up to about ``GOOD_WORDS``, never beyond ``MOST_WORDS``; a short rest joins its
    neighbour if that leaves it within bounds."""
    packed: list[_Piece] = []
    for start, end, words in pieces:
        if packed:
            first, _, held = packed[-1]
            if held + words <= MOST_WORDS and (held < LEAST_WORDS or held + words <= GOOD_WORDS):
                packed[-1] = (first, end, held + words)
                continue
        packed.append((start, end, words))
    if len(packed) > 1 and packed[-1][2] < LEAST_WORDS and packed[-2][2] + packed[-1][2] <= MOST_WORDS:
        last = packed.pop()
        packed[-1] = (packed[-1][0], last[1], packed[-1][2] + last[2])
    return [(start, end) for start, end, _ in packed]
