"""From a line's text to what is to be said, with a map back to the text. How it is said belongs to the engines.

The rules stand in the package's other modules, by subject; here is the text that remembers where each of its
characters came from, and the order in which the rules read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from litink.media.spoken.characters import CHARACTERS
from litink.media.spoken.figures import DATES_AND_TIMES, MONEY_AND_MEASURES, NUMBERS
from litink.media.spoken.punctuation import CLEANING, MARKS, SYMBOLS
from litink.media.spoken.respelling import occurrences
from litink.media.spoken.rule import Rule
from litink.media.spoken.words import ABBREVIATIONS, ADDRESSES, CAPITALS, ROMAN_NUMERALS

Span = tuple[int, int]

# A date's "Jan." must be read before abbreviations take its full stop, "vol." before the numeral behind it, and
# figures before the signs between them.
_IN_ORDER = (
    *CHARACTERS,
    *ADDRESSES,
    *DATES_AND_TIMES,
    *MONEY_AND_MEASURES,
    *ABBREVIATIONS,
    *ROMAN_NUMERALS,
    *NUMBERS,
    *CAPITALS,
    *SYMBOLS,
    *MARKS,
    *CLEANING,
)


@dataclass(frozen=True)
class Spoken:
    """Plain English words with ``, ; : . ! ? — …`` and apostrophes, and a newline where a paragraph ends.

    ``source_map`` has an entry for each character of ``text``: the span (start inclusive, end exclusive, in code
    points) of the source that this character speaks. Spans never go backwards. An empty text means that there is
    nothing to say: "* * *", an emoji, another script.
    """

    text: str
    source_map: tuple[Span, ...]

    def source_span(self, start: int, end: int) -> Span:
        """The source that ``text[start:end]`` speaks; the range must not be empty."""
        spans = self.source_map[start:end]
        return min(first for first, _ in spans), max(last for _, last in spans)


class _Draft:
    """A text under change whose characters keep their source spans."""

    def __init__(self, source: str) -> None:
        self.text = source
        self.spans: list[Span] = [(i, i + 1) for i in range(len(source))]

    def apply(self, rule: Rule) -> None:
        def changed() -> Iterable[tuple[Span, str]]:
            for match in rule.pattern.finditer(self.text):
                said = rule.read(match)
                if said is not None:
                    yield match.span("x") if "x" in match.re.groupindex else match.span(), said

        self._replace(changed())

    def respell(self, pronunciations: Mapping[str, str]) -> None:
        found = occurrences(self.text, pronunciations)
        self._replace(((word.start, word.end), pronunciations[word.word]) for word in found)

    def strip(self) -> None:
        start = len(self.text) - len(self.text.lstrip(" \n,;:.!?—…-"))
        end = len(self.text.rstrip())
        self.text, self.spans = self.text[start:end], self.spans[start:end]

    def _replace(self, changes: Iterable[tuple[Span, str]]) -> None:
        """``changes``: what is put in the place of stretches of the text, rising."""
        text: list[str] = []
        spans: list[Span] = []
        done = 0
        for (start, end), replacement in changes:
            text += [self.text[done:start], replacement]
            spans += self.spans[done:start]
            spans += self._spans_of(replacement, start, end)
            done = end
        if done:
            text.append(self.text[done:])
            spans.extend(self.spans[done:])
            self.text, self.spans = "".join(text), spans

    def _spans_of(self, replacement: str, start: int, end: int) -> list[Span]:
        """Spans for what replaces ``text[start:end]``: words kept at either end, and letters only changed in case,
        keep their own; the rest stands for the rest."""
        replaced = self.text[start:end]
        if len(replacement) == len(replaced):
            return self.spans[start:end]
        before = _kept(replaced, replacement)
        after = _kept(replaced[before:][::-1], replacement[before:][::-1])
        middle = self._span(start + before, end - after)
        kept_before, kept_after = self.spans[start : start + before], self.spans[end - after : end]
        return [*kept_before, *[middle] * (len(replacement) - before - after), *kept_after]

    def _span(self, start: int, end: int) -> Span:
        if start < end:
            return self.spans[start][0], self.spans[end - 1][1]
        if start == 0:
            return 0, 0
        before = self.spans[start - 1]
        inside = start < len(self.spans) and self.spans[start] == before  # what replaced something is now divided
        return before if inside else (before[1], before[1])


def _kept(one: str, other: str) -> int:
    """Length of the common beginning, up to and including a blank."""
    same = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        same += 1
    return one.rfind(" ", 0, same) + 1


def to_spoken(text: str, pronunciations: Mapping[str, str] | None = None) -> Spoken:
    """What a reader would say for ``text``.

    ``pronunciations`` maps words and phrases, found as :func:`~litink.media.spoken.respelling.occurrences` tells, to
    what is read in their place. Numbers, dates, money, abbreviations, Roman numerals and symbols become words;
    quotation marks, footnote marks and markup go.
    """
    draft = _Draft(text)
    draft.respell(pronunciations or {})
    for rule in _IN_ORDER:
        draft.apply(rule)
    draft.strip()
    if not any(char.isalnum() for char in draft.text):
        return Spoken("", ())
    return Spoken(draft.text, tuple(draft.spans))
