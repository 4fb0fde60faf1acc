"""Trying a voice: a line of the book in any voice that could be cast, heard before one is chosen. Keeps no item."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from litink.errors import PermanentFailure, Refused, TransientFailure
from litink.generation import ledger
from litink.generation.keys import content_hash
from litink.generation.model import Made, Purpose, Task
from litink.generation.paid.cashier import Bought, Delta
from litink.media.sound import finish
from litink.production.context import Production
from litink.production.credits import Credits
from litink.production.names import lines_of
from litink.production.paid.voices import PaidVoices
from litink.production.sound import readings_of, utterance_of
from litink.providers.base import Speech, Utterance
from litink.story.model import Line

ASSET = "audition"  # in the ledger


@dataclass(frozen=True)
class Audition:
    """Sound in pieces, as they come."""

    media_type: str
    pieces: Iterator[bytes]


def audition(production: Production, voice: str, key: str | None = None) -> Audition:
    """A line (``key`` as that of its item: "chapter/line"; the first one with words in it without) in a voice.

    A provider's voice is heard while it speaks; a local one as a whole. Raises Refused "voice-unknown", "no-such-line",
    PermanentFailure("not-made-yet") before there is a script; the pieces raise what buying raises.
    """
    engines, tier = production.engines, production.tier
    if voice not in {known.id for known in (*engines.voices(tier), *production.own_voices)}:
        raise Refused("voice-unknown", "There is no such voice; GET /voices of the book lists those that there are.")
    key, line = _line(production, key)
    utterance = utterance_of(line, voice, readings_of(production))
    task = Task(
        ASSET,
        key,
        line.text,
        {"voice": engines.voice_recipe(voice, tier)},
        {"utterance": content_hash(asdict(utterance))},
        lambda purpose: _spoken(production, purpose, utterance),
    )
    purpose = Purpose(production.owned, ASSET, key, task.cache_key)
    speakers = engines.speakers_for(purpose, Credits(), production.own_voices)
    if isinstance(speakers, PaidVoices):
        return Audition("audio/mpeg", _heard(speakers.stream(utterance)))
    return Audition("audio/flac", _whole(production, task, purpose))


def _whole(production: Production, task: Task, purpose: Purpose) -> Iterator[bytes]:
    began = time.monotonic()
    made = task.make(purpose)
    with production.engine.begin() as connection:
        for call in made.calls:
            ledger.record_call(connection, production.owned, task, call, time.monotonic() - began)
    assert isinstance(made.data, bytes)
    yield made.data


def _spoken(production: Production, purpose: Purpose, utterance: Utterance) -> Made:
    credits = Credits()
    sound = finish(production.engines.speakers_for(purpose, credits).speak(utterance))
    calls = credits.calls("local", utterance.voice, {"characters": len(utterance.text)})
    return Made(sound.data, "audio/flac", calls=calls)


def _line(production: Production, wanted: str | None) -> tuple[str, Line]:
    if not production.scripts:
        raise PermanentFailure("not-made-yet", "There is no script of this book yet, so there is no line to speak.")
    for key, _, line in lines_of(production.scripts):
        speaks = any(character.isalnum() for character in line.text)
        if speaks and wanted in (None, key):
            return key, line
    raise Refused("no-such-line", "There is no such line to be spoken; GET /audio of the book lists its lines.")


def _heard(stream: Iterator[Delta | Bought[Speech]]) -> Iterator[bytes]:
    """The sound as it comes. What was heard cannot be taken back: raises TransientFailure("audition-broken") when it
    was of no use and the voice speaks anew, or was found otherwise than it was heard. The line is bought all the same,
    and there when it is asked for again."""
    heard, attempt = b"", 0
    for piece in stream:
        if isinstance(piece, Delta):
            if attempt not in (0, piece.attempt):
                raise _broken()
            attempt = piece.attempt
            heard += piece.data
            yield piece.data
        elif piece.answer.data.startswith(heard):
            if len(piece.answer.data) > len(heard):
                yield piece.answer.data[len(heard) :]
        else:
            raise _broken()


def _broken() -> TransientFailure:
    return TransientFailure("audition-broken", "The voice broke off; ask for the line again.")
