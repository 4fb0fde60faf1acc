"""Reads what stands at a point of narration as a reference to a person: a name, a noun, a pronoun, the narrator."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from litink.story.lexicon import KIN, PERSON_NOUNS, PERSON_VERBS, SPEECH_VERBS, SexLetter, words
from litink.story.names import Tokens

RefKind = Literal["name", "noun", "pronoun", "narrator", "plural"]


class Mention(NamedTuple):
    """A named person in a section's text; ``person`` is an index into the book's persons."""

    start: int
    end: int
    person: int
    spoken: bool


class Ref(NamedTuple):
    kind: RefKind
    start: int
    end: int
    person: int | None = None
    sex: SexLetter = "?"
    noun: str = ""  # "captain"
    key: str = ""  # "the captain", "the old man", "his mother": who is meant, if nobody by name
    owner: str = ""  # the determiner: "the", "his", "my", …


_PRONOUNS: dict[str, SexLetter] = {"he": "m", "she": "f"}
_PLURAL = words("they we both all everybody everyone others some")
_DETERMINERS = words("the a an his her my our their this that another your its one")
_OWNERS = words("his her my our their")
_KEPT = words("""old young little other first second third tall fat blind black white strange elder younger red big""")
_BREAKERS = words(
    """of and or but was were is are had has have in on at to from with who which that as by for said then than if
    when not into upon over under after before he she it i they we you there"""
)
_AFTER_HEAD = words(
    """again also ever never no now still would could should will shall may might must can do does did be been up
    down out off away back there here where because though although while so too both whom whose without between
    among behind beside near through against about across along until till since like than or nor yet just only
    even once"""
)
_GENERIC = words(
    """man woman boy girl lady gentleman fellow lad youth person child creature one other stranger visitor voice
    speaker chief"""
)
_BARE_KIN = words(
    """mother father mamma mama papa grandmother grandfather grandma grandpa auntie granny marmee nurse dad mum"""
)


class SectionReferences:
    """The references of one section. ``mentions`` are its named persons, ordered."""

    def __init__(self, tokens: Tokens, mentions: Sequence[Mention]) -> None:
        self.words, self.starts = tokens
        self.mentions = mentions
        self.named = Counter(mention.person for mention in mentions)
        self._by_start = {m.start: m for m in mentions}

    def index(self, offset: int) -> int:
        """The first token at or after ``offset``."""
        return bisect_left(self.starts, offset)

    def at(self, n: int, stop: int) -> tuple[Ref, int] | None:
        """The reference that begins at token ``n``, and the token after it; None if none does before ``stop``."""
        if n >= stop:
            return None
        word, start = self.words[n], self.starts[n]
        lower = word.lower()
        mention = self._by_start.get(start)
        if mention:
            return Ref("name", start, mention.end, mention.person), self.index(mention.end)
        if word == "I":
            return Ref("narrator", start, start + 1), n + 1
        if lower in _PRONOUNS:
            return Ref("pronoun", start, start + len(word), sex=_PRONOUNS[lower]), n + 1
        if lower in _PLURAL:
            return Ref("plural", start, start + len(word)), n + 1
        if lower in _DETERMINERS:
            return self._noun_phrase(n, stop)
        if lower in ("old", "young", "little", "poor", "dear", "good") and n + 1 < stop:
            return self.at(n + 1, stop) if self.starts[n + 1] in self._by_start else None
        if lower in _BARE_KIN and word[0].isupper():
            return Ref("noun", start, start + len(word), sex=PERSON_NOUNS.get(lower, "?"), noun=lower, key=lower), n + 1
        return None

    def _noun_phrase(self, n: int, stop: int) -> tuple[Ref, int] | None:
        owner = self.words[n].lower()
        kept: list[str] = []
        for k in range(n + 1, min(n + 5, stop)):
            word = self.words[k]
            mention = self._by_start.get(self.starts[k])
            if mention:
                return Ref("name", self.starts[n], mention.end, mention.person), self.index(mention.end)
            lower = word.lower()
            if lower in _BREAKERS or not word[0].isalpha():
                if word == "," and kept and k + 1 < stop and self.words[k + 1].islower():
                    continue
                return None
            if lower in PERSON_NOUNS or (lower in ("other", "latter", "former") and not self._noun_follows(k, stop)):
                end = self.starts[k] + len(word)
                if not self._is_head(k, stop):
                    return None
                named = self._name_after(k, stop)
                if named:
                    return Ref("name", self.starts[n], named.end, named.person), self.index(named.end)
                if k + 1 < stop and self.words[k + 1].lower() in PERSON_NOUNS and self.words[k + 1][0].islower():
                    kept.append(lower)
                    continue
                possessive = owner in _OWNERS and lower in KIN
                det = owner if possessive else "the"
                keep = [w for w in kept if w in _KEPT or w in PERSON_NOUNS]
                key = " ".join([det, *keep, lower])
                sex = PERSON_NOUNS.get(lower, "?")
                return Ref("noun", self.starts[n], end, sex=sex, noun=lower, key=key, owner=owner), k + 1
            if word.endswith(("’s", "'s")):
                return None
            kept.append(lower)
        return None

    def _is_head(self, k: int, stop: int) -> bool:
        """Whether the noun ends its phrase: not "the general equation", "the child labour"."""
        if k + 1 >= min(stop, len(self.words)):
            return True
        following = self.words[k + 1]
        lower = following.lower()
        return (
            not following[0].islower()
            or lower in _BREAKERS
            or lower in _AFTER_HEAD
            or lower in PERSON_NOUNS
            or lower in SPEECH_VERBS
            or lower in PERSON_VERBS
            or lower.endswith(("ed", "ly", "ing", "self"))
        )

    def _noun_follows(self, k: int, stop: int) -> bool:
        return k + 1 < stop and self.words[k + 1].lower() in PERSON_NOUNS

    def _name_after(self, k: int, stop: int) -> Mention | None:
        """The name in "the detective Holmes" or "his wife, Mrs. Hall,"."""
        if k + 1 < stop and (mention := self._by_start.get(self.starts[k + 1])):
            return mention
        if k + 2 < stop and self.words[k + 1] == ",":
            mention = self._by_start.get(self.starts[k + 2])
            if mention and (after := self.index(mention.end)) < len(self.words) and self.words[after] in ",.":
                return mention
        return None


def is_generic(noun: str) -> bool:
    """Nouns that stand for a person already met as often as for a new one."""
    return noun in _GENERIC or noun in ("latter", "former")
