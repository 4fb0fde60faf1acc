"""An account's voices and pronunciation dictionaries at ElevenLabs: free to list and to make, not paid calls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

import elevenlabs
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.pronunciation_dictionaries import (
    BodyAddAPronunciationDictionaryV1PronunciationDictionariesAddFromRulesPostRulesItem_Alias as Alias,
)
from pydantic import SecretStr

from litink.errors import PermanentFailure, TransientFailure
from litink.providers.base import Voice
from litink.providers.elevenlabs.line import ONCE, ElevenLine
from litink.providers.exchange import Line
from litink.providers.wire import AnswerLost, NotTaken, WrongAnswer
from litink.story.model import Age, Gender

CALL_SECONDS = 60.0
_PAGES = 20
_T = TypeVar("_T")

_GENDERS: Mapping[str, Gender] = {"female": "female", "male": "male", "neutral": "neutral"}
_AGES: Mapping[str, Age] = {
    "child": "child",
    "young": "young",
    "middle_aged": "adult",
    "middle-aged": "adult",
    "middle aged": "adult",
    "old": "old",
}
_LIKE_BRITISH = frozenset({"british", "english", "scottish", "welsh", "irish", "australian", "new zealand"})


class VoiceLibrary:
    """Lists voices, clones them (a plan of theirs must allow it), keeps pronunciations.

    Every method raises TransientFailure for what may pass, PermanentFailure for the rest.
    """

    def __init__(self, key: SecretStr, url: str) -> None:
        self._line = ElevenLine.to(key, url)

    def voices(self) -> tuple[Voice, ...]:
        """All voices of the account that can speak; ids are "elevenlabs:" and their id there."""

        async def say(sdk: AsyncElevenLabs, line: Line) -> list[elevenlabs.Voice]:
            found: list[elevenlabs.Voice] = []
            token: str | None = None
            for _ in range(_PAGES):
                page = await sdk.voices.search(page_size=100, next_page_token=token, request_options=ONCE)
                found += page.voices
                token = page.next_page_token
                if not page.has_more or not token:
                    break
            return found

        return tuple(_voice(voice) for voice in self._ask(say) if _ready(voice))

    def clone(self, name: str, samples: Sequence[tuple[str, bytes, str]], description: str = "") -> str:
        """Makes a voice like the one in ``samples`` (file name, bytes, media type); returns its Voice.id.

        The caller has the speaker's consent. Raises PermanentFailure("voice-unverified") where ElevenLabs wants the
        speaker to confirm it.
        """

        async def say(sdk: AsyncElevenLabs, line: Line) -> elevenlabs.AddVoiceIvcResponseModel:
            made: elevenlabs.AddVoiceIvcResponseModel = await sdk.voices.ivc.create(
                name=name, files=list(samples), description=description or None, request_options=ONCE
            )
            return made

        made = self._ask(say)
        if made.requires_verification:
            raise PermanentFailure(
                "voice-unverified",
                f"ElevenLabs made the voice {name} and wants it verified: do so on its page, then use the voice.",
            )
        return f"elevenlabs:{made.voice_id}"

    def find(self, words: str) -> str | None:
        """The Voice.id of a cloned voice with these words in its name; None when there is none."""

        async def say(sdk: AsyncElevenLabs, line: Line) -> list[elevenlabs.Voice]:
            page = await sdk.voices.search(search=words, category="cloned", page_size=100, request_options=ONCE)
            return [voice for voice in page.voices if words in (voice.name or "")]

        return next((f"elevenlabs:{voice.voice_id}" for voice in self._ask(say)), None)

    def remove(self, voice: str) -> None:
        """Deletes a voice of the account by Voice.id; one that is not there any more is as good as deleted."""

        async def say(sdk: AsyncElevenLabs, line: Line) -> None:
            await sdk.voices.delete(voice.partition(":")[2], request_options=ONCE)

        try:
            self._ask(say)
        except PermanentFailure:
            if voice in {known.id for known in self.voices()}:
                raise

    def dictionary(self, respellings: Mapping[str, str]) -> dict[str, str]:
        """The locator of the dictionary with these respellings (word as written -> as to be read), made where it is
        not there yet. Its name tells its content, so that it is found again by every process."""
        rules = json.dumps(sorted(respellings.items()), ensure_ascii=False)
        name = f"litink-{hashlib.sha256(rules.encode('utf-8')).hexdigest()[:32]}"

        async def say(sdk: AsyncElevenLabs, line: Line) -> dict[str, str]:
            cursor: str | None = None
            for _ in range(_PAGES):
                page = await sdk.pronunciation_dictionaries.list(cursor=cursor, page_size=100, request_options=ONCE)
                for known in page.pronunciation_dictionaries:
                    if known.name == name:
                        return _locator(known.id, known.latest_version_id)
                cursor = page.next_cursor
                if not page.has_more or not cursor:
                    break
            made = await sdk.pronunciation_dictionaries.create_from_rules(
                name=name,
                rules=[
                    Alias(string_to_replace=word, alias=spoken, case_sensitive=True, word_boundaries=True)
                    for word, spoken in sorted(respellings.items())
                ],
                request_options=ONCE,
            )
            return _locator(made.id, made.version_id)

        return self._ask(say)

    def _ask(self, say: Callable[[AsyncElevenLabs, Line], Awaitable[_T]]) -> _T:
        try:
            return self._line.ask(CALL_SECONDS, say)
        except NotTaken as error:
            failure = TransientFailure if error.retryable else PermanentFailure
            raise failure(error.code, error.message) from None
        except (AnswerLost, WrongAnswer) as error:
            raise TransientFailure(error.code, error.message) from None


def _voice(voice: elevenlabs.Voice) -> Voice:
    labels = {name: str(value).lower() for name, value in (voice.labels or {}).items()}
    manner = labels.get("descriptive") or labels.get("description") or labels.get("use_case") or ""
    return Voice(
        id=f"elevenlabs:{voice.voice_id}",
        name=voice.name or voice.voice_id,
        gender=_GENDERS.get(labels.get("gender", ""), "unknown"),
        age=_AGES.get(labels.get("age", ""), "unknown"),
        accent="gb" if labels.get("accent", "").replace("_", " ") in _LIKE_BRITISH else "us",
        manner=manner.replace("_", " "),
    )


def _ready(voice: elevenlabs.Voice) -> bool:
    verification = voice.voice_verification
    return verification is None or not verification.requires_verification or bool(verification.is_verified)


def _locator(dictionary: str, version: str) -> dict[str, str]:
    return {"pronunciation_dictionary_id": dictionary, "version_id": version}
