"""What every engine and provider must offer: speech, pictures, embeddings. Interfaces and their values only.

A provider never sees the database, the object store or Dagster: it gets values and returns values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel

from litink.story.model import Age, Character, Delivery, Emotion, Gender, SceneDescription, Shot

Ratio = Literal["16:9", "9:16", "1:1"]
_A = TypeVar("_A", bound=BaseModel)


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
class Phoneme:
    """A speech sound, or a mark or blank between two: seconds from the start of the speech."""

    symbol: str  # one of misaki's for English: IPA, a capital for each diphthong
    start: float
    end: float


@dataclass(frozen=True)
class Speech:
    """Mono speech. ``samples`` is float32 in [-1, 1], shape (n,). ``phonemes``: none where the engine tells no times of
    them."""

    samples: npt.NDArray[np.float32]
    sample_rate: int
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...] = ()

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
    # Word or phrase as written -> what is read for it; the local voices also take IPA, in slashes.
    pronunciations: Mapping[str, str] = field(default_factory=dict)
    before: str = ""  # what the same voice says right before and after, for engines that let it colour the sound
    after: str = ""


def sound_of(reading: str) -> str | None:
    """The IPA of a reading that is given in slashes ("/ʃɪˈvɔːn/"); None for a respelling."""
    return reading[1:-1] if len(reading) > 2 and reading[0] == reading[-1] == "/" else None


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


@dataclass(frozen=True)
class DrawnMouth:
    """The mouth of somebody in a picture in every shape that speech goes through, to be laid over the picture.

    ``shapes`` is a PNG with alpha: one below the other in the order of ``litink.media.mouths.SHAPES``, each as large as
    the box. ``seen``: what the picture shows there, with alpha, as PNG.
    """

    character: str  # Character.id
    box: tuple[int, int, int, int]  # left, top, width, height in pixels of the picture
    shapes: bytes
    seen: bytes


class Illustrator(Protocol):
    """Makes portraits and scene pictures. The same arguments give the same picture."""

    def portrait(self, character: Character) -> Picture:
        """A square portrait on a plain ground."""
        ...

    def scene(self, scene: SceneDescription, shot: Shot, cast: Mapping[str, Character], ratio: Ratio) -> Picture:
        """One shot of a scene, composed for the ratio. ``cast`` maps Character.id to the figures it may draw."""
        ...


class Painter(Illustrator, Protocol):
    """Makes every kind of picture, also those that carry words."""

    def recipe(self) -> Mapping[str, Any]: ...

    def title_card(self, title: str, subtitle: str, ratio: Ratio, *, seed: str) -> Picture: ...

    def cover(self, title: str, author: str, *, seed: str, backdrop: Picture | None = None) -> Picture:
        """A portrait-format cover, 1600 x 2400. ``backdrop``: a picture to set the words on."""
        ...


class Embedder(Protocol):
    """Sentences to unit vectors."""

    dimensions: int

    def recipe(self) -> Mapping[str, Any]: ...

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Shape (len(texts), dimensions), rows of length 1."""
        ...


@dataclass(frozen=True)
class Question:
    """What a language model is asked: instructions of ours, and material that is data whatever it says."""

    task: str  # the writer's task: "cast", "plot", "script", "scenes"; chooses the ladder of models
    instructions: str
    material: str
    answer_tokens: int  # at most this many are wanted back


class Chat(Protocol):
    """A language model that answers in a given form."""

    def recipe(self, task: str) -> Mapping[str, Any]:
        """The first model asked for the task, and its parameters."""
        ...

    def context_tokens(self, task: str) -> int:
        """How much the smallest context of the task's models holds, question and answer together."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, never fewer than the model counts."""
        ...

    def ask(self, question: Question, form: type[_A], check: Callable[[_A], None] | None = None) -> _A:
        """The answer, valid by ``form``. ``check`` raises ValueError for an answer that cannot be true (a speaker
        that was not offered); it counts like a broken form. Raises PermanentFailure when no model gave a valid one."""
        ...


class Animator(Protocol):
    """Sets a picture in motion."""

    def recipe(self) -> Mapping[str, Any]: ...

    def animate(self, picture: Picture, prompt: Sequence[str], seconds: float, ratio: Ratio) -> bytes:
        """An MP4 that begins with the picture. ``prompt``: sentences, the most important first; what is too long is
        left out."""
        ...
