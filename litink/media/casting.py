"""Voice casting: which voice speaks for which character. Knows the cast and the voices, no engine and no text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from litink.providers.base import Voice
from litink.story.model import Age, Character, Gender

_IMPORTANCE = {"major": 0, "intermediate": 1, "minor": 2}
_YEARS: dict[Age, int] = {"child": 0, "young": 1, "adult": 2, "old": 3}
_BRITISH = {"british", "english", "scottish", "scots", "irish", "welsh", "cockney", "yorkshire", "london", "gb", "uk"}
_AMERICAN = {"american", "us", "usa", "yankee", "southern", "texan", "canadian"}
# Words for a manner of speaking that mean about the same.
_MANNERS: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split())
    for words in (
        "deep low bass gruff rough gravelly hoarse booming",
        "bright high light shrill piping thin girlish boyish clear",
        "soft gentle quiet tender mild calm mellow",
        "warm kind motherly fatherly friendly hearty",
        "lively playful merry jolly cheerful excitable mischievous",
        "firm stern cold commanding harsh dignified grave crisp",
        "refined elegant proud haughty aristocratic noble dignified",
        "whispering whispery breathy hissing",
        "plain even flat dull monotonous",
    )
)


@dataclass
class _Casting:
    """The choices so far."""

    narrator: Voice | None
    uses: Counter[str] = field(default_factory=Counter)
    genders: Counter[Gender] = field(default_factory=Counter)

    def take(self, voice: Voice) -> None:
        self.uses[voice.id] += 1
        self.genders[voice.gender] += 1

    def rank(self, character: Character, voice: Voice) -> tuple[int, ...]:
        """Smaller is better, the first difference decides: gender, not the narrator, unused, then likeness."""
        gender = character.gender if character.gender in ("female", "male") else character.voice.gender
        known = gender in ("female", "male")
        return (
            int(known and voice.gender != gender),
            int(self.narrator is not None and _person(voice) == _person(self.narrator)),
            self.uses[voice.id],
            0 if known else self.genders[voice.gender],  # of unknown gender: as many of the one as of the other
            _unlikeness(character, voice),
        )


def cast_voices(
    cast: Sequence[Character],
    voices: Sequence[Voice],
    *,
    narrator: str = "hibari:af_heart",
    previous: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Character.id -> Voice.id, for every character of the cast that is a person or speaks.

    ``voices`` stand best first: where nothing else decides, the more important character gets the earlier. A voice
    in ``previous`` is kept as long as it exists, so an addition to the cast changes nobody's. Voices are distinct
    while there are any of the character's gender; the narrator's own is used last. Empty without voices.
    """
    if not voices:
        return {}
    by_id = {voice.id: voice for voice in voices}
    kept = {id_: voice for id_, voice in (previous or {}).items() if voice in by_id}
    casting = _Casting(by_id.get(narrator))
    chosen: dict[str, str] = {}
    speakers = sorted((c for c in cast if c.kind == "character" or c.quotation_count), key=_billing)
    for character in speakers:
        if character.id in kept:
            chosen[character.id] = kept[character.id]
            casting.take(by_id[kept[character.id]])
    for character in speakers:
        if character.id not in chosen:
            voice = min(voices, key=lambda candidate: casting.rank(character, candidate))
            chosen[character.id] = voice.id
            casting.take(voice)
    return chosen


def _billing(character: Character) -> tuple[int, int, int, str]:
    return (
        _IMPORTANCE[character.importance],
        -character.quotation_count,
        -character.mention_count,
        character.id,
    )


def _person(voice: Voice) -> str:
    """Two engines may offer the same person's voice: "hibari:af_heart" and "kokoro:af_heart"."""
    return voice.id.partition(":")[2] or voice.id


def _unlikeness(character: Character, voice: Voice) -> int:
    """How far a voice is from what is known of the character: age, accent, manner. 0 when nothing speaks against."""
    age = character.age if character.age != "unknown" else character.voice.age
    wanted, offered = _words([character.voice.manner]), _words([voice.manner])
    distance = 3 * abs(_YEARS[age] - _YEARS[voice.age]) if age in _YEARS and voice.age in _YEARS else 0
    if age == "unknown" and voice.age == "old":
        distance += 2
    accent = _words([character.voice.accent])
    if (accent & _BRITISH and voice.accent != "gb") or (accent & _AMERICAN and voice.accent != "us"):
        distance += 4
    alike = any(wanted & group and offered & group for group in _MANNERS)
    if alike:
        distance -= 3
    elif "whispering" in offered:
        distance += 6  # nobody whispers all through a book without a reason
    return distance


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"[a-z]+", text.lower())}
