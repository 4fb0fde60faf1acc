"""What the two networks share: an utterance to phonemes, to stretches of sound, to one speech with word times."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Protocol

import numpy as np

from litink.media.spoken import to_spoken
from litink.media.spoken.respelling import occurrences
from litink.providers.base import Phoneme, Speech, Utterance, Word, sound_of
from litink.providers.local.voices import sound
from litink.providers.local.voices.chunks import Chunk, divide
from litink.providers.local.voices.delivery import style_of
from litink.providers.local.voices.ipa import phonemes_of
from litink.providers.local.voices.phonemes import Phonemizer, Sound, Token, source_words

RENDERING = 1  # raise whenever the same utterance would sound different: it is part of every recipe
NOTHING_TO_SAY = 0.3  # seconds of silence for "* * *", an emoji, another script
Times = tuple[float, float]


class Network(Protocol):
    """A speech network with one voice."""

    target: int  # sentences are said together up to so many phonemes
    limit: int  # the most it says at once

    def say(self, phonemes: str, speed: float) -> tuple[sound.Samples, Sequence[float]]:
        """Samples at 24 kHz, and the seconds that each phoneme lasts, the pads at both ends included."""
        ...


def speak(utterance: Utterance, network: Network, phonemize: Phonemizer) -> Speech:
    tokens = _tokens(utterance, phonemize)
    if not any(token.is_word for token in tokens):
        return Speech(sound.silence(NOTHING_TO_SAY), sound.SAMPLE_RATE, ())
    style = style_of(utterance)
    parts: list[sound.Samples] = []
    times: dict[int, Times] = {}
    phonemes: list[Phoneme] = []
    at = 0.0
    chunks = divide(tokens, network.target, network.limit)
    for chunk in chunks:
        samples, spoken, sounds = _say(tokens, chunk, network, style.speed)
        times.update({index: (at + start, at + end) for index, (start, end) in spoken.items()})
        phonemes += [Phoneme(one.symbol, at + one.start, at + one.end) for one in sounds]
        gap = sound.silence(0.0 if chunk is chunks[-1] else chunk.pause / style.speed)
        parts += [samples, gap]
        at += (len(samples) + len(gap)) / sound.SAMPLE_RATE
    samples = sound.amplify(np.concatenate(parts), style.gain)
    return Speech(samples, sound.SAMPLE_RATE, _words(utterance.text, tokens, times), tuple(phonemes))


def _tokens(utterance: Utterance, phonemize: Phonemizer) -> list[Token]:
    """Respellings are read in the place of their words; sounds are said for them."""
    respelled = {word: reading for word, reading in utterance.pronunciations.items() if sound_of(reading) is None}
    sounded = {
        word: phonemes
        for word, reading in utterance.pronunciations.items()
        if (ipa := sound_of(reading)) and (phonemes := phonemes_of(ipa, british=phonemize.british))
    }
    found = occurrences(utterance.text, {*respelled, *sounded})
    sounds = [Sound(word.start, word.end, sounded[word.word]) for word in found if word.word in sounded]
    return phonemize(to_spoken(utterance.text, respelled), sounds)


def _say(
    tokens: Sequence[Token], chunk: Chunk, network: Network, speed: float
) -> tuple[sound.Samples, dict[int, Times], list[Phoneme]]:
    """The chunk's trimmed sound, and when each of its word tokens and phonemes is spoken."""
    phonemes = ""
    ranges: dict[int, tuple[int, int]] = {}
    for index in range(chunk.first, chunk.last):
        token = tokens[index]
        if token.is_word:
            ranges[index] = (len(phonemes), len(phonemes) + len(token.phonemes) - len(token.closing))
        phonemes += token.phonemes + (" " if token.space and index + 1 < chunk.last else "")
    if not ranges:
        return sound.silence(0.0), {}, []
    samples, seconds = network.say(phonemes, speed)
    bounds = [0.0, *accumulate(seconds)]  # phoneme i lasts from bounds[i + 1] to bounds[i + 2]
    spoken = {index: (bounds[first + 1], bounds[last + 1]) for index, (first, last) in ranges.items()}
    trimmed = sound.trim(samples, bounds[max(last for _, last in ranges.values())])
    latest = len(trimmed.samples) / sound.SAMPLE_RATE - sound.TAIL

    def shifted(start: float, end: float) -> Times:
        return max(start + trimmed.shift, 0.0), min(end + trimmed.shift, latest)

    edges = [min(max(bound + trimmed.shift, 0.0), latest) for bound in bounds[1:]]
    return (
        trimmed.samples,
        {index: shifted(*times) for index, times in spoken.items()},
        [Phoneme(*one) for one in zip(phonemes, edges, edges[1:], strict=False)],
    )


def _words(source: str, tokens: Sequence[Token], times: dict[int, Times]) -> tuple[Word, ...]:
    return tuple(
        Word(source[start:end], times[indices[0]][0], times[indices[-1]][1], start, end)
        for start, end, indices in source_words(source, tokens)
    )
