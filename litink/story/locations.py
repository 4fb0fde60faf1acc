"""The places of a book: those it calls by name, and the buildings, rooms and grounds without one that it comes back to,
"the monastery", "Smerdyakov’s lodging". Where a scene plays is places.py's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from litink.books.model import Section
from litink.story.landmarks import find_landmarks
from litink.story.lexicon import FUNCTION_WORDS, words
from litink.story.model import Cast
from litink.story.names import tokenise
from litink.story.sightings import Candidate, Sighting

# Of these a story seldom has two.
_SINGULAR = words(
    """monastery hermitage convent abbey castle palace laboratory theatre theater hospital asylum infirmary prison jail
    gaol inn tavern mill lighthouse cottage hut cabin schoolhouse school-house school church chapel cathedral university
    courthouse court-house shop store bakery office bank station farm farmhouse farm-house barn stable stables cave
    cavern island lake glacier valley wood forest harbour harbor quay bridge tower dungeon vault crypt tomb graveyard
    churchyard cemetery cell lodge mansion villa manor village town marketplace market-place summerhouse summer-house
    boathouse boat-house greenhouse observatory factory warehouse foundry camp fort fortress club museum hotel pavilion
    pond moor ranch ship schooner yacht wigwam temple shrine lagoon canyon volcano ravine quarry mine river pub
    public-house surgery court cabinet"""
)
# Of these every house has one: they count where a chapter stays there.
_COMMON = words(
    """kitchen library parlour parlor drawing-room dining-room bedroom bedchamber attic garret cellar nursery
    ball-room ballroom dressing-room sitting-room schoolroom school-room classroom class-room pantry consulting-room
    garden orchard courtyard courtroom court-room yard meadow park platform waiting-room workshop studio conservatory
    dormitory refectory tent hayloft loft deck beach"""
)
# What somebody's own is called: «Fyodor Pavlovitch’s house».
_OWNED = (
    _SINGULAR | _COMMON | words("house room rooms lodging lodgings flat apartment apartments estate chambers place")
)
_FIGURATIVE = words(
    """school court theatre theater bank church station cabinet office tower bridge vault mine deck temple"""
)
_THE = words("the this that")
_WHOSE = words("his her my our their your")
_INSIDE = words(
    """in into inside at through across within entered reached left leaving to from near outside towards toward behind
    round around aboard on onto visited approached crossed opened"""
)
_VARIED = words("st saint new old upper lower")  # «St. Petersburg», «Petersburg»
_STAY = 3  # mentions in one chapter by which it stays at a place
# The share of all mentions that such chapters hold: else it is another one each time.
_SETTLED = 0.3
_SETTLED_COMMON = 0.6
_THERE = 0.15  # the share of mentions that say that somebody is there, comes or goes
_SCARCE = 40_000  # words of a book for each of which a place without a name needs a mention more


@dataclass
class _Evidence:
    candidate: Candidate = field(default_factory=Candidate)
    inside: int = 0


def find_locations(chapters: Sequence[Section], cast: Cast) -> list[Candidate]:
    """The places that recur, most spoken of first."""
    names = {name: c.id for c in reversed(cast.characters) for name in (c.name, *c.aliases)}
    plain: defaultdict[str, _Evidence] = defaultdict(_Evidence)
    owned: defaultdict[tuple[str, str], _Evidence] = defaultdict(_Evidence)
    total = 0
    for n, section in enumerate(chapters):
        total += section.word_count
        _read(n, section.text, names, plain, owned)
    least = 4 + total // _SCARCE
    found = _merged(find_landmarks(chapters, names))
    for noun, evidence in plain.items():
        count = len(evidence.candidate.sightings)
        settled = sum(k for k in evidence.candidate.by_section().values() if k >= _STAY) / count
        enough = settled >= (_SETTLED_COMMON if noun in _COMMON else _SETTLED)
        if count >= least and evidence.inside >= max(2, _THERE * count) and enough:
            found.append(evidence.candidate)
    for evidence in owned.values():
        if len(evidence.candidate.sightings) >= 3 and evidence.inside >= 2:
            found.append(evidence.candidate)
    return sorted(found, key=lambda one: (-len(one.sightings), one.sightings[0]))


def _read(
    n: int,
    text: str,
    names: Mapping[str, str],
    plain: defaultdict[str, _Evidence],
    owned: defaultdict[tuple[str, str], _Evidence],
) -> None:
    words, starts = tokenise(text)
    for at, word in enumerate(words):
        if at < 2 or word not in _OWNED:
            continue
        following = words[at + 1] if at + 1 < len(words) else "."
        first = at
        while first > 1 and at - first < 2 and words[first - 1].islower() and words[first - 1] not in FUNCTION_WORDS:
            first -= 1
        head = words[first - 1]
        if head.endswith(("’s", "'s")) and head[0].isupper():
            begin = first - 1
            owner = _owner(words, begin, names)
            if owner:
                id_, begin = owner
                evidence = owned[id_, word]
                evidence.candidate.names[f"{' '.join(words[begin:first])} {word}".replace(" . ", ". ")] += 1
                evidence.candidate.sightings.append(Sighting(n, starts[begin], starts[at] + len(word)))
                evidence.inside += _is_inside(words, begin)
        elif word in _SINGULAR | _COMMON and (head.lower() in _THE or (head.lower() in _WHOSE and word in _COMMON)):
            if (word in _FIGURATIVE and following == "of") or (following[0].islower() and following in _OWNED):
                continue
            evidence = plain[word]
            evidence.candidate.names[f"the {word}"] += 1
            evidence.candidate.sightings.append(Sighting(n, starts[first - 1], starts[at] + len(word)))
            evidence.inside += _is_inside(words, first - 1)


def _is_inside(words: Sequence[str], at: int) -> bool:
    """Whether somebody is at the place whose name begins at ``at``, comes to it or out of it."""
    before = words[at - 1].lower() if at else ""
    return before in _INSIDE or (before == "of" and at > 1 and words[at - 2].lower() == "out")


def _owner(words: Sequence[str], last: int, names: Mapping[str, str]) -> tuple[str, int] | None:
    """Whose the possessive at ``last`` is, the longest name that ends there, and where it begins."""
    for first in range(max(0, last - 4), last + 1):
        spelled = " ".join([*words[first:last], words[last][:-2]]).replace(" . ", ". ")
        if spelled in names:
            return names[spelled], first
    return None


def _merged(landmarks: Sequence[Candidate]) -> list[Candidate]:
    """One place for each; «Coburg Square» is the one «Saxe-Coburg Square»."""
    by_key = {tuple(_tail(c)): c for c in landmarks}
    by_last: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for key in by_key:
        by_last[key[-1]].append(key)
    gone: set[tuple[str, ...]] = set()
    for short, candidate in by_key.items():
        longer = [key for key in by_last[short[-1]] if len(key) > len(short) and key[-len(short) :] == short]
        if len(longer) != 1 or (len(short) == 1 and longer[0][0] not in _VARIED):
            continue
        kept = by_key[longer[0]]
        kept.names += candidate.names
        kept.sightings = sorted([*kept.sightings, *candidate.sightings])
        gone.add(short)
    return [candidate for key, candidate in by_key.items() if key not in gone]


def _tail(candidate: Candidate) -> list[str]:
    name = candidate.names.most_common(1)[0][0].lower().replace("-", " ").replace(".", "")
    return [word for word in name.split() if word != "the"]
