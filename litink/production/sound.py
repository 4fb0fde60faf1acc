"""The family that is heard: every line spoken by its voice."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from uuid import UUID

from sqlalchemy import Connection, func, select

from litink.books.model import Section
from litink.db.schema import items
from litink.generation.keys import content_hash
from litink.generation.model import Made, Purpose, Task
from litink.library import edits
from litink.library.edits import EditRecord
from litink.media.casting import cast_voices
from litink.media.mouths import compact
from litink.media.sound import FILM_LUFS, encode, finish
from litink.media.spoken.respelling import occurrences
from litink.production.context import Production
from litink.production.credits import Credits
from litink.production.engines import LOCAL_NARRATOR, Engines, Recipe
from litink.production.names import line_key
from litink.production.paid.voices import settings_of
from litink.production.parts import Part, whole
from litink.providers.base import Utterance, Voice
from litink.story.model import Cast, Line

FINISH_VERSION = 2  # raised when litink.media.sound finishes lines differently
_CONTEXT = 160  # characters: about a sentence


def audio_recipe(engines: Engines, tier: str) -> Recipe:
    return {"narrator": engines.voice_recipe(engines.narrator(tier), tier), "finish": _finish_recipe()}


@lru_cache(maxsize=1)
def _finish_recipe() -> Mapping[str, object]:
    return {"version": FINISH_VERSION, "lufs": FILM_LUFS}


@dataclass(frozen=True)
class Voicing:
    """Who speaks in a book: voice ids, by Character.id for everyone who has lines."""

    narrator: str
    characters: Mapping[str, str]

    def of(self, speaker: str | None) -> str:
        return self.characters.get(speaker, self.narrator) if speaker else self.narrator


def voices_of(production: Production) -> Voicing:
    """The same choice in every chapter."""
    speakers = {
        line.speaker
        for script in production.scripts.values()
        for scene in script.scenes
        for line in scene.lines
        if line.speaker
    }
    with production.engine.begin() as connection:
        heard = voices_heard(connection, production.record.id)
    own = production.own_voices
    return voicing(production.engines, production.tier, production.cast, heard, production.edited, speakers, own)


def voicing(
    engines: Engines,
    tier: str,
    cast: Cast,
    heard: Mapping[str, str],
    edited: Sequence[EditRecord],
    speakers: Collection[str] = (),
    own_voices: Sequence[Voice] = (),
) -> Voicing:
    """Voices for a cast: what people chose, else what was ``heard`` by the book's own casting, else cast anew.

    A choice changes nobody else's voice, and taking it back gives the character the voice that it had. ``speakers``:
    those who have lines besides the quotations that are theirs. ``own_voices`` are the owner's, for whom they are
    chosen only.
    """
    offered = {voice.id for voice in (*engines.voices(tier), *own_voices)}
    chosen = {who: voice for who, voice in edits.chosen_voices(edited).items() if voice in offered}
    ever = edits.voices_ever_chosen(edited)
    narrator = engines.narrator(tier)
    own = {who: voice for who, voice in heard.items() if (who, voice) not in ever}
    found = voices_for(cast, engines.voices(tier), own, narrator=narrator, speakers=speakers)
    known = {character.id for character in cast.characters}
    found |= {who: voice for who, voice in chosen.items() if who is not None and who in known}
    return Voicing(chosen.get(None, narrator), found)


def voices_for(
    cast: Cast,
    voices: Sequence[Voice],
    spoken: Mapping[str, str],
    *,
    narrator: str = LOCAL_NARRATOR,
    speakers: Collection[str] = (),
) -> dict[str, str]:
    """Voices for those whom quotations are given to, and for ``speakers``. A voice that was heard for a character
    (``spoken``) stays theirs as long as its gender is right: who comes into the cast or goes from it changes nobody
    else's."""
    speaking = {quotation.speaker for quotation in cast.quotations}.union(speakers)
    characters = [character for character in cast.characters if character.id in speaking]
    genders = {voice.id: voice.gender for voice in voices}
    fitting = {
        character.id: spoken[character.id]
        for character in characters
        if spoken.get(character.id, narrator) != narrator
        and character.gender in ("unknown", "neutral", genders.get(spoken[character.id]))
    }
    return cast_voices(characters, voices, narrator=narrator, previous=fitting)


def voices_heard(connection: Connection, book_id: UUID) -> dict[str, str]:
    """Character.id to the voice that most of the character's lines were spoken with so far."""
    speaker, voice = items.c.meta["speaker"].astext, items.c.meta["voice"].astext
    query = (
        select(speaker, voice)
        .where(items.c.book_id == book_id, items.c.asset == "audio", items.c.state == "done", speaker.is_not(None))
        .group_by(speaker, voice)
        .order_by(func.count(), voice.desc())
    )
    return {row[0]: row[1] for row in connection.execute(query)}  # the last one counts


