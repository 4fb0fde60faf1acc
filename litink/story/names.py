"""The people whom a book calls by name: capitalised runs, sorted into persons and others, aliases merged.

Unnamed people ("the captain") and who speaks are decided elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from litink.story.aliases import NameGroups, NameKey, Person, given_sex, sex_of
from litink.story.given_names import FEMALE_NAMES, MALE_NAMES
from litink.story.lexicon import (
    BODY_NOUNS,
    FUNCTION_WORDS,
    KIN,
    LOOSE_TITLES,
    NOT_NAMES,
    PERSON_VERBS,
    PLACE_ENDINGS,
    PLACE_HEADS,
    PLACE_PREPOSITIONS,
    SPEECH_VERBS,
    TITLES,
)

_TOKEN = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*|[^\w\s]|\d+")
_PARTICLES = frozenset("de la le du van von der den di da del d’ d' des st".split())  # noqa: SIM905
_POSSESSIVE = re.compile(r"[’']s?$")
_SURELY_NONE = -1.5  # evidence a mention at which a name is no person's: «the Guest House»
_CALL_ENDS = ([","], ["."], ["!"], ["?"], [";"])
_SENTENCE_ENDS = '.!?:;…“”"‘(—–-[*_«»„'


class NameRun(NamedTuple):
    """A capitalised run in a section: its title, if it has one, and its names."""

    section: int
    start: int
    end: int
    title: str  # lower case, without the full stop; "" without one
    names: tuple[str, ...]
    spoken: bool  # inside a quotation
    begins: bool  # its first word begins a sentence: the capital proves nothing


class Tokens(NamedTuple):
    """A section's words and marks with their offsets."""

    words: list[str]
    starts: list[int]


def tokenise(text: str) -> Tokens:
    found = list(_TOKEN.finditer(text))
    return Tokens([m.group() for m in found], [m.start() for m in found])


