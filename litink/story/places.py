"""Which kind of place a stretch of narration is in, and what the text calls it. It knows no scenes and no hours."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from litink.story.lexicon import TITLES, words
from litink.story.settings import SETTINGS

_TOKEN = re.compile(r"[A-Za-zÀ-ÿ]+(?:[-’'][A-Za-zÀ-ÿ]+)*|[.,;:!?…—–()*_]")
_SENTENCE_ENDS = frozenset(".!?…")
# Where somebody is or comes to weighs most; what is left behind or only compared weighs nothing.
_ENTERED = words(
    """in into inside at on upon onto aboard through across along within entered entering reached reaching crossed
    crossing opened up down around round over under searched mount mounted
    climbed descended ascended paced"""
)
_APPROACHED = words("to towards toward near beside by before behind off past outside below above")
_LEFT = words("of from for like about than without between or leaving left")
_ROADS = words("street square road avenue lane terrace crescent")
_FURNITURE = words(
    """armchair arm-chair chair table sofa settee fireplace hearth hearthrug mantelpiece ceiling carpet bookcase
    bookshelves curtains piano"""
)
# They move: one that only comes and goes is not where the scene plays.
_VESSELS = words("ship schooner vessel brig steamer yacht barge canoe train railway")
_DETERMINERS = words("the a an his her my their our this that its")
_STANDS = words("was were is had lay stood looked seemed smelt smelled lies stands")
_INNER = words(
    """the a an his her my their our this that its old new little small great big dark own empty same large long
    narrow wide quiet whole cold warm hot deserted crowded dim low open far front back upper lower first second"""
)
# Things that a kind of place has: they hint at it, but nobody is "in" them, and no scene is called after them.
_SIGNS = words(
    """stove oven saucepan kettle dresser sofa hearth hearthrug mantelpiece settee armchair arm-chair fireplace piano
    dinner supper breakfast luncheon bed bedside pillow mattress blankets cradle bookshelves bookcase book-case folios
    test-tubes retort crucible chemicals phial beaker pew pulpit counter locomotive engine blackboard jury bench
    magistrate trial desk clerk typewriter ledger footlights audience nurse mast bulwark rigging helm gunwale topsail
    waves billows cab hansom kerb curb carriage coach wagon motor-car milestone tombstone gravestone sledge sleigh
    cannon regiment cavalry battle shopman shopkeeper grocer pawnbroker chemist gate door knocker window chair table
    ceiling floor lamp carpet curtains walls sky horizon clouds sun stars moon cottages city-walls burial grave ice
    country lecture concert opera showcase surgery rafters pines iceberg icebergs caravan sand sands bunk hammock
    porthole berth dinner-table tea-table supper-table breakfast-table dining-table"""
)
# Words with a commoner meaning: they tell a place only where somebody is in it.
_AMBIGUOUS = words(
    """field fields plain common court stage square theatre ground passage track pass port bank case green drive camp
    point school college keep hold bar street ball coast bay park mine shaft deck drawing market station train platform
    yard lodge fort trail study tower landing hall common wood bridge"""
)
_GENERAL = ("room", "landscape", "house_front")  # they lose to any kind that says more
_CLEAR = 1.2  # weight below which a place is only a word: one chance mention has 0.6, being in it 2
_OPENING = 50  # tokens within which a scene says where it is
_OPENING_WORTH = 3.0
_FIRST_WORTH = 1.5  # the first place that the opening names as where somebody is
_STAYING = 2.5  # weight of the place of the scene before, where the opening names none
_MOST = 3  # mentions of one word that count


class Place(NamedTuple):
    """``kind`` is one of settings.SETTINGS, ``name`` what a person would call it: "the harbour office". Both are empty
    where the text names none; ``stays`` where the place of the scene before goes on."""

    kind: str
    name: str
    stays: bool = False


class _Found(NamedTuple):
    kinds: tuple[str, ...]
    word: str
    name: str
    entered: float  # 0 mentioned, 1 approached, 1.5 a sentence's subject, 2 in it
    at: int
    sign: bool


@lru_cache(maxsize=1)
def _kinds_by_word() -> dict[str, tuple[str, ...]]:
    kinds: dict[str, list[str]] = {}
    for kind, setting in SETTINGS.items():
        for word in setting.words:
            kinds.setdefault(word, []).append(kind)
    return {word: tuple(found) for word, found in kinds.items()}


def find_place(narration: str, before: str = "") -> Place:
    """Where ``narration`` plays. The place that the first sentences say somebody is in weighs most; ``before`` is the
    kind of the scene before, which goes on unless this one opens elsewhere or says enough of another."""
    tokens = _TOKEN.findall(narration)
    found = _find(tokens)
    weights: defaultdict[str, float] = defaultdict(float)
    seen: defaultdict[str, int] = defaultdict(int)
    opened = False
    for one in found:
        seen[one.word] += 1
        if seen[one.word] > _MOST:
            continue
        weight = 0.4 if one.sign else (0.6, 1.2, 2.0)[int(one.entered)]
        if one.at < _OPENING and not one.sign:
            weight *= _OPENING_WORTH
            if one.entered >= 1.5 and not opened and (one.word in _ROADS or one.kinds[0] not in _GENERAL):
                weight *= _FIRST_WORTH
                opened = True
        for kind in one.kinds:
            weights[kind] += weight * (0.3 if kind in _GENERAL else 1.0) / len(one.kinds)
    seated = sum(one.word in _FURNITURE for one in found) >= 2
    if seated and before and (before == "hall" or not SETTINGS[before].indoors):
        weights["room"] += _CLEAR  # among chairs and tables nobody is still in the street or on the stairs
    elif before and not opened:
        weights[before] += _STAYING * (0.6 if before in _GENERAL else 1.0)
    order = list(SETTINGS)
    best = max(weights, key=lambda kind: (weights[kind], kind == before, -order.index(kind)), default="")
    if not best or weights[best] < _CLEAR:
        return Place("", "")
    names = [one for one in found if best in one.kinds and not one.sign]
    if names:
        named = max(names, key=lambda one: (one.entered, one.at < _OPENING, -one.at))
        return Place(best, named.name, stays=best == before and named.entered < 2)
    return Place(best, _plain_name(best), stays=best == before)


def _plain_name(kind: str) -> str:
    return "the " + next((w for w in SETTINGS[kind].words if w not in _SIGNS), SETTINGS[kind].words[0])


def _find(tokens: Sequence[str]) -> list[_Found]:
    lower = [t.lower() for t in tokens]
    kinds = _kinds_by_word()
    out: list[_Found] = []
    at = 0
    while at < len(tokens):
        pair = f"{lower[at]} {lower[at + 1]}" if at + 1 < len(tokens) else ""
        length = 2 if pair in kinds else 1
        word = pair if length == 2 else lower[at]
        if word not in kinds and word.endswith("s") and word[:-1] in kinds:
            word = word[:-1]
        if word in kinds and not _is_modifier(lower, at + length, kinds) and not _is_name(tokens, lower, at):
            one = _read(tokens, lower, at, length, word, kinds[word])
            if one:
                out.append(one)
        at += length
    return out


def _is_modifier(lower: Sequence[str], after: int, kinds: dict[str, tuple[str, ...]]) -> bool:
    """Whether the place only says which one of the next: "harbour office" is an office."""
    if after >= len(lower):
        return False
    follows = lower[after]
    return (
        follows in kinds and follows not in _SIGNS and follows not in _AMBIGUOUS and kinds[follows][0] not in _GENERAL
    )


def _is_name(tokens: Sequence[str], lower: Sequence[str], at: int) -> bool:
    """Whether the word is part of somebody's name ("Mrs. Hall") or of a body's ("the Department of Harbours")."""
    if not tokens[at][0].isupper() or at == 0:
        return False
    previous = lower[at - 1] if lower[at - 1] != "." or at < 2 else lower[at - 2]
    if previous in TITLES:
        return True
    return previous == "of" and at >= 2 and tokens[at - 2][0].isupper()


def _read(
    tokens: Sequence[str], lower: Sequence[str], at: int, length: int, word: str, kinds: tuple[str, ...]
) -> _Found | None:
    known = _kinds_by_word()
    first = at  # of the noun and what belongs to its name
    while first and at - first < 2 and _names(tokens, lower, first - 1, known):
        first -= 1
    k = _before_phrase(lower, first)
    lead = lower[k] if k >= 0 else "."
    determined = k < first - 1
    if k >= 0 and lower[k].endswith(("’s", "'s")) and k:
        lead = lower[k - 1]  # «in the captain’s cabin»
        determined = True
        while k > 1 and (lead in _INNER or tokens[k - 1][0].isupper()):
            k -= 1
            lead = lower[k - 1]
    sign = word in _SIGNS
    proper = any(tokens[n][0].isupper() for n in range(first, at + length)) and not (
        first == 0 or lead in _SENTENCE_ENDS
    )
    entered = 2.0 if lead in _ENTERED else 1.0 if lead in _APPROACHED else 0.0
    if not entered and determined and not sign and word not in _VESSELS and lead not in _LEFT and at < _OPENING:
        stands = at + length < len(lower) and lower[at + length] in _STANDS
        # What the scene opens on: «The harbour office had one window», «By noon the kitchen was hot».
        entered = 2.0 if lead in _SENTENCE_ENDS else 1.5 if stands else 0.0
    if entered and not (determined or proper or sign or at != first or lead in ("at", "aboard", "in", "on")):
        entered = 0.0
    if proper and lead == "at" and word in _ROADS:
        kinds = ("room",)  # «at Baker Street»: a house there, not the street
    if word in _AMBIGUOUS and (entered < 2.0 or (at + length < len(lower) and lower[at + length] == "of")):
        return None
    phrase = " ".join(tokens[first : at + length])
    name = phrase if proper else f"the {phrase.lower()}"
    return _Found(kinds, word, name, 0.0 if sign else entered, at, sign)


def _names(tokens: Sequence[str], lower: Sequence[str], n: int, known: dict[str, tuple[str, ...]]) -> bool:
    """Whether the word before a place belongs to its name: "bakery kitchen", "Baker Street"."""
    if lower[n] in TITLES or lower[n] in _INNER or lower[n].endswith(("’s", "'s")):
        return False
    begins = n == 0 or lower[n - 1] in _SENTENCE_ENDS
    return lower[n] in known or (tokens[n][0].isupper() and not begins)


def _before_phrase(lower: Sequence[str], first: int) -> int:
    """The token before the noun phrase whose noun stands at ``first``: past its adjectives, and its article if any."""
    for k in range(first - 1, max(-1, first - 5), -1):
        word = lower[k]
        if word in _DETERMINERS:
            return k - 1
        if not word[0].isalpha() or word in _ENTERED or word in _APPROACHED or word in _LEFT or word in _STANDS:
            break
    k = first - 1
    while k >= 0 and first - k <= 4 and lower[k] in _INNER:
        k -= 1
    return k
