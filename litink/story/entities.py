"""Places and things as entities of the book: what they are called, how much they matter, what the text says of them.
Which they are is decided in locations.py and objects.py."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from litink.books.model import Section
from litink.story.aliases import slug
from litink.story.locations import find_locations
from litink.story.model import Cast, Character, EntityKind, Importance, Span, Statement
from litink.story.objects import find_objects
from litink.story.paragraphs import Paragraph, paragraphs
from litink.story.sentences import paragraph_sentences
from litink.story.sightings import Candidate, Sighting

MOST = 60  # of a kind
_STATEMENTS = 3
_LOOKED_AT = 40  # mentions among which the telling sentences are sought
_TELLING = 1.5  # what a sentence must score to be taken besides the best
_LONGEST = 400  # code points of a sentence that describes
_BEING = (
    r"(?:was|were|is|are|stood|stands|lay|lies|had|has|looked|seemed|contained|consisted|rose|opened|belonged|hung|"
    r"appeared|held|ran)\b"
)
_TELLS = re.compile(
    rf"^(?:\s+(?:itself|now|there|also|which|that))?\s+{_BEING}|^,\s+(?:an?|the|which|where|with)\s", re.I
)
_ABSENT = re.compile(r"\b(?:not|never|if|no|would|could|should|might)\b|[?]", re.I)
_ARTICLE = re.compile(r"^the\s+", re.I)
_HEAD = 30  # code points of a sentence within which what it is about stands


def with_entities(chapters: Sequence[Section], cast: Cast) -> Cast:
    """The cast with the places and things of the chapters. Their ids are unlike those of all characters."""
    taken = Counter(character.id for character in cast.characters)
    reader = _Reader(chapters, cast)
    entities: list[Character] = []
    kinds: tuple[tuple[EntityKind, list[Candidate]], ...] = (
        ("location", find_locations(chapters, cast)),
        ("object", find_objects(chapters)),
    )
    for kind, found in kinds:
        entities += (_entity(kind, one, len(found[0].sightings), reader, taken) for one in found[:MOST])
    return cast.model_copy(update={"entities": tuple(entities)})


def place_named(place: str, entities: Iterable[Character]) -> str:
    """The id of the location that is called as a scene's place is, "" where none is."""
    wanted = _plain(place)
    for entity in entities:
        if wanted and entity.kind == "location" and wanted in map(_plain, (entity.name, *entity.aliases)):
            return entity.id
    return ""


def _plain(name: str) -> str:
    return _ARTICLE.sub("", name.strip())  # «the city» is not «the City»


def _entity(
    kind: EntityKind,
    candidate: Candidate,
    most: int,
    reader: _Reader,
    taken: Counter[str],
) -> Character:
    name, *others = (name for name, _ in sorted(candidate.names.items(), key=lambda item: (-item[1], item[0])))
    base = slug(_ARTICLE.sub("", name))
    taken[base] += 1
    count = len(candidate.sightings)
    return Character(
        id=base if taken[base] == 1 else f"{base}-{taken[base]}",
        name=name,
        kind=kind,
        aliases=tuple(others),
        importance=_importance(count, most),
        description=reader.told_of(candidate),
        mention_count=count,
    )


def _importance(count: int, most: int) -> Importance:
    if count >= max(8, 0.25 * most):
        return "major"
    return "intermediate" if count >= max(4, 0.05 * most) else "minor"


class _Reader:
    """Finds the sentences that say what a place or a thing is like."""

    def __init__(self, chapters: Sequence[Section], cast: Cast) -> None:
        self._chapters = chapters
        self._paragraphs: dict[int, list[Paragraph]] = {}
        self._sentences: dict[tuple[int, int], list[tuple[int, int]]] = {}  # by section and paragraph
        quoted: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for q in cast.quotations:
            quoted[q.chapter].append((q.start, q.end))
        self._quoted = [sorted(quoted[section.key]) for section in chapters]

    def told_of(self, candidate: Candidate) -> tuple[Statement, ...]:
        """The sentences of the narration that tell most, in book order: those that say what it is, else the first that
        speaks of it."""
        step = max(1, len(candidate.sightings) // _LOOKED_AT)
        told = [s for s in candidate.sightings if not self._is_quoted(s)] or candidate.sightings
        scored: dict[tuple[int, int, int], float] = {}
        for n, sighting in enumerate([*told[:3], *told[3::step]]):
            start, end = self._sentence(sighting)
            score = self._tells(sighting, start, end) + (n == 0) if end - start <= _LONGEST else -1.0
            scored.setdefault((sighting.section, start, end), score)
        best = sorted(scored, key=lambda span: (-scored[span], span))
        telling = [span for span in best[:_STATEMENTS] if scored[span] >= _TELLING] or best[:1]
        return tuple(self._statement(*span) for span in sorted(telling))

    def _is_quoted(self, sighting: Sighting) -> bool:
        spans = self._quoted[sighting.section]
        n = bisect_right(spans, (sighting.start, sighting.end)) - 1
        return n >= 0 and spans[n][1] > sighting.start

    def _sentence(self, sighting: Sighting) -> tuple[int, int]:
        section = self._chapters[sighting.section]
        if sighting.section not in self._paragraphs:
            self._paragraphs[sighting.section] = paragraphs(section)
        within = self._paragraphs[sighting.section]
        n = bisect_right(within, sighting.start, key=lambda p: p.start) - 1
        if (sighting.section, n) not in self._sentences:
            spans = paragraph_sentences(section.text, within[n].start, within[n].end)
            self._sentences[sighting.section, n] = spans
        spans = self._sentences[sighting.section, n]
        return spans[bisect_right(spans, sighting.start, key=lambda span: span[0]) - 1]

    def _tells(self, sighting: Sighting, start: int, end: int) -> float:
        text = self._chapters[sighting.section].text
        score = 1.5 if _TELLS.match(text[sighting.end : min(end, sighting.end + 40)]) else 0.0
        score += 0.6 if sighting.start - start <= _HEAD else 0.0
        score += 0.3 if end - start >= 60 else 0.0
        return score - (1.0 if _ABSENT.search(text, start, end) else 0.0)

    def _statement(self, section: int, start: int, end: int) -> Statement:
        chapter = self._chapters[section]
        span = Span(chapter=chapter.key, start=start, end=end)
        return Statement(text=" ".join(chapter.text[start:end].split()), evidence=(span,))
