"""Voices of people's own: made by ElevenLabs after recordings, with the speaker's consent, for tiers that may.

ElevenLabs takes no money for a voice but a place of the account, and knows no idempotency. So the row comes first, with
a mark that becomes part of the name there: whoever does not know how an exchange ended looks for the mark, and
nothing is made twice or left behind.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import Engine

from litink.errors import LitinkError, PermanentFailure, Refused, TransientFailure
from litink.library import clones, repository
from litink.library.clones import Clone
from litink.library.repository import BookRecord
from litink.media.samples import Recording, read_recording
from litink.production.engines import Engines
from litink.providers.base import Voice
from litink.story.model import Age, Gender

if TYPE_CHECKING:  # the vendor's SDK takes seconds to import: only for who clones
    from litink.providers.elevenlabs.library import VoiceLibrary

CONSENT = "The person who speaks in these recordings agrees that a voice is made after them and used in books."
MOST_RECORDINGS = 5
SHORTEST, LONGEST = 10.0, 300.0  # seconds of all recordings together: fewer are no voice, more make it no better
_SOFTEST_LUFS = -45.0
_OVER = timedelta(minutes=5)  # nobody can still be asking ElevenLabs


@dataclass(frozen=True)
class Wanted:
    """What a person says of the voice; people are cast by it."""

    name: str
    gender: Gender
    age: Age
    accent: Literal["us", "gb"] = "us"
    manner: str = ""


@dataclass(frozen=True)
class Cloning:
    """The voices of one installation's people. What cannot be told is looked up; nothing is made twice."""

    engine: Engine
    engines: Engines

    def voices(self, owner_id: UUID) -> list[Clone]:
        """All of a person's, the newest first. Those of which nobody knows whether they were made are looked up."""
        with self.engine.begin() as connection:
            found = clones.of_owner(connection, owner_id)
        if not any(one.state == "making" and datetime.now(UTC) - one.created_at > _OVER for one in found):
            return found
        with contextlib.suppress(TransientFailure):  # it stays listed as being made
            for one in found:
                if one.state == "making":
                    self._looked_up(one)
        with self.engine.begin() as connection:
            return clones.of_owner(connection, owner_id)

    def add(self, owner_id: UUID, wanted: Wanted, recordings: Sequence[Path], *, consent: bool) -> Clone:
        """Have a voice made.

        Raises Refused "tier-without-cloning", "no-cloning-here", "consent-missing", "recordings-too-many",
        "recordings-too-short", "recording-too-long", "recording-unreadable", "recording-silent", LitinkError
        "voice-name-taken"; PermanentFailure for what ElevenLabs refuses; TransientFailure where it could not be heard:
        the voice is then listed as being made until its fate is known.
        """
        with self.engine.begin() as connection:
            self._may(repository.tier_of(connection, owner_id))
        if not consent:
            raise Refused("consent-missing", f"A voice is made only where this is true: {CONSENT}")
        sounds = _checked(recordings)
        told = {"gender": wanted.gender, "age": wanted.age, "accent": wanted.accent, "manner": wanted.manner}
        with self.engine.begin() as connection:
            clone = clones.add(
                connection,
                owner_id,
                name=wanted.name,
                **told,
                samples=[sha256(sound.data).hexdigest() for sound in sounds],
                consent=CONSENT,
                mark=secrets.token_hex(8),
            )
        if clone is None:
            raise LitinkError("voice-name-taken", "You have a voice of this name; choose another name, or delete it.")
        files = [(f"{number}.flac", sound.data, "audio/flac") for number, sound in enumerate(sounds, start=1)]
        try:
            voice = self._library.clone(_name(clone), files, wanted.manner)
        except TransientFailure:
            if (found := self._looked_up(clone)) is None:
                raise
            return found
        except LitinkError:
            with self.engine.begin() as connection:
                clones.drop(connection, clone.id)
            raise
        return self._made(clone, voice)

    def remove(self, owner_id: UUID, clone_id: UUID) -> None:
        """Delete a voice here and at ElevenLabs; books that speak with it fall back to voices cast for them.

        Raises LitinkError("no-such-voice"), and what ElevenLabs' failures are: then it may be tried again, and no
        book speaks with it meanwhile.
        """
        with self.engine.begin() as connection:
            clone = clones.get(connection, owner_id, clone_id)
            if clone is None:
                raise LitinkError("no-such-voice", "You have no such voice.")
            clones.removing(connection, clone.id)
        voice = clone.voice or self._library.find(clone.mark)
        if voice is not None:
            self._library.remove(voice)
        with self.engine.begin() as connection:
            clones.drop(connection, clone.id)

    def _looked_up(self, clone: Clone) -> Clone | None:
        """The voice, if it was made after all; None when it was not, and is forgotten. Raises TransientFailure while
        that is not known."""
        voice = self._library.find(clone.mark)
        if voice is not None:
            return self._made(clone, voice)
        with self.engine.begin() as connection:
            clones.drop(connection, clone.id)
        return None

    def _made(self, clone: Clone, voice: str) -> Clone:
        with self.engine.begin() as connection:
            clones.made(connection, clone.id, voice)
        return Clone(**{**vars(clone), "voice": voice, "state": "ready"})

    def _may(self, tier: str) -> None:
        plan = self.engines.catalogue.tiers.get(tier)
        if plan is None or not plan.voice_cloning:
            able = [name for name, each in self.engines.catalogue.tiers.items() if each.voice_cloning]
            raise Refused("tier-without-cloning", f"Voices of your own come with the tier {' or '.join(able)}.")
        if not self.engines.clones_voices(tier):
            raise Refused(
                "no-cloning-here",
                "Voices of your own are made by ElevenLabs, which this installation does not use; its operator sets "
                "LITINK_ELEVENLABS_API_KEY.",
            )

    @property
    def _library(self) -> VoiceLibrary:
        from litink.providers.elevenlabs.library import VoiceLibrary

        settings = self.engines.settings
        if settings.elevenlabs_api_key is None:
            raise PermanentFailure("no-cloning-here", "ElevenLabs' key is not set (LITINK_ELEVENLABS_API_KEY).")
        return VoiceLibrary(settings.elevenlabs_api_key, settings.elevenlabs_url)


