"""The places that a book calls by name, "London", "Baker Street": capitalised runs with evidence for a place. Persons
are names.py's, rooms and buildings without a name locations.py's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from litink.books.model import Section
from litink.story.lexicon import FUNCTION_WORDS, NOT_NAMES, PERSON_VERBS, SPEECH_VERBS, TITLES, words
from litink.story.names import Tokens, tokenise
from litink.story.sightings import Candidate, Sighting

# Nouns that end the name of a place where somebody can be.
_ENDINGS = words(
    """street road avenue square lane hall park castle abbey church river lake island islands isle bay inn hotel court
    bridge hill hills mountain mountains valley village town city terrace place gardens garden station cottage lodge
    manor farm wood woods forest heath common green row crescent yard wharf dock docks harbour harbor cape sea ocean
    desert university college monastery convent cathedral chapel palace tower prison hospital ranch creek falls point
    beach house houses grange priory villa mill mills county falls strait quay canal grove market cross weir lock ferry
    hermitage theatre museum tavern head"""
)
_HEADS = words("mount mt lake cape fort port loch isle river gulf mont château chateau villa san santa saint st new")
_ABBREVIATED = words("st ste mt")
_PARTS = words("city town village port county island isle valley river streets suburb suburbs banks shores district")
# Where somebody is: persons seldom stand behind these. The second ones stand before persons as well.
_AT = words("in into through throughout around near across via outside visiting visited reached leaving toward towards")
_BY = words("to from at for left between beyond round")
_MOVES = words(
    """came come comes coming went go goes going gone return returned returning arrived arrive arrival arriving set
    sent send journey journeyed travel travelled traveled travelling voyage sailed sail drove drive driven rode walked
    walk live lived lives living reside resided residing residence stay stayed staying born died buried brought took
    taken take back down up off over train ticket road way house home lodgings hotel inn church streets embarked fled
    settled was been found met moved passed landed quitted departed departure neighbourhood house houses school"""
)
# Capitalised words that stand behind "in" and are no places: tongues, creeds, authors' works, seasons, institutions.
_NO_PLACES = words(
    """english french german italian spanish russian latin greek hebrew arabic sanskrit irish polish dutch scotch welsh
    chinese turkish christ jesus god lord heaven hell providence parliament congress spring summer autumn winter genesis
    exodus christianity judaism islam buddhism hinduism catholicism protestantism nature heavens earth scripture
    scriptures gospel trinity book chapter part act scene volume figure fig table section catholic christian sabbath
    lent eastertide gothic state government church law board media internet renaissance reformation enlightenment
    revolution war sun moon"""
)
# Parts of the world that names.py never takes for persons.
_GREAT = words(
    """london paris england france germany italy spain russia america europe asia africa india scotland ireland
    wales"""
)
_LEADS = words("north south east west northern southern eastern western great little new old upper lower st saint")
_TONGUES = words(
    """speak speaks speaking spoken talk talks talked talking word words language tongue jargon write written"""
)
_ENDS = frozenset('.!?:;…“”"‘(—–-[*_«»„')
_PERSONAL = (PERSON_VERBS | SPEECH_VERBS) - words(
    """had was would could did might must seemed became lay appeared passed"""
)
_LEAST_SHARE = 0.3


@dataclass
class _Evidence:
    candidate: Candidate = field(default_factory=Candidate)
    ended: bool = False  # its own words say that it is a place: «Baker Street», «Mount Hood»
    inside: int = 0  # times that somebody is there or comes through it
    by: int = 0
    moved: int = 0  # times that somebody came, went, lived or was born there, or that it is "the city of"
    personal: int = 0  # times that it does what a person does, or that something is said "in" it, as in a tongue
    articles: int = 0
    before: set[str] = field(default_factory=set)


def find_landmarks(chapters: Sequence[Section], people: Iterable[str]) -> list[Candidate]:
    """Named places that the chapters speak of more than once. ``people`` are the names that persons bear."""
    found: defaultdict[tuple[str, ...], _Evidence] = defaultdict(_Evidence)
    lower: Counter[str] = Counter()
    for n, section in enumerate(chapters):
        tokens = tokenise(section.text)
        lower.update(w for w in tokens.words if w[0].islower())
        _read(n, section.text, tokens, found)
    named = {tuple(_words(name)) for name in people}
    bearing = {word for name in named for word in name}
    kept: list[Candidate] = []
    for key, evidence in found.items():
        if _is_place(key, evidence, lower) and (evidence.ended or not set(key) <= bearing) and key not in named:
            if evidence.articles > 0.6 * len(evidence.candidate.sightings):
                evidence.candidate.names = Counter({f"the {k}": n for k, n in evidence.candidate.names.items()})
            kept.append(evidence.candidate)
    return kept


def _words(name: str) -> list[str]:
    return [w for w in (_bare(t).lower() for t in tokenise(name).words) if w.isalpha() and w not in TITLES]


def _is_place(key: tuple[str, ...], evidence: _Evidence, lower: Counter[str]) -> bool:
    count = len(evidence.candidate.sightings)
    if evidence.personal > 0.1 * count:
        return False
    if evidence.ended:
        return count >= 2 and evidence.inside + evidence.by + evidence.moved >= 1
    if len(key) == 1 and lower[key[0]] >= count:
        return False
    there = evidence.inside + min(evidence.by, evidence.moved)
    return evidence.inside >= 2 and evidence.moved >= 1 and len(evidence.before) >= 2 and there >= _LEAST_SHARE * count


def _read(n: int, text: str, tokens: Tokens, found: defaultdict[tuple[str, ...], _Evidence]) -> None:
    words, starts = tokens
    at = 0
    while at < len(words):
        if not _capital(words[at]):
            at += 1
            continue
        stop = _run_end(words, starts, at, text)
        _note(n, words, starts, at, stop, text, found)
        at = stop


def _run_end(words: Sequence[str], starts: Sequence[int], at: int, text: str) -> int:
    """Index after the last word of the name that begins at ``at``."""
    stop = at + 1
    while stop < len(words):
        previous, word = words[stop - 1], words[stop]
        gap = text[starts[stop - 1] + len(previous) : starts[stop]]
        if gap.strip() or gap.count("\n") > 1:
            break
        after = words[stop + 1] if stop + 1 < len(words) else "."
        if previous.endswith(("’s", "'s")):
            if not (_capital(word) and word.lower() in _ENDINGS):
                break
            stop += 1
        elif _capital(word):
            stop += 1
        elif _capital(after) and previous.lower() in {".": _ABBREVIATED, "of": _ENDINGS | _HEADS}.get(word, ()):
            stop += 2
        else:
            break
    return stop


def _note(
    n: int,
    words: Sequence[str],
    starts: Sequence[int],
    at: int,
    stop: int,
    text: str,
    found: defaultdict[tuple[str, ...], _Evidence],
) -> None:
    begins = at == 0 or words[at - 1] in _ENDS or "\n\n" in text[starts[at - 1] : starts[at]]
    while at < stop and _is_lead(words[at], begins=begins, last=at + 1 == stop):
        at, begins = at + 1, False
    if at == stop or (words[at].lower() in TITLES and words[at].lower() not in _LEADS):
        return
    name = [_bare(w) if k + 1 == stop - at else w for k, w in enumerate(words[at:stop])]
    key = tuple(w.lower() for w in name if w != ".")
    last = key[-1]
    if not last.isalpha() and "-" not in last and "’" not in last:
        return
    if len(key) > 5 or last in _NO_PLACES or last in TITLES:
        return
    if len(key) == 1 and ((last in NOT_NAMES and last not in _GREAT) or len(last) < 3):
        return
    evidence = found[key]
    evidence.ended = len(key) > 1 and (last in _ENDINGS or key[0] in _HEADS - _LEADS)
    evidence.candidate.names[_spelled(name)] += 1
    evidence.candidate.sightings.append(Sighting(n, starts[at], starts[stop - 1] + len(_bare(words[stop - 1]))))
    k = at - 1
    while k >= 0 and words[k].lower() in ("the", "old", "little", "great", "dear", "far", "merry"):
        k -= 1
    before = words[k].lower() if k >= 0 else "."
    after = words[stop].lower() if stop < len(words) else "."
    evidence.articles += k < at - 1 and words[k + 1].lower() == "the"
    if words[stop - 1].endswith(("’s", "'s")):
        return  # «in Corless’s shop»: the place of somebody
    if before == "of" and k and words[k - 1].lower() in _PARTS:
        evidence.moved += 1
        evidence.inside += 1
        evidence.before.add("of")
    elif before in _AT or before in _BY:
        evidence.before.add(before)
        evidence.inside += before in _AT
        evidence.by += before in _BY
        evidence.moved += any(w.lower() in _MOVES for w in words[max(0, k - 4) : k])
    told = {w.lower() for w in words[max(0, k - 3) : k]} if before == "in" else set()
    if after in _PERSONAL or before in SPEECH_VERBS | _TONGUES or told & (SPEECH_VERBS | _TONGUES):
        evidence.personal += 1


def _is_lead(word: str, *, begins: bool, last: bool) -> bool:
    """Whether a capital comes from the beginning of a sentence alone: «In London»."""
    lower = word.lower()
    if lower in FUNCTION_WORDS or lower in _AT or lower in _BY:
        return True
    return begins and lower in NOT_NAMES and lower not in _GREAT | _LEADS | _HEADS and not last


def _spelled(name: Sequence[str]) -> str:
    return " ".join(name).replace(" . ", ". ")


def _capital(word: str) -> bool:
    return word[0].isupper() and word.split("’")[0] != "I" and word != "O" and not (len(word) > 3 and word.isupper())


def _bare(word: str) -> str:
    return word[:-2] if word.endswith(("’s", "'s")) else word.rstrip("’'")
