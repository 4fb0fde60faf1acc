"""ElevenLabs as a client meets it, by its own SDK."""

from __future__ import annotations

import base64
import io
import threading
from typing import Any

import av
import httpx
import pytest
from elevenlabs import ElevenLabs, PronunciationDictionaryVersionLocator, VoiceSettings
from elevenlabs.core.api_error import ApiError
from elevenlabs.pronunciation_dictionaries import (
    BodyAddAPronunciationDictionaryV1PronunciationDictionariesAddFromRulesPostRulesItem_Alias as Alias,
)

from tests.emulated import Emulator
from tests.emulator.conftest import GEORGE, PASSAGE

V2 = "eleven_multilingual_v2"
NO_RETRIES: Any = {"max_retries": 0}


def refused(caught: pytest.ExceptionInfo[ApiError]) -> tuple[int | None, str]:
    return caught.value.status_code, caught.value.body["detail"]["code"]


def length(data: bytes) -> float:
    with av.open(io.BytesIO(data)) as source:
        assert source.duration is not None
        return source.duration / av.time_base


@pytest.mark.parametrize(
    ("form", "kind"),
    [("mp3_22050_32", "mp3"), ("wav_24000", "wav"), ("opus_48000_64", "ogg"), ("mp3_44100_192", "mp3")],
)
def test_sound_comes_in_the_asked_format(elevenlabs: ElevenLabs, form: Any, kind: str) -> None:
    data = b"".join(elevenlabs.text_to_speech.convert(GEORGE, text=PASSAGE, model_id=V2, output_format=form))
    with av.open(io.BytesIO(data)) as source:
        assert kind in source.format.name
        assert source.streams.audio[0].rate == int(form.split("_")[1])
    assert length(data) == pytest.approx(len(PASSAGE) / 14, abs=0.1)


def test_raw_samples_have_the_asked_length(elevenlabs: ElevenLabs) -> None:
    pcm = b"".join(
        elevenlabs.text_to_speech.convert(GEORGE, text="Hello, you.", model_id=V2, output_format="pcm_16000")
    )
    ulaw = b"".join(
        elevenlabs.text_to_speech.convert(GEORGE, text="Hello, you.", model_id=V2, output_format="ulaw_8000")
    )

    assert len(pcm) / 2 / 16_000 == pytest.approx(11 / 14, abs=0.01)
    assert len(ulaw) / 8_000 == pytest.approx(11 / 14, abs=0.01)


def test_streams_carry_the_same_sound_and_times(elevenlabs: ElevenLabs) -> None:
    asked: dict[str, Any] = {"text": PASSAGE, "model_id": V2, "output_format": "mp3_44100_64"}
    whole = b"".join(elevenlabs.text_to_speech.convert(GEORGE, **asked))
    stream = b"".join(elevenlabs.text_to_speech.stream(GEORGE, **asked))
    timed = list(elevenlabs.text_to_speech.stream_with_timestamps(GEORGE, **asked))

    assert stream == whole
    assert b"".join(base64.b64decode(chunk.audio_base_64) for chunk in timed) == whole
    assert len(timed) > 2
    assert "".join("".join(chunk.alignment.characters) for chunk in timed if chunk.alignment) == PASSAGE


def test_a_faster_voice_is_shorter(elevenlabs: ElevenLabs) -> None:
    def said(speed: float) -> float:
        answer = elevenlabs.text_to_speech.convert_with_timestamps(
            GEORGE, text=PASSAGE, model_id=V2, voice_settings=VoiceSettings(speed=speed)
        )
        assert answer.alignment is not None
        return answer.alignment.character_end_times_seconds[-1]

    assert said(1.2) < said(1.0) < said(0.8)


def test_history_has_what_was_said_with_its_alignment(elevenlabs: ElevenLabs) -> None:
    asked: dict[str, Any] = {"model_id": V2, "output_format": "mp3_44100_64"}
    first = b"".join(elevenlabs.text_to_speech.convert(GEORGE, text=PASSAGE, **asked))
    elevenlabs.text_to_speech.convert_with_timestamps(GEORGE, text="Another.", **asked)
    items = elevenlabs.history.list(page_size=1)

    assert items.has_more
    assert items.history[0].text == "Another."
    older = elevenlabs.history.list(start_after_history_item_id=items.last_history_item_id).history[0]
    item = elevenlabs.history.get(older.history_item_id)
    assert item.text == PASSAGE
    assert item.character_count_change_to - item.character_count_change_from == len(PASSAGE)
    assert item.alignments is not None
    assert item.alignments.alignment.characters == list(PASSAGE)
    assert b"".join(elevenlabs.history.get_audio(older.history_item_id)) == first
    assert elevenlabs.history.list(search="nothing like it").history == []


