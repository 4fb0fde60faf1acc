"""One thing said: the text, the voice, when each character sounds, and the sound itself."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from emulator.media import mp3, sound

Alignment = dict[str, list[Any]]


class Utterance(BaseModel):
    """``spoken`` is the text as it is said, aliases put in; its pace decides when the text's characters sound."""

    model_config = ConfigDict(frozen=True)

    text: str
    spoken: str
    voice_id: str
    voice_name: str
    voice_category: str
    model_id: str
    output_format: str
    speed: float = 1.0
    settings: dict[str, Any] | None = None

    @property
    def format(self) -> sound.SoundFormat:
        return sound.SoundFormat.parse(self.output_format)

    @property
    def seconds(self) -> float:
        return sound.ends_of(self.spoken, self.speed)[-1]

    def normalized_alignment(self) -> Alignment:
        return _aligned(self.spoken, sound.ends_of(self.spoken, self.speed))

    def alignment(self) -> Alignment:
        """Of the text as it was given, stretched to the length of what is said."""
        ends = sound.ends_of(self.text, self.speed)
        stretch = self.seconds / ends[-1]
        return _aligned(self.text, [round(end * stretch, 3) for end in ends])

    def sound(self) -> bytes:
        ends = sound.ends_of(self.spoken, self.speed)
        if self.format.codec == "mp3":
            return mp3.spoken(self.spoken, ends, self.voice_id, self.format)
        return sound.encode(sound.speech(self.spoken, ends, self.voice_id, self.format.rate), self.format)


def _aligned(text: str, ends: list[float]) -> Alignment:
    return {
        "characters": list(text),
        "character_start_times_seconds": [0.0, *ends[:-1]],
        "character_end_times_seconds": ends,
    }


def part(alignment: Alignment, start: int, end: int) -> Alignment:
    """Characters ``start`` to ``end`` of an alignment; times stay those of the whole."""
    return {name: values[start:end] for name, values in alignment.items()}
