"""Voices of people's own, at the emulated ElevenLabs: made once, found again, deleted on both sides."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
import soundfile
from sqlalchemy import Engine, func, insert, update

from litink.db.schema import users, voice_clones
from litink.errors import LitinkError, PermanentFailure, Refused, TransientFailure
from litink.generation.model import Owned
from litink.library import clones
from litink.production.cloning import Cloning, Wanted
from litink.providers.base import Utterance
from litink.providers.elevenlabs.library import VoiceLibrary
from tests.emulated import Emulator
from tests.production.paid.conftest import Desk

RATE = 16_000
GRANDMOTHER = Wanted("Grandmother", "female", "old", "gb", "warm")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return recorded(tmp_path, 12)


def recorded(folder: Path, seconds: float, level: float = 0.2) -> Path:
    t = np.arange(round(seconds * RATE)) / RATE
    data = io.BytesIO()
    soundfile.write(data, (level * np.sin(2 * np.pi * 200 * t)).astype(np.float32), RATE, format="FLAC")
    path = folder / uuid4().hex
    path.write_bytes(data.getvalue())
    return path


@pytest.fixture
def cloning(desk: Desk) -> Cloning:
    return Cloning(desk.engine, desk.engines)


@pytest.fixture
def person(engine: Engine) -> Callable[[str], UUID]:
    def of(tier: str) -> UUID:
        with engine.begin() as connection:
            found: UUID = connection.execute(
                insert(users).values(name=uuid4().hex, tier=tier).returning(users.c.id)
            ).scalar_one()
            return found

    return of


@pytest.fixture
def owner(person: Callable[[str], UUID]) -> UUID:
    return person("professional")


def at_the_provider(desk: Desk) -> set[str]:
    key = desk.engines.settings.elevenlabs_api_key
    assert key is not None
    voices = VoiceLibrary(key, desk.engines.settings.elevenlabs_url).voices()
    return {voice.id for voice in voices} - {voice.id for voice in desk.engines.voices("professional")}


def test_a_voice_of_ones_own_speaks_and_is_nobody_elses(
    desk: Desk, cloning: Cloning, owner: UUID, recording: Path
) -> None:
    made = cloning.add(owner, GRANDMOTHER, [recording], consent=True)
    assert [(one.name, one.state) for one in cloning.voices(owner)] == [("Grandmother", "ready")]
    assert "agrees" in made.consent
    with desk.engine.connect() as connection:
        own = clones.voices(connection, owner)
        assert clones.voices(connection, desk.owned.owner_id) == ()
    utterance = Utterance(f"Good evening, {desk.word}.", own[0].id)
    assert desk.engines.speakers_for(desk.purpose, desk.credits, own).speak(utterance).words
    with pytest.raises(PermanentFailure) as refused:
        desk.engines.speakers_for(desk.purpose, desk.credits).speak(utterance)
    assert refused.value.code == "voice-unknown"


@pytest.mark.parametrize(
    ("tier", "consent", "seconds", "level", "code"),
    [
        ("premium", True, 12, 0.2, "tier-without-cloning"),
        ("professional", False, 12, 0.2, "consent-missing"),
        ("professional", True, 4, 0.2, "recordings-too-short"),
        ("professional", True, 301, 0.2, "recording-too-long"),
        ("professional", True, 12, 0.0, "recording-silent"),
    ],
)
def test_what_is_refused_reaches_nobody(
    desk: Desk,
    cloning: Cloning,
    person: Callable[[str], UUID],
    emulator: Emulator,
    tmp_path: Path,
    tier: str,
    consent: bool,
    seconds: float,
    level: float,
    code: str,
) -> None:
    owner, before = person(tier), len(emulator.requests())
    with pytest.raises(Refused) as refused:
        cloning.add(owner, GRANDMOTHER, [recorded(tmp_path, seconds, level)], consent=consent)
    assert refused.value.code == code
    assert cloning.voices(owner) == []
    assert len(emulator.requests()) == before


def test_a_name_is_given_once(cloning: Cloning, owner: UUID, recording: Path) -> None:
    cloning.add(owner, GRANDMOTHER, [recording], consent=True)
    with pytest.raises(LitinkError) as refused:
        cloning.add(owner, GRANDMOTHER, [recording], consent=True)
    assert refused.value.code == "voice-name-taken"


def test_a_voice_whose_making_was_not_heard_of_is_found_and_not_made_twice(
    desk: Desk, cloning: Cloning, owner: UUID, recording: Path, emulator: Emulator
) -> None:
    before = at_the_provider(desk)
    emulator.fault("cut", match={"provider": "elevenlabs", "operation": "add-voice"}, times=1)
    made = cloning.add(owner, GRANDMOTHER, [recording], consent=True)
    assert made.state == "ready"
    assert at_the_provider(desk) - before == {made.voice}


def test_a_voice_that_was_not_made_leaves_its_name_free(
    cloning: Cloning, owner: UUID, recording: Path, emulator: Emulator
) -> None:
    emulator.fault("status", status=503, match={"provider": "elevenlabs", "operation": "add-voice"}, times=1)
    with pytest.raises(TransientFailure):
        cloning.add(owner, GRANDMOTHER, [recording], consent=True)
    assert cloning.add(owner, GRANDMOTHER, [recording], consent=True).state == "ready"


@pytest.mark.parametrize("it_was_made", [True, False])
def test_who_was_killed_while_it_was_made_is_told_later_what_became_of_it(
    desk: Desk, cloning: Cloning, owner: UUID, recording: Path, it_was_made: bool
) -> None:
    mark = uuid4().hex[:16]
    told = {"name": "Ada", "gender": "female", "age": "old", "accent": "gb", "manner": ""}
    with desk.engine.begin() as connection:
        assert clones.add(connection, owner, **told, samples=[], consent="", mark=mark)
        connection.execute(
            update(voice_clones)
            .where(voice_clones.c.mark == mark)
            .values(created_at=func.now() - func.make_interval(0, 0, 0, 0, 1))
        )
    if it_was_made:
        sample = ("1.flac", recording.read_bytes(), "audio/flac")
        cloning._library.clone(f"Ada ({mark})", [sample])
        assert [one.state for one in cloning.voices(owner)] == ["ready"]
    else:
        assert cloning.voices(owner) == []


def test_a_deleted_voice_is_gone_on_both_sides(
    desk: Desk, cloning: Cloning, owner: UUID, owned: Owned, recording: Path, emulator: Emulator
) -> None:
    made = cloning.add(owner, GRANDMOTHER, [recording], consent=True)
    with pytest.raises(LitinkError) as refused:
        cloning.remove(owned.owner_id, made.id)  # somebody else
    assert refused.value.code == "no-such-voice"
    emulator.fault("cut", match={"provider": "elevenlabs", "operation": "voices"}, times=1)
    with pytest.raises(TransientFailure):
        cloning.remove(owner, made.id)
    with desk.engine.connect() as connection:
        assert clones.voices(connection, owner) == ()  # nobody speaks with it from now on
    cloning.remove(owner, made.id)
    assert cloning.voices(owner) == []
    assert made.voice not in at_the_provider(desk)
