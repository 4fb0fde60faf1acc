"""The family that is heard: every line spoken by its voice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache

from litink.books.model import Section
from litink.generation.keys import content_hash
from litink.generation.model import Call, Made, Task
from litink.media.casting import cast_voices
from litink.media.sound import FILM_LUFS, encode, finish
from litink.production.context import Production
from litink.production.engines import Engines
from litink.providers.base import Utterance, Voice
from litink.story.model import Cast, Line

NARRATOR = "hibari:af_heart"
FINISH_VERSION = 2  # raised when litink.media.sound finishes lines differently


def audio_recipe(engines: Engines) -> dict[str, object]:
    return {"narrator": dict(engines.voices.recipe(NARRATOR)), "finish": _finish_recipe()}


@lru_cache(maxsize=1)
def _finish_recipe() -> Mapping[str, object]:
    return {"version": FINISH_VERSION, "lufs": FILM_LUFS}


def voices_of(production: Production) -> dict[str, str]:
    """Character.id to voice id, for everyone who speaks anywhere in the book: the same choice in every chapter."""
    return voices_for(production.cast, production.engines.voices.voices())


def voices_for(cast: Cast, voices: Sequence[Voice]) -> dict[str, str]:
    speakers = {quotation.speaker for quotation in cast.quotations}
    return cast_voices([c for c in cast.characters if c.id in speakers], voices, narrator=NARRATOR)


def line_key(chapter: str, line: str) -> str:
    return f"{chapter}/{line}"


def audio_tasks(production: Production) -> list[Task]:
    """An item a line, in the order of the film."""
    voices = voices_of(production)
    recipes = {voice: _recipe(production.engines, voice) for voice in {NARRATOR, *voices.values()}}

    def task(chapter: Section, line: Line) -> Task:
        voice = voices.get(line.speaker, NARRATOR) if line.speaker else NARRATOR
        utterance = Utterance(line.text, voice, line.emotion, line.intensity, line.delivery)

        def make() -> Made:
            speech = production.engines.speakers.speak(utterance)
            if speech.words:
                finished = finish(speech)
                data, seconds, words = finished.data, finished.seconds, finished.words
            else:  # nothing to pronounce ("* * *"): the engine answers with a pause
                data, seconds, words = encode(speech.samples, speech.sample_rate), speech.seconds, ()
            return Made(
                data=data,
                media_type="audio/flac",
                meta={
                    "seconds": round(seconds, 4),
                    "voice": voice,
                    "text": line.text,
                    "speaker": line.speaker,
                    "words": [asdict(word) for word in words],
                },
                calls=(Call("local", voice, {"characters": len(line.text)}),),
            )

        label = line.text if len(line.text) <= 60 else line.text[:57] + "…"
        said = content_hash(asdict(utterance))
        return Task("audio", line_key(chapter.key, line.id), label, recipes[voice], {"utterance": said}, make)

    return [
        task(chapter, line)
        for chapter in production.chapters
        if chapter.key in production.scripts
        for scene in production.scripts[chapter.key].scenes
        for line in scene.lines
    ]


def _recipe(engines: Engines, voice: str) -> dict[str, object]:
    return {"voice": dict(engines.voices.recipe(voice)), "finish": dict(_finish_recipe())}
