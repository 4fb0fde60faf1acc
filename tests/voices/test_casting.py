"""Who speaks with which voice: fitting, distinct, and the same tomorrow."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from litink.media.casting import cast_voices
from litink.providers.local.voices.catalogue import HIBARI_VOICES, KOKORO_VOICES
from litink.story.model import Character, VoiceHint

VOICES = [entry.voice for entry in (*HIBARI_VOICES, *KOKORO_VOICES)]
BY_ID = {voice.id: voice for voice in VOICES}
MEN = [voice for voice in VOICES if voice.gender == "male"]


def person(name: str, **known: Any) -> Character:
    return Character(id=name, name=name.title(), **known)


def test_gender_is_respected_and_voices_are_distinct_while_there_are_any() -> None:
    cast = [person(f"man-{i}", gender="male") for i in range(len(MEN))]
    cast += [person(f"woman-{i}", gender="female") for i in range(5)]
    chosen = cast_voices(cast, VOICES)
    assert len(set(chosen.values())) == len(cast)
    assert all(BY_ID[chosen[c.id]].gender == c.gender for c in cast)


def test_a_large_cast_shares_voices_evenly_and_never_crosses_gender() -> None:
    cast = [person(f"man-{i:02}", gender="male") for i in range(3 * len(MEN))]
    chosen = list(cast_voices(cast, VOICES).values())
    assert {BY_ID[voice].gender for voice in chosen} == {"male"}
    assert {chosen.count(voice) for voice in chosen} == {3}


def test_nobody_else_sounds_like_the_narrator() -> None:
    cast = [person(f"woman-{i}", gender="female") for i in range(14)]
    chosen = cast_voices(cast, VOICES, narrator="hibari:af_heart")
    assert not {"hibari:af_heart", "kokoro:af_heart"} & set(chosen.values())


def test_the_narrators_voice_is_better_than_none() -> None:
    only = [BY_ID["hibari:af_heart"]]
    assert cast_voices([person("alice", gender="female")], only) == {"alice": "hibari:af_heart"}
    assert cast_voices([person("alice")], []) == {}


def test_the_more_important_are_cast_first() -> None:
    hero = person("zorro", gender="male", importance="major", quotation_count=90)
    extra = person("abel", gender="male", importance="minor", quotation_count=1)
    best = next(voice.id for voice in VOICES if voice.gender == "male")
    assert cast_voices([extra, hero], VOICES)["zorro"] == best


def test_age_accent_and_manner_are_heard() -> None:
    cast = [
        person("grandfather", gender="male", age="old"),
        person("girl", gender="female", age="child"),
        person("duke", gender="male", voice=VoiceHint(accent="British", manner="dignified")),
        person("giant", gender="male", voice=VoiceHint(manner="a deep, rough voice")),
    ]
    voices = {id_: BY_ID[voice] for id_, voice in cast_voices(cast, VOICES).items()}
    assert voices["grandfather"].age == "old"
    assert voices["girl"].age == "young"
    assert (voices["duke"].accent, voices["duke"].manner) == ("gb", "dignified")
    assert voices["giant"].manner == "deep"


def test_nobody_whispers_without_a_reason() -> None:
    adults = [v for v in VOICES if (v.gender, v.age) == ("female", "adult") and v.name != "Heart"]
    women = [person(f"woman-{i}", gender="female", age="adult") for i in range(len(adults))]
    assert "kokoro:af_nicole" not in cast_voices(women, VOICES).values()
    ghost = person("ghost", gender="female", voice=VoiceHint(manner="whispering"))
    assert cast_voices([*women, ghost], VOICES)["ghost"] == "kokoro:af_nicole"


def test_unknown_genders_get_both_kinds_of_voice() -> None:
    for half in (1, 3):
        chosen = cast_voices([person(f"stranger-{i}") for i in range(2 * half)], VOICES)
        genders = [BY_ID[voice].gender for voice in chosen.values()]
        assert genders.count("female") == genders.count("male") == half


def test_things_and_places_have_no_voice_unless_they_speak() -> None:
    cast = [
        person("sword", kind="object"),
        person("mirror", kind="object", quotation_count=3),
        person("london", kind="location"),
    ]
    assert set(cast_voices(cast, VOICES)) == {"mirror"}


def test_a_choice_made_by_a_person_is_kept_and_its_voice_not_given_again() -> None:
    cast = [person("anna", gender="female", importance="major"), person("boris", gender="male")]
    chosen = cast_voices(cast, VOICES, previous={"boris": "kokoro:af_bella", "anna": "gone:voice"})
    assert chosen["boris"] == "kokoro:af_bella"
    assert chosen["anna"] in BY_ID
    assert chosen["anna"] != "kokoro:af_bella"


PEOPLE = st.lists(
    st.builds(
        Character,
        id=st.text("abcdef", min_size=1, max_size=3),
        name=st.just("Name"),
        gender=st.sampled_from(["female", "male", "neutral", "unknown"]),
        age=st.sampled_from(["child", "young", "adult", "old", "unknown"]),
        importance=st.sampled_from(["major", "intermediate", "minor"]),
        quotation_count=st.integers(0, 9),
    ),
    unique_by=lambda c: c.id,
    max_size=12,
)


@given(PEOPLE, PEOPLE, st.randoms(use_true_random=False))
def test_additions_and_order_change_nobodys_voice(cast: list[Character], more: list[Character], random: Any) -> None:
    first = cast_voices(cast, VOICES)
    known = {c.id for c in cast}
    larger = [*cast, *(c for c in more if c.id not in known)]
    random.shuffle(larger)
    second = cast_voices(larger, VOICES, previous=first)
    assert {id_: second[id_] for id_ in first} == first
    assert cast_voices(sorted(cast, key=lambda c: c.id), VOICES) == first
