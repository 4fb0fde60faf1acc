"""Music bought from a provider: a mood to a request, the answer to samples that can be heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from typing import Any

import numpy as np

from litink.errors import LitinkError
from litink.generation.paid.cashier import Offer
from litink.media.loudness import Samples, integrated
from litink.media.sound import decode
from litink.production.paid.prompts import fitted
from litink.production.paid.till import Till, recipe_of
from litink.providers.catalogue import Model
from litink.providers.wire import Answer, Request, WrongAnswer
from litink.story.model import Mood

MUSIC_VERSION = 1  # raised whenever the same mood would be asked for differently
MUSIC_SECONDS = 30  # of a piece, which is looped under its scenes
_SHORTER_BY = 0.6  # of the length asked for; what is shorter was cut off
_LONGEST = 120.0  # seconds
_INAUDIBLE_LUFS = -50.0

_MANNERS: Mapping[Mood, str] = {
    "calm": "calm and open, warm strings and a soft piano, very slow",
    "joyful": "light and bright, plucked strings and a flute, moderately slow",
    "tense": "tense and restrained, low strings that hold long notes, slow pulse",
    "sad": "sad and tender, a single cello over quiet strings, very slow",
    "mysterious": "mysterious, harp and celesta over long low notes, slow",
    "fearful": "dark and fearful, low drones and trembling strings, slow",
    "angry": "dark and driven, low strings and deep soft drums, steady",
    "romantic": "romantic and warm, piano and strings, slow",
    "hopeful": "hopeful, rising strings and a soft horn, slow",
    "solemn": "solemn, low brass and organ, held back, very slow",
}
_TAKES = ("Few instruments", "Even and unhurried", "Soft tone")  # another try is to differ: there is no seed


def music_prompt(mood: Mood) -> tuple[str, ...]:
    """The sentences of a piece's prompt, most important first. Of the book nothing is told."""
    return (
        f"Instrumental underscore that lies quietly beneath a narrator: {_MANNERS[mood]}",
        "No voice, no singing, no choir, no solo that draws attention",
        "Even loudness from beginning to end, no fade, no ending, so that it can be looped",
    )


def composer_recipe(ladder: Sequence[Model]) -> dict[str, Any]:
    return recipe_of(ladder[0], MUSIC_VERSION, seconds=MUSIC_SECONDS)


class PaidComposer:
    """Composes by a provider's models."""

    def __init__(self, till: Till, ladder: Sequence[Model]) -> None:
        self._till, self._ladder = till, ladder

    def compose(self, prompt: Sequence[str]) -> tuple[Samples, int]:
        """Mono samples and their rate. Raises PermanentFailure as the cashier does."""
        return self._till.buy([self._offer(model, prompt) for model in self._ladder], music_of)

    def _offer(self, model: Model, prompt: Sequence[str]) -> Offer:
        def build(variation: int) -> Request:
            sentences = (*prompt, *islice(cycle(_TAKES), variation))
            everything = {"prompt": fitted(sentences, model.characters), "duration": str(MUSIC_SECONDS)}
            body = {name: value for name, value in everything.items() if model.takes(name)}
            return Request(model.provider, model.operation, model.name, body)

        return Offer(model, build, {"seconds": MUSIC_SECONDS})


def music_of(answer: Answer) -> tuple[Samples, int]:
    """The music in an answer. Raises WrongAnswer when it is no sound, silent, or of another length."""
    try:
        samples, rate = decode(answer.data)
    except LitinkError as error:
        raise WrongAnswer("music-unreadable", "The answer is not sound.") from error
    if not np.isfinite(samples).all() or integrated(samples, rate) < _INAUDIBLE_LUFS:
        raise WrongAnswer("music-silent", "Nothing is heard in the music.")
    seconds = len(samples) / rate
    if not _SHORTER_BY * MUSIC_SECONDS <= seconds <= _LONGEST:
        raise WrongAnswer("music-length", f"The music lasts {seconds:.1f} s, asked for were {MUSIC_SECONDS} s.")
    return samples, rate
