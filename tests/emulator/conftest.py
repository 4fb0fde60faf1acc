"""The official SDKs, unpatched, pointed at the emulator by their base URL alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from elevenlabs import ElevenLabs
from openai import OpenAI

from tests.emulated import Emulator

PASSAGE = (
    "Alice was beginning to get very tired of sitting by her sister on the bank. Once or twice she had peeped into "
    "the book her sister was reading. Suddenly a White Rabbit with pink eyes ran close by her, and she followed Dinah."
)
GEORGE = "JBFqnCBsd6RMkjVDRZzb"
Post = Callable[..., dict[str, Any]]


@pytest.fixture
def openrouter(emulator: Emulator) -> Iterator[OpenAI]:
    with OpenAI(base_url=emulator.urls.openrouter, api_key="test-key", max_retries=0, timeout=20) as client:
        yield client


@pytest.fixture
def elevenlabs(emulator: Emulator) -> ElevenLabs:
    return ElevenLabs(base_url=emulator.urls.elevenlabs, api_key="test-key", timeout=20)


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=20) as client:
        yield client


@pytest.fixture
def modelslab(emulator: Emulator, http: httpx.Client) -> Post:
    """POST to a route of ModelsLab; asserts 200 and gives the JSON."""

    def post(path: str, **body: Any) -> dict[str, Any]:
        answer = http.post(f"{emulator.urls.modelslab}{path}", json={"key": "test-key", **body})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    return post


def say(client: OpenAI, text: str = PASSAGE, **more: Any) -> Any:
    """One chat call."""
    asked: dict[str, Any] = {"model": "openai/gpt-4o", "messages": [{"role": "user", "content": text}], **more}
    return client.chat.completions.create(**asked)