def audio_tasks(production: Production) -> list[Task]:
    """An item a line, in the order of the film."""
    return whole(audio_parts(production))


def audio_parts(production: Production) -> list[Part]:
    """By chapter."""
    engines, tier = production.engines, production.tier
    voices, bought = voices_of(production), engines.ladder(tier, "speech")
    recipes = {v: _recipe(engines, v, tier) for v in {voices.narrator, *voices.characters.values()}}

    def task(chapter: Section, utterance: Utterance, line: Line) -> Task:
        def make(purpose: Purpose) -> Made:
            credits = Credits()
            speech = engines.speakers_for(purpose, credits, production.own_voices).speak(utterance)
            if speech.words:
                finished = finish(speech)
                data, seconds, words = finished.data, finished.seconds, finished.words
                cut = max(before.start - after.start for before, after in zip(speech.words, words, strict=True))
                sounds = compact(speech.phonemes, cut, seconds)
            else:  # nothing to pronounce ("* * *"): the engine answers with a pause
                data, seconds, words = encode(speech.samples, speech.sample_rate), speech.seconds, ()
                sounds = None
            return Made(
                data=data,
                media_type="audio/flac",
                meta={
                    "seconds": round(seconds, 4),
                    "voice": utterance.voice,
                    "text": line.text,
                    "speaker": line.speaker,
                    "words": [asdict(word) for word in words],
                    **({"sounds": sounds} if sounds else {}),
                    **credits.meta("spoken"),
                },
                calls=credits.calls("local", utterance.voice, {"characters": len(line.text)}),
            )

        label = line.text if len(line.text) <= 60 else line.text[:57] + "…"
        # What is not asked for is left out: an engine that cannot make use of it has no part in it.
        asked = {**vars(utterance), **(_acted(utterance) if bought else {})}
        said = content_hash({name: value for name, value in asked.items() if value != ""})
        key = line_key(chapter.key, line.id)
        return Task("audio", key, label, recipes[utterance.voice], {"utterance": said}, make)

    readings = readings_of(production)

    def utterances(lines: Sequence[Line]) -> Sequence[Utterance]:
        each = [utterance_of(line, voices.of(line.speaker), readings) for line in lines]
        return _stitched(each) if engines.stitches(tier) else each

    def chapter_tasks(chapter: Section) -> list[Task]:
        return [
            task(chapter, utterance, line)
            for scene in production.scripts[chapter.key].scenes
            for line, utterance in zip(scene.lines, utterances(scene.lines), strict=True)
        ]

    said = (voices.narrator, *sorted(voices.characters.items()), *sorted(readings.items()))
    return [
        Part((chapter.key, production.sha("scripts", chapter.key), *said), partial(chapter_tasks, chapter))
        for chapter in production.chapters
        if chapter.key in production.scripts
    ]


def readings_of(production: Production) -> Mapping[str, str]:
    """The book's pronunciations as its voices take them: word as written -> what is read for it."""
    sounds = production.engines.reads_ipa(production.tier)
    return {
        word: f"/{entry.ipa}/" if sounds and entry.ipa else entry.say or ""
        for word, entry in edits.pronunciations(production.edited).items()
    }


def utterance_of(line: Line, voice: str, readings: Mapping[str, str]) -> Utterance:
    """A line as it is to be said, with the pronunciations of its own words: no other's can change it."""
    own = {found.word: readings[found.word] for found in occurrences(line.text, readings)}
    return Utterance(line.text, voice, line.emotion, line.intensity, line.delivery, pronunciations=own)


def _acted(utterance: Utterance) -> Mapping[str, object]:
    """How a provider is told to act an utterance: feelings that come to the same settings sound the same."""
    return {"emotion": "", "intensity": "", "delivery": "", "pace": "", "settings": settings_of(utterance)}


def _stitched(utterances: Sequence[Utterance]) -> Sequence[Utterance]:
    """Each with the end of what the same voice says right before it and the beginning of what it says right after.

    No more than that, so that a change makes nothing stale that would not sound different.
    """
    return [
        replace(
            one,
            before=_tail(previous.text) if previous and previous.voice == one.voice else "",
            after=_head(following.text) if following and following.voice == one.voice else "",
        )
        for previous, one, following in zip([None, *utterances[:-1]], utterances, [*utterances[1:], None], strict=True)
    ]


def _tail(text: str) -> str:
    return " ".join(text.split())[-_CONTEXT:].partition(" ")[2] if len(text) > _CONTEXT else " ".join(text.split())


def _head(text: str) -> str:
    return " ".join(text.split())[:_CONTEXT].rpartition(" ")[0] if len(text) > _CONTEXT else " ".join(text.split())


def _recipe(engines: Engines, voice: str, tier: str) -> Recipe:
    return {"voice": engines.voice_recipe(voice, tier), "finish": dict(_finish_recipe())}
