"""Text drawn from a prompt's own material, so that what the emulator writes looks as if it had read it."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

_SENTENCE = re.compile(r"[^.!?…\n]{12,}?[.!?…]+[”\"’']?(?=\s|$)")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})?")
_MARK = re.compile(r"\b[a-z]{1,10}[-_:.]?\d{1,5}\b")
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBERED = re.compile(r"\[(?:([A-Za-z]+) )?(\d{1,6})(?=[\]:])")
_CITED = ("rests_on", "cites", "evidence", "source", "number")  # fields that hold such a number under another name
_SPARE = (
    "The lamp was lit before evening came.",
    "Nobody in the house had heard the door.",
    "A letter lay upon the table.",
    "They went on together towards the sea.",
)


def tokens(text: str) -> int:
    """About how many tokens a language model would count: four characters each."""
    return -(-len(text) // 4)


class Material:
    """What a prompt offers: sentences, names, short marks such as ``p12``, words. The same seed draws the same."""

    def __init__(self, text: str, seed: str) -> None:
        self.dice = random.Random(seed)  # noqa: S311
        self.sentences: Sequence[str] = [" ".join(s.split()) for s in _SENTENCE.findall(text)] or _SPARE
        self.names: Sequence[str] = list(dict.fromkeys(_NAME.findall(text))) or ("Somebody", "Another")
        self.marks: Sequence[str] = list(dict.fromkeys(_MARK.findall(text)))
        self._numbers: dict[str, list[int]] = {}
        for what, number in _NUMBERED.findall(text):
            self._numbers.setdefault(what.lower(), []).append(int(number))
        self.words: Sequence[str] = list(dict.fromkeys(_WORD.findall(text))) or ("word", "another", "third")

    def numbers(self, what: str) -> Sequence[int]:
        """The numbers that the material gives such things, as in ``[scene 3]``; those of ``[12]`` where it names none.

        Nothing is offered for a count, a share and the like, which no material numbers.
        """
        named = self._numbers.get(what.lower(), [])
        return named or (self._numbers.get("", []) if what in _CITED else [])

    def sentence(self) -> str:
        return self.dice.choice(self.sentences)

    def paragraph(self, count: int) -> str:
        """Up to ``count`` sentences that follow one another in the material."""
        start = self.dice.randrange(len(self.sentences))
        return " ".join(
            self.sentences[(start + step) % len(self.sentences)] for step in range(min(count, len(self.sentences)))
        )

    def name(self) -> str:
        return self.dice.choice(self.names)

    def phrase(self, count: int) -> str:
        words = self.dice.sample(self.words, min(count, len(self.words)))
        return " ".join(words).capitalize()
