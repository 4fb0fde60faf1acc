"""From what is to be said to phonemes, word by word, each with the source it speaks. Uses hibari's grapheme-to-phoneme.

hibari's G2P is misaki's English pipeline, American and British; Kokoro and hibari were trained on its output.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from litink.media.spoken import Spoken
from litink.providers.local.voices.vocabulary import PUNCTUATION, known
from litink.providers.local.voices.weights import import_onnxruntime

Accent = Literal["us", "gb"]

LONGEST_TOKEN = 100  # phonemes; no English word comes near, but a run of letters may be any length
_SOURCE_WORD = re.compile(r"\w+(?:['’\-]\w+)*")
_FIXED = 5  # the G2P's rating of what nobody has to guess
_SPELLED = re.compile(r"(?:[A-Z]\.){2,}")


@dataclass(frozen=True)
class Sound:
    """Phonemes that are said for a stretch of the source, however that is written."""

    start: int
    end: int
    phonemes: str


@dataclass(frozen=True)
class Token:
    """A word or a mark: its phonemes, the source span it speaks, whether a blank or a paragraph's end follows."""

    phonemes: str
    start: int
    end: int
    space: bool
    paragraph_end: bool = False

    @property
    def is_word(self) -> bool:
        return any(char not in PUNCTUATION and char != " " for char in self.phonemes)

    @property
    def closing(self) -> str:
        """The punctuation mark that ends the token, or ""."""
        last = self.phonemes[-1:]
        return last if last in PUNCTUATION else ""


@cache
def phonemizer(accent: Accent) -> Phonemizer:
    """The phonemizer of an accent; its lexicon, read-only, is loaded once a process (about 0.5 s)."""
    return Phonemizer(accent)


class Phonemizer:
    """What is to be said -> tokens, in one accent."""

    def __init__(self, accent: Accent) -> None:
        import_onnxruntime()  # hibari would import it by itself for words that its lexicon lacks
        from hibari.g2p import G2P

        self.british = accent == "gb"
        self._g2p: Any = G2P(british=self.british)

    def __call__(self, spoken: Spoken, sounds: Sequence[Sound] = ()) -> list[Token]:
        """``sounds``: stretches of the source that are said otherwise than they are read, rising."""
        tokens: list[Token] = []
        for paragraph in re.finditer(r"[^\n]+", spoken.text):
            tokens.extend(self._paragraph(spoken, paragraph.group(), paragraph.start(), sounds))
        return tokens

    def _paragraph(self, spoken: Spoken, text: str, offset: int, sounds: Sequence[Sound]) -> list[Token]:
        read = self._g2p.tokenize(text)
        if sounds:
            self._say(read, spoken, text, offset, sounds)
        found = self._g2p.phonemize_tokens(read)
        tokens: list[Token] = []
        for token, (at, end_of_token) in zip(found, _places(found, text), strict=True):
            phonemes = known(token.phonemes or "").strip()
            if _SPELLED.fullmatch(token.text):  # the tokenizer keeps "P.M." whole and so loses the sentence's end
                phonemes += "."
            start, end = spoken.source_span(offset + at, offset + end_of_token)
            for cut in range(0, len(phonemes), LONGEST_TOKEN):
                tokens.append(Token(phonemes[cut : cut + LONGEST_TOKEN], start, end, space=False))
            if tokens and token.whitespace:
                tokens[-1] = replace(tokens[-1], space=True)
        if tokens:
            tokens[-1] = replace(tokens[-1], space=True, paragraph_end=True)
        return tokens

    def _say(self, read: Sequence[Any], spoken: Spoken, text: str, offset: int, sounds: Sequence[Sound]) -> None:
        """Set the phonemes of the G2P's tokens that stand for a sound: all of them at the first, none at the rest."""
        said: set[Sound] = set()
        for token, (at, end_of_token) in zip(read, _places(read, text), strict=True):
            start, end = spoken.source_span(offset + at, offset + end_of_token)
            sound = next((sound for sound in sounds if sound.start <= start and end <= sound.end), None)
            if sound is not None:
                token.phonemes, token.rating = "" if sound in said else sound.phonemes, _FIXED
                said.add(sound)


def _places(tokens: Sequence[Any], text: str) -> list[tuple[int, int]]:
    """Where each of the G2P's tokens stands in the text, at least one character each."""
    places = []
    position = 0
    for token in tokens:
        at = text.find(token.text, position)
        at, length = (at, len(token.text)) if at >= 0 else (position, 1)
        position = min(at + length, len(text))
        places.append((at, max(position, at + 1)))
    return places


def source_words(source: str, tokens: Sequence[Token]) -> list[tuple[int, int, list[int]]]:
    """Groups the tokens that speak one word of the source: (char_start, char_end, indices of the tokens).

    "well-known" may be two tokens and is one word; "$3.2 million" is four source words and, read as "three point two
    million dollars", one group, because its parts change places.
    """
    written = [match.span() for match in _SOURCE_WORD.finditer(source)]
    groups: list[tuple[int, int, list[int]]] = []
    at = 0
    for index, token in enumerate(tokens):
        if not token.is_word:
            continue
        start, end = token.start, token.end
        while at < len(written) and written[at][1] <= start:
            at += 1
        for word_start, word_end in written[at:]:
            if word_start >= token.end:
                break
            start, end = min(start, word_start), max(end, word_end)
        if groups and start < groups[-1][1]:
            first, last, indices = groups[-1]
            groups[-1] = (min(first, start), max(last, end), [*indices, index])
        else:
            groups.append((start, end, [index]))
    return groups