class NameReader:
    """Collects name runs section by section, then sorts them into persons. Memory grows with names, not with text."""

    def __init__(self) -> None:
        self.runs: list[NameRun] = []
        self._lower: Counter[str] = Counter()
        self._inside: Counter[str] = Counter()  # capitals that no sentence start explains
        self._speaking: Counter[str] = Counter()  # names next to a verb of speech
        self._called: Counter[str] = Counter()  # capitals by which somebody is called: «This way, Guest.»
        self._context: list[float] = []  # evidence for a person, one a run

    def read(self, section: int, text: str, quotes: Sequence[tuple[int, int]]) -> None:
        words, starts = tokenise(text)
        self._lower.update(w for w in words if w[0].islower())
        quote = 0
        at = 0
        while at < len(words):
            if not _capital(words[at]):
                at += 1
                continue
            stop = self._run_end(words, starts, at, text)
            begins = at == 0 or words[at - 1] in _SENTENCE_ENDS or "\n\n" in text[starts[at - 1] : starts[at]]
            if begins and at >= 2 and words[at - 1] == "." and _is_title(words[at - 2]):
                begins = False
            for n, word in enumerate(words[at:stop]):
                if _capital(word) and not (begins and n == 0):
                    self._inside[_bare(word)] += 1
            while quote < len(quotes) and quotes[quote][1] <= starts[at]:
                quote += 1
            spoken = quote < len(quotes) and quotes[quote][0] <= starts[at]
            self._keep(section, words, starts, (at, stop), spoken=spoken, begins=begins)
            at = stop

    def _run_end(self, words: list[str], starts: list[int], at: int, text: str) -> int:
        """Index after the last token of the capitalised run that begins at ``at``."""
        stop = at + 1
        while stop < len(words):
            gap = text[starts[stop - 1] + len(words[stop - 1]) : starts[stop]]
            previous = words[stop - 1]
            if previous.endswith(("’s", "'s")) or gap.count("\n") > 1:
                break
            if words[stop] == "." and not gap:
                # A full stop goes on with the run after a title or an initial.
                if (_is_title(previous) or len(previous) == 1) and stop + 1 < len(words) and _capital(words[stop + 1]):
                    stop += 1
                    continue
                break
            if gap and gap.isspace() and _capital(words[stop]):
                if _is_title(words[stop]) and not _is_title(previous) and words[stop].lower() not in LOOSE_TITLES:
                    break  # «Gwendolen, Lady Bracknell» without its comma
                stop += 1
                continue
            if words[stop].lower() in _PARTICLES and stop + 1 < len(words) and _capital(words[stop + 1]) and stop > at:
                stop += 2
                continue
            if words[stop] == "of" and _is_title(previous) and stop + 1 < len(words) and _capital(words[stop + 1]):
                stop += 2
                continue
            break
        return stop

    def _keep(
        self, section: int, words: list[str], starts: list[int], span: tuple[int, int], *, spoken: bool, begins: bool
    ) -> None:
        at, stop = span
        kept = [n for n in range(at, stop) if words[n] != "."]
        speaks = not spoken and stop < len(words) and words[stop].lower() in SPEECH_VERBS
        speaks = speaks or (not spoken and at > 0 and words[at - 1].lower() in SPEECH_VERBS)
        if speaks and len(kept) == 1 and words[kept[0]].lower() not in FUNCTION_WORDS:
            self._speaking[_bare(words[kept[0]])] += 1
        elif not speaks or len(kept) > 1:
            while kept and _bare(words[kept[0]]).lower() in NOT_NAMES and not _is_title(words[kept[0]]):
                kept.pop(0)
                begins = False
        if spoken and not begins and len(kept) == 1 and words[at - 1] == "," and words[stop : stop + 1] in _CALL_ENDS:
            self._called[_bare(words[kept[0]])] += 1
        titles: list[str] = []
        while kept and _is_title(words[kept[0]]) and len(kept) > 1:
            titles.append(words[kept.pop(0)].lower())
        while len(kept) > 1 and _bare(words[kept[-1]]).lower() in NOT_NAMES and not titles:
            if _bare(words[kept.pop()]).lower() in PLACE_ENDINGS:
                return  # Baker Street is no Baker
        # "Miss Elizabeth Bennet" has the title "miss"; "old Mr. Jones" the title "mr"; "little Tom" none.
        strong = [t for t in titles if t not in LOOSE_TITLES]
        title = strong[-1] if strong else ""
        names = tuple(_bare(words[n]) for n in kept)
        if names and names[0] == "of":
            title, names = f"{title} of", names[1:]
        if not names or len(names) > 5 or (len(names) > 1 and all(n.isupper() for n in names)):
            return
        first = kept[0] - (len(titles) and (kept[0] - at))
        run = NameRun(
            section, starts[first], starts[kept[-1]] + len(_bare(words[kept[-1]])), title, names, spoken, begins
        )
        self.runs.append(run)
        self._context.append(self._evidence(words, first, kept[-1], title, names, spoken))

    @staticmethod
    def _evidence(words: list[str], first: int, last: int, title: str, names: tuple[str, ...], spoken: bool) -> float:
        before = words[first - 1].lower() if first else ""
        after = words[last + 1].lower() if last + 1 < len(words) else ""
        if after.endswith("ly") and last + 2 < len(words):
            after = words[last + 2].lower()
        score = 0.0
        if title:
            score += 0.4 if title in ("st", "saint") else 2.5
        given = names[0].lower() in MALE_NAMES or names[0].lower() in FEMALE_NAMES
        if given:
            score += 0.8
        if not spoken and (before in SPEECH_VERBS or after in SPEECH_VERBS):
            score += 1.5
        elif not spoken and after in PERSON_VERBS:
            score += 0.8
        if words[last].endswith(("’s", "'s")) and after in BODY_NOUNS:
            score += 0.8
        if spoken and after in ",.!?;" and (before == "," or given):
            score += 0.8
        if before in PLACE_PREPOSITIONS and not title:
            score -= 0.8
        if before in ("the", "a", "an", "this") and not title:
            score -= 1.2
        if before == "the" and title and title not in ("rev", "reverend", "hon", "honourable", "honorable"):
            score -= 2.0  # the Admiral Benbow is an inn
        if (names[-1].lower() in PLACE_ENDINGS and not title) or _names_place(words, last - len(names)):
            score -= 3.0
        return score

    def persons(self) -> tuple[list[Person], dict[NameKey, int]]:
        """Persons, most named first, and which of them each (title, names) means."""
        usable: Counter[NameKey] = Counter()
        evidence: defaultdict[NameKey, float] = defaultdict(float)
        for run, score in zip(self.runs, self._context, strict=True):
            key = self.key(run)
            if key:
                usable[key] += 1
                evidence[key] += score
        groups = NameGroups(Counter({k: n for k, n in usable.items() if evidence[k] > _SURELY_NONE * n}))
        merged = groups.merge()
        persons: list[Person] = []
        meaning: dict[NameKey, int] = {}
        for keys in merged:
            person = Person()
            for key in keys:
                person.names[key] = usable[key]
                person.evidence += evidence[key]
            if not _is_person(person):
                continue
            for key in keys:
                meaning[key] = len(persons)
            person.sex = sex_of(person)
            persons.append(person)
        order = sorted(range(len(persons)), key=lambda n: (-persons[n].count, n))
        rank = {old: new for new, old in enumerate(order)}
        return [persons[n] for n in order], {key: rank[n] for key, n in meaning.items()}

    def key(self, run: NameRun) -> NameKey | None:
        """(title, names) of a run without words that only a sentence start made look like names."""
        names = [n for n in run.names if n != "."]
        names = [n.title() if n.isupper() and len(n) > 1 else n for n in names]
        while names and not run.title and self._common(names[0]) and (run.begins or len(names) == 1):
            names.pop(0)
        if not names:
            return None
        if len(names) == 1 and len(names[0]) < 2:
            return None
        if all(n.lower() in TITLES or n.lower() in KIN for n in names):
            return None
        return run.title, tuple(names)

    def _common(self, word: str) -> bool:
        lower = word.lower()
        if max(self._speaking[word], self._called[word]) >= 2 and lower not in TITLES:
            return False  # «“Aw,” said Weary»: whatever the word means, here it names somebody
        if lower in NOT_NAMES:
            return True
        inside, low = self._inside[word], self._lower[lower]
        return low > inside or (inside == 0 and lower not in MALE_NAMES and lower not in FEMALE_NAMES and low > 0)


def _capital(word: str) -> bool:
    return word[0].isupper() and word not in ("I", "I’m", "I'm", "I’ll", "I'll", "I’ve", "I've", "I’d", "I'd", "O")


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word)


def _names_place(words: list[str], at: int) -> bool:
    """Whether the word at ``at``, before a name, makes it a place's: «Mount Hood», «Mount St. Helens»."""
    while at > 0 and words[at].lower() in (".", "st", "saint"):
        at -= 1
    return at >= 0 and words[at].lower() in PLACE_HEADS and words[at][0].isupper()


def _is_title(word: str) -> bool:
    return word[0].isupper() and word.lower() in TITLES and not word.isupper()


def _is_person(person: Person) -> bool:
    """Enough evidence in all, and enough for each time it is named."""
    count = person.count
    if person.evidence <= 0:
        return False
    known = any(given_sex(names[0].lower()) != "?" for _, names in person.names)
    return person.evidence >= (0.7 if known else 1.4) and person.evidence / count >= 0.12
