"""Everyone who may speak in a book: persons with names, persons known by a noun only, and the narrator."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from litink.story.aliases import Person, spell
from litink.story.lexicon import KIN, PERSON_NOUNS, SexLetter, words
from litink.story.names import Tokens
from litink.story.references import Mention, Ref, is_generic

_PRONOUN_SEX: dict[str, SexLetter] = {
    "he": "m", "him": "m", "his": "m", "himself": "m", "she": "f", "her": "f", "hers": "f", "herself": "f",
}  # fmt: skip
_REACH = 28  # tokens after a name within which a pronoun is likely to mean it
_BE = words("was is were became had")
_OWNERS = words("his her my our their")
_LOOSE_TITLES = words("lady master brother sister mother father")  # that anybody may be called by
_CLEARLY_MORE = 2  # times as often is the one holder of a title named in a chapter than the next, who is meant by it
_AGAIN = 3  # names after "my friend" that it takes
_CLEARLY_CALLED = 2  # weight of an apposition that cannot be read otherwise
_PHRASE = 9  # tokens of «a tall, dark-skinned woman»
_PHRASE_ENDS = words("who whose with of in and at to from by for on as that which") | frozenset('.;:!?“”"—')


class Roster:
    """Persons by index: first the named ones as given, then those added under a noun ("the captain")."""

    def __init__(self, persons: Sequence[Person]) -> None:
        self.sex: list[SexLetter] = [p.sex for p in persons]
        self.keys: list[str] = ["" for _ in persons]
        self.count: list[int] = [p.count for p in persons]
        self.persons = list(persons)
        self.introduced: set[int] = set()  # noun persons who came in with "a" or "another"
        self.speaking: set[str] = set()  # keys of nouns that a tag names as speakers somewhere in the book
        self._by_key: dict[str, int] = {}
        self._by_title: defaultdict[str, list[int]] = defaultdict(list)
        for n, person in enumerate(persons):
            for title in sorted(person.titles):
                self._by_title[_full_title(title)].append(n)
        # The names of each person; the more common person keeps a name that two share.
        self._by_name: dict[str, int] = {}
        for n, person in enumerate(persons):
            for key in sorted(person.names, key=lambda k: (-person.names[k], k)):
                self._by_name.setdefault(spell(key).casefold(), n)
                if not key[0] or len(key[1]) > 1:
                    self._by_name.setdefault(" ".join(key[1]).casefold(), n)
        self._votes: defaultdict[int, Counter[str]] = defaultdict(Counter)
        self._told: defaultdict[int, Counter[SexLetter]] = defaultdict(Counter)
        self._known_as: dict[str, int] = {}
        self._mine: defaultdict[str, Counter[int]] = defaultdict(Counter)  # "my friend": the names that follow it
        self._mine_is: dict[str, int] = {}
        self._called: defaultdict[str, Counter[int]] = defaultdict(Counter)  # "lawyer": whom the text calls the lawyer

    def __len__(self) -> int:
        return len(self.sex)

    @property
    def named(self) -> int:
        return len(self.persons)

    def add(self, key: str, sex: SexLetter) -> int:
        """The person known as ``key`` ("the captain"), made on first call."""
        if key not in self._by_key:
            self._by_key[key] = len(self.sex)
            self.sex.append(sex)
            self.keys.append(key)
            self.count.append(0)
        return self._by_key[key]

    def known_by(self, name: str) -> int | None:
        """The person whose name this is."""
        return self._by_name.get(name.strip(" .:,").casefold())

    def headed(self, heading: str) -> int:
        """The person whom a play's speaker heading names: one known by that name, else one known by the heading."""
        known = self.known_by(heading)
        return self.add(heading.strip(" .:"), "?") if known is None else known

    def heard(self, person: int, *, indefinite: bool) -> None:
        """Counts a mention of a noun person."""
        if person >= self.named:
            self.count[person] += 1
            if indefinite:
                self.introduced.add(person)

    def find(self, key: str) -> int | None:
        return self._by_key.get(key)

    def holders(self, noun: str) -> list[int]:
        """Named persons whose title is ``noun``, or whom the text calls so: "the doctor" may be Dr. Livesey."""
        known = self._known_as.get(noun)
        titled = self._by_title.get(noun, [])
        return titled if known is None or known in titled else [*titled, known]

    def watch_pronouns(self, tokens: Tokens, mentions: Sequence[Mention], index: Sequence[int]) -> None:
        """Counts the pronouns that follow each name in narration, and the nouns that say what the person is: «She was
        a tall woman», «Ann Hill, a girl of ten», «his wife, Ann». ``index`` holds the mentions' tokens."""
        words = tokens.words
        for n, mention in enumerate(mentions):
            if mention.spoken:
                continue
            stop = min(len(words), index[n] + _REACH, index[n + 1] if n + 1 < len(index) else len(words))
            after = bisect_left(tokens.starts, mention.end)
            if mine := _mine_before(words, index[n]):
                self._mine[mine][mention.person] += 1
            if called := _noun_after(words, after) or _noun_before(words, index[n]):
                noun, weight = called
                self._called[noun][mention.person] += weight
            told = _kin_before(words, index[n]) or _explained(words, after) or _predicate(words, after)
            for k in range(index[n] + 1, stop):
                sex = _PRONOUN_SEX.get(words[k].lower())
                if sex:
                    self._votes[mention.person][sex] += 1
                    if not told and _predicate(words, k + 1) == sex:
                        told = sex
                    break
            if told:
                self._told[mention.person][told] += 1

    def settle_sex(self) -> None:
        """What the text calls a person beats all but a title; pronouns decide where titles and given names do not, or
        where they contradict a given name clearly."""
        for n in range(self.named):
            votes, told = self._votes[n], self._told[n]
            f, m = votes["f"], votes["m"]
            if self.persons[n].title_sex != "?":
                continue
            if told["f"] != told["m"] and (self.sex[n] == "?" or max(f, m) < 5):
                self.sex[n] = "f" if told["f"] > told["m"] else "m"
            elif self.sex[n] == "?":
                if max(f, m) >= 1 and max(f, m) >= 2 * min(f, m):
                    self.sex[n] = "f" if f > m else "m"
            elif max(f, m) >= 5 and max(f, m) >= 4 * min(f, m):
                self.sex[n] = "f" if f > m else "m"

    def settle_nouns(self) -> None:
        """Whom the text calls "the lawyer", clearly and nobody else as much, is meant by it wherever he is about; whom
        a narrator calls "my friend", again and again and hardly anybody else, wherever that stands."""
        for key, named in self._mine.items():
            (best, times), *others = named.most_common(2)
            if times >= _AGAIN and all(times > _CLEARLY_MORE * other for _, other in others):
                self._mine_is[key] = best
        for noun, persons in self._called.items():
            (best, weight), *others = persons.most_common(2)
            clear = weight >= _CLEARLY_CALLED and all(weight >= 2 * other for _, other in others)
            if clear:
                self._known_as[noun] = best

    def resolve_noun(self, ref: Ref, recent: Sequence[int], here: Mapping[int, int]) -> tuple[int, bool]:
        """Whom a noun means, and whether that is beyond doubt. ``recent`` are named persons, the last one first;
        ``here`` says how often the section names each."""
        if ref.key in self._mine_is:
            return self._mine_is[ref.key], True
        holders = self.holders(ref.noun)
        if holders:
            near = [p for p in recent if p in holders]
            if near:
                return near[0], True
            if ref.noun not in _LOOSE_TITLES:
                if len(holders) == 1 and ref.noun not in self._known_as:
                    return holders[0], True
                first, *others = sorted(holders, key=lambda p: (-here.get(p, 0), p))
                if here.get(first, 0) > _CLEARLY_MORE * max((here.get(p, 0) for p in others), default=0):
                    return first, True
        return self.add(ref.key, ref.sex), False


