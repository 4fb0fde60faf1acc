"""What leaves an engine begins and ends the same way: fixed pads, no clicks, nothing cut off."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from litink.providers.base import Utterance
from litink.providers.local.voices.delivery import FASTEST, SLOWEST, style_of
from litink.providers.local.voices.sound import LEAD, SAMPLE_RATE, TAIL, amplify, trim


def tone(seconds: float, level: float, hertz: float = 440.0) -> npt.NDArray[np.float32]:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


@pytest.mark.parametrize("silence", [0.0, 0.01, 0.7])
def test_speech_gets_the_same_pads_whatever_silence_surrounded_it(silence: float) -> None:
    quiet = tone(silence, 0.0)
    trimmed = trim(np.concatenate([quiet, tone(0.5, 0.3), quiet]), silence + 0.3)
    assert len(trimmed.samples) / SAMPLE_RATE == pytest.approx(LEAD + 0.5 + TAIL, abs=0.006)
    assert silence + trimmed.shift == pytest.approx(LEAD, abs=0.006)


def test_a_hum_below_speech_is_not_taken_for_it() -> None:
    hum = tone(2.0, 0.02, hertz=20.0)
    hum[12_000:24_000] += tone(0.5, 0.3, hertz=800.0)
    assert len(trim(hum, 0.9).samples) / SAMPLE_RATE == pytest.approx(LEAD + 0.5 + TAIL, abs=0.011)


def test_a_soft_end_is_kept_as_far_as_the_network_speaks() -> None:
    breath = tone(0.4, 0.0001)
    trimmed = trim(np.concatenate([tone(0.5, 0.5), breath, breath]), 0.9)
    assert len(trimmed.samples) / SAMPLE_RATE >= LEAD + 0.9


def test_cuts_make_no_click() -> None:
    samples = trim(tone(1.0, 0.3) + np.float32(0.3), 0.9).samples
    assert samples[0] == samples[-1] == 0.0
    assert np.max(np.abs(np.diff(samples))) < 0.05


def test_silence_stays_silence() -> None:
    assert not np.any(trim(tone(0.2, 0.0), 0.1).samples)


def test_gain_never_clips() -> None:
    assert np.max(np.abs(amplify(tone(0.1, 0.9), 12.0))) <= 1.0
    assert np.max(np.abs(amplify(tone(0.1, 0.2), -6.0))) == pytest.approx(0.1, rel=0.01)


def test_delivery_is_heard_and_grows_with_intensity() -> None:
    plain = style_of(Utterance("x", "v"))
    assert (plain.speed, plain.gain) == (1.0, 0.0)
    angry, furious = (style_of(Utterance("x", "v", emotion="anger", intensity=i)) for i in (3, 10))
    assert 1.0 < angry.speed < furious.speed
    assert 0.0 < angry.gain < furious.gain
    assert style_of(Utterance("x", "v", delivery="whispered")).gain < -3.0
    assert style_of(Utterance("x", "v", emotion="sadness")).speed < 1.0


def test_any_pace_stays_within_what_the_networks_can_say() -> None:
    assert style_of(Utterance("x", "v", pace=9.0)).speed == FASTEST
    assert style_of(Utterance("x", "v", pace=0.0, intensity=99)).speed == SLOWEST
