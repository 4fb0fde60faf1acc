"""Speech from a provider: what is sent, what counts as an answer, and that a line is paid for once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from litink.errors import PermanentFailure
from litink.media.sound import encode, finish
from litink.production.paid.alignment import spelled
from litink.production.paid.voices import settings_of, speech_of
from litink.providers.base import SpeechEngine, Utterance
from litink.providers.wire import Answer, WrongAnswer
from tests.emulated import Emulator
from tests.production.paid.conftest import Desk

TEXT = "“Good catch,” said the captain."


def voices(desk: Desk) -> SpeechEngine:
    return desk.engines.speakers_for(desk.purpose, desk.credits)


def line(desk: Desk, text: str = "", **changes: Any) -> Utterance:
    narrator = desk.engines.narrator(desk.owned.tier)
    return replace(Utterance(text or f"He said: {desk.word}.", narrator), **changes)


# -- what counts -------------------------------------------------------------------------------------------------------


def answered(
    change: Callable[[dict[str, Any]], Any] = lambda _: None, *, seconds: float = 3.2, level: float = 0.3
) -> Answer:
    time = np.arange(round(seconds * 24_000)) / 24_000
    starts = [n / 10 for n in range(len(TEXT))]
    alignment: dict[str, Any] = {
        "characters": list(TEXT),
        "character_start_times_seconds": starts,
        "character_end_times_seconds": [start + 0.1 for start in starts],
    }
    change(alignment)
    sound = encode((level * np.sin(2 * np.pi * 220 * time)).astype(np.float32), 24_000)
    return Answer(sound, "audio/flac", {"characters": len(TEXT)}, None, "1", {"alignment": alignment})


def test_an_answer_becomes_samples_and_timed_words() -> None:
    speech = speech_of(answered(), TEXT, spelled(TEXT, {}))
    assert speech.samples.dtype == np.float32
    assert speech.seconds == pytest.approx(3.2, abs=0.01)
    assert [word.text for word in speech.words] == ["Good", "catch", "said", "the", "captain"]
    assert speech.words[1].start == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (replace(answered(), data=b"<html>busy</html>"), "speech-unreadable"),
        (replace(answered(), data=b""), "speech-unreadable"),
        (answered(level=0.0005), "speech-silent"),
        (replace(answered(), meta={"alignment": None}), "speech-without-times"),
        (answered(lambda a: a["characters"].pop()), "speech-without-times"),
        (answered(seconds=1.5), "speech-length"),
        (answered(seconds=100), "speech-length"),
        (
            answered(lambda a: a.update(characters=list("Something else was told to us .")[: len(TEXT)])),
            "speech-of-another-text",
        ),
    ],
)
def test_anything_else_is_a_wrong_answer(answer: Answer, code: str) -> None:
    with pytest.raises(WrongAnswer) as wrong:
        speech_of(answer, TEXT, spelled(TEXT, {}))
    assert wrong.value.code == code


def test_stronger_feeling_is_acted_more_freely_and_equal_feeling_is_asked_for_alike() -> None:
    calm, angry, furious = (
        settings_of(Utterance("x", "v", emotion, intensity))
        for emotion, intensity in (("neutral", 3), ("anger", 6), ("anger", 10))
    )
    assert calm["stability"] > angry["stability"] > furious["stability"] >= 0.3
    assert calm["style"] == 0 < angry["style"] < furious["style"] <= 0.4
    assert 0.7 <= settings_of(Utterance("x", "v", delivery="sung", pace=0.5))["speed"] < 1
    assert angry == settings_of(Utterance("y", "w", "anger", 6))


# -- speaking ----------------------------------------------------------------------------------------------------------


def test_a_line_is_spoken_with_its_words_and_can_be_finished(desk: Desk) -> None:
    text = f"Martha held up her lantern, and {desk.word} was there."
    speech = voices(desk).speak(line(desk, text))
    assert [word.text for word in speech.words] == text.replace(",", "").rstrip(".").split()
    assert speech.words[-1].end <= speech.seconds + 0.3
    assert finish(speech).seconds > 1


def test_a_line_that_is_made_again_is_not_paid_for_again(desk: Desk, emulator: Emulator) -> None:
    said = line(desk)
    first, again = voices(desk).speak(said), voices(desk).speak(said)
    assert np.array_equal(first.samples, again.samples)
    assert len(emulator.bill().charges) == 1


def test_what_nobody_can_pronounce_is_a_pause_for_nothing(desk: Desk, emulator: Emulator) -> None:
    speech = voices(desk).speak(line(desk, "* * *"))
    assert speech.words == ()
    assert 0 < speech.seconds < 1
    assert emulator.requests() == []


def test_a_web_page_in_place_of_sound_is_never_taken_for_it(desk: Desk, emulator: Emulator) -> None:
    emulator.fault("html_200", times=1)
    assert voices(desk).speak(line(desk)).words
    assert [state for _, state in desk.states()] == ["wrong", "done"]
    assert desk.credits.meta("spoken")["fallback"] is True


def test_only_models_that_can_say_so_much_at_once_are_asked(desk: Desk, emulator: Emulator) -> None:
    first, second = desk.engines.ladder(desk.owned.tier, "speech")[:2]
    assert first.characters is not None
    sentence = f"They said {desk.word} again and again. "
    voices(desk).speak(line(desk, sentence * (first.characters // len(sentence) + 1)))
    assert [model for model, _ in desk.states()] == [second.id]
    with pytest.raises(PermanentFailure) as failure:
        voices(desk).speak(line(desk, "word " * 20_000))
    assert failure.value.code == "line-too-long"


def test_a_voice_that_there_is_not_is_refused_before_anybody_is_asked(desk: Desk, emulator: Emulator) -> None:
    with pytest.raises(PermanentFailure) as failure:
        voices(desk).speak(line(desk, voice="kokoro:bm_george"))
    assert failure.value.code == "voice-unknown"
    assert emulator.requests() == []


def test_what_the_same_voice_says_before_and_after_goes_along_where_a_model_takes_it(
    desk: Desk, emulator: Emulator
) -> None:
    plain, stitched = line(desk), line(desk, before="It rained.", after="Nobody came.")
    voices(desk).speak(plain)
    voices(desk).speak(stitched)
    assert desk.engines.stitches(desk.owned.tier)
    assert len(emulator.bill().charges) == 2  # they sound different, so they are two requests
    assert len({row["fingerprint"] for row in emulator.bill().rows}) == 2