def _noun_sex(words: list[str], at: int) -> SexLetter | None:
    """The sex of the noun that the phrase beginning at ``at`` with an article ends in."""
    if at >= len(words) or words[at].lower() not in ("a", "an", "the"):
        return None
    for k in range(at + 1, min(at + _PHRASE, len(words))):
        lower = words[k].lower()
        if lower in _PHRASE_ENDS:
            return None
        follows = words[k + 1].lower() if k + 1 < len(words) else "."
        if lower in PERSON_NOUNS and (follows in _PHRASE_ENDS or follows == ","):
            sex = PERSON_NOUNS[lower]
            return None if sex == "?" else sex
    return None


def _predicate(words: list[str], at: int) -> SexLetter | None:
    """«was a tall woman»."""
    return _noun_sex(words, at + 1) if at < len(words) and words[at] in _BE else None


def _explained(words: list[str], at: int) -> SexLetter | None:
    """«Ann Hill, a broad woman with»."""
    return _noun_sex(words, at + 1) if at < len(words) and words[at] == "," else None


def _kin_before(words: list[str], at: int) -> SexLetter | None:
    """«Tom’s grandmother, Ann Hill», «her brother Tom»."""
    k = at - 2 if at and words[at - 1] == "," else at - 1
    if k < 1 or words[k].lower() not in KIN:
        return None
    owner = words[k - 1]
    if owner.lower() not in _OWNERS and not owner.endswith(("’s", "'s", "s’")):
        return None
    sex = PERSON_NOUNS.get(words[k].lower(), "?")
    return None if sex == "?" else sex


def _noun_after(words: list[str], at: int) -> tuple[str, int] | None:
    """«Mr. Hall the lawyer was»; with less weight «Mr. Hall, the village carpenter,», which may be two people."""
    comma = at < len(words) and words[at] == ","
    at += comma
    if at >= len(words) or words[at] != "the":
        return None
    for k in range(at + 1, min(at + 4, len(words) - 1)):
        if _tells_who(words[k]):
            follows = words[k + 1].lower()
            ends = follows in _PHRASE_ENDS or follows == "," or follows in _BE
            return (words[k], 1 if comma else _CLEARLY_CALLED) if ends else None
        if not words[k].islower() or words[k] in _PHRASE_ENDS:
            return None
    return None


def _noun_before(words: list[str], at: int) -> tuple[str, int] | None:
    """«the carpenter Hall»; with less weight «the lawyer, Mr. Hall»."""
    comma = at > 0 and words[at - 1] == ","
    k = at - 1 - comma
    if k < 1 or words[k - 1].lower() != "the" or not _tells_who(words[k]):
        return None
    return words[k], 1 if comma else _CLEARLY_CALLED


def _mine_before(words: list[str], at: int) -> str | None:
    """«my friend Hall», «my friend, Mr. Hall»."""
    k = at - 2 if at and words[at - 1] == "," else at - 1
    return "my friend" if k >= 1 and words[k].lower() == "friend" and words[k - 1].lower() == "my" else None


def _tells_who(word: str) -> bool:
    """A noun that one person of a story has: a calling, a rank; not kin, which depends on whose."""
    return word in PERSON_NOUNS and word not in KIN and not is_generic(word)


def _full_title(title: str) -> str:
    title = title.removesuffix(" of")
    return {
        "dr": "doctor", "capt": "captain", "col": "colonel", "gen": "general", "lt": "lieutenant", "prof": "professor",
        "lieut": "lieutenant", "sgt": "sergeant", "sergt": "sergeant", "rev": "clergyman",
    }.get(title, title)  # fmt: skip