def own_voices(engine: Engine, engines: Engines, book: BookRecord) -> tuple[Voice, ...]:
    """The owner's voices, which only the owner's books may be spoken with, and only where a person chooses them."""
    if not engines.clones_voices(book.tier):
        return ()
    with engine.begin() as connection:
        return clones.voices(connection, book.owner_id)


def offered(engine: Engine, engines: Engines, book: BookRecord) -> Sequence[Voice]:
    """All voices that people may choose for a book: its owner's first."""
    return [*own_voices(engine, engines, book), *engines.voices(book.tier)]


def _checked(recordings: Sequence[Path]) -> list[Recording]:
    if not 1 <= len(recordings) <= MOST_RECORDINGS:
        raise Refused("recordings-too-many", f"Send one recording to {MOST_RECORDINGS}.")
    found = [read_recording(path, longest=LONGEST) for path in recordings]
    if any(one.lufs < _SOFTEST_LUFS for one in found):
        raise Refused("recording-silent", "A recording is silent, or nearly so; send one in which somebody speaks.")
    seconds = sum(one.seconds for one in found)
    if seconds < SHORTEST:
        raise Refused(
            "recordings-too-short",
            f"The recordings last {seconds:.0f} s together; a voice takes {SHORTEST:.0f} s, better a minute or two.",
        )
    if seconds > LONGEST:
        raise Refused("recording-too-long", f"The recordings may last {LONGEST / 60:.0f} minutes together at most.")
    return found


def _name(clone: Clone) -> str:
    return f"{clone.name[:60]} ({clone.mark})"