def test_a_lost_answer_is_found_in_the_history(elevenlabs: ElevenLabs, emulator: Emulator) -> None:
    emulator.fault("cut", match={"operation": "speech"}, times=1)
    with pytest.raises(httpx.TransportError):
        elevenlabs.text_to_speech.convert_with_timestamps(GEORGE, text=PASSAGE, model_id=V2, request_options=NO_RETRIES)
    item = elevenlabs.history.list().history[0]

    assert item.text == PASSAGE
    assert item.request_id == emulator.bill().charges[0]["reference"]
    assert b"".join(elevenlabs.history.get_audio(item.history_item_id))


def test_an_alias_changes_what_is_spoken(elevenlabs: ElevenLabs) -> None:
    made = elevenlabs.pronunciation_dictionaries.create_from_rules(
        name="book", rules=[Alias(string_to_replace="Rabbit", alias="Ra-aa-aa-aa-bbit")]
    )
    locator = PronunciationDictionaryVersionLocator(pronunciation_dictionary_id=made.id, version_id=made.version_id)
    plain = elevenlabs.text_to_speech.convert_with_timestamps(GEORGE, text=PASSAGE, model_id=V2)
    spoken = elevenlabs.text_to_speech.convert_with_timestamps(
        GEORGE, text=PASSAGE, model_id=V2, pronunciation_dictionary_locators=[locator]
    )

    assert spoken.alignment is not None
    assert spoken.normalized_alignment is not None
    assert plain.alignment is not None
    assert "".join(spoken.alignment.characters) == PASSAGE
    assert "Ra-aa-aa-aa-bbit" in "".join(spoken.normalized_alignment.characters)
    ends = spoken.alignment.character_end_times_seconds[-1]
    assert ends == pytest.approx(spoken.normalized_alignment.character_end_times_seconds[-1], abs=0.01)
    assert ends > plain.alignment.character_end_times_seconds[-1]
    assert elevenlabs.pronunciation_dictionaries.list().pronunciation_dictionaries[0].latest_version_rules_num == 1
    with pytest.raises(ApiError) as caught:
        elevenlabs.text_to_speech.convert_with_timestamps(
            GEORGE,
            text=PASSAGE,
            model_id=V2,
            pronunciation_dictionary_locators=[PronunciationDictionaryVersionLocator(pronunciation_dictionary_id="x")],
        )
    assert refused(caught) == (400, "pronunciation_dictionary_not_found")


def test_a_cloned_voice_speaks(elevenlabs: ElevenLabs, emulator: Emulator) -> None:
    sample = b"".join(elevenlabs.text_to_speech.convert(GEORGE, text=PASSAGE, model_id=V2))
    made = elevenlabs.voices.ivc.create(
        name="Mary", files=[("mary.mp3", sample, "audio/mpeg")], labels={"age": "young"}
    )

    voices = {voice.voice_id: voice for voice in elevenlabs.voices.get_all().voices}
    assert voices[made.voice_id].name == "Mary"
    assert voices[made.voice_id].category == "cloned"
    assert voices[GEORGE].name == "George"
    assert b"".join(elevenlabs.text_to_speech.convert(made.voice_id, text="Hello.", model_id=V2))
    with pytest.raises(ApiError) as caught:
        elevenlabs.voices.ivc.create(name="Noise", files=[("noise.mp3", b"no sound at all", "audio/mpeg")])
    assert refused(caught) == (400, "invalid_content")
    emulator.settings(plan="free")
    with pytest.raises(ApiError) as caught:
        elevenlabs.voices.ivc.create(name="Mary", files=[("mary.mp3", sample, "audio/mpeg")])
    assert refused(caught) == (403, "can_not_use_instant_voice_cloning")
    elevenlabs.voices.delete(made.voice_id)
    with pytest.raises(ApiError) as caught:
        elevenlabs.text_to_speech.convert_with_timestamps(made.voice_id, text="Hello.", model_id=V2)
    assert refused(caught) == (404, "voice_not_found")


