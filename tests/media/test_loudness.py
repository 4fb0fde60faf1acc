"""Loudness agrees with the standard and with ffmpeg's meter; the limiter holds its ceiling without bending the wave."""

from __future__ import annotations

import itertools
import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from litink.media.loudness import SILENCE_LUFS, Meter, Weighted, factor, integrated, limit, limiter, measure, true_peak
from tests.media.material import speech_like, tone


def ffmpeg_meter(samples: np.ndarray, rate: int, folder: Path) -> tuple[float, float]:
    path = folder / "sound.wav"
    soundfile.write(path, samples, rate, subtype="FLOAT")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostats", "-i", str(path), "-af", "ebur128=peak=true"]
    log = subprocess.run([*command, "-f", "null", "-"], capture_output=True, text=True, check=True).stderr
    summary = log[log.rindex("Summary") :]
    return float(re.search(r"I:\s+(\S+) LUFS", summary)[1]), float(re.search(r"Peak:\s+(\S+) dBFS", summary)[1])


@pytest.mark.parametrize(("level", "expected"), [(-23.0, -23.0), (-33.0, -33.0)])
def test_the_reference_tone_reads_its_level(level: float, expected: float) -> None:
    # EBU Tech 3341, cases 1 and 2: a stereo 1 kHz sine of that level reads that loudness, within 0.1 LU.
    wave = tone(20, 48_000, hertz=1000, level=factor(level))
    assert integrated(np.stack([wave, wave], axis=1), 48_000) == pytest.approx(expected, abs=0.1)


def test_quiet_passages_are_gated() -> None:
    # EBU Tech 3341, case 3: -36, -23, -36 dBFS reads -23 LUFS, since the quiet parts lie under the relative gate.
    parts = [tone(s, 48_000, hertz=1000, level=factor(db)) for s, db in ((10, -36.0), (60, -23.0), (10, -36.0))]
    wave = np.concatenate(parts)
    assert integrated(np.stack([wave, wave], axis=1), 48_000) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", [22_050, 24_000, 44_100, 48_000])
def test_agrees_with_ffmpegs_meter(rate: int, tmp_path: Path) -> None:
    samples = speech_like(6.3, rate, seed=rate)
    loudness = measure(samples, rate)
    lufs, peak = ffmpeg_meter(samples, rate, tmp_path)
    assert loudness.integrated_lufs == pytest.approx(lufs, abs=0.1)
    assert loudness.true_peak_dbtp == pytest.approx(peak, abs=0.15)


def test_a_peak_between_samples_is_seen() -> None:
    # A quarter of the sample rate, sampled at 45 degrees: every sample is 3 dB below the wave's crest.
    wave = np.sin(2 * np.pi * np.arange(4800) / 4 + np.pi / 4).astype(np.float32)
    assert np.abs(wave).max() == pytest.approx(0.707, abs=0.01)
    assert true_peak(wave) == pytest.approx(1.0, abs=0.06)


@given(cuts=st.lists(st.integers(0, 70_000), max_size=6))
@settings(max_examples=25, deadline=None)
def test_sound_in_pieces_measures_as_a_whole(cuts: list[int]) -> None:
    samples = speech_like(2.9)
    meter = Meter(24_000)
    edges = [0, *sorted(cut % len(samples) for cut in cuts), len(samples)]
    for start, end in itertools.pairwise(edges):
        meter.feed(samples[start:end])
    whole = measure(samples, 24_000)
    assert meter.result().integrated_lufs == pytest.approx(whole.integrated_lufs, abs=1e-3)
    assert meter.result().true_peak_dbtp == pytest.approx(whole.true_peak_dbtp, abs=1e-3)
    assert meter.result().seconds == whole.seconds


def test_a_short_word_reads_as_loud_as_a_long_one() -> None:
    assert integrated(tone(0.2), 24_000) == pytest.approx(integrated(tone(3.0), 24_000), abs=0.5)


def test_silence_reads_as_silence() -> None:
    assert integrated(np.zeros(24_000, np.float32), 24_000) == SILENCE_LUFS
    assert measure(np.zeros(0, np.float32), 24_000).integrated_lufs == SILENCE_LUFS


@given(seed=st.integers(0, 1000), gain=st.floats(1, 6), ceiling=st.floats(0.3, 0.95))
@settings(max_examples=25, deadline=None)
def test_nothing_passes_the_limiters_ceiling(seed: int, gain: float, ceiling: float) -> None:
    samples = speech_like(0.8, seed=seed, level=0.5) * np.float32(gain)
    assert true_peak(limit(samples, 24_000, ceiling)) <= ceiling * 1.01


def test_the_limiter_turns_down_and_does_not_bend() -> None:
    wave = tone(1.0, hertz=150, level=0.9)
    spectrum = np.abs(np.fft.rfft(limit(wave, 24_000, 0.5)[6000:18_000] * np.hanning(12_000)))
    fundamental = spectrum.argmax()
    harmonics = [spectrum[fundamental * n - 2 : fundamental * n + 3].max() for n in range(2, 8)]
    assert np.sqrt(np.square(harmonics).sum()) < 0.001 * spectrum.max()


def test_sound_under_the_ceiling_is_left_alone() -> None:
    samples = speech_like(1.0)
    assert limit(samples, 24_000, 0.9) is samples


@given(level=st.floats(0.1, 1.0), seconds=st.floats(0.2, 3.0), ceiling=st.floats(0.1, 0.5))
@settings(max_examples=30, deadline=None)
def test_what_a_limiter_leaves_is_told_without_weighting_it_anew(level: float, seconds: float, ceiling: float) -> None:
    wave = speech_like(seconds, 24_000, level=level).astype(np.float32)
    weighted, gain = Weighted(wave, 24_000), limiter(wave, 24_000, ceiling)
    assert weighted.lufs() == pytest.approx(integrated(wave, 24_000), abs=0.001)
    if gain is not None:
        assert weighted.lufs(gain) == pytest.approx(integrated(wave * gain, 24_000), abs=0.1)
