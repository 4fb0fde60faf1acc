"""A spoken line as it goes into films: one loudness, no silence around it, words still where they are spoken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.errors import PermanentFailure
from litink.media.sound import FILM_LUFS, LINE_PEAK_DBTP, decode, encode, finish, measure, resample
from litink.providers.base import Speech, Word
from tests.media.material import speech_like, tone


def spoken(seconds: float, rate: int = 24_000, *, lead: float = 0.3, tail: float = 0.4, level: float = 0.1) -> Speech:
    samples = [np.zeros(round(lead * rate)), speech_like(seconds, rate, level=level), np.zeros(round(tail * rate))]
    words = (Word("one", lead, lead + seconds / 2, 0, 3), Word("two", lead + seconds / 2, lead + seconds, 4, 7))
    return Speech(np.concatenate(samples).astype(np.float32), rate, words)


@given(
    level=st.floats(0.03, 0.9),
    seconds=st.floats(0.25, 4.0),
    rate=st.sampled_from([16_000, 22_050, 24_000, 44_100, 48_000]),
)
@settings(max_examples=30, deadline=None)
def test_every_line_has_the_films_loudness(level: float, seconds: float, rate: int) -> None:
    line = finish(spoken(seconds, rate, level=level))
    samples, stored = decode(line.data)
    facts = measure(samples, stored)
    assert facts.integrated_lufs == pytest.approx(FILM_LUFS, abs=0.6)
    assert facts.true_peak_dbtp <= LINE_PEAK_DBTP + 0.1
    assert line.loudness_lufs == pytest.approx(facts.integrated_lufs, abs=0.05)
    assert line.seconds == len(samples) / stored
    assert line.sample_rate == stored == (24_000 if rate <= 24_000 else 48_000)


def test_silence_around_the_words_goes_and_their_times_follow() -> None:
    line = finish(spoken(2.0, lead=0.5, tail=0.7))
    assert line.seconds == pytest.approx(2.0, abs=0.25)
    samples, rate = decode(line.data)
    loud = np.flatnonzero(np.abs(samples) > 0.02) / rate
    assert line.words[0].start == pytest.approx(loud[0], abs=0.12)
    assert line.words[-1].end <= line.seconds
    assert [word.text for word in line.words] == ["one", "two"]


def test_no_click_at_the_edges() -> None:
    line = finish(Speech(tone(1.0, level=0.5), 24_000, ()))  # an engine that stops in the middle of a wave
    samples, _ = decode(line.data)
    assert abs(samples[0]) < 0.01
    assert abs(samples[-1]) < 0.01


def test_the_same_speech_gives_the_same_bytes() -> None:
    assert finish(spoken(1.5)).data == finish(spoken(1.5)).data


@pytest.mark.parametrize(
    ("samples", "code"),
    [
        (np.zeros(24_000, np.float32), "speech-silent"),
        (np.zeros(0, np.float32), "speech-silent"),
        (1e-4 * tone(1.0), "speech-silent"),
        (np.full(24_000, np.nan, np.float32), "speech-broken"),
    ],
)
def test_speech_without_sound_is_refused(samples: np.ndarray, code: str) -> None:
    with pytest.raises(PermanentFailure) as failure:
        finish(Speech(samples, 24_000, ()))
    assert failure.value.code == code


def test_what_is_no_sound_is_refused() -> None:
    with pytest.raises(PermanentFailure) as failure:
        decode(b"<html>busy</html>")
    assert failure.value.code == "sound-unreadable"


@pytest.mark.parametrize(("rate", "to"), [(24_000, 48_000), (44_100, 48_000), (22_050, 24_000), (48_000, 24_000)])
def test_resampling_keeps_the_wave(rate: int, to: int) -> None:
    ramp = np.minimum(1, np.minimum(np.arange(rate), np.arange(rate)[::-1]) / (rate / 20))
    samples = (tone(1.0, rate, hertz=3000) * ramp).astype(np.float32)
    result = resample(samples, rate, to)
    assert len(result) == to
    ramp = np.interp(np.arange(to) / to, np.arange(rate) / rate, ramp)
    assert np.abs(result - tone(1.0, to, hertz=3000) * ramp).max() < 0.002


def test_flac_keeps_16_bits() -> None:
    samples = speech_like(0.5)
    assert np.abs(decode(encode(samples, 24_000))[0] - samples).max() < 1 / 32_000
