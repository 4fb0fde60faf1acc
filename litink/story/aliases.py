"""Which names mean one person: aliases merged by the rules of English address, and the sex that names tell.

How names are found in a text is in names.py.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from litink.story.given_names import FEMALE_NAMES, MALE_NAMES, SHORT_FORMS
from litink.story.lexicon import TITLES, SexLetter, words

NameKey = tuple[str, tuple[str, ...]]  # title (lower case, "" without one) and names

# Titles that stand before a given name rather than a surname.
_GIVEN_NAME_TITLES = words(
    """sir lady aunt auntie uncle cousin father brother sister king queen prince princess saint st dame don dona doña
    master friar mother grandmother grandfather emperor empress pope abbot"""
)

_PATRONYMIC = re.compile(r"(?:ov|ev|y|i)[it]?tch$|(?:ov|ev|y)ich$|(?:ov|ev|in)na$")


@dataclass
class Person:
    """A person under one or more names. ``sex`` is "?" where nothing tells."""

    names: Counter[NameKey] = field(default_factory=Counter)  # (title, names)
    sex: SexLetter = "?"
    evidence: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.names.values())

    @property
    def titles(self) -> set[str]:
        return {title for title, _ in self.names if title}

    @property
    def title_sex(self) -> SexLetter:
        sexes = Counter({"f": 0, "m": 0})
        for (title, _), count in self.names.items():
            if title_sex(title) != "?":
                sexes[title_sex(title)] += count
        return "?" if sexes["f"] == sexes["m"] else "f" if sexes["f"] > sexes["m"] else "m"


class NameGroups:
    """Merges (title, names) into groups that mean one person, by the rules of English address."""

    def __init__(self, counts: Counter[NameKey]) -> None:
        self.counts = counts
        self.groups: list[list[NameKey]] = []
        self.by_first: defaultdict[str, list[int]] = defaultdict(list)
        self.by_last: defaultdict[str, list[int]] = defaultdict(list)

    def merge(self) -> list[list[NameKey]]:
        keys = sorted(self.counts, key=lambda k: (-self.counts[k], k))
        for key in (k for k in keys if len(k[1]) > 1):
            self._place(key, self._full(key))
        for key in (k for k in keys if len(k[1]) == 1 and k[0]):
            self._place(key, self._titled(key))
        for key in (k for k in keys if len(k[1]) == 1 and not k[0]):
            self._place(key, self._bare(key))
        return self.groups

    def _place(self, key: NameKey, group: int | None) -> None:
        if group is None:
            group = len(self.groups)
            self.groups.append([])
        self.groups[group].append(key)
        title, names = key
        if len(names) > 1 or not title or title in _GIVEN_NAME_TITLES:
            self._index(self.by_first, names[0], group)
        if len(names) > 1 and not _PATRONYMIC.search(names[-1].lower()):
            self._index(self.by_last, names[-1], group)
        elif len(names) == 1 and (title and title not in _GIVEN_NAME_TITLES):
            self._index(self.by_last, names[0], group)

    @staticmethod
    def _index(index: defaultdict[str, list[int]], name: str, group: int) -> None:
        if group not in index[name.lower()]:
            index[name.lower()].append(group)

    def _weight(self, group: int) -> int:
        return sum(self.counts[key] for key in self.groups[group])

    def _sex_of(self, group: int) -> SexLetter:
        person = Person(names=Counter({key: self.counts[key] for key in self.groups[group]}))
        return sex_of(person)

    def _agree(self, group: int, sex: SexLetter) -> bool:
        other = self._sex_of(group)
        return "?" in (sex, other) or sex == other

    def _full(self, key: NameKey) -> int | None:
        _, names = key
        sex = sex_of(Person(names=Counter({key: 1})))
        for group in self.by_first[names[0].lower()]:
            if not self._agree(group, sex):
                continue
            for _, other in self.groups[group]:
                small, large = sorted((names, other), key=len)
                if set(small) <= set(large) or (names[-1] == other[-1] and len(other) > 1):
                    return group
                if len(names) > 1 and len(other) > 1 and _PATRONYMIC.search(names[1].lower()) and names[1] == other[1]:
                    return group
        # An initial with the same surname: "R. Walton".
        initialled = [
            group
            for group in self.by_last[names[-1].lower()]
            if self._agree(group, sex) and any(_initialled(names, other) for _, other in self.groups[group])
        ]
        if len(initialled) == 1:
            return initialled[0]
        # A short form with the same surname: "Lizzy Bennet".
        for full in sorted(SHORT_FORMS.get(names[0].lower(), ())):
            for group in self.by_first[full]:
                if group in self.by_last[names[-1].lower()]:
                    return group
        return None

    def _titled(self, key: NameKey) -> int | None:
        title, (name,) = key
        sex = title_sex(title)
        lower = name.lower()
        if title in _GIVEN_NAME_TITLES or title in ("miss", "master", "madame", "lord"):
            found = [g for g in self.by_first[lower] if self._agree(g, sex)]
            if found:
                return max(found, key=self._weight)
            if title in _GIVEN_NAME_TITLES and lower not in self.by_last:
                return None
        found = [g for g in self.by_last[lower] if self._agree(g, sex)]
        if title == "mrs":
            found = [g for g in found if "miss" not in self._titles(g) and not self._other_woman(g)]
        elif title == "miss":
            found = [g for g in found if "mrs" not in self._titles(g)]
            if len(found) > 1:
                return None
        return self._clear_first(found)

    def _titles(self, group: int) -> set[str]:
        return {title for title, _ in self.groups[group]}

    def _other_woman(self, group: int) -> bool:
        """Whether the group is a woman with a given name who is never called Mrs.: a daughter, more often than not."""
        return any(len(names) > 1 for _, names in self.groups[group]) and "mrs" not in self._titles(group)

    def _clear_first(self, found: list[int]) -> int | None:
        if not found:
            return None
        found = sorted(found, key=lambda g: (-self._weight(g), g))
        if len(found) == 1 or self._weight(found[0]) >= 2 * self._weight(found[1]):
            return found[0]
        return None

    def _bare(self, key: NameKey) -> int | None:
        lower = key[1][0].lower()
        given = self.by_first[lower]
        family = self.by_last[lower]
        if given or family:
            men = [g for g in family if self._sex_of(g) != "f"] or family
            best = [max(g, key=lambda n: (self._weight(n), -n)) for g in (given, men) if g]
            return max(best, key=lambda n: (self._weight(n), -n))
        sex = given_sex(lower)
        fulls = [g for full in sorted(SHORT_FORMS.get(lower, ())) for g in self.by_first[full] if self._agree(g, sex)]
        if len(set(fulls)) == 1:
            return fulls[0]
        shorts = [
            g
            for short, full in SHORT_FORMS.items()
            if lower in full
            for g in self.by_first[short]
            if self._agree(g, sex)
        ]
        return shorts[0] if len(set(shorts)) == 1 else None


def _initialled(names: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the first name of one is but the initial of the other's, and the surname the same."""
    if len(names) < 2 or len(other) < 2 or names[-1] != other[-1]:
        return False
    short, long = sorted((names[0], other[0]), key=len)
    return len(short) == 1 < len(long) and long.startswith(short)


