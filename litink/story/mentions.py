"""Where a text names the characters of a cast. Pronouns and who speaks are not decided here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from litink.story.model import Cast

_TOKEN = re.compile(r"[^\W\d_](?:[\w]|[’'-](?=\w))*")
_POSSESSIVE = re.compile(r"[’']s?$")


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


def _bare(word: str) -> str:
    return _POSSESSIVE.sub("", word)


def _tokens(name: str) -> list[str]:
    return [_bare(m.group()) for m in _TOKEN.finditer(name)]
