"""What a client gets when nothing goes wrong, by the providers' own SDKs."""

from __future__ import annotations

import base64
import io
from typing import Any

import av
import cv2
import httpx
import numpy as np
import pytest
from elevenlabs import ElevenLabs
from openai import OpenAI

from tests.emulated import Emulator
from tests.emulator.conftest import GEORGE, PASSAGE, Post, say


def length(data: bytes) -> float:
    with av.open(io.BytesIO(data)) as source:
        assert source.duration is not None
        return source.duration / av.time_base


def test_a_chat_answers_with_its_cost_and_the_bill_says_the_same(openrouter: OpenAI, emulator: Emulator) -> None:
    answer = say(openrouter)

    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens > 40
    (row,) = emulator.bill().charges
    assert row["operation"] == "chat"
    assert float(row["amount_usd"]) == answer.usage.cost
    assert row["delivered"]
    assert row["reference"] == answer.id


def test_the_same_question_has_the_same_answer(openrouter: OpenAI, emulator: Emulator) -> None:
    one, other = say(openrouter), say(openrouter)

    assert one.choices[0].message.content == other.choices[0].message.content
    assert one.id != other.id
    assert list(emulator.bill().twice.values()) == [[row["id"] for row in emulator.bill().charges]]


def test_texts_that_share_words_have_near_embeddings(openrouter: OpenAI) -> None:
    texts = ["The rabbit ran down the hole", "A rabbit runs into its hole", "Quarterly revenue of the bank"]
    answer = openrouter.embeddings.create(model="openai/text-embedding-3-small", input=texts, dimensions=384)
    vectors = np.array([item.embedding for item in answer.data])

    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert answer.usage.model_extra is not None
    assert answer.usage.model_extra["cost"] > 0


def test_embeddings_are_the_same_as_floats(openrouter: OpenAI) -> None:
    def embedded(**more: Any) -> list[float]:
        made = openrouter.embeddings.create(model="openai/text-embedding-3-small", input="a lamp", **more)
        return made.data[0].embedding

    assert np.allclose(embedded(), embedded(encoding_format="float"), atol=1e-6)


@pytest.mark.parametrize(
    ("model", "asked", "size"),
    [
        ("imagen-4", {"aspect_ratio": "16:9"}, (1408, 768)),
        ("seedream-4", {"aspect_ratio": "9:16"}, (1440, 2560)),
        ("flux", {"width": 1024, "height": 576}, (1024, 576)),
    ],
)
def test_a_picture_has_the_asked_size(
    modelslab: Post, http: httpx.Client, model: str, asked: dict[str, Any], size: tuple[int, int]
) -> None:
    answer = modelslab("/images/text-to-image", model_id=model, prompt="A castle by the sea", **asked)

    assert answer["status"] == "success"
    picture = http.get(answer["output"][0])
    pixels = cv2.imdecode(np.frombuffer(picture.content, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    assert (pixels.shape[1], pixels.shape[0]) == size
    assert picture.headers["content-type"] in {"image/png", "image/jpeg"}


def test_speech_comes_with_times_that_fit_the_sound(elevenlabs: ElevenLabs, emulator: Emulator) -> None:
    said = elevenlabs.text_to_speech.convert_with_timestamps(
        GEORGE, text=PASSAGE, model_id="eleven_multilingual_v2", output_format="mp3_44100_128"
    )

    assert said.alignment is not None
    assert "".join(said.alignment.characters) == PASSAGE
    ends = said.alignment.character_end_times_seconds
    assert ends == sorted(ends)
    assert length(base64.b64decode(said.audio_base_64)) == pytest.approx(ends[-1], abs=0.06)
    assert ends[-1] == pytest.approx(len(PASSAGE) / 14, rel=0.05)
    assert emulator.bill().charges[0]["units"]["characters"] == len(PASSAGE)


def test_speech_says_what_it_cost(elevenlabs: ElevenLabs, emulator: Emulator) -> None:
    with elevenlabs.text_to_speech.with_raw_response.convert(
        GEORGE, text=PASSAGE, model_id="eleven_flash_v2_5", output_format="mp3_22050_32"
    ) as answer:
        data = b"".join(answer.data)
        headers = answer.headers

    assert headers["character-cost"] == str(-(-len(PASSAGE) // 2))
    assert int(headers["current-concurrent-requests"]) == 1
    assert int(headers["maximum-concurrent-requests"]) == 30
    assert length(data) > 5
    assert emulator.bill().charges[0]["reference"] == headers["request-id"]
