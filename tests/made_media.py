"""Small but real media for tests: pictures, a line of sound, a film with captions, an audiobook."""

from __future__ import annotations

import io
import subprocess
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import imageio_ffmpeg
import numpy as np
import soundfile

CHAPTER_SECONDS = 4.0  # each chapter of the film

VTT = (
    b"WEBVTT\n\n00:00:00.500 --> 00:00:03.500\nThe lamp on the Point went out at nine.\n\n"
    b"00:00:04.500 --> 00:00:07.500\nAt dawn a boat lay on the sand.\n"
)
SRT = (
    b"1\n00:00:00,500 --> 00:00:03,500\nThe lamp on the Point went out at nine.\n\n"
    b"2\n00:00:04,500 --> 00:00:07,500\nAt dawn a boat lay on the sand.\n"
)


@lru_cache
def png(seed: int) -> bytes:
    """A small picture, each seed another."""
    hue = np.full((36, 64, 3), (seed * 37 % 180, 120, 200), np.uint8)
    hue[24:, :, 2] = 120
    ok, data = cv2.imencode(".png", cv2.cvtColor(hue, cv2.COLOR_HSV2BGR))
    assert ok
    return data.tobytes()


@lru_cache
def flac() -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, 0.2 * np.sin(np.arange(12_000) / 12), 24_000, format="FLAC")
    return buffer.getvalue()


@lru_cache
def film(chapters: int) -> bytes:
    seconds = CHAPTER_SECONDS * chapters
    return _ffmpeg(
        "film.mp4",
        "-f",
        "lavfi",
        "-i",
        f"testsrc2=s=320x180:r=12:d={seconds}",
        "-f",
        "lavfi",
        "-i",
        f"sine=330:d={seconds}",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "12",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-shortest",
        "-movflags",
        "+faststart",
    )


@lru_cache
def audiobook() -> bytes:
    return _ffmpeg(
        "book.m4b", "-f", "lavfi", "-i", "sine=220:d=3", "-c:a", "aac", "-f", "mp4", "-movflags", "+faststart"
    )


def _ffmpeg(name: str, *arguments: str) -> bytes:
    with TemporaryDirectory() as folder:
        out = Path(folder) / name
        subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *arguments, str(out)], check=True)
        return out.read_bytes()
