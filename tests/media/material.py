"""Synthetic material for tests of sound and picture: tones, speech-like sound, pictures, small films."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

from litink.media.loudness import Samples
from litink.media.pieces import Piece, render_piece
from litink.media.profile import Profile, profile_for
from litink.media.sound import encode
from litink.media.timeline import ChapterPart, LinePart, ScenePart, ShotPart, Timeline, build_timeline

SMALL = replace(profile_for("16:9"), width=320, height=180)


def tone(seconds: float, rate: int = 24_000, *, hertz: float = 440.0, level: float = 0.3) -> Samples:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def speech_like(seconds: float, rate: int = 24_000, *, seed: int = 0, level: float = 0.2) -> Samples:
    """Voiced syllables of changing pitch with pauses: as peaky as speech."""
    random = np.random.default_rng(seed)
    time = np.arange(round(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(120 * (1 + 0.2 * np.sin(2 * np.pi * 0.7 * time + random.random()))) / rate
    wave = sum(np.cos(n * phase + 0.7 * n * n) * np.exp(-(((n * 120 - 500) / 1200) ** 2)) for n in range(1, 30))
    syllables = np.clip(np.sin(2 * np.pi * 3 * time) + 0.4, 0, 1) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.5 * time))
    sound = wave * syllables + 0.05 * random.standard_normal(len(time)) * syllables
    return (level * sound / np.abs(sound).max()).astype(np.float32)


def picture(colour: tuple[int, int, int], width: int = 480, height: int = 270) -> bytes:
    """A plain PNG; the colour is blue, green, red."""
    image = np.full((height, width, 3), colour, np.uint8)
    return bytes(cv2.imencode(".png", image)[1])


def drawing(width: int = 1920, height: int = 1080, *, seed: int = 0) -> bytes:
    """Smooth shapes with edges at every angle, as a storyboard has."""
    random = np.random.default_rng(seed)
    image = np.full((height, width, 3), (90, 120, 150), np.uint8)
    for _ in range(60):
        centre = (int(random.integers(width)), int(random.integers(height)))
        colour = tuple(int(value) for value in random.integers(30, 230, 3))
        cv2.circle(image, centre, int(random.integers(10, 120)), colour, -1, cv2.LINE_AA)
    return bytes(cv2.imencode(".png", image)[1])


@dataclass(frozen=True)
class Film:
    timeline: Timeline
    pictures: dict[str, bytes]
    sounds: dict[str, bytes]

    def render(self, folder: Path, profile: Profile = SMALL) -> list[Path]:
        paths = [folder / f"{number:03}.mp4" for number in range(len(self.timeline.clips))]
        for clip, path in zip(self.timeline.clips, paths, strict=True):
            render_piece(Piece.whole(clip), self.pictures.__getitem__, self.sounds.__getitem__, path, profile)
        return paths


def small_film(scenes: int = 3, *, chapters: int = 1, line: Callable[[int], Samples] | None = None) -> Film:
    """Scenes of one colour and one tone each; every scene's line is a fifth of a second longer than the last one's."""
    sound = line or (lambda number: tone(0.6 + 0.2 * number))
    pictures: dict[str, bytes] = {"title": picture((200, 200, 200))}
    sounds: dict[str, bytes] = {}
    parts: list[ChapterPart] = []
    number = 0
    for chapter in range(chapters):
        rows: list[ScenePart] = []
        for _ in range(scenes):
            samples = sound(number)
            pictures[f"p{number}"] = picture(((60 + 50 * number) % 256, 120, (230 - 40 * number) % 256))
            sounds[f"l{number}"] = encode(samples, 24_000)
            spoken = LinePart(id=f"l{number}", text=f"Scene number {number}.", seconds=len(samples) / 24_000)
            shot = ShotPart(picture=f"p{number}", lines=(spoken.id,))
            rows.append(ScenePart(id=f"s{number}", title=f"Scene {number}", shots=(shot,), lines=(spoken,)))
            number += 1
        parts.append(ChapterPart(key=f"c{chapter}", title=f"Chapter {chapter}", scenes=tuple(rows)))
    return Film(build_timeline(parts, ratio="16:9", title="A film", title_card="title"), pictures, sounds)


def luma(path: Path) -> npt.NDArray[np.uint8]:
    """Every frame's luma: shape (frames, height, width)."""
    with av.open(str(path), "r") as container:
        return np.stack([frame.to_ndarray()[: frame.height] for frame in container.decode(video=0)])


def audio(path: Path) -> tuple[Samples, list[float]]:
    """The sound by counting samples, and the time stamp in seconds of each decoded AAC frame (1,024 samples)."""
    with av.open(str(path), "r") as container:
        frames = list(container.decode(audio=0))
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]), [float(frame.time or 0) for frame in frames]


def onset(samples: Samples, rate: int, *, level: float = 0.02) -> float:
    """Seconds to the first sample that is louder than ``level``."""
    return float(np.flatnonzero(np.abs(samples) > level)[0]) / rate


def video(frames: int, *, fps: int = 24, width: int = 320, height: int = 180) -> bytes:
    """A silent MP4 that grows brighter evenly: frame n has luma 40 + 2n in its middle; its outer quarters are white."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"qp": "1", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            planes = np.full((height * 3 // 2, width), 128, np.uint8)
            planes[:height] = min(235, 40 + 2 * number)
            planes[:height, : width // 8] = planes[:height, -width // 8 :] = 235
            container.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        container.mux(stream.encode(None))
    return file.getvalue()
