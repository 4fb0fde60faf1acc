"""Speech from a provider: an utterance to a request, the answer to samples with word times. ElevenLabs is the one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from litink.errors import LitinkError, PermanentFailure
from litink.generation.paid.cashier import Bought, Delta, Offer
from litink.media.loudness import integrated
from litink.media.sound import decode
from litink.production.paid.alignment import Spelled, spelled, words_of
from litink.production.paid.till import Till, recipe_of, seed_of
from litink.providers.base import Speech, Utterance, Voice
from litink.providers.catalogue import Model
from litink.providers.catalogue.voices import VoiceList
from litink.providers.wire import Answer, Request, WrongAnswer
from litink.story.model import Delivery, Emotion

REQUEST_VERSION = 1  # raised whenever the same utterance would be asked for differently
FORMAT = "mp3_44100_128"  # every plan has it
NOTHING_TO_SAY = 0.3  # seconds of silence for "* * *": nobody is asked
_SILENT_RATE = 24_000
_ALIGNMENT = ("characters", "character_start_times_seconds", "character_end_times_seconds")
_INAUDIBLE_LUFS = -50.0  # an engine that speaks this softly has failed
_CUT = 0.25  # seconds that the sound may end before its last character does: what a decoder trims
_SLOWEST = 2.5  # seconds a character, in a voice that is not stuck
_ALIKE = 0.8  # of the letters; a provider may spell some otherwise
_SPEEDS = (0.7, 1.2)  # the range that the provider takes

# How freely a voice acts: less stability and more style with stronger feelings, after the provider's own advice
# (narration near the middle; below 0.3 takes differ wildly). Per step of intensity above 3 of 10.
_STABILITY, _LEAST_STABILITY, _STABILITY_STEP = 0.55, 0.3, 0.035
_STYLE_STEP, _MOST_STYLE = 0.06, 0.4
_CALM: frozenset[Emotion] = frozenset({"neutral", "tenderness", "sadness"})
_PACES: Mapping[Delivery, float] = {
    "spoken": 1.0, "whispered": 0.94, "shouted": 1.03, "read": 0.96, "thought": 0.95, "sung": 0.88,
}  # fmt: skip


def voice_recipe(ladder: Sequence[Model], voice: str) -> dict[str, Any]:
    return recipe_of(ladder[0], REQUEST_VERSION, voice=voice, format=FORMAT)


def stitches(ladder: Sequence[Model]) -> bool:
    """Whether what is said before and after a line makes it sound different."""
    return ladder[0].takes("previous_text")


class PaidVoices:
    """A SpeechEngine over a provider's models; the same utterance asks for the same sound."""

    def __init__(self, till: Till, ladder: Sequence[Model], voices: VoiceList) -> None:
        self._till, self._ladder, self._voices = till, ladder, voices

    def voices(self) -> Sequence[Voice]:
        return self._voices.voices

    def recipe(self, voice: str) -> Mapping[str, Any]:
        return voice_recipe(self._ladder, voice)

    def speak(self, utterance: Utterance) -> Speech:
        """Raises PermanentFailure "voice-unknown", "line-too-long" and what the cashier raises."""
        text = spelled(utterance.text, utterance.pronunciations)
        if not any(character.isalnum() for character in text.text):
            return Speech(np.zeros(round(NOTHING_TO_SAY * _SILENT_RATE), np.float32), _SILENT_RATE, ())
        return self._till.buy(self._offers(utterance, text), lambda answer: speech_of(answer, utterance.text, text))

    def stream(self, utterance: Utterance) -> Iterator[Delta | Bought[Speech]]:
        """The sound (MP3) while it is spoken, the speech at the end. Raises what ``speak`` raises; the text must have
        something to be pronounced."""
        text = spelled(utterance.text, utterance.pronunciations)
        return self._till.stream(self._offers(utterance, text), lambda answer: speech_of(answer, utterance.text, text))

    def _offers(self, utterance: Utterance, text: Spelled) -> list[Offer]:
        if utterance.voice not in {voice.id for voice in self._voices.voices}:
            raise PermanentFailure("voice-unknown", f"There is no voice {utterance.voice!r}. Choose one from the list.")
        able = [model for model in self._ladder if model.characters is None or len(text.text) <= model.characters]
        if not able:
            raise PermanentFailure("line-too-long", "A line is longer than the voices can say at once; divide it.")
        asked = {
            "recipe": voice_recipe(able, utterance.voice),
            "text": text.text,
            "settings": settings_of(utterance),
            "context": [utterance.before, utterance.after],
        }
        return [self._offer(model, utterance, asked) for model in able]

    def _offer(self, model: Model, utterance: Utterance, asked: Mapping[str, Any]) -> Offer:
        voice = utterance.voice.partition(":")[2]

        def build(variation: int) -> Request:
            optional = {
                "voice_settings": asked["settings"],
                "seed": seed_of(asked, variation),
                "previous_text": utterance.before,
                "next_text": utterance.after,
            }
            body = {name: value for name, value in optional.items() if value != "" and model.takes(name)}
            body |= {"text": asked["text"], "output_format": FORMAT}
            return Request(model.provider, model.operation, model.name, body, address={"voice_id": voice})

        return Offer(model, build, {"characters": len(asked["text"])})


def settings_of(utterance: Utterance) -> dict[str, Any]:
    """How an utterance is to be acted, in the provider's terms; rounded, so that equal means equal."""
    strength = max(0, min(10, utterance.intensity) - 3)
    stability = _STABILITY if utterance.emotion in _CALM else _STABILITY - _STABILITY_STEP * strength
    style = 0.0 if utterance.emotion == "neutral" else min(_MOST_STYLE, _STYLE_STEP * strength)
    speed = min(max(utterance.pace * _PACES[utterance.delivery], _SPEEDS[0]), _SPEEDS[1])
    return {
        "stability": round(max(_LEAST_STABILITY, stability), 2),
        "similarity_boost": 0.75,
        "style": round(style, 2),
        "use_speaker_boost": True,
        "speed": round(speed, 2),
    }


def speech_of(answer: Answer, text: str, sent: Spelled) -> Speech:
    """The speech in an answer. Raises WrongAnswer when it is no sound, silent, cut off, or not this text."""
    try:
        samples, rate = decode(answer.data)
    except LitinkError as error:
        raise WrongAnswer("speech-unreadable", "The answer is not sound.") from error
    if not np.isfinite(samples).all() or integrated(samples, rate) < _INAUDIBLE_LUFS:
        raise WrongAnswer("speech-silent", "The provider's voice said nothing.")
    alignment = answer.meta.get("alignment") or {}
    characters, starts, ends = (alignment.get(name) or [] for name in _ALIGNMENT)
    if not characters or not len(characters) == len(starts) == len(ends):
        raise WrongAnswer("speech-without-times", "The answer does not say when each character is spoken.")
    seconds = len(samples) / rate
    last = max(ends)
    if seconds + _CUT < last or last <= 0 or seconds > 5 + _SLOWEST * len(sent.text):
        raise WrongAnswer("speech-length", f"The sound lasts {seconds:.1f} s, its text {last:.1f} s.")
    wanted, said = _letters(sent.text), _letters("".join(characters))
    if sum((wanted & said).values()) < _ALIKE * max(wanted.total(), said.total()):
        raise WrongAnswer("speech-of-another-text", "The voice did not say the text that was sent.")
    return Speech(samples, rate, words_of(text, sent, characters, starts, ends))


def _letters(text: str) -> Counter[str]:
    return Counter(character for character in text.casefold() if character.isalnum())