def title_sex(title: str) -> SexLetter:
    """The sex that a title tells: "king of" as "king"."""
    return TITLES.get(title.removesuffix(" of"), "?")


def given_sex(lower: str) -> SexLetter:
    male, female = lower in MALE_NAMES, lower in FEMALE_NAMES
    return "?" if male == female else "m" if male else "f"


def sex_of(person: Person) -> SexLetter:
    """By titles, else by given names."""
    if person.title_sex != "?":
        return person.title_sex
    votes: Counter[str] = Counter()
    for (_, names), count in person.names.items():
        sex = given_sex(names[0].lower())
        if sex != "?":
            votes[sex] += count
        elif len(names) > 1 and (match := _PATRONYMIC.search(names[1].lower())):
            votes["f" if match.group().endswith("na") else "m"] += count
    if not votes or votes["f"] == votes["m"]:
        return "?"
    return "f" if votes["f"] > votes["m"] else "m"


def display_name(names: Iterable[tuple[NameKey, int]]) -> str:
    """The fullest of a person's common names: "Elizabeth Bennet", "Mr. Darcy"."""
    ranked = sorted(names, key=lambda item: -item[1])
    most = ranked[0][1]
    full = [key for key, count in ranked if len(key[1]) in (2, 3) and len(key[1][0]) > 1 and count * 40 >= most]
    key = (
        full[0]
        if full
        else next((k for k, n in ranked if k[0] and k[0] not in _GIVEN_NAME_TITLES and n * 3 >= most), ranked[0][0])
    )
    return spell(key, with_title=not full)


_ABBREVIATED = {"mr": "Mr.", "mrs": "Mrs.", "dr": "Dr.", "st": "St.", "ms": "Ms.", "rev": "Rev.", "capt": "Capt."}


def spell(key: NameKey, *, with_title: bool = True) -> str:
    title, names = key
    shown = _ABBREVIATED.get(title, title.capitalize()) if title and (with_title or title.endswith(" of")) else ""
    return " ".join(part for part in (shown, *(f"{n}." if len(n) == 1 else n for n in names)) if part)


def slug(name: str) -> str:
    """An id from a name: "Mrs. O'Hara" -> "mrs-o-hara"."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "someone"
