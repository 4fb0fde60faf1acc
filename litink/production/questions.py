"""Questions about a book: answered by a language model from passages found in it, else by the passages themselves.

What the book and the reader say reaches the model as material, never as instruction. An answer names the passages that
it rests on; one that cannot be had is never made up.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Engine

from litink.errors import LitinkError
from litink.generation.keys import content_hash
from litink.generation.model import Owned, Purpose
from litink.generation.paid.cashier import Delta
from litink.library.repository import BookRecord
from litink.library.search import Hit
from litink.production.credits import Credits
from litink.production.engines import Engines
from litink.production.searching import find

PASSAGES = 8  # given to the model
QUOTED = 3  # where they answer themselves

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """The passages, best first; citations count them from 1."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Said:
    """The next words of the answer. ``anew``: what was said before is void."""

    text: str
    anew: bool


@dataclass(frozen=True)
class Citation:
    """Where the passage stands that the answer names by ``number``."""

    number: int
    chapter: str
    start: int
    end: int


@dataclass(frozen=True)
class Answered:
    """The whole answer. ``source`` "passages": the book's own words, and ``note`` says why no model answered."""

    text: str
    citations: tuple[Citation, ...]
    source: Literal["model", "passages"]
    made_by: str
    note: str = ""


def answers(
    engine: Engine, engines: Engines, book: BookRecord, question: str, *, until_chapter: int | None = None
) -> Iterator[Found | Said | Answered]:
    """The passages, the answer while it is written, the answer. ``until_chapter``: nothing later is given away.

    Raises PermanentFailure("not-made-yet") when the book has no index yet, before anything is given.
    """
    hits = find(engine, engines, book, question, limit=PASSAGES, until_chapter=until_chapter)
    yield Found(tuple(hits))
    if not hits:
        yield Answered("", (), "passages", "", "Nothing in the book fits the question.")
        return
    owned = Owned(book.owner_id, book.id, book.tier)
    if not engines.answers_questions(book.tier):
        yield _quoted(hits, "No language model is set up; these are the book’s own words that fit best.")
        return
    asked = content_hash([question, [hit.text for hit in hits]])
    credits = Credits()
    attempt = 0
    try:
        for piece in engines.replies(
            Purpose(owned, "question", asked, asked), credits, [h.text for h in hits], question
        ):
            if isinstance(piece, Delta):
                yield Said(piece.data.decode("utf-8", "replace"), anew=bool(attempt) and piece.attempt != attempt)
                attempt = piece.attempt
            else:
                made_by = credits.meta("written")["made_by"]
                yield Answered(piece.value.text, _citations(hits, piece.value.cited), "model", made_by)
    except LitinkError as problem:
        log.warning("a question is answered by passages: %s", problem.code)
        yield _quoted(hits, f"{problem.message} Until then, these are the book’s own words that fit best.")


def _quoted(hits: Sequence[Hit], note: str) -> Answered:
    best = hits[:QUOTED]
    text = "\n\n".join(f"“{' '.join(hit.text.split())}” [{number}]" for number, hit in enumerate(best, 1))
    return Answered(text, _citations(hits, range(1, len(best) + 1)), "passages", "", note)


def _citations(hits: Sequence[Hit], numbers: Iterable[int]) -> tuple[Citation, ...]:
    cited = ((number, hits[number - 1]) for number in numbers)
    return tuple(Citation(number, hit.chapter, hit.start, hit.end) for number, hit in cited)
