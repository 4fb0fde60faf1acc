"""Where a text names the characters of a cast. Pronouns and who speaks are not decided here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from litink.story.lexicon import PERSON_VERBS, SPEECH_VERBS, words
from litink.story.model import Cast

_TOKEN = re.compile(r"[^\W\d_](?:[\w]|[’'-](?=\w))*")
_POSSESSIVE = re.compile(r"[’']s?$")


_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*|[^\w\s]")
_ACTS = PERSON_VERBS | SPEECH_VERBS | words("was were had is has did could would should might must will can may does")
_BESIDE = words("with at beside behind towards toward before near past upon")
_ONLY_NAMED = words("of for about like than from by")
_ROAD = re.compile(r"\s+(?:Street|Road|Avenue|Square|Lane|Terrace|Crescent|Row)\b")
_EPITHETS = words("old young little poor dear")
_HEADS = words(". ! ? , ; ” then and")


class NameMention(NamedTuple):
    start: int
    end: int
    character: str  # Character.id


class NameIndex:
    """Finds the names of a cast in text: the longest name that fits, one look-up a word."""

    def __init__(self, cast: Cast) -> None:
        # By the first two words, or the one word: "the" begins a great many names.
        self._names: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
        for character in cast.characters:
            for name in (character.name, *character.aliases):
                tokens = tuple(_tokens(name))
                self._add(tokens, character.id)
                if tokens and tokens[0].islower():  # "the captain" also begins sentences
                    self._add((tokens[0].capitalize(), *tokens[1:]), character.id)
        for entries in self._names.values():
            entries.sort(key=lambda entry: -len(entry[0]))  # stable: more important characters stay first

    def _add(self, tokens: tuple[str, ...], character: str) -> None:
        if tokens:
            self._names.setdefault(tokens[:2], []).append((tokens, character))

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[NameMention]:
        """Mentions in ``text[start:end]``, in order, not overlapping; offsets are of ``text``."""
        found = list(_TOKEN.finditer(text, start, len(text) if end is None else end))
        words = [_bare(m.group()) for m in found]
        at = 0
        while at < len(words):
            entries = self._names.get((words[at], words[at + 1]), ()) if at + 1 < len(words) else ()
            match = next((e for e in entries if tuple(words[at : at + len(e[0])]) == e[0]), None)
            match = match or next(iter(self._names.get((words[at],), ())), None)
            if match:
                last = found[at + len(match[0]) - 1]
                yield NameMention(found[at].start(), last.end(), match[1])
                at += len(match[0])
            else:
                at += 1

    def count(self, text: str, spans: Iterable[tuple[int, int]]) -> Counter[str]:
        return Counter(m.character for start, end in spans for m in self.find(text, start, end))


def takes_part(text: str, mention: NameMention, gap: tuple[int, int]) -> bool:
    """Whether a person named in the narration ``gap`` acts there or is acted upon: «Tom ran», «Tom, who sat», «she
    pushed Tom», «looked at Tom», «said to Tom»; not «thought of Tom», «Tom’s hat»."""
    if text[mention.end : mention.end + 2] in ("’s", "'s") or _ROAD.match(text, mention.end):
        return False
    after = [w.lower() for w in _WORD.findall(text[mention.end : min(gap[1], mention.end + 80)])]
    before = [w.lower() for w in _WORD.findall(text[max(gap[0], mention.start - 60) : mention.start])]
    while before and before[-1] in _EPITHETS:
        before.pop()
    previous = before[-1] if before else "."
    if previous in _ONLY_NAMED:
        return False
    following = next((w for w in after if not w.endswith("ly")), ".")
    if _acts(following) or (following == "and" and previous in _HEADS):
        return True
    if following == "," and previous in _HEADS:
        return any(_acts(w) for w in after)
    return _acts(previous) or previous in _BESIDE or (previous == "to" and any(_acts(w) for w in before[-5:-1]))


def _acts(word: str) -> bool:
    return word in _ACTS or (len(word) > 4 and word.endswith("ed"))


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word)


def _tokens(name: str) -> list[str]:
    return [_bare(m.group()) for m in _TOKEN.finditer(name)]
