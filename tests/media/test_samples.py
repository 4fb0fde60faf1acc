"""Recordings that strangers send."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from litink.errors import Refused
from litink.media.samples import read_recording
from litink.media.sound import decode

RATE = 22_050


def spoken(seconds: float, level: float = 0.2) -> np.ndarray:
    """Something that sounds on and off."""
    t = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 180 * t) * (np.sin(2 * np.pi * 3 * t) > -0.3)).astype(np.float32)


def file(folder: Path, samples: np.ndarray, kind: str) -> Path:
    path = folder / "recording"
    data = io.BytesIO()
    soundfile.write(data, samples, RATE, format=kind)
    path.write_bytes(data.getvalue())
    return path


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3"])
def test_a_recording_becomes_sound_of_our_own_making(tmp_path: Path, kind: str) -> None:
    stereo = np.stack([spoken(3), spoken(3)], axis=1)
    found = read_recording(file(tmp_path, stereo, kind), longest=60)
    samples, rate = decode(found.data)
    assert (rate, samples.ndim) == (44_100, 1)
    assert len(samples) / rate == pytest.approx(3, abs=0.1) == pytest.approx(found.seconds, abs=0.1)
    assert -30 < found.lufs < -10


def test_silence_is_told_by_its_loudness(tmp_path: Path) -> None:
    assert read_recording(file(tmp_path, spoken(3, level=0.0), "WAV"), longest=60).lufs < -60


@pytest.mark.parametrize("content", [b"", b"This is a letter.", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"\x00" * 100_000])
def test_what_is_no_sound_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recording"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_recording(path, longest=60)
    assert refused.value.code == "recording-unreadable"


def test_a_file_that_names_others_does_not_make_them_read(tmp_path: Path) -> None:
    secret = file(tmp_path, spoken(3), "WAV").rename(tmp_path / "secret.wav")
    path = tmp_path / "recording"
    path.write_text(f"ffconcat version 1.0\nfile {secret}\n")
    with pytest.raises(Refused):
        read_recording(path, longest=60)


def test_a_recording_may_be_so_long_and_no_longer(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_recording(file(tmp_path, spoken(5), "FLAC"), longest=4)
    assert refused.value.code == "recording-too-long"
