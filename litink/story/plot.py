"""The plot overview by excerpt: the book's own sentences that say most, each with its span. It invents nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from litink.books.model import Book, Section
from litink.story.genres import audience_of, genre_of, is_fiction, story_type_of, themes_of, tone_of
from litink.story.lexicon import ordered, words
from litink.story.mentions import NameIndex
from litink.story.model import Cast, Plot, Span, Statement, TurningPoint
from litink.story.sentences import sentences

# Where in the words of a story its turning points usually stand (Syd Field, "Screenplay", 1979, rounded).
TURNING_POINTS = (
    ("inciting incident", 0.12),
    ("first plot point", 0.25),
    ("midpoint", 0.5),
    ("second plot point", 0.75),
    ("climax", 0.9),
    ("resolution", 0.98),
)
ACTS = ((0.0, 0.25), (0.25, 0.75), (0.75, 1.0))
_SHORTEST, _LONGEST = 50, 320  # code points of a sentence that can stand alone
_WORD = re.compile(r"[a-z]{4,}")
_COMMON = words(
    """that this with from have been were they them their there then than when what which would could should about
    into upon more very some such only said little great much will your other before after over where here know
    come came went being must like made make most well still even never every these those again does down shall
    himself herself itself myself your yours ours because though while without through under between themselves
    another always nothing something anything think thought seemed might took take good first last long away"""
)
_EVENT = re.compile(
    r"\b(?:suddenly|killed|died|dead|death|murder\w*|married|discovered|arrested|fell|struck|cried|escaped|"
    r"lost|found|revealed|confess\w*|fled|arrived|never again|at last|shot|letter|secret|decided|resolved|"
    r"blood|fire|storm|condemned|saved|betrayed|vanished|disappeared|wept)\b",
    re.IGNORECASE,
)
_THESIS = re.compile(
    r"\b(?:the (?:object|purpose|aim|subject|principle) of this|this (?:book|essay|chapter|work|treatise) (?:is|will|"
    r"aims|explores|shows|introduces)|is to assert|i shall|we shall|my (?:aim|purpose|object)|it is the purpose)\b",
    re.IGNORECASE,
)
_DEFINITION = re.compile(
    r"\b(?P<term>[A-Za-z][a-z]{3,}(?: [a-z]{4,})?) (?:is defined as|means|refers to|is called|is the name|"
    r"is the (?:study|process|branch|science|belief|view|idea|theory)|are called)\b"
)
_EXAMPLE = re.compile(
    r"\b(?:for example|for instance|let us take|suppose that|consider the case|as an example)\b", re.I
)
_PLACE = re.compile(
    r"\b(?:in|at|to|from|near|into) ((?:[A-Z][\w’'-]+ )?[A-Z][\w’'-]+"
    r"(?: (?:Street|Square|Road|House|Hall|Park|Castle))?)"
)
_NOT_PLACES = frozenset(ordered("I God Heaven Mr Mrs Miss Sir Lord Lady Dr The A An It He She Chapter Book"))


class _Sentence(NamedTuple):
    section: Section
    start: int
    end: int
    at: float  # share of the book's words before it
    score: float

    @property
    def text(self) -> str:
        return " ".join(self.section.text[self.start : self.end].split())

    def statement(self) -> Statement:
        return Statement(text=self.text, evidence=(self.span(),))

    def span(self) -> Span:
        return Span(chapter=self.section.key, start=self.start, end=self.end)


def read_plot(book: Book, cast: Cast) -> Plot:
    """An overview of fiction (logline, acts, turning points) or of non-fiction (thesis, argument, terms, examples).

    A book without a sentence has its title as logline.
    """
    chapters = [c for c in book.chapters if c.text.strip()]
    fiction = is_fiction(chapters, cast)
    pool = _pool(chapters, cast)
    themes = tuple(
        Statement(text=theme, evidence=tuple(s.span() for s in _mentioning(pool, pattern)))
        for theme, pattern in themes_of(chapters)
    )
    genre = genre_of(chapters, cast, fiction=fiction)
    logline = _best(pool, 0.0, 0.2) or _best(pool, 0.0, 1.0)
    common = {
        "source": "excerpt",
        "fiction": fiction,
        "logline": logline.statement() if logline else Statement(text=book.title),
        "themes": themes,
        "genre": genre,
        "tone": tone_of(chapters),
        "audience": audience_of(chapters),
    }
    if not fiction:
        return Plot(**common, **_argument(chapters, pool))
    return Plot(
        **common,
        setting=_setting(chapters, cast, pool),
        story_type=story_type_of(genre),
        acts=tuple(s.statement() for low, high in ACTS if (s := _best(pool, low, high))),
        turning_points=_turning_points(pool),
    )


def _pool(chapters: Sequence[Section], cast: Cast) -> list[_Sentence]:
    """Narrated sentences that can stand alone, with what they say of the book: shared words and people, by length."""
    weight: Counter[str] = Counter()
    for section in chapters:
        weight.update(w for w in _WORD.findall(section.text.lower()) if w not in _COMMON)
    most = max(weight.values(), default=1)
    names = NameIndex(cast)
    fame = {c.id: min(1.0, c.mention_count / max(1, cast.characters[0].mention_count)) for c in cast.characters}
    total = sum(s.word_count for s in chapters) or 1
    quoted: dict[str, list[tuple[int, int]]] = {}
    for q in cast.quotations:
        quoted.setdefault(q.chapter, []).append((q.start, q.end))
    pool: list[_Sentence] = []
    before = 0
    for section in chapters:
        spans = quoted.get(section.key, [])
        n = 0
        length = len(section.text) or 1
        for start, end in sentences(section.text):
            while n < len(spans) and spans[n][1] <= start:
                n += 1
            spoken = n < len(spans) and spans[n][0] < end
            if spoken or not _SHORTEST <= end - start <= _LONGEST:
                continue
            text = section.text[start:end]
            if not text[0].isupper() or text[-1] not in '.!?”"':
                continue
            found = _WORD.findall(text.lower())
            if len(found) < 5:
                continue
            shared = sum((weight[w] / most) ** 0.5 for w in dict.fromkeys(found)) / len(found) ** 0.6
            people = sum(fame[who] for who in dict.fromkeys(m.character for m in names.find(text)))
            at = (before + section.word_count * start / length) / total
            pool.append(_Sentence(section, start, end, at, shared + 0.5 * min(2.0, people)))
        before += section.word_count
    return pool


def _best(pool: Sequence[_Sentence], low: float, high: float) -> _Sentence | None:
    return max((s for s in pool if low <= s.at <= high), key=lambda s: (s.score, -s.at), default=None)


def _mentioning(pool: Sequence[_Sentence], pattern: re.Pattern[str]) -> list[_Sentence]:
    found = [s for s in pool if pattern.search(s.section.text, s.start, s.end)]
    return sorted(sorted(found, key=lambda s: -s.score)[:3], key=lambda s: s.at)


def _turning_points(pool: Sequence[_Sentence]) -> tuple[TurningPoint, ...]:
    points: list[TurningPoint] = []
    taken: set[tuple[str, int]] = set()
    for name, place in TURNING_POINTS:
        near = [s for s in pool if abs(s.at - place) <= 0.06 and (s.section.key, s.start) not in taken]
        if not near:
            continue
        best = max(
            near,
            key=lambda s: (
                s.score + 0.8 * len(_EVENT.findall(s.section.text, s.start, s.end)) - 4 * abs(s.at - place),
                -s.at,
            ),
        )
        taken.add((best.section.key, best.start))
        points.append(TurningPoint(name=name, chapter=best.section.key, statement=best.statement()))
    return tuple(points)


def _setting(chapters: Sequence[Section], cast: Cast, pool: Sequence[_Sentence]) -> Statement | None:
    people = {part for c in cast.characters for name in (c.name, *c.aliases) for part in name.split()}
    places: Counter[str] = Counter()
    for section in chapters:
        for match in _PLACE.finditer(section.text):
            place = match.group(1)
            if not (set(place.split()) & (people | _NOT_PLACES)):
                places[place] += 1
    if not places:
        return None
    place = max(places, key=lambda p: (places[p], p))
    told = _mentioning(pool, re.compile(rf"\b{re.escape(place)}\b"))
    return Statement(text=place, evidence=tuple(s.span() for s in told)) if told else None


def _argument(chapters: Sequence[Section], pool: Sequence[_Sentence]) -> dict[str, object]:
    theses = [s for s in pool if _THESIS.search(s.section.text, s.start, s.end)]
    thesis = max(theses, key=lambda s: s.score - s.at, default=None) or _best(pool, 0.0, 1.0)
    argument: list[Statement] = []
    for section in chapters:
        best = max((s for s in pool if s.section is section), key=lambda s: (s.score, -s.start), default=None)
        if best:
            argument.append(best.statement())
    terms: dict[str, Statement] = {}
    for s in pool:
        match = _DEFINITION.search(s.section.text, s.start, s.end)
        if match and match["term"].lower() not in _COMMON and match["term"].lower() not in terms and len(terms) < 24:
            terms[match["term"].lower()] = s.statement()
    examples = [s for s in pool if _EXAMPLE.search(s.section.text, s.start, s.end)]
    examples = sorted(sorted(examples, key=lambda s: -s.score)[:8], key=lambda s: s.at)
    return {
        "thesis": thesis.statement() if thesis else None,
        "argument": tuple(argument),
        "key_terms": tuple(terms.values()),
        "examples": tuple(s.statement() for s in examples),
    }
