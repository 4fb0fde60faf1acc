"""What every engine and provider must offer: speech, pictures, embeddings. Interfaces and their values only.

A provider never sees the database, the object store or Dagster: it gets values and returns values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from litink.story.model import Age, Character, Delivery, Emotion, Gender, SceneDescription, Shot

Ratio = Literal["16:9", "9:16", "1:1"]


@dataclass(frozen=True)
class Voice:
    """A voice that an engine offers."""

    id: str  # unique over all engines: "hibari:af_heart", "kokoro:bm_george"
    name: str
    gender: Gender
    age: Age
    accent: Literal["us", "gb"]
    manner: str = ""  # a few words: "warm", "deep", "bright"


@dataclass(frozen=True)
class Word:
    """A spoken word: seconds from the start of the speech, and the code points of the text that it speaks."""

    text: str
    start: float
    end: float
    char_start: int
    char_end: int


@dataclass(frozen=True)
class Speech:
    """Mono speech. ``samples`` is float32 in [-1, 1], shape (n,)."""

    samples: npt.NDArray[np.float32]
    sample_rate: int
    words: tuple[Word, ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.sample_rate


@dataclass(frozen=True)
class Utterance:
    """What is to be said, and how."""

    text: str
    voice: str  # Voice.id
    emotion: Emotion = "neutral"
    intensity: int = 3  # 1..10
    delivery: Delivery = "spoken"
    pace: float = 1.0  # 1.0 is the voice's own
    pronunciations: Mapping[str, str] = field(default_factory=dict)  # word as written -> respelling to be read


class SpeechEngine(Protocol):
    """Text to speech with word timings."""

    def voices(self) -> Sequence[Voice]: ...

    def recipe(self, voice: str) -> Mapping[str, Any]:
        """Everything that decides the sound besides the utterance: engine, model hash, version, parameters."""
        ...

    def speak(self, utterance: Utterance) -> Speech:
        """Raises PermanentFailure for text it can never say, TransientFailure for a passing fault."""
        ...


@dataclass(frozen=True)
class Picture:
    data: bytes
    media_type: str
    width: int
    height: int


class Painter(Protocol):
    """Makes portraits and scene pictures. The same arguments give the same bytes."""

    def recipe(self) -> Mapping[str, Any]: ...

    def portrait(self, character: Character) -> Picture:
        """A square portrait on a plain ground."""
        ...

    def scene(self, scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], ratio: Ratio) -> Picture:
        """One shot of a scene, composed for the ratio. ``cast`` maps Character.id to the figures it may draw."""
        ...

    def title_card(self, title: str, subtitle: str, ratio: Ratio, *, seed: str) -> Picture: ...

    def cover(self, title: str, author: str, *, seed: str) -> Picture:
        """A portrait-format cover, 1600 x 2400."""
        ...


class Embedder(Protocol):
    """Sentences to unit vectors."""

    dimensions: int

    def recipe(self) -> Mapping[str, Any]: ...

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Shape (len(texts), dimensions), rows of length 1."""
        ...