def test_the_quota_ends_with_a_401(elevenlabs: ElevenLabs, emulator: Emulator) -> None:
    emulator.settings(character_limit=len(PASSAGE) + 10)
    elevenlabs.text_to_speech.convert_with_timestamps(GEORGE, text=PASSAGE, model_id=V2)
    with pytest.raises(ApiError) as caught:
        elevenlabs.text_to_speech.convert_with_timestamps(GEORGE, text=PASSAGE, model_id=V2)

    assert refused(caught) == (401, "quota_exceeded")
    subscription = elevenlabs.user.subscription.get()
    assert subscription.character_count == len(PASSAGE)
    assert subscription.character_limit == len(PASSAGE) + 10
    assert len(emulator.bill().charges) == 1


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"model_id": V2, "language_code": "en"}, 400, "unsupported_language"),
        ({"model_id": "eleven_v3", "previous_text": "Before."}, 400, "unsupported_model"),
        ({"model_id": "eleven_v9"}, 400, "model_not_found"),
        ({"model_id": "eleven_v3", "text": "x" * 5_001}, 400, "max_character_limit_exceeded"),
        ({"model_id": V2, "text": "x" * 10_001}, 400, "max_character_limit_exceeded"),
    ],
)
def test_models_refuse_what_they_do_not_take(
    elevenlabs: ElevenLabs, emulator: Emulator, asked: dict[str, Any], status: int, code: str
) -> None:
    with pytest.raises(ApiError) as caught:
        elevenlabs.text_to_speech.convert_with_timestamps(GEORGE, **{"text": PASSAGE, **asked})

    assert refused(caught) == (status, code)
    assert emulator.bill().total == 0


def test_models_take_what_they_should(elevenlabs: ElevenLabs) -> None:
    said = elevenlabs.text_to_speech.convert_with_timestamps
    assert said(GEORGE, text="x", model_id="eleven_flash_v2_5", language_code="en", seed=1).alignment
    assert said(GEORGE, text="x", model_id=V2, previous_text="A.", next_text="B.", previous_request_ids=["r"]).alignment
    limits = {model.model_id: model.maximum_text_length_per_request for model in elevenlabs.models.list()}
    assert (limits[V2], limits["eleven_flash_v2_5"], limits["eleven_v3"]) == (10_000, 40_000, 5_000)


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ({}, ""),
        ({"text": ""}, ""),
        ({"text": "x", "speed": 1}, ""),
        ({"text": "x", "voice_settings": {"stability": 2}}, ""),
        ({"text": "x", "seed": "1"}, ""),
        ({"text": "x", "previous_request_ids": ["1", "2", "3", "4"]}, ""),
        ({"text": "x"}, "?output_format=mp3_1_1"),
        ({"text": "x"}, "?format=mp3"),
    ],
)
def test_bodies_and_queries_that_are_not_understood_are_a_422_with_a_list(
    emulator: Emulator, http: httpx.Client, body: dict[str, Any], query: str
) -> None:
    url = f"{emulator.urls.elevenlabs}/v1/text-to-speech/{GEORGE}{query}"
    answer = http.post(url, json=body, headers={"xi-api-key": "k"})

    assert answer.status_code == 422
    assert {"type", "loc", "msg"} <= set(answer.json()["detail"][0])


def test_keys_and_routes_are_checked(emulator: Emulator, http: httpx.Client) -> None:
    url = emulator.urls.elevenlabs
    missing = http.post(f"{url}/v1/text-to-speech/{GEORGE}", json={"text": "x"})

    assert (missing.status_code, missing.json()["detail"]["code"]) == (401, "invalid_api_key")
    unknown = http.get(f"{url}/v2/anything", headers={"xi-api-key": "k"})
    assert (unknown.status_code, unknown.json()["detail"]["code"]) == (404, "not_found")


def test_more_at_once_than_the_plan_allows_are_refused(elevenlabs: ElevenLabs, emulator: Emulator) -> None:
    emulator.settings(plan="free", latency={"voice": 1.0})
    outcomes: list[object] = []

    def speak(number: int) -> None:
        try:
            elevenlabs.text_to_speech.convert_with_timestamps(
                GEORGE, text=f"Number {number}.", model_id=V2, request_options=NO_RETRIES
            )
            outcomes.append("spoken")
        except ApiError as error:
            outcomes.append((error.status_code, error.body["detail"]["code"]))

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count("spoken") == 2
    assert outcomes.count((429, "too_many_concurrent_requests")) == 2
    assert len(emulator.bill().charges) == 2
